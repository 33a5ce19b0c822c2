# SPDX-License-Identifier: Apache-2.0
"""Rasch, 1PL, 2PL and 3PL by marginal maximum likelihood, as estimators with scikit-learn's conventions.

The maximum is found in `binary_fit`. Files and texts do not live here.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from scoring.estimator import Estimator, UnsuitableData, as_weights
from scoring.irt import suitability
from scoring.irt.abilities import Abilities, Method, abilities
from scoring.irt.binary_fit import (
    STEEPEST,
    Errors,
    Solution,
    difficulties,
    errors_of,
    refined,
    solve_guessing,
    solve_logistic,
)
from scoring.irt.coding import Coded, Matrix, Vector, coded
from scoring.irt.curves import BinaryCurves
from scoring.irt.expectation import posteriors
from scoring.irt.guessing import Prior
from scoring.irt.quadrature import POINTS, REACH, Quadrature, normal_grid


class BinaryModel(Estimator):
    """Base of the models for right (1), wrong (0) and missing (NaN).

    Ability is normal with mean 0 and, but for `Rasch`, variance 1. A missing response says nothing (missing by design,
    or at random).

    Settings: `points` and `reach`: the grid of abilities (evenly spaced, in standard deviations); it is refined by
    itself where a posterior is too narrow for it. `max_iter`: most steps of the climb. `fewest_persons`: refuse fewer
    persons; None is the model's own number.

    After `fit`, a number for each of I items, NaN where `reasons_` names a reason: `slopes_` a, `intercepts_` d,
    `difficulties_` b = -d / a, `guessing_` c with P = c + (1 - c) / (1 + exp(-(a theta + d))); their standard errors
    `slope_errors_`, `intercept_errors_`, `difficulty_errors_`, `guessing_errors_` from the observed information of the
    marginal likelihood (Louis, 1982; what R's mirt computes by Oakes' identity), NaN where there are none, with
    `error_reason_`. `reasons_`: I codes or None. `cautions_`: codes about the whole. `used_`: I, which items were
    estimated; `curves_`: of those. `loglik_`, `aic_`, `bic_` (n = persons), `n_parameters_`, `n_persons_` (total
    weight), `variance_` of ability and `variance_error_`. `n_iter_`, `converged_`, `decrement_` (about twice the
    log-likelihood still to be had), `covariance_`, `quadrature_`.
    """

    demands = suitability.TWO_PARAMETERS

    def __init__(
        self,
        *,
        points: int = POINTS,
        reach: float = REACH,
        max_iter: int = 500,
        fewest_persons: int | None = None,
    ) -> None:
        self.points = points
        self.reach = reach
        self.max_iter = max_iter
        self.fewest_persons = fewest_persons

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803 -- scikit-learn's name
        """Estimate the items from N persons x I items of 0, 1 or NaN (array, data frame, ResponseTable).

        `sample_weight`: N frequencies >= 0. `y` is not looked at.

        Errors: those of `estimator.as_matrix`, `estimator.as_weights`, `suitability.examine`,
        `quadrature.normal_grid`; `setting_unusable`.
        """
        if not self.max_iter >= 1:
            raise UnsuitableData("setting_unusable", setting="max_iter", value=self.max_iter)
        grid = normal_grid(self.points, self.reach)
        matrix = self._learn_columns(X)
        weights = as_weights(X, sample_weight, len(matrix))
        heavy = weights > 0
        if not heavy.all():
            matrix, weights = matrix[heavy], weights[heavy]
        fitness = suitability.examine(matrix, weights, self.demands, fewest=self.fewest_persons)
        self.used_, self.reasons_, self.cautions_ = fitness.used, fitness.reasons, fitness.cautions
        whole = matrix if fitness.used.all() else matrix[:, fitness.used]
        data = coded(whole, (2,) * whole.shape[1], weights)
        self.n_persons_ = fitness.persons
        self._tell(refined(self._solve, data, grid))
        return self

    def _solve(self, data: Coded, grid: Quadrature, start: Solution | None) -> Solution:
        return solve_logistic(data, grid, start, common=False, limit=self.max_iter)

    def _tell(self, found: Solution) -> None:
        """The estimates under their names."""
        self.curves_, self.quadrature_ = found.curves, found.grid
        self.n_iter_, self.converged_, self.decrement_ = (
            found.top.steps,
            found.top.converged,
            found.top.decrement,
        )
        self.covariance_ = found.covariance
        self.error_reason_ = "information_not_positive" if found.covariance is None else None
        self.loglik_, self.n_parameters_ = found.loglik, found.parameters
        self.aic_ = 2.0 * found.parameters - 2.0 * found.loglik
        self.bic_ = float(np.log(self.n_persons_)) * found.parameters - 2.0 * found.loglik
        self.variance_: float = 1.0
        self.variance_error_: float | None = None
        self._tell_items(found, errors_of(found))

    def _tell_items(self, found: Solution, errors: Errors) -> None:
        endless = np.abs(found.curves.slopes) > STEEPEST
        which = np.flatnonzero(self.used_)
        steep = set(which[endless].tolist())
        self.reasons_ = tuple(
            "slope_without_end" if place in steep else reason for place, reason in enumerate(self.reasons_)
        )
        b = difficulties(found.curves)
        self.slopes_, self.slope_errors_ = self._all(found.curves.slopes), self._all(errors.slopes)
        self.intercepts_, self.intercept_errors_ = (
            self._all(found.curves.intercepts),
            self._all(errors.intercepts),
        )
        self.difficulties_, self.difficulty_errors_ = self._all(b), self._all(errors.difficulties)
        self.guessing_, self.guessing_errors_ = self._all(found.curves.guessing), self._all(errors.guessing)

    def _all(self, values: Vector) -> Vector:
        """Numbers of the used items as numbers of all items."""
        whole = np.full(len(self.used_), np.nan)
        whole[self.used_] = values
        whole[[reason is not None for reason in self.reasons_]] = np.nan
        return whole

    def abilities(self, X: Any, *, method: Method | str = Method.EAP) -> Abilities:  # noqa: N803
        """The ability of each of N persons (0, 1, NaN on the items of `fit`), on the scale of the difficulties.

        Errors: `model_not_fitted`, `items_differ_from_fit`, `setting_unusable` for an unknown method, and those of
        `abilities.abilities`.
        """
        if method not in set(Method):
            raise UnsuitableData("setting_unusable", setting="method", value=str(method))
        chosen = self._known_columns(X)[:, self.used_]
        sd = float(np.sqrt(self.variance_))
        return abilities(self.curves_, chosen, method=Method(method), sd=sd, quadrature=self.quadrature_)

    def transform(self, X: Any) -> Matrix:  # noqa: N803
        """N x 1: the EAP ability of each person."""
        return self.abilities(X).theta[:, None]

    def fit_transform(self, X: Any, y: Any = None, sample_weight: Any = None) -> Matrix:  # noqa: N803
        """`fit`, then `transform` of the same persons."""
        return self.fit(X, y, sample_weight).transform(X)

    def score_samples(self, X: Any) -> Vector:  # noqa: N803
        """N: the log of the probability of each person's responses to the items that were estimated."""
        data = coded(self._known_columns(X)[:, self.used_], self.curves_.categories)
        tables = self.curves_.log_prob(float(np.sqrt(self.variance_)) * self.quadrature_.nodes)
        found = np.concatenate([one.loglik for one in posteriors(data, tables, self.quadrature_)])
        return np.asarray(found[data.row_of])

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:  # noqa: N803
        """The mean of `score_samples`, as scikit-learn's density models give it."""
        each = self.score_samples(X)
        weights = as_weights(X, sample_weight, len(each))
        return float(weights @ each / weights.sum())


