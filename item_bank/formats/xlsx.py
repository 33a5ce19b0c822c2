# SPDX-License-Identifier: Apache-2.0
"""Opening xlsx files: zip and XML are checked before a library sees them; pictures are found by the cells they stand on.

A usual sheet is read by calamine, quickly. One with formulas, error values or far-flung cells goes through openpyxl, which
says of each cell what it is. What columns mean is in ``rows``.
"""

from __future__ import annotations

import io
import lzma
import operator
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import repeat
from typing import TYPE_CHECKING, Final

from core.errors import Invalid
from item_bank.formats.sheets import (
    MAXIMUM_COLUMNS,
    MAXIMUM_ROWS,
    MAXIMUM_SHEETS,
    Cell,
    CellPicture,
    Sheet,
    check_size,
    column_letters,
    table,
)

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAXIMUM_UNPACKED: Final = 128_000_000
MAXIMUM_ENTRIES: Final = 5_000
MAXIMUM_RATIO: Final = 100
"""Text in a sheet packs 5 to 20 times smaller; a bomb packs 1,000 times."""
_RATIO_FROM: Final = 1_000_000
_SHEET: Final = "items"
_LAST_ROW: Final = 1_048_576
"""The last row that a spreadsheet can have; a file may claim any number."""
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 64
_UNUSUAL = re.compile(
    rb"<[A-Za-z0-9]*:?f[ >/]|t=.e.|\br='|r=\"(?:[C-Z][A-Z]|B[M-Z]|[A-Z]{3})[0-9]|r=\"[A-Z]{0,3}[0-9]{6,}\""
)
"""Formulas, error values, quotes of the other kind, cells right of column BL or below row 99,999."""
_ROW = re.compile(rb"<(?:[A-Za-z0-9]+:)?row[ >/]")
_FILLED_ROW = re.compile(
    rb"<(?:[A-Za-z0-9]+:)?row\b[^>]*><(?:[A-Za-z0-9]+:)?c\b[^>]*><(?:[A-Za-z0-9]+:)?(?:v|is|f)\b"
)
_PICTURES: Final = 500
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


def read_xlsx(data: bytes, *, dates: bool = False) -> Sheet:
    """The sheet called ``items``, else the first, with its pictures; Invalid as ``read_sheet``."""
    usual = check_zip(data)
    found = _read_quickly(data, dates=dates) if usual else None
    if found is None:
        found = _read_carefully(data, dates=dates)
    from item_bank.formats.xlsx_parts import fonts_of, pictures_of

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            fonts = fonts_of(archive)
            pictures = pictures_of(archive, prefer=_SHEET) if _has_pictures(archive) else {}
    except _ZIP_ERRORS as error:
        raise Invalid("xlsx_unreadable", problem=type(error).__name__) from error
    named = _by_column(found, pictures)
    return replace(found, fonts=fonts, pictures=named)


def read_book(data: bytes) -> dict[str, Sheet]:
    """Every table of a file by its sheet's name; see ``sheets.read_workbook``."""
    check_size(data)
    check_zip(data)
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            if len(book.worksheets) > MAXIMUM_SHEETS:
                raise Invalid("too_many_sheets", maximum=MAXIMUM_SHEETS)
            found: dict[str, Sheet] = {}
            for worksheet in book.worksheets:
                worksheet.reset_dimensions()
                try:
                    found[worksheet.title] = table("xlsx", _careful_rows(worksheet, dates=False))
                except Invalid as refusal:
                    if refusal.code != "header_missing":
                        raise
            return found
        finally:
            book.close()
    except Invalid:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble on
        raise Invalid("xlsx_unreadable", problem=type(error).__name__) from error


def check_zip(data: bytes) -> bool:
    """Refuse a container that would unpack to too much, has too many rows, or parts with a document type (entities) in them.

    Whether every worksheet is a usual one, which calamine may read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > MAXIMUM_ENTRIES or unpacked > MAXIMUM_UNPACKED:
                raise Invalid("zip_bomb", unpacked=unpacked, maximum=MAXIMUM_UNPACKED)
            usual = True
            for entry in entries:
                most = max(_RATIO_FROM, MAXIMUM_RATIO * entry.compress_size)
                if entry.file_size > most:
                    raise Invalid("zip_bomb", unpacked=entry.file_size, maximum=most)
                if entry.filename.endswith((".xml", ".rels", ".vml")):
                    usual = _scan(archive, entry) and usual
            return usual
    except _ZIP_ERRORS as error:
        raise Invalid("xlsx_unreadable", problem=type(error).__name__) from error


def _scan(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Read a part once, a piece at a time, and say whether it is a usual one."""
    is_sheet = entry.filename.startswith("xl/worksheets/")
    usual, rows, filled, tail = True, 0, 0, b""
    with archive.open(entry) as part:
        while piece := part.read(_CHUNK):
            # An office file never has a document type; NULs drop out so that UTF-16 hides nothing.
            both = tail + piece
            if b"<!DOCTYPE" in (both.replace(b"\0", b"") if b"\0" in both else both).upper():
                raise Invalid("xlsx_unreadable", problem="document type")
            if is_sheet:
                usual = usual and _UNUSUAL.search(both) is None
                rows += len(_ROW.findall(piece))
                filled += len(_FILLED_ROW.findall(piece))
                if rows > _LAST_ROW or filled > MAXIMUM_ROWS + 1:
                    raise Invalid("too_many_rows", maximum=MAXIMUM_ROWS)
            tail = both[-_OVERLAP:]
    # Many rows are mostly empty ones: openpyxl passes them over without keeping them.
    return usual and rows <= 2 * MAXIMUM_ROWS


