# SPDX-License-Identifier: Apache-2.0
"""From marks or choices to category numbers, and what data a polytomous model refuses. No model lives here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.estimator import UnsuitableData
from scoring.irt.coding import Matrix, Vector
from scoring.tables import ChoiceTable

FEWEST_PERSONS: Final = 50
"""Fewer persons are refused: a slope and several thresholds of an item cannot be told apart."""
ADVISED_PERSONS: Final = 500
"""Fewer persons get a caution: Reise & Yu (1990), Journal of Educational Measurement 27(2), for the graded model."""
RARE: Final = 5.0
"""A category that fewer persons chose gets a caution."""
MOST_CATEGORIES: Final = 30


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """Responses as category numbers, of persons with a weight above 0.

    `codes`: N x U of 0, 1, … or NaN = missing, for the U items that can be used; `names` and `labels` (the marks or options
    behind the numbers) of those; `weights`: N. Of all I items: `used`, and `reasons`, why one is not
    (`item_never_answered`, `item_without_variation`). `cautions`: codes about the whole (`fewer_persons_than_advised`,
    `categories_hardly_chosen`).
    """

    codes: Matrix
    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    weights: Vector
    used: NDArray[np.bool_]
    reasons: tuple[str | None, ...]
    cautions: tuple[str, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """How many categories each used item has."""
        return tuple(len(label) for label in self.labels)


def ordered_categories(
    scores: Matrix, names: Sequence[str], weights: Vector | None = None, *, fewest: int = FEWEST_PERSONS
) -> Categories:
    """The marks that occur on each item, ascending, become categories 0, 1, … (half marks and gaps are thereby closed up).

    `scores`: N x I marks, NaN = missing. Marks that nobody has are no category, as in R's mirt and ltm. Errors:
    `too_few_persons` (persons, fewest), `too_few_items` (items, fewest), `too_many_categories` (item, categories, most).
    """
    given = np.ones(len(scores)) if weights is None else weights
    scores, given = scores[given > 0], given[given > 0]
    codes = np.full(scores.shape, np.nan)
    labels = []
    for place in range(scores.shape[1]):
        seen = ~np.isnan(scores[:, place])
        values, numbers = np.unique(scores[seen, place], return_inverse=True)
        codes[seen, place] = numbers
        labels.append(tuple(f"{value:g}" for value in values))
    return _examined(codes, names, labels, given, fewest)


def keyed_categories(
    table: ChoiceTable, key: Mapping[str, str], *, fewest: int = FEWEST_PERSONS
) -> Categories:
    """The options that occur on each item become categories, wrong ones first by name, the keyed ones last as one category.

    A nominal model of such data measures knowledge: the chance of the last category is to rise with ability.
    Errors: as `ordered_categories`, and those of `ChoiceTable.score`.
    """
    right = table.score(key).scores
    codes = np.full(right.shape, np.nan)
    labels = []
    for place, name in enumerate(table.items):
        chosen = table.choices[:, place]
        wrong = np.unique(chosen[(right[:, place] == 0) & (table.weights > 0)]).tolist()
        for number, option in enumerate(wrong):
            codes[chosen == option, place] = number
        hit = right[:, place] == 1
        codes[hit, place] = len(wrong)
        labels.append((*wrong, *([key[name]] if hit.any() else [])))
    heavy = table.weights > 0
    return _examined(codes[heavy], table.items, labels, table.weights[heavy], fewest)


def codes_for(labels: Sequence[tuple[str, ...]], scores: Matrix) -> Matrix:
    """N x U category numbers of new persons' marks on the same items.

    Errors: `mark_without_category` (item by place from 1, mark) for a mark that nobody had when the items were fitted.
    """
    result = np.full(scores.shape, np.nan)
    for place, label in enumerate(labels):
        values = np.array([float(text) for text in label])
        seen = ~np.isnan(scores[:, place])
        at = np.clip(np.searchsorted(values, scores[seen, place]), 0, len(values) - 1)
        strange = ~np.isclose(values[at], scores[seen, place], rtol=1e-5)
        if strange.any():
            raise UnsuitableData(
                "mark_without_category", item=place + 1, mark=float(scores[seen, place][strange][0])
            )
        result[seen, place] = at
    return result


def _examined(
    codes: Matrix, names: Sequence[str], labels: list[tuple[str, ...]], weights: Vector, fewest: int
) -> Categories:
    persons = float(weights @ ~np.isnan(codes).all(axis=1))
    if persons < fewest:
        raise UnsuitableData("too_few_persons", persons=persons, fewest=fewest)
    reasons = tuple(
        "item_never_answered" if not label else "item_without_variation" if len(label) == 1 else None
        for label in labels
    )
    used = np.array([reason is None for reason in reasons])
    if used.sum() < 2:
        raise UnsuitableData("too_few_items", items=int(used.sum()), fewest=2)
    kept = [place for place in range(len(labels)) if used[place]]
    for place in kept:
        if len(labels[place]) > MOST_CATEGORIES:
            raise UnsuitableData(
                "too_many_categories", item=names[place], categories=len(labels[place]), most=MOST_CATEGORIES
            )
    cautions = ["fewer_persons_than_advised"] if persons < ADVISED_PERSONS else []
    rarest = min(
        weights @ (codes[:, place] == number) for place in kept for number in range(len(labels[place]))
    )
    if rarest < RARE:
        cautions.append("categories_hardly_chosen")
    return Categories(
        codes[:, kept],
        tuple(names[place] for place in kept),
        tuple(labels[place] for place in kept),
        weights,
        used,
        reasons,
        tuple(cautions),
    )
