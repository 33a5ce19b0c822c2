# SPDX-License-Identifier: Apache-2.0
"""The table of docs/scheduling.md has all 41 columns of the monthly return, and every field that it names is stored."""

from __future__ import annotations

import re
from dataclasses import fields

from assessor import api as assessor
from assessor.results.tables import ResultRow
from assessor.scheduling.tables import AllocationRow, BatchRow
from tests.docs.tables import ROOT

DOCUMENT = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")
COLUMNS = 41


def rows() -> list[tuple[str, str]]:
    part = DOCUMENT.partition("## The monthly return")[2].partition("\n## ")[0]
    cells = [line.strip("| \n").split(" | ") for line in part.splitlines() if line.startswith("|")][2:]
    return [(column, source) for column, source in cells]


def test_no_column_of_the_return_is_left_out() -> None:
    names = [name for column, _source in rows() for name in column.split(", ")]
    assert len(names) == COLUMNS
    assert len(set(names)) == COLUMNS


def test_every_field_that_a_column_comes_from_is_stored_and_every_fact_of_a_batch_has_its_column() -> None:
    particulars = {one.name for one in fields(assessor.Particulars)}
    tables = {one.name for row in (AllocationRow, BatchRow, ResultRow) for one in row.__table__.columns}
    named = {name for _column, source in rows() for name in re.findall(r"`(\w+)`", source)}
    assert named - particulars - tables == set()
    held_against_rules = {"training_partner", "empanelled"}
    assert particulars - named == held_against_rules
    assert [column for column, source in rows() if not source.strip()] == []
