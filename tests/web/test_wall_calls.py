# SPDX-License-Identifier: Apache-2.0
"""Learner and proctor talk both ways: messages, hands, hints, an incident by hand, and what the wall makes of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from assessor import api as assessor
from assessor.scheduling.tables import SittingStaffRow
from core.uow import Actor
from proctor import api as proctor
from tests.web.calm import calm
from tests.web.site import Channel, Site
from tests.web.test_proctor_actions import PLAIN, WATCHED, Desk
from web.sockets.wall import WATCHES_AT_ONCE, wall_room


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site, PLAIN, proctored=False)


def write(desk: Desk, text: str, number: Any = 1) -> Any:
    return desk.learner.send("POST", "/room/message", {"number": number, "text": text})


def code_of(answer: Any) -> str:
    """The code of a refusal that a script got."""
    return str(answer.json["code"])


def hand(desk: Desk, raised: bool) -> Any:
    return desk.learner.send("POST", "/room/hand", {"raised": raised})


def watch(channel: Channel, desk: Desk) -> Any:
    return channel.ask("/wall", "watch", {"sitting_id": desk.sitting_id})


def tile(desk: Desk) -> str:
    return str(desk.proctor.get(f"{desk.base}/tiles?attempt={desk.attempt_id}").text)


def need_of(page: str) -> str:
    found = re.search(r'class="tile tile--(\w+)"', page)
    assert found is not None
    return found.group(1)


def test_a_learner_writes_and_both_see_the_thread_and_the_wall_says_so(desk: Desk) -> None:
    assert need_of(tile(desk)) == "calm"
    assert write(desk, "My  keyboard <b>hangs</b>").status_code == 200
    shown = desk.state()["messages"]
    assert [(one["text"], one.get("own")) for one in shown] == [("My keyboard <b>hangs</b>", True)]
    page = tile(desk)
    assert need_of(page) == "wrote"
    assert "1 message waits since" in page
    learner = desk.proctor.get(f"{desk.base}/attempts/{desk.attempt_id}").text
    assert "My keyboard &lt;b&gt;hangs&lt;/b&gt;" in learner
    desk.act("message", {"text": "Unplug it once"})
    assert need_of(tile(desk)) == "calm"
    assert [one.get("own") for one in desk.state()["messages"]] == [True, None]


def test_the_same_message_again_is_one_message_and_another_under_its_number_is_refused(desk: Desk) -> None:
    for _ in range(2):
        assert write(desk, "Hello", 7).status_code == 200
    assert code_of(write(desk, "Goodbye", 7)) == "message_number_used"
    assert len(desk.state()["messages"]) == 1


def test_a_flood_of_messages_is_refused_and_the_next_minute_takes_more(site: Site, desk: Desk) -> None:
    answers = [write(desk, f"Number {number}", number) for number in range(1, 9)]
    assert [one.status_code for one in answers] == [200] * 5 + [409] * 3
    assert code_of(answers[-1]) == "messages_too_fast"
    site.clock.advance(61)
    assert write(desk, "Later", 9).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("message", {"number": 1}),
        ("message", {"number": 1, "text": 5}),
        ("message", {"number": 1, "text": "a", "more": 1}),
        ("message", [1]),
        ("message", {"number": "1", "text": "a"}),
        ("message", {"number": 2**60, "text": "a"}),
        ("message", {"number": 1, "text": " "}),
        ("message", {"number": 1, "text": "x" * 501}),
        ("hand", {"raised": 1}),
        ("hand", {}),
    ],
)
def test_a_malformed_call_is_refused_by_name(desk: Desk, path: str, body: Any) -> None:
    answer = desk.learner.send("POST", f"/room/{path}", body)
    assert answer.status_code == 422
    assert code_of(answer) in {"request_malformed", "message_malformed", "message_number_malformed"}


def test_a_message_that_needs_no_answer_is_marked_read(desk: Desk) -> None:
    write(desk, "Thank you")
    path = f"{desk.base}/attempts/{desk.attempt_id}/settled"
    desk.proctor.post(path)
    assert need_of(tile(desk)) == "calm"


def test_a_hand_goes_up_and_is_taken_down_by_either_side(desk: Desk) -> None:
    assert desk.state()["hand"] is False
    assert hand(desk, True).status_code == hand(desk, True).status_code == 200
    assert desk.state()["hand"] is True
    assert need_of(tile(desk)) == "hand"
    desk.act("hand")
    assert desk.state()["hand"] is False
    hand(desk, True)
    hand(desk, False)
    assert need_of(tile(desk)) == "calm"


def test_nobody_writes_before_or_after_the_test_nor_where_nobody_listens(site: Site) -> None:
    early = site.learner("Ananya Das")
    early.get("/learner")
    answer = early.send("POST", "/room/message", {"number": 1, "text": "Hello"})
    assert (answer.status_code, code_of(answer)) == (409, "attempt_not_running")
    desk = Desk(site, PLAIN, proctored=False)
    assert "data-write" in desk.learner.get("/room").text
    with site.parts.store.write(Actor.system()) as uow:
        for row in uow.db.scalars(
            select(SittingStaffRow).where(SittingStaffRow.duty == assessor.Duty.PROCTOR)
        ):
            row.conflict_declared = True
    assert "data-write" not in desk.learner.get("/room").text
    assert code_of(write(desk, "Hello")) == "nobody_listens"
    desk.room.hand_in()
    assert code_of(write(desk, "Hello")) == "attempt_not_running"


def test_a_ready_made_hint_comes_in_the_learners_language_and_is_counted(desk: Desk) -> None:
    desk.act("hint", {"hint": "show_face"})
    (message,) = desk.state()["messages"]
    assert message["text"].startswith("Your face cannot be seen") or "चेह" in message["text"]
    assert "own" not in message
    assert "1 hint given" in tile(desk)
    calm(desk.act("hint", {"hint": "shout"}), 422, "hint_unknown")


def test_a_pause_of_all_is_explained_to_everybody_and_so_is_its_end(desk: Desk) -> None:
    calm(desk.proctor.post(f"{desk.base}/pause", {"reason": " "}), 422, "message_malformed")
    assert desk.state()["state"] == "running"
    desk.proctor.post(f"{desk.base}/pause", {"reason": "Fire alarm. Please wait outside."})
    assert desk.state()["state"] == "paused"
    assert write(desk, "Where do we wait?").status_code == 200
    desk.proctor.post(f"{desk.base}/resume", {"reason": "You can go on"})
    state = desk.state()
    assert state["state"] == "running"
    texts = [one["text"] for one in state["messages"]]
    assert texts == ["Fire alarm. Please wait outside.", "Where do we wait?", "You can go on"]
    desk.act("pause", {"reason": "Please call the help desk"})
    assert desk.state()["messages"][-1]["text"] == "Please call the help desk"


def test_a_proctor_raises_an_incident_with_a_reason_but_decides_nothing(site: Site) -> None:
    desk = Desk(site, WATCHED, proctored=True)
    calm(desk.act("incident", {"reason": " "}), 422, "reason_required")
    assert desk.act("incident", {"reason": "A second person spoke behind the camera"}).status_code == 302
    with site.parts.store.read(Actor.system()) as uow:
        (incident,) = proctor.incidents_of_attempt(uow, desk.attempt_id)
    assert (incident.rule, incident.raised_reason) == (None, "A second person spoke behind the camera")
    assert "1 incident" in tile(desk)
    assert desk.proctor.get(f"/integrity/incidents/{incident.id}").status_code == 404
    plain = Desk(site, PLAIN, proctored=False)
    calm(plain.act("incident", {"reason": "Somebody spoke"}), 409, "attempt_not_watched")


def noted(desk: Desk) -> str:
    """A note of the machine about this learner, not validated on people; its id."""
    with desk.site.parts.store.write(Actor.system()) as uow:
        session = proctor.session_of_attempt(uow, desk.attempt_id)
        assert session is not None
        alert = proctor.Alert(
            rule=proctor.RuleName.LOOKING_AWAY,
            number=1,
            onset_at=uow.now,
            raised_at=uow.now,
            numbers={"seconds": 8.0},
            thresholds={},
            rule_version="2",
            model_sha256="0" * 64,
            weight=proctor.Weight.NOTE,
            validated=False,
        )
        raised = proctor.AlertRaised(session=session.ref, alert=alert)
        return proctor.record_alert(uow, raised, blobs=desk.site.parts.blobs).id


def test_a_note_is_marked_seen_and_stays_a_note(site: Site) -> None:
    desk = Desk(site, WATCHED, proctored=True)
    note = noted(desk)
    page = tile(desk)
    assert need_of(page) == "note"
    assert "not validated on people" in page
    for _ in range(2):
        assert desk.act(f"notes/{note}/seen").status_code == 302
    assert need_of(tile(desk)) == "calm"
    with site.parts.store.read(Actor.system()) as uow:
        assert proctor.incidents_of_attempt(uow, desk.attempt_id) == ()


def test_a_note_becomes_an_incident_only_by_a_person_with_a_reason(site: Site) -> None:
    desk = Desk(site, WATCHED, proctored=True)
    note = noted(desk)
    calm(desk.act("incident", {"alert_id": note, "reason": ""}), 422, "reason_required")
    desk.act("incident", {"alert_id": note, "reason": "Reads from a sheet on the left"})
    with site.parts.store.read(Actor.system()) as uow:
        (incident,) = proctor.incidents_of_attempt(uow, desk.attempt_id)
    assert (incident.alert_id, incident.rule) == (note, proctor.RuleName.LOOKING_AWAY)
    assert f"note-{note}" not in desk.proctor.get(f"{desk.base}/attempts/{desk.attempt_id}").text


def test_no_page_of_a_proctor_reaches_into_another_sitting_or_note(site: Site) -> None:
    here, there = Desk(site, PLAIN, proctored=False), Desk(site, WATCHED, proctored=True)
    for action in ("hint", "hand", "settled", "incident", "notes/nothing/seen"):
        path = f"{here.base}/attempts/{there.attempt_id}/{action}"
        calm(here.proctor.post(path, {"hint": "quiet", "reason": "Why not"}), 404, "attempt_unknown")
    calm(there.act("notes/nothing/seen"), 404, "alert_unknown")
    calm(there.act("incident", {"alert_id": "nothing", "reason": "Why not"}), 404, "alert_unknown")


def test_the_wall_hears_of_calls_and_a_flood_of_watching_is_refused(site: Site, desk: Desk) -> None:
    channel = site.connect(desk.proctor, "/wall")
    assert watch(channel, desk) == {"ok": True}
    site.worker.round()
    channel.get_received("/wall")
    write(desk, "Hello")
    desk.learner.send("POST", "/room/hand", {"raised": True})
    site.worker.round()
    heard = channel.get_received("/wall")
    assert [one["name"] for one in heard] == ["changed", "changed"]
    assert {one["args"][0]["attempt_id"] for one in heard} == {desk.attempt_id}
    answers = [watch(channel, desk) for _ in range(int(WATCHES_AT_ONCE) + 5)]
    assert answers[0] == {"ok": True}
    assert answers[-1] == {"ok": False, "code": "watch_too_fast"}
    for event in ("hand", "message", "changed", "picture", "decide", "connect", "disconnect"):
        assert channel.ask("/wall", event, {"sitting_id": desk.sitting_id})["ok"] is False, event
    assert wall_room(desk.sitting_id) == f"sitting:{desk.sitting_id}"


def test_scripts_at_the_wall_get_words_and_pages_are_led_back(desk: Desk) -> None:
    path = f"{desk.base}/attempts/{desk.attempt_id}/hint"
    said = desk.proctor.post(path, {"hint": "quiet"}, headers={"Accept": "application/json"})
    assert said.json == {"told": "The hint was sent to this learner alone."}
    refused = desk.proctor.post(path, {"hint": "x"}, headers={"Accept": "application/json"})
    assert code_of(refused) == "hint_unknown"
