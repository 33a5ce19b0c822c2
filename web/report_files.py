# SPDX-License-Identifier: Apache-2.0
"""A report as files: one table as csv, all of them as a workbook with typed columns.

Words come from the presenters; nothing is computed here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Response

from web.presenters.analysis_text import NUMERIC, file_value
from web.presenters.common import csv_response

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS: Final = {
    "count": "#,##0",
    "percent": "0.0",
    "probability": "0.0%",
    "share": "0.0%",
    "p": "0.0000",
    "p_value": "0.0000",
    "seconds": "0.0",
    "marks": "0.##",
}
_PLAIN_NUMBER: Final = "0.000"
_SHEET_NAME: Final = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME: Final = 31
_WIDEST: Final = 60
Table = Mapping[str, Any]
"""A ``title``, ``columns`` (each with ``label`` and ``unit``) and typed ``rows``."""


def csv_of(table: Table, filename: str) -> Response:
    """One table as csv; numbers are in full, so that they can be computed with."""
    units = [column["unit"] for column in table["columns"]]
    rows = (
        [file_value(value, unit) for value, unit in zip(row, units, strict=True)] for row in table["rows"]
    )
    return csv_response(filename, [column["label"] for column in table["columns"]], rows)


def xlsx_of(facts: Sequence[tuple[str, object]], tables: Sequence[Table], filename: str) -> Response:
    """Every table on a sheet of its own behind a first sheet of facts; no cell can become a formula."""
    import xlsxwriter

    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(target, options) as book:
        styles = _styles(book)
        used: set[str] = set()
        _facts_sheet(book.add_worksheet(_name(str(facts[0][1]), used)), facts, styles)
        for table in tables:
            _table_sheet(book.add_worksheet(_name(table["title"], used)), table, styles)
    response = Response(target.getvalue(), mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _styles(book: Any) -> dict[str, Any]:
    head = book.add_format(
        {"bold": True, "bg_color": "#F3F0E8", "bottom": 1, "text_wrap": True, "valign": "top"}
    )
    numbers = {unit: book.add_format({"num_format": _FORMATS.get(unit, _PLAIN_NUMBER)}) for unit in NUMERIC}
    return {**numbers, "head": head, "bold": book.add_format({"bold": True})}


def _facts_sheet(sheet: Any, facts: Sequence[tuple[str, object]], styles: Mapping[str, Any]) -> None:
    sheet.set_column(0, 0, 28, styles["bold"])
    sheet.set_column(1, 1, 90)
    for row, (label, value) in enumerate(facts):
        sheet.write_string(row, 0, label)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            sheet.write_number(row, 1, value)
        else:
            sheet.write_string(row, 1, str(value))


def _table_sheet(sheet: Any, table: Table, styles: Mapping[str, Any]) -> None:
    units = [column["unit"] for column in table["columns"]]
    for place, column in enumerate(table["columns"]):
        sheet.write_string(0, place, column["label"], styles["head"])
        texts = [len(str(file_value(row[place], units[place]) or "")) for row in table["rows"][:200]]
        widest = 10 if units[place] in NUMERIC else max([*texts, 8])
        sheet.set_column(place, place, min(max(widest, len(column["label"]) * 0.7) + 2, _WIDEST))
    for number, row in enumerate(table["rows"], 1):
        for place, (value, unit) in enumerate(zip(row, units, strict=True)):
            _write(sheet, number, place, file_value(value, unit), styles.get(unit))
    sheet.freeze_panes(1, 1)
    if table["rows"] and units:
        sheet.autofilter(0, 0, len(table["rows"]), len(units) - 1)


def _write(sheet: Any, row: int, column: int, value: object, style: Any) -> None:
    if value is None:
        return
    if isinstance(value, (int, float)):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value))


def _name(title: str, used: set[str]) -> str:
    """A title as the name of a sheet: short, without signs that Excel refuses, and not there yet."""
    plain = _SHEET_NAME.sub(" ", title).strip()[:_LONGEST_NAME] or "-"
    name, number = plain, 1
    while name.casefold() in used:
        number += 1
        ending = f" {number}"
        name = plain[: _LONGEST_NAME - len(ending)] + ending
    used.add(name.casefold())
    return name
