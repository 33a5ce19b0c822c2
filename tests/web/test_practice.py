# SPDX-License-Identifier: Apache-2.0
"""The practice test: a real room that stores nothing and leads to nothing."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import event, func, select

from assessor import api as assessor
from core.audit import AuditRow
from core.uow import Actor
from tests.web.site import Site, Visitor

RIGHT: dict[str, Any] = {
    "PRACTICE-1": ["C"],
    "PRACTICE-2": ["A", "B", "D"],
    "PRACTICE-3": " SAVED ",
    "PRACTICE-4": {"RESPONSE": "90"},
    "PRACTICE-5": {"RESPONSE": ["B", "A", "C", "D"]},
    "PRACTICE-6": {"RESPONSE": [["A", "X"], ["B", "Y"], ["C", "Z"]]},
}


class Practiser:
    """A browser in a practice test that speaks the protocol of the room."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.seq, self.device, self.epoch = visitor, 0, "device-1", 0

    def begin(self, **choice: str) -> str:
        self.visitor.get("/practice")
        assert self.visitor.post("/practice/start", {"show": "en", **choice}).location == "/practice/room"
        page = self.visitor.get("/practice/room").text
        self.trial = re.findall(r'data-attempt="([^"]+)"', page)[0]
        self.refs = re.findall(r'data-question="([^"]+)"', page)
        state = self.visitor.send("POST", "/practice/room/lease", {"device": self.device}).json
        self.epoch = state["epoch"]
        assert state["holder"]
        return page

    def save(self, place: int, value: object, **change: Any) -> Any:
        self.seq += 1
        body = {"device": self.device, "epoch": self.epoch, "item": self.refs[place], "value": value}
        return self.visitor.send(
            "PUT",
            f"/practice/room/responses/{change.pop('seq', self.seq)}",
            {**body, "client_time": "", **change},
        )

    def move(self, kind: str, target: str) -> Any:
        self.seq += 1
        body = {"device": self.device, "epoch": self.epoch, "kind": kind, "target": target, "client_time": ""}
        return self.visitor.send("PUT", f"/practice/room/moves/{self.seq}", body)

    def state(self) -> Any:
        return self.visitor.get(f"/practice/room/state?device={self.device}&epoch=1&since=0&pending=0").json

    def shown(self, place: int) -> object:
        """The right answer in the names that this browser knows."""
        refs = assessor.begin_trial(self.trial, now=_any_instant()).refs
        name = list(RIGHT)[place]
        return refs.shown(name, RIGHT[name])

    def hand_in(self) -> Any:
        return self.visitor.send(
            "POST", "/practice/room/submit", {"device": self.device, "epoch": self.epoch}
        )


def _any_instant() -> Any:
    from tests.conftest import NOON

    return NOON


def sat(site: Site) -> Practiser:
    """Everything answered rightly, through both sections."""
    practiser = Practiser(site.visitor())
    practiser.begin()
    assert practiser.move("enter_section", "choosing").status_code == 200
    for place in range(3):
        assert practiser.save(place, practiser.shown(place)).status_code == 200
    assert practiser.move("leave_section", "choosing").status_code == 200
    assert practiser.move("enter_section", "steps").status_code == 200
    for place in range(3, 6):
        assert practiser.move("visit", practiser.refs[place]).status_code == 200
        answer = practiser.save(place, practiser.shown(place))
        assert answer.status_code == 200, answer.text
    return practiser


def test_anybody_sits_the_practice_test_in_the_real_room_and_learns_at_once_what_was_right(
    site: Site,
) -> None:
    practiser = sat(site)
    handed = practiser.hand_in().json
    assert len(handed["slip"]) == 6
    page = practiser.visitor.get(handed["next"]).text
    assert "6 of 6 right" in page
    for document in assessor.sample_items().values():
        assert document.key.rationale is not None
        assert str(document.key.rationale.by_language[0][1])[:30].replace("'", "&#39;") in page


def test_a_practice_test_writes_nothing_to_the_database(site: Site) -> None:
    def rows() -> int:
        with site.parts.store.read(Actor.system()) as uow:
            return uow.db.scalar(select(func.count()).select_from(AuditRow)) or 0

    written: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement)

    before = rows()
    event.listen(site.parts.engine, "before_cursor_execute", note)
    sat(site).hand_in()
    assert written == []
    assert rows() == before


