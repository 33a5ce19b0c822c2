# SPDX-License-Identifier: Apache-2.0
"""The clock when the machine's is set: an hour stays an hour, and time never goes back by a correction."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import STEP_SECONDS, FixedClock, SystemClock
from tests.conftest import NOON
from tests.machine import machine_at

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("jump", [-7200, -30, 30, 7200])
def test_a_jump_of_the_machine_changes_nothing_until_it_is_followed(jump: float) -> None:
    machine = machine_at(NOON)
    clock = machine.clock()
    machine.set(jump)
    machine.pass_(60)
    assert clock.now() == NOON + timedelta(seconds=60)
    assert clock.ahead() == jump
    clock.follow()
    assert clock.now() == NOON + timedelta(seconds=60 + jump)
    assert clock.ahead() == 0


def test_after_a_small_step_back_the_time_stands_still_until_it_is_reached() -> None:
    machine = machine_at(NOON)
    clock = machine.clock()
    machine.set(-STEP_SECONDS)
    clock.follow()
    shown = []
    for _ in range(4):
        shown.append(clock.now())
        machine.pass_(2)
    assert shown == [NOON, NOON, NOON, NOON + timedelta(seconds=1)]
    clock.follow()
    assert clock.now() == NOON + timedelta(seconds=3)


def test_a_second_small_step_back_does_not_undo_the_first_stand() -> None:
    machine = machine_at(NOON)
    clock = machine.clock()
    for _ in range(3):
        machine.set(-STEP_SECONDS)
        clock.follow()
        machine.pass_(1)
        assert clock.now() == NOON


def test_a_process_goes_on_with_the_time_that_another_carries() -> None:
    machine = machine_at(NOON)
    first = machine.clock()
    machine.set(7200)
    second = machine.clock(first.offset)
    machine.pass_(5)
    assert first.now() == second.now() == NOON + timedelta(seconds=5)
    assert machine.clock().now() == second.now() + 2 * HOUR


def test_the_machine_s_own_clock_is_the_time_of_the_day_and_counts_on() -> None:
    clock = SystemClock()
    assert abs(clock.now().timestamp() - time.time()) < 1
    assert abs(clock.ahead()) < 1
    assert clock.now().tzinfo is UTC
    assert clock.now() <= clock.now()
    assert clock.monotonic() <= clock.monotonic()


def test_a_clock_that_stands_still_is_never_ahead_of_itself() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.follow()
    assert (clock.ahead(), clock.advance(5)) == (0.0, datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC))
