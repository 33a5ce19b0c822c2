# SPDX-License-Identifier: Apache-2.0
"""Items as curves for ``kasauti stats accuracy``: from a file of parameters, or fitted to the responses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import Invalid
from scoring.certainty.api import CurveKind, ItemCurve
from scoring.errors import StatisticsError
from scoring.tables import ResponseTable
from web.cli.stats.files import Grid, numbers, read_grid

MODELS: Final = ("rasch", "1pl", "2pl", "3pl", "grm", "gpcm", "pcm")
_KINDS: Final = {
    "": CurveKind.GRADED,
    "rasch": CurveKind.GRADED,
    "1pl": CurveKind.GRADED,
    "2pl": CurveKind.GRADED,
    "3pl": CurveKind.GRADED,
    "4pl": CurveKind.GRADED,
    "grm": CurveKind.GRADED,
    "gpcm": CurveKind.PARTIAL_CREDIT,
    "pcm": CurveKind.PARTIAL_CREDIT,
}


@dataclass(frozen=True, slots=True, eq=False)
class FittedForm:
    """A form with known items: `lowest` is the smallest total, which the curves do not count; ability is normal (0, `sd`)."""

    curves: tuple[ItemCurve, ...]
    lowest: int
    sd: float
    scores: NDArray[np.float64] | None
    weights: NDArray[np.float64] | None
    model: str | None

    @property
    def maximum(self) -> int:
        """The largest total, from the lowest up."""
        return self.lowest + sum(curve.maximum for curve in self.curves)


def is_parameter_file(grid: Grid) -> bool:
    """Whether a csv file holds item parameters: it has the columns item and a, and b or d or b1 or d1."""
    names = {name.lower() for name in grid.header}
    return {"item", "a"} <= names and bool(names & {"b", "d", "b1", "d1"})


def read_curves(path: Path, *, scaling: float) -> tuple[ItemCurve, ...]:
    """Items from the columns item, a, b (or b1, b2, …; or intercepts d, d1, … of a theta + d), c, u and model.

    `scaling` multiplies a * (theta - b), and d where intercepts are given: 1.7 where parameters were estimated so. `c` (the
    guess) and `u` (the upper end) may be left out or empty; `model` is 2pl, 3pl, grm, gpcm and the like, and tells only whether
    several difficulties are cumulative (grm, if empty) or of adjacent scores (gpcm, pcm). Raises Invalid
    (``stats_parameters_columns``, ``stats_parameters_model``, ``stats_parameters_row``) beside those of the reader, and
    StatisticsError(`curve_parameters`).
    """
    grid = read_grid(path)
    names = {name.lower(): name for name in grid.header}
    steps = _steps(names, "b") or _steps(names, "d")
    if "item" not in names or "a" not in names or not steps:
        raise Invalid("stats_parameters_columns", file=grid.file)
    intercepts = steps[0].lower().startswith("d")
    values = numbers(grid, [grid.place(names["a"]), *(grid.place(step) for step in steps)])
    ends = [_optional(grid, names, name, default) for name, default in (("c", 0.0), ("u", 1.0))]
    kinds = grid.column(names["model"]) if "model" in names else [""] * len(grid.rows)
    curves = []
    for place, item in enumerate(grid.column(names["item"])):
        kind = _KINDS.get(kinds[place].lower())
        if kind is None:
            raise Invalid(
                "stats_parameters_model", file=grid.file, line=grid.lines[place], model=kinds[place]
            )
        slope, own = values[place, 0], values[place, 1:]
        own = own[~np.isnan(own)]
        if not item or not own.size or not np.isfinite(slope) or slope == 0:
            raise Invalid("stats_parameters_row", file=grid.file, line=grid.lines[place])
        if intercepts:
            own = _difficulties(own, slope, kind)
        curves.append(
            ItemCurve(
                item,
                float(slope) * scaling,
                tuple(own.tolist()),
                guess=float(ends[0][place]),
                upper=float(ends[1][place]),
                kind=kind,
            )
        )
    return tuple(curves)


def fit_form(table: ResponseTable, *, model: str) -> FittedForm:
    """Items estimated from the responses by `scoring.irt`, missing answers left out.

    Raises StatisticsError (`items_without_curve` for items that nothing can be estimated of, `marks_not_consecutive`) beside
    the refusals of the model.
    """
    estimator = _estimator(model)
    estimator.fit(table)
    unfitted = [
        item for item, reason in zip(table.items, estimator.reasons_, strict=True) if reason is not None
    ]
    if unfitted:
        raise StatisticsError("items_without_curve", items=unfitted)
    if model in {"rasch", "1pl", "2pl", "3pl"}:
        lows = np.zeros(len(table.items), dtype=np.int64)
        curves = tuple(
            ItemCurve(name, float(a), (float(b),), guess=float(c))
            for name, a, b, c in zip(
                table.items, estimator.slopes_, estimator.difficulties_, estimator.guessing_, strict=True
            )
        )
    else:
        kind = CurveKind.GRADED if model == "grm" else CurveKind.PARTIAL_CREDIT
        lows = np.array(
            [_lowest(name, table.categories(place)) for place, name in enumerate(table.items)], dtype=np.int64
        )
        curves = tuple(
            ItemCurve(name, float(a), tuple(np.asarray(b).tolist()), kind=kind)
            for name, a, b in zip(table.items, estimator.slopes_, estimator.difficulties_, strict=True)
        )
    sd = float(np.sqrt(estimator.variance_))
    return FittedForm(curves, int(lows.sum()), sd, table.scores - lows, table.weights, model)


def _estimator(model: str) -> Any:
    from scoring.irt import api as irt

    known = {
        "rasch": irt.Rasch,
        "1pl": irt.OnePL,
        "2pl": irt.TwoPL,
        "3pl": irt.ThreePL,
        "grm": irt.GradedResponse,
        "gpcm": irt.GeneralizedPartialCredit,
        "pcm": irt.PartialCredit,
    }
    return known[model]()


def _lowest(item: str, marks: NDArray[np.float64]) -> int:
    """The lowest mark of an item whose marks are whole and without gaps."""
    if not np.array_equal(marks, marks[0] + np.arange(len(marks))) or marks[0] != np.floor(marks[0]):
        raise StatisticsError("marks_not_consecutive", item=item, marks=[float(mark) for mark in marks])
    return int(marks[0])


def _steps(names: dict[str, str], letter: str) -> list[str]:
    if letter in names:
        return [names[letter]]
    found: list[str] = []
    while f"{letter}{len(found) + 1}" in names:
        found.append(names[f"{letter}{len(found) + 1}"])
    return found


def _optional(grid: Grid, names: dict[str, str], name: str, default: float) -> NDArray[np.float64]:
    if name not in names:
        return np.full(len(grid.rows), default)
    values = numbers(grid, [grid.place(names[name])])[:, 0]
    return np.where(np.isnan(values), default, values)


def _difficulties(intercepts: NDArray[np.float64], slope: float, kind: CurveKind) -> NDArray[np.float64]:
    """From intercepts of a theta + d; those of adjacent scores are sums, as R's mirt prints them."""
    if kind is CurveKind.PARTIAL_CREDIT:
        intercepts = np.diff(intercepts, prepend=0.0)
    return -intercepts / slope
