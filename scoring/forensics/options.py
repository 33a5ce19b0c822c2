# SPDX-License-Identifier: Apache-2.0
"""Which option a person would choose when working alone: the coded answers and the chances of each option for each person.

Comparing persons does not live here, nor the fit of the nominal model (`scoring.irt`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.tables import ChoiceTable

MOST_OPTIONS: Final = 20
FEWEST_PERSONS: Final = 30  # below, shares of options by ability are noise
FEWEST_FOR_NOMINAL: Final = 200  # Zopluoglu & Davenport (2012) fit the nominal model to no fewer
PRIOR_VARIANCE: Final = 10.0  # of the ability, as CopyDetect's MAP has it: next to no pull towards the mean
_NEWTON_STEPS: Final = 60


class OptionModelKind(StrEnum):
    """Where the chances of options come from."""

    NOMINAL = "nominal"
    SMOOTHED = "smoothed"


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Choices as whole numbers.

    `codes` is persons x items: the place of the option in `options[item]`, -1 where nothing was chosen. `right` is items x
    options (True where the key names the option), or None where there is no key.
    """

    persons: tuple[str, ...]
    items: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    codes: NDArray[np.int64]
    right: NDArray[np.bool_] | None

    @property
    def most_options(self) -> int:
        """The number of options of the item that has most."""
        return max(len(options) for options in self.options)

    def indicators(self, rows: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.float64]:
        """Rows x (items times options): 1 where that option was chosen."""
        codes = self.codes[rows]
        answer = np.zeros((*codes.shape, self.most_options))
        person, item = np.nonzero(codes >= 0)
        answer[person, item, codes[person, item]] = 1.0
        return answer.reshape(codes.shape[0], -1)

    def scored(self) -> NDArray[np.float64]:
        """Persons x items: 1 right, 0 wrong, NaN nothing chosen. StatisticsError(`key_needed`) without a key."""
        if self.right is None:
            raise StatisticsError("key_needed")
        right = np.take_along_axis(self.right.T, np.maximum(self.codes, 0), axis=0)
        return np.where(self.codes < 0, np.nan, right.astype(np.float64))


def coded(table: ChoiceTable, key: Mapping[str, str] | None = None) -> Answers:
    """The answers of a table of choices; the key may list several right options as "A|C".

    The options of an item are those that somebody chose and those of the key. Raises StatisticsError: `pairs_weights`,
    `options_too_many`, `options_too_few`, and those of `ChoiceTable.key_options`.
    """
    if not (table.weights == 1).all():
        raise StatisticsError("pairs_weights")
    keys = table.key_options(key) if key is not None else ((),) * len(table.items)
    options: list[tuple[str, ...]] = []
    codes = np.full(table.choices.shape, -1, dtype=np.int64)
    for item, right in enumerate(keys):
        found = tuple(sorted({*table.options(item), *right}))
        if len(found) > MOST_OPTIONS:
            raise StatisticsError(
                "options_too_many", item=table.items[item], options=len(found), most=MOST_OPTIONS
            )
        options.append(found)
        for place, option in enumerate(found):
            codes[table.choices[:, item] == option, item] = place
    if max(len(found) for found in options) < 2:
        raise StatisticsError("options_too_few")
    named = _right(options, keys) if key is not None else None
    return Answers(table.persons, table.items, tuple(options), codes, named)


def _right(options: list[tuple[str, ...]], keys: tuple[tuple[str, ...], ...]) -> NDArray[np.bool_]:
    right = np.zeros((len(options), max(len(found) for found in options)), dtype=np.bool_)
    for item, (found, key) in enumerate(zip(options, keys, strict=True)):
        right[item, [found.index(option) for option in key]] = True
    return right


@dataclass(frozen=True, slots=True, eq=False)
class OptionChances:
    """What each person would choose alone.

    `chances` is persons x items x options and sums to 1 over the options of an item (0 for options that it has not);
    `abilities` are the persons' places on the scale of the model, mean about 0 and standard deviation about 1.
    """

    kind: OptionModelKind
    abilities: NDArray[np.float64]
    chances: NDArray[np.float64]


