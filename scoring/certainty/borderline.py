# SPDX-License-Identifier: Apache-2.0
"""Which results hang on luck, and what would settle them: more items, or a talk with the learner.

The advice stands beside the rule and never changes a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np

from scoring.certainty.mastery import FLAT, Mastery, Prior, posterior_mastery
from scoring.errors import StatisticsError

SURE: Final = Fraction(4, 5)
"""A chance of mastery from here on, or up to the rest, is taken to be settled."""
LONGEST_LOOK: Final = 60
MOST_MORE: Final = 6
"""More items than this are not asked of a learner after the test: a viva is shorter."""
LIKELY: Final = Fraction(1, 2)
_EDGE: Final = 1e-12


class Advice(StrEnum):
    """What is suggested: `none` (settled), `more_items`, or `viva` (an assessor asks)."""

    NONE = "none"
    MORE_ITEMS = "more_items"
    VIVA = "viva"


@dataclass(frozen=True, slots=True)
class Borderline:
    """A criterion in doubt or not, and why.

    `least` is the smallest number of further items that can settle it (all right, or all wrong); `likely` the smallest that
    settles it with a chance of at least one half; both None where it is settled, or where 60 are too few. `against_rule` says
    that the evidence points the other way than the raw rule. `reason` is a stable code: `settled_met`, `settled_not_met`,
    `few_items`, `close_to_threshold`.
    """

    mastery: Mastery
    advice: Advice
    reason: str
    least: int | None
    likely: int | None

    @property
    def in_doubt(self) -> bool:
        """Whether anything is suggested."""
        return self.advice is not Advice.NONE

    @property
    def against_rule(self) -> bool:
        """Whether mastery is less likely than not although the rule is met, or the other way round."""
        return self.mastery.meets_rule != (self.mastery.chance >= 0.5)

    def to_document(self) -> dict[str, object]:
        """As JSON: the mastery's figures with the advice."""
        return self.mastery.to_document() | {
            "borderline": self.in_doubt,
            "advice": self.advice.value,
            "reason": self.reason,
            "least_more_items": self.least,
            "likely_more_items": self.likely,
            "against_rule": self.against_rule,
        }


@lru_cache(maxsize=8192)
def borderline(
    right: int,
    items: int,
    *,
    share: Fraction,
    prior: Prior = FLAT,
    sure: Fraction = SURE,
    most_more: int = MOST_MORE,
) -> Borderline:
    """Whether `right` of `items` settle a criterion, and what would: see `Borderline`.

    Settled means that the chance of mastery is at least `sure` (above 1/2, below 1) or at most 1 - sure. More items are
    suggested where at most `most_more` of them would settle it more likely than not, a viva otherwise. Raises StatisticsError
    (`sure_range`, and those of `posterior_mastery`).
    """
    _check_setting(sure)
    mastery = posterior_mastery(right, items, share=share, prior=prior)
    if _settled(mastery.chance, sure):
        met = mastery.chance >= 0.5
        return Borderline(mastery, Advice.NONE, "settled_met" if met else "settled_not_met", None, None)
    least = likely = None
    for more in range(1, LONGEST_LOOK + 1):
        chance = chance_of_settling(right, items, more, share=share, prior=prior, sure=sure)
        if least is None and chance > 0:
            least = more
        if chance >= LIKELY - _EDGE:
            likely = more
            break
    few = likely is not None and likely <= most_more
    return Borderline(
        mastery,
        Advice.MORE_ITEMS if few else Advice.VIVA,
        "few_items" if few else "close_to_threshold",
        least,
        likely,
    )


@dataclass(frozen=True, slots=True)
class BorderlineScore:
    """A total (of a NOS, or of all) against its cut, by its conditional standard error.

    `chance` is that of a true score of at least the cut: normal about the score, None without a standard error. `advice` is
    `viva` where that is not settled, or not known; `reason` is `settled_met`, `settled_not_met`, `close_to_cut`, `no_error`.
    """

    score: float
    cut: float
    standard_error: float | None
    chance: float | None
    advice: Advice
    reason: str

    @property
    def in_doubt(self) -> bool:
        """Whether anything is suggested."""
        return self.advice is not Advice.NONE

    def to_document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "score": self.score,
            "cut": self.cut,
            "standard_error": self.standard_error,
            "chance": self.chance,
            "borderline": self.in_doubt,
            "advice": self.advice.value,
            "reason": self.reason,
        }


def borderline_score(
    score: float, cut: float, *, standard_error: float | None, sure: Fraction = SURE
) -> BorderlineScore:
    """Whether a total hangs on luck, from its conditional standard error in marks (`standard_errors`), or None.

    An error of 0 (nothing or everything right) settles nothing by itself: it is taken for no information. Raises
    StatisticsError(`sure_range`).
    """
    _check_setting(sure)
    if not standard_error:
        return BorderlineScore(score, cut, standard_error, None, Advice.VIVA, "no_error")
    chance = NormalDist(score, standard_error).cdf(2 * score - cut)
    if not _settled(chance, sure):
        return BorderlineScore(score, cut, standard_error, chance, Advice.VIVA, "close_to_cut")
    reason = "settled_met" if chance >= 0.5 else "settled_not_met"
    return BorderlineScore(score, cut, standard_error, chance, Advice.NONE, reason)


def chance_of_settling(
    right: int, items: int, more: int, *, share: Fraction, prior: Prior = FLAT, sure: Fraction = SURE
) -> float:
    """The chance, by what is known now, that `more` further items settle the criterion: 0 to 1.

    The next answers are beta-binomial (Lord & Novick 1968, ch. 23).
    """
    from scipy.special import betainc, betaln, gammaln

    _check_setting(sure)
    a, b = (float(number) for number in prior.after(right, items))
    good = np.arange(more + 1)
    wrong = more - good
    mastered = 1 - betainc(a + good, b + wrong, float(share))
    ways = gammaln(more + 1) - gammaln(good + 1) - gammaln(wrong + 1)
    chances = np.exp(ways + betaln(a + good, b + wrong) - betaln(a, b))
    settles = np.maximum(mastered, 1 - mastered) >= float(sure) - _EDGE
    return min(float(chances[settles].sum()), 1.0)


def _check_setting(sure: Fraction) -> None:
    if not Fraction(1, 2) < sure < 1:
        raise StatisticsError("sure_range", sure=str(sure))


def _settled(chance: float, sure: Fraction) -> bool:
    return max(chance, 1 - chance) >= float(sure) - _EDGE
