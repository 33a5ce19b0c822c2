# SPDX-License-Identifier: Apache-2.0
"""From a workbook to a credential document, with every mistake placed by sheet, row and column.

A cell's problem may be found only when the document as a whole is parsed; the reader leads from a JSON path back to the cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from item_bank.document import Path
from item_bank.formats.sheets import Row, Sheet
from item_bank.standards.parsing import credential_problems
from item_bank.standards.workbook import (
    CAPACITY,
    HOURS,
    PARENT,
    PLAIN_FIELDS,
    PLAIN_LISTS,
    TEXT_FIELDS,
    TEXT_LISTS,
    Sheets,
)
from item_bank.standards.workbook_cells import CellReader, whole
from item_bank.standards.workbook_rule_reading import read_rule


def document_of_sheets(sheets: Sheets) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The document that rows of cells make, and everything that is wrong with it: [{where, code, reason}, …].

    The first row of a sheet is row 2, as in its workbook. With problems the document is not to be trusted.
    """
    return read_workbook_sheets(
        {
            name: Sheet(
                "form",
                tuple(dict.fromkeys(column for cells in rows for column in cells)),
                tuple(Row(number, cells) for number, cells in enumerate(rows, start=2)),
            )
            for name, rows in sheets.items()
            if rows
        }
    )


