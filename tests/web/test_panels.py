# SPDX-License-Identifier: Apache-2.0
"""A panel through its pages: set up, judged in two rounds, concluded, adopted; nobody sees what is not theirs."""

from __future__ import annotations

import io
import json
import re

import pytest

from core.db import Base
from core.identity import queries as identity
from core.identity.model import OrganisationKind, Role
from core.identity.tables import PersonRow, RoleGrantRow
from core.ids import new_id
from core.uow import Actor
from item_bank import api as bank
from tests.web.site import Site, Visitor

PORTRAIT = "Pays a shop by QR code alone, and asks for help when the amount shown is not the one agreed on."


@pytest.fixture
def site(site: Site) -> Site:
    """With the tables of panels, whether or not the sample's migrations make them."""
    Base.metadata.create_all(site.parts.engine)
    return site


def give_role(site: Site, of: Role, more: Role) -> str:
    """Somebody of the sample gets another role as well."""
    with site.parts.store.write(Actor.system()) as uow:
        for organisation in identity.organisations(uow):
            for person in identity.people(uow, organisation.id, role=of):
                uow.db.add(RoleGrantRow(person_id=person.id, role=more, granted_at=uow.now))
                return person.id
    raise AssertionError(of)


def person_of(site: Site, role: Role) -> str:
    with site.parts.store.read(Actor.system()) as uow:
        for organisation in identity.organisations(uow):
            for person in identity.people(uow, organisation.id, role=role):
                return person.id
    raise AssertionError(role)


def colleague_of_the_body(site: Site, name: str) -> str:
    """A second person of the awarding body; nobody signs in as this one here."""
    with site.parts.store.write(Actor.system()) as uow:
        body = identity.organisations(uow, kind=OrganisationKind.AWARDING_BODY)[0]
        row = PersonRow(
            id=new_id(),
            organisation_id=body.id,
            name=name,
            email=f"{name.lower()}@example.org",
            password_hash="none",
            created_at=uow.now,
            grants=[RoleGrantRow(role=Role.AWARDING_BODY, granted_at=uow.now)],
        )
        uow.db.add(row)
    return row.id


def credential_id(site: Site) -> str:
    with site.parts.store.read(Actor.system()) as uow:
        found = bank.find_credential_version(uow, code="SDP/MC/0701", version="1.0")
    assert found is not None
    return found.id


def new_panel(site: Site, chair: Visitor, *, method: str = "angoff") -> str:
    """The address of a new panel of the sample's credential."""
    chair.get("/panels/new")
    answer = chair.post(
        "/panels",
        {"name": "Cut of 2027", "credential": credential_id(site), "method": method, "portrait": PORTRAIT},
    )
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def accept(visitor: Visitor, panel: str) -> None:
    visitor.get(f"{panel}/seat")
    answer = visitor.post(f"{panel}/seat", {"answer": "accept", "expertise": "Ten years at a counter."})
    assert answer.status_code == 302


def act(chair: Visitor, panel: str, act: str) -> None:
    chair.get(panel)
    answer = chair.post(f"{panel}/round", {"act": act})
    assert answer.status_code == 302, answer.text


