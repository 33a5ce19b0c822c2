# SPDX-License-Identifier: Apache-2.0
"""How ``kasauti stats`` prints a document: one JSON object, or plain tables for people.

A number that does not exist is null in JSON, with its reason beside it where the method gives one; NaN and infinity never
leave as JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import click
import numpy as np

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | float | bool | None"


def emit(document: Mapping[str, object], *, as_json: bool, title: str) -> None:
    """Print a document on stdout; what is neither a number, text, list nor mapping raises TypeError."""
    found = plain(document)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, allow_nan=False))
        return
    click.echo(title)
    if isinstance(found, dict):
        _print_members(found, indent="  ")


def plain(value: object) -> Plain:
    """A value as JSON can hold it: arrays as lists, NaN and infinity as None."""
    match value:
        case None | bool() | str() | int():
            return value
        case np.bool_():
            return bool(value)
        case np.integer():
            return int(value)
        case float() | np.floating():
            return float(value) if math.isfinite(value) else None
        case np.ndarray():
            return plain(value.tolist())
        case Mapping():
            return {str(name): plain(part) for name, part in value.items()}
        case Sequence():
            return [plain(part) for part in value]
        case _:
            raise TypeError(type(value).__name__)


def _print_members(members: Mapping[str, Plain], *, indent: str) -> None:
    for name, value in members.items():
        label = name.replace("_", " ")
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            click.echo(f"{indent}{label}:")
            _print_table([row for row in value if isinstance(row, dict)], indent=indent + "  ")
        elif isinstance(value, dict) and value:
            click.echo(f"{indent}{label}:")
            _print_members(value, indent=indent + "  ")
        else:
            click.echo(f"{indent}{label}: {_cell(value)}")


def _print_table(rows: Sequence[Mapping[str, Plain]], *, indent: str) -> None:
    below = {name for row in rows for name, cell in row.items() if _nested(cell)}
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name not in below]
    if names:
        shown = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
        widths = [max(len(line[column]) for line in shown) for column in range(len(names))]
        numeric = [
            not any(isinstance(row.get(name), str) and row.get(name) for row in rows) for name in names
        ]
        for line in shown:
            cells = [
                text.rjust(width) if right else text.ljust(width)
                for text, width, right in zip(line, widths, numeric, strict=True)
            ]
            click.echo((indent + "  ".join(cells)).rstrip())
    for row in rows:
        for name, cell in row.items():
            if isinstance(cell, list) and _nested(cell):
                click.echo(f"{indent}{_cell(next(iter(row.values())))}, {name.replace('_', ' ')}:")
                _print_table([part for part in cell if isinstance(part, dict)], indent=indent + "  ")


def _nested(cell: Plain) -> bool:
    return isinstance(cell, list) and any(isinstance(part, dict) for part in cell)


def _cell(value: Plain) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.4f}" if value == 0 or 5e-4 <= abs(value) < 1e6 else f"{value:.4g}"
        case list():
            return ", ".join(_cell(part) for part in value) or "-"
        case dict():
            return ", ".join(f"{name} {_cell(part)}" for name, part in value.items()) or "-"
        case _:
            return str(value)
