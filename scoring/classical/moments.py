# SPDX-License-Identifier: Apache-2.0
"""Means and covariances of items with frequencies and with missing scores. What is made of them does not live here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.tables import ResponseTable

FEWEST_PERSONS: Final = 3  # below, a correlation is 1, -1 or nothing


class Missing(StrEnum):
    """What a missing score counts as."""

    AVAILABLE = "available"  # each figure from the persons who have what it needs
    ZERO = "zero"  # nothing given is nothing earned
    COMPLETE = "complete"  # only the persons without a gap


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Moments of items, each from the persons who have the score, or both scores.

    `means` and `variances` (denominator n - 1) have one value per item; `covariances` is items x items with the variances
    on its diagonal, NaN where fewer than two persons have both items; `counts` is items x items, the sum of the weights
    of the persons who have both; `maxima` is the highest score seen on each item; `n` is the sum of all weights.
    """

    n: float
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    counts: NDArray[np.float64]
    maxima: NDArray[np.float64]

    @property
    def variances(self) -> NDArray[np.float64]:
        return self.covariances.diagonal()

    @property
    def k(self) -> int:
        """How many items there are."""
        return self.means.size

    @property
    def total_variance(self) -> float:
        """Variance of the sum score: the sum of all covariances; NaN where a pair was never seen together."""
        return float(self.covariances.sum())

    @property
    def smallest_n(self) -> float:
        """The fewest persons that any of the covariances rests on; n where nothing is missing."""
        return float(self.counts.min())


def prepared(table: ResponseTable, missing: Missing) -> ResponseTable:
    """The table with its gaps dealt with. Raises StatisticsError(`no_complete_rows`, `too_few_persons`, `item_unseen`)."""
    if missing is Missing.ZERO:
        filled = np.where(table.seen, table.scores, 0.0)
        table = ResponseTable(table.persons, table.items, filled, table.weights)
    elif missing is Missing.COMPLETE:
        table = table.complete_rows()
    table = table if (table.weights > 0).all() else table.rows(table.weights > 0)
    if table.n < FEWEST_PERSONS:
        raise StatisticsError("too_few_persons", persons=table.n, needed=FEWEST_PERSONS)
    unseen = [
        item for item, seen in zip(table.items, np.asarray(table.seen.any(axis=0)), strict=True) if not seen
    ]
    if unseen:
        raise StatisticsError("item_unseen", items=unseen)
    return table


def moments(table: ResponseTable, *, maxima: NDArray[np.float64] | None = None) -> Moments:
    """The moments of a table from `prepared`, from pairs of scores that a person has both of ("pairwise").

    A frequency counts as that many persons, in the denominators n - 1 as well. `maxima` replaces the highest scores that
    were reached, one per item, each above 0; StatisticsError(`maxima_shape`).
    """
    if maxima is None:
        maxima = np.asarray(np.nanmax(table.scores, axis=0))
    elif maxima.shape != (len(table.items),) or not (maxima > 0).all():
        raise StatisticsError("maxima_shape", items=len(table.items))
    seen = table.seen.astype(np.float64)
    weights = table.weights[:, None]
    means = np.nansum(table.scores * weights, axis=0) / (seen * weights).sum(axis=0)
    centred = np.where(table.seen, table.scores - means, 0.0)
    weighted = centred * weights
    counts = seen.T @ (seen * weights)
    sums = weighted.T @ seen  # of item i over those who have item j
    products = weighted.T @ centred
    with np.errstate(divide="ignore", invalid="ignore"):
        covariances = (products - sums * sums.T / counts) / (counts - 1)
    covariances[counts <= 1] = np.nan
    constant = np.nanmax(table.scores, axis=0) == np.nanmin(table.scores, axis=0)
    covariances[constant, :] = np.where(np.isnan(covariances[constant, :]), np.nan, 0.0)
    covariances[:, constant] = np.where(np.isnan(covariances[:, constant]), np.nan, 0.0)
    return Moments(table.n, means, covariances, counts, maxima)


def correlation(covariance: float, variance_1: float, variance_2: float) -> float | None:
    """Pearson's correlation; None where one of the two does not vary, or a moment is unknown."""
    product = variance_1 * variance_2
    if not np.isfinite(covariance) or not product > 0 or variance_1 <= 0:
        return None
    return float(max(-1.0, min(1.0, covariance / np.sqrt(product))))
