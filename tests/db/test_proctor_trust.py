# SPDX-License-Identifier: Apache-2.0
"""Whom the server believes: pages that lied, also before a restart; posters on the wall; and what is left at the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.uow import Actor
from proctor import api as proctor
from proctor.rules.baseline import Baseline
from proctor.rules.inputs import FaceBox
from tests.db.pipelines import MOVING, PATIENCE, Room, seen_of

OWN = np.array((1.0, 0.0), np.float32)
AHEAD = proctor.Watching(mode=proctor.Mode.PREFILTERED)
POSTER = Baseline(frames=20, posters=(FaceBox(0.0, 0.0, 0.25, 0.25),))


def claim_one_face(
    room: Room, pipeline: proctor.FramePipeline, session: proctor.SessionSummary, seqs: range
) -> None:
    """A page that says "one face" of every picture, and sends what the server asks for."""
    for seq in seqs:
        now = room.clock.advance(1)
        if pipeline.claim(session.id, seq, 1, now).wanted:
            pipeline.offer(session.id, seq, MOVING[seq % len(MOVING)], now)
        pipeline.tick(now)
        assert pipeline.drain(PATIENCE)


def opened(room: Room, watching: proctor.Watching = AHEAD) -> proctor.FramePipeline:
    """A pipeline as after a restart: it takes up what runs."""
    return room.open(watching_of=lambda _uow, _id: watching)


def notes(room: Room, session: proctor.SessionSummary) -> list[str]:
    with room.store.read(Actor.system()) as uow:
        return [note.rule.value for note in proctor.alerts_of_attempt(uow, session.attempt_id)]


def test_a_page_that_lied_twice_is_believed_no_more_after_a_restart(room: Room) -> None:
    room.script = lambda _seq: 2
    session = room.session()
    first = opened(room)
    claim_one_face(room, first, session, range(1, 120))
    assert seen_of(first, session).mode is proctor.Mode.FULL
    assert notes(room, session) == ["prefilter_disagrees"]
    first.stop()
    again = seen_of(opened(room), session)
    assert (again.mode, again.counters.disagreed) == (proctor.Mode.FULL, 2)


def test_a_second_lie_after_a_restart_is_not_the_first(room: Room) -> None:
    room.script = lambda seq: 2 if seq < 60 else 1
    session = room.session()
    first, seq = opened(room), 0
    while not seen_of(first, session).counters.disagreed:
        seq += 1
        claim_one_face(room, first, session, range(seq, seq + 1))
    first.stop()
    room.clock.advance(1800)  # half an hour is no reason to forget
    room.script = lambda _seq: 2
    again = opened(room)
    assert seen_of(again, session).mode is proctor.Mode.PREFILTERED
    claim_one_face(room, again, session, range(1, 120))
    assert seen_of(again, session).mode is proctor.Mode.FULL
    assert notes(room, session) == ["prefilter_disagrees"]


def test_whose_device_gave_up_is_watched_in_full_after_a_restart_too(room: Room) -> None:
    session = room.session()
    first = opened(room)
    first.device(session.id, "faces", proctor.Device(able=False, why="slow"))
    first.tick(room.clock.advance(1))
    assert first.drain(PATIENCE)
    first.stop()
    again = seen_of(opened(room), session)
    assert (again.mode, again.counters.disagreed) == (proctor.Mode.FULL, 0)


def test_a_page_that_counts_no_poster_is_right(room: Room) -> None:
    room.script = lambda _seq: 2
    pipeline, session = room.open(), room.session()
    pipeline.begin(session, replace(AHEAD, baseline=POSTER))
    claim_one_face(room, pipeline, session, range(1, 200))
    view = seen_of(pipeline, session)
    assert (view.mode, view.counters.disagreed, view.faces) == (proctor.Mode.PREFILTERED, 0, 1)
    assert view.counters.audited > 5
    assert notes(room, session) == []


def test_a_poster_costs_no_looks(room: Room) -> None:
    def looks(faces: int, baseline: Baseline | None) -> list[proctor.Wanted]:
        detector = proctor.ScriptedDetector(lambda _seq: proctor.Scene(faces=faces, embedding=OWN))
        pipeline = proctor.FramePipeline(
            lambda: detector,
            room.store,
            room.notices.append,
            room.clock,
            blobs=room.blobs,
            tick_seconds=3600.0,
        )
        room.pipelines.append(pipeline)
        pipeline.start()
        session = room.session()
        known = proctor.Watching(mode=proctor.Mode.ECONOMY, baseline=baseline, enrolled=OWN)
        pipeline.begin(session, known)
        room.send(pipeline, session, range(1, 301))
        assert notes(room, session) == []
        return [wanted for _, wanted in detector.asked]

    with_poster, alone = looks(2, POSTER), looks(1, None)
    assert abs(sum(one.identity for one in with_poster) - sum(one.identity for one in alone)) <= 2
    assert sum(one.identity for one in with_poster) < 40
    assert sum(one.coarsely for one in with_poster) >= sum(one.coarsely for one in alone) - 5 > 50


class Shown(proctor.RecheckBoard):
    """A card that is on every learner's screen until it is taken away."""

    there = True

    def is_awaited(self, session_id: str) -> bool:
        return self.there


@pytest.mark.parametrize("mode", [proctor.Mode.ECONOMY, proctor.Mode.PREFILTERED])
def test_while_a_turn_is_asked_for_every_picture_is_wanted_and_looked_at_for_it(
    room: Room, mode: proctor.Mode
) -> None:
    detector = proctor.ScriptedDetector(lambda _seq: 1)
    pipeline = proctor.FramePipeline(
        lambda: detector,
        room.store,
        room.notices.append,
        room.clock,
        blobs=room.blobs,
        tick_seconds=3600.0,
        rechecks=Shown(),
    )
    room.pipelines.append(pipeline)
    pipeline.start()
    session = room.session()
    pipeline.begin(session, proctor.Watching(mode=mode))
    claim_one_face(room, pipeline, session, range(1, 31))
    assert [look.mesh for _, look in detector.asked] == [True] * 30
    assert seen_of(pipeline, session).mode is mode


def test_a_head_turned_out_of_sight_on_request_is_not_gone_until_the_card_is(room: Room) -> None:
    card = Shown()
    room.script = lambda _seq: 0
    pipeline, session = room.watch(rechecks=card)
    room.send(pipeline, session, range(1, 46))
    assert room.incidents(session) == ()
    card.there = False
    room.send(pipeline, session, range(46, 70))
    assert [incident.rule for incident in room.incidents(session)] == ["face_gone"]


def test_when_the_watching_is_over_all_hear_of_it_once_more_and_forget(room: Room) -> None:
    views, forgotten = list[proctor.LiveView | None](), list[str]()

    class Movements(proctor.RecheckBoard):
        def forget(self, session_id: str) -> None:
            forgotten.append(session_id)

    def changed(session_id: str) -> None:
        views.append(pipeline.view(session_id))

    pipeline = proctor.FramePipeline(
        lambda: proctor.ScriptedDetector(lambda _seq: 1),
        room.store,
        room.notices.append,
        room.clock,
        blobs=room.blobs,
        on_change=changed,
        rechecks=Movements(),
        tick_seconds=3600.0,
    )
    room.pipelines.append(pipeline)
    pipeline.start()
    session = room.session()
    pipeline.begin(session)
    room.send(pipeline, session, range(1, 4))
    assert None not in views
    pipeline.finish(session.id)
    assert pipeline.drain(PATIENCE)
    pipeline.stop()
    assert views[-1] is None
    assert forgotten == [session.id]
