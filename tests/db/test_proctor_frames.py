# SPDX-License-Identifier: Apache-2.0
"""Frames in the pipeline: taken in turns, dropped when there are too many, refused with a reason."""

from __future__ import annotations

import threading

import pytest

from core.errors import NotFound
from core.uow import Actor
from proctor import api as proctor
from proctor.monitoring.samples import SampleKeeper
from tests.db.pipelines import COVERED, MOVING, PATIENCE, PRESENT, Room, SlowLook, seen_of


def test_a_slow_detector_drops_the_oldest_frames_and_never_holds_up_the_learner(room: Room) -> None:
    slow = room.script = SlowLook()
    pipeline, session = room.watch()
    acks = [pipeline.offer(session.id, 1, PRESENT, room.clock.now())]
    assert slow.looking.wait(PATIENCE)
    acks += [pipeline.offer(session.id, seq, PRESENT, room.clock.now()) for seq in range(2, 7)]
    assert [(ack.ok, ack.seq, ack.dropped) for ack in acks] == [
        (True, 1, 0),
        (True, 2, 0),
        (True, 3, 0),
        (True, 4, 1),
        (True, 5, 2),
        (True, 6, 3),
    ]
    slow.go_on.set()
    assert pipeline.drain(PATIENCE)
    assert slow.seen == [1, 5, 6]
    view = seen_of(pipeline, session)
    assert (view.counters.accepted, view.counters.observed, view.counters.dropped) == (6, 3, 3)


def test_sessions_take_turns(room: Room) -> None:
    slow = room.script = SlowLook()
    pipeline, loud, quiet = room.open(), room.session(), room.session()
    pipeline.begin(loud)
    pipeline.begin(quiet)
    pipeline.offer(loud.id, 1, PRESENT, room.clock.now())
    assert slow.looking.wait(PATIENCE)
    for seq in (2, 3):
        pipeline.offer(loud.id, seq, PRESENT, room.clock.now())
    for seq in (101, 102):
        pipeline.offer(quiet.id, seq, PRESENT, room.clock.now())
    slow.go_on.set()
    assert pipeline.drain(PATIENCE)
    assert slow.seen == [1, 101, 2, 102, 3]


def test_what_is_refused_says_why(room: Room) -> None:
    pipeline, session = room.open(), room.session()
    at = room.clock.now
    assert pipeline.offer(session.id, 1, PRESENT, at()).code == "session_not_active"
    pipeline.begin(session)
    pipeline.begin(session)
    assert pipeline.offer(session.id, 1, PRESENT, at()).ok
    assert pipeline.offer(session.id, 1, PRESENT, at()).code == "frame_out_of_order"
    assert pipeline.offer(session.id, 0, PRESENT, at()).code == "frame_bad_number"
    assert pipeline.offer(session.id, 2, PRESENT[:500], at()).code == "frame_truncated"
    assert [pipeline.offer(session.id, seq, PRESENT, at()).code for seq in range(3, 9)] == [None] * 4 + [
        "frame_too_fast"
    ] * 2
    assert pipeline.drain(PATIENCE)
    frame = pipeline.latest_frame(session.id)
    assert frame is not None
    assert (frame.seq, frame.jpeg) == (6, PRESENT)
    assert pipeline.latest_frame("nobody") is None
    assert pipeline.view("nobody") is None
    for act in (
        lambda: pipeline.connected("nobody", at=at()),
        lambda: pipeline.camera("nobody", proctor.CameraState.ON, at=at()),
    ):
        with pytest.raises(NotFound):
            act()
    pipeline.disconnected("nobody", connection=1)
    pipeline.finish("nobody")


def test_a_failing_detector_is_counted_and_blames_nobody(room: Room) -> None:
    def fail(seq: int) -> int:
        raise RuntimeError("out of memory")

    room.script = fail
    pipeline, session = room.watch()
    pipeline.connected(session.id, at=room.clock.now())
    room.send(pipeline, session, range(1, 13), ticking=True)
    view = seen_of(pipeline, session)
    assert (view.counters.failed, view.counters.observed) == (12, 0)
    assert (view.link, view.last_frame_at) == (proctor.Link.ALIVE, room.clock.now())
    assert room.incidents(session) == ()


def test_frames_that_do_not_decode_are_no_frames(room: Room) -> None:
    broken = PRESENT[: PRESENT.index(b"\xff\xdb")] + PRESENT[PRESENT.index(b"\xff\xc0") :]
    pipeline, session = room.watch()
    pipeline.connected(session.id, at=room.clock.now())
    room.send(pipeline, session, range(1, 8), jpeg=broken, ticking=True)
    view = seen_of(pipeline, session)
    assert (view.counters.undecodable, view.last_frame_at) == (7, None)
    (incident,) = room.incidents(session)
    assert (incident.rule, incident.cause) == (proctor.RuleName.CAMERA_STOPPED, "no_frames")


def test_a_session_that_finishes_while_frames_wait_has_them_looked_at(room: Room) -> None:
    slow = room.script = SlowLook()
    pipeline, session = room.watch()
    for seq in (1, 2, 3):
        pipeline.offer(session.id, seq, PRESENT, room.clock.now())
        assert slow.looking.wait(PATIENCE)
    pipeline.finish(session.id)
    slow.go_on.set()
    assert pipeline.drain(PATIENCE)
    assert slow.seen == [1, 2, 3]
    assert pipeline.view(session.id) is None


