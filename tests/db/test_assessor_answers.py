# SPDX-License-Identifier: Apache-2.0
"""Saved answers on a real database: receipts, repeats, refusals and the writer that groups them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import select

from assessor import api
from assessor.attempts.saving import Answer, receipt_mac
from assessor.attempts.tables import ResponseCopyRow, ResponseEventRow
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor, UnitOfWork
from core.writer import GroupWriter
from tests.db.attempts import choice, count, pick, receipt, refusal
from tests.unit.assessor.world import GRACE, KEY, World, refused

# --------------------------------------------------------------------------------------------------- saving


def test_a_saved_answer_comes_back_as_it_was_sent(world: World) -> None:
    enrolled = world.running()
    single = choice(world, enrolled)
    text = choice(world, enrolled, interaction="text_entry")
    world.save(enrolled, single.ref, pick(single, 1), seq=1)
    world.save(enrolled, text.ref, "१९३०", seq=2)
    state = world.state(enrolled)
    assert {ref: held.value for ref, held in state.answers.items()} == {
        single.ref: pick(single, 1),
        text.ref: "१९३०",
    }
    assert (state.epoch, state.holder, state.last_seq) == (1, True, 2)


def test_lists_count_the_items_that_have_an_answer_now(world: World) -> None:
    enrolled = world.running()
    text = choice(world, enrolled, interaction="text_entry")
    items = [item for item in world.paper(enrolled).items if item.interaction != "text_entry"]
    world.save(enrolled, text.ref, "null", seq=1)
    world.save(enrolled, items[0].ref, None, seq=2)
    world.save(enrolled, items[1].ref, pick(items[1]), seq=4)
    world.save(enrolled, items[1].ref, None, seq=3)
    world.save(enrolled, items[2].ref, pick(items[2]), seq=5)
    world.save(enrolled, items[2].ref, None, seq=6)
    with world.store.read(world.manager) as uow:
        found = api.entry_line(uow, enrolled.entry.id, organisation_id=world.ids.agency).attempt
        assert api.overviews(uow, [enrolled.entry.id]) == {enrolled.entry.id: found}
    assert (found.answered, found.kept_copies) == (2, 0)


def test_clearing_an_answer_is_an_answer(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item), seq=1)
    assert receipt(world.save(enrolled, item.ref, None, seq=2)).revision == 2
    assert world.state(enrolled).answers[item.ref] == api.HeldAnswer(value=None, revision=2)


def test_the_same_save_again_gets_the_same_receipt_and_no_second_row(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    first = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    world.clock.advance(5)
    again = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    assert dataclasses.replace(again, remaining_ms=0) == dataclasses.replace(first, remaining_ms=0)
    assert count(world, ResponseEventRow) == 1


def test_a_repeat_is_acknowledged_after_the_hand_in_because_it_was_held(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    first = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    world.submit(enrolled)
    again = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    assert (again.mac, again.remaining_ms) == (first.mac, 0)


def test_a_receipt_proves_what_was_stored(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    saved = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    with world.store.read(Actor.system()) as uow:
        row = uow.db.scalars(select(ResponseEventRow)).one()
        held = Answer(
            attempt_id=row.attempt_id,
            device=row.device,
            seq=row.seq,
            epoch=row.epoch,
            item_version_id=row.item_version_id,
            value=row.value,
            client_time="",
            received_at=row.received_at,
        )

    def mac(answer: Answer, key: bytes = KEY) -> str:
        return receipt_mac(key, answer, ref=item.ref, revision=saved.revision, received_at=saved.received_at)

    assert mac(held) == saved.mac
    assert mac(dataclasses.replace(held, value=["Z"])) != saved.mac
    assert mac(held, b"other") != saved.mac


def test_another_value_under_a_used_number_is_refused_and_kept_once(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item), seq=1)
    for _ in range(2):
        answer = refusal(world.save(enrolled, item.ref, pick(item, 1), seq=1))
        assert answer.verdict is api.Verdict.SEQUENCE_CONFLICT
        assert answer.error().code == "sequence_conflict"
    assert count(world, ResponseCopyRow) == 1
    assert world.state(enrolled).answers[item.ref].value == pick(item)


def test_reordered_saves_end_at_the_highest_number(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item, 1), seq=5)
    assert receipt(world.save(enrolled, item.ref, pick(item, 0), seq=4)).revision == 2
    assert world.state(enrolled).answers[item.ref] == api.HeldAnswer(value=pick(item, 1), revision=1)


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"seq": 0}, Invalid, "number_out_of_range"),
        ({"seq": 2**31}, Invalid, "number_out_of_range"),
        ({"seq": 2**70}, Invalid, "number_out_of_range"),
        ({"epoch": 0}, Invalid, "number_out_of_range"),
        ({"epoch": "1"}, Invalid, "number_out_of_range"),
        ({"device": ""}, Invalid, "device_malformed"),
        ({"device": None}, Invalid, "device_malformed"),
    ],
)
def test_malformed_numbers_and_devices_are_refused(
    world: World, change: dict[str, Any], error: type[Invalid], code: str
) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    with refused(error, code):
        world.save(enrolled, item.ref, pick(item), **{"seq": 1, **change})
    assert count(world, ResponseEventRow) == count(world, ResponseCopyRow) == 0


def test_an_item_or_option_of_another_attempt_is_unknown(world: World) -> None:
    mine, other = world.running("Mine"), world.running("Other")
    item, foreign = choice(world, mine), choice(world, other)
    with refused(NotFound, "item_unknown"):
        world.save(mine, foreign.ref, pick(foreign), seq=1)
    with refused(Invalid, "option_unknown"):
        world.save(mine, item.ref, pick(foreign), seq=1)


def test_an_answer_that_is_too_long_is_refused(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled, interaction="text_entry")
    with refused(Invalid, "answer_too_long"):
        world.save(enrolled, item.ref, "x" * 2001, seq=1)
    assert receipt(world.save(enrolled, item.ref, "x" * 2000, seq=1)).revision == 1


def test_an_unknown_attempt_is_not_found(world: World) -> None:
    enrolled = world.running()
    stranger = dataclasses.replace(enrolled, attempt_id="0" * 26)
    with refused(NotFound, "attempt_unknown"):
        world.save(stranger, "x", None, seq=1)
    with refused(NotFound, "attempt_unknown"):
        world.state(stranger)
    with refused(NotFound, "attempt_unknown"):
        world.lease(stranger)


def test_there_is_nothing_to_save_before_the_start(world: World) -> None:
    enrolled, model = world.enrol(), world.running("Model")
    with refused(Conflict, "attempt_not_started"):
        world.lease(enrolled)
    with refused(NotFound, "item_unknown"):
        world.save(enrolled, world.paper(model).items[0].ref, None, seq=1)
    with refused(Conflict, "attempt_not_started"):
        world.save(enrolled, next(iter(world.key(enrolled))), None, seq=1)
    with refused(Conflict, "attempt_not_started"):
        world.submit(enrolled)


def test_the_browsers_own_time_is_kept_tidy_and_decides_nothing(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item), seq=1, client_time="2099-01-01T00:00:00\n\0" + "x" * 90)
    with world.store.read(Actor.system()) as uow:
        row = uow.db.scalars(select(ResponseEventRow)).one()
        assert row.client_time.startswith("2099-01-01T00:00:00x")
        assert len(row.client_time) <= 40
        assert row.received_at == world.clock.now()


# ----------------------------------------------------------------------------------------------- the writer


def test_a_refusal_in_the_group_writer_keeps_its_copy_and_disturbs_no_neighbour(world: World) -> None:
    enrolled = world.running()
    items = world.paper(enrolled).items
    writer = GroupWriter(world.store)
    writer.start()

    def put(seq: int, place: int) -> api.Receipt | api.Refusal:
        def act(uow: UnitOfWork) -> api.Receipt | api.Refusal:
            save = api.SaveResponse(
                attempt_id=enrolled.attempt_id,
                device="phone",
                epoch=1,
                seq=seq,
                item=items[place].ref,
                value=None,
            )
            return api.save_response(uow, save, key=KEY, grace_seconds=GRACE)

        return writer.submit(world.learner(enrolled), act)

    try:
        receipt(put(1, 0))
        assert refusal(put(1, 1)).verdict is api.Verdict.SEQUENCE_CONFLICT
        with refused(Invalid, "number_out_of_range"):
            put(0, 2)
        receipt(put(2, 2))
    finally:
        writer.stop()
    assert (count(world, ResponseEventRow), count(world, ResponseCopyRow)) == (2, 1)
