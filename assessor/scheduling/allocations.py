# SPDX-License-Identifier: Apache-2.0
"""Commands and reads of allocations. A batch is made from an accepted one by ``assessor.commands``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, or_, select

from assessor.scheduling import events
from assessor.scheduling.allocation_model import (
    AllocationCommand,
    AllocationPlan,
    AllocationState,
    check_allocation,
    decide,
    require_reason,
)
from assessor.scheduling.enrolment import batch_findings, judge_batch
from assessor.scheduling.particulars import Particulars, particulars_of
from assessor.scheduling.tables import AllocationRow, BatchRow
from core import ids
from core.errors import Conflict, Invalid, NotFound
from core.uow import UnitOfWork
from item_bank.api import credential_version, engagement, find_region


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A batch that was handed to an agency, with the agency's answer; `batch_id` is what became of it."""

    id: str
    awarding_body_id: str
    agency_id: str
    engagement_id: str
    credential_version_id: str
    name: str
    candidates: int
    place: str
    region: str
    wanted_from: date
    wanted_until: date
    particulars: Particulars
    state: AllocationState
    reason: str
    allocated_at: datetime
    answered_at: datetime | None
    batch_id: str | None


def allocate_batch(
    uow: UnitOfWork,
    *,
    organisation_id: str,
    engagement_id: str,
    plan: AllocationPlan,
    reasons: Mapping[str, str] | None = None,
) -> Allocation:
    """Hand a batch to the agency of an engagement; `organisation_id` is the awarding body.

    Raises NotFound `engagement_unknown`; Invalid as `check_allocation`, `region_unknown`; Conflict `no_engagement` (not in
    force), `allocation_exists`, `batch_blocked`, `batch_warned` (findings=[…]).
    """
    contract = engagement(uow, engagement_id)
    if contract.awarding_body_id != organisation_id:
        raise NotFound("engagement_unknown")
    check_allocation(plan, today=uow.now.date())
    region = require_region(plan.region)
    if not contract.covers(uow.now):
        raise Conflict("no_engagement")
    taken = select(AllocationRow.id).where(
        AllocationRow.awarding_body_id == organisation_id, AllocationRow.name == plan.name.strip()
    )
    if uow.db.scalar(taken) is not None:
        raise Conflict("allocation_exists")
    credential = credential_version(uow, contract.credential_version_id)
    found = batch_findings(
        credential.document,
        contract,
        state=credential.state,
        region=region,
        place=plan.place,
        particulars=plan.particulars,
    )
    judgement = judge_batch(found, reasons or {})
    row = AllocationRow(
        id=ids.new_id(),
        awarding_body_id=organisation_id,
        agency_id=contract.agency_id,
        engagement_id=contract.id,
        credential_version_id=contract.credential_version_id,
        name=plan.name.strip(),
        candidates=plan.candidates,
        place=plan.place.strip(),
        region=region,
        wanted_from=plan.wanted_from,
        wanted_until=plan.wanted_until,
        particulars=plan.particulars.to_document(),
        warning_reasons=dict(judgement.reasons),
        state=AllocationState.OFFERED,
        reason="",
        allocated_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.BatchAllocated(
            organisation_id=organisation_id,
            subject_id=row.id,
            agency_id=row.agency_id,
            credential_version_id=row.credential_version_id,
            candidates=row.candidates,
            region=row.region,
            warned=sorted(judgement.reasons),
        )
    )
    return allocation_of(row, None)


def accept_allocation(uow: UnitOfWork, allocation_id: str, *, organisation_id: str) -> None:
    """The agency takes a batch on. Raises NotFound `allocation_unknown`, Conflict `allocation_state`, `no_engagement`."""
    row = _load_of_agency(uow, allocation_id, organisation_id=organisation_id)
    if not engagement(uow, row.engagement_id).covers(uow.now):
        raise Conflict("no_engagement")
    _answer(uow, row, AllocationCommand.ACCEPT, reason="")


def refuse_allocation(uow: UnitOfWork, allocation_id: str, *, organisation_id: str, reason: str) -> None:
    """The agency gives a batch back, with a reason of 1 to 500 characters.

    Raises NotFound `allocation_unknown`, Conflict `allocation_state`, Invalid `reason_needed`.
    """
    row = _load_of_agency(uow, allocation_id, organisation_id=organisation_id)
    _answer(uow, row, AllocationCommand.REFUSE, reason=require_reason(reason))