def test_no_key_is_in_the_practice_room_before_the_hand_in(site: Site) -> None:
    practiser = Practiser(site.visitor())
    page = practiser.begin(show="both")
    said = page + json.dumps(practiser.state())
    for document in assessor.sample_items().values():
        assert document.key.rationale is not None
        for _, text in document.key.rationale.by_language:
            assert text[:45] not in said
        assert document.external_id not in said
    assert practiser.visitor.get("/practice/done").location == "/practice/room"


def test_answers_of_a_practice_test_are_there_again_after_a_reload(site: Site) -> None:
    practiser = Practiser(site.visitor())
    practiser.begin()
    practiser.move("enter_section", "choosing")
    first = practiser.save(0, practiser.shown(0)).json
    again = practiser.save(0, practiser.shown(0), seq=first["seq"]).json
    assert (again["receipt"], again["revision"]) == (first["receipt"], 1)
    assert practiser.state()["answers"][practiser.refs[0]]["value"] == practiser.shown(0)
    assert practiser.save(1, [], seq=first["seq"]).json["code"] == "sequence_conflict"


def test_a_section_that_is_not_open_takes_no_answer(site: Site) -> None:
    practiser = Practiser(site.visitor())
    practiser.begin()
    assert practiser.save(0, practiser.shown(0)).json["code"] == "section_order"
    practiser.move("enter_section", "choosing")
    assert practiser.save(5, practiser.shown(5)).json["code"] == "section_order"


def test_a_practice_test_ends_by_itself_after_ten_minutes_and_says_so(site: Site) -> None:
    practiser = Practiser(site.visitor())
    practiser.begin()
    practiser.move("enter_section", "choosing")
    site.clock.advance(660)
    assert practiser.state()["state"] == "submitted"
    assert practiser.save(0, practiser.shown(0)).json["code"] == "attempt_closed"
    assert "The time was over" in practiser.visitor.get("/practice/done").text


def test_a_cookie_that_somebody_changed_opens_no_practice_test(site: Site) -> None:
    practiser = Practiser(site.visitor())
    practiser.begin()
    client = practiser.visitor.client
    cookie = client.get_cookie("kasauti-practice", path="/practice")
    assert cookie is not None
    for value in ("", "x", cookie.value[:-6] + "AAAAAA", "A" * 400):
        client.set_cookie("kasauti-practice", value, path="/practice")
        assert practiser.visitor.get("/practice/room").location == "/practice"
        assert practiser.state()["state"] == "submitted"
        assert practiser.save(0, []).json["code"] == "attempt_closed"


def test_what_is_no_answer_is_refused_by_name(site: Site) -> None:
    practiser = Practiser(site.visitor())
    practiser.begin()
    practiser.move("enter_section", "choosing")
    assert practiser.save(2, "a" * 501).json["code"] == "answer_too_long"
    assert practiser.save(0, ["nothing"]).json["code"] == "option_unknown"
    assert practiser.save(0, None, item="another").json["code"] == "item_unknown"
    assert practiser.save(0, None, device="other").json["code"] == "lease_lost"
    assert practiser.move("fly", "choosing").json["code"] == "move_malformed"
    assert practiser.visitor.post("/practice/start", {"show": "fr"}).status_code == 422


def test_a_long_answer_in_devanagari_fits_into_the_cookie(site: Site) -> None:
    practiser = Practiser(site.visitor())
    practiser.begin(show="hi")
    practiser.move("enter_section", "choosing")
    text = "".join(chr(0x905 + (place * 37) % 48) for place in range(120))
    assert practiser.save(2, text).status_code == 200
    assert practiser.state()["answers"][practiser.refs[2]]["value"] == text


def test_another_device_of_the_same_browser_has_to_take_over(site: Site) -> None:
    practiser = Practiser(site.visitor())
    practiser.begin()
    practiser.device = "device-2"
    assert practiser.state()["holder"] is False
    taken = practiser.visitor.send("POST", "/practice/room/lease", {"device": "device-2"}).json
    assert (taken["holder"], taken["epoch"]) == (True, 2)
