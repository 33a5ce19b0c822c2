# SPDX-License-Identifier: Apache-2.0
"""Practice by criterion: pages of learners, authors and managers; explanations are told here and keys of papers never."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.unit.item_bank.builders import item, text_item
from tests.unit.item_bank.rich_files import media_files
from tests.unit.item_bank.rich_items import DOCUMENTS
from tests.web.site import Site, Visitor
from tests.web.sitting import notice_version
from tests.web.world import acting_as, person
from web import demo

SAID = "practice explanation 7f3a"


def documents() -> list[dict[str, Any]]:
    """A choice and a typed answer of one criterion, an item with a picture of another."""
    first = item(id="PRA-1", pc="PC1")
    first["en"] = {**first["en"], "rationale": SAID}
    rich = json.loads(json.dumps(DOCUMENTS["hotspot"]))
    return [first, text_item(id="PRA-2", pc="PC2"), {**rich, "id": "PRA-3", "pc": "PC3"}]


@dataclass
class House:
    """The sample with live items that stand in no paper; version ids by name."""

    site: Site
    versions: dict[str, str]

    def give(self, *names: str) -> None:
        author = self.site.staff(Role.AUTHOR)
        author.get("/author/items")
        chosen = [self.versions[name] for name in names or self.versions]
        assert author.post("/author/practice", {"item": chosen, "action": "give"}).status_code == 302

    def learner(self, place: int = 0) -> Visitor:
        learner = self.site.learner(demo.describe(self.site.parts, address="")["learners"][place]["name"])
        learner.client.set_cookie("kasauti-language", "en")
        return learner


@pytest.fixture
def house(site: Site) -> House:
    with site.parts.store.write(Actor.system()) as uow:
        author, reviewer = (acting_as(uow, person(uow, role)) for role in (Role.AUTHOR, Role.REVIEWER))
        owner = str(author.actor.organisation_id)
        bank.store_media(author, media_files(), owner_id=owner)
        report = bank.import_items(
            author,
            owner_id=owner,
            credential_version_id=bank.credential_versions(author)[0].id,
            parsed=bank.parse_item_documents(documents()),
            mode=bank.ImportMode.ALL_OR_NOTHING,
        )
        assert report.refused == (), report.refused
        newest = bank.newest_versions(author, owner_id=owner)
        versions = {one.external_id: one.id for one in newest if one.external_id.startswith("PRA-")}
        for version_id in versions.values():
            bank.submit_for_review(author, version_id)
            bank.approve_item(reviewer, version_id)
    return House(site, versions)


def number_of(page: str) -> str:
    return re.findall(r'name="number" value="(\d+)"', page)[0]


def choices(page: str) -> list[str]:
    return re.findall(r'type="radio" name="[a-z2-7]+" value="([a-z2-7]{16})"', page)


def test_a_learner_chooses_a_criterion_by_its_name_answers_and_is_told_why(house: House) -> None:
    house.give()
    learner = house.learner()
    page = learner.get("/learner/practice").text
    assert page.count('name="pc"') == 3
    assert learner.post("/learner/practice/choose", {"pc": ["PC1"]}).location == "/learner/practice/question"
    asked = learner.get("/learner/practice/question").text
    assert SAID not in asked
    assert "UPI PIN" in asked
    said = learner.post(
        "/learner/practice/answer", {"number": number_of(asked), "value": json.dumps(choices(asked)[:1])}
    ).text
    assert SAID in said
    assert ("Not right" in said) or ("Right" in said)
    assert learner.get("/learner/practice/question").location == "/learner/practice"
    assert learner.post("/learner/practice/next").location == "/learner/practice/question"
    assert "of 1 right" in learner.get("/learner/practice").text


def test_an_item_with_a_picture_is_practised_with_its_picture(house: House) -> None:
    house.give("PRA-3")
    learner = house.learner()
    learner.get("/learner/practice")
    learner.post("/learner/practice/choose")
    asked = learner.get("/learner/practice/question").text
    address = re.findall(r"/learner/practice/media/[a-z2-7]+", asked)[0]
    assert learner.get(address).mimetype == "image/png"
    assert house.learner(1).get(address).status_code == 404


def test_an_author_gives_items_to_practice_and_takes_them_back_in_bulk(house: House) -> None:
    house.give("PRA-1", "PRA-2")
    author = house.site.staff(Role.AUTHOR)
    page = author.get("/author/items?practice=yes").text
    assert "PRA-1" in page
    assert "PRA-3" not in page
    author.post("/author/practice", {"item": [house.versions["PRA-1"]], "action": "take"})
    assert "PRA-1" not in author.get("/author/items?practice=yes").text
    assert author.post("/author/practice", {"action": "give"}).status_code == 422
    assert author.post("/author/practice", {"item": ["x"], "action": "burn"}).status_code == 422
    assert author.get("/author/items?practice=maybe").status_code == 200


def test_an_author_cannot_give_an_item_of_a_paper_to_practice(house: House) -> None:
    with house.site.parts.store.read(Actor.system()) as uow:
        owner = str(person(uow, Role.MANAGER).organisation_id)
        definition = assessor.assessments(uow, organisation_id=owner)[0]
        inside = assessor.forms(uow, definition.id, organisation_id=owner)[0].content.items[0].version_id
    author = house.site.staff(Role.AUTHOR)
    author.get("/author/items")
    answer = author.post("/author/practice", {"item": [inside], "action": "give"})
    assert answer.status_code == 409
    assert "stand in a paper" in answer.text


def test_no_key_or_explanation_of_a_paper_can_be_had_by_practising(house: House) -> None:
    house.give()
    learner = house.learner()
    learner.get("/learner/practice")
    learner.post("/learner/practice/choose")
    received = ""
    for _ in range(12):
        asked = learner.get("/learner/practice/question").text
        said = learner.post("/learner/practice/answer", {"number": number_of(asked), "value": "null"})
        received += asked + said.text
        learner.post("/learner/practice/next")
    sample = bank.load_sample()
    texts = [
        str(body["rationale"])
        for one in sample.items
        for body in (one["en"], one["hi"])
        if isinstance(body, dict) and body.get("rationale")
    ]
    assert len(texts) > 50
    assert not [text for text in texts if text[:60] in received]
    assert SAID in received


def test_who_has_a_link_practises_without_a_code_and_may_delete_it_all(house: House) -> None:
    house.give()
    manager = house.site.staff(Role.MANAGER)
    page = manager.get("/manager/practice").text
    credential = re.findall(r'name="credential_version_id" value="([^"]+)"', page)[0]
    opened = manager.post("/manager/practice/links", {"credential_version_id": credential}).text
    path = re.findall(r"/practise/[\w-]+", opened)[0]
    visitor = house.site.visitor()
    assert visitor.get("/learner/practice").location == "/"
    assert visitor.get(path).status_code == 200
    assert visitor.post(path).location == "/learner/practice"
    visitor.get("/learner/practice")
    visitor.post("/learner/practice/choose")
    asked = visitor.get("/learner/practice/question").text
    visitor.post("/learner/practice/answer", {"number": number_of(asked), "value": "null"})
    assert "used by 1 browser" in manager.get("/manager/practice").text
    assert visitor.post("/learner/practice/delete").location == "/"
    assert visitor.get("/learner/practice").location == "/"
    close = re.findall(r"/manager/practice/links/\w+/close", manager.get("/manager/practice").text)[0]
    assert manager.post(close).status_code == 302
    assert visitor.get(path).status_code == 404


def test_a_manager_sees_numbers_and_no_name(house: House) -> None:
    house.give()
    name = demo.describe(house.site.parts, address="")["learners"][0]["name"]
    learner = house.site.learner(name)
    learner.get("/learner/practice")
    learner.post("/learner/practice/choose", {"pc": ["PC2"]})
    asked = learner.get("/learner/practice/question").text
    learner.post("/learner/practice/answer", {"number": number_of(asked), "value": '"1930"'})
    page = house.site.staff(Role.MANAGER).get("/manager/practice").text
    assert "(100 %)" in page
    assert name not in page


@pytest.mark.parametrize("form", [{}, {"number": "1"}, {"number": "x", "value": "1"}, {"number": "1", "value": "{"},
                                  {"number": "1", "value": "[" * 50_000}, {"number": "1", "value": "1" * 60_001}])  # fmt: skip
def test_what_is_no_answer_is_refused_by_name(house: House, form: dict[str, str]) -> None:
    house.give()
    learner = house.learner()
    learner.get("/learner/practice")
    learner.post("/learner/practice/choose")
    assert learner.post("/learner/practice/answer", form).status_code == 422


def test_an_empty_pool_says_so(house: House) -> None:
    learner = house.learner()
    assert "Nothing to practise yet" in learner.get("/learner/practice").text
    assert learner.post("/learner/practice/choose").status_code == 409


def test_a_page_of_practice_needs_few_queries(house: House) -> None:
    from sqlalchemy import event

    house.give()
    learner = house.learner()
    learner.get("/learner/practice")
    counted: list[str] = []
    event.listen(house.site.parts.engine, "before_cursor_execute", lambda *said: counted.append(str(said[2])))
    learner.get("/learner/practice")
    assert len(counted) <= 20, counted


def test_who_sits_a_test_is_told_that_practice_has_to_wait(house: House) -> None:
    house.give()
    learner = house.site.learner("Abdul Karim")
    learner.client.set_cookie("kasauti-language", "en")
    version = notice_version(house.site, house.site.code_of("Abdul Karim"))
    learner.post("/learner/consent", {"purpose": ["answers"], "notice_version": version})
    learner.post("/learner/start")
    assert learner.get("/room").status_code == 200
    assert learner.post("/learner/practice/choose").location == "/learner/practice"
    assert "Your test is running" in learner.get("/learner/practice").text
