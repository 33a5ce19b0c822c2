# SPDX-License-Identifier: Apache-2.0
"""Cuts from people whom judges know: contrasting groups, the borderline group, and borderline regression.

Methods that judge items live in `angoff` and `bookmark`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

FEWEST: Final = 2
_STILL: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Logistic:
    """P(master) = 1 / (1 + exp(-(intercept + slope * score))), by maximum likelihood; the cut is where it is one half.

    Standard errors are from the information matrix; that of the cut is by the delta method. All None with a `reason`:
    `groups_separate` (every master above every other: no likelihood has a maximum), `slope_not_positive`.
    """

    cut: float | None
    standard_error: float | None
    intercept: float | None
    slope: float | None
    intercept_error: float | None
    slope_error: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where two normal densities cross between the means; None with `reason` `no_crossing`."""

    cut: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LeastErrors:
    """The cuts with the fewest weighted errors: pass means a score of at least the cut.

    `lowest` and `highest` are the ends of the best scores to cut at, among the scores that occur and the next above; `errors`
    the weighted number, `false_pass` and `false_fail` the numbers of people at `lowest`.
    """

    lowest: float
    highest: float
    errors: float
    false_pass: int
    false_fail: int


@dataclass(frozen=True, slots=True)
class ContrastingGroups:
    """Cuts between masters and others, by each usual way, and the groups' means, standard deviations and medians."""

    masters: int
    others: int
    logistic: Logistic
    crossing: Crossing
    crossing_weighted: Crossing
    least_errors: LeastErrors
    between_means: float
    between_medians: float

    def to_document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "masters": self.masters,
            "others": self.others,
            "logistic": {
                "cut": self.logistic.cut,
                "standard_error": self.logistic.standard_error,
                "intercept": self.logistic.intercept,
                "slope": self.logistic.slope,
                "intercept_error": self.logistic.intercept_error,
                "slope_error": self.logistic.slope_error,
                "reason": self.logistic.reason,
            },
            "crossing": {"cut": self.crossing.cut, "reason": self.crossing.reason},
            "crossing_weighted": {
                "cut": self.crossing_weighted.cut,
                "reason": self.crossing_weighted.reason,
            },
            "least_errors": {
                "lowest": self.least_errors.lowest,
                "highest": self.least_errors.highest,
                "errors": self.least_errors.errors,
                "false_pass": self.least_errors.false_pass,
                "false_fail": self.least_errors.false_fail,
            },
            "between_means": self.between_means,
            "between_medians": self.between_medians,
        }


def contrasting_groups(
    masters: NDArray[np.float64], others: NDArray[np.float64], *, false_pass_costs: float = 1.0
) -> ContrastingGroups:
    """Cuts from the scores of people judged to be masters, and of people judged not to be (each at least 2).

    Livingston & Zieky (1982), Passing Scores; logistic as in Cizek & Bunch (2007), Standard Setting. `false_pass_costs` is
    what a false pass weighs against a false fail of 1. The crossing is of normal densities with each group's own standard
    deviation, plain and weighted by the groups' sizes. Raises StatisticsError (`group_few`, `group_scores`, `cost_range`).
    """
    _check(masters, "masters")
    _check(others, "others")
    if not 0 < false_pass_costs < np.inf:
        raise StatisticsError("cost_range", cost=false_pass_costs)
    return ContrastingGroups(
        len(masters),
        len(others),
        logistic_cut(masters, others),
        density_crossing(masters, others),
        density_crossing(masters, others, by_size=True),
        least_errors(masters, others, false_pass_costs=false_pass_costs),
        float(masters.mean() + others.mean()) / 2,
        float(np.median(masters) + np.median(others)) / 2,
    )


