# SPDX-License-Identifier: Apache-2.0
"""What the columns of a sheet mean: from a row to the JSON form of an item, and from a path in it back to the cell.

Kinds that need more than a key of letters are made in ``row_kinds``. A sheet of somebody's own comes with a ``ColumnMapping``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.errors import Invalid
from item_bank.document import Part, Path, Problem
from item_bank.formats.columns import ColumnMapping
from item_bank.formats.drafts import fingerprint
from item_bank.formats.kruti_dev import REFUSED_FONTS, Legacy, read_legacy
from item_bank.formats.model import ImportDefaults, Locate, Loss, ParsedFile, ReadItem
from item_bank.formats.pictures import Files
from item_bank.formats.row_kinds import RICH_KINDS, OwnKey, rich_document, understood_key
from item_bank.formats.sheets import CellPicture, Row, Sheet
from item_bank.items.parsing import LETTERS, read_item
from item_bank.items.parts import MediaFile

REQUIRED_COLUMNS: Final = ("id", "pc", "type", "difficulty", "seconds", "key")
OPTIONAL_COLUMNS: Final = ("shuffle", "normalise", "marks", "tags")
_TEXT_COLUMN = re.compile(rf"(stem|rationale)_([a-z]{{2,3}})|(option)_([{LETTERS.lower()}])_([a-z]{{2,3}})")
_YES: Final = frozenset({"yes", "true", "1", "y", "हाँ", "हां"})
_NO: Final = frozenset({"no", "false", "0", "n", "नहीं"})
_TEXT_ENTRY: Final = "text_entry"
_CELL: Final = "cell"
_DEVANAGARI_LANGUAGES: Final = frozenset({"hi", "mr", "ne", "sa", "kok", "mai", "doi", "brx", "bho"})
_OWN_TYPES: Final = {
    "mcq": "choice_single", "single": "choice_single", "single_choice": "choice_single", "multiple_choice": "choice_single",
    "objective": "choice_single", "msq": "choice_multiple", "multiple": "choice_multiple", "multi_select": "choice_multiple",
    "text": "text_entry", "fill": "text_entry", "fill_in_the_blank": "text_entry", "short_answer": "text_entry",
    "number": "numeric", "numerical": "numeric", "essay": "extended_text", "descriptive": "extended_text",
    "matching": "match", "ordering": "order", "sequence": "order",
}  # fmt: skip
_OWN_LEVELS: Final = {
    "low": "easy", "simple": "easy", "e": "easy", "1": "easy", "आसान": "easy", "सरल": "easy", "moderate": "medium",
    "m": "medium",
    "2": "medium", "मध्यम": "medium", "difficult": "hard", "high": "hard", "h": "hard", "d": "hard", "3": "hard", "कठिन": "hard",
}  # fmt: skip


@dataclass(slots=True)
class _Reading:
    """What the rows of one sheet share."""

    sheet: Sheet
    defaults: ImportDefaults
    mapping: ColumnMapping | None
    converted: list[str] = field(default_factory=list)
    media: dict[str, MediaFile] = field(default_factory=dict)

    def heading(self, field_name: str) -> str:
        """The heading over a field, as the author wrote it."""
        return self.mapping.heading_of(field_name) if self.mapping else field_name


def parse_sheet(
    sheet: Sheet, *, defaults: ImportDefaults | None = None, mapping: ColumnMapping | None = None
) -> ParsedFile:
    """Read every row as an item.

    Columns that mean nothing here are named as losses. Raises Invalid(``column_missing``, columns=[…]) when a column is
    missing without which no item can be read; with a mapping, only a question and a key are needed, and a criterion from
    somewhere.
    """
    reading = _Reading(sheet, defaults or ImportDefaults(), mapping)
    fields = {mapping.columns.get(name, "") for name in sheet.columns} if mapping else set(sheet.columns)
    _refuse_missing(reading, fields)
    known = {*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS}
    losses = [
        Loss(f"column {column}", "a column of this name is not read")
        for column in sheet.columns
        if (
            column not in mapping.columns
            if mapping
            else column not in known and not _TEXT_COLUMN.fullmatch(column)
        )
    ]
    spoilt: dict[int, list[Problem]] = {}
    for number, column, code, reason in sheet.unreadable:
        spoilt.setdefault(number, []).append(Problem((_CELL, column), code, reason))
    items = tuple(_read_row(reading, row, spoilt.get(row.number, [])) for row in sheet.rows)
    losses += _lost_pictures(reading)
    if reading.converted:
        shown = ", ".join(reading.converted[:5])
        more = f" and {len(reading.converted) - 5} more" if len(reading.converted) > 5 else ""
        losses.append(Loss(shown + more, "text in Kruti Dev was converted to Unicode; read it once"))
    return ParsedFile(
        sheet.format, items, tuple(losses), media=tuple(reading.media.values()), columns=sheet.headings
    )


def _refuse_missing(reading: _Reading, fields: set[str]) -> None:
    given = {
        "pc": bool(reading.defaults.pc),
        "difficulty": bool(reading.defaults.difficulty) or reading.mapping is not None,
        "seconds": reading.defaults.seconds is not None or reading.mapping is not None,
        "id": reading.mapping is not None,
        "type": reading.mapping is not None,
    }
    missing = [column for column in REQUIRED_COLUMNS if column not in fields and not given.get(column, False)]
    if not any(_stem_language(column) for column in fields):
        missing.append("stem_en")
    if missing:
        raise Invalid("column_missing", columns=missing)


def _read_row(reading: _Reading, row: Row, spoilt: Sequence[Problem]) -> ReadItem:
    cells = _fields(reading, row)
    legacy = _to_unicode(reading, row, cells)
    pictures = _pictures(reading, row)
    files = Files()
    document = row_document(
        cells, defaults=reading.defaults, own=reading.mapping is not None, pictures=pictures, files=files
    )
    if files.documents:
        document.value["media"] = list(files.documents.values())
    part = Part(document.value)
    item = read_item(part)
    reading.media.update(files.stored)
    # A cell that could not be read is empty in the document; saying that too would only confuse.
    own = [*spoilt, *legacy, *document.problems]
    columns = {column_of(found.path) for found in own}
    problems = tuple(found for found in part.problems if column_of(found.path) not in columns)
    return ReadItem(item, (*own, *problems), _locator(reading, row.number), cells=row.cells)


def _fields(reading: _Reading, row: Row) -> dict[str, str]:
    """The cells by field."""
    if reading.mapping is None:
        return dict(row.cells)
    columns = reading.mapping.columns
    return {columns[name]: text for name, text in row.cells.items() if name in columns}


def _to_unicode(reading: _Reading, row: Row, cells: dict[str, str]) -> list[Problem]:
    """Convert what is typed in Kruti Dev; refuse what is in another such font."""
    problems: list[Problem] = []
    fonts = [name for name in reading.sheet.fonts if REFUSED_FONTS.search(name)]
    certain = any("kruti" in name.lower() for name in reading.sheet.fonts)
    suspects = [
        column
        for column, text in cells.items()
        if (found := _TEXT_COLUMN.fullmatch(column)) is not None
        and (found[2] or found[5]) in _DEVANAGARI_LANGUAGES
        and not _only_unicode(text)
    ]
    found_some = certain
    for column in sorted(suspects, key=lambda column: -len(cells[column])):  # the longest is the surest
        read = read_legacy(cells[column], beside=found_some)
        if fonts and read.kind is not Legacy.UNICODE:
            reason = (
                f"the sheet uses the font {fonts[0]!r}, which is not Unicode; save the text in Unicode first"
            )
            problems.append(Problem((_CELL, column), "legacy_encoding", reason))
        elif read.kind is Legacy.KRUTI_DEV:
            found_some = True
            cells[column] = read.text
            reading.converted.append(f"row {row.number}, column {reading.heading(column)}")
        elif read.kind is Legacy.REFUSED:
            problems.append(Problem((_CELL, column), "legacy_encoding", read.reason))
    return problems


def _only_unicode(text: str) -> bool:
    return not text.isascii() and re.search("[\u0900-\u097f]", text) is not None


def _pictures(reading: _Reading, row: Row) -> dict[str, tuple[CellPicture, ...]]:
    """The pictures of a row by field."""
    if not reading.sheet.pictures:
        return {}
    columns = reading.mapping.columns if reading.mapping else {name: name for name in reading.sheet.columns}
    return {
        columns[name]: found
        for (number, name), found in reading.sheet.pictures.items()
        if number == row.number and _TEXT_COLUMN.fullmatch(columns.get(name, ""))
    }


def _lost_pictures(reading: _Reading) -> Iterator[Loss]:
    """Pictures that stand where no text of an item does."""
    rows = {row.number for row in reading.sheet.rows}
    for (number, name), found in reading.sheet.pictures.items():
        target = reading.mapping.columns.get(name, "") if reading.mapping else name
        if number not in rows or not _TEXT_COLUMN.fullmatch(target):
            yield Loss(
                f"row {number}, column {name}", f"{len(found)} picture(s) beside the questions and options"
            )


def _locator(reading: _Reading, number: int) -> Locate:
    def locate(path: Path) -> str:
        column = column_of(path)
        return f"row {number}, column {reading.heading(column)}" if column else f"row {number}"

    return locate


def column_of(path: Path) -> str:
    """The column that a path inside an item's JSON form comes from, empty for the whole row."""
    match path:
        case ("cell", str(column)):
            return column
        case (str(language), "options", str(letter)) if letter in LETTERS:
            return f"option_{letter.lower()}_{language}"
        case (str(language), "texts", str(name)) if name.rpartition(".")[2][-1:] in LETTERS:
            return f"option_{name[-1].lower()}_{language}"
        case (str(language), "options", *_):
            return f"option_a_{language}"
        case (str(language), ("stem" | "rationale") as part):
            return f"{part}_{language}"
        case ("parts", *_):
            return "type"
        case ("media", *_):
            return ""
        case (str(name), *_) if name in REQUIRED_COLUMNS + OPTIONAL_COLUMNS:
            return name
        case (str(language), *_):
            return f"stem_{language}"
        case _:
            return ""


