# SPDX-License-Identifier: Apache-2.0
"""Rows of text out of xlsx and csv files, within limits. What the columns mean is in ``rows``.

Every file is hostile until it has been read: its size, its zip's promises and its XML are checked before a library opens it.
"""

from __future__ import annotations

import csv
import io
import lzma
import operator
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Final

from core.errors import Invalid

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAXIMUM_BYTES: Final = 10_000_000
MAXIMUM_ROWS: Final = 20_000
MAXIMUM_COLUMNS: Final = 64
MAXIMUM_UNPACKED: Final = 64_000_000
MAXIMUM_ENTRIES: Final = 1_000
MAXIMUM_RATIO: Final = 100
"""Text in a sheet packs 5 to 20 times smaller; a bomb packs 1,000 times."""
_RATIO_FROM: Final = 1_000_000
_SHEET: Final = "items"
_LAST_ROW: Final = 1_048_576
"""The last row that a spreadsheet can have; a file may claim any number."""


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row: its number in the file (the header is row 1) and its filled cells by column name."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table read from a file: the columns in order, the filled rows, and cells whose value cannot be taken as text."""

    format: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    unreadable: tuple[tuple[int, str, str, str], ...] = ()
    """(row, column, code, reason)"""


def read_sheet(data: bytes, *, filename: str) -> Sheet:
    """Read the table in an xlsx (the sheet called ``items``, else the first) or csv file, by the file's name.

    Raises Invalid: ``file_empty``, ``file_too_large``, ``format_unknown``, ``xlsx_unreadable``, ``zip_bomb``,
    ``encoding_unknown`` (line), ``csv_unreadable`` (line), ``too_many_rows``, ``too_many_columns``, ``header_missing``,
    ``column_twice`` (column).
    """
    check_size(data)
    match filename.lower().rpartition(".")[2]:
        case "xlsx":
            return _read_xlsx(data)
        case "csv":
            return _read_csv(data)
        case _:
            raise Invalid("format_unknown", known=["xlsx", "csv", "json"])


def check_size(data: bytes) -> None:
    """Refuse an empty file and one above ``MAXIMUM_BYTES``."""
    if not data:
        raise Invalid("file_empty")
    if len(data) > MAXIMUM_BYTES:
        raise Invalid("file_too_large", bytes=len(data), maximum=MAXIMUM_BYTES)


def _read_csv(data: bytes) -> Sheet:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid("encoding_unknown", line=line, needed="UTF-8") from error
    header = text.partition("\n")[0]
    delimiter = next((mark for mark in (",", ";", "\t") if mark in header), ",")
    return _table("csv", _csv_rows(text, delimiter=delimiter))