def test_an_agency_goes_from_a_draw_of_items_to_a_recommendation_that_the_body_adopts(site: Site) -> None:
    chair, author, reviewer = (site.staff(role) for role in (Role.MANAGER, Role.AUTHOR, Role.REVIEWER))
    assert "No panel yet" in chair.get("/panels").text
    panel = new_panel(site, chair)
    assert author.get(panel).status_code == 404, "the chair's page is not for judges"
    assert author.get(f"{panel}/seat").status_code == 404
    shown = chair.get(f"{panel}/objects?component=theory").text
    assert "SDP-PC1-01" in shown
    assert (
        chair.post(f"{panel}/objects", {"component": "theory", "draw": "yes", "per_pc": "1"}).status_code
        == 302
    )
    assert "6 things to judge" in chair.get(panel).text
    chair.post(f"{panel}/judges", {"person": [person_of(site, Role.AUTHOR), person_of(site, Role.REVIEWER)]})
    assert "waits for you" in author.get("/panels").text
    early = chair.post(f"{panel}/round", {"act": "open"})
    assert early.status_code == 409
    assert "Ask more colleagues" in early.text
    for visitor in (author, reviewer):
        accept(visitor, panel)
    act(chair, panel, "open")
    page = author.get(f"{panel}/seat").text
    assert page.count("Of 100 learners who are just good enough") == 6
    assert 'class="preview' in page, "the item stands there as a learner sees it"
    values = {f"value-{number}": "60" for number in range(1, 7)}
    part = author.post(f"{panel}/judgements", {"value-1": "55", "act": "hand_in"})
    assert part.status_code == 409
    assert "5 judgements are still missing" in part.text
    assert 'value="55"' in author.get(f"{panel}/seat").text, "what was filled in is kept"
    assert author.post(f"{panel}/judgements", {**values, "act": "hand_in"}).status_code == 302
    assert "Handed in" in author.get(f"{panel}/seat").text
    assert "60" not in re.sub(r"<[^>]*>", "", chair.get(panel).text).split("Judges")[0]
    reviewer.get(f"{panel}/seat")
    reviewer.post(f"{panel}/judgements", {**values, "value-1": "90", "act": "hand_in"})
    act(chair, panel, "close")
    told = reviewer.get(f"{panel}/seat").text
    assert "Your place after round 1" in told
    assert "1 judge asks for less." in told
    chair.get(panel)
    assert chair.post(f"{panel}/notes", {"notes": "PC1 is easy to see at a counter."}).status_code == 302
    act(chair, panel, "open")
    for visitor in (author, reviewer):
        visitor.get(f"{panel}/seat")
        visitor.post(f"{panel}/judgements", {"value-1": "60", "act": "hand_in"})
    act(chair, panel, "close")
    both = chair.get(panel).text
    assert "Round 2" in both
    assert "60.0 %" in both
    done = chair.post(f"{panel}/conclude", {"scope": "credential||", "share-credential||": "60"})
    assert done.headers["Location"].endswith("/minutes")
    minutes = json.loads(chair.get(f"{panel}/minutes?format=json").text)
    assert minutes["rounds"][0]["notes"] == "PC1 is easy to see at a counter."
    assert minutes["recommended"][0]["share"] == "3/5"
    body = site.staff(Role.AWARDING_BODY)
    assert "Recommended by others" in body.get("/panels").text
    assert body.get(panel).status_code == 404
    body.get(f"/awarding/credentials/{credential_id(site)}")
    made = body.post(f"/awarding/credentials/{credential_id(site)}/version", {"version": "1.1"})
    draft = re.search(r"credentials/([0-9a-z]{26})", made.headers["Location"])
    assert draft is not None
    page = body.get(f"{panel}/minutes").text
    assert "Adopt into a draft" in page
    adopted = body.post(f"{panel}/adopt", {"draft": draft.group(1), "scope": "credential||"})
    assert adopted.status_code == 302, adopted.text
    drafted = body.get(f"/awarding/credentials/{draft.group(1)}").text
    assert "Thresholds that rest on a panel" in drafted
    assert f'href="{panel}/minutes"' in drafted
    assert (
        "Thresholds that rest on a panel" not in body.get(f"/awarding/credentials/{credential_id(site)}").text
    )
    with site.parts.store.read(Actor.system()) as uow:
        rule = json.dumps(bank.credential_json(uow, draft.group(1))["rule"])
        live = json.dumps(bank.credential_json(uow, credential_id(site))["rule"])
    assert rule.count('"3/5"') == live.count('"3/5"') + 1


