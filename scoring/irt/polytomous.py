# SPDX-License-Identifier: Apache-2.0
"""Marginal maximum likelihood for items with two or more categories (Bock & Aitkin 1981), with the observed information.

Ability is standard normal and summed on the grid of `irt.quadrature`. Starting values and the estimators with names that
end in "_" live beside each model (`graded`, `partial_credit`, `nominal`); nothing here knows one of them by name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from scoring.errors import StatisticsError
from scoring.irt.category_models import Calibration, Item, complete_information, parameter_scores
from scoring.irt.coding import Coded, Matrix, Vector
from scoring.irt.expectation import expect
from scoring.irt.information import missing_information
from scoring.irt.newton import Evaluation, Optimum, covariance_of, maximise
from scoring.irt.quadrature import Quadrature, normal_grid
from scoring.irt.quasi_newton import climb

DENSE_LIMIT: Final = 40_000_000
"""Numbers in the table of scores (nodes x categories x parameters) up to which the exact information is computed."""


@dataclass(frozen=True, slots=True, eq=False)
class PolytomousFit:
    """A fitted model. `parameters`: P estimates in the order of `calibration.places`.

    `covariance`: P x P or None with a `reason`. `loglik`: natural logarithm of the likelihood; `n`: persons (total weight);
    `decrement`: about twice the log-likelihood that is still missing at the point where the search ended.
    """

    calibration: Calibration
    parameters: Vector
    covariance: Matrix | None
    reason: str | None
    loglik: float
    n: float
    steps: int
    decrement: float
    converged: bool
    quadrature: Quadrature

    @property
    def aic(self) -> float:
        """Akaike's criterion, -2 log-likelihood + 2 parameters."""
        return 2.0 * self.calibration.free - 2.0 * self.loglik

    @property
    def bic(self) -> float:
        """Schwarz' criterion, -2 log-likelihood + log(n) parameters."""
        return float(np.log(self.n)) * self.calibration.free - 2.0 * self.loglik

    def item_covariance(self, item: int) -> Matrix | None:
        """M x M: the covariance of one item's own parameters, None where there is none; fixed parameters have none (zero)."""
        if self.covariance is None:
            return None
        places = self.calibration.places[item]
        block: Matrix = self.covariance[np.ix_(places, places)]
        return block


class CategoryProblem:
    """The log-likelihood of the free parameters of a calibration, given coded responses."""

    def __init__(
        self, data: Coded, shape: Calibration, quadrature: Quadrature, prior: Matrix | None = None
    ) -> None:
        self.data = data
        self.shape = shape
        self.quadrature = quadrature
        self.prior = prior
        self._at = [
            slice(int(start), int(start) + kinds)
            for start, kinds in zip(data.starts, data.categories, strict=True)
        ]

    def items(self, point: Vector) -> tuple[Item, ...]:
        """The items with these parameters; StatisticsError where the parameters are none of the model."""
        return tuple(
            Item(item.name, item.family, point[places])
            for item, places in zip(self.shape.items, self.shape.places, strict=True)
        )

    def evaluate(self, point: Vector, *, curvature: bool) -> Evaluation:
        """See `newton.Problem`; outside the model's parameters the value is minus infinity."""
        try:
            items = self.items(point)
        except StatisticsError:
            return Evaluation(-np.inf, np.zeros_like(point), np.eye(len(point)))
        nodes = self.quadrature.nodes
        now = Calibration(items, self.shape.places, self.shape.free)
        log_prob = now.log_prob(nodes)
        found = expect(self.data, log_prob, self.quadrature)
        gradient = np.zeros(len(point))
        complete = np.zeros((len(point), len(point)))
        scores = [parameter_scores(item, nodes) for item in items]
        for item, at, places, score in zip(items, self._at, self.shape.places, scores, strict=True):
            counts = found.counts[at]
            np.add.at(gradient, places, np.einsum("mkq,kq->m", score, counts))
            np.add.at(complete, np.ix_(places, places), complete_information(item, nodes, counts))
        value = found.loglik
        if self.prior is not None:
            value += log_prior(self.prior, point)
            gradient -= self.prior @ point
            complete += self.prior
        missing = None
        if curvature:
            missing = missing_information(
                self.data, log_prob, self._table(scores, len(point)), self.quadrature
            )
        return Evaluation(value, gradient, complete, missing)

    def _table(self, scores: list[Matrix], free: int) -> Matrix:
        """Q x C x P: every category's scores, in the places of the free parameters."""
        table = np.zeros((len(self.quadrature.nodes), sum(self.data.categories), free))
        for at, places, score in zip(self._at, self.shape.places, scores, strict=True):
            for place, one in zip(places, score, strict=True):
                table[:, at, place] += one.T
        return table


def log_prior(prior: Matrix, point: Vector) -> float:
    """The logarithm of a normal prior around 0 with this precision (P x P), but for its constant."""
    return -0.5 * float(point @ prior @ point)


def fit_categories(
    data: Coded,
    start: Calibration,
    *,
    quadrature: Quadrature | None = None,
    prior: Matrix | None = None,
    limit: int = 500,
) -> PolytomousFit:
    """Maximise the marginal likelihood from `start`, whose places say which parameters are shared.

    `prior`: None for maximum likelihood; else P x P, the precision of a normal prior around 0 (for choices with rare
    options, whose slopes run away). Standard errors come from the observed information (Louis 1982), unless the model is so
    large that it does not fit memory: then there are none, and the reason says so.
    """
    grid = normal_grid() if quadrature is None else quadrature
    problem = CategoryProblem(data, start, grid, prior)
    point = np.zeros(start.free)
    for item, places in zip(start.items, start.places, strict=True):
        point[places] = item.parameters
    affordable = len(grid.nodes) * sum(data.categories) * start.free <= DENSE_LIMIT
    near = climb(problem, point, limit=limit, close=1e-5 if affordable else 1e-10)
    if affordable:
        top = maximise(problem, near.point, limit=limit)
        return _finished(problem, data, top, near.steps + top.steps)
    return _finished(problem, data, near, near.steps)


def mirrored(found: PolytomousFit) -> PolytomousFit:
    """The same model with ability turned round: all slopes change their sign, the likelihood stays."""
    sign = np.ones(len(found.parameters))
    for item, places in zip(found.calibration.items, found.calibration.places, strict=True):
        sign[places[: item.slope_count]] = -1.0
    point = found.parameters * sign
    items = tuple(
        Item(item.name, item.family, point[places])
        for item, places in zip(found.calibration.items, found.calibration.places, strict=True)
    )
    covariance = None if found.covariance is None else found.covariance * np.outer(sign, sign)
    calibration = Calibration(items, found.calibration.places, found.calibration.free)
    return replace(found, calibration=calibration, parameters=point, covariance=covariance)


def _finished(problem: CategoryProblem, data: Coded, top: Optimum, steps: int) -> PolytomousFit:
    covariance: Matrix | None = None
    reason: str | None = "model_too_large"
    if len(top.information):
        covariance = covariance_of(top.information)
        reason = "information_not_positive" if covariance is None else None
    calibration = Calibration(problem.items(top.point), problem.shape.places, problem.shape.free)
    loglik = top.value
    if problem.prior is not None:
        loglik -= log_prior(problem.prior, top.point)
    return PolytomousFit(
        calibration,
        top.point,
        covariance,
        reason,
        loglik,
        data.n,
        steps,
        top.decrement,
        top.converged,
        problem.quadrature,
    )
