# SPDX-License-Identifier: Apache-2.0
"""The table of labels for ``kasauti proctor evaluate``: which file shows what, as people saw it. Reads text, no picture.

The columns are described in docs/proctoring-rules.md; each that is none of them groups the results.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import Invalid
from proctor.rules.alerts import RuleName

LARGEST_TABLE = 64 * 1024 * 1024
ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("file", "filename", "image", "picture", "clip"), "path"),
    **dict.fromkeys(("face_count", "n_faces"), "faces"),
    **dict.fromkeys(("people", "person_count"), "persons"),
    **dict.fromkeys(("identity", "person_id", "subject"), "same_as"),
}
COUNTS = ("faces", "persons")
FLAGS = ("phone", "book", "covered", "dark", "blurred", "frozen", "calm")
OTHERS = ("path", "same_as", "enrol", "calibrate_seconds")
_YES, _NO = frozenset({"1", "yes", "true", "y"}), frozenset({"0", "no", "false", "n"})

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One file. What is None was not labelled: nothing is judged by it.

    `incidents` holds, for each rule that the table has columns for, the spans in seconds in which its alert is due; `enrol`
    the pictures of the person expected in a clip; `groups` the values of all other columns.
    """

    line: int
    path: Path
    shown: str
    faces: int | None = None
    persons: int | None = None
    same_as: str | None = None
    flags: Mapping[str, bool] = field(default_factory=dict)
    incidents: Mapping[RuleName, tuple[Span, ...]] = field(default_factory=dict)
    enrol: tuple[Path, ...] = ()
    calibrate_seconds: float = 0.0
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A line that could not be used, under a code, with facts that name column and value."""

    line: int
    shown: str
    error: Invalid


@dataclass(frozen=True, slots=True)
class Labels:
    """The rows that can be used, those that cannot, and the columns that group."""

    rows: tuple[Label, ...]
    refused: tuple[RefusedRow, ...]
    group_columns: tuple[str, ...]
    labelled: frozenset[str]


def read_labels(path: Path) -> Labels:
    """The table in a file of comma- or semicolon-separated values in UTF-8; paths are relative to it.

    Raises Invalid: `labels_missing`, `labels_unreadable` (reason), `labels_no_path`, `labels_column_twice` (column),
    `labels_column_alone` (column), `labels_empty`.
    """
    lines = csv.reader(io.StringIO(_text(path), newline=""), delimiter=_delimiter(path), strict=True)
    try:
        table = [(lines.line_num, row) for row in lines]
    except csv.Error as error:
        raise Invalid("labels_unreadable", reason=f"line {lines.line_num}: {error}") from error
    filled = [(line, row) for line, row in table if any(cell.strip() for cell in row)]
    if not filled:
        raise Invalid("labels_empty")
    columns = _columns(filled[0][1])
    rows, refused = list[Label](), list[RefusedRow]()
    for line, row in filled[1:]:
        cells = [*row, *[""] * (len(columns) - len(row))]
        values = {name: cell.strip() for name, cell in zip(columns, cells, strict=False)}
        try:
            if len(cells) > len(columns):
                raise Invalid("labels_row_too_long", cells=len(cells), columns=len(columns))
            rows.append(_label(line, values, path.parent))
        except Invalid as error:
            refused.append(RefusedRow(line, values.get("path", ""), error))
    if not rows and not refused:
        raise Invalid("labels_empty")
    return Labels(
        tuple(rows), tuple(refused), tuple(name for name in columns if _groups(name)), frozenset(columns)
    )


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise Invalid("labels_unreadable", reason="larger than 64 MB")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise Invalid("labels_missing") from error
    except UnicodeDecodeError as error:
        raise Invalid("labels_unreadable", reason="not UTF-8") from error
    except OSError as error:
        raise Invalid("labels_unreadable", reason=type(error).__name__) from error


def _delimiter(path: Path) -> str:
    first = _text(path).lstrip().split("\n", 1)[0]
    return max((",", ";", "\t"), key=first.count)


def _columns(header: Sequence[str]) -> list[str]:
    names = list[str]()
    for place, cell in enumerate(header):
        name = cell.strip().lower().replace(" ", "_").replace("-", "_")
        name = ALIASES.get(name, name) or f"column_{place + 1}"
        if name in names:
            raise Invalid("labels_column_twice", column=cell.strip())
        names.append(name)
    if "path" not in names:
        raise Invalid("labels_no_path", columns=names)
    for rule in RuleName:
        ends = [f"{rule.value}_{end}" in names for end in ("start", "end")]
        if any(ends) and not all(ends):
            raise Invalid("labels_column_alone", column=f"{rule.value}_{'end' if ends[0] else 'start'}")
    return names


def _groups(name: str) -> bool:
    return name not in (*COUNTS, *FLAGS, *OTHERS) and not any(_spans_of(name, rule) for rule in RuleName)


def _spans_of(name: str, rule: RuleName) -> bool:
    return name in (f"{rule.value}_start", f"{rule.value}_end")


def _label(line: int, values: Mapping[str, str], folder: Path) -> Label:
    """One row. Raises Invalid: `labels_no_file`, `labels_bad_value` (column, value, expected)."""
    if not values["path"]:
        raise Invalid("labels_no_file")
    if "\0" in "".join(values.values()):
        raise Invalid("labels_bad_value", column="path", value="", expected="text")
    incidents = {
        rule: _spans(rule, values[f"{rule.value}_start"], values[f"{rule.value}_end"])
        for rule in RuleName
        if f"{rule.value}_start" in values
    }
    enrol = tuple(folder / part.strip() for part in values.get("enrol", "").split(";") if part.strip())
    seconds = values.get("calibrate_seconds", "")
    return Label(
        line=line,
        path=folder / values["path"],
        shown=values["path"],
        faces=_count("faces", values),
        persons=_count("persons", values),
        same_as=values.get("same_as") or None,
        flags={name: _flag(name, values[name]) for name in FLAGS if values.get(name)},
        incidents=incidents,
        enrol=enrol,
        calibrate_seconds=_second("calibrate_seconds", seconds) if seconds else 0.0,
        groups={name: value for name, value in values.items() if _groups(name) and value},
    )


def _count(name: str, values: Mapping[str, str]) -> int | None:
    value = values.get(name, "")
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 4:
        raise Invalid("labels_bad_value", column=name, value=value[:40], expected="a whole number")
    return int(value)


def _flag(name: str, value: str) -> bool:
    word = value.lower()
    if word not in _YES | _NO:
        raise Invalid("labels_bad_value", column=name, value=value[:40], expected="0 or 1")
    return word in _YES


def _second(name: str, value: str) -> float:
    try:
        second = float(value)
    except ValueError:
        second = math.nan
    if not math.isfinite(second) or second < 0:
        raise Invalid("labels_bad_value", column=name, value=value[:40], expected="seconds from 0")
    return second


def _spans(rule: RuleName, starts: str, ends: str) -> tuple[Span, ...]:
    """Spans from two cells of seconds, several parted by semicolons; empty cells: the alert is not due."""
    first, last = f"{rule.value}_start", f"{rule.value}_end"
    begun = [_second(first, part) for part in starts.split(";") if part.strip()]
    ended = [_second(last, part) for part in ends.split(";") if part.strip()]
    if len(begun) != len(ended):
        raise Invalid("labels_bad_value", column=last, value=ends[:40], expected=f"as many as in {first}")
    if any(end < start for start, end in zip(begun, ended, strict=True)):
        raise Invalid("labels_bad_value", column=last, value=ends[:40], expected=f"none before {first}")
    return tuple(zip(begun, ended, strict=True))
