# SPDX-License-Identifier: Apache-2.0
"""Adaptive sections over HTTP: what the learner's device is told, what the pages say, and the builder that plans them."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from typing import Any

import pytest

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.adaptive import CURTAILED, ONE_WAY, RATIO
from tests.sectioned import LINEAR, some_answer
from tests.web import sitting
from tests.web.calm import calm
from tests.web.section_sitting import CODE, add_section_sitting
from tests.web.site import Site, Visitor
from tests.web.test_blueprints import fields
from tests.web.test_offline import fetched, start, unlock
from tests.web.test_sections import come_in, move
from web.presenters.settled import settled_words

RECEIPT = {"seq", "kind", "target", "receipt", "received_at", "remaining_ms", "section_remaining_ms"}
KNOWN = {
    "id",
    "title",
    "seconds",
    "navigation",
    "allow_skipping",
    "allow_review",
    "max_attempts",
    "validate",
    "items",
    "adaptive",
}


def learner_of(site: Site) -> Visitor:
    visitor = site.visitor()
    visitor.get("/")
    assert visitor.post("/enter", {"code": CODE}).status_code == 302
    sitting.agree(visitor)
    return visitor


def package_of(site: Site, adaptive: dict[str, Any]) -> str:
    """The page of the locked test, opened with the key that the start gives."""
    add_section_sitting(site.parts, **ONE_WAY, adaptive=adaptive)
    visitor = learner_of(site)
    visitor.get("/learner")
    _, sealed = fetched(visitor)
    key = base64.b64decode(start(visitor).json["key"])
    return gzip.decompress(unlock(key, "page", sealed)).decode()


def sections_in(page: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/json" id="sections">(.*?)</script>', page, re.DOTALL)
    told: list[dict[str, Any]] = json.loads(html.unescape(found[0]))
    return told


@pytest.mark.parametrize("adaptive", [CURTAILED, RATIO])
def test_nothing_in_the_package_says_which_criterion_will_end_or_when(
    site: Site, adaptive: dict[str, Any]
) -> None:
    page = package_of(site, adaptive)
    section = sections_in(page)[1]
    assert set(section) == KNOWN
    assert (section["id"], section["adaptive"], len(section["items"])) == (LINEAR, True, 8)
    # No table, no criterion, no threshold, no name of the method; the questions differ by their opaque names alone.
    for word in (
        "stops",
        "PC3",
        "PC4",
        "curtailed",
        "ratio",
        "posterior",
        "threshold",
        "criterion",
        "version",
    ):
        assert not re.search(rf"\b{word}\b", re.sub(r"<(style|script src).*?</", "", page)), word
    rows = re.findall(r"<li><button[^>]*data-go[^>]*>", page)[8:16]
    shapes = {re.sub(r'data-go="\w+"', "", row) for row in rows}
    assert shapes == {'<li><button type="button" >'}


def test_the_state_and_the_receipts_say_only_which_questions_are_not_needed(site: Site) -> None:
    enrolled = add_section_sitting(site.parts, **ONE_WAY, adaptive=CURTAILED)
    room = come_in(site)
    for kind, target in (("enter_section", "s1"), ("leave_section", "s1"), ("enter_section", LINEAR)):
        kept = move(room, kind, target).json or {}
        assert "withheld" not in kept
    with site.parts.store.read(Actor.system()) as uow:
        paper = assessor.candidate_paper(uow, enrolled.attempt_id)
    wrong = {item.ref: some_answer(item) for item in paper.items}
    refs = list(room.items)[8:16]
    told: list[str] = []
    for place, ref in enumerate(refs):
        if place and ref not in told:
            kept = move(room, "visit", ref).json or {}
            told = kept.get("withheld", [])
            assert set(kept) - {"withheld"} == RECEIPT
            assert set(told) <= set(refs)
            assert room.state().get("withheld", []) == told
        if ref not in told:
            said = room.save(ref, wrong[ref]).json or {}
            assert "withheld" not in said  # nothing is said of an answer that can still be changed
            assert room.state().get("withheld", []) == told
    assert told
    assert "PC3" not in json.dumps(room.state())


def test_the_gate_and_the_room_say_at_most(site: Site) -> None:
    add_section_sitting(site.parts, **ONE_WAY, adaptive=CURTAILED)
    visitor = learner_of(site)
    assert "at most 24" in visitor.get("/learner").text
    assert start(visitor).status_code == 200
    room = visitor.get("/room").text
    assert "Question {number} · at most {total}" in room
    assert " / 24" not in room


SETTLED = "This was settled after 6 questions; 5 answered rightly."
COUNTED = "6 questions counted here; 5 answered rightly."
LATE = "1 answer came after that and does not count."
RULED = {"right": 5, "section": "s2", "pc": "PC3", "ruling": "met", "counted": list("abcdef")}


def test_a_result_says_after_how_many_questions_a_criterion_was_settled(site: Site) -> None:
    told = (
        ({"not_asked": [*"gh"], "after_the_end": []}, (SETTLED, "2 more were not needed.")),
        ({"not_asked": ["g"], "after_the_end": ["h"]}, (SETTLED, "1 more was not needed.", LATE)),
        ({"not_asked": [], "after_the_end": []}, (COUNTED,)),
        ({"not_asked": ["g"], "after_the_end": [], "ruling": "go_on"}, (COUNTED, "1 more was not needed.")),
    )
    with site.app.test_request_context():
        for one, words in told:
            assert settled_words({"adaptive": [{**RULED, **one}]}) == {"PC3": " ".join(words)}
        assert settled_words({}) == {}


def test_learner_agency_and_awarding_body_read_when_a_criterion_was_settled(site: Site) -> None:
    enrolled = add_section_sitting(site.parts, **ONE_WAY, adaptive=CURTAILED)
    room = come_in(site)
    assert room.hand_in().status_code == 200
    sitting.mark_everything(site, "Farida Sheikh")
    manager = site.staff(Role.MANAGER)
    with site.parts.store.read(Actor.system()) as uow:
        line = assessor.entry_line(uow, enrolled.entry.id, organisation_id=enrolled.entry.agency_id)
    assert line.result is not None
    # Nothing was reached: what is missing is wrong, and no answer can turn PC3 after one, PC4 after two of four.
    words = (
        "This was settled after 1 question; 0 answered rightly. 3 more were not needed.",
        "This was settled after 2 questions; 0 answered rightly. 2 more were not needed.",
    )
    pages = [manager.get(f"/manager/results/{line.result.id}")]
    assert manager.post(f"/manager/results/{line.result.id}/declare").status_code == 302
    pages.append(room.visitor.get("/learner/result"))
    site.worker.round()
    pages.append(site.staff(Role.AWARDING_BODY).get(f"/awarding/results/{line.result.id}"))
    for page in pages:
        assert page.status_code == 200
        assert all(sentence in page.text for sentence in words)


def early(**changes: str) -> dict[str, Any]:
    """Two sections, the first one early; as the builder's form sends them."""
    sections: dict[str, Any] = {"sections": "2"}
    for number, pcs in ((1, ["pc:PC3", "pc:PC4"]), (2, ["pc:PC1", "pc:PC2", "pc:PC5", "pc:PC6"])):
        key = f"section:{number}"
        sections |= {
            f"{key}:title:en": f"Part {number}",
            f"{key}:title:hi": f"भाग {number}",
            f"{key}:of": pcs,
        }
        sections |= {f"{key}:navigation": "linear" if number == 1 else "free", f"{key}:allow": []}
    given = {"method": "curtailed", "marks": "share", "least": "2", **changes}
    return sections | {f"section:1:early:{name}": value for name, value in given.items()}


