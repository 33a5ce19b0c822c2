# SPDX-License-Identifier: Apache-2.0
"""How a table of stops works, by exact dynamic programming over (right, presented): errors, lengths, what it saves.

Nothing is simulated here (`simulation` does, as a check), and items that differ are in `mixed`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import comb
from operator import neg

from scoring.adaptive.model import LONGEST, Ruling, StopTable
from scoring.adaptive.ratios import Rates, ratio_table, wald
from scoring.errors import StatisticsError


@dataclass(frozen=True, slots=True)
class Operation:
    """What becomes of people who answer each item right with `chance`, exact.

    `met` is the chance of being passed; `lengths[n - 1]` that of being asked exactly n items; `share` the expected share of
    right answers among those asked. Stopping early makes that share a little extreme: it is not `chance`.
    """

    chance: Fraction
    met: Fraction
    lengths: tuple[Fraction, ...]
    share: Fraction

    @property
    def length(self) -> Fraction:
        """The expected number of items."""
        return sum((n * odds for n, odds in enumerate(self.lengths, start=1)), Fraction(0))

    @property
    def presented(self) -> tuple[Fraction, ...]:
        """The chance that the item at each place is asked at all; the first is always."""
        left, found = Fraction(1), []
        for odds in self.lengths:
            found.append(left)
            left -= odds
        return tuple(found)

    def longest(self, sure: Fraction) -> int:
        """The number of items that is enough with a chance of at least `sure` (above 0, at most 1)."""
        total = Fraction(0)
        for n, odds in enumerate(self.lengths, start=1):
            total += odds
            if total >= sure:
                return n
        raise StatisticsError("sure_range", sure=str(sure))


def operate(table: StopTable, *, chance: Fraction) -> Operation:
    """Follow people of one chance (0 to 1) through a table, item after item. Raises StatisticsError(`chance_range`)."""
    if not 0 <= chance <= 1:
        raise StatisticsError("chance_range", chance=str(chance))
    # Whole numbers of ways, over chance's denominator to the power of the items: no fraction is reduced on the way.
    top, bottom = chance.as_integer_ratio()
    ways, lengths = {0: 1}, []
    met = share = Fraction(0)
    for presented in range(1, table.items + 1):
        whole = bottom**presented
        reached: dict[int, int] = {}
        for right, number in ways.items():
            reached[right + 1] = reached.get(right + 1, 0) + number * top
            reached[right] = reached.get(right, 0) + number * (bottom - top)
        ways, stopped, passed, earned = {}, 0, 0, 0
        for right, number in reached.items():
            ruling = table.ruling(right, presented)
            if ruling is Ruling.GO_ON:
                ways[right] = number
                continue
            stopped += number
            earned += right * number
            passed += number if ruling is Ruling.MET else 0
        lengths.append(Fraction(stopped, whole))
        met += Fraction(passed, whole)
        share += Fraction(earned, presented * whole)
    return Operation(chance, met, tuple(lengths), share)


@dataclass(frozen=True, slots=True)
class FixedTest:
    """A test of `items` items, met from `needed` right answers on, and its two errors, exact."""

    items: int
    needed: int
    false_pass: Fraction
    false_fail: Fraction


def fixed_test(items: int, needed: int, rates: Rates) -> FixedTest:
    """The errors of a fixed test for people of two kinds: binomial tails."""
    passes = [_tails(items, chance)[needed] for chance in (rates.lacking, rates.master)]
    return FixedTest(items, needed, passes[0], 1 - passes[1])


def shortest_fixed(rates: Rates, *, false_pass: Fraction, false_fail: Fraction) -> FixedTest | None:
    """The shortest fixed test that keeps both errors, with the lowest pass mark that does; None: 200 items are too few."""
    for items in range(1, LONGEST + 1):
        needed = bisect_left(_tails(items, rates.lacking), -false_pass, key=neg)
        if needed <= items:
            found = fixed_test(items, needed, rates)
            if found.false_fail <= false_fail:
                return found
    return None


@lru_cache(maxsize=1024)
def _tails(items: int, chance: Fraction) -> tuple[Fraction, ...]:
    """The chance of at least k right answers among `items`, for k = 0 to `items`: falling."""
    top, bottom = chance.as_integer_ratio()
    ways = [comb(items, n) * top**n * (bottom - top) ** (items - n) for n in range(items, -1, -1)]
    return tuple(Fraction(number, bottom**items) for number in accumulate(ways))[::-1]


@dataclass(frozen=True, slots=True)
class Quality:
    """A table for people of two kinds: their operations, and the shortest fixed test that keeps the same two errors.

    `fixed` is None where 200 items are too few.
    """

    lacking: Operation
    master: Operation
    fixed: FixedTest | None

    @property
    def false_pass(self) -> Fraction:
        """The chance that somebody who lacks the criterion is passed."""
        return self.lacking.met

    @property
    def false_fail(self) -> Fraction:
        """The chance that a master is failed."""
        return 1 - self.master.met

    @property
    def saved(self) -> tuple[Fraction, Fraction] | None:
        """The part of the fixed test's items that is saved for people who lack it, and for masters; negative: more."""
        if self.fixed is None:
            return None
        return 1 - self.lacking.length / self.fixed.items, 1 - self.master.length / self.fixed.items

    def keeps(self, *, false_pass: Fraction, false_fail: Fraction) -> bool:
        """Whether both errors are at most what is wanted."""
        return self.false_pass <= false_pass and self.false_fail <= false_fail


