# SPDX-License-Identifier: Apache-2.0
"""Every report of every size of batch is a sound document: its shape, its reasons, no name, no number that is none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assessor.analyses.data import BatchData
from assessor.analyses.model import Cancelled, ReportKind
from assessor.analyses.reports.making import REPORTS, make_report
from tests.unit.assessor.analyses.synthetic import alike, batch

KINDS = list(ReportKind)
UNITS = {
    *(
        "count",
        "share",
        "number",
        "p",
        "marks",
        "logits",
        "sd",
        "seconds",
        "text",
        "code",
        "percent",
        "yes_no",
    ),
    *("item", "person", "option", "form", "pc", "nos", "group", "reasons", "codes", "instant"),
}
PLOTS = {"lines", "points", "bars", "heat", "interval", "people_items", "bands"}


def silent(_part: float, _stage: str) -> None:
    """Nobody looks."""


def made(kind: ReportKind, data: BatchData) -> dict[str, Any]:
    document: Any = make_report(kind, data, progress=silent)
    back: dict[str, Any] = json.loads(json.dumps(document, allow_nan=False))
    return back


def check(document: dict[str, Any], kind: ReportKind) -> None:
    assert document["kind"] == kind.value
    assert [section["id"] for section in document["sections"]] == list(REPORTS[kind].SECTIONS)
    for section in document["sections"]:
        if section["unavailable"] is not None:
            assert section["unavailable"]["code"].isidentifier()
            assert not section["figures"]
            assert not section["plots"]
            assert section["table"] is None
        for figure in section["figures"]:
            assert figure["unit"] in UNITS
            assert figure["value"] is not None or figure["reason"].isidentifier()
        for note in section["notes"]:
            assert note["code"].isidentifier()
        for plot in section["plots"]:
            check_plot(plot)
        if section["table"] is not None:
            check_table(section["table"])


def check_plot(plot: dict[str, Any]) -> None:
    assert plot["type"] in PLOTS
    for name in ("x", "y"):
        assert plot[name]["unit"] in UNITS
    for row in plot["series"]:
        assert row.keys() & {"label", "label_code"}
        assert all(len(point) >= 2 for point in row["points"])
        assert len(row.get("names", row["points"])) == len(row["points"])
        for name, place in (("x", 0), ("y", 1)):
            if "categories" in plot[name]:
                assert all(0 <= point[place] < len(plot[name]["categories"]) for point in row["points"])


def check_table(table: dict[str, Any]) -> None:
    columns = table["columns"]
    assert {column["unit"] for column in columns} <= UNITS
    assert all(len(row) == len(columns) for row in table["rows"])
    assert table["refs"] is None or len(table["refs"]) == len(table["rows"])
    names = [(column["code"], column.get("label")) for column in columns]
    assert len(set(names)) == len(names)
    if "reasons" not in [column["code"] for column in columns]:
        return
    place = [column["code"] for column in columns].index("reasons")
    optional = {"ebel", "kind", "thresholds", "favours", "last_before"}
    for row in table["rows"]:
        empty = [column["code"] for column, cell in zip(columns, row, strict=True) if cell is None]
        if len([code for code in empty if code not in optional]) > len(columns) // 2:
            assert row[place], row  # a row without most of its numbers says why


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("persons", [0, 1, 5, 30])
def test_a_small_batch_has_a_whole_report_with_reasons(kind: ReportKind, persons: int) -> None:
    document = made(kind, batch(persons=persons))
    check(document, kind)
    assert document["batch"]["persons"] == persons
    if persons < 5:
        assert any(section["unavailable"] for section in document["sections"]) or kind in {
            ReportKind.CERTAINTY,
            ReportKind.PAPER,
        }


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_of_several_forms_has_a_whole_report(kind: ReportKind) -> None:
    check(made(kind, batch(persons=120, forms=4, per_pc=4, late=3)), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_where_every_paper_is_another_has_a_whole_report(kind: ReportKind) -> None:
    check(made(kind, batch(persons=31, forms=31, per_pc=3, common=1)), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_where_everybody_is_right_everywhere_has_a_whole_report(kind: ReportKind) -> None:
    check(made(kind, alike(batch(persons=40, per_pc=3))), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_items_with_parts_of_marks_have_a_whole_report(kind: ReportKind) -> None:
    check(made(kind, batch(persons=80, per_pc=3, parts=4)), kind)
    check(made(kind, batch(persons=60, per_pc=2, parts=12)), kind)


@pytest.mark.battery
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("forms", [1, 4])
def test_a_batch_of_fifteen_hundred_has_a_whole_report(kind: ReportKind, forms: int) -> None:
    check(made(kind, batch(persons=1500, forms=forms, per_pc=8, parts=0, copiers=3, late=5)), kind)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_data_make_the_same_report(kind: ReportKind) -> None:
    data = batch(persons=40, forms=2, per_pc=3)
    assert made(kind, data) == made(kind, data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_stops_where_somebody_asks_to(kind: ReportKind) -> None:
    def stop(part: float, _stage: str) -> None:
        if part > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        make_report(kind, batch(persons=35, per_pc=3), progress=stop)


@pytest.mark.parametrize("kind", KINDS)
def test_progress_never_goes_back_and_ends_at_one(kind: ReportKind) -> None:
    told: list[float] = []
    make_report(kind, batch(persons=35, forms=2, per_pc=3), progress=lambda part, _: told.append(part))
    assert told == sorted(told)
    assert told[0] == 0.0
    assert told[-1] == 1.0


def test_what_was_left_out_and_that_the_batch_is_open_is_said_first() -> None:
    data = batch(persons=12, per_pc=2, closed=False)
    marks = data.marks.copy()
    marks[3], marks[:, 5] = np.nan, np.nan
    persons = (replace(data.persons[0], passed=None, cells={}), *data.persons[1:])
    document = made(ReportKind.ITEMS, replace(data, marks=marks, persons=persons))
    assert document["cautions"] == [
        {"code": "open_batch"},
        {"code": "persons_without_marks", "count": 1},
        {"code": "items_without_marks", "count": 1},
        {"code": "persons_without_result", "count": 1},
    ]
    assert document["batch"]["persons"] == 11
    assert document["batch"]["items"] == 11


def test_a_batch_without_any_item_says_so() -> None:
    data = batch(persons=3, per_pc=1)
    document = made(ReportKind.MODEL, replace(data, marks=np.full_like(data.marks, np.nan)))
    assert {section["unavailable"]["code"] for section in document["sections"]} == {"no_persons"}
