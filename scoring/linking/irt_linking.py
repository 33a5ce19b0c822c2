# SPDX-License-Identifier: Apache-2.0
"""Two calibrations onto one scale of ability by the items that they share, and true scores of one form in those of another.

Methods for observed scores (mean, linear, equipercentile) live beside this module; items are estimated in `scoring.irt`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np

from scoring.errors import StatisticsError
from scoring.irt.category_models import Family, Item, log_probabilities
from scoring.irt.coding import Matrix, Vector
from scoring.irt.quadrature import Quadrature, normal_grid

_FARTHEST = 5.0  # of log A: a scale 150 times wider is no scale of the same ability


class ScaleMethod(StrEnum):
    """How the scales are brought together (Kolen & Brennan 2014, section 6.3).

    `MEAN_MEAN` (Loyd & Hoover 1980): A = mean a of the new form / mean a of the old. `MEAN_GMEAN` (Mislevy & Bock 1990):
    the same with geometric means. `MEAN_SIGMA` (Marco 1977): A = standard deviation of b of the old form / of the new. In
    all three B = mean b old - A mean b new, over all thresholds. `HAEBARA` (1980): the category curves, `STOCKING_LORD`
    (1983): the test curves are as near as can be, in squared distance over the population.
    """

    MEAN_MEAN = "mean-mean"
    MEAN_GMEAN = "mean-gmean"
    MEAN_SIGMA = "mean-sigma"
    HAEBARA = "haebara"
    STOCKING_LORD = "stocking-lord"


@dataclass(frozen=True, slots=True)
class ScaleLink:
    """theta on the old scale = `slope` (A) * theta on the new scale + `intercept` (B), found from `items` shared items.

    `distance`: what the method made smallest (curves only), None for the moment methods.
    """

    method: ScaleMethod
    slope: float
    intercept: float
    items: int
    distance: float | None = None


def link_scales(
    new: Sequence[Item],
    old: Sequence[Item],
    *,
    method: ScaleMethod = ScaleMethod.STOCKING_LORD,
    only: Collection[str] | None = None,
    both_ways: bool = False,
    quadrature: Quadrature | None = None,
) -> ScaleLink:
    """Find A and B from the items that both calibrations name.

    `only`: take no other common items than these.
    `both_ways`: Haebara's and Stocking & Lord's distance also on the new scale, as Haebara (1980) defined it; else only on
    the old. `quadrature`: the population over which curves are compared, standard normal on 61 nodes if None. Errors:
    `no_common_items`; `common_items_differ` (item: another number of categories or another family);
    `nominal_without_difficulty` for a moment method with nominal items; `difficulties_alike` (mean-sigma of items that are
    all equally difficult); `slopes_not_positive` for a mean of slopes that is none; `link_not_found` where the search
    fails.
    """
    pairs = _common(new, old, only)
    first = (
        _moments(pairs, _usable_start(pairs)) if method.startswith(("haebara", "stocking")) else (1.0, 0.0)
    )
    if method in {ScaleMethod.HAEBARA, ScaleMethod.STOCKING_LORD}:
        grid = normal_grid() if quadrature is None else quadrature
        slope, intercept, distance = _nearest(pairs, grid, method, first, both_ways)
        return ScaleLink(method, slope, intercept, len(pairs), distance)
    slope, intercept = _moments(pairs, method)
    return ScaleLink(method, slope, intercept, len(pairs))


def on_old_scale(item: Item, link: ScaleLink) -> Item:
    """The item with its parameters on the old scale: slopes divided by A, intercepts less slope * B / A."""
    return _moved(item, link.slope, link.intercept)


def _common(
    new: Sequence[Item], old: Sequence[Item], only: Collection[str] | None
) -> list[tuple[Item, Item]]:
    known = {item.name: item for item in old if only is None or item.name in only}
    pairs = [(item, known[item.name]) for item in new if item.name in known]
    if not pairs:
        raise StatisticsError("no_common_items", new=len(new), old=len(old))
    for mine, theirs in pairs:
        if mine.family is not theirs.family or mine.categories != theirs.categories:
            raise StatisticsError("common_items_differ", item=mine.name)
    return pairs


def _moved(item: Item, slope: float, intercept: float) -> Item:
    values = item.parameters.copy()
    match item.family:
        case Family.LOGISTIC:
            values[1] -= values[0] * intercept / slope
            values[0] /= slope
        case Family.GRADED:
            values[1:] -= values[0] * intercept / slope
            values[0] /= slope
        case Family.PARTIAL_CREDIT:
            values[1:] -= np.arange(1, len(values)) * values[0] * intercept / slope
            values[0] /= slope
        case Family.NOMINAL:
            steps = item.slope_count
            values[steps:] -= values[:steps] * intercept / slope
            values[:steps] /= slope
        case _:
            assert_never(item.family)
    return Item(item.name, item.family, values)


def difficulties(item: Item) -> Vector:
    """The b of each threshold of a logistic, graded or partial credit item; `slopes_not_positive` for a slope of 0."""
    slope, rest = item.parameters[0], item.parameters[1:]
    if slope == 0:
        raise StatisticsError("slopes_not_positive", item=item.name)
    match item.family:
        case Family.LOGISTIC:
            result = -rest[:1] / slope
        case Family.PARTIAL_CREDIT:
            result = -np.diff(rest, prepend=0.0) / slope
        case _:
            result = -rest / slope
    return np.asarray(result, dtype=np.float64)


def _usable_start(pairs: list[tuple[Item, Item]]) -> ScaleMethod | None:
    """Where a search over curves begins: at mean-mean, unless there are nominal items or slopes that are not positive."""
    usable = all(
        item.family is not Family.NOMINAL and item.parameters[0] > 0 for pair in pairs for item in pair
    )
    return ScaleMethod.MEAN_MEAN if usable else None


def _moments(pairs: list[tuple[Item, Item]], method: ScaleMethod | None) -> tuple[float, float]:
    if method is None:
        return 1.0, 0.0
    for mine, _ in pairs:
        if mine.family is Family.NOMINAL:
            raise StatisticsError("nominal_without_difficulty", item=mine.name)
    new_b = np.concatenate([difficulties(mine) for mine, _ in pairs])
    old_b = np.concatenate([difficulties(theirs) for _, theirs in pairs])
    if method is ScaleMethod.MEAN_SIGMA:
        if new_b.std() < 1e-12 or old_b.std() < 1e-12:
            raise StatisticsError("difficulties_alike", items=len(pairs))
        slope = float(old_b.std() / new_b.std())
    else:
        slope = _slope_ratio(
            np.array([mine.parameters[0] for mine, _ in pairs]),
            np.array([theirs.parameters[0] for _, theirs in pairs]),
            method,
        )
    return slope, float(old_b.mean() - slope * new_b.mean())


def _slope_ratio(new: Vector, old: Vector, method: ScaleMethod) -> float:
    if method is ScaleMethod.MEAN_GMEAN:
        if (new <= 0).any() or (old <= 0).any():
            raise StatisticsError("slopes_not_positive", items=len(new))
        return float(np.exp(np.log(new).mean() - np.log(old).mean()))
    if new.mean() <= 0 or old.mean() <= 0:
        raise StatisticsError("slopes_not_positive", items=len(new))
    return float(new.mean() / old.mean())


def _nearest(
    pairs: list[tuple[Item, Item]],
    grid: Quadrature,
    method: ScaleMethod,
    start: tuple[float, float],
    both_ways: bool,  # noqa: FBT001 -- an inner step of link_scales, where it is named
) -> tuple[float, float, float]:
    root = np.sqrt(grid.weights)
    mine, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    here, there = _table(theirs, grid.nodes, method), _table(mine, grid.nodes, method)

    def gaps(point: Vector) -> Vector:
        slope, intercept = float(np.exp(point[0])), float(point[1])
        forth = (_table([_moved(item, slope, intercept) for item in mine], grid.nodes, method) - here) * root
        if not both_ways:
            return np.asarray(forth.ravel(), dtype=np.float64)
        back = [_moved(item, 1 / slope, -intercept / slope) for item in theirs]
        return np.concatenate((forth.ravel(), ((_table(back, grid.nodes, method) - there) * root).ravel()))

    from scipy.optimize import least_squares

    begin = np.array([np.log(start[0]), start[1]])
    found = least_squares(gaps, begin, method="lm", xtol=1e-14, ftol=1e-14, gtol=1e-14)
    if not found.success or abs(found.x[0]) > _FARTHEST:
        raise StatisticsError("link_not_found", method=method.value)
    return float(np.exp(found.x[0])), float(found.x[1]), float(2 * found.cost)


def _table(items: Sequence[Item], theta: Vector, method: ScaleMethod) -> Matrix:
    """What is compared at each ability.

    Every category's chance (Haebara), or the expected score of the whole (Stocking & Lord).
    """
    chances = [np.exp(log_probabilities(item, theta)) for item in items]
    if method is ScaleMethod.HAEBARA:
        return np.concatenate([one[1:] if len(one) == 2 else one for one in chances])
    return np.asarray(sum(np.arange(len(one)) @ one for one in chances), dtype=np.float64)[None]
