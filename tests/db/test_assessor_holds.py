# SPDX-License-Identifier: Apache-2.0
"""Holds on a real database: what blocks a declaration, until when, and what does not."""

from __future__ import annotations

from assessor import api
from core.errors import Conflict, NotFound
from core.uow import Actor
from tests.db.results import hold, line, mark_all
from tests.unit.assessor.world import World, refused


def test_a_hold_blocks_declaring_until_it_is_released(world: World) -> None:
    enrolled = world.sat()
    hold(world, enrolled, "incident-1")
    mark_all(world, enrolled)
    result = world.result(enrolled)
    with refused(Conflict, "hold_open"):
        world.declare(result.id)
    assert line(world, enrolled).blocked
    with world.store.write(Actor.system()) as uow:
        api.release_hold(uow, cause_id="incident-1")
        api.release_hold(uow, cause_id="incident-1")
    assert line(world, enrolled).can_be_declared
    assert world.declare(result.id).state is api.ResultState.DECLARED


def test_a_confirmed_hold_blocks_for_good(world: World) -> None:
    enrolled = world.sat()
    hold(world, enrolled, "incident-1")
    mark_all(world, enrolled)
    with world.store.write(Actor.system()) as uow:
        api.confirm_hold(uow, cause_id="incident-1")
        api.confirm_hold(uow, cause_id="incident-1")
        with refused(Conflict, "hold_settled"):
            api.release_hold(uow, cause_id="incident-1")
    with refused(Conflict, "hold_confirmed"):
        world.declare(world.result(enrolled).id)


def test_holds_of_one_entry_are_independent(world: World) -> None:
    enrolled = world.sat()
    for cause in ("incident-1", "incident-2", "incident-1"):
        hold(world, enrolled, cause)
    mark_all(world, enrolled)
    with world.store.write(Actor.system()) as uow:
        api.release_hold(uow, cause_id="incident-1")
    assert [found.state for found in line(world, enrolled).holds] == [
        api.HoldState.RELEASED,
        api.HoldState.INTERIM,
    ]
    with refused(Conflict, "hold_open"):
        world.declare(world.result(enrolled).id)


def test_a_hold_needs_its_attempt_and_a_cause_holds_one_attempt(world: World) -> None:
    one, other = world.enrol("One"), world.enrol("Other")
    hold(world, one, "incident-1")
    with refused(Conflict, "hold_elsewhere"):
        hold(world, other, "incident-1")
    with world.store.write(Actor.system()) as uow:
        with refused(NotFound, "attempt_unknown"):
            api.place_hold(uow, "0" * 26, cause_id="incident-2")
        with refused(NotFound, "hold_unknown"):
            api.release_hold(uow, cause_id="incident-9")


def test_a_hold_after_the_declaration_leaves_what_was_declared(world: World) -> None:
    enrolled = world.sat()
    mark_all(world, enrolled)
    declared = world.declare(world.result(enrolled).id)
    hold(world, enrolled, "incident-1")
    assert world.declare(declared.id) == declared
