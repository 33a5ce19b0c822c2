# SPDX-License-Identifier: Apache-2.0
"""The system check: bytes to be measured, and one word for each part that a manager may see."""

from __future__ import annotations

from core.identity.model import Role
from tests.web.site import Site
from tests.web.test_practice import sat
from web import demo


def test_anybody_may_measure_the_line_and_nothing_of_it_is_kept(site: Site) -> None:
    visitor = site.visitor()
    page = visitor.get("/check")
    assert page.status_code == 200
    assert "data-result-url" not in page.text
    down = visitor.get("/check/bytes")
    assert (len(down.data), down.headers["Cache-Control"]) == (128 * 1024, "no-store")
    assert "Content-Encoding" not in down.headers
    up = visitor.send_raw("POST", "/check/bytes", b"x" * 32 * 1024, "application/octet-stream")
    assert up.json == {"received": 32 * 1024}
    assert visitor.get("/check/time").json == {"now_ms": round(site.clock.now().timestamp() * 1000)}


def test_more_bytes_than_the_check_sends_are_refused(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/check")
    for size in (0, 32 * 1024 + 1, 1024 * 1024):
        answer = visitor.send_raw("POST", "/check/bytes", b"x" * size, "application/octet-stream")
        assert answer.status_code == 422
        assert "This is not what the system check sends" in answer.text


def test_an_address_that_measures_all_day_is_asked_to_wait(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/check")
    codes = {
        visitor.send_raw("POST", "/check/bytes", b"x", "application/octet-stream").status_code
        for _ in range(1501)
    }
    assert codes == {200, 429}


def test_a_manager_sees_what_a_learner_s_check_found_in_a_word_each(site: Site) -> None:
    name = demo.describe(site.parts, address="")["learners"][0]["name"]
    learner = site.learner(name)
    assert "data-result-url" in learner.get("/check").text
    found = {"line": "warn", "camera": "ok"}
    assert learner.send("POST", "/check/result", found).status_code == 200
    assert "data-kept-old" in learner.get("/check").text
    manager = site.staff(Role.MANAGER)
    page = manager.get(f"/manager/entries/{entry_of(site, learner)}").text
    assert "Camera: good" in page
    assert "Connection: could be better" in page


def entry_of(site: Site, learner: object) -> str:
    from core.uow import Actor
    from web.login import find_user

    with site.parts.store.read(Actor.system()) as uow:
        user = find_user(uow, learner.login)  # type: ignore[attr-defined]
    assert user is not None
    assert user.entry_id is not None
    return user.entry_id


def test_what_is_no_finding_is_refused(site: Site) -> None:
    learner = site.learner(demo.describe(site.parts, address="")["learners"][0]["name"])
    for found in ({}, {"camera": "splendid"}, {"name": "ok"}, {"camera": ["ok"]}, {"camera": {"a": 1}}):
        assert learner.send("POST", "/check/result", found).json["code"] == "check_malformed"


def test_a_practice_test_is_no_part_of_what_staff_can_ask_for(site: Site) -> None:
    practiser = sat(site)
    practiser.hand_in()
    for role in {person.role for person in demo.STAFF}:
        staff = site.staff(role)
        assert staff.get("/practice/done").location == "/practice"
