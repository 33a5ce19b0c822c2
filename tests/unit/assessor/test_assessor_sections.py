# SPDX-License-Identifier: Apache-2.0
"""Sections of an attempt: the fold of moves, the edges of every time, what an item takes and which moves are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from assessor.attempts.model import Attempt, AttemptState, EndedBy, Verdict
from assessor.attempts.sections import (
    Clock,
    Given,
    Move,
    MoveKind,
    Run,
    SectionState,
    Standing,
    asks_for_answers,
    clock_of,
    course,
    fold,
    gate,
    judge_move,
    section_of,
    shares,
)
from assessor.attempts.timing import Allowance
from assessor.forms.sections import FormSection, Navigation, parse_section
from tests.conftest import NOON

GRACE = 10
ALLOWED = Allowance(limit_seconds=900)
ENTER, LEAVE, VISIT, CONFIRM = MoveKind


def section(name: str, items: str, seconds: int | None = 300, **rules: Any) -> FormSection:
    rules = {"navigation": Navigation.FREE, **rules}
    return FormSection(id=name, title=(("en", name),), items=tuple(items), seconds=seconds, **rules)


FREE = section("s1", "abc")
LINEAR = section("s2", "def", navigation=Navigation.LINEAR)
OPEN_ENDED = section("s3", "gh", None)
SECTIONS = (FREE, LINEAR, OPEN_ENDED)


def move(seq: int, kind: MoveKind, target: str, *, at: int = 0, epoch: int = 1, **account: int) -> Move:
    """A move that was received `at` seconds after noon."""
    return Move(
        device="phone",
        epoch=epoch,
        seq=seq,
        kind=kind,
        target=target,
        received_at=NOON + timedelta(seconds=at),
        **account,
    )


def clock(at: float, allowance: Allowance = ALLOWED, *, paused_at: int | None = None) -> Clock:
    """The clock of an attempt that began at noon, `at` seconds later."""
    paused = None if paused_at is None else NOON + timedelta(seconds=paused_at)
    attempt = Attempt(state=AttemptState.RUNNING, allowance=allowance, started_at=NOON, paused_at=paused)
    return clock_of(attempt, now=NOON + timedelta(seconds=at), grace_seconds=GRACE)


def runs(
    *moves: Move, sections: tuple[FormSection, ...] = SECTIONS, allowance: Allowance = ALLOWED
) -> tuple[Run, ...]:
    return fold(sections, moves, allowance=allowance)


def second_entered(**more: int) -> tuple[Move, ...]:
    """The first section left after 10 s, the linear one entered after 20 s."""
    return (
        move(1, ENTER, "s1"),
        move(2, LEAVE, "s1", at=10),
        move(3, ENTER, "s2", at=20, **more),
    )


# ------------------------------------------------------------------------------------------------- the fold


def test_moves_in_any_order_and_twice_make_the_same_of_the_sections() -> None:
    moves = (*second_entered(), move(4, VISIT, "e", at=30), move(5, CONFIRM, "e", at=31))
    assert runs(*reversed(moves)) == runs(*moves)
    entered = runs(*moves)[1].entered
    assert entered == moves[2]
    again = move(6, ENTER, "s2", at=40)
    assert runs(*moves, again)[1].entered == entered


def test_entering_a_section_leaves_those_before_it_that_were_entered() -> None:
    first, second, third = runs(move(1, ENTER, "s1"), move(2, ENTER, "s3", at=301))
    assert (first.left, second.left, third.left) == (move(2, ENTER, "s3", at=301), None, None)
    assert runs(move(1, LEAVE, "s1"))[0].left is None


def test_a_move_of_another_form_is_no_move() -> None:
    with pytest.raises(KeyError):
        runs(move(1, VISIT, "z"))
    assert section_of(SECTIONS, move(1, VISIT, "e")) == LINEAR
    assert section_of(SECTIONS, move(1, LEAVE, "s3")) == OPEN_ENDED


def test_the_position_is_the_last_visit_and_the_reach_the_furthest() -> None:
    moves = (*second_entered(), move(4, VISIT, "f", at=30), move(5, VISIT, "e", at=31))
    linear = runs(*moves)[1]
    assert (linear.position, linear.reached) == (1, 2)
    assert (runs(*second_entered())[1].position, runs(*second_entered())[1].reached) == (0, 0)


# --------------------------------------------------------------------------------------------- time windows


@pytest.mark.parametrize(
    ("at", "state", "taken"),
    [
        (0, SectionState.OPEN, Verdict.STORED),
        (299.999, SectionState.OPEN, Verdict.STORED),
        (300, SectionState.CLOSED, Verdict.STORED),
        (309.999, SectionState.CLOSED, Verdict.STORED),
        (310, SectionState.CLOSED, Verdict.SECTION_CLOSED),
    ],
)
def test_a_section_closes_at_its_end_and_takes_answers_in_the_grace(
    at: float, state: SectionState, taken: Verdict
) -> None:
    first = runs(move(1, ENTER, "s1"))
    assert first[0].state(clock(at)) is state
    assert gate(first, "a", order=(1, 2), clock=clock(at)) is taken


def test_a_section_never_ends_after_the_attempt() -> None:
    late = runs(move(1, ENTER, "s1", at=700))
    assert late[0].ends_at(clock(700)) == NOON + timedelta(seconds=900)
    assert runs(*second_entered(), move(4, LEAVE, "s2", at=30), move(5, ENTER, "s3", at=30))[2].ends_at(
        clock(40)
    ) == NOON + timedelta(seconds=900)


def test_a_section_that_was_not_entered_has_no_end() -> None:
    with pytest.raises(ValueError, match="not entered"):
        runs()[0].ends_at(clock(0))


def test_credit_goes_to_the_section_that_was_open() -> None:
    given = replace(ALLOWED, credit_seconds=60)
    moves = second_entered(credit_seconds=60)  # granted while the first one was open, or between the two
    first, second, _ = runs(*moves[:2], moves[2], allowance=given)
    assert second.ends_at(clock(30, given)) == NOON + timedelta(seconds=320)
    assert first.ends_at(clock(30, given)) == NOON + timedelta(seconds=300)
    later = replace(ALLOWED, credit_seconds=100)
    assert runs(*moves, allowance=later)[1].ends_at(clock(30, later)) == NOON + timedelta(seconds=360)


def test_credit_after_the_end_opens_the_section_again_as_long_as_no_other_was_entered() -> None:
    given = replace(ALLOWED, credit_seconds=60)
    moves = (move(1, ENTER, "s1"),)
    assert runs(*moves)[0].state(clock(320)) is SectionState.CLOSED
    assert runs(*moves, allowance=given)[0].state(clock(320, given)) is SectionState.OPEN
    gone = (*moves, move(2, ENTER, "s2", at=310))
    assert runs(*gone, allowance=given)[0].state(clock(320, given)) is SectionState.CLOSED


def test_a_pause_stops_the_time_of_the_section_that_is_open() -> None:
    first = runs(move(1, ENTER, "s1"))
    assert first[0].state(clock(1000, paused_at=100)) is SectionState.OPEN
    resumed = replace(ALLOWED, paused_seconds=900)
    after = runs(move(1, ENTER, "s1"), allowance=resumed)
    assert after[0].ends_at(clock(1000, resumed)) == NOON + timedelta(seconds=1200)


def test_a_section_that_is_entered_in_a_pause_has_all_its_time_then_and_after_it() -> None:
    entered = move(1, ENTER, "s1", at=150, paused_seconds=50)  # paused at 100, received at 150
    paused = clock(170, paused_at=100)
    assert runs(entered)[0].ends_at(paused) - paused.shown == timedelta(seconds=300)
    resumed = replace(ALLOWED, paused_seconds=100)
    ends_at = runs(entered, allowance=resumed)[0].ends_at(clock(200, resumed))
    assert ends_at == NOON + timedelta(seconds=500)


@pytest.mark.parametrize(
    ("seconds", "extra", "found"),
    [
        ((300, 300, 300), 90, (30, 30, 30)),
        ((300, 300, 300), 91, (31, 30, 30)),
        ((300, 100, None), 90, (30, 10, 0)),
        ((None, None), 90, (0, 0)),
        ((600, 300), 0, (0, 0)),
        ((600, 200, 100), 10, (7, 2, 1)),
    ],
)
def test_extra_time_is_shared_out_in_proportion(
    seconds: tuple[int | None, ...], extra: int, found: tuple[int, ...]
) -> None:
    sections = [section(f"s{number}", "a", one) for number, one in enumerate(seconds)]
    got = shares(sections, replace(ALLOWED, accommodation_seconds=extra))
    if None in seconds:  # what the limited ones leave is the part of those without a limit
        assert got[:-1] == found[:-1]
        assert sum(got) <= extra
    else:
        assert got == found
        assert sum(got) == extra


def test_sections_that_fill_no_time_share_nothing() -> None:
    assert shares([], replace(ALLOWED, accommodation_seconds=60)) == ()


def test_extra_time_lengthens_the_section_by_its_share() -> None:
    given = replace(ALLOWED, accommodation_seconds=90)
    sections = (FREE, LINEAR, section("s3", "gh", 300))
    ends_at = runs(move(1, ENTER, "s1"), sections=sections, allowance=given)[0].ends_at(clock(0, given))
    assert ends_at == NOON + timedelta(seconds=330)


# ------------------------------------------------------------------------------------------- what is taken


def taken(item: str, seq: int, *moves: Move, at: float = 50, epoch: int = 1, **rules: Any) -> Verdict:
    """The gate for an answer, over sections whose second one has these rules."""
    sections = (FREE, replace(LINEAR, **rules), OPEN_ENDED)
    return gate(runs(*moves, sections=sections), item, order=(epoch, seq), clock=clock(at))


def test_an_answer_needs_its_section_entered() -> None:
    assert taken("a", 1) is Verdict.SECTION_ORDER
    assert taken("d", 2, move(1, ENTER, "s1")) is Verdict.SECTION_ORDER


def test_leaving_closes_by_sequence_and_not_by_arrival() -> None:
    left = second_entered()
    assert taken("a", 1, *left) is Verdict.STORED
    assert taken("a", 3, *left) is Verdict.SECTION_CLOSED
    assert taken("a", 9, *left, epoch=2) is Verdict.SECTION_CLOSED
    assert taken("a", 1, *left, at=310) is Verdict.SECTION_CLOSED


def test_a_linear_item_opens_when_it_is_visited() -> None:
    entered = second_entered()
    assert taken("d", 4, *entered) is Verdict.STORED
    assert taken("e", 4, *entered) is Verdict.SECTION_ORDER
    visited = (*entered, move(5, VISIT, "e", at=30))
    assert taken("e", 6, *visited) is Verdict.STORED
    assert taken("d", 6, *visited) is Verdict.STORED


def test_without_review_a_visit_closes_what_lies_before_it_for_later_answers() -> None:
    visited = (*second_entered(), move(5, VISIT, "e", at=30))
    assert taken("d", 6, *visited, allow_review=False) is Verdict.ITEM_CLOSED
    assert taken("d", 4, *visited, allow_review=False) is Verdict.STORED
    assert taken("e", 6, *visited, allow_review=False) is Verdict.STORED


def test_an_item_takes_no_answer_after_its_last_confirmation() -> None:
    confirmed = (*second_entered(), move(5, CONFIRM, "d", at=30), move(7, CONFIRM, "d", at=31))
    assert taken("d", 6, *confirmed, max_attempts=2) is Verdict.STORED
    assert taken("d", 8, *confirmed, max_attempts=2) is Verdict.ATTEMPTS_USED_UP
    assert taken("d", 8, *confirmed) is Verdict.STORED


# ------------------------------------------------------------------------------------------ what is allowed


def judged(
    asked: Move, *moves: Move, at: float = 50, given: Mapping[str, Given] | None = None, **rules: Any
) -> Verdict:
    sections = (replace(FREE, **rules), replace(LINEAR, **rules), OPEN_ENDED)
    return judge_move(runs(*moves, sections=sections), asked, clock=clock(at), given=given or {})


FIRST = (move(1, ENTER, "s1"),)


@pytest.mark.parametrize(
    ("asked", "moves", "at", "found"),
    [
        ((ENTER, "s1"), (), 0, Verdict.STORED),
        ((ENTER, "s2"), (), 0, Verdict.SECTION_ORDER),
        ((ENTER, "s2"), FIRST, 299, Verdict.SECTION_ORDER),
        ((ENTER, "s2"), FIRST, 300, Verdict.STORED),
        ((ENTER, "s3"), FIRST, 300, Verdict.SECTION_ORDER),
        ((ENTER, "s1"), FIRST, 20, Verdict.STORED),
        ((ENTER, "s1"), FIRST, 300, Verdict.SECTION_CLOSED),
        ((ENTER, "s1"), second_entered(), 30, Verdict.SECTION_CLOSED),
        ((LEAVE, "s1"), (), 0, Verdict.SECTION_ORDER),
        ((LEAVE, "s1"), FIRST, 20, Verdict.STORED),
        ((LEAVE, "s1"), FIRST, 400, Verdict.STORED),
        ((LEAVE, "s1"), second_entered(), 30, Verdict.STORED),
        ((VISIT, "d"), FIRST, 20, Verdict.SECTION_ORDER),
        ((VISIT, "a"), FIRST, 309, Verdict.STORED),
        ((VISIT, "a"), FIRST, 310, Verdict.SECTION_CLOSED),
        ((VISIT, "a"), second_entered(), 30, Verdict.SECTION_CLOSED),
        ((VISIT, "f"), second_entered(), 30, Verdict.STORED),
        ((CONFIRM, "d"), second_entered(), 30, Verdict.STORED),
        ((CONFIRM, "e"), second_entered(), 30, Verdict.SECTION_ORDER),
        ((CONFIRM, "c"), FIRST, 30, Verdict.STORED),
    ],
)
def test_moves_follow_the_order_of_the_sections(
    asked: tuple[MoveKind, str], moves: tuple[Move, ...], at: int, found: Verdict
) -> None:
    assert judged(move(9, *asked), *moves, at=at) is found


def test_where_nothing_may_be_skipped_every_item_before_needs_an_answer() -> None:
    entered = second_entered()
    rules: dict[str, Any] = {"allow_skipping": False}
    part, whole = {"d": Given.PART}, {"d": Given.WHOLE, "e": Given.WHOLE, "f": Given.WHOLE}
    assert judged(move(9, VISIT, "e"), *entered, **rules) is Verdict.SKIPPING_NOT_ALLOWED
    assert judged(move(9, VISIT, "e"), *entered, given=part, **rules) is Verdict.STORED
    assert judged(move(9, VISIT, "f"), *entered, given=part, **rules) is Verdict.SKIPPING_NOT_ALLOWED
    assert judged(move(9, LEAVE, "s2"), *entered, given=part, **rules) is Verdict.SKIPPING_NOT_ALLOWED
    assert judged(move(9, LEAVE, "s2"), *entered, given=whole, **rules) is Verdict.STORED
    assert judged(move(9, LEAVE, "s2"), *entered, at=320, **rules) is Verdict.STORED
    assert judged(move(9, CONFIRM, "d"), *entered, **rules) is Verdict.SKIPPING_NOT_ALLOWED
    back = (*entered, move(5, VISIT, "f", at=30))
    assert judged(move(9, VISIT, "e"), *back, **rules) is Verdict.STORED
    assert judged(move(9, VISIT, "b"), *FIRST, **rules) is Verdict.STORED


def test_where_answers_are_validated_none_may_be_left_in_part() -> None:
    entered = second_entered()
    part = {"d": Given.PART}
    assert judged(move(9, VISIT, "e"), *entered, given=part, validate=True) is Verdict.ANSWER_INCOMPLETE
    assert judged(move(9, VISIT, "e"), *entered, validate=True) is Verdict.STORED
    assert judged(move(9, VISIT, "e"), *entered, given=part) is Verdict.STORED


def test_without_review_there_is_no_way_back() -> None:
    visited = (*second_entered(), move(5, VISIT, "e", at=30))
    assert judged(move(9, VISIT, "d"), *visited) is Verdict.STORED
    assert judged(move(9, VISIT, "d"), *visited, allow_review=False) is Verdict.ITEM_CLOSED
    assert judged(move(9, CONFIRM, "d"), *visited, allow_review=False) is Verdict.ITEM_CLOSED
    assert judged(move(9, VISIT, "e"), *visited, allow_review=False) is Verdict.STORED


def test_an_item_is_confirmed_only_so_often() -> None:
    confirmed = (*second_entered(), move(5, CONFIRM, "d", at=30))
    assert judged(move(9, CONFIRM, "d"), *confirmed, max_attempts=1) is Verdict.ATTEMPTS_USED_UP
    assert judged(move(9, CONFIRM, "d"), *confirmed, max_attempts=2) is Verdict.STORED


def test_only_sections_with_such_rules_ask_for_the_answers() -> None:
    assert not asks_for_answers(FREE)
    assert asks_for_answers(replace(FREE, allow_skipping=False))
    assert asks_for_answers(replace(FREE, validate=True))


# ---------------------------------------------------------------------------------------- what is shown


def standing(*moves: Move, at: int, **changes: Any) -> Any:
    held: dict[str, Any] = {"state": AttemptState.RUNNING, "allowance": ALLOWED, "started_at": NOON}
    attempt = Attempt(**{**held, **changes})
    return course(runs(*moves, allowance=attempt.allowance), attempt, now=_at(at))


def _at(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_page_learns_what_is_open_and_for_how_long() -> None:
    start = standing(at=0)
    assert start.sections == (
        Standing(id="s1", state=SectionState.WAITING, remaining_ms=300_000),
        Standing(id="s2", state=SectionState.WAITING, remaining_ms=300_000),
        Standing(id="s3", state=SectionState.WAITING, remaining_ms=None),
    )
    assert (start.current, start.position, start.confirmed) == (None, None, ())
    second = standing(*second_entered(), move(4, VISIT, "e", at=30), move(5, CONFIRM, "e", at=31), at=50)
    assert [one.state.value for one in second.sections] == ["closed", "open", "waiting"]
    assert [one.remaining_ms for one in second.sections] == [0, 270_000, None]
    assert (second.current, second.position, second.confirmed) == ("s2", "e", (("e", 1),))
    assert standing(*FIRST, at=50).position is None
    assert standing(at=800).sections[0].remaining_ms == 100_000


def test_before_the_start_and_after_the_end_nothing_is_open() -> None:
    early = standing(at=0, state=AttemptState.CREATED, started_at=None)
    assert early.sections[0] == Standing(id="s1", state=SectionState.WAITING, remaining_ms=300_000)
    over = standing(
        *second_entered(), at=60, state=AttemptState.SUBMITTED, ended_at=_at(50), ended_by=EndedBy.LEARNER
    )
    assert [(one.state.value, one.remaining_ms) for one in over.sections] == [
        ("closed", 0),
        ("closed", 0),
        ("waiting", None),
    ]
    assert over.current is None


def test_an_empty_linear_section_has_no_position() -> None:
    empty = (section("s1", "", navigation=Navigation.LINEAR),)
    attempt = Attempt(state=AttemptState.RUNNING, allowance=ALLOWED, started_at=NOON)
    shown = course(runs(*FIRST, sections=empty), attempt, now=_at(1))
    assert (shown.current, shown.position) == ("s1", None)


def test_a_section_reads_back_from_its_document() -> None:
    odd = replace(LINEAR, allow_review=False, allow_skipping=False, max_attempts=2, validate=True)
    assert parse_section(odd.to_document()) == odd
    assert (odd.linear, FREE.linear) == (True, False)
