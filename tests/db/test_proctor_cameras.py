# SPDX-License-Identifier: Apache-2.0
"""Cameras and their connections in the pipeline: silent, reported by the browser, or opened anew."""

from __future__ import annotations

import threading

import pytest

from core.uow import UnitOfWork
from proctor import api as proctor
from proctor.monitoring.claims import MOST_DEMANDED
from proctor.monitoring.live import MAXIMUM_LATE
from tests.db.pipelines import MOVING, PATIENCE, PRESENT, Room, SlowLook, seen_of


def test_a_camera_that_falls_silent_is_an_incident_but_a_lost_line_is_not(room: Room) -> None:
    pipeline, silent, lost = room.open(), room.session(), room.session()
    for session, alive in ((silent, True), (lost, False)):
        pipeline.begin(session)
        connection = pipeline.connected(session.id, at=room.clock.now())
        room.send(pipeline, session, range(1, 4))
        if not alive:
            pipeline.disconnected(session.id, connection=connection)
        room.pass_time(pipeline, session, seconds=15, alive=alive)
    (incident,) = room.incidents(silent)
    assert incident.rule is proctor.RuleName.CAMERA_STOPPED
    assert room.incidents(lost) == ()
    view = seen_of(pipeline, lost)
    assert (view.link, view.open_alerts) == (proctor.Link.LOST, ())
    assert lost.id in room.changes


def test_a_page_that_is_loaded_anew_counts_from_one_and_the_old_one_is_ignored(room: Room) -> None:
    pipeline, session = room.watch()
    first = pipeline.connected(session.id, at=room.clock.now())
    room.send(pipeline, session, range(1, 6))
    second = pipeline.connected(session.id, at=room.clock.now())
    assert second > first
    old = pipeline.offer(session.id, 6, PRESENT, room.clock.now(), connection=first)
    assert old.code == "frame_old_connection"
    pipeline.disconnected(session.id, connection=first)
    room.send(pipeline, session, range(1, 4))
    view = seen_of(pipeline, session)
    assert (view.link, view.counters.observed) == (proctor.Link.ALIVE, 8)


@pytest.mark.parametrize("report", [proctor.CameraState.ENDED, proctor.CameraState.MUTED])
def test_the_browsers_report_of_its_camera_is_shown_at_once_and_becomes_an_incident(
    room: Room, report: proctor.CameraState
) -> None:
    pipeline, session = room.watch()
    pipeline.connected(session.id, at=room.clock.now())
    room.send(pipeline, session, range(1, 3))
    room.changes.clear()
    before = seen_of(pipeline, session)
    pipeline.camera(session.id, report, at=room.clock.now())
    assert pipeline.drain(PATIENCE)
    after = seen_of(pipeline, session)
    assert after.camera is report
    assert after.version > before.version
    assert room.changes == [session.id]
    for second in range(1, 5):
        assert room.incidents(session) == (), f"a call that comes in for {second} s is no incident"
        now = room.clock.advance(1)
        pipeline.camera(session.id, report, at=now)
        pipeline.tick(now)
        assert pipeline.drain(PATIENCE)
    (incident,) = room.incidents(session)
    assert incident.cause == report.value


@pytest.mark.parametrize("report", [proctor.CameraState.ENDED, proctor.CameraState.MUTED])
def test_a_camera_that_is_away_for_three_seconds_is_no_incident(
    room: Room, report: proctor.CameraState
) -> None:
    pipeline, session = room.watch()
    pipeline.connected(session.id, at=room.clock.now())
    room.send(pipeline, session, range(1, 3), ticking=True)
    for _ in range(3):
        pipeline.camera(session.id, report, at=room.clock.now())
        pipeline.tick(room.clock.advance(1))
        assert pipeline.drain(PATIENCE)
    pipeline.camera(session.id, proctor.CameraState.ON, at=room.clock.now())
    room.send(pipeline, session, range(3, 12), ticking=True)
    assert room.incidents(session) == ()


def test_time_passes_by_itself(room: Room) -> None:
    raised = threading.Event()

    def tell(uow: UnitOfWork, what: proctor.AlertRaised) -> proctor.IncidentSummary:
        raised.set()
        return proctor.raise_incident(uow, what, blobs=room.blobs)

    pipeline, session = room.watch(raise_incident=tell, tick_seconds=0.02)
    pipeline.connected(session.id, at=room.clock.now())
    room.send(pipeline, session, range(1, 3))
    pipeline.camera(session.id, proctor.CameraState.ON, at=room.clock.advance(5))
    assert raised.wait(PATIENCE)


def test_frames_that_come_later_are_refused_while_there_is_no_room_and_none_is_lost(room: Room) -> None:
    looks = SlowLook()
    room.script = looks
    pipeline, session = room.watch()
    assert pipeline.offer(session.id, 1, MOVING[1], room.clock.advance(1)).ok
    assert looks.looking.wait(PATIENCE)
    acks = [pipeline.offer_late(session.id, 100 + n, MOVING[n], room.clock.now()) for n in range(20)]
    assert not pipeline.late_room(session.id)
    refused = [ack.code for ack in acks if not ack.ok]
    assert refused == ["frame_too_fast"] * (20 - MAXIMUM_LATE)
    looks.go_on.set()
    assert pipeline.drain(PATIENCE)
    assert pipeline.late_room(session.id)
    assert seen_of(pipeline, session).counters.late == MAXIMUM_LATE


