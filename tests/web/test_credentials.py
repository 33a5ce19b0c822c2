# SPDX-License-Identifier: Apache-2.0
"""An awarding body at its credentials: the editor, files in and out, publishing, adoption."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from werkzeug.test import TestResponse

from core.identity import operations as identity
from core.identity.model import OrganisationKind, Role
from core.uow import Actor
from item_bank import api as bank
from tests.web.site import Site, Visitor
from web import demo

SECTIONS = ("basics", "hours", "structure", "nos-0", "nos-7", "assessment", "tasks", "rule", "dossier")
NEW = {
    "code": "NSC/MC/0900",
    "version": "1.0",
    "kind": "micro_credential",
    "level": "6",
    "title_en": "Careful Cycling",
    "title_hi": "सावधानी से साइकिल चलाना",
    "hours_total": "7.5",
    "hours_theory": "3",
    "hours_practical": "4.5",
    "hours_ojt": "0",
    "assessment_minutes": "30",
    "nos_code": "NSC/N0900",
    "nos_title_en": "Ride with care",
    "nos_title_hi": "ध्यान से चलाना",
    "pc_title_en": "Check the brakes",
    "pc_title_hi": "ब्रेक जाँचना",
}


class Inputs(HTMLParser):
    """What a browser would send of the editor's form as it stands on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._inside = False
        self._open: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form":
            self._inside = "data-credential-editor" in found
        name = found.get("name")
        if not self._inside:
            return
        if tag == "input" and name and (found.get("type") != "checkbox" or "checked" in found):
            self.values[name] = found.get("value") or ""
        elif tag in ("select", "textarea") and name:
            self._open = name
            self.values.setdefault(name, "")
            self._first = True
        elif tag == "option" and self._open and ("selected" in found or self._first):
            self.values[self._open] = found.get("value") or ""
            self._first = False

    def handle_data(self, data: str) -> None:
        if self._open and self.lasttag == "textarea":
            # A browser drops the line feed that begins a text area.
            self.values[self._open] = data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._open = None
        elif tag == "form":
            self._inside = False


def typed(answer: TestResponse) -> dict[str, str]:
    parser = Inputs()
    parser.feed(answer.text)
    return parser.values


def versions(site: Site) -> dict[str, bank.CredentialVersion]:
    with site.parts.store.read(Actor.system()) as uow:
        return {f"{one.document.code} {one.document.version}": one for one in bank.credential_versions(uow)}


def document_of(site: Site, version_id: str) -> dict[str, Any]:
    with site.parts.store.read(Actor.system()) as uow:
        return bank.credential_json(uow, version_id)


@pytest.fixture
def body(site: Site) -> Visitor:
    return site.staff(Role.AWARDING_BODY)


@pytest.fixture
def large(site: Site) -> str:
    """The draft of the large pack."""
    return versions(site)["CON/Q0602 4.0"].id


def copy_of_sample(site: Site, body: Visitor, version: str = "1.1") -> str:
    live = versions(site)["SDP/MC/0701 1.0"].id
    body.get(f"/awarding/credentials/{live}")
    assert body.post(f"/awarding/credentials/{live}/version", {"version": version}).status_code == 302
    return versions(site)[f"SDP/MC/0701 {version}"].id


def save(body: Visitor, draft: str, section: str, **changes: str) -> TestResponse:
    path = f"/awarding/credentials/{draft}/edit/{section}"
    shown = typed(body.get(path))
    return body.post(path, {**shown, **changes, "action": "save"})


# ---------------------------------------------------------------------------------------------- editor


@pytest.mark.parametrize("section", SECTIONS)
def test_saving_a_section_as_it_stands_changes_nothing(
    site: Site, body: Visitor, large: str, section: str
) -> None:
    drafts = [large] if section == "nos-7" else [large, copy_of_sample(site, body)]
    for draft in drafts:
        before = document_of(site, draft)
        answer = save(body, draft, section)
        assert answer.status_code == 302, re.sub(r"\s+", " ", answer.text)[:3000]
        assert document_of(site, draft) == before


