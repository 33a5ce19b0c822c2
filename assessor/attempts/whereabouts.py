# SPDX-License-Identifier: Apache-2.0
"""In which section running attempts are, for those who watch or manage them. No answer is read here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from assessor.attempts.model import AttemptState
from assessor.attempts.move_log import move_of
from assessor.attempts.sections import Move, course, fold
from assessor.attempts.tables import AttemptRow, MoveRow
from assessor.forms import queries as forms
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentSection:
    """The open section of an attempt: its title by language, its place from 1, its time left (None: no limit of its own)."""

    id: str
    title: tuple[tuple[str, str], ...]
    number: int
    sections: int
    remaining_ms: int | None


def current_sections(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, CurrentSection]:
    """The open sections of running attempts, by attempt; who is between two, or has no sections, is left out.

    Callers have established whose the attempts are. One statement where nobody has sections.
    """
    moves: dict[str, list[Move]] = defaultdict(list)
    for row in uow.db.scalars(select(MoveRow).where(MoveRow.attempt_id.in_(attempt_ids))):
        moves[row.attempt_id].append(move_of(row))
    if not moves:
        return {}
    running = select(AttemptRow).where(AttemptRow.id.in_(moves), AttemptRow.state == AttemptState.RUNNING)
    found: dict[str, CurrentSection] = {}
    for attempt in uow.db.scalars(running):
        sections = forms.form(uow, attempt.form_id).content.sections
        model = attempt.to_model()
        stands = course(fold(sections, moves[attempt.id], allowance=model.allowance), model, now=uow.now)
        for number, (section, standing) in enumerate(zip(sections, stands.sections, strict=True), 1):
            if section.id == stands.current:
                found[attempt.id] = CurrentSection(
                    id=section.id,
                    title=section.title,
                    number=number,
                    sections=len(sections),
                    remaining_ms=standing.remaining_ms,
                )
    return found