def prefiltered(room: Room) -> tuple[proctor.FramePipeline, proctor.SessionSummary]:
    pipeline, session = room.open(), room.session()
    pipeline.begin(session, proctor.Watching(mode=proctor.Mode.PREFILTERED))
    return pipeline, session


def claim_until_wanted(
    room: Room, pipeline: proctor.FramePipeline, session: proctor.SessionSummary, *, connection: int, seq: int
) -> int:
    """The number of the first claim whose frame the server wants."""
    while not pipeline.claim(session.id, seq, 1, room.clock.advance(1), connection=connection).wanted:
        seq += 1
    return seq


def test_a_new_page_s_frames_are_not_held_against_the_claims_of_the_old_one(room: Room) -> None:
    room.script = lambda seq: 0
    pipeline, session = prefiltered(room)
    first = pipeline.connected(session.id, at=room.clock.now())
    wanted = claim_until_wanted(room, pipeline, session, connection=first, seq=1)
    second = pipeline.connected(session.id, at=room.clock.now())
    pipeline.another_page(session.id)
    for seq in range(1, wanted + 1):
        at = room.clock.advance(1)
        assert pipeline.offer(session.id, seq, MOVING[seq % len(MOVING)], at, connection=second).ok
        assert pipeline.drain(PATIENCE)
    counters = seen_of(pipeline, session).counters
    assert (counters.audited, counters.disagreed) == (0, 0)


def test_the_same_page_s_claim_is_still_held_against_its_frame_when_the_line_was_lost(room: Room) -> None:
    room.script = lambda seq: 0
    pipeline, session = prefiltered(room)
    first = pipeline.connected(session.id, at=room.clock.now())
    wanted = claim_until_wanted(room, pipeline, session, connection=first, seq=1)
    pipeline.connected(session.id, at=room.clock.advance(1))
    assert pipeline.offer_late(session.id, wanted, MOVING[wanted % len(MOVING)], room.clock.now()).ok
    assert pipeline.drain(PATIENCE)
    assert seen_of(pipeline, session).counters.disagreed == 1


def test_pages_loaded_anew_again_and_again_cost_the_trust_in_claims(room: Room) -> None:
    pipeline, session = prefiltered(room)
    for _ in range(MOST_DEMANDED + 1):
        assert seen_of(pipeline, session).mode is proctor.Mode.PREFILTERED
        connection = pipeline.connected(session.id, at=room.clock.advance(60))
        pipeline.another_page(session.id)
        claim_until_wanted(room, pipeline, session, connection=connection, seq=1)
    assert seen_of(pipeline, session).mode is proctor.Mode.FULL


def test_who_hears_that_a_picture_is_wanted_takes_the_claim_on_it_back_no_more(room: Room) -> None:
    room.script = lambda seq: 2
    pipeline, session = prefiltered(room)
    connection = pipeline.connected(session.id, at=room.clock.now())
    wanted = claim_until_wanted(room, pipeline, session, connection=connection, seq=1)
    again = pipeline.claim(session.id, wanted, 2, room.clock.advance(1), connection=connection)
    assert again.code == "frame_out_of_order"
    assert pipeline.offer(session.id, wanted, MOVING[1], room.clock.advance(1), connection=connection).ok
    assert pipeline.drain(PATIENCE)
    assert seen_of(pipeline, session).counters.disagreed == 1


def test_no_camera_has_stopped_because_the_server_was_slow_to_look_at_its_picture(room: Room) -> None:
    busy = threading.Event()
    room.script = lambda seq: 1 if seq != 900 or busy.wait(PATIENCE) else 0
    pipeline, session = prefiltered(room)
    other = room.session()
    pipeline.begin(other)
    connection = pipeline.connected(session.id, at=room.clock.now())
    assert pipeline.offer(
        other.id, 900, MOVING[0], room.clock.now()
    ).ok  # the one worker looks at somebody else
    seq = claim_until_wanted(room, pipeline, session, connection=connection, seq=1)
    wanted, silent = True, 0  # seconds since the last picture that was asked for
    while silent < 6:
        if wanted:
            at = room.clock.now()
            assert pipeline.offer(session.id, seq, MOVING[seq % len(MOVING)], at, connection=connection).ok
        seq += 1
        wanted = pipeline.claim(session.id, seq, 1, room.clock.advance(1), connection=connection).wanted
        silent = 0 if wanted else silent + 1
    busy.set()
    assert pipeline.drain(PATIENCE)
    pipeline.tick(room.clock.now())
    assert pipeline.drain(PATIENCE)
    assert [notice.alert.rule for notice in room.notices if notice.session.session_id == session.id] == []
