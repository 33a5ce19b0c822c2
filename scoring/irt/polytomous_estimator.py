# SPDX-License-Identifier: Apache-2.0
"""What the estimators of polytomous models have in common: settings, `fit`, abilities, and how a fitted item is reported.

The models themselves (starting values, difficulties from intercepts) are in `graded`, `partial_credit` and `nominal`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from scoring.estimator import Estimator, UnsuitableData, as_weights
from scoring.irt.abilities import Abilities, Method, abilities
from scoring.irt.categories import FEWEST_PERSONS, Categories, codes_for, ordered_categories
from scoring.irt.category_models import Calibration, Item
from scoring.irt.coding import Coded, Matrix, Vector, coded
from scoring.irt.curves import CalibratedCurves, test_information
from scoring.irt.expectation import posteriors
from scoring.irt.polytomous import PolytomousFit, fit_categories, mirrored
from scoring.irt.quadrature import POINTS, REACH, Quadrature, normal_grid

STEEPEST = 15.0
"""A slope beyond this is no estimate: the likelihood rises as the curve becomes a step."""
_NARROW = 0.7  # a posterior narrower than this many spacings asks for a finer grid
_FINEST = 481


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Numbers with their standard errors; `errors` is None where the information gave none."""

    values: Vector
    errors: Vector | None


@dataclass(frozen=True, slots=True, eq=False)
class ItemReport:
    """A fitted item in the names of the literature.

    `slope`: a (one number). `difficulties`: b1, b2, … on the ability scale; None for a nominal item, which has none.
    `intercepts`: d1, d2, … of a theta + d. `labels`: the mark or option of each category. `extra`: other forms of the same
    item by name. `reason`: `slope_without_end` where the numbers are none.
    """

    name: str
    labels: tuple[str, ...]
    slope: Estimates
    difficulties: Estimates | None
    intercepts: Estimates
    extra: dict[str, Estimates] = field(default_factory=dict)
    reason: str | None = None


def derived(values: Vector, jacobian: Matrix, covariance: Matrix | None) -> Estimates:
    """`values` (V) computed from parameters with this `covariance` (M x M or None), `jacobian` V x M.

    Errors by the delta method.
    """
    if covariance is None:
        return Estimates(values, None)
    spread = np.einsum("vm,mn,vn->v", jacobian, covariance, jacobian)
    return Estimates(values, np.sqrt(np.maximum(spread, 0.0)))


def endless(parameters: Vector) -> str | None:
    """`slope_without_end` where an item's slopes (`parameters`) are beyond any estimate."""
    return "slope_without_end" if np.abs(parameters).max() > STEEPEST else None


def category_shares(categories: Categories, item: int) -> Vector:
    """The share of each category of a used item among the persons who answered it; all above 0."""
    codes = categories.codes[:, item]
    seen = ~np.isnan(codes)
    counts = np.bincount(
        codes[seen].astype(np.intp), weights=categories.weights[seen], minlength=len(categories.labels[item])
    )
    return np.asarray(counts / counts.sum(), dtype=np.float64)


