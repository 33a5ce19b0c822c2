# SPDX-License-Identifier: Apache-2.0
"""Rows of text out of xlsx and csv files, in limits. What columns mean is in ``rows``, how an xlsx is opened in ``xlsx``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.errors import Invalid
from item_bank.formats.columns import heading
from item_bank.formats.detection import decode_text

MAXIMUM_BYTES: Final = 32_000_000
MAXIMUM_ROWS: Final = 60_000
MAXIMUM_COLUMNS: Final = 64
MAXIMUM_SHEETS: Final = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row: its number in the file (the header is row 1) and its filled cells by column name."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CellPicture:
    """A picture that stands on a cell: the name of its file, its bytes, its description."""

    name: str
    data: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, or why it has none."""

    text: str
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table read from a file: the columns in order, the filled rows, and cells whose value cannot be taken as text."""

    format: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    unreadable: tuple[tuple[int, str, str, str], ...] = ()
    """(row, column, code, reason)"""
    pictures: Mapping[tuple[int, str], tuple[CellPicture, ...]] = field(default_factory=dict)
    """By row and column."""
    fonts: tuple[str, ...] = ()
    """The names of the fonts that cells of the file are set in, where the file says so."""
    headings: tuple[str, ...] = ()
    """The columns as they are written in the file."""
    header: tuple[str, ...] = ()
    """The columns by their place in the file, ``""`` for one without a heading."""


def read_sheet(data: bytes, *, filename: str, dates: bool = False) -> Sheet:
    """Read the table in an xlsx (the sheet called ``items``, else the first) or csv file, by the file's name.

    A cell that a spreadsheet holds as a date is named as unreadable, or with ``dates`` read as ``2026-11-22``.

    Raises Invalid: ``file_empty``, ``file_too_large``, ``format_unknown``, ``xlsx_unreadable``, ``zip_bomb``,
    ``encoding_unknown`` (line), ``csv_unreadable`` (line), ``too_many_rows``, ``too_many_columns``, ``header_missing``,
    ``column_twice`` (column).
    """
    check_size(data)
    match filename.lower().rpartition(".")[2]:
        case "xlsx":
            from item_bank.formats.xlsx import read_xlsx

            return read_xlsx(data, dates=dates)
        case "csv":
            return _read_csv(data)
        case _:
            raise Invalid("format_unknown", known=["xlsx", "csv", "json"])


def read_workbook(data: bytes) -> dict[str, Sheet]:
    """Read every table of an xlsx file by its sheet's name; an empty sheet is left out.

    Raises Invalid as ``read_sheet``; ``too_many_sheets``; facts of ``column_twice`` and the like name no sheet.
    """
    from item_bank.formats.xlsx import read_book

    return read_book(data)


def check_size(data: bytes) -> None:
    """Refuse an empty file and one above ``MAXIMUM_BYTES``."""
    if not data:
        raise Invalid("file_empty")
    if len(data) > MAXIMUM_BYTES:
        raise Invalid(
            "file_too_large", bytes=len(data), maximum=MAXIMUM_BYTES, limit_mb=MAXIMUM_BYTES // 1_000_000
        )


def _read_csv(data: bytes) -> Sheet:
    text = decode_text(data)
    header = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=header.count)
    return table("csv", _csv_rows(text, delimiter=delimiter))


def _csv_rows(text: str, *, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [Cell(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise Invalid("csv_unreadable", line=line) from error


def table(name: str, numbered: Iterator[tuple[int, list[Cell]]]) -> Sheet:
    """A sheet out of numbered rows of cells; Invalid as ``read_sheet``."""
    columns: Sequence[str] = ()
    headings: tuple[str, ...] = ()
    rows: list[Row] = []
    unreadable: list[tuple[int, str, str, str]] = []
    for number, cells in numbered:
        if not any(cell.text.strip() or cell.problem for cell in cells):
            continue
        if not columns:
            columns = _header(cells)
            headings = tuple(cell.text.strip() for cell, name in zip(cells, columns, strict=False) if name)
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
    named_columns = tuple(column for column in columns if column)
    return Sheet(
        name, named_columns, tuple(rows), tuple(unreadable), headings=headings, header=tuple(columns)
    )


def _header(cells: Sequence[Cell]) -> list[str]:
    columns = [heading(cell.text) for cell in cells]
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
