# SPDX-License-Identifier: Apache-2.0
"""The cells of a credential's workbook: typed reads that remember which cell every part of the document came from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from item_bank.document import Path, json_path
from item_bank.formats.sheets import Row, Sheet
from item_bank.standards.workbook import (
    HOURS,
    NOTES,
    PARENT,
    PLAIN_FIELDS,
    SHEETS,
    TEXT_FIELDS,
    columns_of,
)
from item_bank.standards.workbook_rules import VERSION_FIELD

_MOST_LANGUAGES: Final = 12
_STEP: Final = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>[0-9]+)\]")
_FIELDS: Final = frozenset(
    (
        *(
            "languages",
            "assessment_minutes",
            "future_skill",
            "statutory_none",
            "statutory_needs",
            "practical_task",
            VERSION_FIELD,
        ),
        *PLAIN_FIELDS,
        *TEXT_FIELDS,
        *(f"hours_{part}" for part in HOURS),
        *(f"parent_{name}" for name in PARENT),
    )
)


class CellReader:
    """Walks the sheets and remembers where everything came from."""

    def __init__(self, sheets: Mapping[str, Sheet]) -> None:
        self._sheets = sheets
        self._places: dict[Path, tuple[str, int, str]] = {}
        self.refused: list[dict[str, str]] = []
        self.fields = {row.cells.get("field", "").strip(): row for row in self.rows("credential")}
        self.languages = [part.strip() for part in self.field("languages").split(",") if part.strip()][
            :_MOST_LANGUAGES
        ]
        self.components = [row.cells.get("id", "").strip() for row in self.rows("components")]
        self._check_columns()

    def where(self, path: Path) -> str:
        """The cell that a path came from; the nearest part above it that has one; or the path itself."""
        path = _single_steps(path)
        for length in range(len(path), 0, -1):
            if (place := self._places.get(path[:length])) is not None:
                sheet, row, column = place
                return f"sheet {sheet}, row {row}" + (f", column {column}" if column else "")
        known = {
            "nos": "nos",
            "components": "components",
            "rule": "rule",
            "practical": "criteria",
            "viva": "questions",
        }
        if path and path[0] in known:
            return f"sheet {known[str(path[0])]}"
        return f"sheet credential, field {json_path(path).removeprefix('$.')}"

    # ------------------------------------------------------------------------------------------ what is there

    def rows(self, sheet: str) -> Sequence[Row]:
        found = self._sheets.get(sheet)
        return found.rows if found else ()

    def row_of(self, field: str) -> int:
        row = self.fields.get(field)
        return row.number if row else 1

    def field(self, name: str) -> str:
        row = self.fields.get(name)
        return row.cells.get("value", "").strip() if row else ""

    def _check_columns(self) -> None:
        """Nothing is dropped in silence: unknown sheets, columns and fields are refused, and cells that are no text."""
        for name, sheet in self._sheets.items():
            if name == NOTES:
                continue
            if name not in SHEETS:
                self.refuse(
                    f"sheet {name[:40]}",
                    "unknown_sheet",
                    f"there is no such sheet; the known ones are {', '.join(SHEETS)}",
                )
                continue
            known = columns_of(name, languages=self.languages, components=self.components)
            for column in sheet.columns:
                if column not in known:
                    reason = "there is no such column here; is its language or component declared?"
                    self.refuse(f"sheet {name}, column {column[:40]}", "unknown_column", reason)
            for number, column, code, reason in sheet.unreadable:
                self.refuse(f"sheet {name}, row {number}, column {column}", code, reason)
        seen: set[str] = set()
        for row in self.rows("credential"):
            name = row.cells.get("field", "").strip()
            where = f"sheet credential, row {row.number}, column field"
            if name not in _FIELDS:
                self.refuse(where, "unknown_field", f"there is no field {name[:40]!r}")
            elif name in seen:
                self.refuse(where, "field_twice", f"the field {name!r} is there twice")
            seen.add(name)

    def refuse(self, where: str, code: str, reason: str) -> None:
        self.refused.append({"where": where, "code": code, "reason": reason})

    # ------------------------------------------------------------------------------------------ cells

    def at(self, path: Path, sheet: str, row: int, column: str = "") -> None:
        self._places[path] = (sheet, row, column)

    def texts(self, name: str, row: Row, path: Path, sheet: str) -> dict[str, str] | None:
        """The texts of a row in every language; None where there is none at all."""
        found: dict[str, str] = {}
        self.at(path, sheet, row.number, f"{name}_{self.languages[0]}" if self.languages else name)
        for language in self.languages:
            column = f"{name}_{language}"
            self.at((*path, language), sheet, row.number, column)
            if (text := row.cells.get(column)) is not None:
                found[language] = text
        return found or None

    def plain(self, names: Sequence[str], row: Row, path: Path, sheet: str) -> dict[str, Any]:
        """The cells of these columns that are filled, as they are."""
        found: dict[str, Any] = {}
        for name in names:
            self.at((*path, name), sheet, row.number, name)
            if (cell := row.cells.get(name)) is not None:
                found[name] = cell.strip()
        return found

    def yes(self, name: str, row: Row, path: Path, sheet: str, *, member: str = "") -> dict[str, Any]:
        """A yes or no; anything else goes into the document as text and is refused there."""
        self.at((*path, member or name), sheet, row.number, name)
        cell = row.cells.get(name)
        if cell is None:
            return {}
        return {member or name: {"yes": True, "no": False}.get(cell.strip().lower(), cell)}

    def marks(self, row: Row, path: Path, sheet: str) -> dict[str, str]:
        found = {}
        self.at((*path, "marks"), sheet, row.number, f"marks_{self.components[0]}" if self.components else "")
        for component in self.components:
            self.at((*path, "marks", component), sheet, row.number, f"marks_{component}")
            if (cell := row.cells.get(f"marks_{component}")) is not None:
                found[component] = cell.strip()
        return found


def _single_steps(path: Path) -> Path:
    """A path whose steps may be several (``rule.all_of[0]``) as single steps."""
    return tuple(
        int(found["index"]) if found["index"] else found["name"] for found in _STEP.finditer(json_path(path))
    )


def whole(cell: str) -> object:
    """A whole number; anything else goes on as text and is refused where it is read."""
    return int(cell) if cell.isascii() and cell.isdecimal() and len(cell) <= 9 else cell
