# SPDX-License-Identifier: Apache-2.0
"""The nominal response model (Bock 1972) for options without a known order. Estimation itself is in `polytomous`."""

from __future__ import annotations

import numpy as np

from scoring.estimator import UnsuitableData
from scoring.irt.categories import FEWEST_PERSONS, Categories
from scoring.irt.category_models import Calibration, Family, Item, own_parameters
from scoring.irt.coding import Coded, Matrix, Vector
from scoring.irt.polytomous import PolytomousFit, fit_categories
from scoring.irt.polytomous_estimator import ItemReport, PolytomousModel, category_shares, derived, endless
from scoring.irt.quadrature import POINTS, REACH, Quadrature


class NominalResponse(PolytomousModel):
    """P(k) proportional to exp(sk theta + dk).

    As R's mirt prints it (`itemtype = "nominal"`): `slopes_` a1, `intercepts_` d1, d2, … with d0 = 0, and in
    `items_[i].extra` "scoring" (ak: the lowest category's is 0, the highest's is categories - 1; sk = a1 ak). As Bock
    (1972, p. 31) wrote it and mirt's `IRTpars = TRUE` prints it, both adding to 0 over the categories: `extra`
    "bock_slopes" (a) and "bock_intercepts" (c). The highest category is taken to be the best one, which fixes the direction
    of ability: a1 is positive on average.

    `prior_sd`: None for maximum likelihood; else the standard deviation of a normal prior around 0 on Bock's slopes
    (options that hardly anybody chose have no finite estimate without one).
    """

    def __init__(
        self,
        *,
        prior_sd: float | None = None,
        points: int = POINTS,
        reach: float = REACH,
        max_iter: int = 500,
        fewest_persons: int = FEWEST_PERSONS,
    ) -> None:
        super().__init__(points=points, reach=reach, max_iter=max_iter, fewest_persons=fewest_persons)
        self.prior_sd = prior_sd

    def _search(self, data: Coded, start: Calibration, grid: Quadrature) -> PolytomousFit:
        prior = None if self.prior_sd is None else _slope_prior(start, float(self.prior_sd))
        return fit_categories(data, start, quadrature=grid, prior=prior, limit=self.max_iter)

    def _backwards(self, calibration: Calibration) -> bool:
        return sum(float(item.parameters[item.categories - 2]) for item in calibration.items) < 0

    def _start(self, categories: Categories) -> Calibration:
        standing = _standing(categories)
        items = []
        for place, name in enumerate(categories.names):
            share = category_shares(categories, place)
            codes = categories.codes[:, place]
            level = np.array(
                [
                    np.average(standing[codes == number], weights=categories.weights[codes == number])
                    for number in range(len(share))
                ]
            )
            values = np.concatenate((1.5 * (level[1:] - level[0]), np.log(share[1:] / share[0])))
            items.append(Item(name, Family.NOMINAL, values))
        return own_parameters(items)

    def _report(self, item: Item, labels: tuple[str, ...], covariance: Matrix | None) -> ItemReport:
        steps = len(labels) - 1
        slopes, intercepts = item.parameters[:steps], item.parameters[steps:]
        own = np.eye(2 * steps)
        overall = slopes[-1] / steps
        with np.errstate(divide="ignore", invalid="ignore"):
            scoring = slopes / overall
            back = own[:steps] / overall - np.outer(slopes / overall**2, own[steps - 1] / steps)
        centre = _centring(steps)
        left = np.hstack((centre, np.zeros_like(centre)))
        right = np.hstack((np.zeros_like(centre), centre))
        return ItemReport(
            item.name,
            labels,
            derived(np.array([overall]), own[steps - 1 : steps] / steps, covariance),
            None,
            derived(intercepts, own[steps:], covariance),
            {
                "scoring": derived(scoring, np.nan_to_num(back), covariance),
                "bock_slopes": derived(left @ item.parameters, left, covariance),
                "bock_intercepts": derived(right @ item.parameters, right, covariance),
            },
            endless(slopes),
        )


def _centring(steps: int) -> Matrix:
    """K x S: from parameters with the first category at 0 to parameters that add to 0."""
    return np.vstack((np.zeros(steps), np.eye(steps))) - 1.0 / (steps + 1)


def _slope_prior(shape: Calibration, spread: float) -> Matrix:
    """P x P: the precision of independent normal priors on the slopes that add to 0."""
    if not 0 < spread < np.inf:
        raise UnsuitableData("prior_unusable", mean=0.0, sd=spread)
    result = np.zeros((shape.free, shape.free))
    for item, places in zip(shape.items, shape.places, strict=True):
        centre = _centring(item.categories - 1)
        own = places[: item.categories - 1]
        result[np.ix_(own, own)] = centre.T @ centre / spread**2
    return result


def _standing(categories: Categories) -> Vector:
    """A first guess of each person's ability: the mean of category / (categories - 1), standardised."""
    tops = np.subtract(categories.counts, 1)
    seen = ~np.isnan(categories.codes)
    part = np.where(seen, categories.codes / tops, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    mean = np.average(part, weights=categories.weights)
    spread = np.sqrt(np.average((part - mean) ** 2, weights=categories.weights))
    return np.asarray((part - mean) / max(float(spread), 1e-9), dtype=np.float64)
