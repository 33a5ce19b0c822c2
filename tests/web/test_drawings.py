# SPDX-License-Identifier: Apache-2.0
"""Pages that are drawn once for many: each learner's is what it would be if it were drawn for that one alone."""

from __future__ import annotations

import base64
import gzip
import re

import pytest
from markupsafe import escape

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from tests.web import sitting
from tests.web.rich_sitting import CODE as RICH
from tests.web.rich_sitting import add_rich_learner, add_rich_sitting
from tests.web.section_sitting import CODE as IN_SECTIONS
from tests.web.section_sitting import add_section_sitting
from tests.web.site import Site, Visitor
from tests.web.test_offline import fetched, start, unlock
from tests.web.world import acting_as, person
from web.drawing import drawn, mark

ALONE = {"alone": "yes"}
"""A page asked for with a query is drawn for itself."""
NAMES = ("Gurpreet Kaur", "Ananya Das")
_TOKENS = re.compile(r'(name="csrf_token" value|data-csrf)="[^"]*"')


def without_tokens(page: str) -> str:
    return _TOKENS.sub(r'\1=""', page)


def gate_of(learner: Visitor, query: dict[str, str] | None = None) -> str:
    answer = learner.get("/learner", query_string=query)
    assert answer.status_code == 200
    return without_tokens(answer.text).replace("/learner?alone=yes", "/learner?")


def come_in(site: Site, code: str) -> Visitor:
    learner = site.visitor()
    learner.get("/")
    assert learner.post("/enter", {"code": code}).status_code == 302
    learner.get("/learner")
    return learner


def enrol(site: Site, name: str, *, extra_minutes: int = 0, language: assessor.Language) -> str:
    """One more learner in a sitting without a camera; the access code."""
    with site.parts.store.write(Actor.system()) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        owner = str(uow.actor.organisation_id)
        known = assessor.entry_by_code(uow, site.code_of(NAMES[0]), pepper=site.parts.code_pepper)
        found = assessor.learner_entry(uow, known.entry_id)
        return assessor.enrol(
            uow,
            found.sitting.id,
            organisation_id=owner,
            candidate=assessor.CandidatePlan(name=name, language=language),
            approval=assessor.Approval(entry_requirement_met=True),
            extra_minutes=extra_minutes,
            pepper=site.parts.code_pepper,
        ).code


def packaged_and_plain(learner: Visitor) -> tuple[str, str]:
    """The room out of the package, and the room's own page, which nobody else's drawing is used for."""
    sitting.agree(learner)
    learner.get("/learner")
    _, sealed = fetched(learner)
    key = base64.b64decode(start(learner, device="").json["key"])
    packaged = gzip.decompress(unlock(key, "page", sealed)).decode()
    plain = learner.get("/room")
    assert plain.status_code == 200
    return without_tokens(packaged).replace(" data-offline", ""), without_tokens(plain.text)


def test_the_gate_is_that_of_the_learner_who_asks(site: Site) -> None:
    pages = {}
    for name in NAMES:
        learner = site.learner(name)
        pages[name] = gate_of(learner)
        assert pages[name] == gate_of(learner, ALONE)
        assert f'data-attempt="{site.attempt_of(learner)}"' in pages[name]
    for name, other in (NAMES, NAMES[::-1]):
        assert name in pages[name]
        assert other not in pages[name]


def test_extra_time_and_language_show_at_the_gate_of_the_one_who_has_them(site: Site) -> None:
    plain = gate_of(come_in(site, enrol(site, "Plain", language=assessor.Language.ENGLISH)))
    longer = come_in(site, enrol(site, "Longer", extra_minutes=20, language=assessor.Language.ENGLISH))
    hindi = come_in(site, enrol(site, "Hindi", language=assessor.Language.HINDI))
    assert "(with 20 extra)" in gate_of(longer)
    assert "extra)" not in plain
    assert '<html lang="hi">' in gate_of(hindi)
    assert '<html lang="en">' in plain
    for learner in (longer, hindi):
        assert gate_of(learner) == gate_of(learner, ALONE)


