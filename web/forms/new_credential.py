# SPDX-License-Identifier: Apache-2.0
"""The first form of a credential: the few things that no document can do without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from item_bank import api as bank

FIELDS = (
    "code", "version", "kind", "title_en", "title_hi", "level", "hours_total", "hours_theory", "hours_practical",
    "hours_ojt", "assessment_minutes", "nos_code", "nos_title_en", "nos_title_hi", "pc_title_en", "pc_title_hi",
)  # fmt: skip
_OF_FIELD = {"nos": "nos", "pcs": "pc"}


def new_credential(form: Mapping[str, str], *, awarding_body: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The document that the form makes, with one criterion in theory; errors by field, and then it is not to be trusted."""
    said = {name: form.get(name, "").strip() for name in FIELDS}
    names = (
        "code",
        "version",
        "level",
        "hours_total",
        "hours_theory",
        "hours_practical",
        "hours_ojt",
        "assessment_minutes",
    )
    kind = said["kind"] if said["kind"] in ("micro_credential", "qualification") else "micro_credential"
    fields: list[bank.Cells] = [
        {"field": "languages", "value": "en, hi"},
        {"field": "kind", "value": kind},
        {"field": "awarding_body", "value": awarding_body},
        *({"field": name, **({"value": said[name]} if said[name] else {})} for name in names),
        {"field": "title", **_texts("text", said["title_en"], said["title_hi"])},
    ]
    minutes = {"minutes": said["assessment_minutes"]} if said["assessment_minutes"] else {}
    nos = {"code": said["nos_code"]} if said["nos_code"] else {}
    owner = {"nos": said["nos_code"]} if said["nos_code"] else {}
    pc = {"id": "PC1", "mandatory": "yes", "threshold": "7/10", "marks_theory": "4"}
    rule = {"line": "1", "kind": "share", "basis": "raw", "component": "all", "at_least": "7/10"}
    sheets: bank.Sheets = {
        "credential": fields,
        "components": [{"id": "theory", "online": "yes", **minutes}],
        "nos": [{**nos, "weight": "100", **_texts("title", said["nos_title_en"], said["nos_title_hi"])}],
        "pcs": [{**owner, **pc, **_texts("title", said["pc_title_en"], said["pc_title_hi"])}],
        "rule": [{**rule, "scope": "pc", "name": "PC1"}],
    }
    document, problems = bank.document_of_sheets(sheets)
    errors: dict[str, str] = {}
    for problem in problems:
        errors.setdefault(_field_of(problem["where"], fields), problem["reason"])
    return document, errors


def _texts(name: str, english: str, hindi: str) -> bank.Cells:
    return {f"{name}_{language}": text for language, text in (("en", english), ("hi", hindi)) if text}


def _field_of(where: str, fields: list[bank.Cells]) -> str:
    """The field of the form that a cell of the made-up workbook came from."""
    sheet, row, column = (part.rpartition(" ")[2] for part in [*where.split(", "), "", ""][:3])
    if sheet == "credential" and row.isdecimal():
        name = fields[int(row) - 2]["field"]
        return f"title_{column.removeprefix('text_')}" if name == "title" else name
    if sheet == "components":
        return "assessment_minutes"
    if sheet in _OF_FIELD:
        part = "code" if column in ("code", "nos", "") else column
        return "nos_code" if part == "code" else f"{_OF_FIELD[sheet]}_{part}"
    return "code"
