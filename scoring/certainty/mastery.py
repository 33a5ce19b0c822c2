# SPDX-License-Identifier: Apache-2.0
"""How sure one criterion is: the posterior chance of mastery, and the exact accuracy and consistency of a threshold.

A person answers each item of a criterion right with one chance p; a criterion that is judged in steps counts each step as an
item. What to do about a doubtful one lives in `borderline`; no rule is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import Final

import numpy as np

from scoring.blueprint_lint import needed_of, pass_chance
from scoring.certainty.quality import DecisionQuality, category_of, from_conditional
from scoring.certainty.true_scores import TrueScores
from scoring.errors import StatisticsError

MOST_ITEMS: Final = 1_000
_CREDIBLE: Final = 0.95
_LEAST: Final = Fraction(1, 100)
_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed about p before the test: Beta(right, wrong), as if so many items had been answered.

    Both lie between 1/100 and 1000. Raises StatisticsError(`prior_range`).
    """

    right: Fraction
    wrong: Fraction

    def __post_init__(self) -> None:
        if not (min(self.right, self.wrong) >= _LEAST and max(self.right, self.wrong) <= _MOST):
            raise StatisticsError("prior_range", right=str(self.right), wrong=str(self.wrong))

    @property
    def whole(self) -> bool:
        """Whether the posterior is a fraction (both numbers are whole)."""
        return self.right.denominator == 1 and self.wrong.denominator == 1

    def after(self, right: int, items: int) -> tuple[Fraction, Fraction]:
        """The two numbers of the Beta posterior after `right` of `items`."""
        return self.right + right, self.wrong + items - right


FLAT: Final = Prior(Fraction(1), Fraction(1))
"""Every p is as likely as every other (Bayes and Laplace)."""
JEFFREYS: Final = Prior(Fraction(1, 2), Fraction(1, 2))
"""The prior that does not depend on how p is written (Jeffreys 1946)."""


@dataclass(frozen=True, slots=True)
class Mastery:
    """What `right` of `items` say about p against the threshold `share`.

    `chance` is P(p >= share), 0 to 1; `exact` the same as a fraction where the prior is whole, else None; `mean` the posterior
    mean of p; `lower` and `upper` hold it with 95 % (equal tails).
    """

    right: int
    items: int
    share: Fraction
    prior: Prior
    chance: float
    exact: Fraction | None
    mean: Fraction
    lower: float
    upper: float

    @property
    def meets_rule(self) -> bool:
        """Whether the raw share reaches the threshold, which alone decides; with no items it cannot."""
        return self.items > 0 and self.right >= needed_of(self.items, share=self.share)

    def to_document(self) -> dict[str, object]:
        """As JSON; exact numbers are texts."""
        return {
            "right": self.right,
            "items": self.items,
            "threshold": str(self.share),
            "meets_rule": self.meets_rule,
            "chance_of_mastery": self.chance,
            "exact": None if self.exact is None else str(self.exact),
            "mean": float(self.mean),
            "lower": self.lower,
            "upper": self.upper,
            "prior": [str(self.prior.right), str(self.prior.wrong)],
        }


@lru_cache(maxsize=8192)
def posterior_mastery(right: int, items: int, *, share: Fraction, prior: Prior = FLAT) -> Mastery:
    """P(p >= share) after `right` of `items` (0 <= right <= items <= 1000), share above 0 and at most 1.

    Beta posterior of a binomial chance; for whole numbers its tail is a binomial sum, so that it is exact: P(p >= q) =
    sum over j < A of C(A+B-1, j) q^j (1-q)^(A+B-1-j) (Abramowitz & Stegun 1964, 26.5.24). Raises StatisticsError
    (`right_of_items`, `share_range`).
    """
    if not 0 <= right <= items <= MOST_ITEMS:
        raise StatisticsError("right_of_items", right=right, items=items, most=MOST_ITEMS)
    _check_share(share)
    good, bad = prior.after(right, items)
    exact = _tail(int(good), int(bad), share) if prior.whole else None
    from scipy.special import betainc, betaincinv

    a, b = float(good), float(bad)
    chance = float(1 - betainc(a, b, float(share))) if exact is None else float(exact)
    edge = (1 - _CREDIBLE) / 2
    return Mastery(
        right,
        items,
        share,
        prior,
        chance,
        exact,
        good / (good + bad),
        float(betaincinv(a, b, edge)),
        float(betaincinv(a, b, 1 - edge)),
    )


@dataclass(frozen=True, slots=True)
class DecisionAt:
    """How a threshold works for people of one stated chance p, exact.

    `passes` is their chance to pass; `correct` the chance of the right decision (pass if p reaches the share, else fail);
    `consistent` the chance that two such tests decide alike.
    """

    items: int
    needed: int
    chance: Fraction
    passes: Fraction
    correct: Fraction
    consistent: Fraction


def decision_at(items: int, *, share: Fraction, chance: Fraction) -> DecisionAt:
    """The exact binomial accuracy and consistency of a threshold over `items` (1 to 1000) at p = `chance` (0 to 1).

    Subkoviak (1976), J. Educ. Meas. 13, 265-276, with p stated instead of estimated. Raises StatisticsError (`right_of_items`,
    `share_range`, `chance_range`).
    """
    if not 1 <= items <= MOST_ITEMS:
        raise StatisticsError("right_of_items", right=0, items=items, most=MOST_ITEMS)
    _check_share(share)
    if not 0 <= chance <= 1:
        raise StatisticsError("chance_range", chance=str(chance))
    passes = pass_chance(items, share=share, chance=chance)
    correct = passes if chance >= share else 1 - passes
    return DecisionAt(
        items, needed_of(items, share=share), chance, passes, correct, passes**2 + (1 - passes) ** 2
    )


@lru_cache(maxsize=1024)
def threshold_quality(
    items: int, *, share: Fraction, prior: Prior = FLAT, needed: int | None = None
) -> DecisionQuality:
    """Accuracy, consistency and kappa of a threshold over `items` (1 to 1000) for people whose p is Beta(prior).

    `needed` right answers pass (the smallest number that reaches the share, if None). The beta-binomial model of Huynh (1976),
    J. Educ. Meas. 13, 253-264. Raises StatisticsError (`right_of_items`, `share_range`).
    """
    if not 1 <= items <= MOST_ITEMS:
        raise StatisticsError("right_of_items", right=0, items=items, most=MOST_ITEMS)
    _check_share(share)
    from scipy.special import bdtr

    pass_mark = needed_of(items, share=share) if needed is None else needed
    nodes, weights = TrueScores(0.0, 1.0, float(prior.right), float(prior.wrong), fitted=2).nodes(
        [float(share)]
    )
    fails = np.asarray(bdtr(pass_mark - 1, items, nodes)) if pass_mark > 0 else np.zeros_like(nodes)
    decisions = np.stack([fails, 1 - fails], axis=1)
    return from_conditional(weights, decisions, category_of(nodes, [float(share)]), categories=2)


def _tail(a: int, b: int, share: Fraction) -> Fraction:
    number = a + b - 1
    # Integers over one denominator: adding fractions one by one would reduce each of them.
    top, bottom = share.numerator, share.denominator
    total = sum(comb(number, j) * top**j * (bottom - top) ** (number - j) for j in range(a))
    return Fraction(total, bottom**number)


def _check_share(share: Fraction) -> None:
    if not 0 < share <= 1:
        raise StatisticsError("share_range", share=str(share))
