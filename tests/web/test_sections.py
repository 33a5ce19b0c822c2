# SPDX-License-Identifier: Apache-2.0
"""A test in sections over HTTP: the page, the moves with their receipts and refusals, and input that is none."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.sectioned import FIRST, LINEAR
from tests.web import sitting
from tests.web.calm import calm
from tests.web.section_sitting import CODE, add_section_sitting
from tests.web.site import Site
from web.presenters.room import room_page


def enter(site: Site, **rules: Any) -> sitting.Room:
    """The room of a learner whose test has sections; none is entered yet."""
    add_section_sitting(site.parts, **rules)
    return come_in(site)


def come_in(site: Site) -> sitting.Room:
    """As `enter`, where the sitting is there already."""
    visitor = site.visitor()
    visitor.get("/")
    assert visitor.post("/enter", {"code": CODE}).status_code == 302
    visitor.get("/learner")
    return sitting.begin(visitor)


def move(room: sitting.Room, kind: Any, target: Any, *, seq: int | None = None, **other: Any) -> TestResponse:
    """Send one move, under the next number unless one is given."""
    if seq is None:
        room.seq = seq = room.seq + 1
    time = "2026-11-20T12:00:00Z"
    body = {"device": room.device, "epoch": room.epoch, "kind": kind, "target": target, "client_time": time}
    return room.visitor.send("PUT", f"/room/moves/{seq}", {**body, **other})


def refs(room: sitting.Room, section: int) -> list[str]:
    """The items of a section: eight each, in the order of the page."""
    return list(room.items)[8 * section : 8 * section + 8]


def test_a_test_is_sat_section_by_section(site: Site) -> None:
    room = enter(site)
    start = room.state()
    assert [one["state"] for one in start["sections"]] == ["waiting"] * 3
    assert [one["remaining_ms"] for one in start["sections"]] == [300_000, 300_000, None]
    assert (start["current"], start["position"], start["confirmed"]) == (None, None, {})
    calm(room.save(refs(room, 0)[0], None), 409, "section_order")
    kept = move(room, "enter_section", FIRST)
    assert kept.status_code == 200, kept.text
    assert {"seq", "kind", "target", "receipt", "received_at", "remaining_ms", "section_remaining_ms"} == set(
        kept.json or {}
    )
    assert (kept.json or {})["section_remaining_ms"] == 300_000
    assert move(room, "enter_section", FIRST, seq=room.seq).json == kept.json
    assert room.save(refs(room, 0)[0], None).status_code == 200
    calm(move(room, "enter_section", LINEAR), 409, "section_order")
    assert move(room, "leave_section", FIRST).status_code == 200
    closed = calm(room.save(refs(room, 0)[1], None), 409, "section_closed")
    assert (closed.json or {})["facts"]["late"] is True
    assert move(room, "enter_section", LINEAR).status_code == 200
    assert move(room, "visit", refs(room, 1)[1]).status_code == 200
    assert move(room, "confirm", refs(room, 1)[1]).status_code == 200
    state = room.state()
    assert (state["current"], state["position"]) == (LINEAR, refs(room, 1)[1])
    assert state["confirmed"] == {refs(room, 1)[1]: 1}
    assert state["last_seq"] == room.seq
    assert room.hand_in().status_code == 200


def test_the_poll_tells_the_time_of_the_section_and_hears_of_moves(site: Site) -> None:
    room = enter(site)
    before = room.state()["version"]
    move(room, "enter_section", FIRST)
    site.clock.advance(20)
    address = f"/room/state?device={room.device}&epoch={room.epoch}&since="
    after = room.visitor.get(f"{address}{before}").json or {}
    assert after["current"] == FIRST
    beat = room.visitor.get(f"{address}{after['version']}").json or {}
    assert (beat["unchanged"], beat["section_remaining_ms"]) == (True, 280_000)
    site.clock.advance(280)
    assert (room.visitor.get(f"{address}{after['version']}").json or {})["section_remaining_ms"] == 0


def test_the_page_is_told_the_sections_and_their_rules(site: Site) -> None:
    from assessor import api as assessor
    from core.uow import Actor

    enrolled = add_section_sitting(site.parts, allow_review=False, max_attempts=2)
    with site.parts.store.write(Actor.system()) as uow:
        assessor.start_attempt(uow, enrolled.entry.id, proctoring_ready=False)
        paper = assessor.candidate_paper(uow, enrolled.attempt_id)
        state = assessor.attempt_state(uow, enrolled.attempt_id, device="")
    page = room_page(paper, state, title={"en": "Drone"}, proctored=False, language="hi")
    linear = page["sections"][1]
    assert {key: value for key, value in linear.items() if key != "items"} == {
        "id": LINEAR,
        "title": {"en": "Tools", "hi": "Tools (हिन्दी)"},
        "seconds": 300,
        "navigation": "linear",
        "allow_skipping": True,
        "allow_review": False,
        "max_attempts": 2,
        "validate": False,
    }
    shown = [question["ref"] for question in page["questions"]]
    assert [ref for section in page["sections"] for ref in section["items"]] == shown


def test_a_step_that_the_section_does_not_allow_is_refused_with_what_to_do(site: Site) -> None:
    room = enter(site, allow_skipping=False)
    for kind, target in (("enter_section", FIRST), ("leave_section", FIRST), ("enter_section", LINEAR)):
        assert move(room, kind, target).status_code == 200
    refused = calm(move(room, "visit", refs(room, 1)[3]), 409, "skipping_not_allowed")
    assert "Answer the questions that are still open" in (refused.json or {})["what_next"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"kind": "jump"}, 422, "move_malformed"),
        ({"kind": {"a": 1}}, 422, "move_malformed"),
        ({"kind": None}, 422, "move_malformed"),
        ({"target": ["s1"]}, 422, "move_malformed"),
        ({"target": "s" * 5000}, 404, "section_unknown"),
        ({"target": "\0"}, 422, "request_malformed"),
        ({"kind": "visit", "target": "\ud800"}, 422, "request_malformed"),
        ({"kind": "visit", "target": "s1"}, 404, "item_unknown"),
        ({"device": ""}, 422, "device_malformed"),
        ({"epoch": -1}, 422, "number_out_of_range"),
        ({"epoch": True}, 422, "number_out_of_range"),
        ({"seq": 2**40}, 422, "number_out_of_range"),
        ({"client_time": 7}, 422, "request_malformed"),
        ({"more": 1}, 422, "request_malformed"),
    ],
)
def test_a_move_that_is_none_is_refused_calmly(
    site: Site, changes: dict[str, Any], status: int, code: str
) -> None:
    room = enter(site)
    sent = {"kind": "enter_section", "target": FIRST, **changes}
    calm(move(room, sent.pop("kind"), sent.pop("target"), **sent), status, code)
    assert room.state()["last_seq"] == 0
