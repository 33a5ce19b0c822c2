# SPDX-License-Identifier: Apache-2.0
"""The deadline of an attempt on a real database: grace, the sweep, and time that is granted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assessor import api
from assessor.attempts.tables import ResponseCopyRow
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor, UnitOfWork
from tests.db.attempts import choice, count, pick, receipt, refusal
from tests.unit.assessor.world import GRACE, TEST_SECONDS, World, refused


def grant(
    world: World, uow: UnitOfWork, enrolled: api.Enrolled, seconds: int, *, organisation_id: str | None = None
) -> None:
    """Time given back for something that no device shows."""
    api.grant_credit(
        uow,
        enrolled.attempt_id,
        organisation_id=organisation_id or world.ids.agency,
        seconds=seconds,
        reason="Fire alarm in the hall",
        beyond="Nobody could hear anything",
    )


def test_answers_count_through_the_grace_and_not_after_it(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.clock.advance(TEST_SECONDS + GRACE - 0.001)
    assert receipt(world.save(enrolled, item.ref, pick(item), seq=1)).remaining_ms == 0
    world.clock.advance(0.001)
    late = refusal(world.save(enrolled, item.ref, pick(item, 1), seq=2)).error()
    assert late.code == "late_answer"
    assert late.facts["ended_at"] == (world.clock.now() - timedelta(seconds=GRACE)).isoformat()
    assert world.state(enrolled).answers[item.ref].value == pick(item)
    assert count(world, ResponseCopyRow) == 1


def test_an_answer_after_the_hand_in_is_kept_and_refused(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.submit(enrolled)
    answer = refusal(world.save(enrolled, item.ref, pick(item), seq=1))
    assert answer.error().code == "attempt_closed"
    assert answer.error().facts["ended_by"] == "learner"
    assert count(world, ResponseCopyRow) == 1


def test_the_sweep_closes_what_is_overdue_and_nothing_else(world: World) -> None:
    overdue, later = world.running("Overdue"), world.enrol("Later")
    world.clock.advance(60)
    world.start(later)
    world.clock.advance(TEST_SECONDS + GRACE - 60 - 1)
    with world.store.write(Actor.system()) as uow:
        assert not api.has_overdue(uow, grace_seconds=GRACE)
        assert api.close_overdue(uow, grace_seconds=GRACE) == 0
    world.clock.advance(1)
    with world.store.write(Actor.system()) as uow:
        assert api.has_overdue(uow, grace_seconds=GRACE)
        assert api.close_overdue(uow, grace_seconds=GRACE) == 1
        assert not api.has_overdue(uow, grace_seconds=GRACE)
    closed = world.state(overdue)
    assert (closed.state, closed.ended_by) == (api.AttemptState.SUBMITTED, api.EndedBy.DEADLINE)
    assert closed.ended_at == world.clock.now() - timedelta(seconds=GRACE)
    assert world.state(later).state is api.AttemptState.RUNNING


def test_an_accommodation_lengthens_the_test(world: World) -> None:
    enrolled = world.enrol(extra_minutes=20)
    assert world.start(enrolled).ends_at == world.clock.now() + timedelta(seconds=TEST_SECONDS + 1200)


def test_time_granted_in_the_last_second_counts_and_time_is_never_taken_back(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.clock.advance(TEST_SECONDS - 1)
    with world.store.write(world.manager) as uow:
        api.set_accommodation(uow, enrolled.entry.id, organisation_id=world.ids.agency, extra_minutes=1)
        grant(world, uow, enrolled, 30)
    world.clock.advance(60)
    assert receipt(world.save(enrolled, item.ref, pick(item), seq=1)).remaining_ms == 31_000
    with refused(Conflict, "time_only_grows"), world.store.write(world.manager) as uow:
        api.set_accommodation(uow, enrolled.entry.id, organisation_id=world.ids.agency, extra_minutes=0)
    with world.store.read(world.manager) as uow:
        entry = api.entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
    assert entry.extra_minutes == 1


@pytest.mark.parametrize("seconds", [0, -5, 86_401, 2**40])
def test_a_credit_stays_within_a_day(world: World, seconds: int) -> None:
    enrolled = world.running()
    with refused(Invalid, "credit_out_of_range"), world.store.write(world.manager) as uow:
        grant(world, uow, enrolled, seconds)


def test_another_agency_grants_nothing(world: World) -> None:
    enrolled = world.running()
    with world.store.write(world.staff(world.ids.stranger, organisation_id=world.ids.other_agency)) as uow:
        with refused(NotFound, "attempt_unknown"):
            grant(world, uow, enrolled, 30, organisation_id=world.ids.other_agency)
        with refused(NotFound, "entry_unknown"):
            api.set_accommodation(
                uow, enrolled.entry.id, organisation_id=world.ids.other_agency, extra_minutes=5
            )
