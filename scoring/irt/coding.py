# SPDX-License-Identifier: Apache-2.0
"""Scored responses as the matrices that the models multiply. No model and no ability lives here.

Categories of all items stand one below the other ("all-category layout"): item 0's categories 0, 1, … first, then item
1's. A table of log-probabilities has one row for each of them and one column for each quadrature node.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Distinct response patterns of N persons to I items, as indicator columns.

    `steps`: R x K, 1 where the pattern chose that category; a column for each category of each item but its first (the
    reference). `presented`: R x I, 1 where the pattern has a response; None where every pattern has all of them.
    `weights`: R, how many persons (or what frequency weight) each pattern stands for.
    `row_of`: N, the pattern of each person.
    `categories`: I, how many categories an item has (>= 2).
    """

    steps: Matrix
    presented: Matrix | None
    weights: Vector
    row_of: Indices
    categories: tuple[int, ...]

    @property
    def items(self) -> int:
        """I."""
        return len(self.categories)

    @property
    def starts(self) -> Indices:
        """I: the row of each item's reference category in the all-category layout."""
        return np.concatenate(([0], np.cumsum(self.categories)[:-1])).astype(np.intp)

    @property
    def references(self) -> Indices:
        """K: for each column of `steps` the row of its item's reference category in the all-category layout."""
        return np.repeat(self.starts, np.subtract(self.categories, 1))

    @property
    def others(self) -> Indices:
        """K: for each column of `steps` its own row in the all-category layout."""
        return np.delete(np.arange(sum(self.categories), dtype=np.intp), self.starts)

    @property
    def n(self) -> float:
        """The total weight."""
        return float(self.weights.sum())


def coded(scores: Matrix, categories: Sequence[int], weights: Vector | None = None) -> Coded:
    """Code scored responses; equal patterns are joined where that can be told exactly and pays.

    `scores`: N x I of whole numbers 0 … categories - 1, NaN = missing. `weights`: N frequencies > 0, ones if None.

    Errors: `response_not_a_category` (item, person) for a number that is no category; `no_responses` for an empty table.
    """
    persons, items = scores.shape
    if persons == 0 or items == 0:
        raise StatisticsError("no_responses", persons=persons, items=items)
    missing = np.isnan(scores)
    any_missing = bool(missing.any())
    whole = np.where(missing, -1.0, scores) if any_missing else scores
    tops = np.asarray(categories, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        wrong = (whole != np.floor(whole)) | (whole < -1.0) | (whole >= tops) | ((whole < 0) & ~missing)
    if wrong.any():
        person, item = (int(at[0]) for at in np.nonzero(wrong))
        raise StatisticsError(
            "response_not_a_category", person=person, item=item, value=float(scores[person, item])
        )
    given = np.ones(persons) if weights is None else np.asarray(weights, dtype=np.float64)
    first, row_of, frequency = _patterns(whole, categories, given)
    whole = whole[first]
    presented = (whole >= 0).astype(np.float64) if any_missing else None
    return Coded(
        _steps(whole, categories), presented, frequency, row_of, tuple(int(count) for count in categories)
    )


def _patterns(whole: Matrix, categories: Sequence[int], weights: Vector) -> tuple[Indices, Indices, Vector]:
    """The first person of each pattern, each person's pattern, each pattern's weight."""
    persons = len(whole)
    everyone = np.arange(persons, dtype=np.intp)
    digits = [count + 1 for count in categories]
    possible = 1
    for base in digits:
        possible *= base
    if possible >= 2**63 or len(categories) > 30:  # longer tests hardly ever repeat a pattern
        return everyone, everyone, weights
    number = np.zeros(persons, dtype=np.int64)
    for item, base in enumerate(digits):
        number = number * base + (whole[:, item].astype(np.int64) + 1)
    _, first, row_of = np.unique(number, return_index=True, return_inverse=True)
    frequency = np.bincount(row_of, weights=weights).astype(np.float64)
    return first, row_of, frequency


def _steps(whole: Matrix, categories: Sequence[int]) -> Matrix:
    if all(count == 2 for count in categories):
        return np.maximum(whole, 0.0)
    columns = [whole[:, item] == step for item, count in enumerate(categories) for step in range(1, count)]
    return np.stack(columns, axis=1).astype(np.float64)


def indicators(data: Coded) -> Matrix:
    """R x C in the all-category layout: 1 where the pattern chose that category, all zero for an item not presented."""
    full = np.empty((len(data.steps), sum(data.categories)))
    full[:, data.others] = data.steps
    column = 0
    for item, (start, count) in enumerate(zip(data.starts, data.categories, strict=True)):
        chosen = data.steps[:, column : column + count - 1].sum(axis=1)
        full[:, start] = (1.0 if data.presented is None else data.presented[:, item]) - chosen
        column += count - 1
    return full