def _read_quickly(data: bytes, *, dates: bool) -> Sheet | None:
    """Through calamine; None where it cannot."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_object(io.BytesIO(data))
        names = book.sheet_names
        if not names:
            return None
        rows = book.get_sheet_by_name(_SHEET if _SHEET in names else names[0])
        # Its rows begin where the first filled one is; the numbers are those of the file.
        return table("xlsx", _quick_rows(rows.to_python(skip_empty_area=False), dates=dates))
    except Invalid:
        raise
    except Exception:  # noqa: BLE001 - whatever it stumbles on, openpyxl says what is wrong
        return None


def _quick_rows(rows: Sequence[Sequence[object]], *, dates: bool) -> Iterator[tuple[int, list[Cell]]]:
    for number, row in enumerate(rows, start=1):
        if any(value != "" for value in row):
            yield number, [_quick_cell(value, dates=dates) for value in row]


def _quick_cell(value: object, *, dates: bool) -> Cell:
    if type(value) is str:
        return Cell(value) if value else _EMPTY
    return _value_cell(value, dates=dates)


_EMPTY: Final = Cell("")
_DATE: Final = Cell(
    "",
    (
        "cell_is_date",
        "the spreadsheet turned the cell into a date or time; format it as text and type it again",
    ),
)


def _value_cell(value: object, *, dates: bool) -> Cell:
    match value:
        case None:
            return _EMPTY
        case bool():
            return Cell("yes" if value else "no")
        case str():
            return Cell(value)
        case int():
            return Cell(str(value))
        case float():
            return Cell(str(int(value)) if value.is_integer() else repr(value))
        case datetime() if dates:
            return Cell(value.date().isoformat())
        case date() if dates:
            return Cell(value.isoformat())
        case date() | datetime() | time() | timedelta():
            return _DATE
        case _:
            return _DATE


def _read_carefully(data: bytes, *, dates: bool) -> Sheet:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            worksheet = book[_SHEET] if _SHEET in book.sheetnames else book.worksheets[0]
            worksheet.reset_dimensions()  # the file's own claim about its size is not believed
            return table("xlsx", _careful_rows(worksheet, dates=dates))
        finally:
            book.close()
    except Invalid:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble on
        raise Invalid("xlsx_unreadable", problem=type(error).__name__) from error


def _careful_rows(worksheet: ReadOnlyWorksheet, *, dates: bool) -> Iterator[tuple[int, list[Cell]]]:
    from openpyxl.cell.read_only import EMPTY_CELL

    for number, row in enumerate(worksheet.iter_rows(max_col=MAXIMUM_COLUMNS + 1), start=1):
        if number > _LAST_ROW:
            raise Invalid("too_many_rows", maximum=MAXIMUM_ROWS)
        # A row far down in the file brings up to a million empty ones before it; they must cost next to nothing.
        if any(map(operator.is_not, row, repeat(EMPTY_CELL))):
            yield number, [_careful_cell(cell, dates=dates) for cell in row]


def _careful_cell(cell: object, *, dates: bool) -> Cell:
    value = getattr(cell, "value", None)
    if isinstance(value, str):
        match getattr(cell, "data_type", "n"):
            case "f":
                return Cell("", ("cell_is_formula", "the cell holds a formula; paste its value instead"))
            case "e":
                return Cell("", ("cell_is_error", f"the cell shows the error {value}"))
            case _:
                return Cell(value)
    return _value_cell(value, dates=dates)


def _has_pictures(archive: zipfile.ZipFile) -> bool:
    return any(name.startswith("xl/media/") for name in archive.namelist())


def _by_column(
    sheet: Sheet, pictures: dict[tuple[int, int], list[CellPicture]]
) -> dict[tuple[int, str], tuple[CellPicture, ...]]:
    """Pictures by row and column name; of what stands in no column that has a name, the column's letters."""
    if sum(map(len, pictures.values())) > _PICTURES * 4:
        raise Invalid("too_many_pictures", maximum=_PICTURES * 4)
    return {
        (row, (sheet.header[column] if column < len(sheet.header) else "") or column_letters(column)): tuple(
            found
        )
        for (row, column), found in pictures.items()
    }
