# SPDX-License-Identifier: Apache-2.0
"""The tables that every statistical method reads: scores or choices of persons on items, with a frequency per row.

A missing value is NaN (scores) or "" (choices) and never 0: whether it counts as wrong is a decision of the method that is
asked. Reading files does not live here (`web.cli.stats.files`), nor does any statistic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError

SEPARATOR: Final = "|"  # between the right options of an item that has several


@dataclass(frozen=True, slots=True, eq=False)
class ResponseTable:
    """Scores of persons on items.

    `scores` is persons x items in marks, NaN where a person was not given the item or did not reach it; `weights` is how
    often each row occurred (>= 0, ones where nothing was said). Raises StatisticsError: `table_shape`,
    `table_names_twice`, `table_weights`, `table_empty`, `table_not_finite`.
    """

    persons: tuple[str, ...]
    items: tuple[str, ...]
    scores: NDArray[np.float64]
    weights: NDArray[np.float64]

    def __post_init__(self) -> None:
        _check(self.persons, self.items, self.scores.shape, self.weights)
        if np.isinf(self.scores).any():
            row, column = np.argwhere(np.isinf(self.scores))[0]
            raise StatisticsError("table_not_finite", row=int(row) + 1, column=self.items[column])

    @classmethod
    def of(
        cls,
        scores: NDArray[np.float64] | Sequence[Sequence[float]],
        *,
        items: Sequence[str] | None = None,
        persons: Sequence[str] | None = None,
        weights: NDArray[np.float64] | Sequence[float] | None = None,
    ) -> Self:
        """A table from a matrix; names not given are 1, 2, 3, …; weights not given are ones."""
        matrix = np.array(scores, dtype=np.float64, ndmin=2)
        return cls(
            tuple(persons) if persons is not None else _numbered(matrix.shape[0]),
            tuple(items) if items is not None else _numbered(matrix.shape[1]),
            matrix,
            np.ones(matrix.shape[0]) if weights is None else np.array(weights, dtype=np.float64),
        )

    @property
    def n(self) -> float:
        """How many persons there are: the sum of the weights."""
        return float(self.weights.sum())

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Persons x items: where there is a score."""
        return ~np.isnan(self.scores)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return bool(self.seen.all())

    def complete_rows(self) -> ResponseTable:
        """Only the persons with a score on every item; StatisticsError(`no_complete_rows`) where there is none."""
        whole = np.asarray(self.seen.all(axis=1))
        if not (whole & (self.weights > 0)).any():
            raise StatisticsError("no_complete_rows", persons=len(self.persons), items=len(self.items))
        return self.rows(whole)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> ResponseTable:
        """Only the chosen rows (a mask or indices); at least one of them must weigh something."""
        return ResponseTable(
            tuple(np.array(self.persons, dtype=object)[chosen].tolist()),
            self.items,
            self.scores[chosen],
            self.weights[chosen],
        )

    def columns(self, names: Sequence[str]) -> ResponseTable:
        """Only the named items, in that order; StatisticsError(`items_not_in_table`)."""
        places = {item: place for place, item in enumerate(self.items)}
        unknown = [name for name in names if name not in places]
        if unknown:
            raise StatisticsError("items_not_in_table", items=unknown)
        return ResponseTable(
            self.persons, tuple(names), self.scores[:, [places[name] for name in names]], self.weights
        )

    def categories(self, item: int) -> NDArray[np.float64]:
        """The different scores that occur on an item (by its place, from 0), ascending."""
        column = self.scores[self.weights > 0, item]
        return np.unique(column[~np.isnan(column)])

    @property
    def binary(self) -> bool:
        """Whether every score is 0 or 1."""
        return bool(np.isin(self.scores[self.seen], (0.0, 1.0)).all())

    def require_binary(self) -> None:
        """StatisticsError(`not_binary`) names the first item with a score other than 0 and 1."""
        for place, item in enumerate(self.items):
            other = self.categories(place)
            other = other[~np.isin(other, (0.0, 1.0))]
            if other.size:
                raise StatisticsError("not_binary", item=item, score=float(other[0]))


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceTable:
    """The options that persons chose, as texts; "" where nothing was chosen or the item was not given.

    `choices` is persons x items; `weights` as in `ResponseTable`. Raises the same errors.
    """

    persons: tuple[str, ...]
    items: tuple[str, ...]
    choices: NDArray[np.str_]
    weights: NDArray[np.float64]

    def __post_init__(self) -> None:
        _check(self.persons, self.items, self.choices.shape, self.weights)

    @property
    def n(self) -> float:
        """How many persons there are: the sum of the weights."""
        return float(self.weights.sum())

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> ChoiceTable:
        """Only the chosen rows (a mask or indices); at least one of them must weigh something."""
        return ChoiceTable(
            tuple(np.array(self.persons, dtype=object)[chosen].tolist()),
            self.items,
            self.choices[chosen],
            self.weights[chosen],
        )

    def options(self, item: int) -> tuple[str, ...]:
        """The different options that were chosen on an item (by its place, from 0), sorted, without the missing one."""
        return tuple(option for option in np.unique(self.choices[:, item]).tolist() if option)

    def score(self, key: Mapping[str, str]) -> ResponseTable:
        """1 where the choice is right, 0 where it is another, NaN where nothing was chosen.

        A key may list several right options, as in "A|C": each of them is right on its own. Options are compared as texts,
        after blanks around them are cut off. Raises StatisticsError(`key_incomplete`) for items without a key,
        (`key_item_unknown`) for keys without an item, (`key_empty`) for a key that names no option.
        """
        right = self.key_options(key)
        scores = np.where(self.choices == "", np.nan, 0.0)
        for place, options in enumerate(right):
            scores[np.isin(self.choices[:, place], options), place] = 1.0
        return ResponseTable(self.persons, self.items, scores, self.weights)

    def key_options(self, key: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
        """The right options of each item of this table, in its order; raises as `score` does."""
        without = [item for item in self.items if item not in key]
        if without:
            raise StatisticsError("key_incomplete", items=without)
        unknown = [item for item in key if item not in set(self.items)]
        if unknown:
            raise StatisticsError("key_item_unknown", items=unknown)
        return tuple(split_key(item, key[item]) for item in self.items)


def split_key(item: str, key: str) -> tuple[str, ...]:
    """The options that a key names; StatisticsError(`key_empty`) where there is none."""
    options = tuple(dict.fromkeys(part.strip() for part in key.split(SEPARATOR) if part.strip()))
    if not options:
        raise StatisticsError("key_empty", item=item)
    return options


def _check(
    persons: Sequence[str], items: Sequence[str], shape: tuple[int, ...], weights: NDArray[np.float64]
) -> None:
    if shape != (len(persons), len(items)) or weights.shape != (len(persons),):
        raise StatisticsError("table_shape", persons=len(persons), items=len(items), shape=list(shape))
    for names in (persons, items):
        if len(set(names)) < len(names):
            twice = next(name for place, name in enumerate(names) if name in names[:place])
            raise StatisticsError("table_names_twice", name=twice)
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise StatisticsError("table_weights", row=int(np.argmax(~(weights >= 0) | np.isinf(weights))) + 1)
    if not items or not weights.sum() > 0:
        raise StatisticsError("table_empty", persons=len(persons), items=len(items))


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(1, count + 1))