def test_a_body_judges_criteria_of_its_own_document(site: Site) -> None:
    chair = site.staff(Role.AWARDING_BODY)
    panel = new_panel(site, chair, method="yes_no")
    page = chair.get(f"{panel}/objects?component=practical").text
    assert "Observed or asked" in page
    assert "SDP-PC1-01" not in page
    values = re.findall(r'name="object" value="(pc:[^"]+)"', page)
    assert chair.post(f"{panel}/objects", {"component": "practical", "object": values}).status_code == 302
    asked = colleague_of_the_body(site, "Meera")
    assert "Meera" in chair.get(panel).text
    assert chair.post(f"{panel}/judges", {"person": asked}).status_code == 302
    assert "Asked" in chair.get(panel).text
    act(chair, panel, "cancel")
    assert "Cancelled" in chair.get("/panels").text
    assert "Cut of 2027" in chair.get("/panels?format=csv").text


def test_what_is_known_of_items_comes_from_a_file_and_a_wrong_line_is_named(site: Site) -> None:
    chair = site.staff(Role.MANAGER)
    panel = new_panel(site, chair, method="bookmark")
    chair.get(f"{panel}/objects")
    chair.post(f"{panel}/objects", {"component": "theory", "draw": "yes", "per_pc": "1"})
    with site.parts.store.read(Actor.system()) as uow:
        labels = [one.label for one in bank.panel(uow, panel.rsplit("/", 1)[1]).objects]
    lines = [f"{label},0.6,40,1.1,{place - 3}.5," for place, label in enumerate(labels)]
    head = "item,facility,people,slope,difficulty,guess"

    def send(text: str) -> tuple[int, str]:
        chair.get(panel)
        answer = chair.post(f"{panel}/facts", {"file": (io.BytesIO(text.encode()), "known.csv")})
        return answer.status_code, answer.text

    for wrong, said in (
        ("", "columns item"),
        ("a,b\n1,2", "Line 1"),
        (f"{head}\nX,much,1,1,1,", "Line 2"),
        (f"{head}\nX,1.5,1,1,1,", "facility: 0"),
        (f"{head}\nX,0.5,many,1,1,", "item, people"),
        (f"{head}\nX,0.5,1,1,1,\nX,0.5,1,1,1,", "Line 3"),
        (f"{head}\nX,0.5,1,1,1,", "does not judge X"),
        (f"{head}\n{labels[0]},0.5,1,-1,1,", "cannot be used"),
        (head, "Line 1"),
        ("\x00\xff", "Line"),
    ):
        status, text = send(wrong)
        assert status in (404, 422), wrong
        assert said in text, wrong
    status, _text = send("\n".join([head, *lines]))
    assert status == 302
    assert "6 with parameters of a model" in chair.get(panel).text


def test_a_strange_form_is_refused_and_changes_nothing(site: Site) -> None:
    chair = site.staff(Role.MANAGER)
    panel = new_panel(site, chair)
    chair.get(panel)
    assert chair.post(f"{panel}/round", {"act": "explode"}).status_code == 422
    assert chair.post(f"{panel}/objects", {"component": "theory", "object": "nothing"}).status_code == 422
    assert (
        chair.post(f"{panel}/objects", {"component": "theory", "object": "item:nothing"}).status_code == 404
    )
    assert chair.post(f"{panel}/judges", {"person": "nobody"}).status_code == 422
    assert chair.post(f"{panel}/conclude", {"scope": "strange"}).status_code == 422
    assert chair.post("/panels", {"method": "guess"}).status_code == 422
    assert chair.post(f"{panel}/batch", {"batch": "nothing"}).status_code == 404
    assert chair.post(f"{panel}/words", {"name": "Other", "portrait": "Short"}).status_code == 422
    assert (
        chair.post(f"{panel}/words", {"name": "Other", "portrait": PORTRAIT, "show_facts": "yes"}).status_code
        == 302
    )
    assert "Other" in chair.get(panel).text
