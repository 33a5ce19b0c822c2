# SPDX-License-Identifier: Apache-2.0
"""Rules of results: what a hold blocks, when a result may be declared, what a body may answer. Pure.

The result document itself is computed in `document`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from core.errors import Conflict, Invalid

MAXIMUM_REASON = 2_000


class ResultState(StrEnum):
    """Where a result stands."""

    PROVISIONAL = "provisional"
    DECLARED = "declared"
    SUPERSEDED = "superseded"


class HoldState(StrEnum):
    """Where a hold stands; its cause is somebody else's business."""

    INTERIM = "interim"
    RELEASED = "released"
    CONFIRMED = "confirmed"

    @property
    def blocks(self) -> bool:
        """No result of the entry may be declared."""
        return self is not HoldState.RELEASED


class DeliveryState(StrEnum):
    """What the awarding body did with a result that it pulled."""

    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"


class DeliveryAnswer(StrEnum):
    """What an awarding body may answer."""

    ACKNOWLEDGE = "acknowledged"
    RETURN = "returned"


RESULT_TRANSITIONS: Mapping[ResultState, frozenset[ResultState]] = MappingProxyType(
    {
        ResultState.PROVISIONAL: frozenset({ResultState.DECLARED, ResultState.SUPERSEDED}),
        ResultState.DECLARED: frozenset({ResultState.SUPERSEDED}),
        ResultState.SUPERSEDED: frozenset(),
    }
)
HOLD_TRANSITIONS: Mapping[HoldState, frozenset[HoldState]] = MappingProxyType(
    {
        HoldState.INTERIM: frozenset({HoldState.RELEASED, HoldState.CONFIRMED}),
        HoldState.RELEASED: frozenset(),
        HoldState.CONFIRMED: frozenset(),
    }
)
DELIVERY_TRANSITIONS: Mapping[DeliveryState, frozenset[DeliveryState]] = MappingProxyType(
    {
        DeliveryState.DELIVERED: frozenset({DeliveryState.ACKNOWLEDGED, DeliveryState.RETURNED}),
        DeliveryState.ACKNOWLEDGED: frozenset(),
        DeliveryState.RETURNED: frozenset(),
    }
)

State = TypeVar("State", ResultState, HoldState, DeliveryState)


def move(before: State, after: State, *, table: Mapping[State, frozenset[State]], code: str) -> State:
    """`after`, if the table allows it or things stand there already; else Conflict `code` (facts state)."""
    if after is not before and after not in table[before]:
        raise Conflict(code, state=before.value)
    return after


def settle_hold(before: HoldState, after: HoldState) -> HoldState:
    """A hold released or confirmed; repeating it changes nothing. Raises Conflict `hold_settled`."""
    return move(before, after, table=HOLD_TRANSITIONS, code="hold_settled")


def lift(before: HoldState) -> HoldState:
    """A confirmed hold released, because what it was for was overturned; repeating it changes nothing.

    Raises Conflict `hold_open` for a hold that nobody has settled yet.
    """
    if before is HoldState.INTERIM:
        raise Conflict("hold_open")
    return HoldState.RELEASED


def declare(before: ResultState, *, holds: Iterable[HoldState]) -> ResultState:
    """A result declared; repeating it changes nothing.

    Raises Conflict: `result_superseded`, `hold_confirmed`, `hold_open`.
    """
    after = move(before, ResultState.DECLARED, table=RESULT_TRANSITIONS, code="result_superseded")
    if before is ResultState.DECLARED:
        return after  # a hold that came later does not undo what was declared
    standing = frozenset(holds)
    if HoldState.CONFIRMED in standing:
        raise Conflict("hold_confirmed")
    if HoldState.INTERIM in standing:
        raise Conflict("hold_open")
    return after


def supersede(before: ResultState) -> ResultState:
    """A result replaced by a newer one."""
    return move(before, ResultState.SUPERSEDED, table=RESULT_TRANSITIONS, code="result_superseded")


def answer_delivery(before: DeliveryState, answer: DeliveryAnswer) -> DeliveryState:
    """A delivery answered; the same answer again is harmless. Raises Conflict `delivery_answered`."""
    return move(before, DeliveryState(answer.value), table=DELIVERY_TRANSITIONS, code="delivery_answered")


def require_reason(answer: DeliveryAnswer, reason: str) -> str:
    """`reason` without surrounding space; a return needs one.

    Raises Invalid: `reason_missing`, `reason_too_long`.
    """
    text = reason.strip()
    if answer is DeliveryAnswer.RETURN and not text:
        raise Invalid("reason_missing")
    if len(text) > MAXIMUM_REASON:
        raise Invalid("reason_too_long", length=len(text), limit=MAXIMUM_REASON)
    return text


# ------------------------------------------------------------------------------------- what a learner sees


class StepName(StrEnum):
    """The steps from the test to the result, in their order."""

    THEORY_HANDED_IN = "theory_handed_in"
    THEORY_MARKED = "theory_marked"
    PRACTICAL_MARKED = "practical_marked"
    VIVA_MARKED = "viva_marked"
    INTEGRITY_REVIEW = "integrity_review"
    RESULT_PREPARED = "result_prepared"
    RESULT_DECLARED = "result_declared"


class StepState(StrEnum):
    """How far a step is. `NONE` is an integrity review that nothing asks for."""

    WAITING = "waiting"
    DONE = "done"
    OPEN = "open"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way to the result."""

    name: StepName
    state: StepState


def steps(
    *,
    handed_in: bool,
    marked: Mapping[str, bool],
    holds: Iterable[HoldState],
    result: ResultState | None,
) -> tuple[Step, ...]:
    """The way to the result; `marked` has the components that a person marks, in order, and which are done.

    A confirmed hold shows as an open review: what was found is told by people, not by a progress list.
    """

    def done(name: StepName, *, yes: bool) -> Step:
        return Step(name=name, state=StepState.DONE if yes else StepState.WAITING)

    standing = list(holds)
    review = StepState.NONE
    if standing:
        review = StepState.OPEN if any(hold.blocks for hold in standing) else StepState.DONE
    return (
        done(StepName.THEORY_HANDED_IN, yes=handed_in),
        *(done(StepName(f"{component}_marked"), yes=finished) for component, finished in marked.items()),
        Step(name=StepName.INTEGRITY_REVIEW, state=review),
        done(StepName.RESULT_PREPARED, yes=result is not None),
        done(StepName.RESULT_DECLARED, yes=result is ResultState.DECLARED),
    )
