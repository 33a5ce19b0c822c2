# SPDX-License-Identifier: Apache-2.0
"""Items with known parameters as curves: the chance of each score at each ability. Estimation lives in `scoring.irt`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

_LEAST: Final = 1e-300


class CurveKind(StrEnum):
    """How categories hang together: `graded` (cumulative logits; right-or-wrong items too), `partial_credit` (adjacent)."""

    GRADED = "graded"
    PARTIAL_CREDIT = "partial_credit"


@dataclass(frozen=True, slots=True)
class ItemCurve:
    """One item: scores 0 to the number of `difficulties`, with logits `slope` * (theta - difficulty).

    `guess` and `upper` are the ends of the curve of a right-or-wrong item (0 <= guess < upper <= 1). A graded item's
    difficulties rise. A slope may be negative, but not 0. Raises StatisticsError(`curve_parameters`) naming the item.
    """

    name: str
    slope: float
    difficulties: tuple[float, ...]
    guess: float = 0.0
    upper: float = 1.0
    kind: CurveKind = CurveKind.GRADED

    def __post_init__(self) -> None:
        steps = self.difficulties
        right = bool(steps) and bool(np.isfinite([self.slope, *steps]).all()) and self.slope != 0
        right = right and 0 <= self.guess < self.upper <= 1
        if len(steps) > 1:
            right = right and self.guess == 0 and self.upper == 1
            rising = all(low < high for low, high in pairwise(steps))
            right = right and (rising or self.kind is CurveKind.PARTIAL_CREDIT)
        if not right:
            raise StatisticsError("curve_parameters", item=self.name)

    def chances(self, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """The chance of each score, t x scores, for abilities (t,); rows sum to 1."""
        return self._both(theta)[0]

    def slopes(self, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """How these chances change with ability: t x scores, rows sum to 0."""
        return self._both(theta)[1]

    def _both(self, theta: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        logits = self.slope * (theta[:, None] - np.array(self.difficulties))
        if self.kind is CurveKind.PARTIAL_CREDIT:
            sums = np.cumsum(np.pad(logits, ((0, 0), (1, 0))), axis=1)
            chances = np.exp(sums - sums.max(axis=1, keepdims=True))
            chances /= chances.sum(axis=1, keepdims=True)
            scores = np.arange(chances.shape[1])
            return chances, self.slope * chances * (scores - (chances @ scores)[:, None])
        above = np.exp(-np.logaddexp(0.0, -logits))  # the logistic function, without overflow
        below = np.exp(-np.logaddexp(0.0, logits))
        rest = self.upper - self.guess
        reach = np.pad(self.guess + rest * above, ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0)))
        change = np.pad(rest * self.slope * above * below, ((0, 0), (1, 1)))
        return reach[:, :-1] - reach[:, 1:], change[:, :-1] - change[:, 1:]

    @property
    def maximum(self) -> int:
        """The best score."""
        return len(self.difficulties)


def true_scores(curves: Sequence[ItemCurve], theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """The expected total score at each ability (t,): the test characteristic curve."""
    total = np.zeros_like(theta)
    for curve in curves:
        total += curve.chances(theta) @ np.arange(curve.maximum + 1)
    return total


def information(curves: Sequence[ItemCurve], theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """The test's Fisher information at each ability (t,): the sum over scores of P'^2 / P (Samejima 1969)."""
    total = np.zeros_like(theta)
    for curve in curves:
        chances, change = curve.chances(theta), curve.slopes(theta)
        total += np.where(chances > _LEAST, change**2 / np.maximum(chances, _LEAST), 0.0).sum(axis=1)
    return total


def score_chances(curves: Sequence[ItemCurve], theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """The chance of each total score 0 to the maximum at each ability: t x (maximum + 1), rows sum to 1.

    Lord & Wingersky (1984), Appl. Psychol. Meas. 8, 453-461; for several scores an item as in Hanson (1994) and Thissen et al.
    (1995), Appl. Psychol. Meas. 19, 39-49.
    """
    table = np.ones((len(theta), 1))
    for curve in curves:
        chances = curve.chances(theta)
        grown = np.zeros((len(theta), table.shape[1] + curve.maximum))
        for score in range(curve.maximum + 1):
            grown[:, score : score + table.shape[1]] += chances[:, score, None] * table
        table = grown
    return table
