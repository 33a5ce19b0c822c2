# SPDX-License-Identifier: Apache-2.0
"""What a short paper can support: exact chances that a master fails a threshold, and that a guesser passes it.

Binomial chances in fractions, after A. Birnbaum's right-or-wrong model with one chance per person (Lord and Novick, Statistical
Theories of Mental Test Scores, 1968, ch. 23). What a blueprint is, and who may overrule a finding, lives in the item bank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, prod
from typing import Final

MASTER: Final = Fraction(9, 10)
"""The chance of a right answer of somebody who meets the criterion."""
BORDERLINE: Final = Fraction(1, 2)
"""The chance of a right answer of somebody who knows half of it."""
USUAL_GUESS: Final = Fraction(1, 4)
"""The chance of a right guess among four options."""
LONGEST: Final = 200
"""The longest part that is looked at when the smallest sufficient one is sought."""


@dataclass(frozen=True, slots=True)
class LintLimits:
    """What is tolerated: the chance that a master fails, and that a guesser passes, each between 0 and 1."""

    master_fails: Fraction = Fraction(1, 10)
    guesser_passes: Fraction = Fraction(3, 50)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One thing that earns marks: the marks of its levels, lowest first, and a guesser's chance of each step up.

    An item has two levels, 0 and its marks. A criterion that a person watches has a guess of 0.
    """

    levels: tuple[Fraction, ...]
    guess: Fraction = Fraction(0)

    @property
    def maximum(self) -> Fraction:
        """The marks of the best level."""
        return self.levels[-1]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a threshold works over a set of judgements: chances of passing, each between 0 and 1, exact."""

    judgements: int
    maximum: Fraction
    needed: Fraction
    master: Fraction
    borderline: Fraction
    guesser: Fraction

    def breaks(self, limits: LintLimits) -> tuple[str, ...]:
        """Which limits are broken: ``master_fails``, ``guesser_passes``."""
        found = []
        if 1 - self.master > limits.master_fails:
            found.append("master_fails")
        if self.guesser > limits.guesser_passes:
            found.append("guesser_passes")
        return tuple(found)


def needed_of(items: int, *, share: Fraction) -> int:
    """How many of ``items`` right answers reach a share of them: the ceiling, exact."""
    return -(-items * share.numerator // share.denominator)


def pass_chance(items: int, *, share: Fraction, chance: Fraction) -> Fraction:
    """The chance of at least the needed right answers among ``items``, each right with ``chance``: the binomial tail."""
    return sum(
        (
            comb(items, right) * chance**right * (1 - chance) ** (items - right)
            for right in range(needed_of(items, share=share), items + 1)
        ),
        Fraction(0),
    )


def read_threshold(judgements: Sequence[Judgement], *, share: Fraction) -> Reading:
    """The chances of reaching ``share`` of the marks of some judgements, which are taken to be independent.

    A person with chance p climbs each step of a criterion with chance p: three levels give a binomial of two.
    """
    parts = tuple(judgements)
    maximum = sum((part.maximum for part in parts), Fraction(0))
    wanted = share * maximum
    reached = sorted(mark for mark in _scores(parts, MASTER) if mark >= wanted)
    return Reading(
        judgements=len(parts),
        maximum=maximum,
        needed=reached[0] if reached else wanted,
        master=_chance_of(parts, wanted, MASTER),
        borderline=_chance_of(parts, wanted, BORDERLINE),
        guesser=_chance_of(parts, wanted, None),
    )


def sawtooth(items: int, *, share: Fraction) -> tuple[int, ...]:
    """The neighbouring lengths, one item less or more, at which a master passes more often; empty where ``items`` is a peak.

    The needed count is a ceiling, so the chance rises and falls like the teeth of a saw as items are added.
    """
    here = pass_chance(items, share=share, chance=MASTER)
    neighbours = (number for number in (items - 1, items + 1) if number > 0)
    return tuple(number for number in neighbours if pass_chance(number, share=share, chance=MASTER) > here)


@lru_cache(maxsize=512)
def smallest_length(*, share: Fraction, guess: Fraction, limits: LintLimits) -> int | None:
    """The least number of items of one mark with which neither limit is broken; None when 200 are too few."""
    for items in range(1, LONGEST + 1):
        if (
            1 - pass_chance(items, share=share, chance=MASTER) <= limits.master_fails
            and pass_chance(items, share=share, chance=guess) <= limits.guesser_passes
        ):
            return items
    return None


def all_pass(readings: Sequence[Reading]) -> Fraction:
    """The chance that a master passes every one of them, taken to be independent."""
    return prod((reading.master for reading in readings), start=Fraction(1))


def item_judgement(marks: Fraction, *, guess: Fraction) -> Judgement:
    """An item: right or wrong."""
    return Judgement((Fraction(0), marks), guess)


@lru_cache(maxsize=4096)
def _chance_of(parts: tuple[Judgement, ...], wanted: Fraction, chance: Fraction | None) -> Fraction:
    return sum((odds for mark, odds in _scores(parts, chance).items() if mark >= wanted), Fraction(0))


@lru_cache(maxsize=4096)
def _scores(parts: tuple[Judgement, ...], chance: Fraction | None) -> dict[Fraction, Fraction]:
    """The chance of every sum of marks; ``chance`` None is the guesser, who has a chance of their own with each part."""
    table = {Fraction(0): Fraction(1)}
    for part in parts:
        step = part.guess if chance is None else chance
        steps = len(part.levels) - 1
        grown: dict[Fraction, Fraction] = {}
        for climbed, marks in enumerate(part.levels):
            odds = comb(steps, climbed) * step**climbed * (1 - step) ** (steps - climbed)
            for mark, before in table.items():
                grown[mark + marks] = grown.get(mark + marks, Fraction(0)) + before * odds
        table = grown
    return table
