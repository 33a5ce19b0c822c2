# SPDX-License-Identifier: Apache-2.0
"""Movements asked for in the room: the line's acknowledgements carry them, frames settle them, nothing waits for them."""

from __future__ import annotations

import pytest

from core.uow import Actor
from proctor import api as proctor
from tests import movements
from tests.web.checking_in import obey, photographed, session_of
from tests.web.site import Channel, Site, Visitor
from tests.web.sitting import open_room

PLAN = proctor.WatchPlan(calibration=True, liveness=True, rechecks=True)


class Watched:
    """A learner in the room whose camera sends one frame a second."""

    def __init__(self, site: Site, visitor: Visitor) -> None:
        self.site, self.visitor, self.number = site, visitor, 0
        self.channel: Channel = site.connect(visitor, "/frames")
        assert self.channel.is_connected("/frames")

    def send(self, move: str = "calm", *, after: float = 1.0) -> str | None:
        """One frame, so many seconds after the one before; what is asked for afterwards."""
        self.site.clock.advance(after)
        self.number += 1
        meta = {"seq": self.number, "at_ms": self.number * 1000}
        frame = movements.jpeg(move, self.number % 4, size=(320, 240))
        answer = self.channel.ask("/frames", "frame", meta, frame)
        assert answer["ok"], answer
        assert self.site.parts.pipeline.drain(20)
        found = answer.get("ask")
        return None if found is None else str(found)

    def wait_for_a_question(self) -> str:
        """Let minutes pass until something is asked for."""
        for _ in range(60):
            asked = self.send(after=30)
            if asked is not None:
                return asked
        raise AssertionError("nothing was asked for")

    def notes(self) -> list[str]:
        with self.site.parts.store.read(Actor.system()) as uow:
            found = proctor.alerts_of_attempt(uow, self.site.attempt_of(self.visitor))
        return [one.rule.value for one in found if one.rule is proctor.RuleName.LIVENESS_FAILED]


@pytest.fixture
def watched(site: Site) -> Watched:
    visitor = photographed(site, PLAN)
    obey(site, visitor)
    visitor.get("/learner")
    site.parts.pipeline.start()
    assert visitor.post("/learner/start").location == "/room"
    open_room(visitor)
    return Watched(site, visitor)


def test_nothing_is_asked_in_the_first_minutes_and_a_turn_settles_what_is_asked(watched: Watched) -> None:
    for _ in range(5):
        assert watched.send(after=30) is None
    asked = watched.wait_for_a_question()
    assert asked in ("turn_left", "turn_right")
    assert watched.send() == asked  # it stays until it was seen
    watched.send("left" if asked == "turn_left" else "right")
    assert watched.send() is None
    assert watched.notes() == []


def test_what_is_never_done_is_asked_for_twice_and_then_noted_for_people(watched: Watched) -> None:
    first = watched.wait_for_a_question()
    for _ in range(10):
        watched.send(after=5)
    assert watched.notes() == []
    assert watched.wait_for_a_question() == first
    for _ in range(10):
        watched.send(after=5)
    assert watched.notes() == ["liveness_failed"]
    with watched.site.parts.store.read(Actor.system()) as uow:
        session = session_of(watched.site, watched.visitor)
        assert proctor.incidents_of_attempt(uow, session.attempt_id) == ()


def test_the_page_has_a_card_for_each_way_that_covers_no_answer(watched: Watched) -> None:
    page = watched.visitor.get("/room").text
    assert page.count('data-banner="turn_left" hidden') == 1
    assert page.count('data-banner="turn_right" hidden') == 1
