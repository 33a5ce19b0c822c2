# SPDX-License-Identifier: Apache-2.0
"""A file of marks for ``kasauti stats decide``: person, nos, element, pc, component, mark, and item where marks sit on items.

Each row is brought to one place of the credential's mark table, or refused with its line. Deciding lives in `scoring`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

from core.errors import Invalid
from item_bank import api as bank
from scoring.api import Cell, CredentialMarks, MarkError, format_mark, parse_mark
from web.cli.stats.files import MISSING, Grid, read_grid

_NEEDED: Final = ("person", "component", "mark")
_PLACES: Final = ("nos", "element", "pc", "item")


@dataclass(frozen=True, slots=True)
class MarksFile:
    """The marks of everybody in a file, in the order in which people first occur in it."""

    marks: CredentialMarks
    awarded: Mapping[str, Mapping[Cell, Fraction]]


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    person: str
    component: str
    mark: str
    nos: str = ""
    element: str = ""
    pc: str = ""
    item: str = ""

    def facts(self) -> dict[str, object]:
        return {
            "line": self.line,
            **{name: getattr(self, name) or "-" for name in (*_PLACES, "component")},
        }


@dataclass(frozen=True, slots=True)
class _Where:
    """A cell, its maximum, and its place among all cells, by which it is compared much faster."""

    cell: Cell
    most: Fraction
    place: int


@dataclass(slots=True)
class _Places:
    """Finds the place of a row; files name the same few places again and again."""

    document: bank.CredentialDocument
    marks: CredentialMarks
    file: str
    known: dict[tuple[str, ...], _Where] = field(default_factory=dict)

    def of(self, row: _Row) -> _Where:
        """The one cell that a row is about. Raises Invalid(``stats_marks_place``, ``stats_marks_places``)."""
        key = (row.nos, row.element, row.pc, row.item, row.component)
        found = self.known.get(key)
        if found is None:
            cell = self._found(row)
            found = self.known[key] = _Where(
                cell, self.marks.maxima[cell], list(self.marks.maxima).index(cell)
            )
        return found

    def _found(self, row: _Row) -> Cell:
        found = [cell for cell in self.marks.maxima if self._fits(cell, row)]
        if len(found) > 1 and not row.item:
            found = [cell for cell in found if cell.item is None] or found
        if len(found) > 1 and not row.pc and not row.item:
            found = [cell for cell in found if cell.pc is None]
        if not found:
            raise Invalid("stats_marks_place", file=self.file, **row.facts())
        if len(found) > 1:
            raise Invalid("stats_marks_places", file=self.file, places=len(found), **row.facts())
        return found[0]

    def _fits(self, cell: Cell, row: _Row) -> bool:
        return (
            cell.component.lower() == row.component.lower()
            and row.nos in ("", cell.nos)
            and row.element in ("", cell.element)
            and row.item in ("", cell.item)
            and (not row.pc or (cell.pc is not None and row.pc in (cell.pc, self._printed(cell))))
        )

    def _printed(self, cell: Cell) -> str:
        pc = self.document.pc(cell.pc) if cell.pc is not None else None
        return pc.printed if pc is not None else ""


def read_marks(path: Path, document: bank.CredentialDocument) -> MarksFile:
    """The marks in a file, on the mark table of a credential.

    A PC may be named by its id or, within its NOS, as printed. Places that a row need not name to be the only one may be left
    empty. An empty mark (or NA, NaN, ``.``) is one that is missing, like a row that is not there. Raises Invalid
    (``stats_marks_…``) with the line, and as `read_grid`.
    """
    grid = read_grid(path)
    rows = list(_rows(grid))
    # Marks of single items can only be read where the credential says what each of them is worth.
    marks = document.marks_by_item if any(row.item for row in rows) else document.marks
    places = _Places(document, marks, grid.file)
    awarded: dict[str, dict[Cell, Fraction]] = {}
    seen: set[tuple[str, int]] = set()
    known: dict[tuple[int, str], Fraction] = {}
    for row in rows:
        found = places.of(row)
        if (row.person, found.place) in seen:
            raise Invalid("stats_marks_twice", file=grid.file, person=row.person, **row.facts())
        seen.add((row.person, found.place))
        own = awarded.setdefault(row.person, {})
        if row.mark not in MISSING:
            mark = known.get((found.place, row.mark))
            if mark is None:
                mark = known[found.place, row.mark] = _mark(row, most=found.most, file=grid.file)
            own[found.cell] = mark
    return MarksFile(marks, awarded)


def _rows(grid: Grid) -> Iterator[_Row]:
    columns = {name: grid.column(name) for name in _NEEDED}
    given = [name.lower() for name in grid.header]
    columns |= {name: grid.column(name) for name in _PLACES if name in given}
    for number, line in enumerate(grid.lines):
        cells = {name: column[number] for name, column in columns.items()}
        if not cells["person"]:
            raise Invalid("stats_marks_person", file=grid.file, line=line)
        yield _Row(line, **cells)


def _mark(row: _Row, *, most: Fraction, file: str) -> Fraction:
    try:
        mark = parse_mark(row.mark)
    except MarkError as error:
        raise Invalid("stats_marks_number", file=file, mark=row.mark[:40], **row.facts()) from error
    if mark > most:
        raise Invalid("stats_marks_above", file=file, mark=row.mark, maximum=format_mark(most), **row.facts())
    return mark
