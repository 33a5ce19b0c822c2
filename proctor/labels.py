# SPDX-License-Identifier: Apache-2.0
"""The table of labels for ``kasauti proctor evaluate``: which file shows what, as people saw it. Reads text, no picture.

The columns are described in docs/proctoring-rules.md; each that is none of them groups the results.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import Invalid
from proctor.rules.alerts import RuleName

LARGEST_TABLE = 64 * 1024 * 1024
ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("file", "filename", "file_name", "file_path"), "path"),
    **dict.fromkeys(("image", "image_path", "picture", "photo", "clip", "video"), "path"),
    **dict.fromkeys(("face_count", "n_faces", "num_faces", "number_of_faces"), "faces"),
    **dict.fromkeys(("people", "person_count", "n_persons", "num_persons"), "persons"),
    **dict.fromkeys(("identity", "person_id", "subject"), "same_as"),
    "phone_possible": "phone",
    "book_possible": "book",
    "blurry": "blurred",
    **{f"camera_{flag}": flag for flag in ("covered", "dark", "blurred", "frozen")},
}
"""Other names of columns; where the name itself is a column too, or an earlier one took it, the column groups."""
COUNTS = ("faces", "persons")
RULE_FLAGS = ("face_gone", "several_faces", "someone_else", "looking_away", "camera_looped")
"""Rules whose names may stand over 0 and 1: whether the alert is due anywhere in the clip, or its signal in the picture."""
FLAGS = ("phone", "book", "covered", "dark", "blurred", "frozen", "calm", *RULE_FLAGS)
OTHERS = ("path", "same_as", "enrol", "calibrate_seconds")
_YES, _NO = frozenset({"1", "1.0", "yes", "true", "y", "t"}), frozenset({"0", "0.0", "no", "false", "n", "f"})
_OPEN = frozenset({"nan", "na", "n/a", "null", "-", "?"})
"""What programs and people write into a cell that says nothing."""
_COUNT = re.compile(r"(>=\s*)?([0-9]{1,4})(?:\.0+)?(\s*\+|\s+or more)?")

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One file. What is None was not labelled: nothing is judged by it. With `or_more` the faces are at least so many.

    `incidents` holds, for each rule that the table has columns for, the spans in seconds in which its alert is due; `enrol`
    the pictures of the person expected in a clip; `groups` the values of all other columns.
    """

    line: int
    path: Path
    shown: str
    faces: int | None = None
    or_more: bool = False
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
    """The table in a file of values parted by commas, semicolons, tabs or bars, in UTF-8 or UTF-16; paths are relative to it.

    Raises Invalid: `labels_missing`, `labels_unreadable` (reason), `labels_no_path`, `labels_column_twice` (column),
    `labels_column_alone` (column), `labels_empty`.
    """
    text = _text(path)
    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True, skipinitialspace=True
    )
    try:
        table = [(lines.line_num, row) for row in lines]
    except csv.Error as error:
        raise Invalid("labels_unreadable", reason=f"line {lines.line_num}: {error}") from error
    filled = [(line, row) for line, row in table if any(cell.strip() for cell in row)]
    if filled and filled[0][1][0].lower().startswith("sep="):  # a spreadsheet's note to itself
        del filled[0]
    if not filled:
        raise Invalid("labels_empty")
    columns = _columns(filled[0][1], filled[1][1] if len(filled) > 1 else (), path.parent)
    rows, refused = list[Label](), list[RefusedRow]()
    for line, row in filled[1:]:
        cells = [*row, *[""] * (len(columns) - len(row))]
        values = {name: _value(name, cell) for name, cell in zip(columns, cells, strict=False)}
        try:
            if any(cell.strip() for cell in cells[len(columns) :]):
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
        data = path.read_bytes()
        return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except FileNotFoundError as error:
        raise Invalid("labels_missing") from error
    except UnicodeDecodeError as error:
        raise Invalid("labels_unreadable", reason="neither UTF-8 nor UTF-16") from error
    except OSError as error:
        raise Invalid("labels_unreadable", reason=type(error).__name__) from error


def _delimiter(text: str) -> str:
    first = text.lstrip().split("\n", 1)[0]
    return max((",", ";", "\t", "|"), key=first.count)


def _value(name: str, cell: str) -> str:
    """The cell, empty where it says nothing."""
    value = cell.strip()
    return "" if value.lower() in _OPEN and name != "path" and not _groups(name) else value


def _columns(header: Sequence[str], first: Sequence[str], folder: Path) -> list[str]:
    given = [cell.strip().lower().replace(" ", "_").replace("-", "_") for cell in header]
    for name in given:
        if name and given.count(name) > 1:
            raise Invalid("labels_column_twice", column=name)
    names = list[str]()
    for place, name in enumerate(given):
        meant = ALIASES.get(name, name) or f"column_{place + 1}"
        names.append(name if name != meant and name and meant in (*given, *names) else meant)
    if "path" not in names:  # under a name of its own: the one column that names a file
        there = [
            place
            for place, cell in enumerate(first[: len(names)])
            if cell.strip() and _is_there(_file(folder, cell.strip()))
        ]
        if len(there) != 1:
            raise Invalid("labels_no_path", columns=names)
        names[there[0]] = "path"
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
    enrol = tuple(_file(folder, part.strip()) for part in values.get("enrol", "").split(";") if part.strip())
    seconds = values.get("calibrate_seconds", "")
    faces, or_more = _count("faces", values)
    return Label(
        line=line,
        path=_file(folder, values["path"]),
        shown=values["path"],
        faces=faces,
        or_more=or_more,
        persons=_count("persons", values)[0],
        same_as=values.get("same_as") or None,
        flags={name: _flag(name, values[name]) for name in FLAGS if values.get(name)},
        incidents=incidents,
        enrol=enrol,
        calibrate_seconds=_second("calibrate_seconds", seconds) if seconds else 0.0,
        groups={name: value for name, value in values.items() if _groups(name) and value},
    )


def _file(folder: Path, name: str) -> Path:
    """The file of this name beside the table, with either slash; else the one in the folder in which the command runs."""
    turned = name.replace("\\", "/")
    found = (path for path in (folder / name, folder / turned, Path(turned)) if _is_there(path))
    return next(found, folder / name)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a cell longer than a name can be
        return False


def _count(name: str, values: Mapping[str, str]) -> tuple[int | None, bool]:
    """A number, and whether it may be more (`2+`)."""
    value = values.get(name, "")
    if not value:
        return None, False
    found = _COUNT.fullmatch(value.lower())
    count, more = (int(found[2]), bool(found[1] or found[3])) if found else (-1, False)
    if count < (2 if more else 0):
        raise Invalid("labels_bad_value", column=name, value=value[:40], expected="a whole number, or 2+")
    return count, more


def _flag(name: str, value: str) -> bool:
    word = value.lower()
    if word not in _YES | _NO:
        raise Invalid("labels_bad_value", column=name, value=value[:40], expected="0 or 1")
    return word in _YES


def _second(name: str, value: str) -> float:
    try:
        second = 0.0
        for part in value.split(":", 2):  # 90, 1:30, 0:01:30
            second = 60 * second + float(part)
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
