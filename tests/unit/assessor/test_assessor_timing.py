# SPDX-License-Identifier: Apache-2.0
"""The clock of an attempt, probed at its edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assessor.attempts.timing import Allowance, Phase, Window, deadline, deadline_of, phase, remaining_ms

OPENS = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=2)
WINDOW = Window(opens_at=OPENS, closes_at=CLOSES)
ALLOWANCE = Allowance(limit_seconds=900)
TICK = timedelta(microseconds=1)
GRACE = 10


def phase_at(now: datetime, *, started_at: datetime | None = None, grace_seconds: int = GRACE) -> Phase:
    return phase(now, window=WINDOW, started_at=started_at, allowance=ALLOWANCE, grace_seconds=grace_seconds)


def test_deadline_adds_limit_accommodation_and_credit() -> None:
    assert deadline(OPENS, 900, 300, 60) == OPENS + timedelta(seconds=1260)


def test_deadline_of_an_allowance_is_the_same_deadline() -> None:
    allowance = Allowance(limit_seconds=900, accommodation_seconds=300, credit_seconds=60)
    assert deadline_of(OPENS, allowance) == deadline(OPENS, 900, 300, 60)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - TICK, Phase.BEFORE_WINDOW),
        (OPENS, Phase.OPEN),
        (CLOSES - TICK, Phase.OPEN),
        (CLOSES, Phase.WINDOW_CLOSED),
        (CLOSES + timedelta(days=400), Phase.WINDOW_CLOSED),
    ],
)
def test_the_window_holds_its_first_instant_and_not_its_last(now: datetime, expected: Phase) -> None:
    assert phase_at(now) is expected


@pytest.mark.parametrize(
    ("after_start", "expected"),
    [
        (timedelta(0), Phase.RUNNING),
        (timedelta(seconds=900) - TICK, Phase.RUNNING),
        (timedelta(seconds=900), Phase.GRACE),
        (timedelta(seconds=910) - TICK, Phase.GRACE),
        (timedelta(seconds=910), Phase.OVER),
        (timedelta(days=1), Phase.OVER),
    ],
)
def test_a_started_attempt_runs_then_is_in_grace_then_over(after_start: timedelta, expected: Phase) -> None:
    assert phase_at(OPENS + after_start, started_at=OPENS) is expected


def test_an_attempt_that_began_in_the_last_instant_keeps_its_whole_time_after_the_window() -> None:
    started_at = CLOSES - TICK
    assert phase_at(CLOSES + timedelta(seconds=899), started_at=started_at) is Phase.RUNNING


def test_without_grace_time_is_over_at_the_deadline() -> None:
    assert phase_at(OPENS + timedelta(seconds=900), started_at=OPENS, grace_seconds=0) is Phase.OVER


def test_only_an_open_window_allows_a_start_and_only_running_and_grace_take_answers() -> None:
    assert {found for found in Phase if found.may_start} == {Phase.OPEN}
    assert {found for found in Phase if found.takes_answers} == {Phase.RUNNING, Phase.GRACE}


def test_remaining_time_is_rounded_down_and_never_negative() -> None:
    assert remaining_ms(OPENS, ends_at=OPENS + timedelta(seconds=1) - TICK) == 999
    assert remaining_ms(OPENS, ends_at=OPENS) == 0
    assert remaining_ms(OPENS + timedelta(hours=1), ends_at=OPENS) == 0


@pytest.mark.parametrize(
    "seconds",
    [
        {"limit_seconds": 0},
        {"limit_seconds": -1},
        {"limit_seconds": 900, "accommodation_seconds": -1},
        {"limit_seconds": 900, "credit_seconds": -1},
    ],
)
def test_an_allowance_that_takes_time_away_is_a_programming_error(seconds: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"seconds|time"):
        Allowance(**seconds)