def withdraw_allocation(uow: UnitOfWork, allocation_id: str, *, organisation_id: str, reason: str) -> None:
    """The awarding body takes its offer back before it is answered.

    Raises NotFound `allocation_unknown`, Conflict `allocation_state`, Invalid `reason_needed`.
    """
    row = uow.db.get(AllocationRow, allocation_id)
    if row is None or row.awarding_body_id != organisation_id:
        raise NotFound("allocation_unknown")
    _answer(uow, row, AllocationCommand.WITHDRAW, reason=require_reason(reason))


def allocation(uow: UnitOfWork, allocation_id: str, *, organisation_id: str) -> Allocation:
    """One allocation, for its two parties; raises NotFound `allocation_unknown`."""
    found = uow.db.execute(
        _allocations(organisation_id).where(AllocationRow.id == allocation_id)
    ).one_or_none()
    if found is None:
        raise NotFound("allocation_unknown")
    return allocation_of(*found)


def allocations(uow: UnitOfWork, *, organisation_id: str) -> list[Allocation]:
    """The allocations that an organisation gave or was given, newest first."""
    query = _allocations(organisation_id).order_by(AllocationRow.id.desc())
    return [allocation_of(*row) for row in uow.db.execute(query)]


def require_accepted(
    uow: UnitOfWork, allocation_id: str, *, organisation_id: str, credential_version_id: str
) -> Allocation:
    """The accepted allocation that an agency's batch is to be made from.

    Raises NotFound `allocation_unknown`; Conflict `allocation_not_accepted`, `allocation_used`,
    `allocation_other_credential`.
    """
    found = allocation(uow, allocation_id, organisation_id=organisation_id)
    if found.agency_id != organisation_id:
        raise NotFound("allocation_unknown")
    if found.state is not AllocationState.ACCEPTED:
        raise Conflict("allocation_not_accepted", state=found.state.value)
    if found.batch_id is not None:
        raise Conflict("allocation_used")
    if found.credential_version_id != credential_version_id:
        raise Conflict("allocation_other_credential")
    return found


def require_region(code: str) -> str:
    """The ISO 3166-2:IN code of a state or union territory; raises Invalid `region_unknown`."""
    found = find_region(code)
    if found is None:
        raise Invalid("region_unknown")
    return found.code


def allocation_of(row: AllocationRow, batch_id: str | None) -> Allocation:
    """The allocation that a row holds."""
    return Allocation(
        id=row.id,
        awarding_body_id=row.awarding_body_id,
        agency_id=row.agency_id,
        engagement_id=row.engagement_id,
        credential_version_id=row.credential_version_id,
        name=row.name,
        candidates=row.candidates,
        place=row.place,
        region=row.region,
        wanted_from=row.wanted_from,
        wanted_until=row.wanted_until,
        particulars=particulars_of(row.particulars),
        state=row.state,
        reason=row.reason,
        allocated_at=row.allocated_at,
        answered_at=row.answered_at,
        batch_id=batch_id,
    )


def _allocations(organisation_id: str) -> Select[AllocationRow, str | None]:
    return (
        select(AllocationRow, BatchRow.id)
        .outerjoin(BatchRow, BatchRow.allocation_id == AllocationRow.id)
        .where(
            or_(AllocationRow.awarding_body_id == organisation_id, AllocationRow.agency_id == organisation_id)
        )
    )


def _load_of_agency(uow: UnitOfWork, allocation_id: str, *, organisation_id: str) -> AllocationRow:
    row = uow.db.get(AllocationRow, allocation_id)
    if row is None or row.agency_id != organisation_id:
        raise NotFound("allocation_unknown")
    return row


def _answer(uow: UnitOfWork, row: AllocationRow, command: AllocationCommand, *, reason: str) -> None:
    row.state = decide(row.state, command)
    row.reason = reason
    row.answered_at = uow.now
    uow.db.flush()
    uow.emit(
        events.AllocationAnswered(
            organisation_id=row.awarding_body_id, subject_id=row.id, state=row.state.value
        )
    )
