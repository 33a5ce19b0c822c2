# SPDX-License-Identifier: Apache-2.0
"""The hand-in of an attempt on a real database: who may, and the slip that comes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from assessor import api
from assessor.attempts.tables import AttemptRow
from core.errors import Conflict, NotFound
from core.uow import Actor
from tests.unit.assessor.world import GRACE, World, refused


def test_the_slip_lists_what_the_server_holds_in_the_order_of_the_paper(world: World) -> None:
    enrolled = world.running()
    items = world.paper(enrolled).items
    world.save(enrolled, items[3].ref, None, seq=1)
    world.save(enrolled, items[0].ref, None, seq=2)
    world.save(enrolled, items[3].ref, None, seq=3)
    summary = world.submit(enrolled)
    assert [(line.item, line.revision) for line in summary.slip] == [(items[0].ref, 1), (items[3].ref, 2)]
    assert world.submit(enrolled) == summary


def hand_in(world: World, enrolled: api.Enrolled, device: str) -> api.AttemptSummary:
    with world.store.write(world.learner(enrolled)) as uow:
        return api.hand_in(uow, enrolled.attempt_id, device=device, grace_seconds=GRACE)


def test_only_the_device_that_holds_the_lease_hands_in(world: World) -> None:
    enrolled = world.running()
    world.lease(enrolled, "laptop")
    with refused(Conflict, "lease_lost") as info:
        hand_in(world, enrolled, "phone")
    assert info.value.facts == {"epoch": 2}
    summary = hand_in(world, enrolled, "laptop")
    assert summary.ended_by is api.EndedBy.LEARNER
    assert hand_in(world, enrolled, "phone") == summary


def test_where_no_device_holds_the_lease_any_hands_in(world: World) -> None:
    enrolled = world.enrol()
    world.start(enrolled)
    assert hand_in(world, enrolled, "phone").state is api.AttemptState.SUBMITTED


def test_a_proctor_ends_only_attempts_of_sittings_of_theirs(world: World) -> None:
    watched = world.enrol(sitting_id=world.ids.watched_sitting)
    world.start(watched, proctoring_ready=True)
    other = world.running("Not watched")
    with world.store.write(world.proctor) as uow:
        with refused(NotFound, "attempt_unknown"):
            api.end_attempt(uow, other.attempt_id, organisation_id=world.ids.agency, reason="Left the room")
        ended = api.end_attempt(
            uow, watched.attempt_id, organisation_id=world.ids.agency, reason="Left the room"
        )
    assert ended.ended_by is api.EndedBy.PROCTOR
    assert world.state(other).state is api.AttemptState.RUNNING


def test_the_database_itself_refuses_an_impossible_attempt(world: World) -> None:
    enrolled = world.enrol()
    with pytest.raises(IntegrityError), world.store.write(Actor.system()) as uow:
        uow.db.execute(
            update(AttemptRow)
            .where(AttemptRow.id == enrolled.attempt_id)
            .values(state=api.AttemptState.SUBMITTED)
        )
