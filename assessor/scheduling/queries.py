# SPDX-License-Identifier: Apache-2.0
"""Reads of scheduling; rows stay inside the slice. Absent and another tenant's look alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, bindparam, select

from assessor.forms import queries as forms
from assessor.scheduling.accommodations import Accommodation, accommodations_of
from assessor.scheduling.candidates import Language, Pathway
from assessor.scheduling.entry_columns import COLUMNS, SAME, SAME_OF_SITTING
from assessor.scheduling.model import Duty, EntryState, SittingState, codes_expire_at, require_enrolled
from assessor.scheduling.particulars import Particulars, particulars_of
from assessor.scheduling.tables import (
    BatchFormRow,
    BatchRow,
    CandidateRow,
    EntryRow,
    SittingRow,
    SittingStaffRow,
)
from core import ids
from core.errors import Conflict, NotFound
from core.identity import queries as identity
from core.identity.secrets import hash_code
from core.prepared import Prepared
from core.uow import UnitOfWork
from item_bank.api import CredentialDocument, CredentialVersion, credential_version, shown_document

_LONGEST_TYPED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch, without counts."""

    id: str
    agency_id: str
    awarding_body_id: str
    assessment_id: str
    name: str
    created_at: datetime
    engagement_id: str
    allocation_id: str | None
    region: str
    particulars: Particulars


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A sitting with the batch it belongs to; instants in UTC, `time_zone` for showing them."""

    id: str
    batch_id: str
    batch_name: str
    agency_id: str
    place: str
    time_zone: str
    opens_at: datetime
    closes_at: datetime
    proctored: bool
    retention_days: int
    training_partner: str = ""
    state: SittingState = SittingState.PLANNED
    cancelled_reason: str = ""

    @property
    def codes_expire_at(self) -> datetime:
        """From when on its access codes open nothing."""
        return codes_expire_at(closes_at=self.closes_at, retention_days=self.retention_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One candidate's one try."""

    id: str
    agency_id: str
    candidate_id: str
    candidate_name: str
    language: Language
    date_of_birth: date | None
    sitting: Sitting
    assessment_id: str
    awarding_body_id: str
    form_id: str
    extra_minutes: int
    state: EntryState
    code_issued_at: datetime
    agency_number: str = ""
    try_number: int = 1
    previous_entry_id: str | None = None
    pathway: Pathway = Pathway.TRAINED
    accommodations: tuple[Accommodation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A person with a duty at a sitting."""

    person_id: str
    name: str
    duty: Duty
    conflict_declared: bool


def code_key(code: str, *, pepper: bytes) -> str:
    """The only form in which a code is stored. Case, spaces and dashes do not matter.

    The alphabet of `core.ids` holds neither O and 0 nor I, 1 and L, so people cannot confuse them in a right code.
    """
    return hash_code(ids.normalise_code(code), pepper=pepper)


def entry_by_code(uow: UnitOfWork, code: str, *, pepper: bytes) -> Entry:
    """The entry that an access code opens.

    Raises NotFound `code_unknown`; Conflict `entry_withdrawn`, `code_expired` (facts expired_at).
    """
    if len(code) > _LONGEST_TYPED:
        raise NotFound("code_unknown")
    entry = _one_entry(uow, _BY_CODE, {"code_key": code_key(code, pepper=pepper)})
    if entry is None:
        raise NotFound("code_unknown")
    require_enrolled(entry.state)
    expires_at = entry.sitting.codes_expire_at
    if uow.now >= expires_at:
        raise Conflict("code_expired", expired_at=expires_at.isoformat())
    return entry


def entry(uow: UnitOfWork, entry_id: str, *, organisation_id: str) -> Entry:
    """One entry of an agency; raises NotFound `entry_unknown`."""
    found = learner_entry(uow, entry_id)
    if found.agency_id != organisation_id:
        raise NotFound("entry_unknown")
    return found


def learner_entry(uow: UnitOfWork, entry_id: str) -> Entry:
    """The entry that a learner's login names; raises NotFound `entry_unknown`."""
    found = _one_entry(uow, _ENTRY, {"entry_id": entry_id})
    if found is None:
        raise NotFound("entry_unknown")
    return found


def credential_of_entry(uow: UnitOfWork, entry_id: str) -> CredentialVersion:
    """The credential that an entry is assessed for; raises NotFound `entry_unknown`, `credential_unknown`."""
    return credential_of(uow, learner_entry(uow, entry_id))


def credential_of(uow: UnitOfWork, entry: Entry) -> CredentialVersion:
    """The credential of an entry that is at hand; raises NotFound `credential_unknown`."""
    definition = forms.assessment(uow, entry.assessment_id, organisation_id=entry.agency_id)
    return credential_version(uow, definition.credential_version_id)


def document_of(uow: UnitOfWork, entry: Entry) -> CredentialDocument:
    """What the credential of an entry that is at hand says; raises NotFound `credential_unknown`. For the pages of learners."""
    version_id = forms.credential_of_assessment(uow, entry.assessment_id, organisation_id=entry.agency_id)
    return shown_document(uow, version_id)


def entries_of_batch(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> list[Entry]:
    """The entries of an agency's batch, by sitting and name; raises NotFound `batch_unknown`."""
    load_batch(uow, batch_id, organisation_id=organisation_id)
    query = _entries().where(SittingRow.batch_id == batch_id)
    return _all_entries(
        uow, query.order_by(SittingRow.opens_at, SittingRow.id, CandidateRow.name, EntryRow.id)
    )


def entries_of_sittings(uow: UnitOfWork, sitting_ids: Collection[str]) -> list[Entry]:
    """The standing entries of some sittings, by start and name. Callers have established whose they are."""
    query = _entries().where(EntryRow.sitting_id.in_(sitting_ids), EntryRow.state == EntryState.ENROLLED)
    return _all_entries(
        uow, query.order_by(SittingRow.opens_at, SittingRow.id, CandidateRow.name, EntryRow.id)
    )


def entries_by_id(uow: UnitOfWork, entry_ids: Collection[str]) -> dict[str, Entry]:
    """Some entries by id. Callers have established whose they are."""
    return {entry.id: entry for entry in _all_entries(uow, _entries().where(EntryRow.id.in_(entry_ids)))}


def batch(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> Batch:
    """One batch of an agency; raises NotFound `batch_unknown`."""
    return batch_of(load_batch(uow, batch_id, organisation_id=organisation_id))


def batches(uow: UnitOfWork, *, organisation_id: str) -> list[Batch]:
    """An agency's batches, newest first."""
    query = select(BatchRow).where(BatchRow.agency_id == organisation_id).order_by(BatchRow.id.desc())
    return [batch_of(row) for row in uow.db.scalars(query)]


def forms_of_batch(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> list[forms.Form]:
    """The forms of an agency's batch, oldest first; raises NotFound `batch_unknown`."""
    load_batch(uow, batch_id, organisation_id=organisation_id)
    query = select(BatchFormRow.form_id).where(BatchFormRow.batch_id == batch_id)
    return [forms.form(uow, form_id) for form_id in uow.db.scalars(query.order_by(BatchFormRow.form_id))]


def sitting(uow: UnitOfWork, sitting_id: str, *, organisation_id: str) -> Sitting:
    """One sitting of an agency; raises NotFound `sitting_unknown`."""
    return sitting_of(*load_sitting(uow, sitting_id, organisation_id=organisation_id))


def sittings_of_batches(uow: UnitOfWork, batch_ids: Collection[str]) -> list[Sitting]:
    """The sittings of some batches, by start. Callers have established whose they are."""
    query = (
        select(SittingRow, BatchRow)
        .join(BatchRow, BatchRow.id == SittingRow.batch_id)
        .where(SittingRow.batch_id.in_(batch_ids))
        .order_by(SittingRow.opens_at, SittingRow.id)
    )
    return [sitting_of(row, of) for row, of in uow.db.execute(query)]


def sittings_of_person(uow: UnitOfWork, person_id: str, *, organisation_id: str, duty: Duty) -> list[Sitting]:
    """The sittings at which a person has a duty and no declared conflict, by start."""
    query = (
        select(SittingRow, BatchRow)
        .join(BatchRow, BatchRow.id == SittingRow.batch_id)
        .join(SittingStaffRow, SittingStaffRow.sitting_id == SittingRow.id)
        .where(
            BatchRow.agency_id == organisation_id,
            SittingStaffRow.person_id == person_id,
            SittingStaffRow.duty == duty,
            SittingStaffRow.conflict_declared.is_(False),
        )
        .order_by(SittingRow.opens_at, SittingRow.id)
    )
    return [sitting_of(row, of) for row, of in uow.db.execute(query)]


def staff_of_sitting(uow: UnitOfWork, sitting_id: str, *, organisation_id: str) -> list[StaffMember]:
    """Who has a duty at an agency's sitting, by name; raises NotFound `sitting_unknown`."""
    load_sitting(uow, sitting_id, organisation_id=organisation_id)
    rows = list(uow.db.scalars(select(SittingStaffRow).where(SittingStaffRow.sitting_id == sitting_id)))
    names = identity.names(uow, {row.person_id for row in rows})
    staff = [
        StaffMember(
            person_id=row.person_id,
            name=names[row.person_id],
            duty=row.duty,
            conflict_declared=row.conflict_declared,
        )
        for row in rows
    ]
    return sorted(staff, key=lambda member: (member.duty, member.name, member.person_id))


def assignment(uow: UnitOfWork, sitting_id: str, *, person_id: str, duty: Duty) -> StaffMember | None:
    """A person's duty at a sitting, with a conflict declared or not, or None."""
    row = uow.db.get(SittingStaffRow, (sitting_id, person_id, duty))
    if row is None:
        return None
    return StaffMember(
        person_id=person_id,
        name=identity.names(uow, {person_id})[person_id],
        duty=duty,
        conflict_declared=row.conflict_declared,
    )


# ------------------------------------------------------------------------------------------ rows to values


def load_batch(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> BatchRow:
    """The row of an agency's batch, for this slice; raises NotFound `batch_unknown`."""
    row = uow.db.get(BatchRow, batch_id)
    if row is None or row.agency_id != organisation_id:
        raise NotFound("batch_unknown")
    return row


def load_sitting(uow: UnitOfWork, sitting_id: str, *, organisation_id: str) -> tuple[SittingRow, BatchRow]:
    """The rows of an agency's sitting and its batch, for this slice; raises NotFound `sitting_unknown`."""
    row = uow.db.get(SittingRow, sitting_id)
    of = None if row is None else uow.db.get(BatchRow, row.batch_id)
    if row is None or of is None or of.agency_id != organisation_id:
        raise NotFound("sitting_unknown")
    return row, of


def load_entry(uow: UnitOfWork, entry_id: str, *, organisation_id: str) -> EntryRow:
    """The row of an agency's entry, for this slice; raises NotFound `entry_unknown`."""
    row = uow.db.get(EntryRow, entry_id)
    if row is None or row.agency_id != organisation_id:
        raise NotFound("entry_unknown")
    return row


def batch_of(row: BatchRow) -> Batch:
    """The batch that a row holds."""
    return Batch(
        id=row.id,
        agency_id=row.agency_id,
        awarding_body_id=row.awarding_body_id,
        assessment_id=row.assessment_id,
        name=row.name,
        created_at=row.created_at,
        engagement_id=row.engagement_id,
        allocation_id=row.allocation_id,
        region=row.region,
        particulars=particulars_of(row.particulars),
    )


def sitting_of(row: SittingRow, of: BatchRow) -> Sitting:
    """The sitting that a row holds, with its batch."""
    return Sitting(
        id=row.id,
        batch_id=row.batch_id,
        batch_name=of.name,
        agency_id=of.agency_id,
        place=row.place,
        time_zone=row.time_zone,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        proctored=row.proctored,
        retention_days=row.retention_days,
        training_partner=row.training_partner,
        state=row.state,
        cancelled_reason=row.cancelled_reason,
    )


def entry_of(row: EntryRow, person: CandidateRow, at: SittingRow, of: BatchRow) -> Entry:
    """The entry that rows hold."""
    return Entry(
        id=row.id,
        agency_id=row.agency_id,
        candidate_id=person.id,
        candidate_name=person.name,
        language=person.language,
        date_of_birth=person.date_of_birth,
        sitting=sitting_of(at, of),
        assessment_id=of.assessment_id,
        awarding_body_id=of.awarding_body_id,
        form_id=row.form_id,
        extra_minutes=row.extra_minutes,
        state=row.state,
        code_issued_at=row.code_issued_at,
        agency_number=row.agency_number or "",
        try_number=row.try_number,
        previous_entry_id=row.previous_entry_id,
        pathway=row.pathway,
        accommodations=accommodations_of(row.accommodations),
    )


def _entries() -> Select[EntryRow, CandidateRow, SittingRow, BatchRow]:
    return (
        select(EntryRow, CandidateRow, SittingRow, BatchRow)
        .join(CandidateRow, CandidateRow.id == EntryRow.candidate_id)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
        .join(BatchRow, BatchRow.id == SittingRow.batch_id)
    )


# Built once: every page of a learner asks it.
_ENTRY = Prepared(COLUMNS.where(EntryRow.id == bindparam("entry_id")))
_BY_CODE = Prepared(COLUMNS.where(EntryRow.code_key == bindparam("code_key")))


def _one_entry(uow: UnitOfWork, query: Prepared, keys: dict[str, str]) -> Entry | None:
    uow.db.flush()
    row = query.one_or_none(uow.db.connection(), keys)
    if row is None:
        return None
    return Entry(
        **{name: getattr(row, name) for name in SAME},
        sitting=Sitting(
            **{name: getattr(row, name) for name in SAME_OF_SITTING},
            id=row.sitting_id,
            agency_id=row.batch_agency_id,
            state=row.sitting_state,
        ),
        agency_number=row.agency_number or "",
        accommodations=accommodations_of(row.accommodations),
    )


def _all_entries(uow: UnitOfWork, query: Select[EntryRow, CandidateRow, SittingRow, BatchRow]) -> list[Entry]:
    return [entry_of(*rows) for rows in uow.db.execute(query)]
