# SPDX-License-Identifier: Apache-2.0
"""Bringing in a list of candidates over HTTP: check, columns, enrol, codes, slips; and what a hostile list meets."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from assessor import api as assessor
from core.identity.model import Role
from core.notices.model import NoticeKind, NoticeState
from core.notices.queries import notices
from core.uow import Actor
from tests.web.site import Site, Visitor
from web import effects
from web.notices.postman import Postman

LIST = (
    "Name\tMobile number\tDate of birth\tLanguage\tE-mail\tCandidate number\n"
    "Sunita Devi\t9876500001\t05-03-2001\tHindi\tsunita@example.in\tA-1\n"
    "Arun Kumar\t९८७६५००००२\t21-08-1999\tEnglish\t\tA-2\n"
    "Meena Rao\t\t1 Jan 1990\t\t\tA-3\n"
)
BAD = LIST + "Ravi\t9.88E+09\t31-02-2001\tFrench\tnot-an-address\tA-2\n"


@pytest.fixture
def manager(site: Site) -> Visitor:
    return site.staff(Role.MANAGER)


@pytest.fixture
def sitting_id(site: Site) -> str:
    """The sample's first sitting."""
    with site.parts.store.read(Actor.system()) as uow:
        from sqlalchemy import text

        return str(uow.db.scalar(text("SELECT id FROM sittings ORDER BY id")))


def bring(manager: Visitor, sitting_id: str, text: str = LIST) -> TestResponse:
    return manager.post(
        f"/manager/sittings/{sitting_id}/candidates/import", {"candidates": text, "language": "hi"}
    )


def upload(manager: Visitor, sitting_id: str, data: bytes, name: str) -> TestResponse:
    return manager.post(
        f"/manager/sittings/{sitting_id}/candidates/import",
        {"file": (io.BytesIO(data), name), "language": "hi"},
        content_type="multipart/form-data",
    )


def report(manager: Visitor, sitting_id: str, text: str = LIST) -> tuple[str, str]:
    """The address of the dry run, and its page."""
    answer = bring(manager, sitting_id, text)
    assert answer.status_code == 302, answer.text
    page = manager.get(answer.location)
    assert page.status_code == 200, page.text
    return answer.location, page.text


def enrol(manager: Visitor, where: str, page: str, *, mode: str = "all", **more: str) -> TestResponse:
    reasons = dict.fromkeys(re.findall(r'name="(reason-[a-z_]+)"', page), "Checked by hand.")
    return manager.post(f"{where}/enrol", {"mode": mode, "requirement_met": "yes", **reasons, **more})


def codes_on(page: str) -> dict[str, str]:
    found = re.search(r'name="codes" value="([^"]+)"', page)
    assert found, page
    return dict(json.loads(html.unescape(found[1])))


def names(site: Site, sitting_id: str) -> set[str]:
    with site.parts.store.read(Actor.system()) as uow:
        from sqlalchemy import text

        query = (
            "SELECT c.name FROM entries e JOIN candidates c ON c.id = e.candidate_id WHERE e.sitting_id = :id"
        )
        return set(uow.db.scalars(text(query), {"id": sitting_id}))


