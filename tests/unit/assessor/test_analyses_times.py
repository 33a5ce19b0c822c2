# SPDX-License-Identifier: Apache-2.0
"""How long somebody was at each item, by the log."""

from __future__ import annotations

from assessor.analyses.times import Span, Step, StepKind, seconds_by_item

ANSWER, VISIT, CONFIRM, SECTION = StepKind.ANSWER, StepKind.VISIT, StepKind.CONFIRM, StepKind.SECTION


def test_the_time_before_an_answer_goes_to_its_item() -> None:
    steps = [Step(30, ANSWER, "a"), Step(75, ANSWER, "b"), Step(80, ANSWER, "a")]
    assert seconds_by_item(steps, started_at=0) == {"a": 35, "b": 45}


def test_a_visit_says_which_item_was_on_the_screen() -> None:
    steps = [
        Step(5, SECTION),
        Step(6, VISIT, "a"),
        Step(20, ANSWER, "a"),
        Step(26, VISIT, "b"),
        Step(40, CONFIRM, "b"),
        Step(50, SECTION),
        Step(60, ANSWER, "c"),
    ]
    assert seconds_by_item(steps, started_at=0) == {"a": 20, "b": 24, "c": 10}


def test_an_answer_to_another_item_than_the_visited_one_is_its_own() -> None:
    steps = [Step(5, VISIT, "a"), Step(20, ANSWER, "b"), Step(30, ANSWER, "a")]
    assert seconds_by_item(steps, started_at=0) == {"b": 15, "a": 10}


def test_pauses_are_taken_off() -> None:
    steps = [Step(100, ANSWER, "a")]
    assert seconds_by_item(steps, started_at=0, pauses=[Span(20, 80), Span(200, 300)]) == {"a": 40}


def test_an_outage_makes_the_item_that_it_falls_on_unknown() -> None:
    steps = [Step(30, ANSWER, "a"), Step(100, ANSWER, "b"), Step(102, ANSWER, "c"), Step(150, ANSWER, "d")]
    found = seconds_by_item(steps, started_at=0, outages=[Span(50, 95)])
    assert found == {"a": 30, "b": None, "c": None, "d": 48}


def test_answers_that_arrive_together_were_not_given_one_after_the_other() -> None:
    steps = [Step(30, ANSWER, "a"), Step(30.1, ANSWER, "b"), Step(60, ANSWER, "c")]
    assert seconds_by_item(steps, started_at=0) == {"a": None, "b": None, "c": 29.9}


def test_the_same_item_saved_twice_at_once_stays_known() -> None:
    steps = [Step(30, ANSWER, "a"), Step(30.1, ANSWER, "a")]
    assert seconds_by_item(steps, started_at=0) == {"a": 30.1}


def test_a_log_without_entries_says_nothing() -> None:
    assert seconds_by_item([], started_at=0) == {}
