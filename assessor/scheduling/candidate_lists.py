# SPDX-License-Identifier: Apache-2.0
"""Lists of candidates out of xlsx, csv or pasted text: each row a plan, each wrong cell named. Nothing is enrolled here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar

from assessor.scheduling import candidate_values as values
from assessor.scheduling.candidate_columns import Column, check_columns, guess_columns, is_known
from assessor.scheduling.candidates import (
    CandidatePlan,
    Disability,
    Guardian,
    Language,
    Pathway,
    Qualification,
    candidate_problems,
    normal_candidate,
    training_minutes,
)
from assessor.scheduling.model import require_extra_minutes
from assessor.scheduling.names import comparable
from core.errors import Invalid
from item_bank.api import Sheet, read_sheet

MAXIMUM_LIST_BYTES: Final = 10_000_000
MAXIMUM_LIST_ROWS: Final = 2_000
KNOWN_FORMATS: Final = ("xlsx", "csv")
_OTHERS: Final = {
    b"\xd0\xcf\x11\xe0": "xls",
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip",
    b"Rar!": "rar",
    b"7z\xbc\xaf": "7z",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"{\\rtf": "RTF",
}
_CELL_ERRORS: Final[Mapping[str, Callable[[], Invalid]]] = {
    "cell_is_formula": lambda: Invalid("cell_is_formula"),
    "cell_is_error": lambda: Invalid("cell_is_error"),
    "cell_is_date": lambda: Invalid("cell_is_time"),
    "cell_without_header": lambda: Invalid("cell_without_header"),
}
_OF_FIELD: Final[Mapping[str, tuple[Column, ...]]] = {
    "qualification": (Column.LEVEL, Column.SCHOOL_CLASS, Column.EXPERIENCE_YEARS),
    "guardian": (Column.GUARDIAN_NAME, Column.GUARDIAN_CONTACT),
    "training_minutes": (Column.TRAINING_HOURS,),
}
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ListProblem:
    """One thing that is wrong: the row in the file (the headings are in the first), the heading of the cell, and why."""

    row: int
    heading: str
    error: Invalid


@dataclass(frozen=True, slots=True)
class ListedCandidate:
    """One row: the candidate in stored form, or None where the row has problems."""

    row: int
    name: str
    plan: CandidatePlan | None
    extra_minutes: int
    problems: tuple[ListProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateList:
    """A list as it was read: which heading was taken for what, which headings were not read, and the rows."""

    columns: Mapping[str, Column]
    unread: tuple[str, ...]
    rows: tuple[ListedCandidate, ...]

    @property
    def problems(self) -> tuple[ListProblem, ...]:
        """Every problem of every row, in the order of the file."""
        return tuple(problem for row in self.rows for problem in row.problems)

    @property
    def good(self) -> tuple[ListedCandidate, ...]:
        """The rows without a problem."""
        return tuple(row for row in self.rows if row.plan is not None)


def open_list(data: bytes, *, filename: str = "") -> Sheet:
    """The table in a file, by its content.

    Raises Invalid: `file_empty`, `file_too_large`, `list_format` (found), `xlsx_unreadable`, `zip_bomb`, `encoding_unknown`
    (line), `csv_unreadable` (line), `candidates_too_many`, `too_many_columns`, `header_missing`, `column_twice` (column).
    """
    if len(data) > MAXIMUM_LIST_BYTES:
        raise Invalid(
            "file_too_large",
            bytes=len(data),
            maximum=MAXIMUM_LIST_BYTES,
            limit_mb=MAXIMUM_LIST_BYTES // 1_000_000,
        )
    for magic, name in _OTHERS.items():
        if data.startswith(magic):
            raise Invalid("list_format", known=list(KNOWN_FORMATS), found=name)
    if data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise Invalid("list_format", known=list(KNOWN_FORMATS), found="HTML")  # many portals call it xls
    kind = "xlsx" if data.startswith((b"PK\x03\x04", b"PK\x05\x06")) else "csv"
    return _in_limits(read_sheet(data, filename=f"list.{kind}", dates=True))


def open_text(text: str) -> Sheet:
    """The table in pasted text: cells as a spreadsheet copies them, or lines of name, language, extra minutes.

    Raises Invalid as ``open_list``.
    """
    lines = text.strip("\r\n").splitlines()
    first = lines[0] if lines else ""
    delimiter = max((",", ";", "\t"), key=first.count)
    if not any(is_known(cell) for cell in first.split(delimiter)):
        names = [Column.NAME.value, Column.LANGUAGE.value, Column.EXTRA_MINUTES.value]
        widest = max((line.count(delimiter) + 1 for line in lines), default=1)
        if widest > len(names):
            raise Invalid("list_headings_needed")
        # The first row stays row 1 for whoever counts lines: see ``parse_candidates``.
        lines = [delimiter.join(names[: max(widest, 1)]), *lines]
        sheet = read_sheet("\n".join(lines).encode(), filename="list.csv")
        return _in_limits(_numbered_from_one(sheet))
    return open_list("\n".join(lines).encode())


def parse_candidates(
    sheet: Sheet,
    *,
    today: date,
    columns: Mapping[str, Column] | None = None,
    language: Language = Language.ENGLISH,
) -> CandidateList:
    """Read every row; ``columns`` says what headings mean (else they are guessed), ``language`` is taken where a row has none.

    Raises Invalid `candidate_columns_missing`, `candidate_column_twice`, `list_empty`.
    """
    chosen = dict(columns) if columns is not None else guess_columns(sheet.headings)
    check_columns(chosen)
    if not sheet.rows:
        raise Invalid("list_empty")
    names = dict(zip(sheet.headings, sheet.columns, strict=True))
    places = {column: names[heading] for heading, column in chosen.items() if heading in names}
    unreadable: dict[int, list[ListProblem]] = {}
    headings = dict(zip(sheet.columns, sheet.headings, strict=True))
    wanted = set(places.values())
    for number, column, code, _reason in sheet.unreadable:
        if column in wanted or code == "cell_without_header":
            problem = ListProblem(number, headings.get(column, column), _CELL_ERRORS[code]())
            unreadable.setdefault(number, []).append(problem)
    reader = _Reader({column: headings[name] for column, name in places.items()}, today, language)
    rows = []
    for row in sheet.rows:
        cells = {column: row.cells.get(name, "") for column, name in places.items()}
        if any(map(str.strip, cells.values())) or row.number in unreadable:
            rows.append(reader.row(row.number, cells, unreadable.get(row.number, [])))
    return CandidateList(
        columns=chosen,
        unread=tuple(heading for heading in sheet.headings if heading not in chosen),
        rows=tuple(_without_doubles(rows, reader.headings)),
    )


class _Reader:
    """Reads rows; collects what is wrong with each instead of stopping at the first."""

    def __init__(self, headings: Mapping[Column, str], today: date, language: Language) -> None:
        self.headings = headings
        self._today = today
        self._language = language
        self._row = 0
        self._problems: list[ListProblem] = []

    def row(
        self, number: int, cells: Mapping[Column, str], unreadable: Sequence[ListProblem]
    ) -> ListedCandidate:
        self._row, self._problems = number, list(unreadable)
        name = values.plain(cells.get(Column.NAME, ""))
        plan = self._plan(name, cells)
        extra = self._value(
            cells, Column.EXTRA_MINUTES, lambda text: require_extra_minutes(values.whole_in(text)), 0
        )
        known = {problem.heading for problem in self._problems}
        for found in candidate_problems(plan, today=self._today):
            heading = self._heading(found.field, plan)
            if heading not in known:
                self._problems.append(ListProblem(number, heading, found.error))
        if self._problems:
            return ListedCandidate(number, name[:200], None, extra, tuple(self._problems))
        return ListedCandidate(number, name, normal_candidate(plan, today=self._today), extra)

    def _plan(self, name: str, cells: Mapping[Column, str]) -> CandidatePlan:
        disabled, kinds = self._disability(cells)
        guardian = (
            values.plain(cells.get(Column.GUARDIAN_NAME, "")),
            self._digits(cells, Column.GUARDIAN_CONTACT),
        )
        return CandidatePlan(
            name=name,
            language=self._value(cells, Column.LANGUAGE, values.language_in, self._language),
            date_of_birth=self._value(cells, Column.DATE_OF_BIRTH, values.date_in, None),
            gender=self._value(cells, Column.GENDER, values.gender_in, None),
            disabled=disabled,
            disabilities=kinds,
            email=values.plain(cells.get(Column.EMAIL, "")),
            phone=self._digits(cells, Column.PHONE),
            apaar=self._digits(cells, Column.APAAR),
            agency_number=self._digits(cells, Column.AGENCY_NUMBER),
            qualification=Qualification(
                level=self._value(cells, Column.LEVEL, values.level_in, ""),
                school_class=self._value(cells, Column.SCHOOL_CLASS, values.class_in, None),
                experience_years=self._value(cells, Column.EXPERIENCE_YEARS, values.whole_in, None),
            ),
            pathway=self._value(cells, Column.PATHWAY, values.pathway_in, Pathway.TRAINED),
            training_minutes=self._value(
                cells, Column.TRAINING_HOURS, lambda text: training_minutes(values.plain(text)), None
            ),
            guardian=Guardian(name=guardian[0], contact=guardian[1]) if any(guardian) else None,
        )

    def _disability(self, cells: Mapping[Column, str]) -> tuple[bool | None, tuple[Disability, ...]]:
        """Two columns, or one in which people write either yes and no or the kind itself."""
        said = values.plain(cells.get(Column.DISABLED, ""))
        kind = values.plain(cells.get(Column.DISABILITIES, ""))
        if values.is_answer(kind):
            said, kind = said or kind, ""
        none: tuple[Disability, ...] = ()
        if said and not kind and not values.is_answer(said):
            return True, self._value(cells, Column.DISABLED, values.disabilities_in, none)
        where = {Column.DISABLED: said, Column.DISABILITIES: kind}
        kinds = self._value(where, Column.DISABILITIES, values.disabilities_in, none)
        disabled = self._value(where, Column.DISABLED, _answer, None)
        return (True if kinds and disabled is None else disabled), kinds

    def _digits(self, cells: Mapping[Column, str], column: Column) -> str:
        return self._value(cells, column, values.digits_in, "")

    def _value(
        self, cells: Mapping[Column, str], column: Column, read: Callable[[str], Value], empty: Value
    ) -> Value:
        text = values.plain(cells.get(column, ""))
        if not text:
            return empty
        try:
            return read(text)
        except Invalid as error:
            self._problems.append(ListProblem(self._row, self.headings[column], error))
            return empty

    def _heading(self, field: str, plan: CandidatePlan) -> str:
        """The heading over the field of a problem that the rules for candidates found."""
        columns = _OF_FIELD.get(field) or (Column(field),)
        if field == "guardian" and plan.guardian is not None and plan.guardian.name:
            columns = columns[::-1]
        return next((self.headings[column] for column in columns if column in self.headings), field)


def _answer(text: str) -> bool | None:
    return values.answer_in(text)


def _without_doubles(
    rows: Sequence[ListedCandidate], headings: Mapping[Column, str]
) -> Iterator[ListedCandidate]:
    """Rows that repeat an APAAR id, a number of the agency, or a name with its birth date are refused, naming the first."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.plan is None:
            yield row
            continue
        problems = []
        for column, kind, key in _identities(row.plan):
            first = seen.setdefault((kind, key), row.row)
            if first != row.row:
                heading = headings.get(column, column.value)
                problems.append(ListProblem(row.row, heading, Invalid("candidate_twice_in_list", row=first)))
        yield (
            ListedCandidate(row.row, row.name, None, row.extra_minutes, tuple(problems)) if problems else row
        )


def _identities(plan: CandidatePlan) -> Iterator[tuple[Column, str, str]]:
    if plan.apaar:
        yield Column.APAAR, "apaar", plan.apaar
    if plan.agency_number:
        yield Column.AGENCY_NUMBER, "number", plan.agency_number
    if plan.date_of_birth is not None:
        yield Column.NAME, "person", f"{comparable(plan.name)} {plan.date_of_birth.isoformat()}"


def _in_limits(sheet: Sheet) -> Sheet:
    if len(sheet.rows) > MAXIMUM_LIST_ROWS:
        raise Invalid("candidates_too_many", maximum=MAXIMUM_LIST_ROWS)
    return sheet


def _numbered_from_one(sheet: Sheet) -> Sheet:
    """The sheet without the line of headings that was put before it."""
    rows = tuple(replace(row, number=row.number - 1) for row in sheet.rows)
    cells = tuple((number - 1, *rest) for number, *rest in sheet.unreadable)
    return replace(sheet, rows=rows, unreadable=cells)  # type: ignore[arg-type]