def test_a_change_is_saved_and_a_mistake_comes_back_as_it_was_typed(site: Site, body: Visitor) -> None:
    draft = copy_of_sample(site, body)
    assert save(body, draft, "hours", **{"field-level-value": "5"}).status_code == 302
    assert document_of(site, draft)["level"] == "5"
    refused = save(
        body, draft, "nos-0", **{"pcs-0-threshold": "seven tenths", "pcs-0-title_en": "Typed with care"}
    )
    assert refused.status_code == 422
    shown = typed(refused)
    assert shown["pcs-0-threshold"] == "seven tenths"
    assert shown["pcs-0-title_en"] == "Typed with care"
    assert "seven tenths" in refused.text.split('id="pcs-0-threshold-error"')[1][:400]
    assert document_of(site, draft)["nos"][0]["pcs"][0]["threshold"] == "7/10"


def test_rows_are_added_removed_and_renamed(site: Site, body: Visitor) -> None:
    draft = copy_of_sample(site, body)
    added = {
        "pcs-6-id": "PC7",
        "pcs-6-mandatory": "no",
        "pcs-6-marks_theory": "0.5",
        "pcs-6-title_en": "One more",
        "pcs-6-title_hi": "एक और",
        "pcs-6-knowledge_en": "First\nSecond",
        "pcs-6-knowledge_hi": "पहला\nदूसरा",
    }
    assert save(body, draft, "nos-0", **added).status_code == 302
    pcs = document_of(site, draft)["nos"][0]["pcs"]
    assert pcs[6]["marks"] == {"theory": "0.5"}
    assert [text["en"] for text in pcs[6]["knowledge"]] == ["First", "Second"]
    assert save(body, draft, "nos-0", **{"pcs-0-id": "PC10"}).status_code == 302
    document = document_of(site, draft)
    assert document["nos"][0]["pcs"][0]["id"] == "PC10"
    assert len(document["nos"][0]["pcs"][0]["knowledge"]) == 3
    assert {one["pc"] for one in document["practical"]["criteria"]} == {
        "PC10",
        "PC2",
        "PC3",
        "PC4",
        "PC5",
        "PC6",
    }
    assert "PC10" in json.dumps(document["rule"])
    assert save(body, draft, "nos-0", **{"pcs-6-remove": "yes"}).status_code == 302
    assert len(document_of(site, draft)["nos"][0]["pcs"]) == 6


def test_statements_that_do_not_pair_are_refused_beside_their_field(site: Site, body: Visitor) -> None:
    draft = copy_of_sample(site, body)
    refused = save(body, draft, "nos-0", **{"pcs-0-knowledge_hi": "केवल एक"})
    assert refused.status_code == 422
    assert 'id="pcs-0-knowledge_hi-error"' in refused.text


def test_a_new_standard_comes_with_its_first_criterion(site: Site, body: Visitor) -> None:
    draft = copy_of_sample(site, body)
    more = {
        "nos-0-weight": "60",
        "nos-1-code": "SDP/N0702",
        "nos-1-weight": "40",
        "nos-1-title_en": "Second",
        "nos-1-title_hi": "दूसरा",
    }
    refused = save(body, draft, "structure", **more)
    assert refused.status_code == 422
    assert typed(refused)["nos-1-code"] == "SDP/N0702"
    first = {
        "first-0-nos": "SDP/N0702",
        "first-0-id": "N0702.PC1",
        "first-0-label": "PC1",
        "first-0-marks_theory": "1",
        "first-0-title_en": "Do",
        "first-0-title_hi": "करना",
    }
    assert save(body, draft, "structure", **more, **first).status_code == 302
    assert [nos["code"] for nos in document_of(site, draft)["nos"]] == ["SDP/N0701", "SDP/N0702"]
    renamed = save(body, draft, "nos-1", **{"nos-0-code": "SDP/N0799"})
    assert renamed.status_code == 302
    assert document_of(site, draft)["nos"][1]["pcs"][0]["label"] == "PC1"
    assert document_of(site, draft)["nos"][1]["code"] == "SDP/N0799"


