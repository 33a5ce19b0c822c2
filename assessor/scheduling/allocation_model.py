# SPDX-License-Identifier: Apache-2.0
"""Allocations: an awarding body hands a batch to an agency, which answers once. Pure; territory is checked by the rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from assessor.scheduling.names import require_name
from assessor.scheduling.particulars import Particulars, check_particulars
from core.errors import Conflict, Invalid

MAXIMUM_CANDIDATES: Final = 100_000
MAXIMUM_REASON: Final = 500


class AllocationState(StrEnum):
    """Where an allocation stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class AllocationCommand(StrEnum):
    """Accepting and refusing is the agency's, withdrawing the awarding body's."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


TRANSITIONS: Final[Mapping[tuple[AllocationState, AllocationCommand], AllocationState]] = {
    (AllocationState.OFFERED, AllocationCommand.ACCEPT): AllocationState.ACCEPTED,
    (AllocationState.OFFERED, AllocationCommand.REFUSE): AllocationState.REFUSED,
    (AllocationState.OFFERED, AllocationCommand.WITHDRAW): AllocationState.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationPlan:
    """A batch as an awarding body hands it out: ``name`` is its own batch id, ``region`` an ISO 3166-2:IN code.

    ``wanted_from`` to ``wanted_until`` are the days in which the assessment is asked for, both inside.
    """

    name: str
    candidates: int
    place: str
    region: str
    wanted_from: date
    wanted_until: date
    particulars: Particulars


def decide(state: AllocationState, command: AllocationCommand) -> AllocationState:
    """The state after ``command``; raises Conflict `allocation_state` where the table has no such step."""
    after = TRANSITIONS.get((state, command))
    if after is None:
        raise Conflict("allocation_state", state=state.value, command=command.value)
    return after


def check_allocation(plan: AllocationPlan, *, today: date) -> None:
    """Raises Invalid: `name_malformed`, `candidates_out_of_range`, `allocation_window`, and as `check_particulars`."""
    require_name(plan.name)
    require_name(plan.place)
    if not 1 <= plan.candidates <= MAXIMUM_CANDIDATES:
        raise Invalid("candidates_out_of_range", lowest=1, highest=MAXIMUM_CANDIDATES)
    if not today <= plan.wanted_until or plan.wanted_until < plan.wanted_from:
        raise Invalid(
            "allocation_window", opens=plan.wanted_from.isoformat(), closes=plan.wanted_until.isoformat()
        )
    check_particulars(plan.particulars)


def require_reason(text: str) -> str:
    """Why, in 1 to 500 characters; raises Invalid `reason_needed`."""
    reason = text.strip()
    if not 1 <= len(reason) <= MAXIMUM_REASON:
        raise Invalid("reason_needed", longest=MAXIMUM_REASON)
    return reason