def smoothed_chances(answers: Answers) -> OptionChances:
    """Chances of options by kernel smoothing over the share of right answers; no model of their shape is assumed.

    A person's ability is the normal quantile of the rank of his share of right answers among those that he gave (ties
    share their mean rank); an item's option curves are the weighted shares of the persons around that ability, under a
    normal kernel of width 1.1 N^(-1/5), with half an answer spread over the options so that none is impossible.

    Source: Ramsay (1991), Psychometrika 56, eq. 4-6; the width is TestGraf's. Raises StatisticsError: `key_needed`,
    `persons_too_few_to_compare`.
    """
    persons = len(answers.persons)
    if persons < FEWEST_PERSONS:
        raise StatisticsError("persons_too_few_to_compare", persons=persons, fewest=FEWEST_PERSONS)
    scored = answers.scored()
    given = ~np.isnan(scored)
    share = np.nansum(scored, axis=1) / np.maximum(given.sum(axis=1), 1)
    abilities = _rank_scale(share)
    places, person = np.unique(abilities, return_inverse=True)
    width = 1.1 * persons**-0.2
    kernel = np.exp(-0.5 * ((places[:, None] - abilities[None, :]) / width) ** 2)
    chosen = (kernel @ answers.indicators()).reshape(places.size, len(answers.items), -1)
    own = np.array([len(found) for found in answers.options])
    exists = np.arange(answers.most_options) < own[:, None]
    chosen += 0.5 * exists / own[:, None]
    chances = chosen / chosen.sum(axis=2, keepdims=True)
    return OptionChances(OptionModelKind.SMOOTHED, abilities, chances[person])


def _rank_scale(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normal quantiles of the mean ranks, divided by one more than their number."""
    from scipy.special import ndtri

    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2
    return np.asarray(ndtri(rank / (values.size + 1)), dtype=np.float64)[place]


def nominal_chances(
    answers: Answers, slopes: NDArray[np.float64], intercepts: NDArray[np.float64]
) -> OptionChances:
    """Chances of options under Bock's nominal model with given parameters, items x options (NaN: no such option).

    P(option k) is proportional to exp(slope_k * ability + intercept_k); the ability is the posterior mode under a normal
    prior of variance `PRIOR_VARIANCE`. Sources: Bock (1972), Psychometrika 37, eq. 2; Wollack (1997), Appl. Psychol.
    Meas. 21, eq. 2.
    """
    slope = np.where(np.isnan(slopes), 0.0, slopes)
    start = np.where(np.isnan(intercepts), -np.inf, intercepts)
    abilities = _modes(answers, slope, start)
    return OptionChances(OptionModelKind.NOMINAL, abilities, _softmax(abilities, slope, start))


def _softmax(
    abilities: NDArray[np.float64], slope: NDArray[np.float64], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    power = abilities[:, None, None] * slope + start
    power -= power.max(axis=2, keepdims=True)
    np.exp(power, out=power)
    power /= power.sum(axis=2, keepdims=True)
    return power


def _modes(
    answers: Answers, slope: NDArray[np.float64], start: NDArray[np.float64], *, steps: int = _NEWTON_STEPS
) -> NDArray[np.float64]:
    """Newton's method on the posterior, which is concave; steps longer than 1 are cut, so that none is overshot."""
    given = answers.codes >= 0
    reached = np.where(given, np.take_along_axis(slope.T, np.maximum(answers.codes, 0), axis=0), 0.0)
    total = reached.sum(axis=1)
    abilities = np.zeros(len(answers.persons))
    for _ in range(steps):
        chances = _softmax(abilities, slope, start)
        mean = (chances * slope).sum(axis=2)
        spread = (chances * slope**2).sum(axis=2) - mean**2
        gradient = total - (mean * given).sum(axis=1) - abilities / PRIOR_VARIANCE
        step = np.clip(gradient / ((spread * given).sum(axis=1) + 1 / PRIOR_VARIANCE), -1.0, 1.0)
        abilities = abilities + step
        if np.abs(step).max() < 1e-10:
            break
    return abilities