def test_a_criterion_s_levels_are_edited_with_it(site: Site, body: Visitor) -> None:
    draft = copy_of_sample(site, body)
    levels = {
        "criteria-0-levels-3-marks": "2.5",
        "criteria-0-levels-3-text_en": "Perfect",
        "criteria-0-levels-3-text_hi": "उत्तम",
    }
    assert save(body, draft, "tasks", **levels).status_code == 302
    assert document_of(site, draft)["practical"]["criteria"][0]["levels"][3]["marks"] == "2.5"
    page = body.get(f"/awarding/credentials/{draft}/edit/tasks").text
    assert "do not add up to the marks of PC1" in page
    wrong = save(body, draft, "tasks", **{"criteria-0-levels-3-marks": "much"})
    assert 'id="criteria-0-levels-3-marks-error"' in wrong.text


def test_the_usual_rule_follows_the_thresholds(site: Site, body: Visitor) -> None:
    draft = copy_of_sample(site, body)
    assert save(body, draft, "nos-0", **{"pcs-0-threshold": "9/10"}).status_code == 302
    assert "does not require the declared threshold of PC1" in body.get(f"/awarding/credentials/{draft}").text
    path = f"/awarding/credentials/{draft}/edit/rule"
    usual = {"standard_share": "1/2", "standard_basis": "weighted", "action": "standard"}
    assert body.post(path, {**typed(body.get(path)), **usual}).status_code == 302
    conditions = document_of(site, draft)["rule"]["rule"]["all_of"]
    assert len(conditions) == 7
    assert conditions[0]["share"]["at_least"] == "9/10"
    assert conditions[6]["share"] == {
        "scope": {"credential": True},
        "component": "all",
        "basis": "weighted",
        "at_least": "1/2",
    }
    wrong = body.post(path, {**typed(body.get(path)), **usual, "standard_share": "half"})
    assert wrong.status_code == 422
    assert typed(wrong)["rule-7-at_least"] == "half"


def test_a_draft_saved_in_another_window_is_not_overwritten(site: Site, body: Visitor) -> None:
    draft = copy_of_sample(site, body)
    path = f"/awarding/credentials/{draft}/edit/hours"
    mine = typed(body.get(path))
    assert save(body, draft, "hours", **{"field-level-value": "5"}).status_code == 302
    refused = body.post(path, {**mine, "field-level-value": "7"})
    assert refused.status_code == 422
    assert "Somebody else has saved this draft" in refused.text
    assert typed(refused)["field-level-value"] == "7"


def test_more_empty_rows_are_offered_on_request(body: Visitor, site: Site) -> None:
    draft = copy_of_sample(site, body)
    path = f"/awarding/credentials/{draft}/edit/dossier"
    shown = typed(body.get(path))
    answer = body.post(path, {**shown, "action": "more"})
    assert answer.status_code == 302
    assert len(typed(body.get(answer.location))) > len(shown) + 20


def test_a_live_version_and_an_unknown_section_are_not_edited(site: Site, body: Visitor, large: str) -> None:
    live = versions(site)["SDP/MC/0701 1.0"].id
    assert body.get(f"/awarding/credentials/{live}/edit/basics").status_code == 409
    for section in ("nonsense", "nos-99", "nos-x", "adoption"):
        assert body.get(f"/awarding/credentials/{large}/edit/{section}").status_code == 404


# ---------------------------------------------------------------------------------------------- new, import, export


