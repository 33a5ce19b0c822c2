# SPDX-License-Identifier: Apache-2.0
"""What a proctor is told of a learner's line, of a raised hand, and of a server that cannot look at everything."""

from __future__ import annotations

import pytest

from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from tests.web.site import Site
from tests.web.test_proctor_actions import WATCHED, Desk
from tests.web.test_sockets import FRAMES, GOOD, WALL

BUSY = "The server has too much to do: of 100 pictures it leaves out 40, of all learners alike."


def test_one_line_for_the_whole_wall_says_that_the_server_leaves_pictures_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(site, WATCHED, proctored=True)
    calm = desk.proctor.get(desk.base).text
    assert "data-busy" in calm
    assert BUSY not in calm
    channel, wanted = site.connect(desk.proctor, WALL), {"sitting_id": desk.sitting_id}
    assert channel.ask(WALL, "watch", wanted) == {"ok": True}
    monkeypatch.setattr(site.parts.pipeline, "load", lambda: proctor.Load(1, 0.6))
    assert BUSY in desk.proctor.get(desk.base).text
    assert channel.ask(WALL, "watch", wanted) == {"ok": True, "left_out": 40}


def test_the_learners_page_says_what_came_over_the_line(site: Site) -> None:
    desk = Desk(site, WATCHED, proctored=True)
    page = f"{desk.base}/attempts/{desk.attempt_id}"
    site.parts.pipeline.start()
    camera = site.connect(desk.learner, FRAMES)
    for number in (1, 2):
        assert camera.ask(FRAMES, "frame", {"seq": number, "at_ms": 0}, GOOD)["ok"]
    assert camera.ask(FRAMES, "frame", {"seq": 1, "at_ms": 0}, GOOD)["code"] == "frame_out_of_order"
    assert site.parts.pipeline.drain(20)
    shown = desk.proctor.get(page).text
    for words in (
        "One picture a second, looked at in full",
        "3 pictures came without a proof of their order.",
        "1 picture could not be used.",
        "A thin or lost line accuses nobody.",
    ):
        assert words in shown, words


def test_a_hand_stands_on_the_wall_and_in_the_timeline_and_is_no_matter_to_decide(site: Site) -> None:
    desk = Desk(site, WATCHED, proctored=True)
    site.parts.pipeline.start()
    for raised in (True, True, False):
        assert desk.learner.send("POST", "/room/hand", {"raised": raised}).status_code == 200
        assert site.parts.pipeline.drain(20)
        site.clock.advance(7)
        shown = desk.proctor.get(f"{desk.base}/tiles?attempt={desk.attempt_id}").text
        assert ("Hand up since" in shown) is raised
    assert desk.learner.send("POST", "/room/hand", {"raised": True}).status_code == 200
    desk.act("hand")
    assert site.parts.pipeline.drain(20)
    with site.parts.store.read(Actor.system()) as uow:
        notes = proctor.alerts_of_attempt(uow, desk.attempt_id)
        assert proctor.incidents_of_attempt(uow, desk.attempt_id) == ()
    assert [one.rule.value for one in notes] == ["hand_raised", "hand_raised"]
    assert all(one.ended_at is not None for one in notes), "taken down by the learner, then by the proctor"
    review = site.staff(Role.INTEGRITY_REVIEWER).get(f"/integrity/attempts/{desk.attempt_id}").text
    assert review.count("A raised hand is a call for help, and never an incident.") == 2
    assert "Make an incident of it" not in review


def test_the_channel_of_the_camera_knows_no_hand(site: Site) -> None:
    desk = Desk(site, WATCHED, proctored=True)
    camera = site.connect(desk.learner, FRAMES)
    assert camera.ask(FRAMES, "hand", {"raised": True}) == {"ok": False, "code": "event_unknown"}