def logistic_cut(masters: NDArray[np.float64], others: NDArray[np.float64]) -> Logistic:
    """The score at which a logistic regression gives mastery a chance of one half, by Newton's method."""
    if masters.min() > others.max() or (masters.min() == others.max() and others.min() < masters.max()):
        return Logistic(None, None, None, None, None, None, "groups_separate")
    if masters.max() <= others.min():
        return Logistic(None, None, None, None, None, None, "slope_not_positive")
    scores = np.concatenate([masters, others])
    mean, sd = float(scores.mean()), float(scores.std())
    design = np.stack([np.ones_like(scores), (scores - mean) / sd], axis=1)
    beta, information = _climb(design, np.repeat([1.0, 0.0], [len(masters), len(others)]))
    slope = float(beta[1]) / sd
    if beta[1] <= _STILL:
        return Logistic(None, None, None, None, None, None, "slope_not_positive")
    covariance = np.linalg.inv(information)
    back = np.array([[1.0, -mean / sd], [0.0, 1 / sd]])
    covariance = back @ covariance @ back.T
    intercept = float(beta[0]) - mean * slope
    cut = -intercept / slope
    gradient = np.array([1.0, cut])
    return Logistic(
        cut,
        float(np.sqrt(gradient @ covariance @ gradient)) / slope,
        intercept,
        slope,
        float(np.sqrt(covariance[0, 0])),
        float(np.sqrt(covariance[1, 1])),
    )


