# SPDX-License-Identifier: Apache-2.0
"""Files of responses, keys and Q-matrices for ``kasauti stats``: csv with a header, read strictly or refused by name.

Comma, semicolon or tab, told from the header; UTF-8 with or without a byte-order mark; quoted as csv is. Missing are an empty
cell, ``NA``, ``NaN`` and ``.``, and nothing else. What is printed does not live here (`web.cli.stats.printing`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import click
import numpy as np
from numpy.typing import NDArray

from core.errors import Invalid
from scoring.tables import SEPARATOR, ChoiceTable, ResponseTable
from web.cli.stats.printing import emit

# What reads a file prints what it found: the kinds take both from here.
__all__ = [
    "Grid",
    "Others",
    "emit",
    "numbers",
    "plain_option",
    "read_choices",
    "read_grid",
    "read_key",
    "read_q",
    "read_scores",
]

MISSING: Final = frozenset({"", "NA", "NaN", "."})
LARGEST_BYTES: Final = 200_000_000
MOST_COLUMNS: Final = 20_000
MOST_CELLS: Final = 50_000_000
LARGEST_NUMBER: Final = 1e15  # sums of fourth powers stay finite
# The first column is who the row is about, without being named by --id, if it is called so; R writes row names under "" and
# pandas under "Unnamed: 0".
_ID_NAME: Final = re.compile(
    r"|id|[psu]id|id_?{who}|{who}(_?(id|no|nr|number|code|name))?|roll(_?(no|number))?|row_?names|case_?id|unnamed:_0".replace(
        "{who}",
        "(candidate|examinee|learner|participant|person|resp|respondent|student|subj|subject|test_?taker|user)",
    ),
    re.ASCII,
)
# These names are also words for other things, so that the cells must differ, and be more than two, for them to count.
_WEAK_ID_NAMES: Final = frozenset({"case", "code", "index", "name", "no", "nr", "number", "obs", "row"})
_DELIMITERS: Final = ",;\t"
_WHOLE: Final = re.compile(r"([+-]?\d+)\.0+", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_LISTED: Final = 12

Others: TypeAlias = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A csv file as texts: `rows` all have the width of the header; `lines` is the line of the file a row ends in."""

    file: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]

    def place(self, column: str) -> int:
        """Where a column is, from 0; the case of letters counts only where two names differ in nothing else.

        Raises Invalid(``stats_column_unknown``).
        """
        if column in self.header:
            return self.header.index(column)
        alike = [place for place, name in enumerate(self.header) if name.lower() == column.lower()]
        if len(alike) != 1:
            raise Invalid("stats_column_unknown", file=self.file, column=column)
        return alike[0]

    def column(self, name: str) -> list[str]:
        """The cells of a column, without blanks around them. Raises Invalid(``stats_column_unknown``)."""
        place = self.place(name)
        return [row[place].strip() for row in self.rows]


def read_choices(
    path: Path,
    *,
    ids: str | None,
    weights: str | None,
    others: Collection[str] = (),
    key: Mapping[str, str] | None = None,
) -> tuple[ChoiceTable, Others]:
    """The choices in a file, and the columns named in `others` (groups, times) as texts, "" where missing.

    Every other column is an item; with a `key` only those that it names, and stderr says which were left out. Raises Invalid
    (``stats_…``) with file, line and column.
    """
    grid = read_grid(path)
    frame = _Frame.of(grid, ids=ids, weights=weights, others=others, key=key)
    option = _Options()
    cells = [[option[row[place]] for place in frame.places] for row in grid.rows]
    table = ChoiceTable(frame.persons, frame.items, np.array(cells, dtype=np.str_), frame.weights)
    return table, frame.others


def read_scores(
    path: Path,
    *,
    ids: str | None,
    weights: str | None,
    others: Collection[str] = (),
    key: Path | None = None,
) -> tuple[ResponseTable, Others]:
    """The scores in a file, NaN where missing: numbers, or choices that are scored by the key in another file.

    Raises Invalid (``stats_…``) with file, line and column, and StatisticsError where the key does not fit.
    """
    if key is not None:
        right = read_key(key)
        choices, named = read_choices(path, ids=ids, weights=weights, others=others, key=right)
        return choices.score(right), named
    grid = read_grid(path)
    frame = _Frame.of(grid, ids=ids, weights=weights, others=others)
    scores = numbers(grid, frame.places)
    return ResponseTable(frame.persons, frame.items, scores, frame.weights), frame.others


