# SPDX-License-Identifier: Apache-2.0
"""The parts that a report document is put together from: sections, figures, plots as data, tables.

Everything here is JSON: numbers that do not exist are null, words are codes that the screens translate. No statistic is
computed here, and no name of a person gets in: persons are the labels of `BatchData`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from fractions import Fraction
from typing import Final, TypeAlias

import numpy as np

from scoring.errors import ScoringError

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Document: TypeAlias = dict[str, Json]

_DIGITS: Final = (
    10  # significant: a report is read and exported, and computed again rather than computed with
)


def plain(value: object) -> Json:
    """A value as JSON has it: numpy's numbers as Python's, not-a-number and infinity as None, fractions as numbers."""
    match value:
        case None | bool() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return str(value.value)
        case np.bool_():
            return bool(value)
        case int() | np.integer():
            return int(value)
        case float() | np.floating():
            number = float(value)
            return float(f"{number:.{_DIGITS}g}") if math.isfinite(number) else None
        case Fraction():
            return plain(float(value))
        case datetime():
            return value.isoformat()
        case np.ndarray():
            return plain(value.tolist())
        case Mapping():
            return {str(name): plain(member) for name, member in value.items()}
        case Iterable():
            return [plain(member) for member in value]
        case _:
            raise TypeError(type(value).__name__)


def coded(code: str, **facts: object) -> Document:
    """A caution, a note or a reason: its code, and the facts that its sentence names."""
    made: Document = {"code": code}
    return made | {name: plain(value) for name, value in facts.items()}


def refusal(error: ScoringError) -> Document:
    """Why `scoring` gave no number, as a reason; a fact called code would hide the code and is left out."""
    return coded(error.code, **{name: value for name, value in error.facts.items() if name != "code"})


@dataclass(frozen=True, slots=True)
class Span:
    """The ends of an interval, for 95 % unless the figure's words say otherwise."""

    low: float
    high: float


def figure(
    code: str, value: object, unit: str = "number", *, span: Span | None = None, reason: str | None = None
) -> Document:
    """One number with its unit; where it does not exist, the `reason` (a code) why."""
    made: Document = {"code": code, "value": plain(value), "unit": unit}
    if span is not None:
        made |= {"low": plain(span.low), "high": plain(span.high)}
    if made["value"] is None:
        made["reason"] = reason or "not_computable"
    return made


def column(code: str, unit: str = "number", *, label: str | None = None) -> Document:
    """A column of a table; `label` is data, and stands in place of the words of the code."""
    made: Document = {"code": code, "unit": unit}
    return made if label is None else made | {"label": label}


def table(
    columns: Sequence[Document],
    rows: Iterable[Sequence[object]],
    *,
    refs: Iterable[Mapping[str, str]] | None = None,
) -> Document:
    """A table; every row has a cell for each column. `refs` has the ids behind each row, for links."""
    cells: list[Json] = []
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"{len(row)} cells under {len(columns)} columns")
        cells.append([plain(cell) for cell in row])
    return {"columns": list(columns), "rows": cells, "refs": None if refs is None else plain(list(refs))}


def axis(
    label_code: str,
    unit: str = "number",
    *,
    categories: Sequence[str] | None = None,
    are: str = "data",
    low: float | None = None,
    high: float | None = None,
) -> Document:
    """An axis; `categories` are its places 0, 1, …, as they are (`data`) or as codes to translate (`codes`)."""
    made: Document = {"label_code": label_code, "unit": unit}
    if categories is not None:
        made |= {"categories": list(categories), "categories_are": are}
    ends = {"low": low, "high": high}
    return made | {name: plain(end) for name, end in ends.items() if end is not None}


def series(
    points: Iterable[Sequence[object]],
    *,
    label: str | None = None,
    label_code: str | None = None,
    names: Sequence[str] | None = None,
    style: str | None = None,
) -> Document:
    """One row of points [x, y, lo?, hi?] with its label (data) or the code of it, and a name for each point."""
    made: Document = {"points": plain(points)}
    texts: dict[str, object] = {"label": label, "label_code": label_code, "names": names, "style": style}
    return made | {name: plain(text) for name, text in texts.items() if text is not None}


def plot(
    name: str,
    kind: str,
    *,
    x: Document,
    y: Document,
    rows: Sequence[Document],
    subject: str = "",
    marks: Sequence[Document] = (),
) -> Document:
    """A plot as data; `name` is the code of its title, `subject` (data) what it is about where there are several."""
    return {
        "id": f"{name}-{subject}" if subject else name,
        "type": kind,
        "title_code": name,
        "subject": subject,
        "x": x,
        "y": y,
        "series": list(rows),
        "marks": list(marks),
    }


def mark(axis_name: str, at: float, code: str) -> Document:
    """A line across a plot, at a value of the x or the y axis."""
    return {"axis": axis_name, "at": plain(at), "code": code}


def steps(values: Iterable[object], others: Iterable[object]) -> list[list[object]]:
    """Points of a line from its x and y values."""
    return [[x, y] for x, y in zip(values, others, strict=True)]


@dataclass(slots=True)
class Section:
    """A part of a report under construction; `document` makes it JSON."""

    id: str
    figures: list[Document] = field(default_factory=list)
    notes: list[Document] = field(default_factory=list)
    plots: list[Document] = field(default_factory=list)
    table: Document | None = None
    unavailable: Document | None = None

    def document(self) -> Document:
        """The section as JSON."""
        return {
            "id": self.id,
            "unavailable": self.unavailable,
            "figures": list(self.figures),
            "notes": list(self.notes),
            "plots": list(self.plots),
            "table": self.table,
        }


def unavailable(section: str, code: str, **facts: object) -> Section:
    """A section that says why it has no numbers."""
    return Section(section, unavailable=coded(code, **facts))


def reasoned(section: str, make: Callable[[], Section]) -> Section:
    """What `make` makes, or the reason why `scoring` refused these data."""
    try:
        return make()
    except ScoringError as error:
        return Section(section, unavailable=refusal(error))
