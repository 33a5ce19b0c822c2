# SPDX-License-Identifier: Apache-2.0
"""Score scales and frequencies of scores, of one test or of a test with its anchor. No linking lives here."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

MOST_POINTS: Final = 5_000
_GRID: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Scale:
    """Possible scores: `count` of them from `low` in equal steps of `step` marks."""

    low: float
    step: float
    count: int

    @property
    def points(self) -> NDArray[np.float64]:
        """The scores, ascending."""
        return self.low + self.step * np.arange(self.count, dtype=np.float64)

    @property
    def high(self) -> float:
        """The highest score."""
        return self.low + self.step * (self.count - 1)

    def places(self, scores: NDArray[np.float64]) -> NDArray[np.intp]:
        """Where scores are on the scale; StatisticsError(`score_off_scale`) names the first that is not on it."""
        exact = (scores - self.low) / self.step
        places = np.round(exact)
        off = (np.abs(exact - places) > _GRID) | (places < 0) | (places >= self.count)
        if off.any():
            score = float(scores[int(np.argmax(off))])
            raise StatisticsError(
                "score_off_scale", score=score, low=self.low, high=self.high, step=self.step
            )
        return places.astype(np.intp)


def scale_of(scores: NDArray[np.float64], *, low: float | None = None, high: float | None = None) -> Scale:
    """The finest scale with equal steps that holds the scores: from 0 (or below) to the highest, or between given ends.

    The step is the largest of 1, 1/2, 1/4, 1/8, 1/10, 1/20, 1/100 that fits. StatisticsError: `scale_without_scores`,
    `scores_off_grid`, `scale_too_long`, `scale_ends`.
    """
    if scores.size == 0:
        raise StatisticsError("scale_without_scores")
    bottom = min(0.0, float(scores.min())) if low is None else low
    top = float(scores.max()) if high is None else high
    if bottom >= top:
        raise StatisticsError("scale_ends", low=bottom, high=top)
    values = np.append(np.unique(scores), top)
    for parts in (1, 2, 4, 8, 10, 20, 100):
        steps = (values - bottom) * parts
        if np.all(np.abs(steps - np.round(steps)) <= _GRID * parts):
            count = round((top - bottom) * parts) + 1
            if count > MOST_POINTS:
                raise StatisticsError("scale_too_long", points=count, most=MOST_POINTS)
            return Scale(bottom, 1 / parts, count)
    raise StatisticsError("scores_off_grid", low=bottom)


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """How often each score of a scale occurred; counts need not be whole (they are not after smoothing)."""

    scale: Scale
    counts: NDArray[np.float64]

    @classmethod
    def of(cls, scores: NDArray[np.float64], weights: NDArray[np.float64], scale: Scale) -> Distribution:
        """The frequencies of scores; raises as `Scale.places`."""
        counts = np.bincount(scale.places(scores), weights=weights, minlength=scale.count)
        return cls(scale, counts.astype(np.float64))

    @property
    def n(self) -> float:
        """The number of persons."""
        return float(self.counts.sum())

    @property
    def shares(self) -> NDArray[np.float64]:
        """Relative frequencies."""
        shares: NDArray[np.float64] = self.counts / self.counts.sum()
        return shares

    @property
    def mean(self) -> float:
        """The mean score."""
        return float(self.shares @ self.scale.points)

    def central(self, order: int) -> float:
        """A central moment, over n."""
        return float(self.shares @ (self.scale.points - self.mean) ** order)

    @property
    def variance(self) -> float:
        """The variance over n - 1, as R and its package equate have it."""
        return self.central(2) * self.n / (self.n - 1)

    @property
    def sd(self) -> float:
        """The standard deviation over n - 1."""
        return sqrt(self.variance)

    @property
    def skewness(self) -> float:
        """The third standardised moment, over n (Kolen & Brennan 2014, p. 44)."""
        return float(self.central(3) / self.central(2) ** 1.5)

    @property
    def kurtosis(self) -> float:
        """The fourth standardised moment, over n: 3 for a normal distribution."""
        return self.central(4) / self.central(2) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """How often each pair of a total score and an anchor score occurred: totals x anchors."""

    totals: Scale
    anchors: Scale
    counts: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        totals: NDArray[np.float64],
        anchors: NDArray[np.float64],
        weights: NDArray[np.float64],
        scales: tuple[Scale, Scale],
    ) -> Joint:
        """The frequencies of pairs; raises as `Scale.places`."""
        rows, columns = scales[0].places(totals), scales[1].places(anchors)
        shape = (scales[0].count, scales[1].count)
        flat = np.bincount(rows * shape[1] + columns, weights=weights, minlength=shape[0] * shape[1])
        return cls(*scales, flat.astype(np.float64).reshape(shape))

    @property
    def n(self) -> float:
        """The number of persons."""
        return float(self.counts.sum())

    @property
    def total(self) -> Distribution:
        """The total scores alone."""
        return Distribution(self.totals, self.counts.sum(axis=1))

    @property
    def anchor(self) -> Distribution:
        """The anchor scores alone."""
        return Distribution(self.anchors, self.counts.sum(axis=0))

    @property
    def covariance(self) -> float:
        """The covariance of total and anchor over n - 1."""
        x = self.totals.points - self.total.mean
        v = self.anchors.points - self.anchor.mean
        return float(x @ self.counts @ v) / (self.n - 1)

    @property
    def correlation(self) -> float:
        """The correlation of total and anchor."""
        return self.covariance / (self.total.sd * self.anchor.sd)
