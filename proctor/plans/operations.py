# SPDX-License-Identifier: Apache-2.0
"""Commands on watch plans. Whose the sitting is, callers have established."""

from __future__ import annotations

from core.uow import ActorKind, UnitOfWork
from proctor.plans.events import WatchPlanSet
from proctor.plans.model import CHECKS, WatchPlan, changed
from proctor.plans.queries import plan_is_settled, plan_of
from proctor.plans.tables import WatchPlanRow


def set_plan(uow: UnitOfWork, sitting_id: str, *, organisation_id: str, plan: WatchPlan) -> WatchPlan:
    """Say how a sitting is watched; the same again changes nothing.

    Raises Conflict `plan_settled` once a learner agreed to the plan as it stood, `plan_incomplete`.
    """
    if not changed(plan_of(uow, sitting_id), plan, settled=plan_is_settled(uow, sitting_id)):
        return plan
    row = uow.db.get(WatchPlanRow, sitting_id)
    if row is None:
        row = WatchPlanRow(sitting_id=sitting_id, organisation_id=organisation_id)
        uow.db.add(row)
    row.apply(plan)
    row.set_by = uow.actor.id if uow.actor.kind is ActorKind.PERSON else None
    row.set_at = uow.now
    uow.db.flush()
    uow.emit(
        WatchPlanSet(
            organisation_id=organisation_id,
            subject_id=sitting_id,
            checks=[name for name in CHECKS if getattr(plan, name)],
            mode=plan.mode.value,
        )
    )
    return plan
