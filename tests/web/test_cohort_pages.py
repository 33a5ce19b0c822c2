# SPDX-License-Identifier: Apache-2.0
"""What many results say together, on screen and as files; and what stands beside one result."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from sqlalchemy import event, select

from assessor.results.model import ResultState
from assessor.results.tables import ResultRow
from assessor.scheduling.tables import BatchRow, CandidateRow
from core.identity.model import Role
from core.uow import Actor
from tests.web.cohorts import add_cohort
from tests.web.site import Site, Visitor, on_both


def fill(
    site: Site, sizes: list[int], *, state: ResultState = ResultState.DECLARED, name: str = "Cohort"
) -> list[str]:
    with site.parts.store.write(Actor.system()) as uow:
        return add_cohort(uow, sizes, state=state, name=name)


def statements(site: Site, visitor: Visitor, path: str) -> int:
    """How many statements a page takes."""
    said: list[str] = []

    def note(*given: object) -> None:
        said.append(str(given[2]))

    event.listen(site.parts.engine, "before_cursor_execute", note)
    assert visitor.get(path).status_code == 200
    event.remove(site.parts.engine, "before_cursor_execute", note)
    return len(said)


def test_without_results_the_page_says_what_to_wait_for(site: Site) -> None:
    assert "There is no result to count yet" in site.staff(Role.MANAGER).get("/manager/figures").text
    assert "There is no result to count yet" in site.staff(Role.AWARDING_BODY).get("/awarding/figures").text
    for form in ("csv", "xlsx"):
        assert site.staff(Role.MANAGER).get(f"/manager/figures/file?form={form}").status_code == 200
    assert "There is no result to count yet" in site.staff(Role.MANAGER).get("/manager/figures/file").text


@on_both
def test_a_cohort_has_its_rates_by_batch_part_and_group(site: Site) -> None:
    fill(site, [12, 9, 7])
    manager = site.staff(Role.MANAGER)
    text = manager.get("/manager/figures").text
    with site.parts.store.read(Actor.system()) as uow:
        passed = sum(row.passed for row in uow.db.scalars(select(ResultRow)))
    assert f"{passed} of 28" in text
    for words in (
        "Cohort 1",
        "Cohort 3",
        "PC6",
        "Criteria by batch",
        "report-plot",
        "Pune",
        "If the rule were read",
    ):
        assert words in text
    assert "Learner 1-001" not in text
    assert site.staff(Role.AWARDING_BODY).get("/awarding/figures").text.count("Cohort 2") >= 2


def test_small_groups_are_hidden_and_with_them_what_would_give_them_away(site: Site) -> None:
    batches = fill(site, [8, 3, 6])
    text = site.staff(Role.MANAGER).get("/manager/figures").text
    assert text.count("hidden: too few people") >= 2  # the three, and the next smallest batch
    alone = site.staff(Role.MANAGER).get(f"/manager/figures?batch={batches[1]}").text
    assert "There are only 3 results" in alone
    assert "number-card__value" not in alone


@on_both
def test_no_choice_of_batches_gives_a_small_one_away(site: Site) -> None:
    first, small, beside = fill(site, [8, 3, 6])
    manager = site.staff(Role.MANAGER)

    def shown(*batches: str) -> bool:
        query = "&".join(f"batch={one}" for one in batches)
        page, file = (manager.get(f"/manager/figures{path}?{query}").text for path in ("", "/file"))
        (row,) = [row for row in csv.reader(io.StringIO(file)) if row[2] == "PC1"]
        figures = "number-card__value" in page
        assert figures or "These figures are hidden" in page or "There are only" in page
        assert figures == bool(row[4]) == bool(row[7])
        return figures

    assert shown()
    assert shown(first)
    assert not shown(small)
    assert not shown(beside)  # all of them less this one and the first would be the small one
    assert not shown(first, small)
    assert not shown(first, beside)
    assert shown(small, beside)
    assert "By group" not in manager.get(f"/manager/figures?batch={first}").text


def test_one_batch_is_chosen_from_a_list_and_an_empty_choice_is_all(site: Site) -> None:
    batches = fill(site, [8, 7])
    manager = site.staff(Role.MANAGER)
    page = manager.get(f"/manager/figures?batch={batches[0]}").text
    assert re.search(rf'<option value="{batches[0]}" selected>Cohort 1 \(8 results\)', page)
    assert 'Results</dt><dd class="number-card__value">8<' in page
    assert 'Results</dt><dd class="number-card__value">15<' in manager.get("/manager/figures?batch=").text


def test_the_pages_take_as_many_statements_for_many_results_as_for_few(site: Site) -> None:
    pages = (
        (Role.MANAGER, "/manager/figures"),
        (Role.MANAGER, "/manager/figures/file?kind=results"),
        (Role.AWARDING_BODY, "/awarding/figures"),
        (Role.AWARDING_BODY, "/awarding/results"),
        (Role.MANAGER, "/manager/batches"),
    )
    visitors = {role: site.staff(role) for role, _ in pages}
    fill(site, [6, 5])
    few = [statements(site, visitors[role], path) for role, path in pages]
    fill(site, [60] * 5 + [7], name="Another")
    assert [statements(site, visitors[role], path) for role, path in pages] == few
    assert max(few) <= 16


def test_the_results_of_an_awarding_body_stand_on_pages(site: Site) -> None:
    fill(site, [103])
    body = site.staff(Role.AWARDING_BODY)
    first, second = (body.get(f"/awarding/results?page={page}").text for page in (1, 2))
    assert (first.count("Learner 1-"), second.count("Learner 1-")) == (100, 3)
    assert "1 to 100 of 103" in first
    assert "103 results wait for your answer" in first
    assert body.get("/awarding/results?page=99").text.count("Learner 1-") == 3
    assert body.get("/awarding/results?page=no").text.count("Learner 1-") == 100
    assert body.get("/awarding/results?format=csv").text.count("Learner 1-") == 103


def test_no_name_becomes_a_formula_in_a_file(site: Site) -> None:
    batches = fill(site, [6])
    with site.parts.store.write(Actor.system()) as uow:
        uow.db.get_one(BatchRow, batches[0]).name = '=HYPERLINK("http://example.org")'
        for row, name in zip(
            uow.db.scalars(select(CandidateRow).where(CandidateRow.name.like("Learner%"))),
            ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"),
            strict=True,
        ):
            row.name = name
    manager = site.staff(Role.MANAGER)
    for kind in ("results", "figures"):
        data = manager.get(f"/manager/figures/file?kind={kind}&form=xlsx").data
        book = openpyxl.load_workbook(io.BytesIO(data))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
        assert not [cell.value for cell in cells if cell.data_type == "f"]
    text = manager.get("/manager/figures/file?kind=results").get_data(as_text=True)
    starts = [cell[:1] for row in list(csv.reader(io.StringIO(text)))[1:] for cell in row[:2]]
    assert len(starts) == 12
    assert not set(starts) & set("=+-@\t\r")


def test_an_awarding_body_counts_only_what_was_declared(site: Site) -> None:
    fill(site, [6], state=ResultState.PROVISIONAL)
    assert "There is no result to count yet" in site.staff(Role.AWARDING_BODY).get("/awarding/figures").text
    assert "Cohort 1" in site.staff(Role.MANAGER).get("/manager/figures").text


def test_the_figures_and_every_result_are_files_with_typed_columns(site: Site) -> None:
    fill(site, [6, 5])
    manager = site.staff(Role.MANAGER)
    book = openpyxl.load_workbook(
        io.BytesIO(manager.get("/manager/figures/file?kind=results&form=xlsx").data)
    )
    rows = list(book["Results"].iter_rows(values_only=True))
    assert len(rows) == 12
    assert rows[0][:4] == ("Candidate", "Batch", "State", "Result")
    assert isinstance(rows[1][5], (int, float))
    figures = openpyxl.load_workbook(io.BytesIO(manager.get("/manager/figures/file?form=xlsx").data))
    assert {"Parts", "Batches", "Groups"} <= set(figures.sheetnames)
    table = list(csv.reader(io.StringIO(manager.get("/manager/figures/file").get_data(as_text=True))))
    assert [row[2] for row in table if row[0] == "pc"] == [f"PC{number}" for number in range(1, 7)]
    assert manager.get("/manager/figures/file?kind=secrets").status_code == 404
    assert manager.get("/manager/figures/file?form=exe").status_code == 404


@pytest.mark.parametrize("query", ["credential=nothing", "batch=nothing"])
def test_what_is_not_there_or_belongs_to_others_is_unknown(site: Site, query: str) -> None:
    fill(site, [5])
    assert site.staff(Role.MANAGER).get(f"/manager/figures?{query}").status_code == 404
