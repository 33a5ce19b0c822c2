# SPDX-License-Identifier: Apache-2.0
"""The server's clock is set while a test runs: no answer is earlier than the one before, nothing ends, nothing begins anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from assessor import api
from assessor.attempts.tables import AttemptRow, ResponseEventRow
from core.clock import SystemClock
from core.uow import Actor
from tests.db.attempts import choice, pick, receipt, refusal
from tests.machine import Machine, machine_at
from tests.unit.assessor.world import GRACE, NOON, TEST_SECONDS, World
from web.clock_watch import FILE, ClockWatch, carried_clock

HOURS = 3 * 3600.0


@pytest.fixture
def machine(world: World) -> Machine:
    """The machine on which the world's store now runs."""
    machine = machine_at(NOON)
    world.store.clock = machine.clock()
    return machine


@pytest.fixture
def watch(world: World, machine: Machine, tmp_path: Path) -> ClockWatch:
    return ClockWatch(world.store.clock, world.store, tmp_path)


@pytest.fixture
def said() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


def sweep(world: World) -> int:
    with world.store.write(Actor.system()) as uow:
        return api.close_overdue(uow, grace_seconds=GRACE)


def received(world: World) -> list[datetime]:
    with world.store.read(Actor.system()) as uow:
        return list(uow.db.scalars(select(ResponseEventRow.received_at).order_by(ResponseEventRow.seq)))


@pytest.mark.parametrize("jump", [-HOURS, HOURS])
def test_a_jump_during_a_test_neither_ends_it_nor_gives_it_more_time(
    world: World, machine: Machine, watch: ClockWatch, jump: float
) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    before = receipt(world.save(enrolled, item.ref, pick(item), seq=1)).remaining_ms
    machine.set(jump)
    machine.pass_(10)
    watch.look()
    assert sweep(world) == 0
    after = receipt(world.save(enrolled, item.ref, pick(item, 1), seq=2)).remaining_ms
    assert before - after == 10_000
    first, second = received(world)
    assert second - first == timedelta(seconds=10)
    machine.pass_(TEST_SECONDS + GRACE - 10)
    watch.look()
    assert refusal(world.save(enrolled, item.ref, pick(item), seq=3)).error().code == "late_answer"
    assert sweep(world) == 1


@pytest.mark.parametrize("jump", [-HOURS, HOURS])
def test_a_jump_is_followed_when_the_last_test_is_over_and_nothing_is_revived(
    world: World,
    machine: Machine,
    watch: ClockWatch,
    said: list[structlog.typing.EventDict],
    jump: float,
) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    machine.set(jump)
    for _ in range(3):
        watch.look()
    assert watch.trouble() == {"clock": "jumped", "clock_ahead_seconds": jump}
    world.submit(enrolled)
    watch.look()
    assert watch.trouble() == {}
    assert [(line["event"], line.get("ahead_seconds", line.get("by_seconds"))) for line in said] == [
        ("clock_jumped", jump),
        ("clock_followed", jump),
    ]
    with world.store.read(Actor.system()) as uow:
        assert uow.now == NOON + timedelta(seconds=jump)
    assert refusal(world.save(enrolled, item.ref, pick(item), seq=1)).error().code == "attempt_closed"
    assert world.state(enrolled).state is api.AttemptState.SUBMITTED


def test_a_jump_ahead_is_followed_in_a_pause_and_the_pause_gives_it_back(
    world: World, machine: Machine, watch: ClockWatch
) -> None:
    enrolled = world.enrol(sitting_id=world.ids.watched_sitting)
    world.start(enrolled, proctoring_ready=True)
    machine.pass_(60)
    with world.store.write(world.proctor) as uow:
        api.pause_attempt(uow, enrolled.attempt_id, organisation_id=world.ids.agency)
    machine.set(HOURS)
    watch.look()
    assert watch.trouble() == {}
    with world.store.write(world.proctor) as uow:
        api.resume_attempt(uow, enrolled.attempt_id, organisation_id=world.ids.agency)
        left = uow.db.get_one(AttemptRow, enrolled.attempt_id).ends_at - uow.now
    assert left == timedelta(seconds=TEST_SECONDS - 60)
    assert sweep(world) == 0


def test_a_jump_back_waits_for_paused_tests_too_because_they_would_win_the_hours(
    world: World, machine: Machine, watch: ClockWatch
) -> None:
    enrolled = world.enrol(sitting_id=world.ids.watched_sitting)
    world.start(enrolled, proctoring_ready=True)
    with world.store.write(world.proctor) as uow:
        api.pause_attempt(uow, enrolled.attempt_id, organisation_id=world.ids.agency)
    machine.set(-HOURS)
    watch.look()
    assert watch.trouble()["clock_ahead_seconds"] == -HOURS


def test_a_correction_of_seconds_is_followed_at_once_and_no_answer_is_earlier_than_the_one_before(
    world: World, machine: Machine, watch: ClockWatch
) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    for seq in range(1, 6):
        receipt(world.save(enrolled, item.ref, pick(item, seq % 2), seq=seq))
        machine.set(-3.0)
        watch.look()
        machine.pass_(1.0)
        assert watch.trouble() == {}
    times = received(world)
    assert times == sorted(times)
    assert times[-1] == NOON, "it stood still rather than going back"


def test_a_process_that_starts_after_a_jump_carries_the_same_time_and_one_after_a_restart_of_the_machine_does_not(
    world: World, tmp_path: Path
) -> None:
    world.running()
    earlier = SystemClock(SystemClock().offset - HOURS)
    watch = ClockWatch(earlier, world.store, tmp_path)
    world.store.clock = earlier
    watch.look()
    assert abs(carried_clock(tmp_path).ahead() - HOURS) < 1
    kept = (tmp_path / FILE).read_text()
    for broken in (kept.replace('"boot": "', '"boot": "x'), "{}", "[]", "", '{"boot": 1, "offset": "x"}'):
        (tmp_path / FILE).write_text(broken)
        assert abs(carried_clock(tmp_path).ahead()) < 1


def test_a_machine_that_comes_up_in_the_past_is_named_in_the_log(
    world: World, machine: Machine, tmp_path: Path, said: list[structlog.typing.EventDict]
) -> None:
    world.running()
    machine.set(-HOURS)
    world.store.clock = machine.clock()
    for _ in range(2):
        watch = ClockWatch(world.store.clock, world.store, tmp_path)
        watch.look()
        watch.look()
    assert [line["event"] for line in said] == ["clock_behind_records"] * 2
    assert said[0]["by_seconds"] == HOURS
