# SPDX-License-Identifier: Apache-2.0
"""The pages of the reports on a batch: ordering, stopping, reading, and their files; who sees what."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event

from assessor import api as assessor
from assessor.analyses.tables import ReportRow
from core.identity.model import Role
from core.uow import Actor
from tests.conftest import NOON
from tests.web import world
from tests.web.calm import calm
from tests.web.reported import add_reports
from tests.web.site import Site, Visitor, open_site

Kind = assessor.ReportKind
TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
KINDS = (Kind.ITEMS, Kind.PAPER, Kind.FORMS, Kind.FORENSICS)


@pytest.fixture(scope="module")
def reported(
    sample_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, str, dict[str, str]]]:
    """The sample with done reports of some kinds: the site, the batch, the reports by kind."""
    var = tmp_path_factory.mktemp("reported") / "var"
    shutil.copytree(sample_folder, var)
    with open_site(var, at=NOON) as site:
        batch_id = the_batch(site)
        yield (
            site,
            batch_id,
            add_reports(site, batch_id, KINDS, persons=60, forms=2, parts=2, copiers=2, late=2),
        )


def the_batch(site: Site) -> str:
    found = re.search(
        r'/manager/batches/([0-9a-z]{26})"', site.staff(Role.MANAGER).get("/manager/batches").text
    )
    assert found is not None
    return found.group(1)


def card(visitor: Visitor, batch_id: str, kind: str) -> str:
    """What the page of a batch says of one kind of report."""
    page = visitor.get(f"/manager/batches/{batch_id}/quality").text
    found = re.search(rf'<li class="report-card" id="{kind}">.*?</li>', page, re.DOTALL)
    assert found is not None
    return found.group(0)


def test_a_batch_offers_each_report_with_the_question_that_it_answers(site: Site) -> None:
    manager, batch_id = site.staff(Role.MANAGER), the_batch(site)
    page = manager.get(f"/manager/batches/{batch_id}/quality").text
    assert page.count('class="report-card"') == len(Kind)
    assert page.count("Not made yet") == len(Kind)
    assert "The batch is still open" in page
    assert "Make all reports" in page


def test_an_ordered_report_shows_how_far_it_is_and_can_be_stopped(site: Site) -> None:
    manager, batch_id = site.staff(Role.MANAGER), the_batch(site)
    assert manager.post(f"/manager/batches/{batch_id}/quality/items", {}).status_code == 302
    waiting = card(manager, batch_id, "items")
    assert "It waits for its turn." in waiting
    with site.parts.store.write(Actor.system()) as uow:
        taken = assessor.take_report(uow)
        assert taken is not None
        assessor.note_progress(uow, taken.report_id, share=0.4, stage="options")
    state = manager.get(f"/manager/batches/{batch_id}/quality/state").get_json()
    assert state == {
        "items": {"id": taken.report_id, "done": 40, "over": False, "words": "Looking at the options."}
    }
    assert manager.post(f"/manager/reports/{taken.report_id}/cancel", {}).status_code == 302
    assert "It stops at its next step." in card(manager, batch_id, "items")
    with site.parts.store.write(Actor.system()) as uow:
        assert not assessor.note_progress(uow, taken.report_id, share=0.5, stage="options")
        assessor.stop_report(uow, taken.report_id)
    assert "Make the report" in card(manager, batch_id, "items")


def test_all_reports_are_ordered_at_once_and_a_second_order_changes_nothing(site: Site) -> None:
    manager, batch_id = site.staff(Role.MANAGER), the_batch(site)
    for _ in range(2):
        assert manager.post(f"/manager/batches/{batch_id}/quality", {}).status_code == 302
    state = manager.get(f"/manager/batches/{batch_id}/quality/state").get_json()
    assert set(state) == {kind.value for kind in Kind}
    assert not any(run["over"] for run in state.values())


def test_a_report_that_failed_says_why_and_what_to_do(site: Site) -> None:
    manager, batch_id = site.staff(Role.MANAGER), the_batch(site)
    manager.post(f"/manager/batches/{batch_id}/quality/paper", {})
    with site.parts.store.write(Actor.system()) as uow:
        taken = assessor.take_report(uow)
        assert taken is not None
        assessor.fail_report(uow, taken.report_id, code="table_empty")
    shown = card(manager, batch_id, "paper")
    assert "Failed" in shown
    assert "Make the report" in shown


def test_a_kind_that_does_not_exist_is_no_page(site: Site) -> None:
    manager, batch_id = site.staff(Role.MANAGER), the_batch(site)
    assert manager.post(f"/manager/batches/{batch_id}/quality/horoscope", {}).status_code == 404


@pytest.mark.parametrize("kind", [kind.value for kind in KINDS])
def test_a_report_shows_all_its_sections_and_names_nobody(
    reported: tuple[Site, str, dict[str, str]], kind: str
) -> None:
    site, _, reports = reported
    page = site.staff(Role.MANAGER).get(f"/manager/reports/{reports[kind]}").text
    for section in sections_of(site, reports[kind]):
        assert f'id="{section}"' in page, "with its numbers, or among the parts without"
    assert page.count('class="report-point ') > 0
    for name in (world.DECLARED, world.MARKED, world.RUNNING):
        assert name not in page


def test_a_doubtful_key_leads_a_manager_to_its_correction_and_a_batch_to_panels(
    reported: tuple[Site, str, dict[str, str]],
) -> None:
    site, batch_id, reports = reported
    address = f"/manager/reports/{reports['items']}"
    assert 'href="/corrections/new?item=' in site.staff(Role.MANAGER).get(address).text
    assert "/corrections/new" not in site.staff(Role.INTEGRITY_REVIEWER).get(address).text
    quality = f"/manager/batches/{batch_id}/quality"
    assert "what learners reached." not in site.staff(Role.INTEGRITY_REVIEWER).get(quality).text
    assert 'what learners reached. <a href="/panels">' in site.staff(Role.MANAGER).get(quality).text


def sections_of(site: Site, report_id: str) -> list[str]:
    with site.parts.store.read(Actor.system()) as uow:
        row = uow.db.get_one(ReportRow, report_id)
        assert row.document is not None
        return [one["id"] for one in row.document["sections"]]


def test_every_plot_has_its_numbers_beside_it_and_as_a_file(
    reported: tuple[Site, str, dict[str, str]],
) -> None:
    site, _, reports = reported
    manager = site.staff(Role.MANAGER)
    page = manager.get(f"/manager/reports/{reports['paper']}").text
    plots = [
        json.loads(text)
        for text in re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    ]
    files = re.findall(r'href="([^"]+\?plot=[^"]+)"', page)
    assert len(plots) == len(files) > 3
    for plot, address in zip(plots, files, strict=True):
        rows = csv_rows(manager.get(address.replace("&amp;", "&")).text)
        assert len(rows) - 1 == sum(len(one["points"]) for one in plot["plot"]["series"]), plot["plot"]["id"]


def csv_rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))


def test_a_table_as_csv_has_every_row_in_full_numbers(reported: tuple[Site, str, dict[str, str]]) -> None:
    site, _, reports = reported
    rows = csv_rows(
        site.staff(Role.MANAGER).get(f"/manager/reports/{reports['items']}/tables/items.csv").text
    )
    assert rows[0][:3] == ["Item", "Criterion", "Kind"]
    facilities = [float(row[rows[0].index("Facility")]) for row in rows[1:]]
    assert all(0 <= value <= 1 for value in facilities)
    assert any(round(value, 3) != value for value in facilities)


def test_a_workbook_has_typed_columns_and_the_reasons_for_missing_numbers(
    reported: tuple[Site, str, dict[str, str]],
) -> None:
    site, _, reports = reported
    answer = site.staff(Role.MANAGER).get(f"/manager/reports/{reports['items']}/report.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    names = book.sheetnames
    assert names[:3] == ["Items", "Figures", "Items 2"]
    sheet = book["Items 2"]
    heads = [cell.value for cell in sheet[1]]
    facility = sheet.cell(row=2, column=heads.index("Facility") + 1)
    assert isinstance(facility.value, (int, float))
    assert facility.number_format == "0.0%"
    assert sheet.freeze_panes == "B2"


def test_a_section_or_plot_of_another_name_is_no_file(reported: tuple[Site, str, dict[str, str]]) -> None:
    site, _, reports = reported
    manager = site.staff(Role.MANAGER)
    for path in ("tables/nothing.csv", "tables/criteria.csv?plot=nothing", "tables/reliability.csv"):
        assert manager.get(f"/manager/reports/{reports['paper']}/{path}").status_code == 404


def test_signs_of_conduct_are_read_by_the_agency_and_never_by_the_awarding_body(
    reported: tuple[Site, str, dict[str, str]],
) -> None:
    site, batch_id, reports = reported
    body, reviewer = site.staff(Role.AWARDING_BODY), site.staff(Role.INTEGRITY_REVIEWER)
    conduct = reports["forensics"]
    page = reviewer.get(f"/manager/reports/{conduct}").text
    assert "A sign is not a finding" in page
    assert "/manager/entries/" not in page, "a reviewer has no page of the entry"
    assert reviewer.get(f"/manager/batches/{batch_id}/quality").status_code == 200
    listed = body.get("/awarding/reports").text
    assert reports["paper"] in listed
    assert conduct not in listed
    assert body.get(f"/awarding/reports/{conduct}").status_code == 404
    assert body.get(f"/awarding/reports/{conduct}/report.xlsx").status_code == 404
    assert body.get(f"/awarding/reports/{reports['paper']}").status_code == 200
    assert body.get(f"/awarding/reports/{reports['paper']}/tables/criteria.csv").status_code == 200


def test_a_sentence_in_hindi_keeps_the_numbers(reported: tuple[Site, str, dict[str, str]]) -> None:
    site, _, reports = reported
    manager = site.staff(Role.MANAGER)
    manager.client.set_cookie("kasauti-language", "hi")
    page = manager.get(f"/manager/reports/{reports['items']}")
    assert page.status_code == 200
    assert '<html lang="hi"' in page.text


def test_a_name_that_looks_like_a_formula_stays_a_text_in_every_file(site: Site) -> None:
    manager, batch_id = site.staff(Role.MANAGER), the_batch(site)
    evil = '=HYPERLINK("http://elsewhere.example","Centre")'
    made = add_reports(site, batch_id, [Kind.FAIRNESS], centre=evil)["fairness"]
    rows = csv_rows(manager.get(f"/manager/reports/{made}/tables/groups.csv").text)
    assert f"'{evil}" in {cell for row in rows for cell in row}
    assert not any(cell.startswith("=") for row in rows for cell in row)
    book = openpyxl.load_workbook(io.BytesIO(manager.get(f"/manager/reports/{made}/report.xlsx").data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value == evil} == {"s"}
    assert not any(cell.data_type == "f" for cell in cells)


@pytest.mark.parametrize(("role", "home"), [(Role.MANAGER, "manager"), (Role.AWARDING_BODY, "awarding")])
def test_a_report_that_does_not_exist_is_no_page_and_no_file(
    reported: tuple[Site, str, dict[str, str]], role: Role, home: str
) -> None:
    site, _, _ = reported
    visitor = site.staff(role)
    for name in ("01h00000000000000000000000", "nothing"):
        for path in ("", "/report.xlsx", "/tables/criteria.csv"):
            calm(visitor.get(f"/{home}/reports/{name}{path}"), 404, "report_unknown")


def test_a_report_that_is_not_done_is_no_page_and_says_what_to_do(site: Site) -> None:
    manager, batch_id = site.staff(Role.MANAGER), the_batch(site)
    manager.post(f"/manager/batches/{batch_id}/quality/paper", {})
    state = manager.get(f"/manager/batches/{batch_id}/quality/state").get_json()
    calm(manager.get(f"/manager/reports/{state['paper']['id']}"), 409, "report_not_done")


def test_the_pages_of_reports_take_few_queries(reported: tuple[Site, str, dict[str, str]]) -> None:
    site, batch_id, reports = reported
    manager = site.staff(Role.MANAGER)
    for address, most in (
        (f"/manager/batches/{batch_id}/quality", 16),
        (f"/manager/reports/{reports['items']}", 8),
        (f"/manager/reports/{reports['forensics']}", 8),
        (f"/manager/reports/{reports['items']}/report.xlsx", 8),
    ):
        assert queries(site, manager, address) <= most, address


def queries(site: Site, visitor: Visitor, address: str) -> int:
    """How many statements a page takes."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(site.parts.engine, "before_cursor_execute", note)
    try:
        assert visitor.get(address).status_code == 200
    finally:
        event.remove(site.parts.engine, "before_cursor_execute", note)
    return len(seen)


def test_the_plot_library_is_loaded_by_pages_with_plots_alone(
    reported: tuple[Site, str, dict[str, str]],
) -> None:
    site, batch_id, reports = reported
    manager = site.staff(Role.MANAGER)
    assert "js/plots.js" in manager.get(f"/manager/reports/{reports['paper']}").text
    for address in (
        f"/manager/batches/{batch_id}/quality",
        f"/manager/batches/{batch_id}",
        "/manager/batches",
    ):
        assert "js/plots.js" not in manager.get(address).text
    using = {file for file in TEMPLATES.rglob("*.html") if "js/plots.js" in file.read_text(encoding="utf-8")}
    assert {file.parent.name for file in using} == {"panels", "reports"}