def read_workbook_sheets(sheets: Mapping[str, Sheet]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """As ``document_of_sheets``, of the sheets of a file."""
    reader = _Reader(sheets)
    document = reader.document()
    problems = [
        {"where": reader.where(found.path), "code": found.code, "reason": found.reason}
        for found in credential_problems(document)
    ]
    return document, reader.refused + problems


class _Reader(CellReader):
    """Walks the sheets and makes the document."""

    def document(self) -> dict[str, Any]:
        """The document that the sheets make; it may still be malformed."""
        document: dict[str, Any] = {"language": self.languages}
        self.at(("language",), "credential", self.row_of("languages"), "value")
        self._read_fields(document)
        document["components"] = [
            self._component(row, ("components", number)) for number, row in enumerate(self.rows("components"))
        ]
        document["nos"] = self._nos()
        document["rule"] = read_rule(self)
        self._read_tasks(document)
        self._read_lists(document)
        return document

    # ------------------------------------------------------------------------------------------ parts

    def _read_fields(self, document: dict[str, Any]) -> None:
        for name, row in self.fields.items():
            value = row.cells.get("value", "").strip()
            self.at((name,), "credential", row.number, "value")
            if name in PLAIN_FIELDS and value:
                document[name] = value
            elif name == "assessment_minutes" and value:
                document[name] = whole(value)
            elif name == "future_skill" and value:
                document |= self.yes("value", row, (), "credential", member=name)
            elif name in TEXT_FIELDS and (texts := self.texts("text", row, (name,), "credential")):
                document[name] = texts
        hours = {}
        for part in HOURS:
            self.at(("hours", part), "credential", self.row_of(f"hours_{part}"), "value")
            if value := self.field(f"hours_{part}"):
                hours[part] = value
        document["hours"] = hours
        self._read_statutory(document)
        parent = {name: self.field(f"parent_{name}") for name in PARENT}
        for name in PARENT:
            self.at(("adoption", "parent", name), "credential", self.row_of(f"parent_{name}"), "value")
        if any(parent.values()):
            document["adoption"] = {"parent": parent}

    def _read_statutory(self, document: dict[str, Any]) -> None:
        row = self.fields.get("statutory_none")
        said = self.yes("value", row, ("statutory_needs",), "credential", member="none") if row else {}
        row = self.fields.get("statutory_needs")
        texts = self.texts("text", row, ("statutory_needs", "text"), "credential") if row else None
        if said or texts:
            document["statutory_needs"] = {**said, **({"text": texts} if texts else {})}

    def _component(self, row: Row, path: Path) -> dict[str, Any]:
        self.at(path, "components", row.number)
        found = self.plain(("id", "minutes"), row, path, "components") | self.yes(
            "online", row, path, "components"
        )
        if "minutes" in found:
            found["minutes"] = whole(found["minutes"])
        if reason := self.texts("reason", row, (*path, "reason"), "components"):
            found["reason"] = reason
        return found

    def _nos(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        by_code: dict[str, int] = {}
        for number, row in enumerate(self.rows("nos")):
            path: Path = ("nos", number)
            self.at(path, "nos", row.number)
            nos = self.plain(("code", "weight", "credits", "total", "hours"), row, path, "nos")
            nos["title"] = self.texts("title", row, (*path, "title"), "nos") or {}
            found.append(nos)
            by_code.setdefault(str(nos.get("code")), number)
        elements = self._elements(found, by_code)
        self._pcs(found, by_code, elements)
        return found

    def _elements(
        self, standards: list[dict[str, Any]], by_code: Mapping[str, int]
    ) -> dict[tuple[str, str], tuple[Path, dict[str, Any]]]:
        known: dict[tuple[str, str], tuple[Path, dict[str, Any]]] = {}
        for row in self.rows("elements"):
            code = row.cells.get("nos", "").strip()
            if code not in by_code:
                self.refuse(
                    f"sheet elements, row {row.number}, column nos",
                    "unknown_nos",
                    f"there is no NOS {code[:40]!r}",
                )
                continue
            inside = standards[by_code[code]].setdefault("elements", [])
            path: Path = ("nos", by_code[code], "elements", len(inside))
            self.at(path, "elements", row.number)
            element = self.plain(("id", "threshold"), row, path, "elements")
            element["title"] = self.texts("title", row, (*path, "title"), "elements") or {}
            if marks := self.marks(row, path, "elements"):
                element["marks"] = marks
            element["pcs"] = []
            inside.append(element)
            known.setdefault((code, str(element.get("id"))), (path, element))
        return known

    def _pcs(
        self,
        standards: list[dict[str, Any]],
        by_code: Mapping[str, int],
        elements: Mapping[tuple[str, str], tuple[Path, dict[str, Any]]],
    ) -> None:
        knowledge = self._knowledge()
        for row in self.rows("pcs"):
            code, element = (row.cells.get(name, "").strip() for name in ("nos", "element"))
            if code not in by_code or (element and (code, element) not in elements):
                column, what = (
                    ("nos", f"NOS {code[:40]!r}")
                    if code not in by_code
                    else ("element", f"element {element[:40]!r}")
                )
                self.refuse(
                    f"sheet pcs, row {row.number}, column {column}",
                    f"unknown_{column}",
                    f"there is no {what}",
                )
                continue
            path: Path
            if element:
                above, held = elements[code, element]
                path, inside, marked = (*above, "pcs", len(held["pcs"])), held["pcs"], "marks" in held
            else:
                inside = standards[by_code[code]].setdefault("pcs", [])
                path, marked = ("nos", by_code[code], "pcs", len(inside)), False
            inside.append(self._pc(row, path, knowledge, on_element=marked))
        for pc_id, rows in knowledge.items():
            for place, _texts in rows:
                self.refuse(
                    f"sheet knowledge, row {place}, column pc", "unknown_pc", f"there is no PC {pc_id[:40]!r}"
                )

    def _knowledge(self) -> dict[str, list[tuple[int, dict[str, str]]]]:
        found: dict[str, list[tuple[int, dict[str, str]]]] = {}
        for row in self.rows("knowledge"):
            texts = self.texts("text", row, (), "knowledge") or {}
            found.setdefault(row.cells.get("pc", "").strip(), []).append((row.number, texts))
        self._places.pop((), None)
        for language in self.languages:
            self._places.pop((language,), None)
        return found

    def _pc(
        self,
        row: Row,
        path: Path,
        knowledge: dict[str, list[tuple[int, dict[str, str]]]],
        *,
        on_element: bool,
    ) -> dict[str, Any]:
        self.at(path, "pcs", row.number)
        pc = self.plain(("id", "label", "threshold", "hours"), row, path, "pcs")
        pc |= self.yes("mandatory", row, path, "pcs")
        pc["title"] = self.texts("title", row, (*path, "title"), "pcs") or {}
        marks = self.marks(row, path, "pcs")
        if marks or not on_element:
            pc["marks"] = marks
        capacity: dict[str, Any] = {}
        for name in CAPACITY:
            capacity |= self.yes(f"capacity_{name}", row, (*path, "capacity"), "pcs", member=name)
        if capacity:
            pc["capacity"] = capacity
        pc["knowledge"] = []
        for number, (place, texts) in enumerate(knowledge.pop(str(pc.get("id")), [])):
            pc["knowledge"].append(texts)
            self.at((*path, "knowledge", number), "knowledge", place)
            for language in self.languages:
                self.at((*path, "knowledge", number, language), "knowledge", place, f"text_{language}")
        return pc

    def _read_tasks(self, document: dict[str, Any]) -> None:
        levels: dict[str, list[Row]] = {}
        for row in self.rows("levels"):
            levels.setdefault(row.cells.get("of", "").strip(), []).append(row)
        task_row = self.fields.get("practical_task")
        task = self.texts("text", task_row, ("practical", "task"), "credential") if task_row else None
        criteria = [
            self._task(row, ("practical", "criteria", number), "criteria", levels)
            for number, row in enumerate(self.rows("criteria"))
        ]
        questions = [
            self._task(row, ("viva", "questions", number), "questions", levels)
            for number, row in enumerate(self.rows("questions"))
        ]
        if task or criteria:
            document["practical"] = {"task": task or {}, "criteria": criteria}
        if questions:
            document["viva"] = {"questions": questions}
        for name, rows in levels.items():
            for row in rows:
                where = f"sheet levels, row {row.number}, column of"
                self.refuse(where, "unknown_criterion", f"there is no criterion or question {name[:40]!r}")

    def _task(self, row: Row, path: Path, sheet: str, levels: dict[str, list[Row]]) -> dict[str, Any]:
        self.at(path, sheet, row.number)
        task = self.plain(("id", "pc"), row, path, sheet)
        task["text"] = self.texts("text", row, (*path, "text"), sheet) or {}
        if sheet == "questions":
            task["expected"] = self.texts("expected", row, (*path, "expected"), sheet) or {}
        task["levels"] = []
        for number, level in enumerate(levels.pop(str(task.get("id")), [])):
            place: Path = (*path, "levels", number)
            self.at(place, "levels", level.number)
            found = self.plain(("marks",), level, place, "levels")
            task["levels"].append(
                {**found, "text": self.texts("text", level, (*place, "text"), "levels") or {}}
            )
        return task

    def _read_lists(self, document: dict[str, Any]) -> None:
        for row in self.rows("lists"):
            name = row.cells.get("list", "").strip()
            path: Path = (name, len(document.get(name, ())))
            if name in TEXT_LISTS:
                texts = self.texts("text", row, path, "lists") or {}
                document.setdefault(name, []).append(texts)
            elif name in PLAIN_LISTS:
                self.at(path, "lists", row.number, "value")
                document.setdefault(name, []).append(row.cells.get("value", ""))
            else:
                self.refuse(
                    f"sheet lists, row {row.number}, column list",
                    "unknown_list",
                    f"there is no list {name[:40]!r}",
                )
        self._read_grouped(document, "progression", "progression", "direction", ("code",), titled=True)
        self._read_grouped(document, "evidence", "evidence", "about", ("name", "sha256"), titled=False)
        for number, row in enumerate(self.rows("validations")):
            place: Path = ("industry_validations", number)
            self.at(place, "validations", row.number)
            found = self.plain(("organisation", "signatory", "date"), row, place, "validations")
            file = {}
            for name in ("name", "sha256"):
                self.at((*place, "file", name), "validations", row.number, f"file_{name}")
                if (cell := row.cells.get(f"file_{name}")) is not None:
                    file[name] = cell.strip()
            document.setdefault("industry_validations", []).append(
                {**found, **({"file": file} if file else {})}
            )
        for number, row in enumerate(self.rows("duplicates")):
            duplicate = self.plain(
                ("pc", "same_as", "reason"), row, ("adoption", "duplicates", number), "duplicates"
            )
            document.setdefault("adoption", {}).setdefault("duplicates", []).append(duplicate)

    def _read_grouped(
        self,
        document: dict[str, Any],
        member: str,
        sheet: str,
        by: str,
        names: Sequence[str],
        *,
        titled: bool,
    ) -> None:
        for row in self.rows(sheet):
            group = row.cells.get(by, "").strip()
            inside = document.setdefault(member, {}).setdefault(group, [])
            path: Path = (member, group, len(inside))
            self.at((member, group), sheet, row.number, by)
            self.at(path, sheet, row.number)
            found = self.plain(names, row, path, sheet)
            if titled:
                found["title"] = self.texts("title", row, (*path, "title"), sheet) or {}
            inside.append(found)
