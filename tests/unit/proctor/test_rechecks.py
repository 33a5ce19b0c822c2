# SPDX-License-Identifier: Apache-2.0
"""Movements asked for during the test: at moments of the server's own, never twice as hard, never with a consequence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.ids import seeded
from proctor.checkin.movements import Challenge
from proctor.checkin.recheck_board import RecheckBoard
from proctor.checkin.rechecks import (
    MOST_PUT_OFF,
    PATIENCE,
    QUIET,
    WINDOW,
    Rechecks,
    ask,
    plan_rechecks,
    see,
    show,
)
from proctor.rules.inputs import LivenessChecked, SeenPose, Sight

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = NOON + timedelta(hours=1)


def planned(
    number: int = 1, *, ends_at: datetime = HOUR, exemptions: frozenset[str] = frozenset()
) -> Rechecks | None:
    return plan_rechecks(yaw=3.0, exemptions=exemptions, starts_at=NOON, ends_at=ends_at, draw=seeded(number))


def sight(at: datetime, yaw: float | None = 3.0, *, late: bool = False) -> Sight:
    pose = None if yaw is None else SeenPose(yaw, 0.0, 0.0)
    return Sight(at=at, faces=1, covered=False, pose=pose, late=late)


def asked(challenge: Challenge = Challenge.TURN_LEFT) -> Rechecks:
    """What is asked for since noon, and on the screen since then."""
    state = Rechecks(
        yaw=3.0, draw=seeded(5), challenges=(challenge,), due=(), challenge=challenge, asked_at=NOON
    )
    return show(state, at=NOON)


def follow(
    state: Rechecks, seconds: range, yaw: float | None = 3.0, *, since: datetime = NOON
) -> tuple[Rechecks, LivenessChecked | None]:
    """A look at each of these seconds, until something is told."""
    told = None
    for second in seconds:
        state, told = see(state, sight(since + timedelta(seconds=second), yaw))
        if told is not None:
            break
    return state, told


@pytest.mark.parametrize("number", range(30))
def test_two_to_four_moments_lie_apart_from_both_ends(number: int) -> None:
    state = planned(number)
    assert state is not None
    assert 2 <= len(state.due) <= 4
    assert state.due == tuple(sorted(state.due))
    assert state.due[0] >= NOON + QUIET
    assert state.due[-1] <= HOUR - QUIET


def test_moments_differ_from_learner_to_learner() -> None:
    assert len({state.due for state in map(planned, range(20)) if state is not None}) == 20


def test_nothing_is_planned_where_nothing_could_be_judged() -> None:
    assert planned(ends_at=NOON + timedelta(minutes=8)) is None
    assert planned(exemptions=frozenset({"bed_ridden"})) is None
    assert planned(exemptions=frozenset({"veil"})) is None
    nobody = plan_rechecks(yaw=None, exemptions=frozenset(), starts_at=NOON, ends_at=HOUR, draw=seeded(1))
    assert nobody is None


def test_what_is_due_is_asked_for_once_the_page_can_be_told() -> None:
    state = planned()
    assert state is not None
    early = ask(state, at=state.due[0] - timedelta(seconds=1))
    assert early.asked is None
    now = ask(state, at=state.due[0] + timedelta(minutes=2))
    assert now.asked in (Challenge.TURN_LEFT, Challenge.TURN_RIGHT)
    assert ask(now, at=HOUR) is now
    assert ask(asked(), at=HOUR).asked is Challenge.TURN_LEFT


@pytest.mark.parametrize(("challenge", "yaw"), [(Challenge.TURN_LEFT, 18.0), (Challenge.TURN_RIGHT, -12.0)])
def test_a_turn_settles_it(challenge: Challenge, yaw: float) -> None:
    state, told = see(asked(challenge), sight(NOON + timedelta(seconds=4), -yaw))
    assert told is None
    state, told = see(state, sight(NOON + timedelta(seconds=5), yaw))
    assert told is not None
    assert (told.passed, told.challenge, told.tries, state.asked) == (True, challenge.value, 1, None)


def test_what_was_missed_is_asked_for_once_more_and_then_people_are_told() -> None:
    state, told = follow(asked(), range(46))
    assert (told, state.asked, state.tries, len(state.due)) == (None, None, 1, 1)
    again = state.due[0]
    assert again > NOON + WINDOW
    state = show(ask(state, at=again), at=again)
    assert state.asked is Challenge.TURN_LEFT
    state, told = follow(state, range(46), since=again)
    assert told is not None
    assert (told.passed, told.tries, state.asked, state.due) == (False, 2, None, ())


def test_a_pause_or_a_lost_line_is_no_missed_movement() -> None:
    state, told = see(asked(), sight(NOON + timedelta(seconds=2), None))
    state, told = see(state, sight(NOON + timedelta(minutes=5), None))
    assert (told, state.asked, state.tries, len(state.due)) == (None, None, 0, 1)


@pytest.mark.parametrize(
    ("every", "yaw"), [(5, 3.0), (2, 3.0), (1, None)], ids=["slow", "busy", "turned out of sight"]
)
def test_what_the_server_could_have_missed_is_asked_for_later_and_never_counted(
    every: int, yaw: float | None
) -> None:
    state, since = asked(), NOON
    for times in range(1, MOST_PUT_OFF + 2):
        for second in range(0, 50, every):
            turned_far = 10 <= second < 13 and yaw is None
            state, told = see(state, sight(since + timedelta(seconds=second), None if turned_far else 3.0))
            assert told is None
        assert (state.asked, state.tries) == (None, 0)
        if times <= MOST_PUT_OFF:
            (since,) = state.due
            state = show(ask(state, at=since), at=since)
    assert (state.due, state.challenge) == ((), None)  # given up


def test_a_card_that_the_page_holds_back_while_somebody_types_counts_for_nothing() -> None:
    due = NOON + timedelta(seconds=1)
    state = ask(replace(asked(), asked_at=None, shown_at=None, due=(due,)), at=due)
    state, told = follow(state, range(1, 180))
    assert (told, state.asked) == (None, Challenge.TURN_LEFT)
    shown = show(state, at=NOON + timedelta(seconds=179))
    assert show(shown, at=HOUR) is shown  # a page that is loaded anew says it again
    passed, told = see(shown, sight(NOON + timedelta(seconds=181), 20.0))
    assert told is not None
    assert told.passed
    state, told = see(state, sight(due + PATIENCE))
    assert (told, state.asked, state.tries, len(state.due)) == (None, None, 0, 1)
    assert show(passed, at=HOUR) is passed


@pytest.mark.parametrize("spacing", [1.0, 2.5, 5.0])
@pytest.mark.parametrize("turn", [1.5, 2.5])
def test_who_turns_each_time_is_never_told_of(spacing: float, turn: float) -> None:
    for number in range(100):
        draw = seeded(number)
        state, turned_at, second = asked(), 4 + 4 * draw.random(), draw.random() * spacing
        while second < 900:
            before = state.asked_at
            state = ask(state, at=NOON + timedelta(seconds=second))
            state = show(state, at=NOON + timedelta(seconds=second))
            if state.asked_at is not None and state.asked_at != before:
                turned_at = second + 4 + 4 * draw.random()
            yaw = 25.0 if turned_at <= second < turned_at + turn else 3.0
            state, told = see(state, sight(NOON + timedelta(seconds=second), yaw))
            assert told is None or told.passed
            second += spacing * (0.9 + 0.2 * draw.random())


def test_between_two_movements_there_is_a_minute() -> None:
    soon, then = NOON + timedelta(seconds=8), NOON + timedelta(seconds=200)
    state, told = see(replace(asked(), due=(soon, then)), sight(NOON + timedelta(seconds=5), 20.0))
    assert told is not None
    assert state.due == (NOON + timedelta(seconds=65), then)


def test_a_face_on_the_wall_turns_for_nobody() -> None:
    state, told = see(asked(), replace(sight(NOON + timedelta(seconds=4), 30.0), faces=0))
    assert (told, state.asked) == (None, Challenge.TURN_LEFT)


def test_frames_of_before_and_late_ones_say_nothing() -> None:
    state = asked()
    assert see(state, sight(NOON - timedelta(seconds=1), 30.0)) == (state, None)
    assert see(state, sight(NOON + timedelta(seconds=9), 30.0, late=True)) == (state, None)
    idle = planned()
    assert idle is not None
    assert see(idle, sight(NOON, 30.0)) == (idle, None)


def test_the_board_keeps_learners_apart_and_forgets() -> None:
    board = RecheckBoard()
    for name, yaw in (("a", 0.0), ("a", 0.0), ("b", None)):
        board.begin(name, yaw=yaw, exemptions=frozenset(), starts_at=NOON, ends_at=HOUR)
    assert board.asked("a", at=NOON) is None
    shown = board.asked("a", at=HOUR)
    assert shown in ("turn_left", "turn_right")
    assert board.asked("b", at=HOUR) is None
    for name in ("a", "b"):
        assert not board.is_awaited(name)
        board.shown(name, at=HOUR)
    assert (board.is_awaited("a"), board.is_awaited("b")) == (True, False)
    told = board.see("a", sight(HOUR, 30.0 if shown == "turn_left" else -30.0))
    assert told is not None
    assert told.passed
    assert board.see("b", sight(HOUR, 30.0)) is None
    later = NOON + timedelta(days=1)
    board.begin("c", yaw=0.0, exemptions=frozenset(), starts_at=later, ends_at=later + timedelta(hours=1))
    assert board.asked("a", at=HOUR + timedelta(hours=1)) is None  # long over, so it was forgotten
    board.forget("c")
    board.forget("c")
    assert board.asked("c", at=later + timedelta(hours=1)) is None
    assert board.asked("a", at=HOUR) is None
