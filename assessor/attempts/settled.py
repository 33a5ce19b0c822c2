# SPDX-License-Identifier: Apache-2.0
"""Reads what adaptive sections of an attempt have settled. It looks at keys, so nothing but names of items leaves it.

What it means is in `settling`. The key is that of the form: what was asked does not change when a key is corrected later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assessor.attempts.answer_log import answers
from assessor.attempts.model import Answer, last_answers
from assessor.attempts.refs import Refs
from assessor.attempts.sections import Given, Move, MoveKind, Run
from assessor.attempts.settling import Settling, passed_of, settle, withheld
from assessor.forms.model import FormContent
from assessor.forms.sections import FormSection
from core.uow import UnitOfWork
from item_bank.api import scoring_view
from scoring.api import score_item


def spared_by(
    uow: UnitOfWork, content: FormContent, section: FormSection, move: Move, *, last: Mapping[str, Answer]
) -> dict[str, Given]:
    """The items that a move of an adaptive section may pass without an answer, as if they were answered.

    `last` are the answers before the move.
    """
    if not section.adaptive or move.kind is MoveKind.ENTER_SECTION:
        return {}
    whole = move.kind.of_section
    passed = len(section.items) if whole else section.items.index(move.target)
    right = _right(uow, content, section, last)
    settled = settle(section, _pcs(content), right, passed=passed)
    return {item: Given.WHOLE for one in settled for item in one.spared}


def withheld_items(uow: UnitOfWork, attempt_id: str, names: Refs, runs: Sequence[Run]) -> tuple[str, ...]:
    """The items that were not asked or need not be asked any more, by the names that the attempt's browser knows."""
    entered = [run for run in runs if run.section.adaptive and run.entered]
    if not entered:
        return ()
    content, last = names.content, last_answers(answers(uow, attempt_id))
    found: list[str] = []
    for run in entered:
        right = _right(uow, content, run.section, last)
        settled = settle(run.section, _pcs(content), right, passed=passed_of(run))
        found += withheld(run.section, settled, right)
    return tuple(map(names.of_item, found))


def settled_sections(
    uow: UnitOfWork, content: FormContent, runs: Sequence[Run], *, last: Mapping[str, Answer]
) -> tuple[Settling, ...]:
    """What the adaptive sections of an ended attempt came to; `last` are the answers that count."""
    return tuple(
        one
        for run in runs
        if run.section.adaptive
        for one in settle(
            run.section,
            _pcs(content),
            _right(uow, content, run.section, last),
            passed=passed_of(run),
            ended=True,
        )
    )


def _right(
    uow: UnitOfWork, content: FormContent, section: FormSection, last: Mapping[str, Answer]
) -> dict[str, bool]:
    """Of the section's answered items, whether the answer is right."""
    answered = {
        name: one.value for name, one in last.items() if name in section.items and one.value is not None
    }
    pins = {item.version_id: item.sha256 for item in content.items if item.version_id in answered}
    return {
        version_id: score_item(scoring, answered[version_id]).matched
        for version_id, scoring in scoring_view(uow, pins).items()
    }


def _pcs(content: FormContent) -> dict[str, str]:
    return {item.version_id: item.pc for item in content.items}
