# SPDX-License-Identifier: Apache-2.0
"""What a proctor does to tests that run, and that the learner's page hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from tests.web import sitting
from tests.web.calm import calm
from tests.web.site import Site, Visitor

WATCHED, PLAIN = "Ravi Kumar", "Mohan Lal"


class Desk:
    """A proctor and a learner at work in a sitting of theirs."""

    def __init__(self, site: Site, name: str, *, proctored: bool) -> None:
        self.site = site
        self.learner = site.learner(name)
        self.room = sitting.begin(self.learner, proctored=proctored)
        self.attempt_id = site.attempt_of(self.learner)
        self.proctor = site.staff(Role.PROCTOR)
        with site.parts.store.read(Actor.system()) as uow:
            found = assessor.sitting_of_attempt(uow, self.attempt_id)
        assert found is not None
        self.sitting_id = found
        self.proctor.get(self.base)

    @property
    def base(self) -> str:
        return f"/proctor/sittings/{self.sitting_id}"

    def act(self, action: str, data: dict[str, Any] | None = None) -> Any:
        """Press a button on the learner's page."""
        return self.proctor.post(f"{self.base}/attempts/{self.attempt_id}/{action}", data)

    def state(self, since: int = 0) -> dict[str, Any]:
        answer = self.learner.get(f"/room/state?device=phone&since={since}&pending=0")
        assert answer.status_code == 200, answer.text
        document = answer.json
        assert isinstance(document, dict)
        return document


@pytest.fixture(params=[True, False], ids=["watched", "plain"])
def desk(site: Site, request: pytest.FixtureRequest) -> Desk:
    return Desk(site, WATCHED if request.param else PLAIN, proctored=request.param)


def test_a_poll_without_a_change_is_short_and_a_change_brings_everything(desk: Desk) -> None:
    whole = desk.state()
    assert {"messages", "late", "other_device", "answers", "csrf", "sections"} <= whole.keys()
    short = desk.state(whole["version"])
    assert short == {
        "version": whole["version"],
        "unchanged": True,
        "remaining_ms": whole["remaining_ms"],
        "section_remaining_ms": None,
    }
    desk.act("message", {"text": "Please look up"})
    assert "answers" in desk.state(whole["version"])


def test_a_message_reaches_the_learner_by_push_and_by_poll_and_is_no_markup(site: Site, desk: Desk) -> None:
    namespace = "/frames" if desk.state()["proctored"] else "/room"
    channel = site.connect(desk.learner, namespace)
    site.worker.round()
    channel.get_received(namespace)
    answer = desk.act("message", {"text": "Look <b>up</b>"})
    assert answer.location == f"{desk.base}#tile-{desk.attempt_id}"
    site.worker.round()
    assert [one["name"] for one in channel.get_received(namespace)] == ["changed"]
    (message,) = desk.state()["messages"]
    assert message["text"] == "Look <b>up</b>"
    page = desk.proctor.get(f"{desk.base}/attempts/{desk.attempt_id}").text
    assert "Look &lt;b&gt;up&lt;/b&gt;" in page


def test_a_pause_stops_the_clock_and_the_learner_goes_on_with_all_of_it(site: Site, desk: Desk) -> None:
    left = desk.state()["remaining_ms"]
    assert desk.act("pause").status_code == 302
    site.clock.advance(1000)
    paused = desk.state()
    assert (paused["state"], paused["remaining_ms"]) == ("paused", left)
    assert desk.room.save(desk.room.choice, None).status_code == 200
    assert "Paused" in desk.proctor.get(f"{desk.base}/tiles?attempt={desk.attempt_id}").text
    assert desk.act("resume").status_code == 302
    assert (desk.state()["state"], desk.state()["remaining_ms"]) == ("running", left)


def test_time_given_back_needs_a_reason_and_possible_minutes(desk: Desk) -> None:
    left = desk.state()["remaining_ms"]
    for minutes in ("", "0", "-1", "1.5", "x", "1441", "99999"):
        calm(desk.act("extend", {"minutes": minutes, "reason": "Fire alarm"}), 422, "minutes_malformed")
    calm(desk.act("extend", {"minutes": "5", "reason": " "}), 422, "reason_malformed")
    assert desk.state()["remaining_ms"] == left
    assert desk.act("extend", {"minutes": "5", "reason": "Fire alarm"}).status_code == 302
    assert desk.state()["remaining_ms"] == left + 300_000


def test_an_end_tells_the_learner_why(site: Site, desk: Desk) -> None:
    calm(desk.act("end", {"reason": ""}), 422, "reason_malformed")
    assert desk.act("end", {"reason": "Somebody else sat at the table"}).status_code == 302
    state = desk.state()
    assert (state["state"], state["ended_by"]) == ("submitted", "proctor")
    assert state["ended_reason"] == "Somebody else sat at the table"
    assert "Somebody else sat at the table" in desk.learner.get("/learner").text
    for action, data in (
        ("message", {"text": "Hello"}),
        ("pause", {}),
        ("resume", {}),
        ("extend", {"minutes": "5", "reason": "Alarm"}),
    ):
        assert desk.act(action, data).status_code == 409, action


def test_everybody_is_told_paused_and_let_go_on(site: Site) -> None:
    first, second = Desk(site, "Mohan Lal", proctored=False), Desk(site, "Ananya Das", proctored=False)
    assert first.sitting_id == second.sitting_id
    first.proctor.post(f"{first.base}/message", {"text": "Ten minutes left"})
    first.proctor.post(f"{first.base}/pause", {"reason": "Fire alarm"})
    for desk in (first, second):
        state = desk.state()
        assert state["state"] == "paused"
        assert [one["text"] for one in state["messages"]] == ["Ten minutes left", "Fire alarm"]
    page = first.proctor.get(first.base).text
    assert "2 tests are paused now." in page
    first.proctor.post(f"{first.base}/resume")
    assert {desk.state()["state"] for desk in (first, second)} == {"running"}


def test_an_attempt_of_another_sitting_is_not_reached_through_this_one(site: Site) -> None:
    here, there = Desk(site, PLAIN, proctored=False), Desk(site, WATCHED, proctored=True)
    for action in ("message", "pause", "resume", "extend", "end"):
        path = f"{here.base}/attempts/{there.attempt_id}/{action}"
        data = {"text": "Hello", "minutes": "5", "reason": "Fire alarm"}
        calm(here.proctor.post(path, data), 404, "attempt_unknown")
    assert there.state()["state"] == "running"
    assert there.state()["messages"] == []


def test_a_finished_or_unknown_learner_gets_no_channel(site: Site) -> None:
    visitor: Visitor = site.learner(PLAIN)
    before = site.connect(visitor, "/room")
    assert before.errors == ["attempt_not_running"]
    room = sitting.begin(visitor)
    assert site.connect(visitor, "/room").is_connected("/room")
    room.hand_in()
    assert site.connect(visitor, "/room").errors == ["attempt_not_running"]
    assert site.connect(site.staff(Role.PROCTOR), "/room").errors == ["attempt_unknown"]
    assert site.connect(site.visitor(), "/room").errors == ["sign_in_needed"]