NUMBERS = {"lacking": "50", "master": "90", "false_pass": "40", "false_fail": "40"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"balance": "difficulty", "exposure": "70"},
        {"method": "ratio", **NUMBERS, "lacking": "33,3", "balance": "type"},
        {"method": "posterior", "sure_met": "95", "sure_not_met": "1/3"},
    ],
)
def test_a_blueprint_that_is_started_from_another_keeps_its_adaptive_plan(
    site: Site, given: dict[str, str]
) -> None:
    if given.get("method") == "posterior":
        given = {**given, "sure_not_met": "2/3"}  # a share that no short percentage writes
    manager = site.staff(Role.MANAGER)
    made = manager.post(
        "/blueprints/new", {**fields(manager), **early(**given), "action": "save", "name": "One"}
    )
    assert made.status_code == 302, made.text
    first = str(made.location).rsplit("/", 1)[1]
    page = manager.get(f"/blueprints/new?like={first}").text
    sent = as_sent(page)
    again = manager.post("/blueprints/new", {**sent, "action": "save", "name": "Two"})
    assert again.status_code == 302, again.text
    second = str(again.location).rsplit("/", 1)[1]
    with site.parts.store.read(Actor.system()) as uow:
        one, two = (bank.blueprint(uow, each).blueprint.to_document() for each in (first, second))
    assert one == two
    assert "adaptive" in one["sections"][0]  # type: ignore[index]
    # Another section in between drops nothing either.
    added = manager.post("/blueprints/new", {**sent, "action": "add_section"}).text
    assert as_sent(added)["section:1:early:method"] == given.get("method", "curtailed")
    assert as_sent(added)["section:3:early:method"] == ""