def _climb(
    design: NDArray[np.float64], outcome: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The greatest likelihood and its information. It is concave and has a top, since the groups overlap."""
    beta = np.zeros(2, dtype=np.float64)
    while True:
        logits = design @ beta
        p = np.exp(-np.logaddexp(0.0, -logits))
        information = np.asarray(design.T @ (design * (p * (1 - p))[:, None]), dtype=np.float64)
        step = np.asarray(np.linalg.solve(information, design.T @ (outcome - p)), dtype=np.float64)
        if np.abs(step).max() < _STILL:
            return beta, information
        # the best of ever shorter steps, so that none can overshoot
        beta = max(
            (beta + step * 0.5**half for half in range(8)), key=lambda point: _loglik(design @ point, outcome)
        )


def _loglik(logits: NDArray[np.float64], outcome: NDArray[np.float64]) -> float:
    return float((outcome * logits - np.logaddexp(0.0, logits)).sum())


def density_crossing(
    masters: NDArray[np.float64], others: NDArray[np.float64], *, by_size: bool = False
) -> Crossing:
    """Where the normal densities of the groups are equal, between their means; weighted by the sizes if asked for.

    The root of a quadratic; with equal standard deviations and weights it is midway between the means.
    """
    high, low = float(masters.mean()), float(others.mean())
    v_high, v_low = float(masters.var(ddof=1)), float(others.var(ddof=1))
    if high <= low or v_high == 0 or v_low == 0:
        return Crossing(None, "no_crossing")
    weight = len(masters) / len(others) if by_size else 1.0
    # log density of the masters less that of the others: q x^2 + r x + s
    q = 1 / (2 * v_low) - 1 / (2 * v_high)
    r = high / v_high - low / v_low
    s = (
        low**2 / (2 * v_low)
        - high**2 / (2 * v_high)
        + float(np.log(weight))
        + float(np.log(v_low / v_high)) / 2
    )
    roots = [-s / r] if abs(q) < 1e-12 * abs(r) else np.roots([q, r, s]).tolist()
    inside = [
        float(root.real) for root in map(complex, roots) if abs(root.imag) < 1e-9 and low <= root.real <= high
    ]
    return Crossing(inside[0]) if inside else Crossing(None, "no_crossing")


def least_errors(
    masters: NDArray[np.float64], others: NDArray[np.float64], *, false_pass_costs: float = 1.0
) -> LeastErrors:
    """The cuts among the scores that occur (and above them all) with the least false fails + cost times false passes."""
    seen = np.unique(np.concatenate([masters, others]))
    gap = float(np.diff(seen).min()) if seen.size > 1 else 1.0
    cuts = np.append(seen, seen[-1] + gap)
    false_fail = np.searchsorted(np.sort(masters), cuts, side="left")
    false_pass = len(others) - np.searchsorted(np.sort(others), cuts, side="left")
    errors = false_fail + false_pass_costs * false_pass
    best = np.flatnonzero(errors <= errors.min() + 1e-12)
    first = int(best[0])
    return LeastErrors(
        float(cuts[first]),
        float(cuts[best[-1]]),
        float(errors[first]),
        int(false_pass[first]),
        int(false_fail[first]),
    )


@dataclass(frozen=True, slots=True)
class BorderlineGroup:
    """The scores of people judged to be just good enough: `cut` is their median.

    `lower` and `upper` are order statistics that hold the median of all such people with at least `confidence`, exactly; None
    where the group is too small for that. `standard_error` is that of the mean.
    """

    people: int
    cut: float
    mean: float
    sd: float
    standard_error: float
    lower: float | None
    upper: float | None
    confidence: float | None

    def to_document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "people": self.people,
            "cut": self.cut,
            "mean": self.mean,
            "sd": self.sd,
            "standard_error": self.standard_error,
            "lower": self.lower,
            "upper": self.upper,
            "confidence": self.confidence,
        }


def borderline_group(scores: NDArray[np.float64], *, confidence: float = 0.95) -> BorderlineGroup:
    """The median of the borderline people (at least 2): Livingston & Zieky (1982), Passing Scores.

    The interval is Conover's (1999, Practical Nonparametric Statistics): the narrowest pair of order statistics,
    equally far from the ends, with binomial coverage of at least `confidence`. Raises StatisticsError (`group_few`,
    `group_scores`, `confidence_range`).
    """
    _check(scores, "borderline")
    if not 0 < confidence < 1:
        raise StatisticsError("confidence_range", confidence=confidence)
    from scipy.stats import binom

    ordered, count = np.sort(scores), len(scores)
    low = high = held = None
    for rank in range(count // 2, 0, -1):
        coverage = 1 - 2 * float(binom.cdf(rank - 1, count, 0.5))
        if coverage >= confidence:
            low, high, held = float(ordered[rank - 1]), float(ordered[count - rank]), coverage
            break
    sd = float(scores.std(ddof=1))
    return BorderlineGroup(
        count, float(np.median(scores)), float(scores.mean()), sd, sd / count**0.5, low, high, held
    )


@dataclass(frozen=True, slots=True)
class BorderlineRegression:
    """A straight line of scores on overall ratings: `cut` is its height at the borderline rating.

    `standard_error` is that of the height; `r_squared` the share of the scores' variance that the ratings explain.
    """

    people: int
    cut: float
    standard_error: float | None
    intercept: float
    slope: float
    r_squared: float | None

    def to_document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "people": self.people,
            "cut": self.cut,
            "standard_error": self.standard_error,
            "intercept": self.intercept,
            "slope": self.slope,
            "r_squared": self.r_squared,
        }


def borderline_regression(
    scores: NDArray[np.float64], ratings: NDArray[np.float64], *, borderline: float
) -> BorderlineRegression:
    """The cut from scores (n,) and overall ratings (n,) as numbers, at the rating that means borderline.

    Least squares; Wood, Humphrey-Murto & Norman (2006), Adv. Health Sci. Educ. 11, 115-122. Raises StatisticsError
    (`group_few`, `group_scores`, `ratings_equal`).
    """
    _check(scores, "rated")
    if ratings.shape != scores.shape or not np.isfinite(ratings).all():
        raise StatisticsError("group_scores", group="rated")
    x, y = ratings - ratings.mean(), scores - scores.mean()
    spread = float((x**2).sum())
    if spread == 0:
        raise StatisticsError("ratings_equal")
    slope = float((x * y).sum()) / spread
    intercept = float(scores.mean()) - slope * float(ratings.mean())
    rest, total, count = float(((y - slope * x) ** 2).sum()), float((y**2).sum()), len(scores)
    error = None
    if count > FEWEST:
        distance = 1 / count + (borderline - float(ratings.mean())) ** 2 / spread
        error = (rest / (count - 2) * distance) ** 0.5
    return BorderlineRegression(
        count,
        intercept + slope * borderline,
        error,
        intercept,
        slope,
        1 - rest / total if total > 0 else None,
    )


def _check(scores: NDArray[np.float64], group: str) -> None:
    if scores.size < FEWEST:
        raise StatisticsError("group_few", group=group, people=int(scores.size))
    if not np.isfinite(scores).all():
        raise StatisticsError("group_scores", group=group)
