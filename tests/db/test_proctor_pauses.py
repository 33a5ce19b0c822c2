# SPDX-License-Identifier: Apache-2.0
"""A pause in the pipeline: whatever lies in it is held against nobody, whenever it comes; afterwards everything is judged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.uow import Actor
from proctor import api as proctor
from tests.db.pipelines import MOVING, PATIENCE, Room, seen_of

RULE = proctor.RuleName


def notes(room: Room, session: proctor.SessionSummary) -> list[proctor.RuleName]:
    with room.store.read(Actor.system()) as uow:
        return [one.rule for one in proctor.alerts_of_attempt(uow, session.attempt_id)]


def pause(room: Room, pipeline: proctor.FramePipeline, session: proctor.SessionSummary) -> proctor.Pauses:
    begun = ((room.clock.now(), None),)
    pipeline.rest(session.id, begun)
    assert pipeline.drain(PATIENCE)
    return begun


def resume(
    room: Room, pipeline: proctor.FramePipeline, session: proctor.SessionSummary, pauses: proctor.Pauses
) -> None:
    pipeline.rest(session.id, tuple((begin, room.clock.now()) for begin, _ in pauses))
    assert pipeline.drain(PATIENCE)


def begun(room: Room) -> tuple[proctor.FramePipeline, proctor.SessionSummary]:
    pipeline, session = room.watch()
    pipeline.connected(session.id, at=room.clock.now())
    room.send(pipeline, session, range(1, 4), ticking=True)
    return pipeline, session


def test_an_empty_chair_in_a_pause_is_nothing_and_after_it_is_an_incident(room: Room) -> None:
    room.script = lambda seq: 0 if seq > 3 else 1
    pipeline, session = begun(room)
    paused = pause(room, pipeline, session)
    room.send(pipeline, session, range(4, 64), ticking=True)
    view = seen_of(pipeline, session)
    assert room.incidents(session) == ()
    assert (view.open_alerts, view.beginning) == ((), {}), "nothing begins, so that no hint is given"
    assert view.counters.observed == 63, "the proctor goes on seeing pictures"
    resume(room, pipeline, session, paused)
    room.send(pipeline, session, range(64, 67), ticking=True)
    assert room.incidents(session) == (), "the time in the pause does not count"
    room.send(pipeline, session, range(67, 74), ticking=True)
    (incident,) = room.incidents(session)
    assert incident.rule is RULE.FACE_GONE
    assert incident.onset_at >= paused[0][0] + timedelta(seconds=60)


def test_what_was_open_ends_with_the_beginning_of_a_pause(room: Room) -> None:
    room.script = lambda seq: 0 if seq > 3 else 1
    pipeline, session = begun(room)
    room.send(pipeline, session, range(4, 14), ticking=True)
    assert [one.rule for one in seen_of(pipeline, session).open_alerts] == [RULE.FACE_GONE]
    at = room.clock.now()
    pause(room, pipeline, session)
    assert seen_of(pipeline, session).open_alerts == ()
    (incident,) = room.incidents(session)
    assert incident.ended_at == at


def test_a_camera_that_is_off_in_a_pause_gets_its_seconds_when_the_test_goes_on(room: Room) -> None:
    pipeline, session = begun(room)
    paused = pause(room, pipeline, session)
    for _ in range(60):
        pipeline.camera(session.id, proctor.CameraState.MUTED, at=room.clock.now())
        pipeline.tick(room.clock.advance(1))
        assert pipeline.drain(PATIENCE)
    resume(room, pipeline, session, paused)
    for _ in range(2):
        pipeline.camera(session.id, proctor.CameraState.ON, at=room.clock.now())
        pipeline.tick(room.clock.advance(1))
        assert pipeline.drain(PATIENCE)
    room.send(pipeline, session, range(4, 14), ticking=True)
    assert room.incidents(session) == ()


def test_pictures_of_a_pause_that_come_later_are_not_judged_and_older_ones_are(room: Room) -> None:
    room.script = lambda seq: 0 if seq >= 100 else 1
    pipeline, session = begun(room)
    paused = pause(room, pipeline, session)
    room.clock.advance(60)
    resume(room, pipeline, session, paused)
    room.send(pipeline, session, range(4, 7), ticking=True)
    inside = paused[0][0] + timedelta(seconds=5)

    def late(first: int, at: Any) -> None:
        for number in range(12):
            took = at + timedelta(seconds=number)
            assert pipeline.offer_late(session.id, first + number, MOVING[number], took).ok
            assert pipeline.drain(PATIENCE)

    late(100, inside)
    assert room.incidents(session) == ()
    late(200, inside - timedelta(minutes=5))
    (incident,) = room.incidents(session)
    assert incident.rule is RULE.FACE_GONE


@pytest.mark.parametrize("paused", [True, False])
def test_what_the_browser_and_the_microphone_tell_of_a_pause_is_no_note_and_a_raised_hand_is(
    room: Room, paused: bool
) -> None:
    pipeline, session = begun(room)
    if paused:
        pause(room, pipeline, session)
    at = room.clock.advance(30)
    events: list[Any] = [
        proctor.BrowserNoted(at=at, kind="paste"),
        proctor.SpeechHeard(at=at, started_at=at - timedelta(seconds=20), ended_at=at),
        proctor.LivenessChecked(at=at, passed=False, challenge="turn_left", tries=2),
        proctor.HandRaised(at=at, raised=True),
    ]
    for event in events:
        assert pipeline.tell(session.id, event)
    assert pipeline.drain(PATIENCE)
    held = {RULE.PASTED, RULE.SPEECH, RULE.LIVENESS_FAILED}
    assert set(notes(room, session)) == {RULE.HAND_RAISED} | (set() if paused else held)


def test_what_was_copied_before_a_pause_may_be_pasted_after_it(room: Room) -> None:
    pipeline, session = begun(room)
    pipeline.tell(session.id, proctor.BrowserNoted(at=room.clock.now(), kind="copy"))
    room.send(pipeline, session, range(4, 6), ticking=True)
    paused = pause(room, pipeline, session)
    room.clock.advance(60)
    resume(room, pipeline, session, paused)
    pipeline.tell(session.id, proctor.BrowserNoted(at=room.clock.advance(1), kind="paste"))
    room.send(pipeline, session, range(6, 8), ticking=True)
    assert notes(room, session) == []


def test_the_time_of_a_pause_is_not_counted_as_watched(room: Room) -> None:
    pipeline, session = begun(room)
    paused = pause(room, pipeline, session)
    room.send(pipeline, session, range(4, 64), ticking=True)
    resume(room, pipeline, session, paused)
    room.send(pipeline, session, range(64, 74), ticking=True)
    pipeline.finish(session.id)
    assert pipeline.drain(PATIENCE)
    with room.store.read(Actor.system()) as uow:
        found = proctor.session_of_attempt(uow, session.attempt_id)
    assert found is not None
    assert 10 <= found.watched["seconds"] < 16