class TwoPL(BinaryModel):
    """A slope and a difficulty for every item, ability standard normal (Birnbaum, 1968)."""


class OnePL(BinaryModel):
    """One slope for all items, ability standard normal (the `rasch` of R's ltm without a constraint)."""

    demands = suitability.RASCH

    def _solve(self, data: Coded, grid: Quadrature, start: Solution | None) -> Solution:
        return solve_logistic(data, grid, start, common=True, limit=self.max_iter)


class Rasch(OnePL):
    """Slope 1 for all items, mean of ability 0, its variance estimated (`itemtype = "Rasch"` of R's mirt; R's TAM).

    The same likelihood as `OnePL`: its slope is this model's standard deviation. `variance_` has the variance,
    `variance_error_` its standard error (None where the variance is 0, so that it stands at its bound).
    """

    def _tell(self, found: Solution) -> None:
        super()._tell(found)
        sd = float(found.curves.slopes[0])
        self.variance_ = sd**2
        if found.covariance is not None and sd > 1e-6:
            self.variance_error_ = 2 * sd * float(np.sqrt(found.covariance[0, 0]))
        known = np.array([reason is None for reason in self.reasons_])
        self.slopes_ = np.where(known, 1.0, np.nan)
        self.slope_errors_ = np.full(len(known), np.nan)  # fixed, not estimated
        self.difficulties_, self.difficulty_errors_ = -self.intercepts_, self.intercept_errors_
        ones = np.ones_like(found.curves.slopes)
        self.curves_ = BinaryCurves(ones, found.curves.intercepts, found.curves.guessing)


class ThreePL(BinaryModel):
    """2PL with a guessing share c for every item (Birnbaum, 1968).

    `prior`: None for maximum likelihood, or a `NormalPrior` on logit(c) or a `BetaPrior` on c; `loglik_` is without
    the prior. Where the likelihood rises as c falls to 0, c is 0 and has no standard error: such items stand in
    `guessing_at_zero_` (I, True or False).
    """

    demands = suitability.THREE_PARAMETERS

    def __init__(
        self,
        *,
        prior: Prior | None = None,
        points: int = POINTS,
        reach: float = REACH,
        max_iter: int = 500,
        fewest_persons: int | None = None,
    ) -> None:
        super().__init__(points=points, reach=reach, max_iter=max_iter, fewest_persons=fewest_persons)
        self.prior = prior

    def _solve(self, data: Coded, grid: Quadrature, start: Solution | None) -> Solution:
        return solve_guessing(data, grid, start, prior=self.prior, limit=self.max_iter)

    def _tell(self, found: Solution) -> None:
        super()._tell(found)
        self.guessing_at_zero_ = np.zeros(len(self.used_), dtype=bool)
        self.guessing_at_zero_[self.used_] = found.guess_at < 0
