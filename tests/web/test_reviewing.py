# SPDX-License-Identifier: Apache-2.0
"""The bank in a browser: pages of a long list, the queue of review, what changed between two versions, comments."""

from __future__ import annotations

import json
from typing import Any

from core.identity import queries as identity
from core.identity.model import OrganisationKind, Role
from core.uow import Actor, ActorKind
from item_bank import api as bank
from tests.unit.item_bank.builders import item
from tests.web.site import Site


def bring(site: Site, *documents: dict[str, Any]) -> None:
    """Import items into the sample's bank, as somebody who is not among the sample's people."""
    with site.parts.store.read(Actor.system()) as uow:
        agency = identity.organisations(uow, kind=OrganisationKind.ASSESSMENT_AGENCY)[0].id
    author = Actor(ActorKind.PERSON, "somebody", agency)
    with site.parts.store.write(author) as uow:
        credential = bank.find_credential_version(uow, code="SDP/MC/0701", version="1.0")
        assert credential is not None
        report = bank.import_items(
            uow,
            owner_id=agency,
            credential_version_id=credential.id,
            parsed=bank.parse_items(json.dumps(documents).encode(), filename="more.json"),
            mode=bank.ImportMode.ALL_OR_NOTHING,
        )
    assert report.refused == ()


def newest(site: Site, external_id: str) -> str:
    with site.parts.store.read(Actor.system()) as uow:
        agency = identity.organisations(uow, kind=OrganisationKind.ASSESSMENT_AGENCY)[0].id
        page = bank.find_items(uow, bank.BankFilter(words=external_id), owner_id=agency)
    return page.versions[0].id


def test_a_long_bank_is_shown_a_page_at_a_time_and_narrowed_by_words(site: Site) -> None:
    author = site.staff(Role.AUTHOR)
    first = author.get("/author/items").text
    assert "84 items" in first
    assert "1 to 50 of 84" in first
    second = author.get("/author/items?page=2").text
    assert "51 to 84 of 84" in second
    assert "51 to 84 of 84" in author.get("/author/items?page=99").text, "a page behind the last is the last"
    for page in ("0", "-1", "x", "١"):
        assert "1 to 50 of 84" in author.get(f"/author/items?page={page}").text
    assert "No item fits" in author.get("/author/items?q=zzzz").text
    assert "No item fits" in author.get("/author/items?state=nothing").text
    narrowed = author.get("/author/items?pc=PC3&difficulty=easy&language=hi&type=choice_single").text
    assert "SDP-PC3-" in narrowed
    assert 'href="/author/items?pc=PC1' in narrowed, "the overview stands above the list"
    assert "SDP-PC1-0" not in narrowed


def test_the_whole_list_goes_out_as_csv_whatever_the_page(site: Site) -> None:
    answer = site.staff(Role.AUTHOR).get("/author/items?format=csv&page=2")
    assert answer.text.count("SDP-PC") == 84


def test_what_waits_is_shown_with_what_it_changes(site: Site) -> None:
    bring(site, item(id="NEW-1"))
    author, reviewer = site.staff(Role.AUTHOR), site.staff(Role.REVIEWER)
    assert "Nothing waits for review" in reviewer.get("/author/review").text
    version = newest(site, "NEW-1")
    author.get(f"/author/items/{version}")
    author.post(f"/author/items/{version}/submit")
    shown = reviewer.get("/author/review").text
    assert "NEW-1" in shown
    assert "New item" in shown
    assert "1 of them is yours" not in shown
    assert "(you)" in author.get("/author/review").text, "who sent it to review does not decide it"


def test_a_change_to_a_live_item_is_held_against_the_live_version(site: Site) -> None:
    live = newest(site, "SDP-PC1-01")
    with site.parts.store.read(Actor.system()) as uow:
        agency = identity.organisations(uow, kind=OrganisationKind.ASSESSMENT_AGENCY)[0].id
    with site.parts.store.read(Actor(ActorKind.PERSON, "x", agency)) as uow:
        document: dict[str, Any] = bank.item_document(uow, live).to_document()
    english = {**document["en"], "stem": document["en"]["stem"] + " Choose one word."}
    bring(site, {**document, "en": english, "seconds": 99})
    author, reviewer = site.staff(Role.AUTHOR), site.staff(Role.REVIEWER)
    changed = newest(site, "SDP-PC1-01")
    assert changed != live
    author.get(f"/author/items/{changed}")
    author.post(f"/author/items/{changed}/submit")
    assert "Replaces a live version" in reviewer.get("/author/review").text
    page = reviewer.get(f"/author/items/{changed}/difference").text
    assert "<ins>" in page
    assert "Choose" in page
    assert "Expected time in seconds" in page
    assert "99" in page
    assert "This is the first version" in reviewer.get(f"/author/items/{live}/difference").text
    back = reviewer.get(f"/author/items/{live}/difference?with={changed}").text
    assert "<del>" in back


def test_a_comment_stands_with_the_version_and_moves_nothing(site: Site) -> None:
    reviewer = site.staff(Role.REVIEWER)
    version = newest(site, "SDP-PC2-03")
    reviewer.get(f"/author/items/{version}")
    answer = reviewer.post(f"/author/items/{version}/comment", {"comment": "Is the limit still right?"})
    assert answer.status_code == 302
    page = reviewer.get(f"/author/items/{version}").text
    assert "Is the limit still right?" in page
    assert "Live" in page
    empty = reviewer.post(f"/author/items/{version}/comment", {"comment": "  "})
    assert empty.status_code == 422
