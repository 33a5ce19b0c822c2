# SPDX-License-Identifier: Apache-2.0
"""Commands of scheduling. Attempts and marking tasks of an entry are made by `assessor.api`, not here."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from assessor.forms.model import FormState
from assessor.forms.tables import FormRow
from assessor.scheduling import events
from assessor.scheduling.model import (
    CandidatePlan,
    Draw,
    Duty,
    EntryState,
    SittingPlan,
    check_sitting,
    draw_form,
    require_enrolled,
    require_extra_minutes,
    require_free_of_conflict,
    require_name,
)
from assessor.scheduling.queries import (
    Entry,
    Sitting,
    code_key,
    entry_of,
    load_batch,
    load_entry,
    load_sitting,
    sitting_of,
)
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
from core.identity.model import Role
from core.uow import UnitOfWork

_ROLE = {Duty.ASSESSOR: Role.ASSESSOR, Duty.PROCTOR: Role.PROCTOR}


def create_batch(
    uow: UnitOfWork,
    *,
    organisation_id: str,
    awarding_body_id: str,
    engagement_id: str,
    assessment_id: str,
    name: str,
    form_ids: Collection[str],
) -> str:
    """Open a batch over sealed forms and return its id; the engagement was checked by the caller.

    Raises Invalid `name_malformed`, Conflict `batch_exists`.
    """
    name = require_name(name)
    taken = select(BatchRow.id).where(BatchRow.agency_id == organisation_id, BatchRow.name == name)
    if uow.db.scalar(taken) is not None:
        raise Conflict("batch_exists")
    row = BatchRow(
        id=ids.new_id(),
        agency_id=organisation_id,
        awarding_body_id=awarding_body_id,
        engagement_id=engagement_id,
        assessment_id=assessment_id,
        name=name,
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.db.add_all(BatchFormRow(form_id=form_id, batch_id=row.id) for form_id in form_ids)
    uow.db.flush()
    uow.emit(
        events.BatchCreated(
            organisation_id=organisation_id,
            subject_id=row.id,
            awarding_body_id=awarding_body_id,
            assessment_id=assessment_id,
            forms=len(form_ids),
        )
    )
    return row.id


def schedule_sitting(uow: UnitOfWork, batch_id: str, *, organisation_id: str, plan: SittingPlan) -> Sitting:
    """Add a sitting to a batch; raises NotFound `batch_unknown` and Invalid as `check_sitting`."""
    batch = load_batch(uow, batch_id, organisation_id=organisation_id)
    check_sitting(plan)
    row = SittingRow(
        id=ids.new_id(),
        batch_id=batch.id,
        place=require_name(plan.place),
        time_zone=plan.time_zone,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        proctored=plan.proctored,
        retention_days=plan.retention_days,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.SittingScheduled(
            organisation_id=organisation_id,
            subject_id=row.id,
            batch_id=batch.id,
            opens_at=row.opens_at.isoformat(),
            closes_at=row.closes_at.isoformat(),
            proctored=row.proctored,
        )
    )
    return sitting_of(row, batch)


def add_entry(
    uow: UnitOfWork,
    sitting_id: str,
    *,
    organisation_id: str,
    candidate: CandidatePlan,
    extra_minutes: int,
    pepper: bytes,
    code: str | None = None,
) -> tuple[Entry, str]:
    """Enrol a new candidate in a sitting and draw the form; return the entry and the access code, shown this once.

    `code` fixes the access code (sample data). Raises NotFound `sitting_unknown`; Invalid `name_malformed`,
    `extra_minutes_out_of_range`; Conflict `batch_without_forms`, `code_taken`.
    """
    sitting, batch = load_sitting(uow, sitting_id, organisation_id=organisation_id)
    draw = _draw(uow, batch.id, seed=ids.seed())
    code, key = _new_code(uow, code, pepper=pepper)
    person = CandidateRow(
        id=ids.new_id(),
        agency_id=organisation_id,
        name=require_name(candidate.name),
        language=candidate.language,
        date_of_birth=candidate.date_of_birth,
        created_at=uow.now,
    )
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
    )
    uow.db.add(person)
    uow.db.flush()
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.EntryAdded(
            organisation_id=organisation_id,
            subject_id=row.id,
            sitting_id=sitting.id,
            candidate_id=person.id,
            form_id=row.form_id,
        )
    )
    return entry_of(row, person, sitting, batch), code


def reissue_code(uow: UnitOfWork, entry_id: str, *, organisation_id: str, pepper: bytes) -> str:
    """Give an entry another access code; the one before opens nothing from now on.

    Raises NotFound `entry_unknown`, Conflict `entry_withdrawn`.
    """
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    require_enrolled(row.state)
    code, row.code_key = _new_code(uow, None, pepper=pepper)
    row.code_issued_at = uow.now
    uow.emit(events.AccessCodeReissued(organisation_id=organisation_id, subject_id=row.id))
    return code


def withdraw_entry(uow: UnitOfWork, entry_id: str, *, organisation_id: str) -> None:
    """Take an entry back; repeating it changes nothing. Raises NotFound `entry_unknown`."""
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    if row.state is EntryState.ENROLLED:
        row.state = EntryState.WITHDRAWN
        uow.emit(events.EntryWithdrawn(organisation_id=organisation_id, subject_id=row.id))


def set_accommodation(uow: UnitOfWork, entry_id: str, *, organisation_id: str, extra_minutes: int) -> None:
    """Grant extra time, in whole minutes.

    Raises NotFound `entry_unknown`, Conflict `entry_withdrawn`, Invalid `extra_minutes_out_of_range`.
    """
    row = load_entry(uow, entry_id, organisation_id=organisation_id)
    require_enrolled(row.state)
    row.extra_minutes = require_extra_minutes(extra_minutes)
    uow.emit(
        events.AccommodationSet(
            organisation_id=organisation_id, subject_id=row.id, extra_minutes=row.extra_minutes
        )
    )


def assign_staff(
    uow: UnitOfWork,
    sitting_id: str,
    *,
    organisation_id: str,
    person_id: str,
    duty: Duty,
    conflict_declared: bool = False,
) -> None:
    """Give a person a duty at a sitting; repeating it changes nothing.

    Raises NotFound `sitting_unknown`, `person_unknown` (also for a person without the role or of another
    organisation); Conflict `assessor_conflict` when a conflict is declared now or was declared before.
    """
    sitting, _ = load_sitting(uow, sitting_id, organisation_id=organisation_id)
    person = identity.person(uow, person_id)
    if person is None or person.organisation_id != organisation_id or _ROLE[duty] not in person.roles:
        raise NotFound("person_unknown")
    row = uow.db.get(SittingStaffRow, (sitting.id, person_id, duty))
    require_free_of_conflict(declared=conflict_declared or (row is not None and row.conflict_declared))
    if row is not None:
        return
    uow.db.add(
        SittingStaffRow(
            sitting_id=sitting.id,
            person_id=person_id,
            duty=duty,
            conflict_declared=False,
            assigned_at=uow.now,
        )
    )
    uow.db.flush()
    uow.emit(
        events.StaffAssigned(
            organisation_id=organisation_id, subject_id=sitting.id, person_id=person_id, duty=duty.value
        )
    )


def declare_conflict(
    uow: UnitOfWork, sitting_id: str, *, organisation_id: str, person_id: str, duty: Duty
) -> None:
    """Record that an assigned person is kin, trainer or employer of a learner: the duty ends, for good.

    Raises NotFound `sitting_unknown`, `assignment_unknown`.
    """
    sitting, _ = load_sitting(uow, sitting_id, organisation_id=organisation_id)
    row = uow.db.get(SittingStaffRow, (sitting.id, person_id, duty))
    if row is None:
        raise NotFound("assignment_unknown")
    if not row.conflict_declared:
        row.conflict_declared = True
        uow.emit(
            events.ConflictDeclared(
                organisation_id=organisation_id, subject_id=sitting.id, person_id=person_id, duty=duty.value
            )
        )


def _draw(uow: UnitOfWork, batch_id: str, *, seed: int) -> Draw:
    given = (
        select(BatchFormRow.form_id, func.count(EntryRow.id))
        .join(FormRow, FormRow.id == BatchFormRow.form_id)
        .outerjoin(EntryRow, EntryRow.form_id == BatchFormRow.form_id)
        .where(BatchFormRow.batch_id == batch_id, FormRow.state == FormState.SEALED)
        .group_by(BatchFormRow.form_id)
    )
    return draw_form(dict(uow.db.execute(given).all()), seed=seed)


def _new_code(uow: UnitOfWork, wanted: str | None, *, pepper: bytes) -> tuple[str, str]:
    code = wanted or ids.access_code()
    key = code_key(code, pepper=pepper)
    if uow.db.scalar(select(EntryRow.id).where(EntryRow.code_key == key)) is not None:
        raise Conflict("code_taken")
    return code, key
