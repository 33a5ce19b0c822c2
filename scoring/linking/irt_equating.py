# SPDX-License-Identifier: Apache-2.0
"""Scores of one form in those of another, from items on one scale (Kolen & Brennan 2014, sections 6.5 and 6.6).

Bringing the items onto one scale is the task of `irt_linking`; equating without a model lives beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.errors import StatisticsError
from scoring.irt.category_models import Family, Item, given_parameters, log_probabilities
from scoring.irt.coding import Vector
from scoring.irt.quadrature import Quadrature, normal_grid
from scoring.irt.sum_scores import sum_score_abilities

_FAR = 60.0  # standard deviations: a true score is looked for no further out


@dataclass(frozen=True, slots=True, eq=False)
class TrueScores:
    """For each score 0, 1, … of the new form.

    The ability whose true score it is (NaN where none is), and the `equated` old score.
    """

    ability: Vector
    equated: Vector


def expected_score(items: Sequence[Item], theta: Vector) -> Vector:
    """Q: the test characteristic curve, the expected sum of category numbers at the abilities `theta`."""
    total = np.zeros(len(theta))
    for item in items:
        chance = np.exp(log_probabilities(item, theta))
        total += np.arange(len(chance)) @ chance
    return total


def equate_true_scores(new: Sequence[Item], old: Sequence[Item]) -> TrueScores:
    """The old form's true score at the ability at which the new form's true score is 0, 1, ….

    The highest score goes to the highest. Scores up to the sum of the guessing parameters are no true scores: they go in
    proportion to the old form's sum of them (Kolen 1981; Kolen & Brennan 2014, p. 195). NaN where no ability has the score as
    its true score, as with items that hardly rise. Errors: `no_items`;
    `true_score_not_rising` for items of which one has a slope that is not positive, or a nominal item.
    """
    for item in (*new, *old):
        if item.family is Family.NOMINAL or item.parameters[0] <= 0:
            raise StatisticsError("true_score_not_rising", item=item.name)
    if not new or not old:
        raise StatisticsError("no_items", new=len(new), old=len(old))
    highest, target = (sum(item.categories - 1 for item in form) for form in (new, old))
    lowest, floor = (_floor(form) for form in (new, old))
    ability = np.full(highest + 1, np.nan)
    equated = np.empty(highest + 1)
    for score in range(highest + 1):
        if score == highest:
            equated[score] = target
        elif score <= lowest:
            equated[score] = score * floor / lowest if lowest > 0 else 0.0
        else:
            place = _at(new, float(score))
            ability[score] = np.nan if place is None else place
            equated[score] = np.nan if place is None else expected_score(old, np.array([place]))[0]
    return TrueScores(ability, equated)


def _floor(items: Sequence[Item]) -> float:
    return float(sum(item.parameters[2] for item in items if item.family is Family.LOGISTIC))


def _at(items: Sequence[Item], score: float) -> float | None:
    """The ability whose true score this is; None where no ability within reach has it, as with items that hardly rise."""
    from scipy.optimize import brentq

    def gap(theta: float) -> float:
        return float(expected_score(items, np.array([theta]))[0]) - score

    if gap(-_FAR) > 0 or gap(_FAR) < 0:
        return None
    return float(brentq(gap, -_FAR, _FAR, xtol=1e-12))


def score_shares(items: Sequence[Item], quadrature: Quadrature | None = None) -> Vector:
    """S: the share of the population at each sum score, for observed-score equating (Kolen & Brennan 2014, eq. 6.25)."""
    return sum_score_abilities(
        given_parameters(items), normal_grid() if quadrature is None else quadrature
    ).share


def equate_observed_scores(
    new: Sequence[Item],
    old: Sequence[Item],
    *,
    new_population: Quadrature | None = None,
    old_population: Quadrature | None = None,
    new_weight: float = 0.5,
) -> Vector:
    """S: the old form's equivalent of each score of the new form, equipercentile on the distributions that the items imply.

    Both populations are on the scale of the items; the synthetic one mixes them by `new_weight` (0 to 1). Percentile ranks
    are those of Kolen & Brennan (2014, eq. 2.14 to 2.18): uniform within half a point of a score, so equated scores lie
    between -0.5 and the highest + 0.5. Errors: `weight_not_a_share`.
    """
    if not 0 <= new_weight <= 1:
        raise StatisticsError("weight_not_a_share", weight=new_weight)
    populations = ((new_weight, new_population), (1 - new_weight, old_population))
    mine, theirs = (
        sum(weight * score_shares(form, grid) for weight, grid in populations) for form in (new, old)
    )
    return _equipercentile(np.asarray(mine, dtype=np.float64), np.asarray(theirs, dtype=np.float64))


def _equipercentile(mine: Vector, theirs: Vector) -> Vector:
    rank = np.cumsum(mine) - 0.5 * mine
    below = np.concatenate(([0.0], np.cumsum(theirs)))
    place = np.clip(np.searchsorted(below, rank, side="left") - 1, 0, len(theirs) - 1)
    inside = np.divide(
        rank - below[place], theirs[place], out=np.full(len(rank), 0.5), where=theirs[place] > 0
    )
    return np.asarray(place - 0.5 + inside, dtype=np.float64)
