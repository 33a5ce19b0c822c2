# SPDX-License-Identifier: Apache-2.0
"""Lists of attempts for proctors and integrity reviewers: who, where, how far. No answer and no score is read here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from assessor.attempts.queries import AttemptOverview, overviews
from assessor.attempts.tables import AttemptRow
from assessor.scheduling import queries as scheduling
from assessor.scheduling.model import Duty
from assessor.scheduling.queries import Entry, Sitting
from assessor.scheduling.tables import EntryRow
from core.errors import NotFound
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """One candidate of a sitting with the attempt."""

    entry: Entry
    attempt: AttemptOverview


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A sitting with its standing entries, by name."""

    sitting: Sitting
    lines: tuple[RosterLine, ...]


def proctor_sittings(uow: UnitOfWork, person_id: str, *, organisation_id: str) -> list[Sitting]:
    """The sittings that a proctor is assigned to, by start."""
    return scheduling.sittings_of_person(uow, person_id, organisation_id=organisation_id, duty=Duty.PROCTOR)


def sitting_of_proctor(uow: UnitOfWork, sitting_id: str, *, person_id: str, organisation_id: str) -> Sitting:
    """A sitting for its proctor; raises NotFound `sitting_unknown`, also for a proctor who is not assigned."""
    sitting = scheduling.sitting(uow, sitting_id, organisation_id=organisation_id)
    member = scheduling.assignment(uow, sitting_id, person_id=person_id, duty=Duty.PROCTOR)
    if member is None or member.conflict_declared:
        raise NotFound("sitting_unknown")
    return sitting


def proctor_roster(uow: UnitOfWork, sitting_id: str, *, person_id: str, organisation_id: str) -> Roster:
    """A sitting for its proctor, with its candidates; raises as `sitting_of_proctor`."""
    sitting = sitting_of_proctor(uow, sitting_id, person_id=person_id, organisation_id=organisation_id)
    entries = scheduling.entries_of_sittings(uow, [sitting_id])
    attempts = overviews(uow, [entry.id for entry in entries])
    return Roster(
        sitting=sitting,
        lines=tuple(RosterLine(entry=entry, attempt=attempts[entry.id]) for entry in entries),
    )


def proctor_attempt(uow: UnitOfWork, attempt_id: str, *, person_id: str, organisation_id: str) -> RosterLine:
    """An attempt for the proctor of its sitting; raises NotFound `attempt_unknown`."""
    line = attempt_lines(uow, [attempt_id], organisation_id=organisation_id).get(attempt_id)
    if line is not None:
        sitting_id = line.entry.sitting.id
        member = scheduling.assignment(uow, sitting_id, person_id=person_id, duty=Duty.PROCTOR)
        if member is not None and not member.conflict_declared:
            return line
    raise NotFound("attempt_unknown")


def sitting_of_attempt(uow: UnitOfWork, attempt_id: str) -> str | None:
    """The sitting of an attempt, for telling its wall; None when there is no such attempt."""
    query = select(EntryRow.sitting_id).join(AttemptRow, AttemptRow.entry_id == EntryRow.id)
    return uow.db.scalar(query.where(AttemptRow.id == attempt_id))


def attempt_lines(
    uow: UnitOfWork, attempt_ids: Collection[str], *, organisation_id: str
) -> dict[str, RosterLine]:
    """The attempts of an agency by id, for showing whom an incident is about; another tenant's are absent."""
    query = select(AttemptRow.entry_id).where(
        AttemptRow.id.in_(attempt_ids), AttemptRow.agency_id == organisation_id
    )
    entries = scheduling.entries_by_id(uow, list(uow.db.scalars(query)))
    return {
        attempt.id: RosterLine(entry=entries[entry_id], attempt=attempt)
        for entry_id, attempt in overviews(uow, list(entries)).items()
    }
