# SPDX-License-Identifier: Apache-2.0
"""Whose decisions are looked at: a normal population (the D method) or the people tested (the P method of Lee 2010).

Abilities from a fitted model live in `scoring.irt`; here are only maximum likelihood estimates for known items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.certainty.curves import ItemCurve, true_scores
from scoring.errors import StatisticsError

REACH: Final = 8.0
_PANEL: Final = 0.5
_PANEL_NODES: Final = 12
_GRID: Final = 161
_HALVINGS: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Abilities:
    """Abilities (t,) and how many people, or what share, each stands for (t,), >= 0 and not all 0."""

    theta: NDArray[np.float64]
    weights: NDArray[np.float64]

    def __post_init__(self) -> None:
        fits = self.theta.shape == self.weights.shape and bool(np.isfinite(self.theta).all())
        if not (fits and (self.weights >= 0).all() and self.weights.sum() > 0):
            raise StatisticsError("abilities_shape")


def normal_population(*, mean: float = 0.0, sd: float = 1.0, breaks: Sequence[float] = ()) -> Abilities:
    """A normal population, integrated exactly (12 digits) although decisions jump at the abilities in `breaks`.

    Gauss-Legendre panels of half a standard deviation within eight of them. Raises StatisticsError(`abilities_shape`) unless
    sd > 0.
    """
    if not sd > 0:
        raise StatisticsError("abilities_shape")
    inside = [(b - mean) / sd for b in breaks if abs((b - mean) / sd) < REACH]
    edges = np.unique([*np.arange(-REACH, REACH + _PANEL / 2, _PANEL), *inside])
    x, weight = np.polynomial.legendre.leggauss(_PANEL_NODES)
    half = np.diff(edges)[:, None] / 2
    z = (edges[:-1, None] + half * (1 + x)).ravel()
    density = (half * weight).ravel() * np.exp(-(z**2) / 2)
    return Abilities(mean + sd * z, density / density.sum())


def normal_points(points: int, *, reach: float = 4.0, mean: float = 0.0, sd: float = 1.0) -> Abilities:
    """Equally spaced points within `reach` standard deviations, weighted by the normal density.

    What cacIRT (`normal.qu`) and irtQ (`gen.weight`) take, for comparison with them. Raises StatisticsError
    (`abilities_shape`) for fewer than 2 points or a reach or sd that is not positive.
    """
    if points < 2 or not (0 < reach < np.inf and sd > 0):
        raise StatisticsError("abilities_shape")
    z = np.linspace(-reach, reach, points)
    density = np.exp(-(z**2) / 2)
    return Abilities(mean + sd * z, density / density.sum())


def people(
    curves: Sequence[ItemCurve],
    scores: NDArray[np.float64],
    *,
    weights: NDArray[np.float64] | None = None,
    bound: float = 4.0,
) -> Abilities:
    """The people tested, at their maximum likelihood abilities within -bound to bound, as cacIRT and irtQ have them.

    `scores` is persons x items in whole scores, NaN where an item was not given. The likelihood is looked at on 161 points
    and its best neighbourhood narrowed down to 12 digits. Raises StatisticsError(`scores_not_of_curve`) naming the item.
    """
    counted = np.ones(len(scores)) if weights is None else weights
    _check_scores(curves, scores)
    grid = np.linspace(-bound, bound, _GRID)
    with np.errstate(divide="ignore"):
        tables = [np.log(curve.chances(grid)) for curve in curves]
    seen = ~np.isnan(scores)
    whole = np.where(seen, scores, 0).astype(np.int64)
    loglik = np.zeros((len(scores), _GRID))
    for place, table in enumerate(tables):
        loglik += np.where(seen[:, place, None], table.T[whole[:, place]], 0.0)
    best = np.argmax(loglik, axis=1)
    low = grid[np.maximum(best - 1, 0)]
    high = grid[np.minimum(best + 1, _GRID - 1)]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        rising = _slope(curves, middle, whole, seen) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return Abilities(np.round((low + high) / 2, 12), counted)


def ability_at(curves: Sequence[ItemCurve], score: float) -> float | None:
    """The ability with this expected total, between -8 and 8; None where the curve does not reach it there.

    The test characteristic curve must rise. Raises StatisticsError(`curve_falls`).
    """
    if any(curve.slope < 0 for curve in curves):
        raise StatisticsError("curve_falls")
    low, high = -REACH, REACH
    ends = true_scores(curves, np.array([low, high]))
    if not ends[0] < score < ends[1]:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if true_scores(curves, np.array([middle]))[0] < score:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _slope(
    curves: Sequence[ItemCurve],
    theta: NDArray[np.float64],
    whole: NDArray[np.int64],
    seen: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """The derivative of each person's log-likelihood at that person's ability."""
    rows = np.arange(len(theta))
    total = np.zeros(len(theta))
    for place, curve in enumerate(curves):
        chances = curve.chances(theta)[rows, whole[:, place]]
        change = curve.slopes(theta)[rows, whole[:, place]]
        total += np.where(seen[:, place], change / np.maximum(chances, 1e-300), 0.0)
    return total


def _check_scores(curves: Sequence[ItemCurve], scores: NDArray[np.float64]) -> None:
    if scores.ndim != 2 or scores.shape[1] != len(curves):
        raise StatisticsError("table_shape", persons=len(scores), items=len(curves), shape=list(scores.shape))
    for place, curve in enumerate(curves):
        given = scores[~np.isnan(scores[:, place]), place]
        if given.size and not np.isin(given, np.arange(curve.maximum + 1)).all():
            raise StatisticsError("scores_not_of_curve", item=curve.name, maximum=curve.maximum)
