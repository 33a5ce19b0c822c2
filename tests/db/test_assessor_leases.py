# SPDX-License-Identifier: Apache-2.0
"""The lease of an attempt on a real database: two devices, and the one that counts."""

from __future__ import annotations

import pytest

from assessor import api
from assessor.attempts.tables import ResponseCopyRow
from core.errors import Conflict
from tests.db.attempts import choice, count, pick, receipt, refusal
from tests.unit.assessor.world import World, refused


def test_a_takeover_raises_the_epoch_and_asking_again_does_not(world: World) -> None:
    enrolled = world.running()
    assert world.lease(enrolled, "phone") == 1
    assert world.lease(enrolled, "laptop") == 2
    assert world.lease(enrolled, "laptop") == 2
    assert world.lease(enrolled, "phone") == 3
    assert (world.state(enrolled, "phone").holder, world.state(enrolled, "laptop").holder) == (True, False)


def test_a_stale_device_is_refused_and_its_answer_kept(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.lease(enrolled, "laptop")
    world.save(enrolled, item.ref, pick(item, 1), seq=1, device="laptop", epoch=2)
    answer = refusal(world.save(enrolled, item.ref, pick(item), seq=1))
    assert (answer.verdict, answer.error().facts["epoch"]) == (api.Verdict.LEASE_LOST, 2)
    assert world.state(enrolled).answers[item.ref].value == pick(item, 1)
    assert count(world, ResponseCopyRow) == 1


def test_a_stale_device_still_counts_for_an_item_that_the_newer_never_touched(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.lease(enrolled, "laptop")
    receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    assert world.state(enrolled).answers[item.ref].value == pick(item)
    receipt(world.save(enrolled, item.ref, pick(item, 1), seq=1, device="laptop", epoch=2))
    assert world.state(enrolled).answers[item.ref].value == pick(item, 1)


@pytest.mark.parametrize(("device", "epoch"), [("laptop", 1), ("phone", 2), ("phone", 7)])
def test_a_lease_that_a_device_never_had_gives_nothing(world: World, device: str, epoch: int) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.lease(enrolled, "laptop")
    answer = refusal(world.save(enrolled, item.ref, pick(item), seq=1, device=device, epoch=epoch))
    assert answer.verdict is api.Verdict.LEASE_LOST
    assert world.state(enrolled).answers == {}


def test_numbers_of_refused_answers_are_not_given_out_again(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.lease(enrolled, "laptop")
    world.save(enrolled, item.ref, pick(item, 1), seq=1, device="laptop", epoch=2)
    world.save(enrolled, item.ref, pick(item), seq=9)
    assert world.state(enrolled, "phone").last_seq == 9


def test_a_closed_attempt_gives_out_no_lease(world: World) -> None:
    enrolled = world.running()
    world.submit(enrolled)
    with refused(Conflict, "attempt_closed"):
        world.lease(enrolled, "laptop")
