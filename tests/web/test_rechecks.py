# SPDX-License-Identifier: Apache-2.0
"""Movements asked for in the room: the line's acknowledgements carry them, frames settle them, nothing waits for them."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from core.uow import Actor
from proctor import api as proctor
from proctor.monitoring.chain import Entry, digest_of, first_link, next_link
from tests import movements
from tests.web.checking_in import obey, photographed, session_of
from tests.web.site import Channel, Site, Visitor
from tests.web.sitting import open_room

PLAN = proctor.WatchPlan(calibration=True, liveness=True, rechecks=True)
SEGMENT = "0123-page-one"


class Watched:
    """A learner in the room whose camera sends one frame a second."""

    def __init__(self, site: Site, visitor: Visitor) -> None:
        self.site, self.visitor, self.number, self.link = site, visitor, 0, b""
        self.channel: Channel = site.connect(visitor, "/frames")
        assert self.channel.is_connected("/frames")

    def send(self, move: str = "calm", *, after: float = 1.0) -> str | None:
        """One frame, so many seconds after the one before; what is asked for afterwards."""
        self.site.clock.advance(after)
        self.number += 1
        frame = movements.jpeg(move, self.number % 4, size=(320, 240))
        meta = self._place(frame)
        claim = {**meta, "digest": base64.b64encode(digest_of(frame)).decode(), "faces": 1}
        answer = self.channel.ask("/frames", "claim", claim) if self.claims else {"wanted": True}
        if answer["wanted"]:
            answer = self.channel.ask("/frames", "frame", meta, frame)
        assert answer["ok"], answer
        assert self.site.parts.pipeline.drain(20)
        found = answer.get("ask")
        return None if found is None else str(found)

    def wait_for_a_question(self) -> str:
        """Let minutes pass until something is asked for, and show it."""
        for _ in range(60):
            asked = self.send(after=30)
            if asked is not None:
                self.channel.ask("/frames", "shown", {})
                return asked
        raise AssertionError("nothing was asked for")

    @property
    def claims(self) -> bool:
        """Whether the page sends only what the server wants."""
        return session_of(self.site, self.visitor).plan.prefilter

    def _place(self, frame: bytes) -> dict[str, Any]:
        """What is said of a picture of which, as of each before it, the server hears at once."""
        entry = Entry(self.number, self.number * 1000, digest_of(frame))
        self.link = next_link(self.link or first_link(SEGMENT), entry)
        link = base64.b64encode(self.link).decode()
        return {"seq": self.number, "at_ms": entry.at_ms, "segment": SEGMENT, "link": link, "since": []}

    def notes(self) -> list[str]:
        with self.site.parts.store.read(Actor.system()) as uow:
            found = proctor.alerts_of_attempt(uow, self.site.attempt_of(self.visitor))
        return [one.rule.value for one in found if one.rule is proctor.RuleName.LIVENESS_FAILED]


@pytest.fixture
def watched(site: Site) -> Watched:
    return begun(site, PLAN)


def begun(site: Site, plan: proctor.WatchPlan) -> Watched:
    """A learner who has just begun, and is watched by this plan."""
    visitor = photographed(site, plan)
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
    for _ in range(46):
        watched.send()
    assert watched.notes() == []
    assert watched.wait_for_a_question() == first
    for _ in range(46):
        watched.send()
    assert watched.notes() == ["liveness_failed"]
    with watched.site.parts.store.read(Actor.system()) as uow:
        session = session_of(watched.site, watched.visitor)
        assert proctor.incidents_of_attempt(uow, session.attempt_id) == ()


@pytest.mark.parametrize("mode", [proctor.Mode.ECONOMY, proctor.Mode.PREFILTERED])
def test_where_the_server_looks_rarely_a_turn_in_one_picture_settles_it_all_the_same(
    site: Site, mode: proctor.Mode
) -> None:
    watched = begun(site, replace(PLAN, mode=mode))
    for _ in range(2):
        asked = watched.wait_for_a_question()
        for _ in range(5):
            assert watched.send() == asked
        watched.send("left" if asked == "turn_left" else "right")
        assert watched.send() is None
    assert watched.notes() == []
    view = site.parts.pipeline.view(session_of(site, watched.visitor).id)
    assert view is not None
    assert (view.mode, view.counters.disagreed) == (mode, 0)


def test_on_a_slow_line_nobody_is_told_of_a_turn_between_two_pictures(watched: Watched) -> None:
    for _ in range(3):
        watched.wait_for_a_question()
        for _ in range(10):
            watched.send(after=5)
    assert watched.notes() == []


def test_after_the_end_nothing_is_remembered_and_nothing_is_begun_anew(watched: Watched) -> None:
    watched.wait_for_a_question()
    session_id = session_of(watched.site, watched.visitor).id
    rechecks = watched.site.parts.rechecks
    assert rechecks.is_awaited(session_id)
    assert open_room(watched.visitor).hand_in().status_code == 200
    watched.site.worker.round()
    assert watched.site.parts.pipeline.drain(20)
    assert not watched.site.connect(watched.visitor, "/frames").is_connected("/frames")
    assert rechecks.asked(session_id, at=watched.site.clock.now()) is None


def test_the_page_has_a_card_for_each_way_that_covers_no_answer(watched: Watched) -> None:
    page = watched.visitor.get("/room").text
    assert page.count('data-banner="turn_left" hidden') == 1
    assert page.count('data-banner="turn_right" hidden') == 1
