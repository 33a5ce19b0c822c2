# SPDX-License-Identifier: Apache-2.0
"""A judge's page: what may be seen and when, what is kept, what another window did, and who is told of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from core.identity.model import Role
from core.notices.model import NoticeKind
from core.notices.operations import claim_notice
from core.notices.tables import NoticeRow
from core.uow import Actor
from item_bank import api as bank
from tests.unit.item_bank.builders import text_item
from tests.unit.item_bank.rich_files import FILES, media, media_files
from tests.unit.item_bank.rich_items import DOCUMENTS
from tests.web.judged import Walk, chair_of, walk
from tests.web.site import Site, Visitor
from tests.web.world import acting_as, person

SECRET_KEY, SECRET_REASON = "quillfeather", "Because a quill is a feather."
PICTURE, OTHER_PICTURE = media("mark.svg")["sha256"], media("panel.png")["sha256"]


def live_items(site: Site) -> list[str]:
    """An item that shows a picture, and one whose key and reason are words of its own; their versions."""
    pictured = {**DOCUMENTS["choice_single"], "id": "J-PICTURE", "pc": "PC1"}
    secret = text_item(id="J-SECRET", pc="PC2", key=[SECRET_KEY])
    secret["en"]["rationale"] = SECRET_REASON
    with site.parts.store.write(Actor.system()) as uow:
        author, reviewer = (acting_as(uow, person(uow, role)) for role in (Role.AUTHOR, Role.REVIEWER))
        owner = str(author.actor.organisation_id)
        bank.store_media(author, media_files(), owner_id=owner)
        report = bank.import_items(
            author,
            owner_id=owner,
            credential_version_id=bank.credential_versions(author)[0].id,
            parsed=bank.parse_item_documents([pictured, secret]),
            mode=bank.ImportMode.ALL_OR_NOTHING,
        )
        assert report.refused == (), report.refused
        found = {one.external_id: one.id for one in bank.newest_versions(author, owner_id=owner)}
        made = [found["J-PICTURE"], found["J-SECRET"]]
        for version_id in made:
            bank.submit_for_review(author, version_id)
            bank.approve_item(reviewer, version_id)
    return made


@pytest.fixture
def found(site: Site) -> Walk:
    """A panel on two items; the assessor sits on it and the author, the reviewer has no seat."""
    versions = live_items(site)
    made = walk(site, "angoff")
    made.judges, made.people = (made.judges[2], made.judges[0]), (made.people[2], made.people[0])
    made.lead("objects", {"component": "theory", "object": [f"item:{one}" for one in versions]})
    made.seat()
    return made


def page_of(found: Walk, place: int = 0) -> str:
    return found.judges[place].get(f"{found.panel}/seat").text


def save(visitor: Visitor, panel: str, form: dict[str, str], **more: Any) -> Any:
    return visitor.post(f"{panel}/judgements", form, **more)


def test_a_judge_sees_the_pictures_of_the_items_and_nobody_else_sees_them_through_the_panel(
    site: Site, found: Walk
) -> None:
    picture = f"{found.panel}/media/{PICTURE}"
    judge = found.judges[0]
    assert picture not in page_of(found), "nothing is shown before the first round"
    assert judge.get(picture).status_code == 404
    found.act("open")
    assert f'src="{picture}"' in page_of(found)
    shown = judge.get(picture)
    assert (shown.status_code, shown.data) == (200, FILES["mark.svg"][1])
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "private" in shown.headers["Cache-Control"]
    assert judge.get(f"{found.panel}/media/{OTHER_PICTURE}").status_code == 404, "of another item of the bank"
    assert judge.get(f"/author/media/{PICTURE}").status_code == 404, "an assessor has no other way to it"
    for stranger in (found.chair, site.staff(Role.REVIEWER), site.staff(Role.PROCTOR), site.visitor()):
        assert stranger.get(picture).status_code in (302, 404)
    body = site.staff(Role.AWARDING_BODY)
    assert body.get(picture).status_code == 404
    found.lead("judges", {"person": person_of(site, Role.REVIEWER)}, status=409)
    found.hand_in(0, ["60", "70"])
    found.hand_in(1, ["60", "70"])
    found.act("close")
    assert judge.get(picture).status_code == 200, "while one talks about it"
    found.lead("judges", {"person": person_of(site, Role.REVIEWER)})
    assert site.staff(Role.REVIEWER).get(picture).status_code == 404, "asked, and not yet a judge"
    found.conclude("65")
    assert judge.get(picture).status_code == 404
    assert "gold disc" not in page_of(found)


def person_of(site: Site, role: Role) -> str:
    with site.parts.store.read(Actor.system()) as uow:
        return person(uow, role).id


def test_what_is_right_is_shown_only_after_a_closed_round_that_counts_ones_own_judgement(
    site: Site, found: Walk
) -> None:
    def knows(place: int) -> bool:
        page = page_of(found, place)
        assert (SECRET_KEY in page) == (SECRET_REASON in page)
        return SECRET_KEY in page

    found.lead("judges", {"person": person_of(site, Role.REVIEWER)})
    late = site.staff(Role.REVIEWER)
    late.get(f"{found.panel}/seat")
    late.post(f"{found.panel}/seat", {"answer": "accept", "expertise": "Many years at a counter."})
    found.act("open")
    assert [knows(0), knows(1)] == [False, False]
    found.hand_in(0, ["60", "70"])
    found.hand_in(1, ["60", "70"])
    assert [knows(0), knows(1)] == [False, False], "the chair could give it back"
    found.act("close")
    assert [knows(0), knows(1)] == [True, True]
    assert SECRET_KEY not in late.get(f"{found.panel}/seat").text, "who did not judge in it"
    assert SECRET_KEY not in found.chair.get(found.panel).text
    found.act("open")
    assert "What is right" in page_of(found)
    assert SECRET_KEY not in late.get(f"{found.panel}/seat").text
    for place in (0, 1):
        found.hand_in(place, ["60", "70"])
    found.act("close")
    minutes = str(found.conclude("65"))
    assert SECRET_KEY not in minutes
    assert SECRET_REASON not in minutes


def test_every_id_of_a_judges_page_is_there_once(found: Walk) -> None:
    found.act("open")
    names = re.findall(r'\sid="([^"]+)"', page_of(found))
    assert len(names) > 10
    assert len(names) == len(set(names))


def test_half_done_judgements_wait_for_the_judge(site: Site, found: Walk) -> None:
    found.act("open")
    page_of(found)
    answer = save(found.judges[0], found.panel, {"value-1": "55", "value-2": "", "act": "save"})
    assert answer.status_code == 302
    again = site.staff(Role.ASSESSOR).get(f"{found.panel}/seat").text
    assert 'value="55"' in again
    assert "1 of 2 judged" in again
    wrong = save(found.judges[0], found.panel, {"value-1": "56", "value-2": "500", "act": "save"})
    assert wrong.status_code == 422
    assert "“500” is no judgement here." in wrong.text
    assert 'value="56"' in wrong.text, "what was typed is not lost"
    assert 'value="500"' in wrong.text
    assert 'value="55"' in page_of(found), "and nothing of it was saved"


def test_another_window_is_never_written_over_in_silence(found: Walk) -> None:
    found.act("open")
    seen = re.search(r'name="seen" value="([0-9]+)"', page_of(found))
    assert seen is not None
    assert seen.group(1) == "0"
    judge = found.judges[0]
    assert save(judge, found.panel, {"value-1": "50", "seen": "0"}).status_code == 302
    refused = save(judge, found.panel, {"value-1": "60", "value-2": "40", "seen": "0"})
    assert refused.status_code == 409
    assert "Judgements changed in another window since this page was opened: 1." in refused.text
    assert "Saved from another window: 50" in refused.text
    assert 'value="60"' in refused.text
    assert 'value="40"' in refused.text
    assert 'name="seen" value="1"' in refused.text
    assert save(judge, found.panel, {"value-1": "60", "value-2": "40", "seen": "1"}).status_code == 302
    assert save(judge, found.panel, {"value-2": "45", "seen": "3"}).status_code == 302
    # an old window that says the same, or speaks of another object, does no harm
    assert save(judge, found.panel, {"value-1": "60", "value-2": "", "seen": "1"}).status_code == 302
    assert 'value="45"' in page_of(found)


def test_a_script_that_saves_is_answered_in_json(found: Walk) -> None:
    found.act("open")
    page_of(found)
    judge, wants = found.judges[0], {"headers": {"Accept": "application/json"}}
    kept = save(judge, found.panel, {"value-1": "50", "seen": "0"}, **wants)
    assert (kept.status_code, kept.json) == (200, {"seen": 1})
    refused = save(judge, found.panel, {"value-1": "60", "seen": "0"}, **wants)
    assert (refused.status_code, refused.json["code"]) == (409, "panel_judged_elsewhere")
    assert "60" not in refused.text


def test_a_refused_form_comes_back_as_it_was_typed(site: Site, found: Walk) -> None:
    reviewer, chair = site.staff(Role.REVIEWER), found.chair
    found.lead("judges", {"person": person_of(site, Role.REVIEWER)})
    reviewer.get(f"{found.panel}/seat")
    short = reviewer.post(
        f"{found.panel}/seat", {"answer": "accept", "expertise": "Some.", "interest": "A cousin is tested."}
    )
    assert short.status_code == 422
    assert "A cousin is tested." in short.text
    assert "Some." in short.text
    chair.get("/panels/new")
    typed = {"name": "Cut of 2029", "method": "beuk", "portrait": "Too short.", "credential": "x"}
    with site.parts.store.read(chair_of(site)) as uow:
        typed["credential"] = bank.panel(uow, found.id).credential_version_id
    refused = chair.post("/panels", typed)
    assert refused.status_code == 422
    assert 'value="Cut of 2029"' in refused.text
    assert "Too short." in refused.text
    assert re.search(r'value="beuk" required checked', refused.text)
    words = found.lead("words", {"name": "Another name", "portrait": "Short"}, status=422)
    assert 'value="Another name"' in words
    found.round(["60", "70"], ["60", "70"])
    notes = found.lead("notes", {"notes": "x" * 4001}, status=422)
    assert "x" * 4001 in notes
    far = {"scope": "credential||", "share-credential||": "80", "reason-credential||": "So."}
    concluded = found.lead("conclude", far, status=422)
    assert "needs a reason" in concluded
    assert 'value="80"' in concluded
    assert 'value="So."' in concluded


def news(site: Site) -> list[tuple[str, str]]:
    """Who was told what of panels, oldest first: the words are opened as the postman opens them."""
    with site.parts.store.write(Actor.system()) as uow:
        rows = uow.db.scalars(
            select(NoticeRow).where(NoticeRow.kind == NoticeKind.PANEL_NEWS).order_by(NoticeRow.id)
        ).all()
        letters = [claim_notice(uow, row.id, key=site.parts.config.key("notices")) for row in rows]
        told = [(one.letter.address.value, one.letter.words["news"]) for one in letters if one is not None]
        for row in rows:
            uow.db.delete(row)
    return told


def test_judges_are_told_of_what_waits_for_them_and_of_the_end(site: Site, found: Walk) -> None:
    assessor, author = "assessor@parakh.example", "author@parakh.example"
    assert sorted(news(site)) == [(assessor, "invited"), (author, "invited")]
    found.lead("judges", {"person": list(found.people)})
    assert news(site) == [], "who is there already is not asked again"
    found.act("open")
    assert sorted(news(site)) == [(assessor, "round_opened"), (author, "round_opened")]
    found.hand_in(0, ["60", "70"])
    assert news(site) == []
    with site.parts.store.read(chair_of(site)) as uow:
        seat = next(one.id for one in bank.panel(uow, found.id).judges if one.person_id == found.people[0])
    found.lead(f"judges/{seat}", {"act": "give_back"})
    assert news(site) == [(assessor, "given_back")]
    found.hand_in(0, ["60", "70"])
    found.hand_in(1, ["60", "70"])
    found.act("close")
    assert news(site) == []
    found.conclude("65")
    assert sorted(news(site)) == [(assessor, "concluded"), (author, "concluded")]
    ended = walk(site, "angoff", judges=1)
    ended.lead("judges", {"person": list(ended.people)})
    ended.act("cancel")
    assert news(site) == [(author, "invited")], "who has not accepted is left alone"