@dataclass(slots=True)
class _Document:
    """The JSON form of a row, and what was found wrong while it was made."""

    value: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


def row_document(
    cells: Mapping[str, str],
    *,
    defaults: ImportDefaults,
    own: bool,
    pictures: Mapping[str, Sequence[CellPicture]],
    files: Files,
) -> _Document:
    """The item in a row; cells that make no sense go in as they are, to be refused. ``own`` is somebody's own sheet."""
    texts = _texts(cells.items())
    kind = _kind(cells, texts, own=own)
    value: dict[str, Any] = {
        "id": cells.get("id", "").strip() or (_made_id(texts) if own else ""),
        "pc": cells.get("pc", "").strip() or defaults.pc,
        "type": kind,
        "difficulty": _level(cells.get("difficulty", ""), defaults, own=own),
        "seconds": _seconds(cells.get("seconds", ""), defaults, own=own),
    }
    document = _Document(value)
    if "tags" in cells:
        value["tags"] = [tag.strip() for tag in re.split(r"[,;\n]", cells["tags"]) if tag.strip()]
    key = cells.get("key", "")
    if own and kind in ("choice_single", "choice_multiple"):
        key = understood_key(key, texts, kind=kind)
    marks = cells.get("marks", "").strip()
    if kind in RICH_KINDS or pictures or (marks and marks != "1"):
        try:
            value |= rich_document(
                kind, texts, key=key, marks=marks or "1", cells=cells, pictures=pictures, files=files,
                shuffle=_yes_or_no(cells.get("shuffle", "yes")),
            )  # fmt: skip
        except OwnKey as refusal:
            document.problems.append(Problem((_CELL, refusal.column), refusal.code, refusal.reason))
            value |= {"key": {"parts": []}, "parts": [], **texts}
        return document
    value["key"] = _key(key, kind)
    if "shuffle" in cells:
        value["shuffle"] = _yes_or_no(cells["shuffle"])
    if "normalise" in cells:
        value["normalise"] = _split(cells["normalise"].lower())
    for body in texts.values():
        if kind == _TEXT_ENTRY and not body["options"]:
            del body["options"]
    value |= texts
    return document


