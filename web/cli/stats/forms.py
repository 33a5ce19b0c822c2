# SPDX-License-Identifier: Apache-2.0
"""Two forms of a test from files for ``kasauti stats link``: totals and anchor scores. No linking lives here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import click
import numpy as np
from numpy.typing import NDArray

from core.errors import Invalid
from scoring.linking.api import Distribution, Form, Joint, Scale, scale_of
from web.cli.stats.files import MISSING, Grid, numbers, read_grid, read_scores

_TOTALS: Final = frozenset(
    {"raw_score", "scale", "score", "sum", "sum_score", "sumscore", "total", "total_score", "totalscore"}
)


@dataclass(frozen=True, slots=True)
class FormFile:
    """Where a form is read from, and how.

    `total` names a column of total scores; `anchor` the columns in common; `others` columns that are no items.
    """

    path: Path
    ids: str | None
    weights: str | None
    key: Path | None
    total: str | None
    anchor: tuple[str, ...]
    internal: bool
    missing_zero: bool
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class FormScores:
    """Scores of a form, one entry a row that counts.

    `anchors` is None without an anchor; `highest` of total and anchor where the items tell it; `left_out` the persons with a
    missing score; `listed` all totals in the file, with weight or not.
    """

    totals: NDArray[np.float64]
    anchors: NDArray[np.float64] | None
    weights: NDArray[np.float64]
    highest: tuple[float | None, float | None]
    left_out: float
    listed: NDArray[np.float64]
    total_column: str | None


def read_form(file: FormFile) -> FormScores:
    """The totals (and anchor scores) of a form. Raises Invalid (``stats_…``) and StatisticsError as the readers do."""
    grid = read_grid(file.path) if file.key is None else None
    if grid is None:
        return _from_items(file)
    file = replace(file, anchor=_anchors(grid, file.anchor))
    total = file.total or _total_column(grid, file)
    return _from_items(file) if total is None else _from_totals(grid, total, file)


def _anchors(grid: Grid, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names as the file has them; what stands between blanks is a name where the whole is none."""
    if len(names) == 1 and _as_written(grid, names[0]) not in grid.header:
        names = tuple(names[0].split())
    return tuple(_as_written(grid, name) for name in names)


def _as_written(grid: Grid, name: str) -> str:
    """A name as the file has it, where only the case of letters differs."""
    alike = [one for one in grid.header if one.lower() == name.lower()]
    return alike[0] if name not in alike and len(alike) == 1 else name


def _total_column(grid: Grid, file: FormFile) -> str | None:
    """A column that is called a total is one, and so is the only one beside a column of anchor scores; stderr says so.

    With other names, --total tells it.
    """
    named = [name for name in grid.header if name.lower() in _TOTALS and name not in file.anchor]
    if not named and len(file.anchor) == 1:
        taken = {grid.place(name) for name in (file.ids, file.weights, *file.others, *file.anchor) if name}
        rest = [
            place
            for place, name in enumerate(grid.header)
            if place not in taken and name.lower() not in {"", "id"}
        ]
        if len(rest) == 1 and not {row[rest[0]].strip() for row in grid.rows} <= {"0", "1"} | MISSING:
            named = [grid.header[rest[0]]]
    if len(named) == 1:
        click.echo(f"{grid.file}: the column {named[0]} is the total score", err=True)
        return named[0]
    return None


def _from_totals(grid: Grid, total: str, file: FormFile) -> FormScores:
    columns = [total, *file.anchor, *((file.weights,) if file.weights else ())]
    values = numbers(grid, [grid.place(name) for name in columns])
    weights = values[:, -1] if file.weights else np.ones(len(grid.rows))
    if not (weights >= 0).all() or np.isinf(weights).any():
        line = grid.lines[int(np.argmin(weights >= 0))]
        raise Invalid("stats_weight", file=grid.file, line=line, column=file.weights)
    anchors = values[:, 1 : 1 + len(file.anchor)]
    if file.missing_zero:
        anchors = np.nan_to_num(anchors)
    whole = ~np.isnan(values[:, 0]) & ~np.isnan(anchors).any(axis=1)
    kept = whole & (weights > 0)
    return FormScores(
        totals=values[kept, 0],
        anchors=anchors[kept].sum(axis=1) if file.anchor else None,
        weights=weights[kept],
        highest=(None, None),
        left_out=float(weights[~whole].sum()),
        listed=values[whole, 0],
        total_column=total,
    )


def _from_items(file: FormFile) -> FormScores:
    table, _ = read_scores(file.path, ids=file.ids, weights=file.weights, others=file.others, key=file.key)
    anchor = table.columns(file.anchor).scores if file.anchor else None
    chosen = [name for name in table.items if file.internal or name not in file.anchor]
    if not chosen:
        raise Invalid("stats_no_items", file=file.path.name)
    scores = table.columns(chosen).scores
    if file.missing_zero:
        scores = np.nan_to_num(scores)
        anchor = None if anchor is None else np.nan_to_num(anchor)
    whole = ~np.isnan(scores).any(axis=1)
    if anchor is not None:
        whole &= ~np.isnan(anchor).any(axis=1)
    kept = whole & (table.weights > 0)
    totals = scores[kept].sum(axis=1)
    return FormScores(
        totals=totals,
        anchors=None if anchor is None else anchor[kept].sum(axis=1),
        weights=table.weights[kept],
        highest=(_highest(scores), None if anchor is None else _highest(anchor)),
        left_out=float(table.weights[~whole].sum()),
        listed=totals,
        total_column=None,
    )


def _highest(scores: NDArray[np.float64]) -> float:
    """The most that can be had: each item's highest score in the file, at least 1."""
    with_one = np.vstack([scores, np.ones(scores.shape[1])])
    return float(np.nanmax(with_one, axis=0).sum())


def tabulate(
    x: FormScores, y: FormScores, *, scales: tuple[str | None, str | None, str | None]
) -> tuple[Form, Form]:
    """Both forms as frequencies; `scales` are ends such as ``0:40`` of X, Y and the anchor, None to take them from the data."""
    scale_x = _scale(x.listed, x.highest[0], scales[0])
    scale_y = _scale(y.listed, y.highest[0], scales[1])
    if x.anchors is None or y.anchors is None:
        return (
            Distribution.of(x.totals, x.weights, scale_x),
            Distribution.of(y.totals, y.weights, scale_y),
        )
    tops = [top for top in (x.highest[1], y.highest[1]) if top is not None]
    both = np.concatenate([x.anchors, y.anchors])
    scale_v = _scale(both, max(tops) if tops else None, scales[2])
    return (
        Joint.of(x.totals, x.anchors, x.weights, (scale_x, scale_v)),
        Joint.of(y.totals, y.anchors, y.weights, (scale_y, scale_v)),
    )


def _scale(scores: NDArray[np.float64], highest: float | None, ends: str | None) -> Scale:
    if ends is None:
        return scale_of(scores, high=highest)
    low, separator, high = ends.partition(":")
    try:
        if separator:
            return scale_of(scores, low=float(low), high=float(high))
    except ValueError:
        pass
    raise click.UsageError(f"{ends} is not a scale; write it as 0:40.")
