# SPDX-License-Identifier: Apache-2.0
"""How the options of choice items work, and keys that look wrong. What an item is worth does not live here (`items`).

A suspicious key is a reason to look at the item, not a finding: nothing is corrected here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.classical.groups import KELLEY, group_shares
from scoring.classical.items import rest_scores
from scoring.classical.moments import FEWEST_PERSONS, Missing
from scoring.tables import ChoiceTable, ResponseTable

GROUPS: Final = 5  # of equal size by the total score, for the curve of an option
SURE: Final = 0.01  # error of the one-sided test behind "likely", over all wrong options of an item
FEW_CHOOSE: Final = 0.05  # a distractor that fewer choose does no work; Haladyna & Downing (1993)


class Suspicion(StrEnum):
    """Why a key looks wrong, or an option useless; the first two are about the key."""

    OPTION_BEATS_KEY = (
        "option_beats_key"  # a wrong option goes with a higher rest score than the right one does
    )
    KEY_NEGATIVE = "key_negative"  # those who choose the right option do worse on the rest
    DISTRACTOR_UNUSED = "distractor_unused"  # fewer than one in twenty choose it
    DISTRACTOR_POSITIVE = "distractor_positive"  # a wrong option goes with a higher rest score


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """One option of one item; `option` is "" for no choice.

    `count` and `share` (0-1) are over everybody, `mean_rest` is the mean rest score of those who chose it. `point_biserial`
    is the correlation of choosing it with the rest score, `point_biserial_total` with the total. `upper` and `lower` are its
    shares in the upper and the lower 27 % by the total score, `discrimination` their difference, and `curve` its shares in
    five groups of equal size from weak to strong. None where it, or the rest, does not vary.
    """

    option: str
    right: bool
    count: float
    share: float
    mean_rest: float | None
    point_biserial: float | None
    point_biserial_total: float | None
    upper: float
    lower: float
    discrimination: float
    curve: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class KeySuspicion:
    """Something about the options of an item that a person should look at.

    `option` is the option that it is about; `likely` says that chance alone would show it in fewer than one item in a hundred
    (one-sided, over all wrong options of the item), else it is only possible.
    """

    kind: Suspicion
    option: str
    likely: bool


@dataclass(frozen=True, slots=True)
class ChoiceFigures:
    """The options of one item, the right ones first, and what is suspicious about them."""

    item: str
    options: tuple[OptionFigures, ...]
    suspicions: tuple[KeySuspicion, ...]

    @property
    def suspicious_key(self) -> bool:
        """Whether the key itself looks wrong, and chance is no likely cause."""
        about_key = {Suspicion.OPTION_BEATS_KEY, Suspicion.KEY_NEGATIVE}
        return any(one.kind in about_key and one.likely for one in self.suspicions)


def choice_figures(
    choices: ChoiceTable, key: Mapping[str, str], *, missing: Missing = Missing.AVAILABLE
) -> tuple[ChoiceFigures, ...]:
    """The options of every item of a table under a key.

    `missing` says what the rest of the test of a person with gaps is. Options that the key names count although nobody chose
    them. Raises as `ChoiceTable.score` does.
    """
    right = choices.key_options(key)
    if missing is Missing.COMPLETE:
        choices = choices.rows((choices.choices != "").all(axis=1))
    scores = choices.score(key).scores
    if missing is Missing.ZERO:
        scores = np.nan_to_num(scores)
    scored = ResponseTable(choices.persons, choices.items, scores, choices.weights)
    total = rest_scores(scored)
    return tuple(
        option_figures(choices, place, right=right[place], rest=rest_scores(scored, place), total=total)
        for place in range(len(choices.items))
    )


def option_figures(
    choices: ChoiceTable,
    place: int,
    *,
    right: tuple[str, ...],
    rest: NDArray[np.float64],
    total: NDArray[np.float64],
) -> ChoiceFigures:
    """The options of the item at `place` (from 0), where the scores come from elsewhere: `right` are those of the key.

    `rest` and `total` have a score a person, on the rest of the test and on all of it; a person whose rest is NaN was not given
    the item, or has nothing else, and does not count.
    """
    kept = ~np.isnan(rest) & (choices.weights > 0)
    chosen, weights, rest, total = (
        choices.choices[kept, place],
        choices.weights[kept],
        rest[kept],
        total[kept],
    )
    wrong = [option for option in choices.options(place) if option not in right]
    names = [*right, *wrong, *([""] if (chosen == "").any() else [])]
    upper, lower = group_shares(total, weights, KELLEY)
    groups = _groups(total, weights)
    figures = tuple(
        _of_option(
            option,
            chosen == option,
            weights,
            criteria=(rest, total),
            ends=(upper, lower),
            groups=groups,
            right=option in right,
        )
        for option in names
    )
    n = float(weights.sum())
    return ChoiceFigures(choices.items[place], figures, tuple(_suspicions(figures, n)))


def _of_option(
    option: str,
    taken: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    criteria: tuple[NDArray[np.float64], NDArray[np.float64]],
    ends: tuple[NDArray[np.float64], NDArray[np.float64]],
    groups: NDArray[np.float64],
    right: bool,
) -> OptionFigures:
    rest, total = criteria
    count = float(weights[taken].sum())
    n = float(weights.sum())
    upper, lower = (float(end[taken].sum() / end.sum()) for end in ends)
    shares = groups[:, taken].sum(axis=1) / groups.sum(axis=1)
    return OptionFigures(
        option=option,
        right=right,
        count=count,
        share=count / n,
        mean_rest=float(weights[taken] @ rest[taken] / count) if count > 0 else None,
        point_biserial=_point_biserial(taken, rest, weights),
        point_biserial_total=_point_biserial(taken, total, weights),
        upper=upper,
        lower=lower,
        discrimination=upper - lower,
        curve=tuple(float(share) for share in shares),
    )


def _groups(totals: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Groups x persons: how much of each person belongs to each fifth; ties are shared out evenly."""
    up_to = [group_shares(totals, weights, part / GROUPS)[1] for part in range(1, GROUPS + 1)]
    return np.diff(np.array([np.zeros_like(weights), *up_to]), axis=0)


