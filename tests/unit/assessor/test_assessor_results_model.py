# SPDX-License-Identifier: Apache-2.0
"""Rules of results, holds and deliveries at their edges."""

from __future__ import annotations

from itertools import product

import pytest

from assessor.results.model import (
    DELIVERY_TRANSITIONS,
    HOLD_TRANSITIONS,
    RESULT_TRANSITIONS,
    DeliveryAnswer,
    DeliveryState,
    HoldState,
    ResultState,
    StepState,
    answer_delivery,
    declare,
    lift,
    require_reason,
    settle_hold,
    steps,
    supersede,
)
from core.errors import Conflict, Invalid


def code_of(call: object) -> str | None:
    try:
        call()  # type: ignore[operator]
    except Conflict as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(("before", "after"), list(product(HoldState, HoldState)))
def test_a_hold_is_settled_once_and_settling_it_again_the_same_way_is_harmless(
    before: HoldState, after: HoldState
) -> None:
    allowed = before is after or after in HOLD_TRANSITIONS[before]
    assert code_of(lambda: settle_hold(before, after)) == (None if allowed else "hold_settled")


def test_what_was_upheld_can_be_lifted_but_not_what_nobody_has_decided() -> None:
    assert lift(HoldState.CONFIRMED) is HoldState.RELEASED
    assert lift(HoldState.RELEASED) is HoldState.RELEASED
    assert code_of(lambda: lift(HoldState.INTERIM)) == "hold_open"


@pytest.mark.parametrize(("before", "answer"), list(product(DeliveryState, DeliveryAnswer)))
def test_a_delivery_is_answered_once(before: DeliveryState, answer: DeliveryAnswer) -> None:
    after = DeliveryState(answer.value)
    allowed = before is after or after in DELIVERY_TRANSITIONS[before]
    assert code_of(lambda: answer_delivery(before, answer)) == (None if allowed else "delivery_answered")


def test_a_hold_blocks_until_it_is_released() -> None:
    assert [state for state in HoldState if state.blocks] == [HoldState.INTERIM, HoldState.CONFIRMED]


@pytest.mark.parametrize(
    ("holds", "code"),
    [
        ([], None),
        ([HoldState.RELEASED], None),
        ([HoldState.RELEASED, HoldState.INTERIM], "hold_open"),
        ([HoldState.INTERIM, HoldState.CONFIRMED], "hold_confirmed"),
    ],
)
def test_a_provisional_result_is_declared_only_without_standing_holds(
    holds: list[HoldState], code: str | None
) -> None:
    assert code_of(lambda: declare(ResultState.PROVISIONAL, holds=holds)) == code


def test_declaring_again_changes_nothing_and_a_superseded_result_stays_so() -> None:
    assert declare(ResultState.DECLARED, holds=[HoldState.CONFIRMED]) is ResultState.DECLARED
    assert code_of(lambda: declare(ResultState.SUPERSEDED, holds=[])) == "result_superseded"


@pytest.mark.parametrize("before", list(ResultState))
def test_every_standing_result_can_be_superseded(before: ResultState) -> None:
    assert supersede(before) is ResultState.SUPERSEDED
    assert before is ResultState.SUPERSEDED or ResultState.SUPERSEDED in RESULT_TRANSITIONS[before]


def test_a_return_needs_a_reason_and_an_acknowledgement_does_not() -> None:
    assert require_reason(DeliveryAnswer.ACKNOWLEDGE, " ") == ""
    assert require_reason(DeliveryAnswer.RETURN, " Wrong person. ") == "Wrong person."
    with pytest.raises(Invalid) as missing:
        require_reason(DeliveryAnswer.RETURN, " ")
    with pytest.raises(Invalid) as long:
        require_reason(DeliveryAnswer.ACKNOWLEDGE, "x" * 2001)
    assert (missing.value.code, long.value.code) == ("reason_missing", "reason_too_long")


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ([], StepState.NONE),
        ([HoldState.RELEASED], StepState.DONE),
        ([HoldState.RELEASED, HoldState.INTERIM], StepState.OPEN),
        ([HoldState.CONFIRMED], StepState.OPEN),
    ],
)
def test_the_integrity_review_shows_as_none_open_or_done(holds: list[HoldState], expected: StepState) -> None:
    found = steps(handed_in=False, marked={}, holds=holds, result=None)
    assert {step.name.value: step.state for step in found}["integrity_review"] is expected


def test_the_steps_are_those_of_the_components_that_there_are() -> None:
    found = steps(handed_in=True, marked={"viva": True}, holds=[], result=ResultState.PROVISIONAL)
    assert [(step.name.value, step.state.value) for step in found] == [
        ("theory_handed_in", "done"),
        ("viva_marked", "done"),
        ("integrity_review", "none"),
        ("result_prepared", "done"),
        ("result_declared", "waiting"),
    ]
