# SPDX-License-Identifier: Apache-2.0
"""What browsers note, on a real database: once, in order, bounded."""

from __future__ import annotations

from typing import Any

from proctor import api as proctor
from tests.unit.assessor.world import World


def store(world: World, attempt_id: str, *notes: dict[str, Any], device: str = "phone") -> int:
    shaped = [{"kind": "copy", "typing": False, **note} for note in notes]
    named, read = proctor.read_batch({"device": device, "sent_ms": 10**12, "notes": shaped})
    with world.store.write(world.manager) as uow:
        return proctor.store_telemetry(
            uow, attempt_id, organisation_id=world.ids.agency, device=named, notes=read
        )


def kept(world: World, attempt_id: str) -> proctor.Telemetry:
    with world.store.read(world.manager) as uow:
        return proctor.telemetry_of_attempt(uow, attempt_id)


def test_a_batch_that_comes_again_or_overlaps_is_kept_once(world: World) -> None:
    attempt_id = world.enrol().attempt_id
    assert store(world, attempt_id, {"number": 1}, {"number": 2}) == 2
    assert store(world, attempt_id, {"number": 2}, {"number": 3}) == 3
    assert store(world, attempt_id, {"number": 1}) == 3
    assert [one.number for one in kept(world, attempt_id).notes] == [1, 2, 3]


def test_notes_of_a_device_whose_clock_was_set_back_are_kept_too(world: World) -> None:
    attempt_id = world.enrol().attempt_id
    store(world, attempt_id, {"number": 9000}, {"number": 9001})
    store(world, attempt_id, {"number": 5000}, {"number": 9001})
    store(world, attempt_id, {"number": 5000})
    assert sorted(one.number for one in kept(world, attempt_id).notes) == [5000, 9000, 9001]


def test_each_device_has_numbers_of_its_own(world: World) -> None:
    attempt_id = world.enrol().attempt_id
    store(world, attempt_id, {"number": 7})
    store(world, attempt_id, {"number": 7}, device="tablet")
    assert {one.device for one in kept(world, attempt_id).notes} == {"phone", "tablet"}


def test_beyond_the_most_that_is_kept_notes_are_counted_and_said(world: World) -> None:
    attempt_id = world.enrol().attempt_id
    first = 1
    for _batch in range(proctor.MOST_OF_AN_ATTEMPT // 200):
        store(world, attempt_id, *({"number": number} for number in range(first, first + 200)))
        first += 200
    beyond = [{"number": first}, {"number": first + 1}]
    store(world, attempt_id, *beyond)
    store(world, attempt_id, *beyond)
    found = kept(world, attempt_id)
    assert (len(found.notes), found.left_out) == (proctor.MOST_OF_AN_ATTEMPT, 2)


def test_what_the_browser_itself_left_out_is_added_to_the_count(world: World) -> None:
    attempt_id = world.enrol().attempt_id
    store(world, attempt_id, {"number": 1}, {"number": 2, "kind": "left_out", "amount": 31})
    found = kept(world, attempt_id)
    assert ([one.number for one in found.notes], found.left_out) == ([1], 31)


def test_the_count_of_a_tile_leaves_out_what_the_room_caused_and_what_only_completes_others(
    world: World,
) -> None:
    one, other = world.enrol("First").attempt_id, world.enrol("Second").attempt_id
    store(
        world,
        one,
        {"number": 1, "kind": "blur"},
        {"number": 2, "kind": "focus"},
        {"number": 3, "kind": "blur", "cause": "dialog"},
        {"number": 4, "kind": "screens_unknown"},
        {"number": 5, "kind": "screens_several"},
    )
    with world.store.read(world.manager) as uow:
        assert proctor.telemetry_counts(uow, [one, other]) == {one: 2}
