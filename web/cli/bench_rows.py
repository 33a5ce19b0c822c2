# SPDX-License-Identifier: Apache-2.0
"""Figures as the rows of docs/figures.md, to be pasted there. Nothing is measured here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

HEAD = "| Date | `loop_ms` | Figure | Value | Goal |\n|---|---|---|---|---|"


def rows(figures: Sequence[dict[str, Any]], *, loop_ms: float, on: date) -> Iterator[str]:
    """One row for each figure: name, value with its unit and what belongs to it, and whether a goal was met."""
    yield HEAD
    for one in figures:
        value = f"{_short(one['value'])} {one['unit']}" + (f"; {one['note']}" if one["note"] else "")
        cells = (on.isoformat(), f"{loop_ms:.0f}", one["name"].replace("_", " "), value, _goal(one))
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells).rstrip()} |".replace("|  |", "| |")


def _goal(one: dict[str, Any]) -> str:
    if one["goal"] is None:
        return ""
    kind = "≥ " if one["at_least"] else "≤ " if one["goal"] else ""
    return f"{kind}{one['goal']:g}, {'met' if one['met'] else 'missed'}"


def _short(value: float) -> str:
    """Three digits are more than a second run confirms."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
