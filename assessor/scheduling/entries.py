# SPDX-License-Identifier: Apache-2.0
"""Commands about candidates and their entries. Batches and sittings are in ``operations``; no attempt is made here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from assessor.forms import queries as forms
from assessor.forms.model import FormState
from assessor.forms.tables import FormRow
from assessor.scheduling import events
from assessor.scheduling.accommodations import Accommodation, check_accommodations
from assessor.scheduling.candidates import CandidatePlan, Guardian, normal_candidate, require_guardian
from assessor.scheduling.enrolment import judge_again, judge_enrolment
from assessor.scheduling.model import (
    Draw,
    EntryState,
    draw_form,
    require_enrolled,
    require_extra_minutes,
    require_planned,
)
from assessor.scheduling.names import comparable
from assessor.scheduling.queries import Entry, code_key, entry_of, load_entry, load_sitting
from assessor.scheduling.reassessment import AssessmentPolicy, require_in_time
from assessor.scheduling.records import plan_of
from assessor.scheduling.rules import Approval
from assessor.scheduling.sealing import index_key, seal
from assessor.scheduling.tables import BatchFormRow, BatchRow, CandidateRow, EntryRow, SittingRow
from core import ids
from core.errors import Conflict
from core.notices.model import NoticeKind
from core.notices.operations import withdraw_notices
from core.uow import UnitOfWork


def add_entry(
    uow: UnitOfWork,
    sitting_id: str,
    *,
    organisation_id: str,
    candidate: CandidatePlan,
    extra_minutes: int,
    pepper: bytes,
    person_key: bytes | None = None,
    approval: Approval | None = None,
    code: str | None = None,
) -> tuple[Entry, str]:
    """Enrol a candidate in a sitting and draw the form; return the entry and the access code, shown this once.

    Who has the same APAAR id is the same person; `person_key` seals that id. `code` fixes the access code (sample data). Raises
    NotFound `sitting_unknown`; Invalid as `normal_candidate`, `extra_minutes_out_of_range`; Conflict `sitting_cancelled`,
    `batch_without_forms`, `code_taken`, `agency_number_taken`, `apaar_of_another`, `candidate_enrolled`, `enrolment_blocked`,
    `enrolment_warned` (findings).
    """
    approval = approval or Approval()
    sitting, batch = load_sitting(uow, sitting_id, organisation_id=organisation_id)
    require_planned(sitting.state)
    plan = normal_candidate(candidate, today=uow.now.astimezone(ZoneInfo(sitting.time_zone)).date())
    _require_free_number(uow, batch.id, plan.agency_number)
    draw = _draw(uow, batch.id, seed=ids.seed())
    code, key = new_code(uow, code, pepper=pepper)
    judgement = judge_enrolment(uow, sitting, batch, candidate=plan, person_key=person_key, approval=approval)
    person = _person(uow, plan, sitting, agency_id=organisation_id, person_key=person_key)
    row = EntryRow(
        id=ids.new_id(),
        agency_id=organisation_id,
        sitting_id=sitting.id,
        candidate_id=person.id,
        form_id=draw.form_id,
        draw={"seed": str(draw.seed), "counts": dict(draw.counts)},
        extra_minutes=require_extra_minutes(extra_minutes),
        state=EntryState.ENROLLED,
        code_key=key,
        code_issued_at=uow.now,
        created_at=uow.now,
        batch_id=batch.id,
        agency_number=plan.agency_number or None,
        try_number=1,
        pathway=plan.pathway,
        training_minutes=plan.training_minutes,
        accommodations=[],
        enrolment=judgement.to_document(
            by=uow.actor.id, entry_requirement_met=approval.entry_requirement_met
        ),
    )
    return _added(uow, row, person, sitting, batch), code


def edit_candidate(
    uow: UnitOfWork,
    entry_id: str,
    *,
    organisation_id: str,
    candidate: CandidatePlan,
    person_key: bytes | None = None,
) -> None:
    """Write the fields of an entry's candidate anew; an empty APAAR id leaves the stored one as it is.

    Raises NotFound `entry_unknown`; Invalid as `normal_candidate`; Conflict `agency_number_taken`, `apaar_of_another`,
    `guardian_missing` (a minor on the sitting's day).
    """
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    sitting, batch = load_sitting(uow, row.sitting_id, organisation_id=organisation_id)
    zone = ZoneInfo(sitting.time_zone)
    plan = normal_candidate(candidate, today=uow.now.astimezone(zone).date())
    require_guardian(plan, day=sitting.opens_at.astimezone(zone).date())
    if plan.agency_number != (row.agency_number or ""):
        _require_free_number(uow, batch.id, plan.agency_number)
    person = uow.db.get_one(CandidateRow, row.candidate_id)
    if plan.apaar:
        known = _with_apaar(uow, plan.apaar, agency_id=organisation_id, person_key=person_key)
        if known is not None and known.id != person.id:
            raise Conflict("apaar_of_another")
        _write_apaar(person, plan.apaar, person_key=person_key)
    _write(person, plan)
    row.agency_number = plan.agency_number or None
    row.pathway, row.training_minutes = plan.pathway, plan.training_minutes
    uow.db.flush()
    uow.emit(events.CandidateEdited(organisation_id=organisation_id, subject_id=person.id, entry_id=row.id))


def reissue_code(uow: UnitOfWork, entry_id: str, *, organisation_id: str, pepper: bytes) -> str:
    """Give an entry another access code; the one before opens nothing from now on.

    Raises NotFound `entry_unknown`, Conflict `entry_withdrawn`, `entry_absent`.
    """
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    require_enrolled(row.state)
    code, row.code_key = new_code(uow, None, pepper=pepper)
    row.code_issued_at = uow.now
    withdraw_notices(uow, [row.id], kinds=[NoticeKind.ACCESS_CODE])
    uow.emit(events.AccessCodeReissued(organisation_id=organisation_id, subject_id=row.id))
    return code


def withdraw_entry(uow: UnitOfWork, entry_id: str, *, organisation_id: str) -> None:
    """Take an entry back; repeating it changes nothing. Raises NotFound `entry_unknown`, Conflict `entry_absent`."""
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    if row.state is EntryState.WITHDRAWN:
        return
    require_enrolled(row.state)
    row.state = EntryState.WITHDRAWN
    withdraw_notices(uow, [row.id])
    uow.emit(events.EntryWithdrawn(organisation_id=organisation_id, subject_id=row.id))


def set_accommodation(
    uow: UnitOfWork,
    entry_id: str,
    *,
    organisation_id: str,
    extra_minutes: int,
    accommodations: Sequence[Accommodation] | None = None,
) -> None:
    """Grant extra time, in whole minutes, and other aids; None leaves the list of aids as it is.

    Raises NotFound `entry_unknown`, Conflict `entry_withdrawn`, `entry_absent`, Invalid `extra_minutes_out_of_range` and as
    `check_accommodations`.
    """
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    require_enrolled(row.state)
    row.extra_minutes = require_extra_minutes(extra_minutes)
    if accommodations is not None:
        kept = check_accommodations(accommodations, extra_minutes=extra_minutes)
        row.accommodations = [one.to_document() for one in kept]
    uow.emit(
        events.AccommodationSet(
            organisation_id=organisation_id, subject_id=row.id, extra_minutes=row.extra_minutes
        )
    )


def add_reassessment(
    uow: UnitOfWork,
    entry_id: str,
    *,
    organisation_id: str,
    sitting_id: str,
    result_on: date,
    asked_on: date,
    policy: AssessmentPolicy,
    pepper: bytes,
    reasons: Mapping[str, str] | None = None,
) -> tuple[Entry, str]:
    """Give a candidate one more try in another sitting, with a form that they never had; return the entry and its code.

    The caller knows that the try before is over and `result_on`. Raises NotFound `entry_unknown`, `sitting_unknown`;
    Invalid `asked_on_malformed`; Conflict `sitting_cancelled`, `reassessment_exists`, `reassessment_other_credential`,
    `reassessment_asked_late`, `reassessment_held_late`, `candidate_enrolled`, `no_other_form`; and as `judge_again`.
    """
    before = load_entry(uow, entry_id, organisation_id=organisation_id)
    sitting, batch = load_sitting(uow, sitting_id, organisation_id=organisation_id)
    require_planned(sitting.state)
    _require_possible(uow, before, sitting, batch)
    zone = ZoneInfo(sitting.time_zone)
    hold_by = require_in_time(
        policy,
        result_on=result_on,
        asked_on=asked_on,
        held_until=sitting.closes_at.astimezone(zone).date(),
        today=uow.now.astimezone(zone).date(),
    )
    person = uow.db.get_one(CandidateRow, before.candidate_id)
    judgement = judge_again(uow, sitting, batch, candidate=plan_of(before, person), reasons=reasons or {})
    had = set(uow.db.scalars(select(EntryRow.form_id).where(EntryRow.candidate_id == person.id)))
    draw = _draw(uow, batch.id, seed=ids.seed(), had=had)
    code, key = new_code(uow, None, pepper=pepper)
    row = EntryRow(
        id=ids.new_id(),
        agency_id=organisation_id,
        sitting_id=sitting.id,
        candidate_id=person.id,
        form_id=draw.form_id,
        draw={"seed": str(draw.seed), "counts": dict(draw.counts)},
        extra_minutes=before.extra_minutes,
        state=EntryState.ENROLLED,
        code_key=key,
        code_issued_at=uow.now,
        created_at=uow.now,
        batch_id=batch.id,
        agency_number=before.agency_number,
        try_number=before.try_number + 1,
        previous_entry_id=before.id,
        pathway=before.pathway,
        training_minutes=before.training_minutes,
        accommodations=before.accommodations,
        enrolment=judgement.added_to(before.enrolment, by=uow.actor.id) | {"asked_on": asked_on.isoformat()},
    )
    made = _added(uow, row, person, sitting, batch)
    uow.emit(
        events.ReassessmentGranted(
            organisation_id=organisation_id,
            subject_id=row.id,
            previous_entry_id=before.id,
            asked_on=asked_on.isoformat(),
            held_by=hold_by.isoformat(),
        )
    )
    return made, code


def new_code(uow: UnitOfWork, wanted: str | None, *, pepper: bytes) -> tuple[str, str]:
    """A fresh access code, or the wanted one, with its keyed hash; raises Conflict `code_taken`."""
    code = wanted or ids.access_code()
    key = code_key(code, pepper=pepper)
    if uow.db.scalar(select(EntryRow.id).where(EntryRow.code_key == key)) is not None:
        raise Conflict("code_taken")
    return code, key


def _added(
    uow: UnitOfWork, row: EntryRow, person: CandidateRow, sitting: SittingRow, batch: BatchRow
) -> Entry:
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.EntryAdded(
            organisation_id=row.agency_id,
            subject_id=row.id,
            sitting_id=sitting.id,
            candidate_id=person.id,
            form_id=row.form_id,
        )
    )
    return entry_of(row, person, sitting, batch)


def _person(
    uow: UnitOfWork,
    plan: CandidatePlan,
    sitting: SittingRow,
    *,
    agency_id: str,
    person_key: bytes | None,
) -> CandidateRow:
    """The candidate whom the agency knows by this APAAR id, or a new one."""
    known = _with_apaar(uow, plan.apaar, agency_id=agency_id, person_key=person_key) if plan.apaar else None
    if known is None:
        known = CandidateRow(id=ids.new_id(), agency_id=agency_id, created_at=uow.now)
        uow.db.add(known)
        if plan.apaar:
            _write_apaar(known, plan.apaar, person_key=person_key)
    else:
        _require_same_person(known, plan)
        here = select(EntryRow.id).where(EntryRow.sitting_id == sitting.id, EntryRow.candidate_id == known.id)
        if uow.db.scalar(here) is not None:
            raise Conflict("candidate_enrolled")
    _write(known, plan)
    uow.db.flush()
    return known


def _require_same_person(known: CandidateRow, plan: CandidatePlan) -> None:
    born = (known.date_of_birth, plan.date_of_birth)
    if comparable(known.name) != comparable(plan.name) or (None not in born and born[0] != born[1]):
        raise Conflict("apaar_of_another")


def _with_apaar(
    uow: UnitOfWork, apaar: str, *, agency_id: str, person_key: bytes | None
) -> CandidateRow | None:
    if person_key is None:
        raise TypeError("an APAAR id needs the key that seals it")
    key = index_key(apaar, key=person_key)
    query = select(CandidateRow).where(CandidateRow.agency_id == agency_id, CandidateRow.apaar_key == key)
    return uow.db.scalar(query)


def _write_apaar(person: CandidateRow, apaar: str, *, person_key: bytes | None) -> None:
    if person_key is None:
        raise TypeError("an APAAR id needs the key that seals it")
    person.apaar_sealed = seal(apaar, key=person_key, label=person.id)
    person.apaar_key = index_key(apaar, key=person_key)


def _write(person: CandidateRow, plan: CandidatePlan) -> None:
    guardian = plan.guardian or Guardian(name="", contact="")
    person.name, person.language = plan.name, plan.language
    person.date_of_birth, person.gender = plan.date_of_birth, plan.gender
    person.disabled = plan.disabled
    person.disabilities = [kind.value for kind in plan.disabilities]
    person.email, person.phone = plan.email, plan.phone
    person.qualification = {} if plan.qualification.empty else plan.qualification.to_document()
    person.guardian_name, person.guardian_contact = guardian.name, guardian.contact


def _require_free_number(uow: UnitOfWork, batch_id: str, number: str) -> None:
    taken = select(EntryRow.id).where(EntryRow.batch_id == batch_id, EntryRow.agency_number == number)
    if number and uow.db.scalar(taken.limit(1)) is not None:
        raise Conflict("agency_number_taken")


def _draw(uow: UnitOfWork, batch_id: str, *, seed: int, had: Collection[str] = ()) -> Draw:
    given = (
        select(BatchFormRow.form_id, func.count(EntryRow.id))
        .join(FormRow, FormRow.id == BatchFormRow.form_id)
        .outerjoin(EntryRow, EntryRow.form_id == BatchFormRow.form_id)
        .where(BatchFormRow.batch_id == batch_id, FormRow.state == FormState.SEALED)
        .group_by(BatchFormRow.form_id)
    )
    counts = dict(uow.db.execute(given).all())
    return draw_form(counts, seed=seed, had=had)


def _require_possible(uow: UnitOfWork, before: EntryRow, sitting: SittingRow, batch: BatchRow) -> None:
    if uow.db.scalar(select(EntryRow.id).where(EntryRow.previous_entry_id == before.id)) is not None:
        raise Conflict("reassessment_exists")
    _, earlier = load_sitting(uow, before.sitting_id, organisation_id=before.agency_id)
    credentials = {
        forms.assessment(uow, one, organisation_id=before.agency_id).credential_version_id
        for one in (earlier.assessment_id, batch.assessment_id)
    }
    if len(credentials) > 1:
        raise Conflict("reassessment_other_credential")
    here = select(EntryRow.id).where(
        EntryRow.sitting_id == sitting.id, EntryRow.candidate_id == before.candidate_id
    )
    if uow.db.scalar(here) is not None:
        raise Conflict("candidate_enrolled")
