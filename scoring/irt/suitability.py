# SPDX-License-Identifier: Apache-2.0
"""Which right-or-wrong data a logistic model can be fitted to, and what is said about the rest. No fitting lives here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.estimator import UnsuitableData
from scoring.irt.coding import Matrix, Vector


@dataclass(frozen=True, slots=True)
class Demands:
    """What a model asks of data: below `fewest` persons or `items` it is refused; `advised` persons are what `source` says."""

    fewest: int
    items: int
    advised: int
    source: str


RASCH = Demands(
    30, 2, 100, "Linacre (1994), Rasch Measurement Transactions 7(4): 30 for +-1 logit, 100 for +-0.5"
)
TWO_PARAMETERS = Demands(50, 3, 500, "Hulin, Lissak & Drasgow (1982), Applied Psychological Measurement 6(3)")
THREE_PARAMETERS = Demands(
    100, 3, 1000, "Hulin, Lissak & Drasgow (1982), Applied Psychological Measurement 6(3)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Fitness:
    """What can be fitted: `used` I, True for items that say something; `reasons` I, why one does not; `cautions` for the whole.

    `persons`: the total weight of those who answered anything.
    """

    persons: float
    used: NDArray[np.bool_]
    reasons: tuple[str | None, ...]
    cautions: tuple[str, ...]


def examine(scores: Matrix, weights: Vector, demands: Demands, *, fewest: int | None) -> Fitness:
    """Hold N x I scores (0, 1, NaN = missing) of persons of frequency `weights` against what a model asks.

    An item that nobody got, everybody got right or everybody got wrong is left out with its reason: it fits every
    model perfectly at an endless difficulty, so that the log-likelihood does not miss it. `fewest` replaces the
    model's own smallest number of persons.

    Errors: `not_right_or_wrong` (person, item, value), `too_few_persons` (persons, fewest), `too_few_items` (items, fewest).
    """
    wrong = ~(np.isnan(scores) | (scores == 0) | (scores == 1))
    if wrong.any():
        person, item = (int(at[0]) for at in np.nonzero(wrong))
        raise UnsuitableData(
            "not_right_or_wrong", person=person, item=item, value=float(scores[person, item])
        )
    persons = float(weights @ ~np.isnan(scores).all(axis=1))
    least = demands.fewest if fewest is None else fewest
    if persons < least:
        raise UnsuitableData("too_few_persons", persons=persons, fewest=least)
    answered = weights @ ~np.isnan(scores)
    right = weights @ (scores == 1)
    reasons = tuple(
        "item_never_answered"
        if count == 0
        else "item_all_wrong"
        if hits == 0
        else "item_all_right"
        if hits == count
        else None
        for count, hits in zip(answered, right, strict=True)
    )
    used = np.array([reason is None for reason in reasons])
    if used.sum() < demands.items:
        raise UnsuitableData("too_few_items", items=int(used.sum()), fewest=demands.items)
    cautions = []
    if persons < demands.advised:
        cautions.append("fewer_persons_than_advised")
    if not _linked(~np.isnan(scores[:, used])):
        cautions.append("forms_share_no_item")
    return Fitness(persons, used, reasons, tuple(cautions))


def _linked(seen: NDArray[np.bool_]) -> bool:
    """Whether any two items hang together by persons who answered both, or by a chain of such items."""
    if seen.all():
        return True
    numbers = seen.astype(np.float64)
    together = (numbers.T @ numbers) > 0
    reached = together[0]
    while True:
        wider = together[reached].any(axis=0)
        if (wider == reached).all():
            return bool(reached.all())
        reached = wider
