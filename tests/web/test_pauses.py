# SPDX-License-Identifier: Apache-2.0
"""A proctor's pause reaches the pipeline: an empty chair in it is nothing, also after a restart; afterwards it is judged."""

from __future__ import annotations

import pytest

from core.ids import new_id
from core.outbox import OutboxMessage
from core.uow import Actor
from proctor import api as proctor
from tests import clips
from tests.web.site import Site
from tests.web.test_proctor_actions import WATCHED, Desk
from web import effects
from web.resting import take_up_pauses
from web.wiring import build_pipeline

PATIENCE = 30


class Chair:
    """A watched learner, and what the camera shows while time passes."""

    def __init__(self, site: Site) -> None:
        self.site, self.desk, self.number = site, Desk(site, WATCHED, proctored=True), 0
        with site.parts.store.read(Actor.system()) as uow:
            session = proctor.session_of_attempt(uow, self.desk.attempt_id)
        assert session is not None
        self.session = session
        site.parts.pipeline.start()
        self.connect()

    def connect(self) -> None:
        self.connection = self.site.parts.pipeline.connected(self.session.id, at=self.site.clock.now())

    def show(self, kind: str, *, seconds: int) -> None:
        pipeline = self.site.parts.pipeline
        for second in range(seconds):
            now = self.site.clock.advance(1)
            self.number += 1
            jpeg = clips.to_jpeg(clips.picture(kind, seed=second))
            assert pipeline.offer(self.session.id, self.number, jpeg, now, connection=self.connection).ok
            pipeline.tick(now)
            assert pipeline.drain(PATIENCE)

    def act(self, what: str) -> None:
        assert self.desk.act(what, {"reason": "Fire alarm"}).status_code == 302
        self.site.worker.round()
        assert self.site.parts.pipeline.drain(PATIENCE)

    @property
    def rules(self) -> list[proctor.RuleName | None]:
        with self.site.parts.store.read(Actor.system()) as uow:
            return [one.rule for one in proctor.incidents_of_attempt(uow, self.desk.attempt_id)]

    @property
    def hints(self) -> list[str]:
        return [one["text"] for one in self.desk.state()["messages"] if "hint" in one["text"]]


@pytest.fixture
def chair(site: Site) -> Chair:
    return Chair(site)


def test_an_empty_chair_in_a_pause_is_no_incident_and_no_hint_and_after_it_is(chair: Chair) -> None:
    chair.show("present", seconds=3)
    chair.act("pause")
    chair.show("gone", seconds=60)
    assert chair.rules == []
    assert chair.hints == []
    assert chair.site.parts.pipeline.latest_frame(chair.session.id) is not None
    chair.act("resume")
    chair.show("present", seconds=3)
    assert chair.rules == []
    chair.show("gone", seconds=10)
    assert chair.rules == [proctor.RuleName.FACE_GONE]
    assert len(chair.hints) == 1


def test_a_pause_goes_on_after_a_restart(chair: Chair) -> None:
    parts = chair.site.parts
    chair.show("present", seconds=3)
    chair.act("pause")
    parts.pipeline.stop()
    parts.watch_with(build_pipeline(parts))
    parts.pipeline.start()
    take_up_pauses(parts)
    chair.connect()
    chair.number = 0
    chair.show("gone", seconds=15)
    assert chair.rules == []
    chair.act("resume")
    chair.show("gone", seconds=10)
    assert chair.rules == [proctor.RuleName.FACE_GONE]


def test_news_of_a_pause_that_comes_twice_or_late_stops_no_rule(chair: Chair) -> None:
    chair.act("pause")
    chair.act("resume")
    late = OutboxMessage(new_id(), "attempt_paused", chair.site.clock.now(), None, chair.desk.attempt_id, {})
    effects.handlers(chair.site.app)["attempt_paused"](late)
    chair.show("gone", seconds=10)
    assert chair.rules == [proctor.RuleName.FACE_GONE]
