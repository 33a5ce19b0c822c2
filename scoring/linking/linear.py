# SPDX-License-Identifier: Apache-2.0
"""Straight lines from the scores of form X to those of form Y. Curves live in `equipercentile`."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.linking.scores import Distribution, Joint


@dataclass(frozen=True, slots=True)
class Line:
    """y = slope * x + intercept, in marks of form Y."""

    slope: float
    intercept: float

    def at(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The equivalents of scores, not cut off at the ends of form Y's scale."""
        return self.slope * scores + self.intercept


@dataclass(frozen=True, slots=True)
class Moments:
    """Means and standard deviations of forms X and Y in one population, and the slopes on the anchor that gave them.

    `weight` is the share of the population of form X in the synthetic population; the slopes are None where none were
    needed.
    """

    mean_x: float
    mean_y: float
    sd_x: float
    sd_y: float
    weight: float
    gamma_x: float | None = None
    gamma_y: float | None = None

    def line(self, *, mean_only: bool) -> Line:
        """The line that equates the means, and the standard deviations too unless `mean_only`."""
        slope = 1.0 if mean_only else self.sd_y / self.sd_x
        return Line(slope, self.mean_y - slope * self.mean_x)


def random_groups(x: Distribution, y: Distribution, *, mean_only: bool) -> Line:
    """Equal means (and standard deviations) in equivalent groups (Kolen & Brennan 2014, eq. 2.3-2.14)."""
    slope = 1.0 if mean_only else _ratio(y.sd, x.sd, "x")
    return Line(slope, y.mean - slope * x.mean)


def tucker(x: Joint, y: Joint, *, weight: float) -> Moments:
    """Tucker's moments in the synthetic population (Kolen & Brennan 2014, eq. 4.17-4.22 with 4.21: regression on V)."""
    gamma_x = _ratio(x.covariance, x.anchor.variance, "anchor of x")
    gamma_y = _ratio(y.covariance, y.anchor.variance, "anchor of y")
    return _synthetic(x, y, weight, gamma_x, gamma_y)


def levine(x: Joint, y: Joint, *, weight: float, internal: bool) -> Moments:
    """Levine's observed-score moments under a congeneric model (Kolen & Brennan 2014, eq. 4.53 internal, 4.58 external)."""
    gamma_x, gamma_y = levine_gammas(x, y, internal=internal)
    return _synthetic(x, y, weight, gamma_x, gamma_y)


def levine_gammas(x: Joint, y: Joint, *, internal: bool) -> tuple[float, float]:
    """The slopes of true total on true anchor: variance over covariance where the anchor is part of the total."""
    found = []
    for name, form in (("x", x), ("y", y)):
        if internal:
            found.append(_ratio(form.total.variance, form.covariance, f"covariance of {name}"))
        else:
            upper, lower = form.total.variance + form.covariance, form.anchor.variance + form.covariance
            found.append(_ratio(upper, lower, f"covariance of {name}"))
    return found[0], found[1]


def levine_true(x: Joint, y: Joint, *, internal: bool, mean_only: bool) -> Line:
    """Levine's true-score line, applied to observed scores (Kolen & Brennan 2014, eq. 4.66-4.67)."""
    gamma_x, gamma_y = levine_gammas(x, y, internal=internal)
    slope = 1.0 if mean_only else gamma_y / gamma_x
    middle = y.total.mean + gamma_y * (x.anchor.mean - y.anchor.mean)
    return Line(slope, middle - slope * x.total.mean)


def nominal(x: Joint, y: Joint, *, weight: float) -> Moments:
    """Nominal weights (Babcock, Albano & Raymond 2012, Educ. Psychol. Meas. 72, p. 613): slopes are ratios of lengths."""
    gamma_x = _ratio(x.totals.high, x.anchors.high, "anchor of x")
    gamma_y = _ratio(y.totals.high, y.anchors.high, "anchor of y")
    return _synthetic(x, y, weight, gamma_x, gamma_y)


def chained(x: Joint, y: Joint, *, mean_only: bool) -> Line:
    """X to V in the group of X, then V to Y in the group of Y (Kolen & Brennan 2014, eq. 4.68-4.70)."""
    first = random_groups(x.total, x.anchor, mean_only=mean_only)
    second = random_groups(y.anchor, y.total, mean_only=mean_only)
    return Line(first.slope * second.slope, second.slope * first.intercept + second.intercept)


def _synthetic(x: Joint, y: Joint, weight: float, gamma_x: float, gamma_y: float) -> Moments:
    """Kolen & Brennan (2014), eq. 4.17-4.20."""
    other = 1 - weight
    gap = x.anchor.mean - y.anchor.mean
    spread = x.anchor.variance - y.anchor.variance
    variance_x = x.total.variance - other * gamma_x**2 * spread + weight * other * (gamma_x * gap) ** 2
    variance_y = y.total.variance + weight * gamma_y**2 * spread + weight * other * (gamma_y * gap) ** 2
    if variance_x <= 0 or variance_y <= 0:
        raise StatisticsError("synthetic_variance", x=variance_x, y=variance_y)
    return Moments(
        mean_x=x.total.mean - other * gamma_x * gap,
        mean_y=y.total.mean + weight * gamma_y * gap,
        sd_x=sqrt(variance_x),
        sd_y=sqrt(variance_y),
        weight=weight,
        gamma_x=gamma_x,
        gamma_y=gamma_y,
    )


def _ratio(upper: float, lower: float, what: str) -> float:
    """A ratio of spreads; StatisticsError(`no_spread`) where the lower one is not above 0."""
    if not lower > 1e-12:
        raise StatisticsError("no_spread", where=what)
    return float(np.float64(upper) / lower)