class PolytomousModel(Estimator):
    """Base of the polytomous estimators: marginal maximum likelihood with a normal ability.

    `points`, `reach`: the grid of abilities (evenly spaced, in standard deviations), refined by itself where the items are
    so informative that a posterior would fall between its nodes. `max_iter`: most steps of the search. `fewest_persons`:
    below it `fit` refuses.

    After `fit`, `used_` and `reasons_` say of all items which were estimated; of those there are: `items_` (an `ItemReport`
    each), `slopes_`, `intercepts_` and `difficulties_` (a vector an item), `categories_` (the marks behind the category
    numbers), `calibration_` (for tests of fit) and `curves_`. Of the whole: `loglik_`, `aic_`, `bic_`, `n_parameters_`,
    `n_persons_` (total weight), `variance_` of ability and `variance_error_`, `n_iter_`, `converged_`, `decrement_`,
    `cautions_`, `quadrature_`, and `fit_` (everything, with the covariance of the estimates and the reason if there is
    none).
    """

    def __init__(
        self,
        *,
        points: int = POINTS,
        reach: float = REACH,
        max_iter: int = 500,
        fewest_persons: int = FEWEST_PERSONS,
    ) -> None:
        self.points = points
        self.reach = reach
        self.max_iter = max_iter
        self.fewest_persons = fewest_persons

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803 -- scikit-learn's name
        """Estimate the items from persons x items of marks (NaN = missing); `sample_weight`: a frequency per person.

        Errors: those of `estimator.as_matrix`, `estimator.as_weights` and `categories.ordered_categories`.
        """
        matrix = self._learn_columns(X)
        weights = as_weights(X, sample_weight, len(matrix))
        known = getattr(self, "feature_names_in_", None)
        names = (
            tuple(known) if known is not None else tuple(str(place + 1) for place in range(matrix.shape[1]))
        )
        return self._estimate(ordered_categories(matrix, names, weights, fewest=self.fewest_persons))

    def fit_categories(self, categories: Categories) -> Self:
        """Estimate the items from responses that are coded already, as by `categories.keyed_categories`."""
        self.n_features_in_ = len(categories.used)
        return self._estimate(categories)

    def _estimate(self, categories: Categories) -> Self:
        if not self.max_iter >= 1:
            raise UnsuitableData("setting_unusable", setting="max_iter", value=self.max_iter)
        data = coded(categories.codes, categories.counts, categories.weights)
        found = self._refined(data, self._start(categories))
        self.fit_ = mirrored(found) if self._backwards(found.calibration) else found
        self.calibration_, self.quadrature_ = self.fit_.calibration, self.fit_.quadrature
        self.curves_ = CalibratedCurves(self.calibration_)
        self.used_, self.reasons_, self.cautions_ = categories.used, categories.reasons, categories.cautions
        self.categories_ = categories.labels
        self.loglik_, self.aic_, self.bic_ = self.fit_.loglik, self.fit_.aic, self.fit_.bic
        self.n_parameters_, self.n_persons_ = self.calibration_.free, self.fit_.n
        self.n_iter_, self.converged_, self.decrement_ = (
            self.fit_.steps,
            self.fit_.converged,
            self.fit_.decrement,
        )
        self._scale()
        self.items_ = tuple(
            self._report(item, labels, self.fit_.item_covariance(place))
            for place, (item, labels) in enumerate(
                zip(self.calibration_.items, categories.labels, strict=True)
            )
        )
        self.slopes_ = np.array([float(item.slope.values[0]) for item in self.items_])
        self.intercepts_ = tuple(item.intercepts.values for item in self.items_)
        self.difficulties_ = tuple(
            None if item.difficulties is None else item.difficulties.values for item in self.items_
        )
        return self

    def _refined(self, data: Coded, start: Calibration) -> PolytomousFit:
        grid = normal_grid(self.points, self.reach)
        found = self._search(data, start, grid)
        while len(grid.nodes) < _FINEST and _too_coarse(found.calibration, grid):
            grid = normal_grid(2 * len(grid.nodes) - 1, self.reach)
            found = self._search(data, found.calibration, grid)
        return found

    def _search(self, data: Coded, start: Calibration, grid: Quadrature) -> PolytomousFit:
        return fit_categories(data, start, quadrature=grid, limit=self.max_iter)

    variance_: float
    variance_error_: float | None

    def _scale(self) -> None:
        self.variance_, self.variance_error_ = 1.0, None

    def _backwards(self, calibration: Calibration) -> bool:
        """Whether ability points to the lower marks in most: the mirror image has the same likelihood."""
        return sum(float(item.parameters[0]) for item in calibration.items) < 0

    def _start(self, categories: Categories) -> Calibration:
        raise NotImplementedError

    def _report(self, item: Item, labels: tuple[str, ...], covariance: Matrix | None) -> ItemReport:
        raise NotImplementedError

    def codes(self, X: Any) -> Matrix:  # noqa: N803
        """N x U: the category numbers of persons' marks on the items that were estimated.

        Errors: `items_differ_from_fit`, `model_not_fitted`, `mark_without_category`.
        """
        matrix = self._known_columns(X)
        return codes_for(self.categories_, matrix[:, self.used_])

    def abilities(self, X: Any, *, method: Method | str = Method.EAP) -> Abilities:  # noqa: N803
        """The ability of each of N persons on the scale of the difficulties (standard normal, but for `PartialCredit`).

        Errors: those of `codes`, `setting_unusable` for an unknown method.
        """
        if method not in set(Method):
            raise UnsuitableData("setting_unusable", setting="method", value=str(method))
        codes = self.codes(X)
        found = abilities(self.curves_, codes, method=Method(method), quadrature=self.quadrature_)
        sd = float(np.sqrt(self.variance_))
        return Abilities(found.method, found.theta * sd, found.se * sd, found.reasons)

    def transform(self, X: Any) -> Matrix:  # noqa: N803
        """N x 1: the EAP ability of each person."""
        return self.abilities(X).theta[:, None]

    def fit_transform(self, X: Any, y: Any = None, sample_weight: Any = None) -> Matrix:  # noqa: N803
        """`fit`, then `transform` of the same persons."""
        return self.fit(X, y, sample_weight).transform(X)

    def score_samples(self, X: Any) -> Vector:  # noqa: N803
        """N: the log of the probability of each person's responses to the items that were estimated."""
        codes = self.codes(X)
        data = coded(codes, self.curves_.categories)
        tables = self.curves_.log_prob(self.quadrature_.nodes)
        found = np.concatenate([one.loglik for one in posteriors(data, tables, self.quadrature_)])
        return np.asarray(found[data.row_of], dtype=np.float64)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:  # noqa: N803
        """The mean of `score_samples`, as scikit-learn's density models give it."""
        each = self.score_samples(X)
        weights = as_weights(X, sample_weight, len(each))
        return float(weights @ each / weights.sum())


def _too_coarse(calibration: Calibration, grid: Quadrature) -> bool:
    """Whether somewhere near the middle the posterior of a person with all items is narrower than the grid can show."""
    if any(endless(item.parameters[:1]) for item in calibration.items):
        return False
    near = np.linspace(-3.0, 3.0, 121)
    sharpest = float(test_information(CalibratedCurves(calibration), near).max())
    return bool(1.0 / np.sqrt(1.0 + sharpest) < _NARROW * grid.spacing)