def as_sent(page: str) -> dict[str, Any]:
    """Every control of the builder's form as a browser would send it."""
    form = page[page.index("data-blueprint") : page.index("</form>", page.index("data-blueprint"))]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        held = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        name, value = held.get("name"), html.unescape(held.get("value", ""))
        if name is None or (held.get("type") in ("radio", "checkbox") and " checked" not in tag):
            continue
        if held.get("type") == "checkbox":
            sent.setdefault(name, []).append(value)
        else:
            sent[name] = value
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        sent[name] = html.unescape(re.findall(r'value="([^"]*)" selected', options)[0])
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = html.unescape(text).strip()
    return sent


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "questions for a master"),
        ({}, "Everybody is asked at least 2."),
        ({"method": "ratio", **NUMBERS}, "(wanted: at most 40\u00a0%)"),
        (
            {"method": "ratio", **NUMBERS, "false_pass": "5"},
            "A test that ends early must also keep the errors",
        ),
        ({"method": "ratio", **NUMBERS, "false_pass": "5"}, "questions both would be kept."),
        ({"method": "ratio", **NUMBERS, "false_pass": "0.01"}, "No number of questions keeps both."),
        ({"method": "ratio", **NUMBERS, "master": "40"}, "No test can be made of the numbers"),
        ({"method": "ratio", **NUMBERS, "lacking": "x"}, "Enter a percentage from 0 to 100."),
        ({"method": "posterior", "sure_met": "90", "sure_not_met": "90"}, "A master fails: "),
        ({"least": "0"}, "Enter a whole number from 1 on."),
        ({"exposure": "20"}, "So low a limit on first questions cannot be kept"),
        ({"exposure": "0"}, "The limit on first questions is not a part of the papers."),
        ({"marks": "threshold"}, "The pass rule adds the marks of a criterion to others"),
        ({"method": "guess"}, "is none of curtailed, ratio, posterior"),
    ],
)
def test_the_proof_says_what_an_early_end_does_or_why_it_cannot_be(
    site: Site, given: dict[str, str], words: str
) -> None:
    manager = site.staff(Role.MANAGER)
    answer = manager.post("/blueprints/proof", {**fields(manager), **early(**given)})
    assert answer.status_code == 200
    assert words in html.unescape(answer.text)


def test_a_blueprint_whose_early_test_does_not_keep_its_errors_draws_no_paper(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    wrong = early(method="ratio", **{**NUMBERS, "false_pass": "5"})
    made = manager.post("/blueprints/new", {**fields(manager), **wrong, "action": "save", "name": "Hasty"})
    page = manager.get(str(made.location)).text
    assert "Papers are refused because of PC3, PC4" in page
    assert "questions of a criterion are asked until masters and others can be told apart" in page
    calm(manager.post(f"{made.location}/draw", {"papers": "1"}), 409, "blueprint_unsound")