def read_key(path: Path) -> dict[str, str]:
    """The key in a file with the columns ``item`` and ``key``: item -> right option, or several as ``A|C``.

    Raises Invalid(``stats_key_twice``, ``stats_key_item``) beside the refusals of `read_grid`.
    """
    grid = read_grid(path)
    key: dict[str, str] = {}
    for item, right, line in zip(grid.column("item"), grid.column("key"), grid.lines, strict=True):
        if not item:
            raise Invalid("stats_key_item", file=grid.file, line=line)
        if item in key:
            raise Invalid("stats_key_twice", file=grid.file, line=line, item=item)
        key[item] = SEPARATOR.join(plain_option(part) for part in right.split(SEPARATOR))
    return key


def read_q(path: Path, items: Sequence[str]) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """The Q-matrix in a file with the column ``item`` and one 0/1 column per attribute: items x attributes, and their names.

    A file without a column ``item`` is taken by position if it has as many rows as there are items. Raises Invalid
    (``stats_q_rows``, ``stats_q_values``, ``stats_q_attributes``) beside the refusals of `read_grid`.
    """
    grid = read_grid(path)
    named = _names_items(grid, items)
    names = grid.column(named) if named is not None else list(items)
    attributes = tuple(name for name in grid.header if name != named)
    if not attributes:
        raise Invalid("stats_q_attributes", file=grid.file)
    places = [grid.place(name) for name in attributes]
    if set(names) != set(items) and sorted(names) == sorted(map(str, range(1, len(items) + 1))):
        names = [items[int(name) - 1] for name in names]  # numbered rows, as R writes them
    if len(names) != len(grid.rows) or sorted(names) != sorted(items):
        missing = [item for item in items if item not in names]
        extra = [name for name in names if name not in items]
        raise Invalid("stats_q_rows", file=grid.file, missing=missing[:_LISTED], unknown=extra[:_LISTED])
    values = numbers(grid, places)
    wrong = np.argwhere((values != 0) & (values != 1))  # NaN is neither
    if wrong.size:
        row, column = wrong[0]
        raise Invalid("stats_q_values", file=grid.file, line=grid.lines[row], column=attributes[column])
    order = [names.index(item) for item in items]
    return values[order] == 1, attributes


def _names_items(grid: Grid, items: Sequence[str]) -> str | None:
    """The column of a Q-matrix that names the items: called so, or the first one if every item stands in it."""
    called = next((name for name in grid.header if name.lower() in {"item", "items"} or not name), None)
    if called is None and set(items) <= {row[0].strip() for row in grid.rows}:
        return grid.header[0]
    return called


def read_grid(path: Path) -> Grid:
    """A csv file as texts.

    Raises Invalid(``stats_file_…``, ``stats_header``, ``stats_column…``, ``stats_row_length``, ``stats_no_rows``).
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise Invalid("stats_file_large", file=path.name, most_megabytes=LARGEST_BYTES // 1_000_000)
    data = path.read_bytes()
    if b"\0" in data:
        raise Invalid("stats_file_binary", file=path.name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("stats_file_encoding", file=path.name, byte=error.start) from error
    return _parse(path.name, text)


def numbers(grid: Grid, places: Sequence[int]) -> NDArray[np.float64]:
    """The numbers in the columns at `places`, rows x columns, NaN where missing. Raises Invalid(``stats_not_a_number``)."""
    known = _Numbers()
    try:
        return np.array([[known[row[place]] for place in places] for row in grid.rows], dtype=np.float64)
    except ValueError as error:
        for row, line in zip(grid.rows, grid.lines, strict=True):
            for place in places:
                if known.unreadable(row[place]):
                    column = grid.header[place]
                    raise Invalid("stats_not_a_number", file=grid.file, line=line, column=column) from error
        raise


class _Numbers(dict[str, float]):
    """What a cell says as a number; ValueError where it says none."""

    def __missing__(self, cell: str) -> float:
        text = cell.strip()
        if text not in MISSING and (_NUMBER.fullmatch(text) is None or abs(float(text)) > LARGEST_NUMBER):
            raise ValueError
        self[cell] = value = float("nan") if text in MISSING else float(text)
        return value

    def unreadable(self, cell: str) -> bool:
        try:
            self[cell]
        except ValueError:
            return True
        return False


class _Options(dict[str, str]):
    """What a cell says as an option, "" where missing."""

    def __missing__(self, cell: str) -> str:
        text = plain_option(cell)
        self[cell] = text = "" if text in MISSING else text
        return text


def plain_option(cell: str) -> str:
    """An option or a group as it is compared: without blanks around it; 1.0, as some programs write 1 beside gaps, is 1."""
    text = cell.strip()
    whole = _WHOLE.fullmatch(text)
    return text if whole is None else whole[1]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Who the rows are, how much they weigh, and where the items are."""

    persons: tuple[str, ...]
    weights: NDArray[np.float64]
    items: tuple[str, ...]
    places: list[int]
    others: Others

    @classmethod
    def of(
        cls,
        grid: Grid,
        *,
        ids: str | None,
        weights: str | None,
        others: Collection[str],
        key: Mapping[str, str] | None = None,
    ) -> _Frame:
        taken = {grid.place(name) for name in (ids, weights, *others) if name is not None}
        if ids is None and 0 not in taken and _says_who(grid):
            ids = grid.header[0]
            taken.add(0)
            if ids:
                click.echo(f"{grid.file}: the column {ids} says who a row is about", err=True)
        named = {
            name: tuple("" if cell in MISSING else plain_option(cell) for cell in grid.column(name))
            for name in others
        }
        rest = [name for place, name in enumerate(grid.header) if place not in taken]
        items = tuple(name for name in rest if key is None or name in key)
        if not items:
            raise Invalid("stats_no_items", file=grid.file)
        left_out = [name for name in rest if key is not None and name not in key]
        if left_out:
            more = f" and {len(left_out) - _LISTED} more" if len(left_out) > _LISTED else ""
            click.echo(
                f"{grid.file}: not in the key, left out: {', '.join(left_out[:_LISTED])}{more}", err=True
            )
        return cls(_persons(grid, ids), _weights(grid, weights), items, [grid.place(i) for i in items], named)


