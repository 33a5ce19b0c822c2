# SPDX-License-Identifier: Apache-2.0
"""The way of an author's file through the pages: check, columns of one's own, progress, refused rows, import, export."""

from __future__ import annotations

import io
import json
import re
import zipfile

import openpyxl
import pytest

from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.unit.item_bank.builders import xlsx
from tests.unit.item_bank.formats.test_sheets import OWN
from tests.web.calm import calm
from tests.web.site import Site, Visitor
from tests.web.test_bad_files import credential_of, drafts, item, send_file
from tests.web.world import acting_as, person
from web import import_jobs

GIFT = b"::Pay 1::Whom do you pay?{=The shop ~The thief}\n\nodd {a}\n"


@pytest.fixture
def author(site: Site) -> Visitor:
    visitor = site.staff(Role.AUTHOR)
    visitor.get("/author/import")
    return visitor


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_a_gift_file_gets_its_criterion_from_the_page(site: Site, author: Visitor) -> None:
    unassigned = send_file(site, author, GIFT, "q.gift")
    assert "name no performance criterion" in unassigned.text
    checked = send_file(
        site, author, GIFT, "q.gift", pc="PC1", difficulty="hard", seconds="45", language="en"
    )
    assert "gift_answers" in checked.text
    assert "GIFT" in checked.text
    done = author.post("/author/import", {"mode": "good", "token": token_of(checked.text)})
    assert "1 item is in the bank as a draft" in done.text
    assert drafts(site) == 1
    again = send_file(site, author, GIFT, "q.gift", pc="PC1", difficulty="hard", seconds="45", language="en")
    assert drafts(site) == 1
    assert "Would be imported" in again.text


def test_what_was_refused_comes_back_with_its_reasons(site: Site, author: Visitor) -> None:
    rows = [
        ["id", "pc", "type", "difficulty", "seconds", "key", "stem_en"],
        ["Q", "PC1", "numeric", "easy", "9", "x", "How?"],
    ]
    checked = send_file(site, author, xlsx(rows), "q.xlsx")
    found = re.search(r'href="(/author/import/[^"/]+/refused.xlsx)"', checked.text)
    assert found is not None
    sheet = openpyxl.load_workbook(io.BytesIO(author.get(found.group(1)).data))["items"]
    assert [cell.value for cell in sheet[1]] == ["reason", *rows[0]]
    assert "is not a number" in str(sheet["A2"].value)


def test_a_sheet_with_headings_of_its_own_asks_once_what_they_mean(site: Site, author: Visitor) -> None:
    sent = send_file(site, author, xlsx(OWN), "ours.xlsx", pc="PC1")
    assert sent.status_code == 302
    page = author.get(sent.location)
    assert "Q. No." in page.text
    assert 'value="stem_en" selected' in page.text
    headings = OWN[0]
    fields = [
        "id",
        "stem_en",
        "stem_hi",
        "option_a_en",
        "option_b_en",
        "option_a_hi",
        "option_b_hi",
        "key",
        "difficulty",
    ]
    wrong = author.post(sent.location, {"heading": headings, "field": ["key"] * 9})
    calm(wrong, 422)
    assert "two columns are" in wrong.text
    checked = author.post(sent.location, {"heading": headings, "field": fields, "name": "Our bank"})
    assert "Import all 2 items" in checked.text
    assert author.post("/author/import", {"mode": "all", "token": token_of(checked.text)}).status_code == 200
    assert drafts(site) == 2
    again = send_file(site, author, xlsx(OWN), "ours.xlsx", pc="PC1")
    assert "word for word" in again.text
    form = author.get("/author/import").text
    assert "Our bank" in form
    forget = re.search(r'action="(/author/import/mappings/[a-z0-9]+/forget)"', form)
    assert forget is not None
    assert author.post(forget.group(1)).status_code == 302
    assert send_file(site, author, xlsx(OWN), "ours.xlsx", pc="PC1").status_code == 302


def test_a_large_file_shows_how_far_it_is_and_then_its_report(site: Site, author: Visitor) -> None:
    many = "\n\n".join(
        f"::L-{n}::Is request {n} shown with the payee's name, in full?{{TRUE}}" for n in range(4000)
    ).encode()
    assert len(many) > import_jobs.LARGE
    sent = send_file(site, author, many, "many.gift", pc="PC1")
    assert sent.status_code == 302
    token = sent.location.rpartition("/")[2]
    seen = author.get(sent.location)
    assert seen.status_code == 200
    import_jobs.wait(token)
    state = author.get(f"{sent.location}/state").get_json()
    assert (state["stage"], state["over"]) == ("done", True)
    report = author.get(sent.location)
    assert "Import all 4000 items" in report.text
    sent = author.post("/author/import", {"mode": "all", "token": token_of(report.text)})
    import_jobs.wait(token)
    assert "4000 items are in the bank as drafts" in author.get(sent.location).text
    assert drafts(site) == 4000


def test_a_large_file_that_cannot_be_read_says_so_at_its_end(site: Site, author: Visitor) -> None:
    sent = send_file(site, author, b'[{"a": 1},' + b" " * import_jobs.LARGE, "many.json")
    import_jobs.wait(sent.location.rpartition("/")[2])
    assert "cannot be read" in calm(author.get(sent.location), 422).text


def test_a_foreign_or_unknown_file_is_gone(site: Site, author: Visitor) -> None:
    for path in ("progress/x", "progress/x/state", "columns/x", "x/refused.xlsx", "..%2Fsecret/refused.xlsx"):
        calm(author.get(f"/author/import/{path}"), 404)


@pytest.mark.parametrize("wanted", ["qti3", "qti21", "xlsx", "json"])
def test_the_bank_goes_out_and_comes_in_again_unchanged(site: Site, author: Visitor, wanted: str) -> None:
    answer = author.get(f"/author/export?format={wanted}&pc=PC1&state=live")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    if wanted.startswith("qti"):
        assert "imsmanifest.xml" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    name = {"xlsx": "x.xlsx", "json": "x.json"}.get(wanted, "x.zip")
    parsed = bank.parse_items(answer.data, filename=name)
    with site.parts.store.read(author_of(site)) as uow:
        report = bank.import_items(
            uow, owner_id=str(author_of(site).organisation_id), credential_version_id=credential_of(site),
            parsed=parsed, mode=bank.ImportMode.DRY_RUN,
        )  # fmt: skip
    assert (report.refused, report.imported, report.unchanged) == ((), 0, report.read)


def author_of(site: Site) -> Actor:
    with site.parts.store.read(Actor.system()) as uow:
        return acting_as(uow, person(uow, Role.AUTHOR)).actor


def test_an_export_of_nothing_or_as_nothing_says_so(site: Site, author: Visitor) -> None:
    calm(author.get("/author/export?format=qti3&pc=PC99"), 422, "export_empty")
    calm(author.get("/author/export?format=docx"), 422, "request_malformed")
    calm(author.get("/author/export?format=xlsx&state=lost"), 422, "request_malformed")


def test_seconds_that_are_none_are_refused_beside_the_field(site: Site, author: Visitor) -> None:
    data = json.dumps([item(site)]).encode()
    for seconds in ("many", "4", "99999", "-5", "٣٣"):
        assert (
            "not a whole number" in calm(send_file(site, author, data, "x.json", seconds=seconds), 422).text
        )