def test_what_waits_when_a_consent_is_taken_back_is_neither_looked_at_nor_kept(room: Room) -> None:
    slow = room.script = SlowLook()
    slow.go_on.set()
    kept = list[tuple[str, int]]()
    pipeline, session = room.watch(
        keep_sample=lambda _uow, of, one: kept.append((of.session_id, one.frame.seq))
    )
    room.send(pipeline, session, range(1, 2))
    room.clock.advance(60)
    slow.go_on.clear()
    slow.looking.clear()
    now = room.clock.advance(1)
    assert pipeline.offer(session.id, 4, PRESENT, now).ok
    assert slow.looking.wait(PATIENCE)
    assert pipeline.offer(session.id, 5, PRESENT, now).ok
    assert pipeline.offer_late(session.id, 2, PRESENT, now).ok
    assert pipeline.tell(session.id, proctor.HandRaised(at=now, raised=True))
    with room.store.write(Actor.system()) as uow:
        proctor.take_back_consent(uow, session.id)
    pipeline.finish(session.id, drop=True)
    assert pipeline.frames_now(session.id) == ()
    slow.go_on.set()
    assert pipeline.drain(PATIENCE)
    assert slow.seen == [1, 4], "what is in hand is looked at to its end, and nothing more"
    assert pipeline.view(session.id) is None
    pipeline.stop()  # which writes what waits
    assert kept == [], "it was time for a sample"
    with room.store.read(Actor.system()) as uow:
        assert proctor.alerts_of_attempt(uow, session.attempt_id) == ()


def test_samples_that_wait_are_kept_but_of_who_took_the_consent_back(room: Room) -> None:
    kept = list[str]()
    keeper = SampleKeeper(room.store, lambda _uow, of, _one: kept.append(of.session_id))
    sample = proctor.KeptFrame(
        proctor.EvidenceKind.SAMPLE, proctor.CapturedFrame(1, room.clock.now(), PRESENT)
    )
    back, forgotten, other = room.session(), room.session(), room.session()
    for session in (back, forgotten, other):
        keeper.offer(session.ref, sample)
    with room.store.write(Actor.system()) as uow:
        proctor.take_back_consent(uow, back.id)
    keeper.forget(forgotten.id)
    keeper.save()
    assert kept == [other.id]


def test_an_alert_that_completes_after_a_consent_was_taken_back_is_not_written_and_an_old_one_ends_without_a_picture(
    room: Room,
) -> None:
    slow = SlowLook()
    slow.go_on.set()
    room.script = lambda seq: slow(seq) and 0
    pipeline, session = room.watch()
    room.send(pipeline, session, range(1, 8))
    (incident,) = room.incidents(session)
    assert incident.ended_at is None
    before = pictures(room, session)
    late = room.session()
    pipeline.begin(late)
    room.send(pipeline, late, range(101, 105))
    assert room.incidents(late) == ()
    room.clock.advance(1)
    slow.go_on.clear()
    slow.looking.clear()
    assert pipeline.offer(late.id, 105, MOVING[5], room.clock.now()).ok
    assert slow.looking.wait(PATIENCE)
    with room.store.write(Actor.system()) as uow:
        for one in (session, late):
            proctor.take_back_consent(uow, one.id)
    for one in (session, late):
        pipeline.finish(one.id, drop=True)
    slow.go_on.set()
    assert pipeline.drain(PATIENCE)
    (incident,) = room.incidents(session)
    assert incident.ended_because is proctor.AlertEnd.WATCH_ENDED
    assert pictures(room, session) == before
    assert room.incidents(late) == ()
    assert pictures(room, late) == 1, "the photo at the gate"


def pictures(room: Room, session: proctor.SessionSummary) -> int:
    """How many pictures of a session are kept."""
    with room.store.read(Actor.system()) as uow:
        return len(proctor.evidence_of_attempt(uow, session.attempt_id))


def test_a_fault_in_one_session_does_not_stop_the_others(room: Room) -> None:
    pipeline, bad, good = room.open(), room.session(), room.session()
    pipeline.begin(bad)
    pipeline.begin(good)
    pipeline._sessions[bad.id].rules = None  # type: ignore[assignment]
    room.send(pipeline, bad, range(1, 3))
    room.send(pipeline, good, range(1, 3))
    view = seen_of(pipeline, good)
    assert view.counters.observed == 2


def test_covered_frames_are_judged_from_the_picture_itself(room: Room) -> None:
    room.script = lambda _: 0
    pipeline, session = room.watch()
    room.send(pipeline, session, range(1, 6), jpeg=COVERED)
    assert [incident.rule for incident in room.incidents(session)] == [proctor.RuleName.CAMERA_COVERED]
    view = seen_of(pipeline, session)
    assert [alert.rule for alert in view.open_alerts] == [proctor.RuleName.CAMERA_COVERED]
    assert (view.faces, view.attempt_id) == (0, session.attempt_id)


def test_a_drain_that_takes_too_long_says_so(room: Room) -> None:
    go_on = threading.Event()
    room.script = lambda _: int(go_on.wait(PATIENCE))
    pipeline, session = room.watch()
    pipeline.offer(session.id, 1, PRESENT, room.clock.now())
    assert not pipeline.drain(0.05)
    go_on.set()
    assert pipeline.drain(PATIENCE)
