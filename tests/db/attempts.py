# SPDX-License-Identifier: Apache-2.0
"""Short words for the tests of attempts: an item of the paper, a choice in it, and what saving it gave."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from assessor import api
from core.uow import Actor
from tests.unit.assessor.world import World


def count(world: World, table: type[Any]) -> int:
    """The rows of a table."""
    with world.store.read(Actor.system()) as uow:
        return uow.db.scalar(select(func.count()).select_from(table)) or 0


def receipt(saved: api.Receipt | api.Refusal) -> api.Receipt:
    assert isinstance(saved, api.Receipt), saved
    return saved


def refusal(saved: api.Receipt | api.Refusal) -> api.Refusal:
    assert isinstance(saved, api.Refusal), saved
    return saved


def choice(world: World, enrolled: api.Enrolled, *, interaction: str = "choice_single") -> Any:
    """An item of this kind on the paper."""
    return next(item for item in world.paper(enrolled).items if item.interaction == interaction)


def pick(item: Any, place: int = 0) -> list[str]:
    return [item.bodies[0].options[place].id]