def test_a_good_list_is_checked_enrolled_and_its_codes_open_the_door(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    before = names(site, sitting_id)
    where, page = report(manager, sitting_id)
    assert "The list is in order" in page
    assert names(site, sitting_id) == before, "a dry run enrolled somebody"
    done = enrol(manager, where, page)
    assert done.status_code == 200, done.text
    assert names(site, sitting_id) - before == {"Sunita Devi", "Arun Kumar", "Meena Rao"}
    codes = codes_on(done.text)
    assert len(codes) == 3
    for code in codes.values():
        assert code in done.text
        visitor = site.visitor()
        visitor.get("/")
        assert visitor.post("/enter", {"code": code}).status_code == 302


def test_an_enrolled_list_is_forgotten_and_cannot_be_enrolled_twice(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    where, page = report(manager, sitting_id)
    assert enrol(manager, where, page).status_code == 200
    assert enrol(manager, where, page).status_code == 404
    assert not list((site.parts.config.var / "uploads").glob("*.list"))


def test_a_waiting_list_lies_there_encrypted(site: Site, manager: Visitor, sitting_id: str) -> None:
    report(manager, sitting_id)
    for file in Path(site.parts.config.var / "uploads").iterdir():
        assert b"Sunita" not in file.read_bytes()
        assert b"9876500001" not in file.read_bytes()


def test_every_problem_is_named_by_row_and_column_and_nothing_is_enrolled(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    before = names(site, sitting_id)
    where, page = report(manager, sitting_id, BAD)
    for said in (
        "digits are lost",
        "no date that can be read",
        "language is not known",
        "not an e-mail address",
    ):
        assert said in page, said
    refused = enrol(manager, where, page, mode="all")
    assert refused.status_code == 409
    assert "Nobody was enrolled" in refused.text
    assert names(site, sitting_id) == before
    table = manager.get(f"{where}/problems.csv")
    rows = table.text.splitlines()
    assert len(rows) == 5
    assert all(row.startswith("5,Ravi,") for row in rows[1:])


def test_the_good_rows_alone_are_enrolled_only_when_somebody_says_so(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    before = names(site, sitting_id)
    where, page = report(manager, sitting_id, BAD)
    done = enrol(manager, where, page, mode="good")
    assert done.status_code == 200
    assert names(site, sitting_id) - before == {"Sunita Devi", "Arun Kumar", "Meena Rao"}
    assert "1 row was not enrolled" in done.text


def test_who_is_in_the_batch_already_needs_a_reason_and_a_number_that_is_taken_is_refused(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    where, page = report(manager, sitting_id)
    enrol(manager, where, page)
    _where, page = report(manager, sitting_id)
    assert page.count("Another candidate of the batch") or "A-1" in page or "number" in page
    assert "No row can be enrolled" in page
    again = LIST.replace("A-1", "B-1").replace("A-2", "B-2").replace("A-3", "B-3")
    where, page = report(manager, sitting_id, again)
    assert 'name="reason-twice_in_batch"' in page
    refused = manager.post(f"{where}/enrol", {"mode": "all", "requirement_met": "yes"})
    assert refused.status_code == 409
    assert enrol(manager, where, page).status_code == 200


def test_unusual_headings_are_asked_for_and_then_understood(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    strange = "Kandidat\tTel\nSunita Devi\t9876500001\nArun Kumar\t9876500002\n"
    answer = upload(manager, sitting_id, strange.encode("utf-16"), "list.csv")
    asked = manager.get(answer.location)
    assert asked.status_code == 302
    assert asked.location.endswith("/columns")
    page = manager.get(asked.location).text
    assert "Kandidat" in page
    wrong = manager.post(asked.location, {"heading": ["Kandidat", "Tel"], "field": ["", "phone"]})
    assert wrong.status_code == 422
    assert "No column is the candidate" in wrong.text
    done = manager.post(asked.location, {"heading": ["Kandidat", "Tel"], "field": ["name", "phone"]})
    assert done.status_code == 302
    assert "The list is in order" in manager.get(done.location).text


HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "empty"),
    "old.xls": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "looks like: xls"),
    "portal.xls": (b"<html><table><tr><td>Name</td></tr></table>", "looks like: HTML"),
    "scan.pdf": (b"%PDF-1.7 ...", "looks like: PDF"),
    "cp1252.csv": ("Name,Place\nJosé,Goa\n".encode("cp1252"), "UTF-8"),
    "nul.csv": (b"Name\nA\0B\n", "UTF-8"),
    "broken.xlsx": (b"PK\x03\x04" + b"junk" * 50, "xlsx"),
    "headings.csv": (b"Name,Phone\n", "no candidates"),
    "twice.csv": (b"Name,Name\nA,B\n", "name"),
    "many.csv": (b"Name\n" + b"A\n" * 2001, "2000"),
    "quotes.csv": (b'Name\n"A\nB\n', "line"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_named_refusal(
    site: Site, manager: Visitor, sitting_id: str, name: str
) -> None:
    data, said = HOSTILE[name]
    answer = upload(manager, sitting_id, data, name)
    if answer.status_code == 302:
        answer = manager.get(answer.location)
    assert answer.status_code == 422, answer.text
    assert said in answer.text
    assert "Traceback" not in answer.text


def test_a_file_that_is_too_large_is_refused(site: Site, manager: Visitor, sitting_id: str) -> None:
    answer = upload(manager, sitting_id, b"Name\n" + b"x" * 10_000_000, "big.csv")
    assert answer.status_code == 422
    assert "10 MB" in answer.text
    answer.request.input_stream.close()  # the test client keeps a large body in a file


def test_a_formula_in_a_sheet_is_named_and_a_date_of_excel_is_read(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    from datetime import date

    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        page.write_row(0, 0, ["Name", "Date of birth", "Mobile"])
        page.write_row(1, 0, ["Sunita Devi"])
        page.write_datetime(1, 1, date(2001, 3, 5), day)
        page.write_number(1, 2, 9876500001)
        page.write_row(2, 0, ["Arun Kumar", 36955])
        page.write_formula(2, 2, "=1+1")
    answer = upload(manager, sitting_id, target.getvalue(), "list.xlsx")
    text = manager.get(answer.location).text
    assert "born 05-03-2001" in text
    assert "holds a formula" in text


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_template_comes_back_as_it_was_understood(
    site: Site, manager: Visitor, sitting_id: str, language: str
) -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(assessor.candidate_template_xlsx(language)))
    first, examples = book.worksheets[0], book.worksheets[1]
    for row in examples.iter_rows(min_row=2, values_only=True):
        first.append(row)
    target = io.BytesIO()
    book.save(target)
    answer = upload(manager, sitting_id, target.getvalue(), "candidates.xlsx")
    page = manager.get(answer.location).text
    assert "The list is in order" in page, re.findall(r'data-label="What is wrong">([^<]+)', page)
    assert manager.get("/manager/candidates.xlsx").data[:2] == b"PK"


def test_codes_are_sent_in_each_candidates_language_and_the_list_says_so(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    where, page = report(manager, sitting_id)
    done = enrol(manager, where, page, send="yes")
    codes = codes_on(done.text)
    Postman(site.parts, effects.handlers(site.app)).round()
    folder = site.parts.config.var / "notices"
    letter = next(folder.glob("*.eml")).read_bytes()
    assert b"Content-Language: hi" in letter
    short = next(folder.glob("*.txt")).read_text(encoding="utf-8")
    assert short.startswith("+919876500002")
    assert any(code in short for code in codes.values())
    with site.parts.store.read(Actor.system()) as uow:
        made = notices(uow, organisation_id=None)
    assert sorted(one.state for one in made) == [NoticeState.FAILED, NoticeState.SENT, NoticeState.SENT]
    assert {one.kind for one in made} == {NoticeKind.ACCESS_CODE}
    listing = manager.get("/manager/notices/").text
    assert "s***@example.in" in listing
    assert "Print it" in listing
    assert not any(code in listing for code in codes.values())
    assert "Print it" in manager.get("/manager/notices/?format=csv").text


def test_new_codes_replace_the_old_ones_for_the_chosen_only(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    where, page = report(manager, sitting_id)
    old = codes_on(enrol(manager, where, page).text)
    chosen = list(old)[:2]
    done = manager.post(f"/manager/sittings/{sitting_id}/codes", {"entry": chosen})
    new = codes_on(done.text)
    assert set(new) == set(chosen)
    for entry_id, code in old.items():
        visitor = site.visitor()
        visitor.get("/")
        assert visitor.post("/enter", {"code": code}).status_code == (404 if entry_id in chosen else 302)
    assert manager.post(f"/manager/sittings/{sitting_id}/codes", {}).status_code == 422


def test_slips_are_printed_only_of_codes_that_open_something(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    where, page = report(manager, sitting_id)
    codes = codes_on(enrol(manager, where, page).text)
    address = f"/manager/sittings/{sitting_id}/slips.pdf"
    paper = manager.post(address, {"codes": json.dumps(codes)})
    assert paper.status_code == 200
    assert paper.data.startswith(b"%PDF")
    assert paper.headers["Cache-Control"] == "no-store"
    wrong = dict.fromkeys(codes, "K7QD-M2XP-9F")
    assert manager.post(address, {"codes": json.dumps(wrong)}).status_code == 409
    assert manager.post(address, {"codes": json.dumps({"x" * 26: "K7QD-M2XP-9F"})}).status_code == 404
    for junk in ("", "[]", "{}", "null", "nonsense"):
        assert manager.post(address, {"codes": junk}).status_code == 422
    assert manager.get(f"/manager/sittings/{sitting_id}/attendance.pdf").data.startswith(b"%PDF")


def test_another_managers_list_cannot_be_opened(site: Site, manager: Visitor, sitting_id: str) -> None:
    where, _page = report(manager, sitting_id)
    other = site.staff(Role.AUTHOR)
    assert other.get(where).status_code == 404
    assert manager.get(where.replace(sitting_id, "x" * 26)).status_code == 404


def test_the_candidates_page_shows_who_can_be_reached_and_what_was_sent(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    where, page = report(manager, sitting_id)
    enrol(manager, where, page, send="yes")
    text = manager.get(f"/manager/sittings/{sitting_id}/candidates").text
    assert "Sunita Devi" in text
    assert "paper only" in text
    assert "Waiting" in text
