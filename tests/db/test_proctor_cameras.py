# SPDX-License-Identifier: Apache-2.0
"""Cameras and their connections in the pipeline: silent, reported by the browser, or opened anew."""

from __future__ import annotations

import threading

import pytest

from core.uow import UnitOfWork
from proctor import api as proctor
from tests.db.pipelines import PATIENCE, PRESENT, Room, seen_of


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
    now = room.clock.advance(2)
    pipeline.camera(session.id, report, at=now)
    pipeline.tick(now)
    assert pipeline.drain(PATIENCE)
    (incident,) = room.incidents(session)
    assert incident.cause == report.value


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
