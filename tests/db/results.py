# SPDX-License-Identifier: Apache-2.0
"""Short words for the tests of results: marking, holds, and an awarding body that pulls and answers."""

from __future__ import annotations

from assessor import api
from core.uow import Actor
from tests.unit.assessor.world import World

PRACTICAL, VIVA = api.TaskComponent.PRACTICAL, api.TaskComponent.VIVA


def mark_all(world: World, enrolled: api.Enrolled) -> None:
    """Mark every component in full."""
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)


def line(world: World, enrolled: api.Enrolled) -> api.BatchLine:
    with world.store.read(world.manager) as uow:
        return api.entry_line(uow, enrolled.entry.id, organisation_id=world.ids.agency)


def hold(world: World, enrolled: api.Enrolled, cause_id: str) -> None:
    with world.store.write(Actor.system()) as uow:
        api.place_hold(uow, enrolled.attempt_id, cause_id=cause_id)


def pull(world: World, *, after: int = 0, limit: int = 50, body: str | None = None) -> api.FeedPage:
    with world.store.write(world.body) as uow:
        return api.feed_page(uow, body or world.ids.body, after=after, limit=limit)


def answer(
    world: World, result_id: str, decision: str, *, reason: str = "", body: str | None = None
) -> api.Delivery:
    with world.store.write(world.body) as uow:
        return api.acknowledge(
            uow,
            body or world.ids.body,
            result_id,
            decision=api.DeliveryAnswer(decision),
            reason=reason,
        )
