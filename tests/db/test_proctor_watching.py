# SPDX-License-Identifier: Apache-2.0
"""What the pipeline knows of a learner, what it is told beside frames, what it keeps, and what it does with too much."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from core.errors import Invalid
from core.uow import Actor, UnitOfWork
from proctor import api as proctor
from proctor.monitoring.schedule import is_audited, place_of
from tests.clips import picture, to_jpeg
from tests.db.pipelines import MOVING, PATIENCE, PRESENT, Room, seen_of

OWN = np.array((1.0, 0.0), np.float32)
OTHER = np.array((0.0, 1.0), np.float32)


def test_what_is_known_of_a_learner_is_read_again_after_a_restart(room: Room) -> None:
    known = proctor.Watching(enrolled=OWN, mode=proctor.Mode.ECONOMY)
    asked = list[str]()

    def watching_of(_uow: UnitOfWork, session_id: str) -> proctor.Watching:
        asked.append(session_id)
        return known

    session = room.session()
    pipeline = room.open(watching_of=watching_of)
    assert asked == [session.id]
    assert seen_of(pipeline, session).mode is proctor.Mode.ECONOMY
    pipeline.begin(session)  # what runs is not begun anew
    assert seen_of(pipeline, session).mode is proctor.Mode.ECONOMY


def test_when_nothing_can_be_read_the_watching_goes_on_without_it(room: Room) -> None:
    def watching_of(_uow: UnitOfWork, _session_id: str) -> proctor.Watching:
        raise Invalid("baseline_unreadable")

    session = room.session()
    pipeline = room.open(watching_of=watching_of)
    room.send(pipeline, session, range(1, 4))
    assert seen_of(pipeline, session).counters.observed == 3


def test_another_face_than_the_enrolled_one_is_an_incident_after_several_looks(room: Room) -> None:
    room.script = lambda seq: proctor.Scene(embedding=OWN if seq < 20 else OTHER)
    pipeline, session = room.open(), room.session()
    pipeline.begin(session, proctor.Watching(enrolled=OWN))
    room.send(pipeline, session, range(1, 60))
    assert [incident.rule for incident in room.incidents(session)] == ["someone_else"]


def test_a_face_enrolled_with_another_network_is_not_compared_and_the_rule_is_not_available(
    room: Room,
) -> None:
    room.script = lambda seq: proctor.Scene(embedding=OWN if seq < 20 else OTHER)
    pipeline, session = room.open(), room.session()
    pipeline.begin(session, proctor.Watching(enrolled=OWN, enrolled_by="ab" * 32))
    room.send(pipeline, session, range(1, 60))
    assert room.incidents(session) == ()
    standing = proctor.availability(seen_of(pipeline, session).watching)
    assert standing[proctor.RuleName.SOMEONE_ELSE] is proctor.Availability.NOT_AVAILABLE


def test_pictures_that_come_later_tell_another_face_too(room: Room) -> None:
    room.script = lambda seq: proctor.Scene(embedding=OWN if seq < 20 else OTHER)
    pipeline, session = room.open(), room.session()
    pipeline.begin(session, proctor.Watching(enrolled=OWN))
    room.send(pipeline, session, range(1, 10))
    left = room.clock.now()
    room.clock.advance(120)
    for seq in range(20, 60):
        assert pipeline.offer_late(
            session.id, seq, MOVING[seq % len(MOVING)], left + timedelta(seconds=seq)
        ).ok
        assert pipeline.drain(PATIENCE)
    (incident,) = room.incidents(session)
    assert (incident.rule, incident.numbers["late"]) == ("someone_else", 1.0)


def test_an_exempted_rule_raises_nothing(room: Room) -> None:
    room.script = lambda seq: proctor.Scene(embedding=OWN if seq < 20 else OTHER)
    pipeline, session = room.open(), room.session()
    pipeline.begin(session, proctor.Watching(enrolled=OWN, exemptions=frozenset({"veil"})))
    room.send(pipeline, session, range(1, 60))
    assert room.incidents(session) == ()


def test_what_is_no_frame_is_folded_too(room: Room) -> None:
    pipeline, session = room.watch()
    raised = proctor.HandRaised(at=room.clock.now(), raised=True)
    before = seen_of(pipeline, session).version
    assert pipeline.tell(session.id, raised)
    assert pipeline.drain(PATIENCE)
    view = seen_of(pipeline, session)
    assert [alert.rule.value for alert in view.open_alerts] == ["hand_raised"]
    assert view.version > before
    assert not pipeline.tell("nobody", raised)
    pipeline.finish(session.id)
    assert pipeline.drain(PATIENCE)
    assert not pipeline.tell(session.id, raised)


def test_a_network_that_fails_is_not_available_until_it_sees_again(room: Room) -> None:
    broken = proctor.Scene(failed=frozenset({"mesh"}))
    room.script = lambda seq: broken if 3 <= seq <= 5 else proctor.Scene()
    pipeline, session = room.watch()
    room.send(pipeline, session, range(1, 6))
    view = seen_of(pipeline, session)
    assert view.unavailable == {"mesh"}
    assert (view.counters.broken, view.counters.observed, view.faces) == (3, 5, 1)
    room.send(pipeline, session, range(6, 8))
    assert seen_of(pipeline, session).unavailable == frozenset()


def test_frames_are_shed_evenly_and_the_share_is_told(room: Room) -> None:
    go_on, looks = threading.Semaphore(0), list[int]()

    def look(seq: int) -> int:
        assert go_on.acquire(timeout=PATIENCE)
        looks.append(seq // 1000)
        return 1

    room.script = look
    pipeline, sessions = room.open(), [room.session() for _ in range(4)]
    for session in sessions:
        pipeline.begin(session)
    for second in range(1, 21):
        room.clock.advance(1)
        for place, session in enumerate(sessions):
            seq = 1000 * place + second
            assert pipeline.offer(session.id, seq, MOVING[second], room.clock.now()).ok
        go_on.release()
        go_on.release()  # two looks a second for four learners
    for _ in range(len(sessions) * 3):
        go_on.release()
    assert pipeline.drain(PATIENCE)
    counts = [looks.count(place) for place in range(4)]
    assert max(counts) - min(counts) <= 1
    shares = [seen_of(pipeline, session).looked_share for session in sessions]
    assert max(shares) - min(shares) <= 0.11
    assert pipeline.load().sessions == 4
    assert pipeline.load().looked_share == pytest.approx(sum(shares) / 4)
    assert max(shares) < 1
    room.clock.advance(60)
    assert pipeline.load().looked_share == 1.0


def test_one_frame_a_minute_is_kept_with_what_was_seen_in_it(room: Room) -> None:
    kept = list[tuple[str, proctor.KeptFrame]]()

    def keep(_uow: UnitOfWork, session: proctor.SessionRef, frame: proctor.KeptFrame) -> None:
        kept.append((session.session_id, frame))

    pipeline, session = room.watch(keep_sample=keep)
    room.send(pipeline, session, range(1, 181))
    pipeline.stop()
    assert [one for one, _ in kept] == [session.id] * 3
    first = 1 + 60 * place_of(session.id)
    seqs = [frame.frame.seq for _, frame in kept]
    assert seqs[0] == pytest.approx(first, abs=1)
    assert [later - earlier for earlier, later in pairwise(seqs)] == [60, 60]
    for _, frame in kept:
        assert frame.kind is proctor.EvidenceKind.SAMPLE
        assert frame.areas is not None
        assert len(frame.areas) >= 1
        assert frame.copy is not None


def test_a_sample_that_is_refused_takes_no_other_along(room: Room) -> None:
    kept = list[str]()

    def keep(uow: UnitOfWork, session: proctor.SessionRef, frame: proctor.KeptFrame) -> None:
        if session.session_id == bad.id:
            raise Invalid("frame_corrupt")
        kept.append(session.session_id)
        uow.db.execute(text("SELECT 1"))

    pipeline, bad, good = room.open(keep_sample=keep), room.session(), room.session()
    for session in (bad, good):
        pipeline.begin(session)
        room.send(pipeline, session, range(1, 63))
    pipeline.stop()
    assert set(kept) == {good.id}


def test_claims_save_looks_and_a_wrong_one_ends_them(room: Room) -> None:
    room.script = lambda seq: proctor.Scene(faces=1 if seq < 60 else 2)
    pipeline, session = room.open(), room.session()
    pipeline.begin(session, proctor.Watching(mode=proctor.Mode.PREFILTERED, prefilter=True))
    for seq in range(1, 120):
        now = room.clock.advance(1)
        told = pipeline.claim(session.id, seq, 1, now)
        assert told.ok
        if told.wanted:
            assert pipeline.offer(session.id, seq, MOVING[seq % len(MOVING)], now).ok
        assert pipeline.drain(PATIENCE)
    view = seen_of(pipeline, session)
    assert view.mode is proctor.Mode.FULL
    assert view.counters.disagreed == 2
    assert notes(room, session) == ["prefilter_disagrees"]
    assert view.counters.claimed > 40
    assert view.counters.observed >= view.counters.audited + 5
    assert [incident.rule for incident in room.incidents(session)] == ["several_faces"]
    assert pipeline.claim("nobody", 1, 1, room.clock.now()).code == "session_not_active"


def notes(room: Room, session: proctor.SessionSummary) -> list[str]:
    with room.store.read(Actor.system()) as uow:
        return [note.rule.value for note in proctor.alerts_of_attempt(uow, session.attempt_id)]


def claim_one_face(
    room: Room, pipeline: proctor.FramePipeline, session: proctor.SessionSummary, seqs: range, jpeg: bytes
) -> None:
    """A page that says "one face" whatever its camera shows, and sends what the server asks for."""
    for seq in seqs:
        now = room.clock.advance(1)
        if pipeline.claim(session.id, seq, 1, now).wanted:
            pipeline.offer(session.id, seq, jpeg, now)
        pipeline.tick(now)
        assert pipeline.drain(PATIENCE)


@pytest.mark.parametrize(
    ("jpeg", "faces", "rule"), [(PRESENT, 1, "camera_frozen"), (MOVING[0], 0, "face_gone")]
)
def test_a_frozen_picture_and_an_empty_chair_under_lying_claims_are_found_within_minutes(
    room: Room, jpeg: bytes, faces: int, rule: str
) -> None:
    room.script = lambda _seq: proctor.Scene(faces=faces)
    pipeline, session = room.open(), room.session()
    pipeline.begin(session, proctor.Watching(mode=proctor.Mode.PREFILTERED))
    claim_one_face(room, pipeline, session, range(1, 301), jpeg)
    assert [incident.rule for incident in room.incidents(session)] == [rule]


def test_what_one_look_in_ten_cannot_see_is_not_available_while_it_lasts(room: Room) -> None:
    pipeline, session = room.open(), room.session()
    pipeline.begin(session, proctor.Watching(mode=proctor.Mode.PREFILTERED))
    claim_one_face(room, pipeline, session, range(1, 31), PRESENT)
    standing = proctor.availability(seen_of(pipeline, session).watching)
    assert standing[proctor.RuleName.CAMERA_LOOPED] is proctor.Availability.NOT_AVAILABLE
    assert standing[proctor.RuleName.CAMERA_FROZEN] is proctor.Availability.AVAILABLE
    pipeline.device(session.id, "faces", proctor.Device(able=False, why="waiting"))
    room.send(pipeline, session, range(31, 34))
    standing = proctor.availability(seen_of(pipeline, session).watching)
    assert standing[proctor.RuleName.CAMERA_LOOPED] is proctor.Availability.AVAILABLE


def test_on_a_thin_line_phones_and_books_are_not_available(room: Room) -> None:
    room.script = lambda _seq: proctor.Scene(things=())
    pipeline, session = room.watch()
    room.send(pipeline, session, range(1, 20))  # pictures of 160 pixels
    standing = proctor.availability(seen_of(pipeline, session).watching)
    assert standing[proctor.RuleName.PHONE_POSSIBLE] is proctor.Availability.NOT_AVAILABLE
    room.send(pipeline, session, range(20, 40), jpeg=to_jpeg(picture("present", size=(320, 240))))
    standing = proctor.availability(seen_of(pipeline, session).watching)
    assert standing[proctor.RuleName.PHONE_POSSIBLE] is proctor.Availability.AVAILABLE


def test_a_line_of_small_pictures_brings_a_larger_one_now_and_then_that_is_looked_through_for_things(
    room: Room,
) -> None:
    large = to_jpeg(picture("present", size=(320, 240)))
    room.script = lambda _seq: proctor.Scene(things=())
    pipeline, session = room.watch()
    line, asked = pipeline.line(session.id), 0
    for seq in range(1, 121):
        wish = line.sent(dropped=0)
        assert wish.width in (0, 320)
        asked += wish.width == 320
        room.send(pipeline, session, range(seq, seq + 1), jpeg=large if wish.width else None)
        watched = seen_of(pipeline, session).watching
        assert watched.thin is (asked == 0) or seq < 10
    assert 3 <= asked <= 5, "in two minutes"
    standing = proctor.availability(seen_of(pipeline, session).watching)
    assert standing[proctor.RuleName.PHONE_POSSIBLE] is proctor.Availability.AVAILABLE
    room.send(pipeline, session, range(121, 221))
    assert seen_of(pipeline, session).watching.thin, "and when none comes any more, nothing is said of things"


def test_how_well_a_learner_was_watched_is_kept_and_goes_on_after_a_restart(room: Room) -> None:
    session = room.session()
    known = proctor.Watching(exemptions=frozenset({"reads_aloud"}), missing=frozenset({"objects"}))
    pipeline = room.open(watching_of=lambda _uow, _id: known)
    page = pipeline.connected(session.id, at=room.clock.now())
    assert page == 1
    room.send(pipeline, session, range(1, 61), ticking=True)
    assert pipeline.offer(session.id, 61, b"", room.clock.now()).code is not None
    pipeline.finish(session.id)
    assert pipeline.drain(PATIENCE)
    kept = watched(room, session)
    assert kept["seconds"] == pytest.approx(59, abs=2)
    assert kept["rules"]["face_gone"] == {"available": kept["seconds"]}
    assert kept["rules"]["phone_possible"] == {"not_available": kept["seconds"]}
    assert kept["rules"]["speech"] == {"exempted": kept["seconds"]}
    assert "objects" in kept["why"]["phone_possible"]
    assert kept["modes"] == {"full": kept["seconds"]}
    assert (kept["frames"]["looked"], kept["frames"]["refused"]) == (60, 1)
    assert set(kept["networks"]) >= {"faces"}
    pipeline.stop()
    again = room.open(watching_of=lambda _uow, _id: known)
    again.connected(session.id, at=room.clock.now())
    room.send(again, session, range(1, 31), ticking=True)
    again.finish(session.id)
    assert again.drain(PATIENCE)
    more = watched(room, session)
    assert more["seconds"] == pytest.approx(kept["seconds"] + 29, abs=2)
    assert more["frames"]["looked"] == 90


def watched(room: Room, session: proctor.SessionSummary) -> dict[str, Any]:
    with room.store.read(Actor.system()) as uow:
        return dict(proctor.session(uow, session.id, organisation_id=room.agency).watched)


def test_learners_have_secrets_of_their_own(room: Room) -> None:
    pipeline, drawn = room.open(), list[tuple[int, ...]]()
    for _ in range(2):
        session = room.session()
        pipeline.begin(session, proctor.Watching(mode=proctor.Mode.PREFILTERED))
        wanted = list[int]()
        for seq in range(1, 101):
            if pipeline.claim(session.id, seq, 1, room.clock.advance(1)).wanted:
                wanted.append(seq)
                pipeline.offer(session.id, seq, MOVING[seq % len(MOVING)], room.clock.now())
            assert pipeline.drain(PATIENCE)
        drawn.append(tuple(wanted))
    assert drawn[0] != drawn[1]
    assert not all(is_audited(b"", seq) for seq in drawn[0])


def test_a_session_watched_without_a_network_says_so(room: Room) -> None:
    pipeline = proctor.FramePipeline(
        lambda: proctor.ScriptedDetector(lambda _: 1, missing=frozenset({"objects"})),
        room.store,
        room.notices.append,
        room.clock,
        blobs=room.blobs,
        tick_seconds=3600.0,
    )
    room.pipelines.append(pipeline)
    pipeline.start()
    session = room.session()
    pipeline.begin(session, replace(proctor.NOTHING_KNOWN, missing=frozenset({"iris"})))
    room.send(pipeline, session, range(1, 3))
    assert seen_of(pipeline, session).unavailable == {"objects", "iris"}
    with room.store.read(Actor.system()) as uow:
        assert proctor.active_sessions(uow)
