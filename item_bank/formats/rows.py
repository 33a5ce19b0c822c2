# SPDX-License-Identifier: Apache-2.0
"""What the columns of a sheet mean: from a row to the JSON form of an item, and from a path in it back to the cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from core.errors import Invalid
from item_bank.document import Part, Path, Problem
from item_bank.formats.model import Locate, Loss, ParsedFile, ReadItem
from item_bank.formats.sheets import Row, Sheet
from item_bank.items.parsing import LETTERS, read_item

REQUIRED_COLUMNS: Final = ("id", "pc", "type", "difficulty", "seconds", "key")
OPTIONAL_COLUMNS: Final = ("shuffle", "normalise")
_TEXT_COLUMN = re.compile(rf"(stem|rationale)_([a-z]{{2,3}})|(option)_([{LETTERS.lower()}])_([a-z]{{2,3}})")
_YES: Final = frozenset({"yes", "true", "1", "y", "हाँ", "हां"})
_NO: Final = frozenset({"no", "false", "0", "n", "नहीं"})
_TEXT_ENTRY: Final = "text_entry"
_CELL: Final = "cell"


def parse_sheet(sheet: Sheet) -> ParsedFile:
    """Read every row as an item.

    Columns that mean nothing here are named as losses. Raises Invalid(``column_missing``, columns=[…]) when a column is
    missing without which no item can be read.
    """
    missing = [column for column in REQUIRED_COLUMNS if column not in sheet.columns]
    if not any(_stem_language(column) for column in sheet.columns):
        missing.append("stem_en")
    if missing:
        raise Invalid("column_missing", columns=missing)
    known = {*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS}
    losses = tuple(
        Loss(f"column {column}", "a column of this name is not read")
        for column in sheet.columns
        if column not in known and _TEXT_COLUMN.fullmatch(column) is None
    )
    spoilt: dict[int, list[Problem]] = {}
    for number, column, code, reason in sheet.unreadable:
        spoilt.setdefault(number, []).append(Problem((_CELL, column), code, reason))
    items = tuple(_read_row(row, spoilt.get(row.number, [])) for row in sheet.rows)
    return ParsedFile(sheet.format, items, losses)


def _read_row(row: Row, spoilt: Sequence[Problem]) -> ReadItem:
    part = Part(row_document(row))
    document = read_item(part)
    # A cell that could not be read is empty in the document; saying that too would only confuse.
    columns = {column_of(found.path) for found in spoilt}
    problems = tuple(found for found in part.problems if column_of(found.path) not in columns)
    return ReadItem(document, (*spoilt, *problems), _locator(row.number))


def _locator(number: int) -> Locate:
    def locate(path: Path) -> str:
        column = column_of(path)
        return f"row {number}, column {column}" if column else f"row {number}"

    return locate


def column_of(path: Path) -> str:
    """The column that a path inside an item's JSON form comes from, empty for the whole row."""
    match path:
        case ("cell", str(column)):
            return column
        case (str(language), "options", str(letter)) if letter in LETTERS:
            return f"option_{letter.lower()}_{language}"
        case (str(language), "options", *_):
            return f"option_a_{language}"
        case (str(language), ("stem" | "rationale") as part):
            return f"{part}_{language}"
        case (str(name), *_) if name in REQUIRED_COLUMNS + OPTIONAL_COLUMNS:
            return name
        case (str(language), *_):
            return f"stem_{language}"
        case _:
            return ""


def row_document(row: Row) -> dict[str, object]:
    """The JSON form of the item in a row; cells that make no sense go in as they are, for the reader to refuse."""
    cells = row.cells
    kind = cells.get("type", "").strip().lower()
    document: dict[str, object] = {
        "id": cells.get("id", "").strip(),
        "pc": cells.get("pc", "").strip(),
        "type": kind,
        "difficulty": cells.get("difficulty", "").strip().lower(),
        "seconds": _whole(cells.get("seconds", "")),
        "key": _key(cells.get("key", ""), kind),
    }
    if "shuffle" in cells:
        document["shuffle"] = _yes_or_no(cells["shuffle"])
    if "normalise" in cells:
        document["normalise"] = _split(cells["normalise"].lower())
    document.update(_texts(cells.items(), kind))
    return document


def _texts(cells: Iterable[tuple[str, str]], kind: str) -> dict[str, dict[str, object]]:
    texts: dict[str, dict[str, object]] = {}
    options: dict[str, dict[str, str]] = {}
    for column, text in cells:
        found = _TEXT_COLUMN.fullmatch(column)
        if found is None:
            continue
        if found[1]:
            texts.setdefault(found[2], {"stem": ""})[found[1]] = text
        else:
            texts.setdefault(found[5], {"stem": ""})
            options.setdefault(found[5], {})[found[4].upper()] = text
    for language, body in texts.items():
        if kind != _TEXT_ENTRY or language in options:
            body["options"] = options.get(language, {})
    return texts


def _stem_language(column: str) -> str:
    found = _TEXT_COLUMN.fullmatch(column)
    return str(found[2]) if found and found[1] == "stem" else ""


def _key(cell: str, kind: str) -> list[str]:
    """Letters with commas, or for a text entry the accepted answers with ``|`` between them."""
    if kind == _TEXT_ENTRY:
        return [answer for part in cell.split("|") if (answer := part.strip())]
    return _split(cell.upper())


def _split(cell: str) -> list[str]:
    return [part for part in re.split(r"[\s,;|]+", cell) if part]


def _whole(cell: str) -> object:
    text = cell.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else text


def _yes_or_no(cell: str) -> object:
    text = cell.strip().lower()
    return True if text in _YES else False if text in _NO else text
