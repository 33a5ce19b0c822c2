# SPDX-License-Identifier: Apache-2.0
"""An attempt whose time stands still, and the end that a person gives a reason for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assessor.attempts.model import (
    Allow,
    Attempt,
    AttemptState,
    Command,
    EndedBy,
    Lease,
    Numbered,
    Pause,
    Resume,
    Start,
    Submit,
    Verdict,
    decide,
    judge_save,
    time_left_ms,
)
from assessor.attempts.timing import (
    Allowance,
    Window,
    deadline,
    deadline_of,
    entry_window,
    moment,
    paused_for,
)
from assessor.scheduling.names import require_full_reason
from core.errors import Conflict, Invalid

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
RUNNING = Attempt(state=AttemptState.RUNNING, allowance=Allowance(limit_seconds=900), started_at=START)
CREATED = Attempt(state=AttemptState.CREATED, allowance=Allowance(limit_seconds=900))
PAUSED = replace(RUNNING, paused_at=START + timedelta(seconds=100))


def act(attempt: Attempt, command: Command, *, after: float) -> Attempt:
    return decide(attempt, command, now=START + timedelta(seconds=after), grace_seconds=10)


def left(attempt: Attempt, *, after: float) -> int:
    return time_left_ms(attempt, now=START + timedelta(seconds=after))


def test_a_pause_adds_to_the_deadline_as_the_fourth_part_of_one_sum() -> None:
    allowance = Allowance(limit_seconds=900, accommodation_seconds=30, credit_seconds=7, paused_seconds=63)
    assert deadline(START, 900, 30, 7, 63) == deadline_of(START, allowance) == START + timedelta(seconds=1000)


def test_time_stands_still_in_a_pause_and_runs_on_after_it() -> None:
    paused = act(RUNNING, Pause(), after=100)
    assert paused.paused
    assert left(paused, after=100) == left(paused, after=5000) == 800_000
    resumed = act(paused, Resume(), after=5000)
    assert not resumed.paused
    assert resumed.allowance.paused_seconds == 4900
    assert left(resumed, after=5000) == 800_000
    assert left(resumed, after=5001) == 799_000


def test_a_part_of_a_second_of_a_pause_is_a_whole_one_for_the_learner() -> None:
    assert paused_for(START + TICK, paused_at=START) == 1
    assert paused_for(START + timedelta(seconds=2), paused_at=START) == 2
    assert paused_for(START, paused_at=START) == 0
    assert paused_for(START - timedelta(seconds=9), paused_at=START) == 0


def test_the_clock_of_an_attempt_stands_from_the_beginning_of_its_pause() -> None:
    assert moment(START, paused_at=None) == START
    assert moment(START + TICK, paused_at=START) == START
    assert moment(START - TICK, paused_at=START) == START - TICK


def test_pausing_or_resuming_twice_changes_nothing() -> None:
    assert act(PAUSED, Pause(), after=200) == PAUSED
    assert act(RUNNING, Resume(), after=200) == RUNNING


@pytest.mark.parametrize("after", [900, 905, 5000])
def test_nobody_is_paused_when_the_time_is_up(after: int) -> None:
    with pytest.raises(Conflict) as refusal:
        act(RUNNING, Pause(), after=after)
    assert refusal.value.code == "time_is_up"
    assert act(RUNNING, Pause(), after=899.999).paused


@pytest.mark.parametrize("command", [Pause(), Resume()])
def test_only_a_running_attempt_is_paused_or_resumed(command: Command) -> None:
    with pytest.raises(Conflict) as refusal:
        act(CREATED, command, after=1)
    assert refusal.value.code == "attempt_not_started"
    closed = act(RUNNING, Submit(ended_by=EndedBy.LEARNER), after=1)
    with pytest.raises(Conflict) as refusal:
        act(closed, command, after=2)
    assert refusal.value.code == "attempt_closed"


def test_starting_again_in_a_pause_does_not_end_it() -> None:
    assert act(PAUSED, Start(), after=5000) == PAUSED


def test_a_paused_attempt_takes_answers_however_long_it_lasts() -> None:
    verdict = judge_save(
        PAUSED,
        now=START + timedelta(days=3),
        grace_seconds=10,
        numbered=Numbered.UNUSED,
        lease=Lease(epoch=1, granted=True, newest_epoch_on_item=1),
    )
    assert verdict is Verdict.STORED


def test_a_paused_attempt_is_never_overdue_and_may_be_handed_in() -> None:
    with pytest.raises(Conflict) as refusal:
        act(PAUSED, Submit(ended_by=EndedBy.DEADLINE), after=10_000)
    assert refusal.value.code == "time_not_over"
    closed = act(PAUSED, Submit(ended_by=EndedBy.LEARNER), after=10_000)
    assert (closed.ended_by, closed.ended_at) == (EndedBy.LEARNER, START + timedelta(seconds=10_000))
    assert not closed.paused
    assert closed.allowance.paused_seconds == 9_900


def test_time_may_be_granted_in_a_pause() -> None:
    more = replace(PAUSED.allowance, accommodation_seconds=60, credit_seconds=30)
    granted = act(PAUSED, Allow(allowance=more), after=5000)
    assert granted.paused
    assert left(granted, after=6000) == 890_000


def test_an_end_keeps_the_reason_of_the_person_but_a_deadline_has_none() -> None:
    ended = act(RUNNING, Submit(ended_by=EndedBy.PROCTOR, reason="Left the room"), after=10)
    assert (ended.ended_by, ended.ended_reason) == (EndedBy.PROCTOR, "Left the room")
    overdue = act(RUNNING, Submit(ended_by=EndedBy.PROCTOR, reason="Left the room"), after=2000)
    assert (overdue.ended_by, overdue.ended_reason) == (EndedBy.DEADLINE, "")


def test_extra_time_opens_the_end_of_the_window_and_not_its_beginning() -> None:
    window = Window(opens_at=START, closes_at=START + timedelta(hours=1))
    assert entry_window(window, accommodation_seconds=600) == Window(
        opens_at=START, closes_at=START + timedelta(hours=1, minutes=10)
    )


def test_a_reason_is_some_words_on_one_line() -> None:
    assert require_full_reason("  The   line was\n down ") == "The line was down"
    assert require_full_reason("x" * 500) == "x" * 500


@pytest.mark.parametrize("text", ["", "  ", "no", "x" * 501, "a\0b c", "beep \x07 beep"])
def test_a_reason_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        require_full_reason(text)
    assert refusal.value.code == "reason_malformed"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_what_came_when_nothing_could_be_answered_is_late(verdict: Verdict) -> None:
    late = {Verdict.LATE_ANSWER, Verdict.ATTEMPT_CLOSED}
    others = {Verdict.STORED, Verdict.REPEATED, Verdict.SEQUENCE_CONFLICT, Verdict.LEASE_LOST}
    assert verdict.late or verdict not in late
    assert not (verdict.late and verdict in others)
