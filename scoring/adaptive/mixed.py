# SPDX-License-Identifier: Apache-2.0
"""A ratio test over items whose error rates differ, exact: in a fixed order, or drawn at random from a pool.

Where all items have the same rates a `StopTable` says the same in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from scoring.adaptive.model import Ruling, Settled, check_items
from scoring.adaptive.ratios import Rates, RatioRule
from scoring.errors import StatisticsError

MOST_STATES: Final = 20_000
"""More states than this after one item are not followed."""


@dataclass(frozen=True, slots=True)
class PoolKind:
    """`number` items of a pool that have the same rates, and the chance of a right answer of the person who is followed."""

    rates: Rates
    number: int
    chance: Fraction


@dataclass(frozen=True, slots=True)
class MixedOperation:
    """What becomes of somebody: the chance of being passed, and of being asked exactly n items (`lengths[n - 1]`), exact."""

    met: Fraction
    lengths: tuple[Fraction, ...]

    @property
    def length(self) -> Fraction:
        """The expected number of items."""
        return sum((n * odds for n, odds in enumerate(self.lengths, start=1)), Fraction(0))


def settle_mixed(items: Sequence[Rates], rule: RatioRule, answers: Iterable[bool]) -> Settled:
    """Go through answers to items of given rates up to the first stop, as `StopTable.settle`.

    Raises StatisticsError(`adaptive_length`): no items, or too many.
    """
    check_items(len(items), least=rule.least)
    ratio, right, presented = Fraction(1), 0, 0
    for rates, answer in zip(items, answers, strict=False):
        ratio *= rates.when_right if answer else rates.when_wrong
        right, presented = right + answer, presented + 1
        ruling = rule.ruling(ratio, presented, last=presented == len(items))
        if ruling is not Ruling.GO_ON:
            return Settled(ruling, right, presented)
    return Settled(Ruling.GO_ON, right, presented)


def operate_mixed(items: Sequence[Rates], rule: RatioRule, *, chances: Sequence[Fraction]) -> MixedOperation:
    """Follow somebody through items in their order; `chances` are theirs of a right answer, item by item.

    Equal ratios are one state, so the work grows with the number of different ratios. Raises StatisticsError
    (`adaptive_length`, `chance_range`, `adaptive_states`).
    """
    check_items(len(items), least=rule.least)
    if len(chances) != len(items):
        raise StatisticsError("adaptive_length", items=len(chances), least=len(items), most=len(items))
    _check(chances)
    states, met, lengths = {Fraction(1): Fraction(1)}, Fraction(0), []
    for presented, (rates, chance) in enumerate(zip(items, chances, strict=True), start=1):
        reached: dict[Fraction, Fraction] = {}
        for ratio, odds in states.items():
            for after, part in ((ratio * rates.when_right, chance), (ratio * rates.when_wrong, 1 - chance)):
                reached[after] = reached.get(after, Fraction(0)) + odds * part
        _bound(len(reached))
        states, stopped = {}, Fraction(0)
        for ratio, odds in reached.items():
            ruling = rule.ruling(ratio, presented, last=presented == len(items))
            if ruling is Ruling.GO_ON:
                states[ratio] = odds
            else:
                stopped += odds
                met += odds if ruling is Ruling.MET else 0
        lengths.append(stopped)
    return MixedOperation(met, tuple(lengths))


def operate_pool(pool: Sequence[PoolKind], rule: RatioRule, *, items: int) -> MixedOperation:
    """Follow somebody who is asked at most `items` of a pool, each next one at random among those not asked yet.

    This is what a random order within a criterion does; the kinds of a pool are few, so the states are counts by kind. Raises
    StatisticsError (`adaptive_length`, `chance_range`, `adaptive_states`).
    """
    check_items(items, least=rule.least)
    total = sum(kind.number for kind in pool)
    if total < items or min((kind.number for kind in pool), default=0) < 1:
        raise StatisticsError("adaptive_length", items=total, least=items, most=total)
    _check([kind.chance for kind in pool])
    start = tuple((0, 0) for _ in pool)  # asked and right, by kind
    states, met, lengths = {start: Fraction(1)}, Fraction(0), []
    for presented in range(1, items + 1):
        reached: dict[tuple[tuple[int, int], ...], Fraction] = {}
        for state, odds in states.items():
            for place, kind in enumerate(pool):
                asked, right = state[place]
                draw = odds * Fraction(kind.number - asked, total - presented + 1)
                for good, part in ((1, kind.chance), (0, 1 - kind.chance)):
                    if draw and part:
                        after = (*state[:place], (asked + 1, right + good), *state[place + 1 :])
                        reached[after] = reached.get(after, Fraction(0)) + draw * part
        _bound(len(reached))
        states, stopped = {}, Fraction(0)
        for state, odds in reached.items():
            ruling = rule.ruling(_ratio(pool, state), presented, last=presented == items)
            if ruling is Ruling.GO_ON:
                states[state] = odds
            else:
                stopped += odds
                met += odds if ruling is Ruling.MET else 0
        lengths.append(stopped)
    return MixedOperation(met, tuple(lengths))


def _ratio(pool: Sequence[PoolKind], state: Sequence[tuple[int, int]]) -> Fraction:
    ratio = Fraction(1)
    for kind, (asked, right) in zip(pool, state, strict=True):
        ratio *= kind.rates.ratio(right, asked)
    return ratio


def _check(chances: Sequence[Fraction]) -> None:
    for chance in chances:
        if not 0 <= chance <= 1:
            raise StatisticsError("chance_range", chance=str(chance))


def _bound(states: int) -> None:
    if states > MOST_STATES:
        raise StatisticsError("adaptive_states", states=states, most=MOST_STATES)
