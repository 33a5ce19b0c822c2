# SPDX-License-Identifier: Apache-2.0
"""Whom a person is compared with: strata of equal ability, anchors, and their purification. No test statistic lives here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.fairness.groups import FEWEST, Grouping
from scoring.tables import ResponseTable

ROUNDS: Final = 10
"""How often a set of anchors is purified at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """The persons who have a score on one item and a group.

    One entry a person: `scores` on the item, `groups` (0 = reference), `matching` value, `strata` (its place among the
    different values, from 0), `weights` (a frequency). `strata_count` is the number of strata, `group_count` of groups.
    """

    scores: NDArray[np.float64]
    groups: NDArray[np.intp]
    matching: NDArray[np.float64]
    strata: NDArray[np.intp]
    weights: NDArray[np.float64]
    strata_count: int
    group_count: int

    def counts(self, values: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Groups x strata: the sum of the weights, each times a value of the person where `values` is given."""
        cells = self.groups * self.strata_count + self.strata
        weights = self.weights if values is None else self.weights * values
        flat = np.bincount(cells, weights=weights, minlength=self.group_count * self.strata_count)
        return flat.astype(np.float64).reshape(self.group_count, self.strata_count)

    def refusal(self) -> str | None:
        """Why nothing can be said of this item: `too_few_persons`, `item_constant`; None where something can."""
        if self.counts().sum(axis=1).min() < FEWEST:
            return "too_few_persons"
        return "item_constant" if np.unique(self.scores).size < 2 else None


@dataclass(frozen=True, slots=True, eq=False)
class Matcher:
    """Matches persons item by item.

    Without `external` the matching value is the sum of the scores on the anchors and on the studied item itself, whether
    or not it is an anchor (Holland & Thayer 1988, p. 133: leaving it out biases the test); answers that are missing add
    nothing. With `external`, one value a row (NaN = not known), it is that.
    """

    table: ResponseTable
    groups: Grouping
    external: NDArray[np.float64] | None = None

    def item(self, place: int, anchors: NDArray[np.bool_]) -> Matched:
        """The matched persons for the item at `place` (from 0), with the items in the mask `anchors` for anchors."""
        column = self.table.scores[:, place]
        value = self.external if self.external is not None else self._sums(place, anchors)
        kept = self.groups.compared & ~np.isnan(column) & ~np.isnan(value) & (self.table.weights > 0)
        values, strata = np.unique(value[kept], return_inverse=True)
        return Matched(
            column[kept],
            self.groups.codes[kept],
            value[kept],
            strata.astype(np.intp),
            self.table.weights[kept],
            values.size,
            len(self.groups.names),
        )

    def _sums(self, place: int, anchors: NDArray[np.bool_]) -> NDArray[np.float64]:
        chosen = anchors.copy()
        chosen[place] = True
        # Sums of marks such as 0.1 that are equal must fall into one stratum.
        sums: NDArray[np.float64] = np.round(np.nansum(self.table.scores[:, chosen], axis=1), 9)
        return sums


def anchors_of(table: ResponseTable, names: tuple[str, ...] | None) -> NDArray[np.bool_]:
    """The anchors as a mask over the items: all items where none is named. StatisticsError(`items_not_in_table`)."""
    if names is None:
        return np.ones(len(table.items), dtype=np.bool_)
    unknown = [name for name in names if name not in table.items]
    if unknown:
        raise StatisticsError("items_not_in_table", items=unknown)
    return np.isin(np.array(table.items, dtype=object), names)


@dataclass(frozen=True, slots=True, eq=False)
class Purification:
    """Which items were left as anchors, how many rounds it took, and whether the set came to rest."""

    anchors: NDArray[np.bool_]
    rounds: int
    converged: bool


def purify(
    p_values: Callable[[NDArray[np.bool_]], NDArray[np.float64]],
    items: int,
    *,
    level: float,
    rounds: int = ROUNDS,
) -> Purification:
    """Take items that are significant at `level` out of the anchors until the same ones are found twice.

    `p_values` tells them for a mask of anchors, NaN where an item cannot be tested. Source: Clauser & Mazor (1998), Educ.
    Meas.: Issues Pract. 17(1), p. 34, as the R package difR repeats it. Where every item is significant there is nothing
    left to match on: the purification stops there and has not converged.
    """
    anchors = np.ones(items, dtype=np.bool_)
    flagged = np.nan_to_num(p_values(anchors), nan=1.0) < level
    if not flagged.any():
        return Purification(anchors, 0, converged=True)
    for turn in range(1, rounds + 1):
        if flagged.all():
            return Purification(anchors, turn - 1, converged=False)
        anchors = ~flagged
        found = np.nan_to_num(p_values(anchors), nan=1.0) < level
        if np.array_equal(found, flagged):
            return Purification(anchors, turn, converged=True)
        flagged = found
    return Purification(anchors, rounds, converged=False)
