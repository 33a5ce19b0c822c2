# SPDX-License-Identifier: Apache-2.0
"""Rows of a Q-matrix that the answers speak against, by the proportion of variance that a row accounts for.

A suggestion is for people who know the items; nothing here changes a Q-matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import compress
from typing import Final

import numpy as np

from scoring.diagnosis.design import Bools, Matrix, QMatrix, Rule, Vector, all_profiles
from scoring.diagnosis.model import ENOUGH_PERSONS, DiagnosisFit, Shrink, fit_diagnosis
from scoring.errors import StatisticsError
from scoring.tables import ResponseTable

CUTOFF: Final = 0.95
MOST_ATTRIBUTES: Final = 10
_FLAT: Final = 1e-8


class NoSuggestions(StrEnum):
    """Why there are none: fewer than 200 persons; more than 10 attributes in use; an item without variance between profiles."""

    FEW_PERSONS = "few_persons"
    MANY_ATTRIBUTES = "many_attributes"
    NO_VARIANCE = "no_variance"


class Change(StrEnum):
    """What a suggestion does to a row: nothing, only adds, only drops, or exchanges attributes."""

    KEEP = "keep"
    ADD = "add"
    DROP = "drop"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class RowSuggestion:
    """One item. `share`, `suggested_share`: PVAF of the row as it is and as suggested, 0 to 1; `change` compares the two.

    `wrong_attribute`: the item is written for one attribute and the answers point to another one.
    """

    item: str
    attributes: tuple[str, ...]
    suggested: tuple[str, ...]
    share: float | None
    suggested_share: float | None
    change: Change
    reason: NoSuggestions | None = None

    @property
    def wrong_attribute(self) -> bool:
        """Whether nothing of what the item was written for remains."""
        return self.change is Change.REPLACE and not set(self.attributes) & set(self.suggested)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """A row for each item that a model could be fitted to, or the reason why there is none."""

    cutoff: float
    rows: tuple[RowSuggestion, ...]
    reason: NoSuggestions | None = None


def suggest_rows(table: ResponseTable, q: QMatrix, *, cutoff: float = CUTOFF, seed: int = 1) -> Suggestions:
    """For each item the smallest set of attributes that accounts for enough variance (de la Torre & Chiu 2016).

    A G-DINA model with the given Q-matrix says how likely each profile is to be right; the variance of that chance between
    the groups that a row forms, divided by that between all profiles (PVAF), is to reach `cutoff` (0 to 1). Of rows of one
    size the one with the largest share counts, as R's GDINA::Qval does by default.

    Raises StatisticsError(`diagnosis_cutoff`) and what `fit_diagnosis` raises, but for too few persons, which is a reason.
    """
    if not 0.0 < cutoff < 1.0:
        raise StatisticsError("diagnosis_cutoff", cutoff=cutoff)
    if table.n < ENOUGH_PERSONS:
        return Suggestions(cutoff, (), NoSuggestions.FEW_PERSONS)
    used = q.required.any(axis=0)
    if used.sum() > MOST_ATTRIBUTES:
        return Suggestions(cutoff, (), NoSuggestions.MANY_ATTRIBUTES)
    return suggestions_from(
        fit_diagnosis(table, q, Rule.GDINA, shrink=Shrink.NEVER, seed=seed), cutoff=cutoff
    )


def suggestions_from(fit: DiagnosisFit, *, cutoff: float = CUTOFF) -> Suggestions:
    """The same from a fitted G-DINA model."""
    chance, mass = profile_chances(fit)
    used: Bools = np.atleast_1d(fit.design.q.required.any(axis=0))
    candidates = all_profiles(int(used.sum()))[1:]
    profiles = all_profiles(int(used.sum()))
    variances = row_variances(chance, mass, profiles, candidates)
    names = tuple(compress(fit.q.attributes, used))
    sizes = candidates.sum(axis=1)
    rows = []
    for place, item in enumerate(fit.design.q.items):
        given: Bools = fit.design.q.required[place, used]
        whole = variances[place, -1]
        if whole < _FLAT:
            held = tuple(compress(names, np.atleast_1d(given)))
            rows.append(RowSuggestion(item, held, held, None, None, Change.KEEP, NoSuggestions.NO_VARIANCE))
            continue
        shares = variances[place] / whole
        best = _smallest(shares, sizes, cutoff)
        now = np.flatnonzero((candidates == given).all(axis=1))
        rows.append(
            RowSuggestion(
                item,
                tuple(compress(names, given)),
                tuple(compress(names, candidates[best])),
                float(shares[now[0]]) if now.size else 0.0,
                float(shares[best]),
                _change(given, candidates[best]),
            )
        )
    return Suggestions(cutoff, tuple(rows))


def profile_chances(fit: DiagnosisFit) -> tuple[Matrix, Vector]:
    """J x profiles of the used attributes: the expected share of right answers in each; and the share of persons in each."""
    found = fit.maximum.found
    right = fit.data.right.T @ found.posterior
    tried = found.in_class if fit.data.seen is None else fit.data.seen.T @ found.posterior
    some = np.broadcast_to(tried > 1e-12, right.shape)
    share = np.where(some, right / np.where(some, tried, 1.0), fit.maximum.at.probability[fit.design.cells])
    used = fit.design.q.required.any(axis=0)
    inner = fit.design.profiles[:, used]
    number = inner @ (1 << np.arange(int(used.sum()) - 1, -1, -1))
    class_at = np.zeros(2 ** int(used.sum()), dtype=np.intp)
    class_at[number] = fit.design.class_of  # all profiles of a class agree on what is used
    return share[:, class_at], (found.in_class / found.in_class.sum())[class_at]


def row_variances(chance: Matrix, mass: Vector, profiles: Bools, rows: Bools) -> Matrix:
    """J x rows: the variance of the chance to be right between the groups of profiles that a row forms.

    The index of de la Torre & Chiu (2016), equation 6 (GDI).
    """
    mean = chance @ mass
    found = np.zeros((len(chance), len(rows)))
    for number, row in enumerate(rows):
        group = profiles[:, row] @ (1 << np.arange(int(row.sum())))
        count = 2 ** int(row.sum())
        together = np.bincount(group, weights=mass, minlength=count)
        onto = np.zeros((len(mass), count))
        onto[np.arange(len(mass)), group] = mass
        sums = chance @ onto
        squares = sums**2 @ np.where(together > 0, 1.0 / np.where(together > 0, together, 1.0), 0.0)
        found[:, number] = squares - mean**2
    return np.maximum(found, 0.0)


def _smallest(shares: Vector, sizes: Vector, cutoff: float) -> int:
    """Of the smallest size that reaches the cutoff, the best row."""
    for size in range(1, int(sizes.max()) + 1):
        places = np.flatnonzero(sizes == size)
        best = places[int(shares[places].argmax())]
        if shares[best] >= cutoff:
            return int(best)
    raise AssertionError("all attributes together account for everything")  # pragma: no cover


def _change(given: Bools, suggested: Bools) -> Change:
    if (given == suggested).all():
        return Change.KEEP
    if not (given & ~suggested).any():
        return Change.ADD
    return Change.DROP if not (suggested & ~given).any() else Change.REPLACE