def _says_who(grid: Grid) -> bool:
    """Whether the first column is who the rows are about, going by its name."""
    name = re.sub(r"[ .-]+", "_", grid.header[0].lower()).strip("_")
    if name in _WEAK_ID_NAMES:
        cells = {row[0] for row in grid.rows}
        return len(cells) == len(grid.rows) > 2
    return _ID_NAME.fullmatch(name) is not None


def _persons(grid: Grid, ids: str | None) -> tuple[str, ...]:
    if ids is None:
        return tuple(str(number) for number in range(1, len(grid.rows) + 1))
    persons = tuple(grid.column(ids))
    seen: set[str] = set()
    for person, line in zip(persons, grid.lines, strict=True):
        if not person or person in seen:
            raise Invalid("stats_person_twice", file=grid.file, line=line, column=ids)
        seen.add(person)
    return persons


def _weights(grid: Grid, column: str | None) -> NDArray[np.float64]:
    if column is None:
        return np.ones(len(grid.rows))
    weights = numbers(grid, [grid.place(column)])[:, 0]
    if not (weights >= 0).all():  # NaN is not
        line = grid.lines[int(np.argmin(weights >= 0))]
        raise Invalid("stats_weight", file=grid.file, line=line, column=column)
    if not weights.sum() > 0:
        raise Invalid("stats_no_rows", file=grid.file)
    return weights


def _parse(file: str, text: str) -> Grid:
    first = text.lstrip("\r\n").partition("\n")[0]
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = max(_DELIMITERS, key=unquoted.count)
    reader = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter, strict=True)
    skipped = len(text) - len(text.lstrip("\r\n"))  # blank lines above the header
    rows: list[list[str]] = []
    lines: list[int] = []
    header: tuple[str, ...] | None = None
    try:
        for row in reader:
            if header is None:
                header = _header(file, row)
                continue
            cells = row or ([""] if len(header) == 1 else [])
            if not cells:
                continue  # a blank line
            line = reader.line_num + text[:skipped].count("\n")
            if len(cells) != len(header):
                raise Invalid("stats_row_length", file=file, line=line, cells=len(cells), columns=len(header))
            rows.append(cells)
            lines.append(line)
            if len(rows) * len(header) > MOST_CELLS:
                raise Invalid("stats_file_cells", file=file, most=MOST_CELLS)
    except csv.Error as error:
        raise Invalid("stats_file_quotes", file=file, line=reader.line_num) from error
    if header is None:
        raise Invalid("stats_header", file=file)
    if not rows:
        raise Invalid("stats_no_rows", file=file)
    return Grid(file, header, rows, lines)


def _header(file: str, row: list[str]) -> tuple[str, ...]:
    header = tuple(name.strip() for name in row)
    if len(header) > MOST_COLUMNS:
        raise Invalid("stats_columns_many", file=file, columns=len(header), most=MOST_COLUMNS)
    for place, name in enumerate(header):
        if not name and place > 0:
            raise Invalid("stats_column_unnamed", file=file, column=place + 1)
    if len(set(header)) < len(header):
        twice = next(name for place, name in enumerate(header) if name in header[:place])
        raise Invalid("stats_columns_twice", file=file, column=twice)
    return header
