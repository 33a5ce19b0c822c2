# SPDX-License-Identifier: Apache-2.0
"""Reads of watch plans. Whose the sitting is, callers have established."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from core.prepared import Prepared
from core.uow import UnitOfWork
from proctor.monitoring.model import SessionState
from proctor.monitoring.tables import SessionRow
from proctor.plans.model import CHECKS, DEFAULT, WatchPlan
from proctor.plans.tables import WatchPlanRow

_ASKED = (*CHECKS, "mode")
_PLAN = Prepared(
    select(*(getattr(WatchPlanRow, name) for name in _ASKED)).where(
        WatchPlanRow.sitting_id == bindparam("sitting_id")
    )
)


def plan_of(uow: UnitOfWork, sitting_id: str) -> WatchPlan:
    """How a sitting is watched; `DEFAULT` where nobody said so."""
    uow.db.flush()
    row = _PLAN.one_or_none(uow.db.connection(), {"sitting_id": sitting_id})
    if row is None:
        return DEFAULT
    return WatchPlan.from_json({name: getattr(row, name) for name in _ASKED})


def plan_is_settled(uow: UnitOfWork, sitting_id: str) -> bool:
    """Whether a learner of this sitting has agreed to being watched, now or before, so that its plan stands."""
    agreed = SessionRow.consent_id.is_not(None) | (SessionRow.state == SessionState.ENDED)
    query = select(SessionRow.id).where(SessionRow.sitting_id == sitting_id, agreed).limit(1)
    return uow.db.scalar(query) is not None