def test_a_name_is_text_wherever_it_stands(site: Site) -> None:
    name = 'Asha <b>"O\'Neil" & Co'
    for learner in (come_in(site, enrol(site, name, language=assessor.Language.ENGLISH)) for _ in range(2)):
        page = gate_of(learner)
        assert page == gate_of(learner, ALONE)
        assert "Asha &lt;b&gt;" in page
        assert "<b>" not in page


def test_a_packaged_room_is_what_would_be_drawn_for_that_learner_alone(site: Site) -> None:
    codes = [
        *(site.code_of(name) for name in NAMES),
        enrol(site, "Longer", extra_minutes=20, language=assessor.Language.ENGLISH),
        enrol(site, "Hindi", language=assessor.Language.HINDI),
    ]
    orders = set()
    for code in codes:
        packaged, plain = packaged_and_plain(come_in(site, code))
        assert packaged == plain
        orders.add(tuple(re.findall(r'class="choice__body">(.*?)</label>', packaged, re.DOTALL)))
    assert len(orders) > 1


def test_rooms_of_one_form_share_no_name(site: Site) -> None:
    pages = [
        packaged_and_plain(
            come_in(site, enrol(site, f"Learner {number}", language=assessor.Language.ENGLISH))
        )
        for number in range(3)
    ]
    names = [
        set(re.findall(r'(?:data-item|data-question|data-go|value|name)="([a-z2-7]{16})"', packaged))
        for packaged, _ in pages
    ]
    assert all(names)
    assert not names[0] & names[1] | names[1] & names[2] | names[0] & names[2]
    for number, (packaged, _) in enumerate(pages):
        others = set().union(*(found for place, found in enumerate(names) if place != number))
        assert not [name for name in others if name in packaged]


def test_rich_questions_are_drawn_for_each_learner(site: Site) -> None:
    made = add_rich_sitting(site.parts)
    add_rich_learner(site.parts, made, code="RCHM2XP7FM")
    for code in (RICH, "RCHM2XP7FM"):
        packaged, plain = packaged_and_plain(come_in(site, code))
        assert packaged == plain


def test_sections_name_the_learner_s_own_questions(site: Site) -> None:
    add_section_sitting(site.parts)
    add_section_sitting(site.parts, code="SECT7MK3PM")
    for code in (IN_SECTIONS, "SECT7MK3PM"):
        packaged, plain = packaged_and_plain(come_in(site, code))
        assert packaged == plain
        assert 'id="sections"' in packaged


def test_the_token_on_a_page_is_that_of_its_own_browser(site: Site) -> None:
    first, second = site.visitor(), site.visitor()
    tokens = []
    for visitor in (first, second):
        visitor.get("/")
        tokens.append(visitor.token)
        assert visitor.get("/").text.count(visitor.token) >= 2
    assert tokens[0] != tokens[1]
    assert tokens[0] not in second.get("/").text
    wrong = second.client.post("/language", data={"language": "hi", "csrf_token": tokens[0]})
    assert wrong.status_code == 400
    assert second.post("/language", {"language": "hi"}).status_code == 302


def test_a_message_is_shown_once_and_to_nobody_else(site: Site) -> None:
    site.visitor().get("/")
    learner = site.learner(NAMES[0])
    learner.post("/sign-out")
    said = "You are signed out."
    assert said not in site.visitor().get("/").text
    assert said in learner.get("/").text
    assert said not in learner.get("/").text
    assert said not in site.visitor().get("/").text


def test_a_page_that_tells_a_name_beside_its_mark_is_kept_for_nobody(site: Site) -> None:
    for name in ("first" * 4, "second" * 4):
        with site.app.test_request_context():
            page = drawn("public/home.html", "a fault", lambda name=name: {"code": name}, [name], token="")
        assert f'value="{name}"' in page


def test_values_are_escaped_and_each_stands_at_its_mark(site: Site) -> None:
    for text in ('"><script>', "a & b"):
        with site.app.test_request_context():
            page = drawn("public/home.html", "marks", lambda: {"code": mark(0)}, [text], token="")
        assert f'value="{escape(text)}"' in page


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_first_page_is_in_the_language_of_the_browser(site: Site, language: str) -> None:
    for _ in range(2):
        visitor = site.visitor()
        visitor.client.set_cookie("kasauti-language", language)
        assert f'<html lang="{language}">' in visitor.get("/").text
