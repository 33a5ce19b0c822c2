# SPDX-License-Identifier: Apache-2.0
"""Enrolling a list of candidates: what the rules say of each row, then all of them or the good ones in one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from assessor.commands import Enrolled, enrol
from assessor.scheduling.access_codes import entries_of_codes
from assessor.scheduling.candidate_lists import ListedCandidate
from assessor.scheduling.enrolment import enrolment_findings
from assessor.scheduling.model import require_planned
from assessor.scheduling.queries import load_sitting
from assessor.scheduling.rules import Approval
from assessor.scheduling.tables import EntryRow
from core.errors import Conflict, Invalid, KasautiError
from core.events import Event
from core.uow import UnitOfWork
from item_bank.api import Finding, Severity

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class CheckedCandidate:
    """A readable row with what the rules say of enrolling it; ``taken``: another entry of the batch has its number."""

    listed: ListedCandidate
    findings: tuple[Finding, ...]
    taken: bool

    @property
    def blocked(self) -> bool:
        """Whether no reason helps."""
        return self.taken or any(one.severity is Severity.BLOCK for one in self.findings)

    def stands(self, approval: Approval) -> bool:
        """Whether it can be enrolled with these reasons."""
        unexplained = {one.rule for one in self.findings if one.severity is Severity.WARN} - {
            rule for rule, reason in approval.reasons.items() if reason.strip()
        }
        return not self.blocked and not unexplained


@dataclass(frozen=True, slots=True)
class ListEnrolment:
    """What became of a list: the entries with their codes, and the rows that were refused at the last moment."""

    enrolled: tuple[Enrolled, ...]
    refused: tuple[tuple[ListedCandidate, KasautiError], ...]


def check_candidates(
    uow: UnitOfWork,
    sitting_id: str,
    rows: Sequence[ListedCandidate],
    *,
    organisation_id: str,
    person_key: bytes | None = None,
    entry_requirement_met: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> list[CheckedCandidate]:
    """Hold every readable row against the rules of enrolling; nothing is written.

    Raises NotFound `sitting_unknown`; Conflict `sitting_cancelled`.
    """
    sitting, batch = load_sitting(uow, sitting_id, organisation_id=organisation_id)
    require_planned(sitting.state)
    numbers = set(uow.db.scalars(select(EntryRow.agency_number).where(EntryRow.batch_id == batch.id)))
    checked = []
    for done, row in enumerate(rows):
        if done % 50 == 0:
            progress(done, len(rows))
        if row.plan is None:
            continue
        found = enrolment_findings(
            uow,
            sitting_id,
            organisation_id=organisation_id,
            candidate=row.plan,
            person_key=person_key,
            entry_requirement_met=entry_requirement_met,
        )
        taken = bool(row.plan.agency_number) and row.plan.agency_number in numbers
        checked.append(CheckedCandidate(row, tuple(found), taken))
    return checked


def enrol_candidates(
    uow: UnitOfWork,
    sitting_id: str,
    rows: Sequence[ListedCandidate],
    *,
    organisation_id: str,
    pepper: bytes,
    person_key: bytes,
    approval: Approval | None = None,
    only_good: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> ListEnrolment:
    """Enrol the rows: all of them, or with ``only_good`` those that nothing speaks against.

    Raises Conflict `candidates_refused` (rows=[…], of the rows with a problem, and nothing is enrolled) without
    ``only_good``; Invalid `list_without_good_rows`.
    """
    made = _enrol_rows(
        uow,
        sitting_id,
        rows,
        organisation_id=organisation_id,
        pepper=pepper,
        person_key=person_key,
        approval=approval,
        only_good=only_good,
        progress=progress,
    )
    if not made.enrolled:
        raise Invalid("list_without_good_rows")
    return made


def enrol_chunk(
    uow: UnitOfWork,
    sitting_id: str,
    rows: Sequence[ListedCandidate],
    *,
    organisation_id: str,
    pepper: bytes,
    person_key: bytes,
    codes: Mapping[int, str],
    approval: Approval | None = None,
    only_good: bool = False,
) -> ListEnrolment:
    """Enrol a part of a list under access codes that were drawn before, by row number; nobody is enrolled twice.

    A row whose code opens an entry already was enrolled by an earlier try, and is left out. Raises as `enrol_candidates`,
    but for `list_without_good_rows`.
    """
    there = entries_of_codes(
        uow, sitting_id, [codes[row.row] for row in rows], organisation_id=organisation_id, pepper=pepper
    )
    left = [row for row in rows if codes[row.row] not in there.values()]
    return _enrol_rows(
        uow,
        sitting_id,
        left,
        organisation_id=organisation_id,
        pepper=pepper,
        person_key=person_key,
        approval=approval,
        only_good=only_good,
        codes=codes,
    )


def _enrol_rows(
    uow: UnitOfWork,
    sitting_id: str,
    rows: Sequence[ListedCandidate],
    *,
    organisation_id: str,
    pepper: bytes,
    person_key: bytes,
    approval: Approval | None,
    only_good: bool,
    codes: Mapping[int, str] | None = None,
    progress: Progress = lambda _done, _all: None,
) -> ListEnrolment:
    refused: list[tuple[ListedCandidate, KasautiError]] = []
    enrolled: list[Enrolled] = []
    shared: list[object] = []  # holds what every row needs; it would be loaded anew for each of them
    for done, row in enumerate(rows):
        if done % 20 == 0:
            progress(done, len(rows))
        if row.plan is None:
            refused.append((row, row.problems[0].error))
            continue
        events: list[Event] = []
        part = UnitOfWork(uow.db, uow.now, uow.actor, emitted=events)
        try:
            with uow.db.begin_nested():
                made = enrol(
                    part,
                    sitting_id,
                    organisation_id=organisation_id,
                    candidate=row.plan,
                    pepper=pepper,
                    person_key=person_key,
                    approval=approval,
                    extra_minutes=row.extra_minutes,
                    code=codes[row.row] if codes else None,
                )
        except (Conflict, Invalid) as refusal:
            refused.append((row, refusal))
        else:
            uow.emitted.extend(events)
            enrolled.append(made)
            shared = shared or list(uow.db)
    if refused and not only_good:
        raise Conflict("candidates_refused", rows=[row.row for row, _refusal in refused][:50])
    return ListEnrolment(tuple(enrolled), tuple(refused))
