# SPDX-License-Identifier: Apache-2.0
"""Incidents out of the pipeline: a real database, a clock that stands still, and detectors that obey."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from core.clock import FixedClock
from core.errors import Conflict, NotFound, Unavailable
from core.uow import Actor, Store, UnitOfWork
from proctor import api as proctor
from tests.clips import jpeg_frames, models_dir
from tests.db.pipelines import MOVING, PATIENCE, PRESENT, Room, seen_of, two_from


def test_the_real_network_on_the_promised_clip_raises_exactly_three_incidents(
    store: Store, clock: FixedClock, room: Room
) -> None:
    weights = proctor.load_model(models_dir(), proctor.FACE_MODEL)
    pipeline = proctor.FramePipeline(
        lambda: proctor.BlazeFaceDetector(weights), store, room.notices.append, clock, blobs=room.blobs
    )
    room.pipelines.append(pipeline)
    pipeline.start()
    session = room.session()
    pipeline.begin(session)
    pipeline.connected(session.id, at=clock.now())
    clip = [("present", 6.0), ("gone", 5.0), ("two", 3.0), ("covered", 3.0), ("present", 6.0)]
    for seq, jpeg in enumerate(jpeg_frames(clip), start=1):
        clock.advance(1)
        assert pipeline.offer(session.id, seq, jpeg, clock.now()).ok
        pipeline.tick(clock.now())
        assert pipeline.drain(PATIENCE)
    found = room.incidents(session)
    assert [incident.rule for incident in found] == ["face_gone", "several_faces", "camera_covered"]
    assert all(incident.ended_at is not None for incident in found)
    assert all((incident.raised_at - incident.onset_at).total_seconds() <= 6 for incident in found)
    assert [notice.alert.ended_at is None for notice in room.notices].count(True) == 3


def test_evidence_is_what_the_learner_sent_before_at_the_onset_and_after(room: Room) -> None:
    room.script = two_from(4, 7)
    faces_alone = proctor.Watching(objects=False)  # persons are counted at instants that each session draws
    pipeline, session = room.open(), room.session()
    pipeline.begin(session, faces_alone)
    room.send(pipeline, session, range(1, 12))
    (incident,) = room.incidents(session)
    assert (incident.rule, incident.numbers) == (
        proctor.RuleName.SEVERAL_FACES,
        {"seconds": 4.0, "max_faces": 2},
    )
    with room.store.write(Actor.system()) as uow:
        detail = proctor.incident(uow, incident.id, organisation_id=room.agency)
        assert [(part.kind.value, part.seq) for part in detail.evidence] == [
            ("before", 2),
            ("before", 3),
            ("onset", 4),
            ("raised", 6),
            ("after", 8),
        ]
        for part in detail.evidence:
            shown = proctor.view_evidence(uow, part.id, organisation_id=room.agency, blobs=room.blobs)
            assert part.sha256 == hashlib.sha256(MOVING[part.seq]).hexdigest()
            assert part.stored_sha256 == hashlib.sha256(shown.data).hexdigest()
            assert part.redacted
    opened, closed = room.notices
    assert opened.incident is not None
    assert (opened.incident.ended_at, closed.incident) == (None, incident)
    assert (opened.session.attempt_id, opened.alert.number) == (session.attempt_id, 1)


def test_the_caller_acts_on_an_incident_in_the_same_unit_of_work(room: Room) -> None:
    held = list[str]()

    def raise_and_hold(uow: UnitOfWork, raised: proctor.AlertRaised) -> proctor.IncidentSummary:
        incident = proctor.raise_incident(uow, raised, blobs=room.blobs)
        held.append(incident.attempt_id)
        if len(held) == 1:
            raise Unavailable(
                "evidence_store_full_or_missing"
            )  # the first try fails after the incident was added
        return incident

    room.script = two_from(1, 99)
    pipeline, session = room.watch(raise_incident=raise_and_hold)
    room.send(pipeline, session, range(1, 4))
    view = seen_of(pipeline, session)
    assert (room.incidents(session), view.counters.unsaved, room.notices) == ((), 1, [])
    room.send(pipeline, session, range(4, 5))
    assert len(room.incidents(session)) == 1
    assert held == [session.attempt_id] * 2
    assert len(room.notices) == 1


def test_an_alert_that_the_database_refuses_is_counted_and_not_tried_for_ever(room: Room) -> None:
    def refuse(uow: UnitOfWork, raised: proctor.AlertRaised) -> proctor.IncidentSummary:
        raise Conflict("session_ended")

    room.script = two_from(1, 4)
    pipeline, session = room.watch(raise_incident=refuse)
    room.send(pipeline, session, range(1, 10))
    view = seen_of(pipeline, session)
    assert view.counters.lost == 2  # the alert, and its end, which then has no incident
    assert room.notices == []


def test_no_lock_is_held_while_an_incident_is_written(room: Room) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def slowly(uow: UnitOfWork, raised: proctor.AlertRaised) -> proctor.IncidentSummary:
        writing.set()
        assert go_on.wait(PATIENCE)
        return proctor.raise_incident(uow, raised, blobs=room.blobs)

    room.script = two_from(1, 99)
    pipeline, session, other = room.open(workers=2, raise_incident=slowly), room.session(), room.session()
    pipeline.begin(session)
    pipeline.begin(other)
    room.send(pipeline, session, range(1, 3))
    room.clock.advance(1)
    assert pipeline.offer(session.id, 3, PRESENT, room.clock.now()).ok
    assert writing.wait(PATIENCE)
    assert pipeline.offer(session.id, 4, PRESENT, room.clock.now()).ok
    assert pipeline.offer(other.id, 1, PRESENT, room.clock.now()).ok
    assert pipeline.view(session.id) is not None
    go_on.set()
    assert pipeline.drain(PATIENCE)
    assert len(room.incidents(session)) == 1


def test_finishing_ends_open_alerts_and_lets_the_session_go(room: Room) -> None:
    room.script = two_from(1, 99)
    pipeline, session = room.watch()
    room.send(pipeline, session, range(1, 5))
    room.clock.advance(1)
    pipeline.offer(session.id, 5, PRESENT, room.clock.now())
    pipeline.finish(session.id)
    assert pipeline.offer(session.id, 6, PRESENT, room.clock.now()).code == "session_not_active"
    assert pipeline.drain(PATIENCE)
    (incident,) = room.incidents(session)
    assert (incident.ended_because, incident.ended_at) == (proctor.AlertEnd.WATCH_ENDED, room.clock.now())
    assert pipeline.view(session.id) is None
    assert pipeline.latest_frame(session.id) is None


def test_an_alert_that_cannot_be_written_at_the_end_is_tried_again(room: Room) -> None:
    tries = list[int]()

    def later(uow: UnitOfWork, raised: proctor.AlertRaised) -> proctor.IncidentSummary:
        tries.append(1)
        if len(tries) < 4:
            raise OSError("disk full")
        return proctor.raise_incident(uow, raised, blobs=room.blobs)

    room.script = two_from(1, 99)
    pipeline, session = room.watch(raise_incident=later)
    room.send(pipeline, session, range(1, 4))
    pipeline.finish(session.id)
    assert pipeline.drain(PATIENCE)
    assert pipeline.view(session.id) is not None
    while len(tries) < 4:
        pipeline.tick(room.clock.now())
        assert pipeline.drain(PATIENCE)
    (incident,) = room.incidents(session)
    assert incident.ended_because is proctor.AlertEnd.WATCH_ENDED
    assert pipeline.view(session.id) is None


def test_after_a_restart_the_watching_goes_on_and_nothing_is_raised_twice(room: Room) -> None:
    room.script = two_from(1, 99)
    first, session = room.open(), room.session()
    first.begin(session)
    room.send(first, session, range(1, 6))
    first.stop()
    second = room.open()
    room.send(second, session, range(1, 6))
    before, after = room.incidents(session)
    assert (before.number, before.ended_because) == (1, proctor.AlertEnd.INTERRUPTED)
    assert (after.number, after.ended_at) == (2, None)


def test_listeners_that_fail_stop_nothing(room: Room) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("nobody there")

    pipeline = proctor.FramePipeline(
        lambda: proctor.ScriptedDetector(two_from(1, 4)),
        room.store,
        fail,
        room.clock,
        blobs=room.blobs,
        on_change=fail,
    )
    room.pipelines.append(pipeline)
    pipeline.start()
    session = room.session()
    pipeline.begin(session)
    room.send(pipeline, session, range(1, 10))
    (incident,) = room.incidents(session)
    assert incident.ended_because is proctor.AlertEnd.CLEARED


def test_a_pipeline_without_its_model_does_not_start(room: Room, tmp_path: Path) -> None:
    pipeline = proctor.FramePipeline(
        lambda: proctor.BlazeFaceDetector(proctor.load_model(tmp_path, proctor.FACE_MODEL)),
        room.store,
        room.notices.append,
        room.clock,
        blobs=room.blobs,
    )
    with pytest.raises(Unavailable) as caught:
        pipeline.start()
    assert caught.value.code == "model_missing"


def test_the_evidence_of_an_erased_attempt_cannot_be_read(room: Room) -> None:
    room.script = two_from(1, 99)
    pipeline, session = room.watch()
    room.send(pipeline, session, range(1, 5))
    with room.store.write(Actor.system()) as uow:
        evidence_id, scope = uow.db.execute(
            text("SELECT id, scope FROM evidence WHERE incident_id IS NOT NULL LIMIT 1")
        ).one()
        assert scope.startswith(session.attempt_id)
        room.blobs.forget(scope, uow)
        with pytest.raises(NotFound) as caught:
            proctor.view_evidence(uow, evidence_id, organisation_id=room.agency, blobs=room.blobs)
    assert caught.value.code == "blob_forgotten"
