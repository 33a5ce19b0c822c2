# SPDX-License-Identifier: Apache-2.0
"""Persons in groups by a score: the strong and the weak end of a test. What is compared between them lives in the callers."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

KELLEY: Final = 0.27  # the share of persons in the upper and in the lower group; Kelley (1939)


def group_shares(
    criterion: NDArray[np.float64], weights: NDArray[np.float64], share: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much of each person belongs to the upper and to the lower `share` of the persons by `criterion`.

    Persons of equal score on the edge of a group belong to it in part, all to the same part, so that nothing hangs on the
    order of the rows. Both arrays are weights, each adding up to `share` of the whole weight.
    """
    order = np.unique(criterion, return_inverse=True)[1]
    level = np.bincount(order, weights=weights)
    goal = share * weights.sum()
    below = np.concatenate(([0.0], np.cumsum(level)[:-1]))
    above = weights.sum() - below - level

    def part(ahead: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(weights * (np.clip(goal - ahead, 0, level) / level)[order], dtype=np.float64)

    return part(above), part(below)


def upper_lower(
    scores: NDArray[np.float64],
    criterion: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    share: float,
    highest: float,
) -> float | None:
    """The mean share of the marks of an item in the upper less that in the lower group; None where no mark is to be had."""
    if not highest > 0:
        return None
    upper, lower = group_shares(criterion, weights, share)
    return float((upper @ scores / upper.sum() - lower @ scores / lower.sum()) / highest)


def upper_lower_index(
    scores: NDArray[np.float64], criterion: NDArray[np.float64], weights: NDArray[np.float64]
) -> float | None:
    """The ULI of thirds: the difference of the mean scores of an item above and below, over the range of its scores.

    Those from the upper tertile of the criterion on against those below the lower one, tertiles interpolated (type 7 of
    Hyndman & Fan 1996), as R's ShinyItemAnalysis has it (Martinkova et al. 2017); ties stay together. None where the tertiles
    coincide, nobody is below, or the item does not vary.
    """
    low, high = (quantile(criterion, weights, part / 3) for part in (1, 2))
    above, below = criterion >= high, criterion < low
    spread = float(np.ptp(scores))
    if low == high or not below.any() or spread == 0:
        return None
    means = [float(weights[one] @ scores[one] / weights[one].sum()) for one in (above, below)]
    return (means[0] - means[1]) / spread


def quantile(values: NDArray[np.float64], weights: NDArray[np.float64], part: float) -> float:
    """The quantile at `part` (0-1) of values of which each occurs as often as its weight says, interpolated (type 7)."""
    order = np.argsort(values, kind="stable")
    up_to = np.cumsum(weights[order])
    place = max(0.0, (up_to[-1] - 1) * part)
    ends = np.searchsorted(up_to, [np.floor(place), np.ceil(place)], side="right")
    low, high = values[order][np.minimum(ends, len(values) - 1)]
    return float(low + (high - low) * (place - np.floor(place)))
