# SPDX-License-Identifier: Apache-2.0
"""Frames in, incidents out: the pipeline with a real database, a clock that stands still, and detectors that obey."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

import core.outbox  # noqa: F401 - its table must exist
from core.blobs import BlobStore
from core.clock import FixedClock
from core.errors import Conflict, NotFound, Unavailable
from core.identity.model import OrganisationKind
from core.identity.operations import add_organisation
from core.ids import new_id
from core.uow import Actor, Store, UnitOfWork
from proctor import api as proctor
from tests.clips import jpeg_frames, models_dir, picture, to_jpeg

PRESENT = to_jpeg(picture("present", size=(160, 120)))
COVERED = to_jpeg(picture("covered", size=(160, 120)))
PATIENCE = 20.0


@dataclass
class Room:
    """A pipeline with what it writes to and says."""

    store: Store
    clock: FixedClock
    blobs: BlobStore
    agency: str
    script: Callable[[int], int] = lambda _: 1
    notices: list[proctor.AlertNotice] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    pipelines: list[proctor.FramePipeline] = field(default_factory=list)

    def open(
        self,
        *,
        workers: int = 1,
        raise_incident: Callable[..., proctor.IncidentSummary] | None = None,
        tick_seconds: float = 3600.0,
    ) -> proctor.FramePipeline:
        """Build and start a pipeline whose detector obeys `script`; by default only the test makes time pass."""
        pipeline = proctor.FramePipeline(
            lambda: proctor.ScriptedDetector(self._seen),
            self.store,
            self.notices.append,
            self.clock,
            workers,
            blobs=self.blobs,
            raise_incident=raise_incident,
            on_change=self.changes.append,
            tick_seconds=tick_seconds,
        )
        self.pipelines.append(pipeline)
        pipeline.start()
        return pipeline

    def _seen(self, seq: int) -> int:
        return self.script(seq)

    def session(self) -> proctor.SessionSummary:
        """A session that is active in the database."""
        photo = proctor.check_photo(
            PRESENT, detector=proctor.ScriptedDetector(lambda _: 1), at=self.clock.now()
        )
        with self.store.write(Actor.system()) as uow:
            session = proctor.open_session(uow, new_id(), organisation_id=self.agency, sitting_id="sitting")
            proctor.record_consent_reference(uow, session.id, consent_id="consent")
            proctor.store_identity_photo(uow, session.id, photo=photo, blobs=self.blobs)
            return proctor.activate_session(uow, session.id)

    def send(self, pipeline: proctor.FramePipeline, session: proctor.SessionSummary, seqs: range) -> None:
        """One sound frame a second, each looked at before the next."""
        for seq in seqs:
            self.clock.advance(1)
            assert pipeline.offer(session.id, seq, PRESENT, self.clock.now()).ok
            assert pipeline.drain(PATIENCE)

    def incidents(self, session: proctor.SessionSummary) -> tuple[proctor.IncidentSummary, ...]:
        with self.store.read(Actor.system()) as uow:
            return proctor.incidents_of_attempt(uow, session.attempt_id)

    def pass_time(
        self, pipeline: proctor.FramePipeline, session: proctor.SessionSummary, *, seconds: int, alive: bool
    ) -> None:
        """Seconds without frames, in which the page goes on talking or not."""
        for _ in range(seconds):
            now = self.clock.advance(1)
            if alive:
                pipeline.camera(session.id, proctor.CameraState.ON, at=now)
            pipeline.tick(now)
            assert pipeline.drain(PATIENCE)


@pytest.fixture
def room(store: Store, clock: FixedClock, tmp_path: Path) -> Iterator[Room]:
    with store.write(Actor.system()) as uow:
        agency = add_organisation(uow, name="Agency", kind=OrganisationKind.ASSESSMENT_AGENCY).id
    room = Room(store, clock, BlobStore(str(tmp_path / "evidence"), b"k" * 32), agency)
    yield room
    for pipeline in room.pipelines:
        pipeline.stop()


def two_from(first: int, last: int) -> Callable[[int], int]:
    return lambda seq: 2 if first <= seq <= last else 1


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
    assert [incident.rule.value for incident in found] == ["face_gone", "several_faces", "camera_covered"]
    assert all(incident.ended_at is not None for incident in found)
    assert all((incident.raised_at - incident.onset_at).total_seconds() <= 6 for incident in found)
    assert [notice.alert.ended_at is None for notice in room.notices].count(True) == 3


def test_evidence_is_what_the_learner_sent_before_at_the_onset_and_after(room: Room) -> None:
    room.script = two_from(4, 7)
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
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
            assert shown.data == PRESENT
    opened, closed = room.notices
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
    pipeline, session = room.open(raise_incident=raise_and_hold), room.session()
    pipeline.begin(session)
    room.send(pipeline, session, range(1, 4))
    view = pipeline.view(session.id)
    assert view is not None
    assert (room.incidents(session), view.counters.unsaved, room.notices) == ((), 1, [])
    room.send(pipeline, session, range(4, 5))
    assert len(room.incidents(session)) == 1
    assert held == [session.attempt_id] * 2
    assert len(room.notices) == 1


def test_an_alert_that_the_database_refuses_is_counted_and_not_tried_for_ever(room: Room) -> None:
    def refuse(uow: UnitOfWork, raised: proctor.AlertRaised) -> proctor.IncidentSummary:
        raise Conflict("session_ended")

    room.script = two_from(1, 4)
    pipeline, session = room.open(raise_incident=refuse), room.session()
    pipeline.begin(session)
    room.send(pipeline, session, range(1, 10))
    view = pipeline.view(session.id)
    assert view is not None
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


def test_a_slow_detector_drops_the_oldest_frames_and_never_holds_up_the_learner(room: Room) -> None:
    looking, go_on, seen = threading.Event(), threading.Event(), list[int]()

    def slowly(seq: int) -> int:
        seen.append(seq)
        looking.set()
        assert go_on.wait(PATIENCE)
        return 1

    room.script = slowly
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
    acks = [pipeline.offer(session.id, 1, PRESENT, room.clock.now())]
    assert looking.wait(PATIENCE)
    acks += [pipeline.offer(session.id, seq, PRESENT, room.clock.now()) for seq in range(2, 7)]
    assert [(ack.ok, ack.seq, ack.dropped) for ack in acks] == [
        (True, 1, 0),
        (True, 2, 0),
        (True, 3, 0),
        (True, 4, 1),
        (True, 5, 2),
        (True, 6, 3),
    ]
    go_on.set()
    assert pipeline.drain(PATIENCE)
    assert seen == [1, 5, 6]
    view = pipeline.view(session.id)
    assert view is not None
    assert (view.counters.accepted, view.counters.observed, view.counters.dropped) == (6, 3, 3)


def test_sessions_take_turns(room: Room) -> None:
    looking, go_on, seen = threading.Event(), threading.Event(), list[int]()

    def slowly(seq: int) -> int:
        seen.append(seq)
        looking.set()
        assert go_on.wait(PATIENCE)
        return 1

    room.script = slowly
    pipeline, loud, quiet = room.open(), room.session(), room.session()
    pipeline.begin(loud)
    pipeline.begin(quiet)
    pipeline.offer(loud.id, 1, PRESENT, room.clock.now())
    assert looking.wait(PATIENCE)
    for seq in (2, 3):
        pipeline.offer(loud.id, seq, PRESENT, room.clock.now())
    for seq in (101, 102):
        pipeline.offer(quiet.id, seq, PRESENT, room.clock.now())
    go_on.set()
    assert pipeline.drain(PATIENCE)
    assert seen == [1, 101, 2, 102, 3]


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
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
    pipeline.connected(session.id, at=room.clock.now())
    for seq in range(1, 13):
        room.send(pipeline, session, range(seq, seq + 1))
        pipeline.tick(room.clock.now())
        assert pipeline.drain(PATIENCE)
    view = pipeline.view(session.id)
    assert view is not None
    assert (view.counters.failed, view.counters.observed) == (12, 0)
    assert (view.link, view.last_frame_at) == (proctor.Link.ALIVE, room.clock.now())
    assert room.incidents(session) == ()


def test_frames_that_do_not_decode_are_no_frames(room: Room) -> None:
    broken = PRESENT[: PRESENT.index(b"\xff\xdb")] + PRESENT[PRESENT.index(b"\xff\xc0") :]
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
    pipeline.connected(session.id, at=room.clock.now())
    for seq in range(1, 8):
        room.clock.advance(1)
        assert pipeline.offer(session.id, seq, broken, room.clock.now()).ok
        assert pipeline.drain(PATIENCE)
        pipeline.tick(room.clock.now())
        assert pipeline.drain(PATIENCE)
    view = pipeline.view(session.id)
    assert view is not None
    assert (view.counters.undecodable, view.last_frame_at) == (7, None)
    (incident,) = room.incidents(session)
    assert (incident.rule, incident.cause) == (proctor.RuleName.CAMERA_STOPPED, "no_frames")


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
    view = pipeline.view(lost.id)
    assert view is not None
    assert (view.link, view.open_alerts) == (proctor.Link.LOST, ())
    assert lost.id in room.changes


def test_a_page_that_is_loaded_anew_counts_from_one_and_the_old_one_is_ignored(room: Room) -> None:
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
    first = pipeline.connected(session.id, at=room.clock.now())
    room.send(pipeline, session, range(1, 6))
    second = pipeline.connected(session.id, at=room.clock.now())
    assert second > first
    old = pipeline.offer(session.id, 6, PRESENT, room.clock.now(), connection=first)
    assert old.code == "frame_old_connection"
    pipeline.disconnected(session.id, connection=first)
    room.send(pipeline, session, range(1, 4))
    view = pipeline.view(session.id)
    assert view is not None
    assert (view.link, view.counters.observed) == (proctor.Link.ALIVE, 8)


@pytest.mark.parametrize("report", [proctor.CameraState.ENDED, proctor.CameraState.MUTED])
def test_the_browsers_report_of_its_camera_is_shown_at_once_and_becomes_an_incident(
    room: Room, report: proctor.CameraState
) -> None:
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
    pipeline.connected(session.id, at=room.clock.now())
    room.send(pipeline, session, range(1, 3))
    room.changes.clear()
    before = pipeline.view(session.id)
    pipeline.camera(session.id, report, at=room.clock.now())
    assert pipeline.drain(PATIENCE)
    after = pipeline.view(session.id)
    assert before is not None
    assert after is not None
    assert after.camera is report
    assert after.version > before.version
    assert room.changes == [session.id]
    now = room.clock.advance(2)
    pipeline.camera(session.id, report, at=now)
    pipeline.tick(now)
    assert pipeline.drain(PATIENCE)
    (incident,) = room.incidents(session)
    assert incident.cause == report.value


def test_finishing_ends_open_alerts_and_lets_the_session_go(room: Room) -> None:
    room.script = two_from(1, 99)
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
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


def test_a_session_that_finishes_while_frames_wait_has_them_looked_at(room: Room) -> None:
    looking, go_on, seen = threading.Event(), threading.Event(), list[int]()

    def slowly(seq: int) -> int:
        seen.append(seq)
        looking.set()
        assert go_on.wait(PATIENCE)
        return 1

    room.script = slowly
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
    for seq in (1, 2, 3):
        pipeline.offer(session.id, seq, PRESENT, room.clock.now())
        assert looking.wait(PATIENCE)
    pipeline.finish(session.id)
    go_on.set()
    assert pipeline.drain(PATIENCE)
    assert seen == [1, 2, 3]
    assert pipeline.view(session.id) is None


def test_an_alert_that_cannot_be_written_at_the_end_is_tried_again(room: Room) -> None:
    tries = list[int]()

    def later(uow: UnitOfWork, raised: proctor.AlertRaised) -> proctor.IncidentSummary:
        tries.append(1)
        if len(tries) < 4:
            raise OSError("disk full")
        return proctor.raise_incident(uow, raised, blobs=room.blobs)

    room.script = two_from(1, 99)
    pipeline, session = room.open(raise_incident=later), room.session()
    pipeline.begin(session)
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


def test_a_fault_in_one_session_does_not_stop_the_others(room: Room) -> None:
    pipeline, bad, good = room.open(), room.session(), room.session()
    pipeline.begin(bad)
    pipeline.begin(good)
    pipeline._sessions[bad.id].rules = None  # type: ignore[assignment]
    room.send(pipeline, bad, range(1, 3))
    room.send(pipeline, good, range(1, 3))
    view = pipeline.view(good.id)
    assert view is not None
    assert view.counters.observed == 2


def test_covered_frames_are_judged_from_the_picture_itself(room: Room) -> None:
    room.script = lambda _: 0
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
    for seq in range(1, 6):
        room.clock.advance(1)
        assert pipeline.offer(session.id, seq, COVERED, room.clock.now()).ok
        assert pipeline.drain(PATIENCE)
    assert [incident.rule for incident in room.incidents(session)] == [proctor.RuleName.CAMERA_COVERED]
    view = pipeline.view(session.id)
    assert view is not None
    assert [alert.rule for alert in view.open_alerts] == [proctor.RuleName.CAMERA_COVERED]
    assert (view.faces, view.attempt_id) == (0, session.attempt_id)


def test_time_passes_by_itself(room: Room) -> None:
    raised = threading.Event()

    def tell(uow: UnitOfWork, what: proctor.AlertRaised) -> proctor.IncidentSummary:
        raised.set()
        return proctor.raise_incident(uow, what, blobs=room.blobs)

    pipeline, session = room.open(raise_incident=tell, tick_seconds=0.02), room.session()
    pipeline.begin(session)
    pipeline.connected(session.id, at=room.clock.now())
    room.send(pipeline, session, range(1, 3))
    pipeline.camera(session.id, proctor.CameraState.ON, at=room.clock.advance(5))
    assert raised.wait(PATIENCE)


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


def test_a_drain_that_takes_too_long_says_so(room: Room) -> None:
    go_on = threading.Event()
    room.script = lambda _: int(go_on.wait(PATIENCE))
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
    pipeline.offer(session.id, 1, PRESENT, room.clock.now())
    assert not pipeline.drain(0.05)
    go_on.set()
    assert pipeline.drain(PATIENCE)


def test_the_evidence_of_an_erased_attempt_cannot_be_read(room: Room) -> None:
    room.script = two_from(1, 99)
    pipeline, session = room.open(), room.session()
    pipeline.begin(session)
    room.send(pipeline, session, range(1, 5))
    with room.store.write(Actor.system()) as uow:
        room.blobs.forget(session.attempt_id, uow)
        (evidence_id,) = uow.db.execute(
            text("SELECT id FROM evidence WHERE incident_id IS NOT NULL LIMIT 1")
        ).one()
        with pytest.raises(NotFound) as caught:
            proctor.view_evidence(uow, evidence_id, organisation_id=room.agency, blobs=room.blobs)
    assert caught.value.code == "blob_forgotten"
