# SPDX-License-Identifier: Apache-2.0
"""The way in and the addresses, with everything that can be typed wrong. Nothing is lost, nothing of the inside shown.

Forms of staff are in `test_bad_forms.py`, answers in `test_bad_answers.py`, files and evidence in `test_bad_files.py`,
programs in `test_bad_programs.py`.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from structlog.testing import capture_logs

from assessor import api as assessor
from core.identity import operations as identity
from core.identity.model import Role
from core.uow import Actor
from tests.web import sitting
from tests.web.batches import line_of, new_learner
from tests.web.calm import calm
from tests.web.site import COOKIE, Site
from tests.web.sitting import notice_version
from tests.web.world import person
from web import demo
from web.access import public

DAY = 24 * 3600
HOSTILE = (
    "",
    " ",
    "\u0001",
    "💥" * 50,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%s%n",
    "\u202e",
    "x" * 100_000,
)


# --------------------------------------------------------------------------------------------- access codes


def test_a_wrong_code_gets_kind_words_and_no_cookie(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/")
    for code in ("K7QD-M2XP-9F", *HOSTILE):
        answer = calm(visitor.post("/enter", {"code": code}), 404)
        assert "We do not know this code." in answer.text
        assert "Check each letter, or ask the person who gave it to you." in answer.text
        assert "<script>alert" not in answer.text
        assert visitor.login is None


def test_case_spaces_and_dashes_of_a_code_do_not_matter(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/")
    typed = f"  {site.code_of('Ravi Kumar').replace('-', ' ').lower()} "
    assert visitor.post("/enter", {"code": typed}).location == "/learner"


def test_the_code_of_a_withdrawn_entry_says_so_and_an_open_browser_falls_silent(site: Site) -> None:
    room = sitting.begin(site.learner("Mohan Lal"))
    manager = site.staff(Role.MANAGER)
    assert manager.post(f"/manager/entries/{line_of(site, 'Mohan Lal').entry.id}/withdraw").status_code == 302
    visitor = site.visitor()
    visitor.get("/")
    answer = calm(visitor.post("/enter", {"code": site.code_of("Mohan Lal")}), 409, "entry_withdrawn")
    assert "talk to your assessment agency" in answer.text
    calm(room.save(room.choice, None), 401, "sign_in_needed")
    assert room.visitor.get("/room").location == "/"
    assert line_of(site, "Mohan Lal").attempt.ended_by is assessor.EndedBy.WITHDRAWN


def test_a_reissued_code_takes_the_place_of_the_old_one(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    page = manager.post(f"/manager/entries/{line_of(site, 'Mohan Lal').entry.id}/code").text
    fresh = re.search(r'slip__code">([^<]+)<', page)
    assert fresh is not None
    visitor = site.visitor()
    visitor.get("/")
    calm(visitor.post("/enter", {"code": site.code_of("Mohan Lal")}), 404)
    assert visitor.post("/enter", {"code": fresh.group(1)}).location == "/learner"


def test_before_the_window_the_gate_says_when_and_nothing_can_be_started(site: Site) -> None:
    code = new_learner(site, opens_at="2026-11-22T11:30", closes_at="2026-11-22T18:00")
    visitor = site.visitor()
    visitor.get("/")
    assert visitor.post("/enter", {"code": code}).location == "/learner"
    gate = visitor.get("/learner").text.replace("\u202f", " ")
    assert "22 Nov 2026, 11:30" in gate
    consent = {"notice_version": notice_version(site, code), "purpose": ["answers"]}
    visitor.post("/learner/consent", consent)
    refused = calm(visitor.post("/learner/start"), 409, "window_not_open")
    assert "22 Nov 2026, 11:30" in refused.text.replace("\u202f", " ")
    site.clock.advance(3 * DAY)
    visitor.get("/")
    visitor.post("/enter", {"code": code})
    calm(visitor.post("/learner/start"), 409, "window_closed")


def test_after_the_window_the_gate_and_the_refusal_say_so(site: Site) -> None:
    site.clock.advance(366 * DAY)
    visitor = site.learner("Ananya Das")
    gate = visitor.get("/learner").text
    assert 'action="/learner/start"' not in gate
    assert "You must start before" in gate
    version = notice_version(site, site.code_of("Ananya Das"))
    visitor.post("/learner/consent", {"notice_version": version, "purpose": ["answers"]})
    refused = calm(visitor.post("/learner/start"), 409, "window_closed")
    assert "Ask your assessment agency for another date." in refused.text


def test_a_code_ends_when_its_data_is_no_longer_kept(site: Site) -> None:
    site.clock.advance(3000 * DAY)
    visitor = site.visitor()
    visitor.get("/")
    answer = calm(visitor.post("/enter", {"code": site.code_of("Mohan Lal")}), 409, "code_expired")
    assert re.search(r"ended on \d+ \w+ 20\d\d", answer.text)


def test_consent_that_is_not_whole_records_nothing(site: Site) -> None:
    visitor = site.learner("Ravi Kumar")
    version = notice_version(site, site.code_of("Ravi Kumar"))
    everything = ["answers", "photo", "camera", "browser"]
    for given in ({}, {"notice_version": "1999", "purpose": everything, "of_age": "yes"}):
        calm(visitor.post("/learner/consent", given), 409, "notice_changed")
    for purposes in ([], ["answers"], everything[:-1]):
        part = {"notice_version": version, "purpose": purposes, "of_age": "yes"}
        calm(visitor.post("/learner/consent", part), 422, "consent_incomplete")
    calm(visitor.post("/learner/start"), 409, "consent_missing")
    calm(visitor.get("/learner/result"), 409, "result_not_declared")
    assert visitor.get("/room").location == "/learner"


# ------------------------------------------------------------------------------------------------- sign-in


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(site: Site) -> None:
    def words(email: str, password: str) -> str:
        visitor = site.visitor()
        visitor.get("/sign-in")
        answer = calm(visitor.post("/sign-in", {"email": email, "password": password}), 401)
        assert "E-mail and password do not match" in answer.text
        assert visitor.login is None
        return re.sub(r'value="[^"]*"', "", answer.text)

    known = next(one.email for one in demo.STAFF)
    first = words(known, "not the password")
    assert first == words("nobody@parakh.example", demo.PASSWORD)
    assert first == words("", "")
    assert first == words("\u0001", "\u0001" * 900)
    assert first == words("x" * 5000, "💥" * 2000)


def test_a_closed_account_ends_at_its_next_request(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    with site.parts.store.write(Actor.system()) as uow:
        identity.disable_person(uow, person(uow, Role.MANAGER).id)
    assert urlsplit(manager.get("/manager/batches").location).path == "/sign-in"


def test_a_login_that_ran_out_asks_to_sign_in_and_loses_no_answer(site: Site) -> None:
    room = sitting.begin(site.learner("Mohan Lal"))
    assert room.save(room.choice, room.options[room.choice][:1]).status_code == 200
    manager = site.staff(Role.MANAGER)
    site.clock.advance(site.parts.config.login_hours * 3600)
    refused = calm(room.save(room.text, "words"), 401, "sign_in_needed")
    assert "what was saved is safe" in str(refused.json)
    assert room.visitor.get("/room").location == "/"
    assert (
        manager.get("/manager/batches?format=csv").location == "/sign-in?next=/manager/batches?format%3Dcsv"
    )
    calm(manager.post("/manager/batches/new", {}), 401, "sign_in_needed")
    assert line_of(site, "Mohan Lal").attempt.answered == 1


def test_a_login_cookie_that_is_none_of_ours_is_no_login(site: Site) -> None:
    visitor = site.visitor()
    for cookie in ("", "x", "\x7f" * 40, "a" * 4000, "%00", "ü", "\N{PILE OF POO}"):
        visitor.client.set_cookie(COOKIE, cookie)
        assert visitor.get("/learner").location == "/", cookie
        assert visitor.get("/").status_code == 200, cookie


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\t\\evil.example/",
    "/\n/evil.example/",
    "\t//evil.example/",
    " //evil.example/",
    "javascript:alert(1)",
    "http:evil.example",
    "http://[",
    "//a\u2100b/",
    "/\r\nSet-Cookie: a=b",
    "evil.example",
    "?next=//evil.example",
    "/" + "x" * 20_000,
    "/\u0001",
]


def test_after_signing_in_nobody_is_sent_to_another_site(site: Site) -> None:
    email = next(one.email for one in demo.STAFF if one.role is Role.MANAGER)
    visitor = site.visitor()
    for target in ELSEWHERE:
        visitor.get(f"/sign-in?next={quote(target)}")
        signed_in = visitor.post("/sign-in", {"email": email, "password": demo.PASSWORD, "next": target})
        visitor.get("/manager/batches")  # with a new token, since somebody has signed in
        switched = visitor.post("/language", {"language": "en", "next": target})
        for answer, home in ((signed_in, "/manager/batches"), (switched, "/")):
            assert answer.status_code == 302, target
            assert answer.location == home, target


def test_after_signing_in_people_come_to_where_they_wanted_to_go(site: Site) -> None:
    email = next(one.email for one in demo.STAFF if one.role is Role.MANAGER)
    visitor = site.visitor()
    asked = visitor.get("/manager/batches?format=csv").location
    wanted = parse_qs(urlsplit(asked).query)["next"][0]
    visitor.get(asked)
    answer = visitor.post("/sign-in", {"email": email, "password": demo.PASSWORD, "next": wanted})
    assert answer.location == "/manager/batches?format=csv"


@pytest.mark.parametrize(
    ("path", "form", "tries", "status"),
    [
        ("/enter", {"code": "WRONG-CODE"}, 200, 404),
        ("/sign-in", {"email": "nobody-{}@parakh.example"}, 30, 401),
    ],
)
def test_after_many_failures_the_door_waits_and_says_for_how_long(
    site: Site, path: str, form: dict[str, str], tries: int, status: int
) -> None:
    visitor = site.visitor()
    visitor.get("/sign-in")
    for number in range(tries):
        filled = {name: value.format(number) for name, value in form.items()}
        assert visitor.post(path, filled).status_code == status
    answer = calm(visitor.post(path, form), 429, "too_many_tries")
    assert "Wait five minutes." in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 300


def test_after_ten_failures_an_account_waits_wherever_they_came_from_and_others_do_not(site: Site) -> None:
    known, password = demo.STAFF[0].email, {"password": demo.PASSWORD}
    for email in (known, "nobody@parakh.example"):
        for number in range(11):
            visitor = site.visitor()
            visitor.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
            visitor.get("/sign-in")
            refused = calm(visitor.post("/sign-in", {"email": email}), 401 if number < 10 else 429)
        assert "Wait a quarter of an hour" in refused.text
    waiting = site.visitor()
    waiting.get("/sign-in")
    calm(waiting.post("/sign-in", {"email": known, **password}), 429)
    assert site.staff(demo.STAFF[1].role).get("/account").status_code == 200
    site.clock.advance(15 * 60)
    assert waiting.post("/sign-in", {"email": known, **password}).status_code == 302


def test_a_hall_full_of_learners_behind_one_address_comes_in_although_many_mistype(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/")
    for _ in range(50):
        calm(visitor.post("/enter", {"code": "WRONG-CODE"}), 404)
    for _ in range(60):
        assert visitor.post("/enter", {"code": site.code_of("Mohan Lal")}).location == "/learner"


# ---------------------------------------------------------------------------------------- tokens of forms


def test_a_form_without_its_token_changes_nothing_and_says_what_to_do(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    entry = line_of(site, "Mohan Lal").entry.id
    for token in ("", "x", "a.b.c", manager.token[:-2] + "xx", "\0"):
        answer = calm(
            manager.client.post(f"/manager/entries/{entry}/withdraw", data={"csrf_token": token}), 400
        )
        assert "reload the page and send it again. Nothing was changed." in answer.text
    room = sitting.begin(site.learner("Mohan Lal"))
    room.visitor.token = ""
    calm(room.save(room.choice, None), 400, "form_expired")
    assert line_of(site, "Mohan Lal").entry.state is assessor.EntryState.ENROLLED


def test_the_token_of_another_browser_is_not_taken(site: Site) -> None:
    manager, other = site.staff(Role.MANAGER), site.staff(Role.MANAGER)
    entry = line_of(site, "Mohan Lal").entry.id
    calm(manager.post(f"/manager/entries/{entry}/withdraw", {"csrf_token": other.token}), 400, "form_expired")


# ----------------------------------------------------------------------------------------- our own faults


def test_an_unexpected_fault_gives_a_reference_and_nothing_of_the_inside(site: Site) -> None:
    @public
    def broken() -> str:
        secret: dict[str, Any] = {}
        return str(secret["the answer is 1930"])

    site.app.add_url_rule("/broken", view_func=broken, methods=["GET", "POST"])
    visitor = site.staff(Role.MANAGER)
    with capture_logs() as log:
        page = calm(visitor.get("/broken"), 500, "crash")
    reference = re.search(r"reference: ([a-z0-9]{26})", page.text)
    assert reference is not None
    assert [line["reference"] for line in log if line["event"] == "crash"] == [reference.group(1)]
    assert "KeyError" not in page.text
    assert "1930" not in page.text
    program = calm(visitor.send("POST", "/broken", {}), 500, "crash")
    assert program.json is not None
    assert program.json["facts"]["reference"] in program.json["what_next"]
    assert program.json["facts"]["reference"] != reference.group(1)
    assert "1930" not in program.text
    assert visitor.get("/manager/batches").status_code == 200


def test_a_database_that_cannot_be_read_is_a_calm_page_with_a_reference(site: Site) -> None:
    visitor = site.staff(Role.MANAGER)
    site.parts.engine.dispose()
    for file in site.parts.config.var.glob("kasauti.db*"):
        file.unlink()
    (site.parts.config.var / "kasauti.db").write_bytes(b"no database any more" * 1000)
    for path in ("/", "/manager/batches", "/room/state"):
        page = calm(visitor.get(path), 500, "crash")
        assert "pass on this reference" in page.text
        assert "not a database" not in page.text
    assert visitor.get("/healthz").status_code == 200


ADDRESSES = [
    "/no/such/page",
    "/%00",
    "/%ff%fe",
    "/learner/%0d%0aSet-Cookie:a=b",
    "/static/x/../../wiring.py",
    "/static/x/..%2f..%2fwiring.py",
    "/static/x/%2e%2e/%2e%2e/wiring.py",
    "/static/vendor/../../../../etc/passwd",
    "/static/x//etc/passwd",
    "//evil.example/..",
    "/static/x/\0",
    "/static/" + "x" * 5000,
    "/.git/config",
    "/api/v2/results",
]


def test_an_address_that_is_none_of_ours_is_a_calm_404(site: Site) -> None:
    visitor = site.visitor()
    for address in ADDRESSES:
        answer = calm(visitor.get(address, follow_redirects=True), 404, "page_unknown")
        assert "root:" not in answer.text


IDS = ["\0", "%", "a" * 3000, "💥", "\udc80\udcff", "' OR 1=1 --", "..", "9" * 5000, "\u202e"]
FORM = {
    "minutes": "5",
    "verdict": "dismissed",
    "reason": "x",
    "decision": "accept",
    "comment": "Say more.",
    "duty": "proctor",
}


def test_an_id_that_is_none_of_ours_is_a_calm_404_for_every_role(site: Site) -> None:
    people = {one.role: site.staff(one.role) for one in demo.STAFF}
    sections = {role.value: role for role in Role} | {
        "integrity": Role.INTEGRITY_REVIEWER,
        "awarding": Role.AWARDING_BODY,
    }
    rules = [rule for rule in site.app.url_map.iter_rules() if rule.arguments]
    staffed = [rule for rule in rules if str(rule.endpoint).partition(".")[0] in sections]
    assert len(staffed) > 20
    for rule in staffed:
        visitor = people[sections[str(rule.endpoint).partition(".")[0]]]
        for name in IDS:
            path = re.sub(r"<[^>]+>", quote(name, safe="", errors="surrogateescape"), rule.rule)
            for method in (rule.methods or set()) & {"GET", "POST"}:
                form = {**FORM, "candidates": "Sana Khan, hi"}
                calm(visitor.get(path) if method == "GET" else visitor.post(path, form), 404)


def test_a_method_that_an_address_does_not_have_is_named(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/sign-in")
    answer = visitor.client.delete("/sign-in", headers={"X-CSRFToken": visitor.token})
    calm(answer, 405, "method_unknown")
    assert "GET" in answer.headers["Allow"]