def _texts(cells: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """What the row says by language: stem, options, rationale."""
    texts: dict[str, dict[str, Any]] = {}
    for column, text in cells:
        found = _TEXT_COLUMN.fullmatch(column)
        if found is None:
            continue
        body = texts.setdefault(found[2] or found[5], {"stem": "", "options": {}})
        if found[1]:
            body[found[1]] = text
        else:
            body["options"][found[4].upper()] = text
    return texts


def _kind(cells: Mapping[str, str], texts: Mapping[str, Mapping[str, Any]], *, own: bool) -> str:
    written = cells.get("type", "").strip().lower()
    if not own:
        return written
    written = re.sub(r"[\s\-/]+", "_", written)
    if not written:
        several = len(re.findall(r"\b[A-Fa-f1-6]\b", cells.get("key", ""))) > 1
        options = any(body["options"] for body in texts.values())
        return ("choice_multiple" if several else "choice_single") if options else _TEXT_ENTRY
    return _OWN_TYPES.get(written, written)


def _level(cell: str, defaults: ImportDefaults, *, own: bool) -> str:
    written = cell.strip().lower()
    if own:
        written = _OWN_LEVELS.get(written, written)
    return written or defaults.difficulty or ("medium" if own else "")


def _seconds(cell: str, defaults: ImportDefaults, *, own: bool) -> object:
    if not cell.strip():
        return defaults.seconds or (60 if own else "")
    return _whole(cell)


def _made_id(texts: Mapping[str, Mapping[str, Any]]) -> str:
    """A name for a row that has none: it stays as long as its questions do."""
    return "q-" + fingerprint("\n".join(f"{language}:{body['stem']}" for language, body in texts.items()))


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