def test_a_new_credential_begins_with_few_fields(site: Site, body: Visitor) -> None:
    body.get("/awarding/credentials/new")
    made = body.post("/awarding/credentials/new", NEW)
    assert made.status_code == 302
    draft = versions(site)["NSC/MC/0900 1.0"]
    assert draft.document.awarding_body == demo.AWARDING_BODY
    assert body.get(made.location).status_code == 200
    again = body.post("/awarding/credentials/new", {**NEW, "title_en": "Other"})
    assert again.status_code == 422
    assert "exists already" in again.text


@pytest.mark.parametrize(
    "name",
    [
        "code",
        "title_hi",
        "level",
        "hours_total",
        "nos_code",
        "nos_title_en",
        "pc_title_hi",
        "assessment_minutes",
    ],
)
def test_what_is_missing_in_a_new_credential_is_named_beside_its_field(body: Visitor, name: str) -> None:
    body.get("/awarding/credentials/new")
    refused = body.post("/awarding/credentials/new", {**NEW, name: ""})
    assert refused.status_code == 422
    assert f'id="{name}-error"' in refused.text
    assert "Careful Cycling" in refused.text


@pytest.mark.parametrize("kind", ["xlsx", "json"])
def test_an_exported_file_comes_back_as_the_same_draft(
    site: Site, body: Visitor, large: str, kind: str
) -> None:
    exported = body.get(f"/awarding/credentials/{large}/file/{kind}")
    assert exported.status_code == 200
    assert f'CON-Q0602-4.0.{kind}"' in exported.headers["Content-Disposition"]
    body.get("/awarding/credentials/import")
    upload = {"file": (io.BytesIO(exported.data), f"pack.{kind}")}
    assert body.post("/awarding/credentials/import", upload).location.endswith(f"/{large}")


def test_an_import_names_every_mistake_by_its_cell(body: Visitor) -> None:
    template = body.get("/awarding/credentials/template.xlsx")
    body.get("/awarding/credentials/import")
    refused = body.post("/awarding/credentials/import", {"file": (io.BytesIO(template.data), "c.xlsx")})
    assert refused.status_code == 422
    assert "sheet components, row 2, column minutes" in refused.text
    assert "Nothing was stored" in refused.text
    for data, name in ((b"", ""), (b"{", "c.json"), (b"x", "c.txt")):
        upload = {"file": (io.BytesIO(data), name)} if name else {}
        assert body.post("/awarding/credentials/import", upload).status_code == 422


def test_the_document_prints_in_both_languages(body: Visitor, large: str) -> None:
    for language in ("en", "hi"):
        printed = body.get(f"/awarding/credentials/{large}/print/{language}")
        assert printed.mimetype == "application/pdf"
        assert printed.data.startswith(b"%PDF-")
    assert body.get(f"/awarding/credentials/{large}/print/mr").status_code == 404
    assert body.get(f"/awarding/credentials/{large}/file/exe").status_code == 404


# ---------------------------------------------------------------------------------------------- states


def test_a_draft_is_published_with_a_reason_for_each_warning(site: Site, body: Visitor) -> None:
    draft = copy_of_sample(site, body)
    save(body, draft, "hours", **{"field-level-value": "5"})
    page = body.get(f"/awarding/credentials/{draft}")
    assert 'name="reason-short_and_low"' in page.text
    path = f"/awarding/credentials/{draft}/publish"
    assert body.post(path).status_code == 302
    assert versions(site)["SDP/MC/0701 1.1"].state is bank.CredentialState.DRAFT
    body.post(path, {"reason-short_and_low": "A pilot."})
    assert versions(site)["SDP/MC/0701 1.1"].state is bank.CredentialState.LIVE
    live = versions(site)["SDP/MC/0701 1.0"].id
    difference = body.get(f"/awarding/credentials/{draft}/difference/{live}").text
    assert "credential: level, value" in difference
    body.get(f"/awarding/credentials/{draft}")
    body.post(f"/awarding/credentials/{draft}/withdraw")
    assert versions(site)["SDP/MC/0701 1.1"].state is bank.CredentialState.WITHDRAWN
    assert body.post(f"/awarding/credentials/{draft}/version", {"version": "x"}).status_code == 302