def quality(table: StopTable, rates: Rates) -> Quality:
    """How a table works for people of two kinds, beside the shortest fixed test that does no worse than it."""
    lacking, master = (operate(table, chance=chance) for chance in (rates.lacking, rates.master))
    fixed = shortest_fixed(rates, false_pass=lacking.met, false_fail=1 - master.met)
    return Quality(lacking, master, fixed)


def shortest_ratio(
    rates: Rates,
    *,
    false_pass: Fraction,
    false_fail: Fraction,
    share: Fraction | None = None,
    least: int = 1,
    longest: int = LONGEST,
) -> StopTable | None:
    """The truncated ratio test with the fewest items at most that keeps both errors itself, exactly; None: none of them does.

    Wald's bounds promise the errors only without an end; here the truncated table is looked at. A ``share`` rules at the end.
    """
    rule = wald(false_pass=false_pass, false_fail=false_fail, least=least)
    for items in range(least, longest + 1):
        table = ratio_table(items, rates, rule, share=share)
        met = operate(table, chance=rates.lacking).met
        if met <= false_pass and 1 - operate(table, chance=rates.master).met <= false_fail:
            return table
    return None


@dataclass(frozen=True, slots=True)
class PaperOperation:
    """Several criteria one after the other: the chance that all are met, and how many items are asked in all.

    `lengths[n]` is the chance of exactly n items.
    """

    all_met: Fraction
    lengths: tuple[Fraction, ...]

    @property
    def length(self) -> Fraction:
        """The expected number of items."""
        return sum((n * odds for n, odds in enumerate(self.lengths)), Fraction(0))

    def longest(self, sure: Fraction) -> int:
        """The number of items that is enough with a chance of at least `sure` (above 0, at most 1)."""
        return Operation(Fraction(0), Fraction(0), self.lengths[1:], Fraction(0)).longest(sure)


def operate_paper(parts: Sequence[Operation]) -> PaperOperation:
    """A paper of several criteria whose answers are independent; StatisticsError(`adaptive_length`) of none."""
    if not parts:
        raise StatisticsError("adaptive_length", items=0, least=1, most=LONGEST)
    met, lengths = Fraction(1), [Fraction(1)]
    for part in parts:
        met *= part.met
        grown = [Fraction(0)] * (len(lengths) + len(part.lengths))
        for before, odds in enumerate(lengths):
            for asked, chance in enumerate(part.lengths, start=1):
                grown[before + asked] += odds * chance
        lengths = grown
    return PaperOperation(met, tuple(lengths))
