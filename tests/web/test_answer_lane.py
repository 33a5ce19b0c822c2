# SPDX-License-Identifier: Apache-2.0
"""The short way of a saved answer (`web.answer_lane`): who may take it, and that nobody can tell it from the long one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request, request_started
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from assessor import api as assessor
from assessor.attempts.tables import AttemptRow, ResponseCopyRow, ResponseEventRow
from core.config import Mode
from core.identity.model import Role
from core.identity.secrets import hash_key
from core.uow import Actor
from tests.web import sitting
from tests.web.calm import calm
from tests.web.site import COOKIE, Site, Visitor, on_both
from tests.web.test_bad_answers import kept
from tests.web.world import acting_as, person
from web.answer_lane import LONGEST
from web.app import create_app
from web.tables import LoginRow

NAME, OTHER = "Gurpreet Kaur", "Ananya Das"
TEST_SECONDS = 15 * 60


@contextmanager
def long_ways(site: Site) -> Iterator[list[str]]:
    """The paths of the requests that reach the application itself."""
    seen: list[str] = []

    def note(sender: Flask, **_more: Any) -> None:
        seen.append(request.path)

    with request_started.connected_to(note, site.app):
        yield seen


def by_lane(site: Site, room: sitting.Room, value: Any, **more: Any) -> TestResponse:
    """Save to the item that wants a word; it must have gone the short way."""
    with long_ways(site) as seen:
        answer = room.save(room.text, value, **more)
    assert answer.status_code == 200, answer.text
    assert seen == []
    return answer


def by_application(site: Site, room: sitting.Room, value: Any, **more: Any) -> TestResponse:
    """As `by_lane`, but it must have gone the long way."""
    with long_ways(site) as seen:
        answer = room.save(room.text, value, **more)
    assert seen == [answer.request.path]
    return answer


def as_new(room: sitting.Room) -> sitting.Room:
    """The same browser with one cookie more than any that was let pass."""
    room.visitor.client.set_cookie("more", "1")
    return room


@pytest.fixture
def room(site: Site) -> sitting.Room:
    """A running test with one answer in it, under number 1; the lane is open to its browser."""
    opened = sitting.begin(site.learner(NAME))
    assert by_lane(site, opened, "one").status_code == 200
    return opened


def values(site: Site, visitor: Visitor) -> list[Any]:
    """Everything that the log of this learner's answers holds, in the order of its numbers."""
    mine = ResponseEventRow.attempt_id == site.attempt_of(visitor)
    with site.parts.store.read(Actor.system()) as uow:
        return list(uow.db.scalars(select(ResponseEventRow.value).where(mine).order_by(ResponseEventRow.seq)))


def same_browser(site: Site, visitor: Visitor) -> Visitor:
    """A copy of a browser with all that it held at this moment."""
    copy = site.visitor()
    for name in ("kasauti", COOKIE):
        cookie = visitor.client.get_cookie(name)
        assert cookie is not None
        copy.client.set_cookie(name, cookie.value)
    copy.token = visitor.token
    return copy


# ------------------------------------------------------------------------------------------- the same answer


@on_both
def test_an_answer_is_stored_exactly_once_whichever_way_it_takes(site: Site, room: sitting.Room) -> None:
    receipts = [by_lane(site, room, "two").json for _ in range(3) if not setattr(room, "seq", 1)]
    assert receipts[0] == receipts[1] == receipts[2]
    with_more = {"X-CSRFToken": room.visitor.token, "Cookie": "more=1"}
    long = room.visitor.client.put("/room/responses/2", json=room.body(room.text, "two"), headers=with_more)
    assert long.json == receipts[0]
    by_lane(site, room, "three", seq=7)
    assert values(site, room.visitor) == ["one", "two", "three"]
    assert kept(site, ResponseCopyRow) == 0
    held = room.state()["answers"][room.text]
    assert (held["value"], held["revision"]) == ("three", 3)


def test_nothing_in_the_answer_tells_which_way_it_took(site: Site) -> None:
    room = as_new(sitting.begin(site.learner(NAME)))
    long = by_application(site, room, "one")
    short = by_lane(site, room, "one", seq=1)
    assert short.status == long.status
    assert short.data == long.data
    assert sorted(short.headers) == sorted(long.headers)