def _csv_rows(text: str, *, delimiter: str) -> Iterator[tuple[int, list[_Cell]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [_Cell(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise Invalid("csv_unreadable", line=line) from error


def _read_xlsx(data: bytes) -> Sheet:
    _check_zip(data)
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            worksheet = book[_SHEET] if _SHEET in book.sheetnames else book.worksheets[0]
            worksheet.reset_dimensions()  # the file's own claim about its size is not believed
            return _table("xlsx", _xlsx_rows(worksheet))
        finally:
            book.close()
    except Invalid:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble on
        raise Invalid("xlsx_unreadable", problem=type(error).__name__) from error


def _xlsx_rows(worksheet: ReadOnlyWorksheet) -> Iterator[tuple[int, list[_Cell]]]:
    from openpyxl.cell.read_only import EMPTY_CELL

    for number, row in enumerate(worksheet.iter_rows(max_col=MAXIMUM_COLUMNS + 1), start=1):
        if number > _LAST_ROW:
            raise Invalid("too_many_rows", maximum=MAXIMUM_ROWS)
        # A row far down in the file brings up to a million empty ones before it; they must cost next to nothing.
        if any(map(operator.is_not, row, repeat(EMPTY_CELL))):
            yield number, [_xlsx_cell(cell) for cell in row]


_ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
"""What the zip library raises for damaged, encrypted or unknown contents."""


def _check_zip(data: bytes) -> None:
    """Refuse a container that would unpack to too much, and parts with a document type (entities) in them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > MAXIMUM_ENTRIES or unpacked > MAXIMUM_UNPACKED:
                raise Invalid("zip_bomb", unpacked=unpacked, maximum=MAXIMUM_UNPACKED)
            for entry in entries:
                most = max(_RATIO_FROM, MAXIMUM_RATIO * entry.compress_size)
                if entry.file_size > most:
                    raise Invalid("zip_bomb", unpacked=entry.file_size, maximum=most)
                if entry.filename.endswith((".xml", ".rels")):
                    _refuse_document_type(archive.read(entry))
    except _ZIP_ERRORS as error:
        raise Invalid("xlsx_unreadable", problem=type(error).__name__) from error


def _refuse_document_type(part: bytes) -> None:
    # An office file never has one; NULs drop out so that UTF-16 hides nothing.
    if b"<!DOCTYPE" in part.replace(b"\0", b"").upper():
        raise Invalid("xlsx_unreadable", problem="document type")


@dataclass(frozen=True, slots=True)
class _Cell:
    """The text of a cell, or why it has none."""

    text: str
    problem: tuple[str, str] | None = None


def _xlsx_cell(cell: object) -> _Cell:
    value = getattr(cell, "value", None)
    kind = getattr(cell, "data_type", "n")
    match value:
        case None:
            return _Cell("")
        case bool():
            return _Cell("yes" if value else "no")
        case str() if kind == "f":
            return _Cell("", ("cell_is_formula", "the cell holds a formula; paste its value instead"))
        case str() if kind == "e":
            return _Cell("", ("cell_is_error", f"the cell shows the error {value}"))
        case str():
            return _Cell(_unescape(value))
        case int():
            return _Cell(str(value))
        case float():
            return _Cell(str(int(value)) if value.is_integer() else repr(value))
        case _:
            return _Cell(
                "",
                (
                    "cell_is_date",
                    "the spreadsheet turned the cell into a date or time; format it as text and type it again",
                ),
            )


def _unescape(value: str) -> str:
    """Undo the format's own ``_x000D_`` escapes for characters that XML cannot carry."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), value)


def _table(name: str, numbered: Iterator[tuple[int, list[_Cell]]]) -> Sheet:
    columns: Sequence[str] = ()
    rows: list[Row] = []
    unreadable: list[tuple[int, str, str, str]] = []
    for number, cells in numbered:
        if not any(cell.text.strip() or cell.problem for cell in cells):
            continue
        if not columns:
            columns = _header(cells)
            continue
        if len(rows) == MAXIMUM_ROWS:
            raise Invalid("too_many_rows", maximum=MAXIMUM_ROWS)
        named = [(columns[place] if place < len(columns) else "", cell) for place, cell in enumerate(cells)]
        unreadable += [(number, column, *cell.problem) for column, cell in named if cell.problem and column]
        unreadable += [
            (number, column_letters(place), "cell_without_header", "there is no column name above this cell")
            for place, (column, cell) in enumerate(named)
            if not column and cell.text.strip()
        ]
        rows.append(
            Row(number, {column: cell.text for column, cell in named if column and cell.text.strip()})
        )
    if not columns:
        raise Invalid("header_missing")
    return Sheet(name, tuple(column for column in columns if column), tuple(rows), tuple(unreadable))


def _header(cells: Sequence[_Cell]) -> list[str]:
    columns = [re.sub(r"[\s\-]+", "_", cell.text.strip().lower()) for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MAXIMUM_COLUMNS:
        raise Invalid("too_many_columns", maximum=MAXIMUM_COLUMNS)
    for place, column in enumerate(columns):
        if column and column in columns[:place]:
            raise Invalid("column_twice", column=column)
    return columns


def column_letters(place: int) -> str:
    """The letters over a spreadsheet's column, from 0: A, B, …, Z, AA."""
    letters = ""
    place += 1
    while place:
        place, digit = divmod(place - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