def _point_biserial(
    taken: NDArray[np.bool_], criterion: NDArray[np.float64], weights: NDArray[np.float64]
) -> float | None:
    n = weights.sum()
    share = float(weights[taken].sum() / n)
    deviations = criterion - weights @ criterion / n
    spread = float(weights @ deviations**2 / n)
    if not 0 < share < 1 or not spread > 1e-20:
        return None
    return float(weights[taken] @ deviations[taken] / n / np.sqrt(share * (1 - share) * spread))


def _suspicions(figures: tuple[OptionFigures, ...], n: float) -> list[KeySuspicion]:
    """What looks wrong; "likely" by the t-test of a correlation, its error divided by the number of wrong options."""
    wrong = [one for one in figures if not one.right and one.option]
    known = [one.point_biserial for one in figures if one.right and one.point_biserial is not None]
    best = max(known, default=None)
    error = SURE / max(1, len(wrong))
    found = []
    if best is not None and best < 0:
        option = next(one.option for one in figures if one.right and one.point_biserial == best)
        found.append(KeySuspicion(Suspicion.KEY_NEGATIVE, option, _above_zero(-best, n) < SURE))
    for one in wrong:
        r = one.point_biserial
        if one.share < FEW_CHOOSE:
            found.append(KeySuspicion(Suspicion.DISTRACTOR_UNUSED, one.option, likely=False))
        if r is None or r <= 0:
            continue
        beats = best is None or r > best
        kind = Suspicion.OPTION_BEATS_KEY if beats else Suspicion.DISTRACTOR_POSITIVE
        found.append(KeySuspicion(kind, one.option, _above_zero(r, n) < error))
    return found


def _above_zero(r: float, n: float) -> float:
    """The chance of a correlation this high where there is none, by the t distribution with n - 2 degrees of freedom."""
    from scipy.stats import t

    if n <= FEWEST_PERSONS or r >= 1:
        return 0.0 if r >= 1 and n > FEWEST_PERSONS else 1.0
    return float(t.sf(r * np.sqrt((n - 2) / (1 - r * r)), n - 2))
