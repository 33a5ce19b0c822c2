# SPDX-License-Identifier: Apache-2.0
"""What an agency knows of one candidate, for the page of that candidate. Nobody else reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from assessor.scheduling.candidates import CandidatePlan, Disability, Guardian, Qualification
from assessor.scheduling.queries import Entry, entries_by_id, load_entry
from assessor.scheduling.sealing import unseal
from assessor.scheduling.tables import CandidateRow, EntryRow
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRecord:
    """A candidate with how they were enrolled; `plan` has no APAAR id, `apaar_end` its last four digits or is empty.

    `tries` are all entries of this chain of re-assessments, the first one first; `reasons` by the rule that warned.
    """

    plan: CandidatePlan
    apaar_end: str
    entry_requirement_met: bool
    reasons: Mapping[str, str]
    asked_on: date | None
    tries: tuple[Entry, ...]


def candidate_record(
    uow: UnitOfWork, entry_id: str, *, organisation_id: str, person_key: bytes
) -> CandidateRecord:
    """The record behind an entry; raises NotFound `entry_unknown`, Unavailable `secret_key_changed`."""
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    person = uow.db.get_one(CandidateRow, row.candidate_id)
    apaar = unseal(person.apaar_sealed, key=person_key, label=person.id) if person.apaar_sealed else ""
    asked = row.enrolment.get("asked_on")
    return CandidateRecord(
        plan=plan_of(row, person),
        apaar_end=apaar[-4:],
        entry_requirement_met=bool(row.enrolment.get("entry_requirement_met")),
        reasons=dict(row.enrolment.get("reasons", {})),
        asked_on=date.fromisoformat(asked) if asked else None,
        tries=_tries(uow, row),
    )


def plan_of(row: EntryRow, person: CandidateRow) -> CandidatePlan:
    """A candidate as they were enrolled, for this slice; without the APAAR id."""
    guardian = Guardian(name=person.guardian_name, contact=person.guardian_contact)
    return CandidatePlan(
        name=person.name,
        language=person.language,
        date_of_birth=person.date_of_birth,
        gender=person.gender,
        disabled=person.disabled,
        disabilities=tuple(Disability(one) for one in person.disabilities),
        email=person.email,
        phone=person.phone,
        agency_number=row.agency_number or "",
        qualification=Qualification(**person.qualification),
        pathway=row.pathway,
        training_minutes=row.training_minutes,
        guardian=guardian if guardian.name else None,
    )


def _tries(uow: UnitOfWork, row: EntryRow) -> tuple[Entry, ...]:
    query = select(EntryRow.id, EntryRow.previous_entry_id).where(EntryRow.candidate_id == row.candidate_id)
    before = dict(uow.db.execute(query).all())
    after = {previous: entry_id for entry_id, previous in before.items() if previous is not None}
    first = row.id
    while (earlier := before[first]) is not None:
        first = earlier
    chain = [first]
    while (later := after.get(chain[-1])) is not None:
        chain.append(later)
    found = entries_by_id(uow, chain)
    return tuple(found[entry_id] for entry_id in chain)
