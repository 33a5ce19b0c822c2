# SPDX-License-Identifier: Apache-2.0
"""Commands of scheduling. Attempts and marking tasks of an entry are made by `assessor.api`, not here."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from assessor.scheduling import events
from assessor.scheduling.allocations import require_region
from assessor.scheduling.enrolment import Judgement, batch_findings, judge_batch
from assessor.scheduling.model import (
    BatchPlan,
    Duty,
    SittingPlan,
    SittingState,
    check_sitting,
    require_free_of_conflict,
)
from assessor.scheduling.names import require_name
from assessor.scheduling.particulars import check_particulars
from assessor.scheduling.queries import (
    Sitting,
    load_batch,
    load_sitting,
    sitting_of,
)
from assessor.scheduling.tables import (
    BatchFormRow,
    BatchRow,
    SittingRow,
    SittingStaffRow,
)
from core import ids
from core.errors import Conflict, NotFound
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from item_bank.api import Engagement, credential_version

_ROLE = {Duty.ASSESSOR: Role.ASSESSOR, Duty.PROCTOR: Role.PROCTOR}


def create_batch(
    uow: UnitOfWork,
    *,
    organisation_id: str,
    engagement: Engagement,
    assessment_id: str,
    plan: BatchPlan,
    form_ids: Collection[str],
) -> str:
    """Open a batch over sealed forms and return its id.

    Raises Invalid `name_malformed`, `region_unknown` and as `check_particulars`; Conflict `batch_exists`, `batch_blocked`,
    `batch_warned` (findings=[…]); of an allocation as `require_accepted`.
    """
    name = require_name(plan.name)
    region = require_region(plan.region) if plan.region else ""
    taken = select(BatchRow.id).where(BatchRow.agency_id == organisation_id, BatchRow.name == name)
    if uow.db.scalar(taken) is not None:
        raise Conflict("batch_exists")
    judgement = _judge(uow, engagement, plan, region=region)
    row = BatchRow(
        id=ids.new_id(),
        agency_id=organisation_id,
        awarding_body_id=engagement.awarding_body_id,
        engagement_id=engagement.id,
        assessment_id=assessment_id,
        name=name,
        created_at=uow.now,
        allocation_id=plan.allocation_id,
        region=region,
        particulars=plan.particulars.to_document() if plan.particulars else {},
        warning_reasons=dict(judgement.reasons),
    )
    uow.db.add(row)
    uow.db.flush()
    uow.db.add_all(BatchFormRow(form_id=form_id, batch_id=row.id) for form_id in form_ids)
    uow.db.flush()
    uow.emit(
        events.BatchCreated(
            organisation_id=organisation_id,
            subject_id=row.id,
            awarding_body_id=engagement.awarding_body_id,
            assessment_id=assessment_id,
            forms=len(form_ids),
        )
    )
    return row.id


def _judge(uow: UnitOfWork, engagement: Engagement, plan: BatchPlan, *, region: str) -> Judgement:
    if plan.particulars is not None:
        check_particulars(plan.particulars)
    credential = credential_version(uow, engagement.credential_version_id)
    found = batch_findings(
        credential.document,
        engagement,
        state=credential.state,
        region=region,
        place=plan.particulars.centre_address if plan.particulars else "",
        particulars=plan.particulars,
    )
    return judge_batch(found, plan.reasons)


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
        training_partner=plan.training_partner.strip(),
        state=SittingState.PLANNED,
        cancelled_reason="",
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
