# SPDX-License-Identifier: Apache-2.0
"""Strong true-score theory: a beta distribution of true scores and binomial errors, fitted by moments.

Lord (1965), Psychometrika 30, 239-270, in the form of Hanson (1991), ACT Research Report 91-5. Which decisions follow from
it lives in `totals`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

_PANEL_NODES: Final = 24
_EVEN_PANELS: Final = 32
_HALVINGS: Final = 16
_ROUNDING: Final = 1e-9
_SMOOTH: Final = 12.0  # from this shape on the density is flat enough at its end for plain Gauss nodes


@dataclass(frozen=True, slots=True)
class TrueScores:
    """A four-parameter beta distribution of the true proportion: `lower` to `upper` within 0 to 1, both shapes > 0.

    `fitted` says how many moments it was fitted to: 4, or 2 with the ends given; `reason` is why not 4 where 4 were wanted.
    """

    lower: float
    upper: float
    alpha: float
    beta: float
    fitted: int = 4
    reason: str | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.lower < self.upper <= 1 and 0 < self.alpha < np.inf and 0 < self.beta < np.inf):
            raise StatisticsError(
                "true_scores_shape", lower=self.lower, upper=self.upper, alpha=self.alpha, beta=self.beta
            )

    @property
    def mean(self) -> float:
        """The mean true proportion."""
        return self.lower + (self.upper - self.lower) * self.alpha / (self.alpha + self.beta)

    @property
    def variance(self) -> float:
        """The variance of the true proportion."""
        total = self.alpha + self.beta
        return (self.upper - self.lower) ** 2 * self.alpha * self.beta / (total**2 * (total + 1))

    def nodes(self, breaks: Sequence[float] = ()) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points and weights (both (t,), weights sum to 1) that integrate smooth functions over the distribution.

        Functions may jump at the `breaks` (true cuts as proportions). Gauss-Jacobi nodes at the ends, where the density may be
        infinite, and Gauss-Legendre nodes on panels that halve towards the ends: exact to about 12 digits.
        """
        inside = [(b - self.lower) / (self.upper - self.lower) for b in breaks]
        halves = [0.5**power for power in range(2, _HALVINGS)]
        edges = np.unique(
            [*np.linspace(0, 1, _EVEN_PANELS + 1), *halves, *(1 - np.array(halves)), *np.clip(inside, 0, 1)]
        )
        points, logs = [], []
        for low, high in pairwise(edges.tolist()):
            x, log_weight = self._panel(low, high)
            points.append(x)
            logs.append(log_weight)
        log_weights = np.concatenate(logs)
        weights = np.exp(log_weights - log_weights.max())
        place = self.lower + (self.upper - self.lower) * np.concatenate(points)
        return place, weights / weights.sum()

    def _panel(self, low: float, high: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Nodes within (0, 1) and the logarithms of weight times density, without its constant."""
        left = self.alpha - 1 if low == 0 and self.alpha < _SMOOTH else 0.0
        right = self.beta - 1 if high == 1 and self.beta < _SMOOTH else 0.0
        x, weight = _jacobi(right, left)
        half = (high - low) / 2
        place = low + half * (1 + x)
        log_weight = np.log(weight) + (1 + left + right) * np.log(half)
        log_weight += (self.alpha - 1 - left) * np.log(place)
        log_weight += (self.beta - 1 - right) * np.log1p(-place)
        return place, log_weight

    def to_document(self) -> dict[str, object]:
        """As JSON, under the names of Hanson's report."""
        return {
            "model": f"{self.fitted}P",
            "l": self.lower,
            "u": self.upper,
            "alpha": self.alpha,
            "beta": self.beta,
            "reason": self.reason,
        }


@lru_cache(maxsize=256)
def _jacobi(right: float, left: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights on -1 to 1 for the weight (1 - x)^right (1 + x)^left."""
    from scipy.special import roots_jacobi

    x, weight = roots_jacobi(_PANEL_NODES, right, left)
    return x, weight


def effective_length(
    *, mean: float, variance: float, reliability: float, minimum: float, maximum: float
) -> float:
    """The number of equal right-or-wrong items that would give scores of this reliability.

    Livingston & Lewis (1995), J. Educ. Meas. 32, 179-197. Raises StatisticsError(`reliability_range`, `scores_equal`).
    """
    if not 0 < reliability < 1:
        raise StatisticsError("reliability_range", reliability=reliability)
    if not variance > 0:
        raise StatisticsError("scores_equal")
    spread = (mean - minimum) * (maximum - mean)
    return (spread - reliability * variance) / (variance * (1 - reliability))


def lords_k(*, mean: float, variance: float, reliability: float, length: int) -> float:
    """Lord's k: how much less the errors vary than binomial ones because items differ in difficulty.

    Lord (1965), as in Hanson (1991); 0 where the reliability is KR-21.
    """
    true_variance = variance * reliability
    spread = mean * (length - mean)
    return (
        length * ((length - 1) * true_variance - length * variance + spread) / (2 * (spread - true_variance))
    )


def true_moments(
    scores: NDArray[np.float64], weights: NDArray[np.float64], *, length: float, k: float
) -> NDArray[np.float64]:
    """The first four raw moments of the true proportion, from scores (n,) on 0 to `length`: Lord (1965), eq. 37.

    A descending factorial of a score below its order is 0, as betafunctions has it; moments that a short test cannot have
    are NaN.
    """
    found = np.full(4, np.nan)
    found[0] = np.average(scores, weights=weights) / length
    for order in range(2, 5):
        if length - 2 < order - 2:
            break
        observed = np.average(_descending(scores, order), weights=weights)
        pairs = k * order * (order - 1)
        base = observed / float(_descending(np.array([length - 2]), order - 2)[0])
        found[order - 1] = (base + pairs * found[order - 2]) / (length * (length - 1) + pairs)
    return found


def fit_true_scores(
    moments: NDArray[np.float64], *, parameters: int, lower: float = 0.0, upper: float = 1.0
) -> TrueScores:
    """The beta distribution with these raw moments (4,): all four, or the first two between `lower` and `upper`.

    Where four give no distribution on 0 to 1, two are used and `reason` says why: `short_test`, `no_beta_has_these_moments`,
    `ends_outside_0_to_1`. Raises StatisticsError(`no_true_variance`) where the errors explain all differences, and
    (`true_scores_too_spread`) where even two moments fit no beta.
    """
    variance = float(moments[1] - moments[0] ** 2)
    if not variance > 0:
        raise StatisticsError("no_true_variance", variance=variance)
    reason: str | None = None
    if parameters == 4:
        found = _four(moments, variance)
        if isinstance(found, TrueScores):
            return found
        reason = found
    return _two(float(moments[0]), variance, lower, upper, reason)


def _four(moments: NDArray[np.float64], variance: float) -> TrueScores | str:
    """Hanson (1991): shapes from skewness and kurtosis, ends from mean and variance; or the reason why not."""
    if np.isnan(moments[3]):
        return "short_test"
    m1, m2, m3, m4 = (float(moment) for moment in moments)
    skew = (m3 - 3 * m1 * m2 + 2 * m1**3) / variance**1.5
    peak = (m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4) / variance**2
    bottom = 6 + 3 * skew**2 - 2 * peak
    # On the gamma line, where the bottom is 0, a shape would be infinite.
    r = 6 * (peak - skew**2 - 1) / bottom if abs(bottom) > _ROUNDING else -1.0
    bottom = (r + 2) * (r + 3) * peak - 3 * (r - 6) * (r + 1)
    inner = 1 - 24 * (r + 1) / bottom if bottom != 0 else -1.0
    inner = max(inner, 0.0) if inner > -_ROUNDING else inner  # 0 for two equal shapes
    if not (r > 0 and 0 <= inner < 1):
        return "no_beta_has_these_moments"
    large, small = r / 2 * (1 + inner**0.5), r / 2 * (1 - inner**0.5)
    alpha, beta = (large, small) if skew < 0 else (small, large)
    scale = (variance * (r + 1)) ** 0.5 / (alpha * beta) ** 0.5
    lower, upper = m1 - alpha * scale, m1 + beta * scale
    if lower < 0 or upper > 1:
        return "ends_outside_0_to_1"
    return TrueScores(lower, upper, alpha, beta)


def _two(mean: float, variance: float, lower: float, upper: float, reason: str | None) -> TrueScores:
    total = (mean - lower) * (upper - mean) / variance - 1
    if not (lower < mean < upper and total > 0):
        raise StatisticsError(
            "true_scores_too_spread", mean=mean, variance=variance, lower=lower, upper=upper
        )
    share = (mean - lower) / (upper - lower)
    return TrueScores(lower, upper, share * total, (1 - share) * total, fitted=2, reason=reason)


def _descending(values: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    """The product of value, value - 1, … of `order` factors; 0 for values below the order."""
    product = np.ones_like(values)
    for step in range(order):
        product = product * (values - step)
    # A score that only rounding puts below its order is not below it.
    return np.where(values < order - _ROUNDING, 0.0, product)
