# SPDX-License-Identifier: Apache-2.0
"""Signs of life: what the server remembers of devices, what counts as lost contact, and the record of an attempt."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from assessor import api
from assessor.attempts.presence import MAXIMUM_PENDING, presences_of, read_pending, read_since
from assessor.attempts.tables import OutageRow, PresenceRow
from core.errors import NotFound
from core.uow import Actor
from tests.db.attempts import choice, count, pick
from tests.unit.assessor.world import GRACE, TEST_SECONDS, World, refused
from web.presence import FORGET_AFTER, PresenceBoard


def board(world: World) -> PresenceBoard:
    """A board that begins where an earlier process left off."""

    def load() -> list[api.Presence]:
        with world.store.read(Actor.system()) as uow:
            return api.presences(uow)

    return PresenceBoard(load)


def flush(world: World, one: PresenceBoard) -> None:
    with world.store.write(Actor.system()) as uow:
        written = one.flush(uow)
    written()


def flush_onto_a_full_disk(world: World, one: PresenceBoard) -> None:
    with world.store.write(Actor.system()) as uow:
        one.flush(uow)
        raise OSError("the disk is full")


def beat(
    world: World, one: PresenceBoard, enrolled: api.Enrolled, device: str = "phone", **more: int
) -> None:
    """What the view does with a poll."""
    with world.store.read(Actor.system()) as uow:
        heard = api.heartbeat(uow, enrolled.attempt_id, device=device)
    one.note(
        enrolled.attempt_id,
        device=device,
        at=world.clock.now(),
        pending=more.get("pending", 0),
        working=heard.working,
    )


def outages(world: World, enrolled: api.Enrolled) -> list[tuple[str, datetime, datetime]]:
    with world.store.read(Actor.system()) as uow:
        query = select(OutageRow).where(OutageRow.attempt_id == enrolled.attempt_id)
        return [
            (row.device, row.lost_at, row.back_at)
            for row in uow.db.scalars(query.order_by(OutageRow.lost_at))
        ]


def test_regular_polls_are_no_outage_and_a_gap_is_one_when_it_ends(world: World) -> None:
    enrolled, one = world.running(), board(world)
    for _ in range(4):
        beat(world, one, enrolled)
        world.clock.advance(4.5)
    world.clock.advance(10.5)  # 15 seconds since the last
    beat(world, one, enrolled)
    flush(world, one)
    assert outages(world, enrolled) == []
    lost_at = world.clock.now()
    world.clock.advance(61)
    beat(world, one, enrolled)
    flush(world, one)
    assert outages(world, enrolled) == [("phone", lost_at, world.clock.now())]
    flush(world, one)
    assert count(world, OutageRow) == 1, "written once"


def test_the_time_in_which_the_server_was_away_counts(world: World) -> None:
    enrolled, before = world.running(), board(world)
    beat(world, before, enrolled, pending=2)
    flush(world, before)
    seen_at = world.clock.now()
    world.clock.advance(120)
    after = board(world)
    beat(world, after, enrolled)
    flush(world, after)
    assert outages(world, enrolled) == [("phone", seen_at, world.clock.now())]
    with world.store.read(Actor.system()) as uow:
        (row,) = presences_of(uow, enrolled.attempt_id)
    assert (row.seen_at, row.pending) == (world.clock.now(), 0)


def test_a_change_of_device_counts_from_the_last_word_of_the_old_one(world: World) -> None:
    enrolled, one = world.running(), board(world)
    beat(world, one, enrolled, pending=3)
    lost_at = world.clock.now()
    world.clock.advance(200)
    beat(world, one, enrolled, "laptop")  # it looks on, and does not work yet
    world.clock.advance(10)
    world.lease(enrolled, "laptop")
    beat(world, one, enrolled, "laptop")
    flush(world, one)
    assert outages(world, enrolled) == [("phone", lost_at, world.clock.now())]
    state = world.state(enrolled, "laptop")
    assert state.other_device is not None
    assert (state.other_device.device, state.other_device.pending) == ("phone", 3)
    assert state.other_device.seen_at == lost_at
    assert world.state(enrolled, "phone").other_device is None, "only the holder is told"


def test_a_second_window_that_looks_on_hides_no_outage(world: World) -> None:
    enrolled, one = world.running(), board(world)
    beat(world, one, enrolled)
    for _ in range(10):
        world.clock.advance(4)
        beat(world, one, enrolled, "laptop")
    beat(world, one, enrolled)
    flush(world, one)
    assert len(outages(world, enrolled)) == 1


def test_a_failed_bundle_is_written_the_next_time(world: World) -> None:
    enrolled, one = world.running(), board(world)
    beat(world, one, enrolled)
    world.clock.advance(60)
    beat(world, one, enrolled)
    with pytest.raises(OSError, match="full"):
        flush_onto_a_full_disk(world, one)
    assert count(world, PresenceRow) == count(world, OutageRow) == 0
    assert one.has_news
    flush(world, one)
    assert (count(world, PresenceRow), count(world, OutageRow)) == (1, 1)
    assert not one.has_news


def test_two_processes_that_hear_of_a_device_first_do_not_collide(world: World) -> None:
    enrolled, one, other = world.running(), board(world), board(world)
    beat(world, one, enrolled)
    beat(world, other, enrolled)
    flush(world, one)
    world.clock.advance(1)
    beat(world, other, enrolled, pending=1)
    flush(world, other)
    with world.store.read(Actor.system()) as uow:
        (row,) = presences_of(uow, enrolled.attempt_id)
    assert (row.pending, row.seen_at) == (1, world.clock.now())


def test_the_board_forgets_who_left_long_ago_and_what_has_no_name(world: World) -> None:
    enrolled, one = world.running(), board(world)
    one.note(enrolled.attempt_id, device="", at=world.clock.now(), pending=0, working=False)
    assert not one.has_news
    beat(world, one, enrolled)
    flush(world, one)
    world.clock.advance(FORGET_AFTER.total_seconds() + 1)
    one.note("0" * 26, device="phone", at=world.clock.now(), pending=0, working=False)
    assert one.last_of(enrolled.attempt_id, "phone") is not None
    one.forget(world.clock.now())
    assert one.last_of(enrolled.attempt_id, "phone") is None
    assert one.last_of("0" * 26, "phone") is not None


def test_what_a_page_says_of_itself_is_read_or_counts_as_nothing() -> None:
    assert [read_pending(text) for text in ("", "7", "-1", "1.5", "x", "१", "9" * 30, "999999")] == [
        0,
        7,
        0,
        0,
        0,
        0,
        0,
        MAXIMUM_PENDING,
    ]
    assert [read_since(text) for text in ("", "12", "-3", "x" * 99, "9" * 11)] == [0, 12, 0, 0, 2**31 - 1]


# ------------------------------------------------------------------------------------------ the record


def test_the_record_explains_the_time_and_names_devices_copies_and_late_answers(world: World) -> None:
    enrolled = world.running(extra_minutes=1)
    item = choice(world, enrolled)
    one = board(world)
    beat(world, one, enrolled)
    world.save(enrolled, item.ref, pick(item), seq=1)
    world.save(enrolled, item.ref, pick(item, 1), seq=1)  # the number was used
    world.clock.advance(100)
    beat(world, one, enrolled)
    flush(world, one)
    world.clock.advance(20)
    with world.store.read(world.manager) as uow:
        record = api.attempt_record(uow, enrolled.attempt_id, organisation_id=world.ids.agency)
    assert (record.allowance.limit_seconds, record.allowance.accommodation_seconds) == (TEST_SECONDS, 60)
    assert record.suggested_seconds == 100
    assert record.silent_since == world.clock.now() - timedelta(seconds=20)
    assert [(line.device, line.pending) for line in record.devices] == [("phone", 0)]
    assert [(copy.seq, copy.cause) for copy in record.copies] == [(1, api.Verdict.SEQUENCE_CONFLICT)]
    world.clock.advance(TEST_SECONDS + GRACE)
    world.save(enrolled, item.ref, pick(item, 1), seq=2)
    world.submit(enrolled)
    with world.store.read(world.manager) as uow:
        record = api.attempt_record(uow, enrolled.attempt_id, organisation_id=world.ids.agency)
        log = api.attempt_log(uow, enrolled.attempt_id, organisation_id=world.ids.agency)
    assert [late.seq for late in record.late] == [2]
    assert len(record.copies) == 1
    assert record.silent_since is None
    assert sorted(line.event for line in log) == [
        "answer_saved",
        "contact_back",
        "contact_lost",
        "copy_kept",
        "copy_kept",
        "device_took_over",
        "ended",
        "started",
    ]
    assert [line.at for line in log] == sorted(line.at for line in log)
    with world.store.read(world.manager) as uow, refused(NotFound, "attempt_unknown"):
        api.attempt_record(uow, enrolled.attempt_id, organisation_id=world.ids.other_agency)
    with world.store.read(world.manager) as uow, refused(NotFound, "attempt_unknown"):
        api.attempt_log(uow, enrolled.attempt_id, organisation_id=world.ids.other_agency)
