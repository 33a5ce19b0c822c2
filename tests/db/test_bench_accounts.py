# SPDX-License-Identifier: Apache-2.0
"""The delivery bench's own account of lost answers: it finds none where nothing is lost, and each that was doctored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, update

from assessor.attempts.tables import ResponseEventRow
from core.uow import Actor
from tests.db.attempts import choice, pick, receipt
from tests.unit.assessor.world import KEY, World
from web.cli.bench_accounts import Acknowledged, lost


@pytest.fixture
def told(world: World) -> list[Acknowledged]:
    """Two answers that the server said it holds."""
    enrolled = world.running()
    chosen, written = choice(world, enrolled), choice(world, enrolled, interaction="text_entry")
    found = []
    for seq, (item, value) in enumerate(((chosen, pick(chosen)), (written, "an answer")), 1):
        kept = receipt(world.save(enrolled, item.ref, value, seq=seq))
        found.append(
            Acknowledged(
                attempt=enrolled.attempt_id,
                device="phone",
                seq=seq,
                item=kept.item,
                value=value,
                revision=kept.revision,
                received_at=kept.received_at.isoformat(),
                receipt=kept.mac,
            )
        )
    return found


def count(world: World, told: list[Acknowledged]) -> int:
    with world.store.read(Actor.system()) as uow:
        return lost(uow.db.connection(), told, receipt_key=KEY)


def test_nothing_is_lost_where_everything_is_held(world: World, told: list[Acknowledged]) -> None:
    assert count(world, told) == 0


@pytest.mark.parametrize(
    "statement",
    [
        delete(ResponseEventRow),
        update(ResponseEventRow).values(revision=7),
        update(ResponseEventRow).values(value="another"),
        update(ResponseEventRow).values(seq=9),
    ],
)
def test_an_answer_that_was_lost_or_doctored_counts_as_lost(
    world: World, told: list[Acknowledged], statement: Any
) -> None:
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(statement.where(ResponseEventRow.seq == 2))
    assert count(world, told) == 1


def test_a_receipt_that_fits_nothing_counts_as_lost(world: World, told: list[Acknowledged]) -> None:
    assert count(world, [replace(told[0], receipt="0" * 64), replace(told[1], value="never sent")]) == 2