def test_a_large_draft_shows_what_must_be_corrected(body: Visitor, large: str) -> None:
    page = body.get(f"/awarding/credentials/{large}").text
    assert "8 NOS, 119 PCs, 750 marks" in page
    assert "Must be corrected" in page
    assert "pages in print" in page


# ---------------------------------------------------------------------------------------------- adoption


@pytest.fixture
def adopter(site: Site) -> Visitor:
    with site.parts.store.write(Actor.system()) as uow:
        other = identity.add_organisation(
            uow, name="Other Skills Council", kind=OrganisationKind.AWARDING_BODY
        )
        identity.add_person(
            uow,
            organisation_id=other.id,
            name="Nomsa",
            email="nomsa@other.example",
            password=demo.PASSWORD,
            roles=[Role.AWARDING_BODY],
        )
    return site.sign_in("nomsa@other.example")


def adopted(site: Site, adopter: Visitor) -> str:
    parent = versions(site)["SDP/MC/0701 1.0"].id
    assert "Secure Digital Payments" in adopter.get("/awarding/credentials/adopt").text
    form: Mapping[str, str] = {"parent": parent, "code": "OSC/MC/0701", "version": "1.0"}
    assert adopter.post("/awarding/credentials/adopt", dict(form)).status_code == 302
    return versions(site)["OSC/MC/0701 1.0"].id


def test_both_shares_of_an_adoption_are_shown_after_each_save(site: Site, adopter: Visitor) -> None:
    draft = adopted(site, adopter)
    page = adopter.get(f"/awarding/credentials/{draft}/edit/adoption").text
    assert page.count("0 %") >= 2
    assert save(adopter, draft, "nos-0", **{"pcs-0-title_en": "Otherwise"}).status_code == 302
    page = adopter.get(f"/awarding/credentials/{draft}/edit/adoption").text
    assert "16.7 %" in page
    save(adopter, draft, "hours", **{"field-level-value": "7"})
    page = adopter.get(f"/awarding/credentials/{draft}").text
    assert "An adopter keeps this: level" in page


def test_what_may_not_be_adopted_is_not_found(site: Site, adopter: Visitor, large: str) -> None:
    adopter.get("/awarding/credentials/adopt")
    refused = adopter.post(
        "/awarding/credentials/adopt", {"parent": large, "code": "OSC/MC/1", "version": "1.0"}
    )
    assert refused.status_code == 422
    assert adopter.get(f"/awarding/credentials/{large}").status_code == 404
    assert adopter.get(f"/awarding/credentials/{large}/edit/basics").status_code == 404
    assert adopter.post(f"/awarding/credentials/{large}/publish").status_code == 404


def test_a_private_credential_is_opened_to_one_body_by_a_permission(
    site: Site, body: Visitor, adopter: Visitor
) -> None:
    draft = copy_of_sample(site, body)
    assert save(body, draft, "dossier", **{"field-visibility-value": "private"}).status_code == 302
    body.get(f"/awarding/credentials/{draft}")
    body.post(f"/awarding/credentials/{draft}/publish")
    assert "1.1" not in adopter.get("/awarding/credentials/adopt").text
    page = body.get(f"/awarding/credentials/{draft}").text
    other = re.search(r'<option value="([^"]+)">Other Skills Council', page)
    assert other is not None
    body.post(f"/awarding/credentials/{draft}/permit", {"body": other[1], "reference": ""})
    assert "1.1" not in adopter.get("/awarding/credentials/adopt").text
    body.post(f"/awarding/credentials/{draft}/permit", {"body": other[1], "reference": "Minute 12"})
    assert "1.1" in adopter.get("/awarding/credentials/adopt").text
    assert "Minute 12" in body.get(f"/awarding/credentials/{draft}").text
