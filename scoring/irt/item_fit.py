# SPDX-License-Identifier: Apache-2.0
"""Does each item fit? S-X2 by sum scores (Orlando & Thissen 2000; Kang & Chen 2008), infit and outfit (Wright & Masters 1982).

The whole model is tested in `overall_fit`, pairs of items in `local_dependence`, persons in `person_fit`. Joining cells
that are too small for a chi-squared test is in `sparse_cells`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.irt.category_models import Calibration, Item, curves
from scoring.irt.coding import Matrix, Vector
from scoring.irt.overall_fit import rmsea
from scoring.irt.quadrature import Quadrature, normal_grid
from scoring.irt.sparse_cells import joined
from scoring.irt.sum_scores import category_chances, score_chances, without_each


@dataclass(frozen=True, slots=True)
class SumScoreFit:
    """S-X2 of one item; all None with a `reason`: `no_complete_rows`, `too_few_degrees_of_freedom`."""

    item: str
    statistic: float | None = None
    df: int | None = None
    p: float | None = None
    rmsea: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ItemMeanSquares:
    """Infit and outfit of one item, 1 where it fits, with their Wilson-Hilferty z; None with a `reason` (`no_responses`)."""

    item: str
    outfit: float | None = None
    outfit_z: float | None = None
    infit: float | None = None
    infit_z: float | None = None
    reason: str | None = None


def sum_score_fit(
    calibration: Calibration,
    codes: Matrix,
    weights: Vector,
    *,
    least: float = 1.0,
    quadrature: Quadrature | None = None,
) -> tuple[SumScoreFit, ...]:
    """S-X2 of every item with the persons who have every item.

    `codes`: N x I category numbers, NaN = missing; `weights`: N; `least`: the smallest expected frequency of a cell.
    Degrees of freedom: cells less rows less the item's estimated parameters, a shared slope counting for every item, as
    `itemfit` in R's mirt.
    """
    whole = ~np.isnan(codes).any(axis=1) & (weights > 0)
    if not whole.any():
        return tuple(SumScoreFit(name, reason="no_complete_rows") for name in calibration.names)
    grid = normal_grid(121) if quadrature is None else quadrature
    scores = codes[whole].astype(np.intp)
    frequency = weights[whole]
    n = float(frequency.sum())
    sums = scores.sum(axis=1)
    chances = category_chances(calibration, grid.nodes)
    overall = score_chances(chances, len(grid.nodes)) @ grid.weights
    result: list[SumScoreFit | None] = [None] * len(chances)
    for item, rest in without_each(chances, len(grid.nodes)):
        kinds = len(chances[item])
        observed = np.zeros((len(overall), kinds))
        np.add.at(observed, (sums, scores[:, item]), frequency)
        expected = _expected(chances[item], rest, overall, grid) * observed.sum(axis=1)[:, None]
        estimated = int((calibration.places[item] >= 0).sum())
        cells = joined(observed[1:-1], expected[1:-1], least)
        result[item] = _tested(calibration.names[item], *cells, estimated=estimated, n=n)
    return tuple(one for one in result if one is not None)


def _expected(item: Matrix, rest: Matrix, overall: Vector, grid: Quadrature) -> Matrix:
    """S x K: the chance of each category of the item among those with each sum score (Orlando & Thissen 2000, eq. 3)."""
    result = np.zeros((len(overall), len(item)))
    for category, chance in enumerate(item):
        result[category : category + len(rest), category] = (rest * chance) @ grid.weights
    result /= overall[:, None]
    return result


def _tested(name: str, observed: Matrix, expected: Matrix, *, estimated: int, n: float) -> SumScoreFit:
    cells = expected > 0
    df = int(cells.sum()) - len(expected) - estimated
    if df < 1:
        return SumScoreFit(name, df=max(df, 0), reason="too_few_degrees_of_freedom")
    from scipy.stats import chi2

    statistic = float(((observed[cells] - expected[cells]) ** 2 / expected[cells]).sum())
    return SumScoreFit(name, statistic, df, float(chi2.sf(statistic, df)), rmsea(statistic, df, n))


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Persons x items, NaN where there is no response.

    Observed less expected category number, its variance, its fourth moment.
    """

    residual: Matrix
    variance: Matrix
    fourth: Matrix