class Secure(FlaskClient):
    """A browser that tells where it comes from, as all do."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        self.environ_base["HTTP_REFERER"] = "https://localhost/room"
        return super().open(*args, **kwargs)


def test_nor_where_the_platform_is_reached_by_https(site: Site) -> None:
    config = replace(site.parts.config, mode=Mode.PRODUCTION, public_url="https://localhost")
    assert config.secure
    app = create_app(replace(site.parts, config=config))
    app.config["PREFERRED_URL_SCHEME"] = "https"
    behind = replace(site, app=app, client_class=Secure)
    room = as_new(sitting.begin(behind.learner(NAME)))
    long = by_application(behind, room, "one")
    short = by_lane(behind, room, "one", seq=1)
    assert "Strict-Transport-Security" in short.headers
    assert sorted(short.headers) == sorted(long.headers)


def test_time_that_passes_and_time_that_is_given_show_on_the_short_way_too(
    site: Site, room: sitting.Room
) -> None:
    site.clock.advance(60)
    assert by_lane(site, room, "two").json["remaining_ms"] == (TEST_SECONDS - 60) * 1000  # type: ignore[index]
    with site.parts.store.write(Actor.system()) as uow:
        manager = acting_as(uow, person(uow, Role.MANAGER))
        assessor.grant_credit(
            manager,
            site.attempt_of(room.visitor),
            organisation_id=str(manager.actor.organisation_id),
            seconds=120,
            reason="Fire alarm",
            beyond="Nobody could hear anything",
        )
    assert by_lane(site, room, "three").json["remaining_ms"] == (TEST_SECONDS + 60) * 1000  # type: ignore[index]


# ------------------------------------------------------------------------------------------- who gets in


def test_the_lane_opens_only_after_a_write_that_the_application_let_pass(site: Site) -> None:
    room = as_new(sitting.begin(site.learner(NAME)))
    room.visitor.get("/room")
    calm(by_application(site, room, ["no word"], seq=1), 422)
    calm(by_application(site, room, "one", epoch=99, seq=1), 409, "lease_lost")
    refused = room.visitor.client.post("/room/lease", json={"device": room.device})
    calm(refused, 400, "form_expired")
    assert by_application(site, room, "one", seq=2).status_code == 200
    by_lane(site, room, "two", seq=3)


def test_a_start_by_script_opens_it_for_the_token_that_started(site: Site) -> None:
    visitor = site.learner(NAME)
    sitting.agree(visitor)
    visitor.get("/learner")
    token = visitor.token
    asked = {"X-CSRFToken": token, "Accept": "application/json"}
    started = visitor.client.post("/learner/start", json={"device": "phone"}, headers=asked)
    assert started.status_code == 200, started.text
    page = visitor.get("/room").text
    visitor.token = token
    room = sitting.Room(visitor, page, sitting.items_of(page), {}, epoch=started.json["epoch"])  # type: ignore[index]
    by_lane(site, room, "one")
    visitor.token += "x"
    calm(by_application(site, room, "two"), 400, "form_expired")


def test_a_token_that_the_state_gave_out_opens_it_for_the_browser_that_asked(site: Site) -> None:
    room = as_new(sitting.begin(site.learner(NAME)))
    room.visitor.token = room.state()["csrf"]
    by_lane(site, room, "one")
    copy = replace(room, visitor=same_browser(site, room.visitor))
    copy.visitor.client.set_cookie("other", "1")
    assert by_application(site, copy, "two", seq=2).status_code == 200


def test_a_token_that_is_wrong_or_missing_never_takes_the_lane(site: Site, room: sitting.Room) -> None:
    body, good = room.body(room.text, "two"), room.visitor.token
    for headers in ({}, {"X-CSRFToken": ""}, {"X-CSRFToken": "x"}, {"X-CSRFToken": good[:-1]}):
        for _ in range(2):
            with long_ways(site) as seen:
                refused = room.visitor.client.put("/room/responses/2", json=body, headers=headers)
            calm(refused, 400, "form_expired")
            assert len(seen) == 1
    assert values(site, room.visitor) == ["one"]
    by_lane(site, room, "two")


def test_other_cookies_never_take_the_lane(site: Site, room: sitting.Room) -> None:
    nobody, other = site.visitor(), site.learner(OTHER)
    mixed = same_browser(site, room.visitor)
    assert other.login is not None
    mixed.client.set_cookie(COOKIE, other.login)
    unsigned = same_browser(site, room.visitor)
    unsigned.client.delete_cookie(COOKIE)
    for stranger, status in ((nobody, 400), (other, 400), (unsigned, 401), (mixed, 404)):
        stranger.token = room.visitor.token
        theirs = replace(room, visitor=stranger)
        for _ in range(2):
            calm(by_application(site, theirs, "not mine", seq=2), status)
    assert values(site, room.visitor) == ["one"]
    assert values(site, other) == []


def test_two_learners_on_the_lane_each_fill_their_own_paper(site: Site, room: sitting.Room) -> None:
    other = sitting.begin(site.learner(OTHER))
    by_lane(site, other, "uno")
    for number in range(3):
        by_lane(site, room, f"mine {number}")
        by_lane(site, other, f"theirs {number}")
    assert values(site, room.visitor) == ["one", "mine 0", "mine 1", "mine 2"]
    assert values(site, other.visitor) == ["uno", "theirs 0", "theirs 1", "theirs 2"]
    calm(other.save(room.text, "in the wrong paper"), 404, "item_unknown")


# ------------------------------------------------------------------------------------------- who is let in no more


def test_after_the_sign_out_nothing_is_stored_in_any_copy_of_the_browser(
    site: Site, room: sitting.Room
) -> None:
    copy = replace(room, visitor=same_browser(site, room.visitor))
    by_lane(site, copy, "two")
    assert room.visitor.post("/sign-out").status_code == 302
    for _ in range(2):
        calm(by_application(site, copy, "three", seq=3), 401, "sign_in_needed")
    assert (kept(site), kept(site, ResponseCopyRow)) == (2, 0)


def test_after_a_new_sign_in_the_old_login_stores_nothing(site: Site, room: sitting.Room) -> None:
    copy = replace(room, visitor=same_browser(site, room.visitor))
    assert room.visitor.post("/enter", {"code": site.code_of(NAME)}).status_code == 302
    calm(by_application(site, copy, "two", seq=2), 401, "sign_in_needed")
    assert by_application(site, room, "two").status_code == 200
    by_lane(site, room, "three")


def test_a_login_whose_time_is_over_stores_nothing(site: Site, room: sitting.Room) -> None:
    mine = LoginRow.token_hash == hash_key(str(room.visitor.login))
    with site.parts.store.write(Actor.system()) as uow:
        uow.db.execute(
            update(LoginRow).where(mine).values(created_at=uow.now - timedelta(hours=1), expires_at=uow.now)
        )
    calm(by_application(site, room, "two"), 401, "sign_in_needed")
    assert (kept(site), kept(site, ResponseCopyRow)) == (1, 0)


def test_after_a_withdrawal_nothing_counts(site: Site, room: sitting.Room) -> None:
    attempt_id = site.attempt_of(room.visitor)
    with site.parts.store.write(Actor.system()) as uow:
        manager = acting_as(uow, person(uow, Role.MANAGER))
        entry_id = uow.db.scalar(select(AttemptRow.entry_id).where(AttemptRow.id == attempt_id))
        assessor.withdraw_entry(manager, str(entry_id), organisation_id=str(manager.actor.organisation_id))
    for _ in range(2):
        calm(by_application(site, room, "two", seq=2), 401, "sign_in_needed")
    assert kept(site) == 1


def test_another_device_s_lease_ends_the_lane_of_this_one_at_once(site: Site, room: sitting.Room) -> None:
    laptop = replace(room, visitor=site.learner(NAME), device="laptop")
    taken = laptop.visitor.send("POST", "/room/lease", {"device": "laptop"})
    laptop.epoch = taken.json["epoch"]  # type: ignore[index]
    by_lane(site, laptop, "from the laptop")
    calm(by_application(site, room, "from the phone"), 409, "lease_lost")
    by_lane(site, laptop, "again")
    assert kept(site, ResponseCopyRow) == 1


# ------------------------------------------------------------------------------------------- what is not simply stored


def test_a_late_answer_keeps_its_facts_and_one_copy(site: Site, room: sitting.Room) -> None:
    site.clock.advance(TEST_SECONDS + site.parts.config.grace_seconds)
    said = [calm(by_application(site, room, "late", seq=2), 409, "late_answer").json for _ in range(2)]
    assert said[0] == said[1]
    facts = said[0]["facts"]  # type: ignore[index]
    assert facts["late"] is True
    assert facts["received_at"] == site.clock.now().isoformat()
    assert len(facts["receipt"]) == 64
    assert (kept(site), kept(site, ResponseCopyRow)) == (1, 1)
    site.clock.advance(60)
    again = calm(by_application(site, room, "late", seq=2), 409).json
    assert again["facts"]["received_at"] == facts["received_at"], "the copy came when it came"  # type: ignore[index]
    assert again["facts"]["receipt"] == facts["receipt"]  # type: ignore[index]


def test_another_value_under_a_used_number_is_kept_as_one_copy(site: Site, room: sitting.Room) -> None:
    for _ in range(2):
        calm(by_application(site, room, "something else", seq=1), 409, "sequence_conflict")
    assert (values(site, room.visitor), kept(site, ResponseCopyRow)) == (["one"], 1)


BODIES: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 422, "request_malformed"),
    "no object": (b'["text"]', 422, "request_malformed"),
    "broken": (b"{", 422, "request_malformed"),
    "nested deeply": (b'{"a":' * 10_000, 422, "request_malformed"),
    "no UTF-8": (b'{"device": "\xff"}', 422, "request_malformed"),
}
ODD: dict[str, tuple[dict[str, Any], int, str]] = {
    "member too many": ({"more": 1}, 422, "request_malformed"),
    "time that is no text": ({"client_time": 5}, 422, "request_malformed"),
    "device that is none": ({"device": "a b"}, 422, "device_malformed"),
    "epoch that is none": ({"epoch": True}, 422, "number_out_of_range"),
    "item that is none": ({"item": "aaaaaaaaaaaaaaaa"}, 404, "item_unknown"),
    "value of another kind": ({"value": ["a"]}, 422, "answer_malformed"),
    "value too long": ({"value": "x" * (LONGEST + 1)}, 422, "answer_too_long"),
    "NUL": ({"value": "a\0b"}, 422, "request_malformed"),
    "half a letter": ({"value": "a\ud800b"}, 422, "request_malformed"),
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_none_takes_the_long_way_and_is_refused_by_name(
    site: Site, room: sitting.Room, body: str
) -> None:
    data, status, code = BODIES[body]
    refused(site, room, data, status, code)


@pytest.mark.parametrize("member", ODD)
def test_a_member_that_is_wrong_takes_the_long_way_and_is_refused_by_name(
    site: Site, room: sitting.Room, member: str
) -> None:
    changes, status, code = ODD[member]
    refused(site, room, json.dumps({**room.body(room.text, "two"), **changes}).encode(), status, code)


def test_what_hides_a_letter_that_no_database_holds_is_refused(site: Site, room: sitting.Room) -> None:
    for value, coding in (("\ud800", "surrogatepass"), ("\\u0000", "strict")):
        text = json.dumps({**room.body(room.text, "?")}).replace("?", value)
        for charset in ("utf-8", "utf-16", "utf-32"):
            refused(site, room, text.encode(charset, coding), 422, "request_malformed")


def refused(site: Site, room: sitting.Room, data: bytes, status: int, code: str) -> None:
    with long_ways(site) as seen:
        calm(room.visitor.send_raw("PUT", "/room/responses/2", data), status, code)
    assert len(seen) == 1
    assert values(site, room.visitor) == ["one"]
    assert kept(site, ResponseCopyRow) == 0


def test_an_answer_with_an_escape_or_another_type_takes_the_long_way_and_is_stored(
    site: Site, room: sitting.Room
) -> None:
    escaped = json.dumps(room.body(room.text, "नमस्ते"), ensure_ascii=True).encode()
    plain = json.dumps(room.body(room.text, "नमस्ते"), ensure_ascii=False).encode()
    with long_ways(site) as seen:
        assert room.visitor.send_raw("PUT", "/room/responses/2", escaped).status_code == 200
        typed = room.visitor.send_raw("PUT", "/room/responses/3", plain, "application/json; charset=utf-8")
        assert typed.status_code == 200
        assert len(seen) == 2
        assert room.visitor.send_raw("PUT", "/room/responses/4", plain).status_code == 200
        assert len(seen) == 2
    assert values(site, room.visitor) == ["one", "नमस्ते", "नमस्ते", "नमस्ते"]


def test_a_number_or_a_length_that_is_none_takes_the_long_way(site: Site, room: sitting.Room) -> None:
    for name in ("", "-1", "1.5", "\u00b2", "9" * 11):
        with long_ways(site) as seen:
            path = f"/room/responses/{name}"
            answer = room.visitor.send("PUT", path, room.body(room.text, "two"))
        calm(answer, 422 if name.isascii() and name.isdigit() else 404)
        assert len(seen) == 1
    headers = {"X-CSRFToken": room.visitor.token, "Content-Length": "\u00b2"}
    with long_ways(site) as seen:
        odd = room.visitor.client.put("/room/responses/2", content_type="application/json", headers=headers)
    calm(odd, 422, "request_malformed")
    assert len(seen) == 1
    assert values(site, room.visitor) == ["one"]
