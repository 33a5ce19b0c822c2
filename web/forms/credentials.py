# SPDX-License-Identifier: Apache-2.0
"""The credential editor's forms: a section shows some sheets of the document's workbook, and a save puts them back.

Rows keep their order, so that saving without a change leaves the document as it is. What is wrong is named by the same reader
as for an xlsx file and led back to the field. Which fields a section has is in ``credential_sections``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from item_bank import api as bank
from web.forms.credential_fields import Field, Group, SectionForm, Table
from web.words import _

_PLACE = re.compile(r"sheet (?P<sheet>\w+)(?:, row (?P<row>\d+))?(?:, column (?P<column>\S+))?")
_MOST_ROWS = 400
_BLANK_ROWS = 10


@dataclass
class FormRow:
    """One row as the page shows it: the names of its inputs begin with ``prefix``."""

    prefix: str
    cells: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    inner: dict[str, list[FormRow]] = field(default_factory=dict)
    was: str = ""
    removed: bool = False


@dataclass
class EditorForm:
    """A section as the page shows it, with what was typed and what is wrong with it."""

    section: SectionForm
    languages: list[str]
    components: list[str]
    fields: dict[str, FormRow]
    tables: dict[str, list[FormRow]]
    problems: list[str] = field(default_factory=list)


def open_form(
    section: SectionForm,
    sheets: bank.Sheets,
    *,
    languages: Sequence[str],
    components: Sequence[str],
    blank: int = 0,
) -> EditorForm:
    """The form of a section over the rows of a document."""
    fields = {
        one.name: FormRow(f"field-{one.name}", _field_cells(sheets, one.name)) for one in section.all_fields
    }
    tables: dict[str, list[FormRow]] = {}
    for table in section.tables:
        rows = [
            FormRow(
                f"{table.name}-{place}",
                dict(cells),
                inner=_inner_rows(table, f"{table.name}-{place}", cells, sheets),
            )
            for place, cells in enumerate(row for row in sheets[table.sheet] if table.holds(row))
        ]
        tables[table.name] = rows + _blank_rows(table, len(rows), blank)
    return EditorForm(section, list(languages), list(components), fields, tables)


def read_form(
    section: SectionForm,
    posted: Mapping[str, str],
    sheets: bank.Sheets,
    *,
    languages: Sequence[str],
    components: Sequence[str],
) -> tuple[dict[str, Any], EditorForm]:
    """The document that a posted section makes out of the stored rows; the form comes back with what is wrong."""
    changed: bank.Sheets = {name: [dict(row) for row in rows] for name, rows in sheets.items()}
    form = EditorForm(section, list(languages), list(components), {}, {})
    origin: dict[tuple[str, int], FormRow] = {}
    for one in section.all_fields:
        form.fields[one.name] = FormRow(f"field-{one.name}", _posted_field(posted, one, languages))
    _put_fields(changed, form.fields)
    for table in section.tables:
        rows = _posted_rows(table, posted, languages=languages, components=components)
        form.tables[table.name] = rows
        _rename(changed, table, rows)
        kept = [row for row in rows if not row.removed and _filled(table, row)]
        for row in kept:
            row.cells |= table.fixed_cells(posted)
        _put_rows(changed, table, kept)
        for name, inner_sheet, key in table.inner:
            _put_inner(changed, kept, name, inner_sheet, key)
    _find_origins(changed, form, origin)
    document, problems = bank.document_of_sheets(changed)
    for problem in problems:
        _place(form, problem, changed, origin)
    if problems:  # room for what may be missing
        for table in section.tables:
            form.tables[table.name] += _blank_rows(table, len(form.tables[table.name]), 0)
    return document, form


def blank_rows(posted: Mapping[str, str]) -> int:
    """How many empty rows the next page offers."""
    return _BLANK_ROWS if posted.get("action") == "more" else 0


# ------------------------------------------------------------------------------------------------ fields


def _field_cells(sheets: bank.Sheets, name: str) -> dict[str, str]:
    found = next((row for row in sheets["credential"] if row["field"] == name), {})
    return {key: value for key, value in found.items() if key != "field"}


def _posted_field(posted: Mapping[str, str], one: Field, languages: Sequence[str]) -> dict[str, str]:
    columns = [f"text_{language}" for language in languages] if one.bilingual else ["value"]
    return _cells(posted, f"field-{one.name}", columns)


def _put_fields(sheets: bank.Sheets, fields: Mapping[str, FormRow]) -> None:
    rows = sheets["credential"]
    for name, row in fields.items():
        present = next((place for place, cells in enumerate(rows) if cells["field"] == name), None)
        if present is not None:
            rows[present] = {"field": name, **row.cells}
        else:
            rows.append({"field": name, **row.cells})


# ------------------------------------------------------------------------------------------------ rows


def _posted_rows(
    table: Table, posted: Mapping[str, str], *, languages: Sequence[str], components: Sequence[str]
) -> list[FormRow]:
    pattern = re.compile(re.escape(table.name) + r"-(\d{1,3})-[a-z]")
    places = sorted({int(found[1]) for name in posted if (found := pattern.match(name))})[:_MOST_ROWS]
    columns = table.columns(languages=languages, components=components)
    rows = []
    for place in places:
        prefix = f"{table.name}-{place}"
        row = FormRow(prefix, _cells(posted, prefix, columns))
        row.was, row.removed = posted.get(f"{prefix}-was", ""), f"{prefix}-remove" in posted
        for name, _sheet, _key in table.inner:
            row.inner[name] = _posted_inner(table, posted, prefix, name, languages)
        rows.append(row)
    return rows


def _cells(posted: Mapping[str, str], prefix: str, columns: Sequence[str]) -> dict[str, str]:
    found = {}
    for column in columns:
        text = posted.get(f"{prefix}-{column}", "").replace("\r\n", "\n")
        if text.strip():
            found[column] = text
    return found


def _posted_inner(
    table: Table, posted: Mapping[str, str], prefix: str, name: str, languages: Sequence[str]
) -> list[FormRow]:
    """The rows inside a row: statements, one a line in each language; or levels, each with inputs of its own."""
    if name == "knowledge":
        lines = {
            language: [
                line.strip()
                for line in posted.get(f"{prefix}-knowledge_{language}", "").splitlines()
                if line.strip()
            ]
            for language in languages
        }
        most = max((len(found) for found in lines.values()), default=0)
        return [
            FormRow(
                f"{prefix}-knowledge",
                {f"text_{language}": found[place] for language, found in lines.items() if place < len(found)},
            )
            for place in range(most)
        ]
    pattern = re.compile(re.escape(f"{prefix}-{name}-") + r"(\d{1,2})-")
    places = sorted({int(found[1]) for one in posted if (found := pattern.match(one))})
    columns = ["marks", *(f"text_{language}" for language in languages)]
    return [
        FormRow(f"{prefix}-{name}-{place}", _cells(posted, f"{prefix}-{name}-{place}", columns))
        for place in places
    ]


def _inner_rows(
    table: Table, prefix: str, cells: Mapping[str, str], sheets: bank.Sheets
) -> dict[str, list[FormRow]]:
    found: dict[str, list[FormRow]] = {}
    for name, sheet, key in table.inner:
        rows = [dict(row) for row in sheets[sheet] if row.get(key) == cells.get("id")]
        found[name] = [
            FormRow(f"{prefix}-knowledge" if name == "knowledge" else f"{prefix}-{name}-{place}", row)
            for place, row in enumerate(rows)
        ]
        if name != "knowledge":
            found[name].append(FormRow(f"{prefix}-{name}-{len(rows)}", {}))
    return found


def _blank_rows(table: Table, start: int, blank: int) -> list[FormRow]:
    rows = []
    for place in range(start, start + max(table.blank, blank)):
        prefix = f"{table.name}-{place}"
        inner = {
            name: [] if name == "knowledge" else [FormRow(f"{prefix}-{name}-{step}", {}) for step in range(3)]
            for name, _sheet, _key in table.inner
        }
        rows.append(FormRow(prefix, {}, inner=inner))
    return rows


def _filled(table: Table, row: FormRow) -> bool:
    return any(name not in table.defaults for name in row.cells) or any(
        inner.cells for rows in row.inner.values() for inner in rows
    )


def _put_rows(sheets: bank.Sheets, table: Table, rows: Sequence[FormRow]) -> None:
    """Put the rows where the first of them stood, so that the order of everything else stays."""
    before = sheets[table.sheet]
    first = next((place for place, cells in enumerate(before) if table.holds(cells)), len(before))
    rest = [cells for cells in before if not table.holds(cells)]
    ahead = sum(not table.holds(cells) for cells in before[:first])
    sheets[table.sheet] = [*rest[:ahead], *(row.cells for row in rows), *rest[ahead:]]


def _put_inner(sheets: bank.Sheets, rows: Sequence[FormRow], name: str, sheet: str, key: str) -> None:
    owners = {row.cells.get("id") for row in rows}
    before = sheets[sheet]
    first = next((place for place, cells in enumerate(before) if cells.get(key) in owners), len(before))
    ahead = sum(cells.get(key) not in owners for cells in before[:first])
    rest = [cells for cells in before if cells.get(key) not in owners]
    made = []
    for row in rows:
        for inner in row.inner[name]:
            if inner.cells:
                inner.cells[key] = row.cells.get("id", "")
                made.append(inner.cells)
    sheets[sheet] = [*rest[:ahead], *made, *rest[ahead:]]


def _rename(sheets: bank.Sheets, table: Table, rows: Sequence[FormRow]) -> None:
    """A name that changes here changes wherever the document uses it."""
    for row in rows:
        was, now = row.was, row.cells.get(table.id_column, "")
        if was and row.removed:
            for _name, sheet, key in table.inner:
                sheets[sheet] = [cells for cells in sheets[sheet] if cells.get(key) != was]
        if not was or not now or was == now:
            continue
        uses = (*table.used_in, *((sheet, key, {}) for _name, sheet, key in table.inner))
        for sheet, column, only in uses:
            for cells in sheets[sheet]:
                if cells.get(column) == was and all(cells.get(key) == value for key, value in only.items()):
                    cells[column] = now
        if table.name == "components":
            for sheet in ("elements", "pcs"):
                sheets[sheet] = [
                    {
                        (f"marks_{now}" if key == f"marks_{was}" else key): value
                        for key, value in cells.items()
                    }
                    for cells in sheets[sheet]
                ]


# ------------------------------------------------------------------------------------------------ problems


def _find_origins(sheets: bank.Sheets, form: EditorForm, origin: dict[tuple[str, int], FormRow]) -> None:
    """Which row of the page each row of the sheets came from, by identity."""
    shown = {id(row.cells): row for rows in form.tables.values() for row in rows}
    shown |= {
        id(inner.cells): inner
        for rows in form.tables.values()
        for row in rows
        for inners in row.inner.values()
        for inner in inners
    }
    for name, rows in sheets.items():
        for place, cells in enumerate(rows):
            if id(cells) in shown:
                origin[name, place] = shown[id(cells)]
            elif name == "credential" and cells["field"] in form.fields:
                origin[name, place] = form.fields[cells["field"]]


def _place(
    form: EditorForm,
    problem: Mapping[str, str],
    sheets: bank.Sheets,
    origin: Mapping[tuple[str, int], FormRow],
) -> None:
    """Put a problem beside its input, or at the head of the page where it has none here."""
    found = _PLACE.match(problem["where"])
    reason = problem["reason"]
    row = origin.get((found["sheet"], int(found["row"]) - 2)) if found and found["row"] else None
    if row is None or found is None:
        form.problems.append(f"{problem['where']}: {reason}")
        return
    column = found["column"] or ""
    if row.prefix.endswith("-knowledge"):
        owner = next(
            one for rows in form.tables.values() for one in rows if f"{one.prefix}-knowledge" == row.prefix
        )
        owner.errors[column.replace("text_", "knowledge_") or "id"] = _(
            "%(reason)s (one statement a line, in each language)", reason=reason
        )
        return
    row.errors.setdefault(column, reason)


def groups_of(form: EditorForm) -> list[tuple[Group, list[tuple[Field, FormRow]]]]:
    """The fields of a section with what stands in them, group by group."""
    return [(group, [(one, form.fields[one.name]) for one in group.fields]) for group in form.section.groups]


def standard_rule(document: bank.CredentialDocument, posted: Mapping[str, str]) -> list[bank.Cells]:
    """The rows of the usual rule: every declared threshold, and a share of all marks."""
    share = {"kind": "share", "component": "all"}
    rows: list[bank.Cells] = []
    for nos in document.nos:
        rows += [
            {
                **share,
                "scope": "element",
                "name": one.id,
                "nos": nos.code,
                "basis": "raw",
                "at_least": str(one.threshold),
            }
            for one in nos.elements
            if one.threshold
        ]
        rows += [
            {**share, "scope": "pc", "name": one.id, "basis": "raw", "at_least": str(one.threshold)}
            for one in nos.pcs
            if one.threshold
        ]
    whole = posted.get("standard_share", "").strip()
    if whole:
        basis = "weighted" if posted.get("standard_basis") == "weighted" else "raw"
        rows.append({**share, "scope": "credential", "basis": basis, "at_least": whole})
    numbered = [{"line": f"1.{number}", **row} for number, row in enumerate(rows, start=1)]
    return [{"line": "1", "kind": "all_of"}, *numbered]


def posted_rule(rows: Sequence[bank.Cells]) -> dict[str, str]:
    """These rows as a browser would send them from the page of the pass rule."""
    return {f"rule-{place}-{column}": text for place, row in enumerate(rows) for column, text in row.items()}