LEAST_VARIANCE = float(np.sqrt(1e-5))
"""Variances are not taken smaller (as R's mirt): a response that is all but certain must not rule the outfit alone."""


def residuals(calibration: Calibration, codes: Matrix, theta: Vector) -> Residuals:
    """Residuals of the category numbers at the persons' abilities `theta` (N, finite)."""
    shape = codes.shape
    result = Residuals(np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan))
    for place, item in enumerate(calibration.items):
        seen = ~np.isnan(codes[:, place])
        expected, variance, fourth = _moments(item, theta[seen])
        result.residual[seen, place] = codes[seen, place] - expected
        result.variance[seen, place] = np.maximum(variance, LEAST_VARIANCE)
        result.fourth[seen, place] = fourth
    return result


def _moments(item: Item, theta: Vector) -> tuple[Vector, Vector, Vector]:
    chance = curves(item, theta).probability
    numbers = np.arange(len(chance), dtype=np.float64)
    expected = numbers @ chance
    away = numbers[:, None] - expected
    return expected, (away**2 * chance).sum(axis=0), (away**4 * chance).sum(axis=0)


def mean_squares(found: Residuals, weights: Vector, axis: int) -> tuple[Vector, Vector, Vector, Vector]:
    """Outfit, its z, infit, its z over persons (axis 0, `weights` N) or over items (axis 1); NaN where there is no response.

    Outfit is the mean of squared standardised residuals, infit the same weighted by the variance; z is the cube-root
    transformation with the model's standard deviation of the mean square (Wright & Masters 1982, p. 101), which is not
    taken above sqrt(2) (as R's mirt).
    """
    seen = ~np.isnan(found.residual)
    weight = np.where(seen, weights[:, None] if axis == 0 else 1.0, 0.0)
    residual, fourth = np.where(seen, found.residual, 0.0), np.where(seen, found.fourth, 0.0)
    variance = np.where(seen, found.variance, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        count = weight.sum(axis=axis)
        outfit = (weight * residual**2 / variance).sum(axis=axis) / count
        spread = np.sqrt(np.maximum((weight * (fourth / variance**2 - seen)).sum(axis=axis), 0.0)) / count
        information = (weight * variance * seen).sum(axis=axis)
        infit = (weight * residual**2).sum(axis=axis) / information
        narrow = (
            np.sqrt(np.maximum((weight * (fourth - variance**2 * seen)).sum(axis=axis), 0.0)) / information
        )
        return outfit, _cube_root_z(outfit, spread), infit, _cube_root_z(infit, narrow)


def _cube_root_z(mean_square: Vector, spread: Vector) -> Vector:
    spread = np.minimum(spread, np.sqrt(2.0))
    return np.asarray((np.cbrt(mean_square) - 1.0) * 3.0 / spread + spread / 3.0, dtype=np.float64)


def item_mean_squares(
    calibration: Calibration, codes: Matrix, weights: Vector, theta: Vector
) -> tuple[ItemMeanSquares, ...]:
    """Infit and outfit of every item at the persons' abilities `theta` (N).

    Infinite abilities are drawn in, as R's mirt does.
    """
    found = residuals(calibration, codes, drawn_in(theta))
    outfit, outfit_z, infit, infit_z = mean_squares(found, weights, 0)
    answered = (~np.isnan(codes) * weights[:, None]).sum(axis=0) > 0
    return tuple(
        ItemMeanSquares(
            name, float(outfit[place]), float(outfit_z[place]), float(infit[place]), float(infit_z[place])
        )
        if answered[place]
        else ItemMeanSquares(name, reason="no_responses")
        for place, name in enumerate(calibration.names)
    )


def drawn_in(theta: Vector) -> Vector:
    """Abilities of minus or plus infinity (all answers lowest or highest) put 0.1 outside the finite ones; no ability: 0."""
    finite = np.isfinite(theta)
    low, high = (float(theta[finite].min()), float(theta[finite].max())) if finite.any() else (0.0, 0.0)
    result = np.where(np.isnan(theta), 0.0, theta)
    result[theta == -np.inf] = low - 0.1
    result[theta == np.inf] = high + 0.1
    return np.asarray(result, dtype=np.float64)
