# SPDX-License-Identifier: Apache-2.0
"""Sequential tests by the ratio of two likelihoods, exact: Wald's bounds, and a posterior of two kinds of people.

A ratio is a fraction and is compared with fractions; no logarithm is taken. What a table makes of people is in `operating`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from scoring.adaptive.model import Ruling, StopTable, check_items, check_share
from scoring.blueprint_lint import needed_of
from scoring.errors import StatisticsError

_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Rates:
    """The chance of a right answer to an item of somebody who lacks the criterion, and of a master: 0 < lacking < master < 1.

    With a guess g and a slip s they are g and 1 - s. Raises StatisticsError(`adaptive_rates`).
    """

    lacking: Fraction
    master: Fraction

    def __post_init__(self) -> None:
        if not 0 < self.lacking < self.master < 1:
            raise StatisticsError("adaptive_rates", lacking=str(self.lacking), master=str(self.master))

    @property
    def when_right(self) -> Fraction:
        """By what a right answer multiplies the ratio, above 1."""
        return self.master / self.lacking

    @property
    def when_wrong(self) -> Fraction:
        """By what a wrong answer multiplies the ratio, below 1."""
        return (1 - self.master) / (1 - self.lacking)

    def ratio(self, right: int, presented: int) -> Fraction:
        """How much likelier the answers are from a master than from somebody who lacks it."""
        return self.when_right**right * self.when_wrong ** (presented - right)


@dataclass(frozen=True, slots=True)
class RatioRule:
    """Met from the ratio `accept` on, not met up to `reject`, but never before `least` items; at the end met from `cut` on.

    Raises StatisticsError(`adaptive_bounds`) unless 0 < reject < cut <= accept or reject <= cut < accept.
    """

    reject: Fraction
    accept: Fraction
    cut: Fraction = Fraction(1)
    least: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.reject <= self.cut <= self.accept or self.reject == self.accept:
            raise StatisticsError("adaptive_bounds", reject=str(self.reject), accept=str(self.accept))

    def ruling(self, ratio: Fraction, presented: int, *, last: bool) -> Ruling:
        """What a ratio says after so many items; `last`: there are no more."""
        if last:
            return Ruling.MET if ratio >= self.cut else Ruling.NOT_MET
        if presented < self.least or self.reject < ratio < self.accept:
            return Ruling.GO_ON
        return Ruling.MET if ratio >= self.accept else Ruling.NOT_MET


def wald(*, false_pass: Fraction, false_fail: Fraction, least: int = 1) -> RatioRule:
    """The bounds of the sequential probability ratio test for two wanted errors, each above 0 and together below 1.

    A. Wald (1947), Sequential Analysis, ch. 3: accept at (1 - b) / a, reject at b / (1 - a). Untruncated it keeps a + b;
    the errors of a truncated test are those that `operating` gives. Raises StatisticsError(`adaptive_errors`).
    """
    if not (false_pass > 0 and false_fail > 0 and false_pass + false_fail < 1):
        raise StatisticsError("adaptive_errors", false_pass=str(false_pass), false_fail=str(false_fail))
    accept, reject = (1 - false_fail) / false_pass, false_fail / (1 - false_pass)
    return RatioRule(reject, accept, min(max(Fraction(1), reject), accept), least)


def two_kinds(*, masters: Fraction, sure_met: Fraction, sure_not_met: Fraction, least: int = 1) -> RatioRule:
    """Stop when the posterior chance of a master is at least `sure_met`, or that of lacking it at least `sure_not_met`.

    `masters` is the share of masters before the test, above 0 and below 1; both levels lie above 1/2 and below 1; at the end
    the likelier kind is taken. By Bayes the posterior odds are the prior odds times the ratio, so this is a sequential ratio
    test with bounds of its own. Raises StatisticsError(`adaptive_prior`, `sure_range`).
    """
    if not 0 < masters < 1:
        raise StatisticsError("adaptive_prior", masters=str(masters))
    for sure in (sure_met, sure_not_met):
        if not _HALF < sure < 1:
            raise StatisticsError("sure_range", sure=str(sure))
    odds = masters / (1 - masters)
    return RatioRule(
        (1 - sure_not_met) / sure_not_met / odds, sure_met / (1 - sure_met) / odds, 1 / odds, least
    )


def ratio_table(items: int, rates: Rates, rule: RatioRule, *, share: Fraction | None = None) -> StopTable:
    """The stops of a ratio test over at most `items` items that all have the same rates.

    With a `share` (above 0, at most 1) the ruling at the end is that of the threshold instead of the rule's `cut`. Raises
    StatisticsError (`adaptive_length`, `share_range`).
    """
    check_items(items, least=rule.least)
    if share is not None:
        check_share(share)
    stops = []
    for presented in range(1, items):
        rulings = [
            rule.ruling(rates.ratio(right, presented), presented, last=False)
            for right in range(presented + 1)
        ]
        stops.append((rulings.count(Ruling.NOT_MET) - 1, presented + 1 - rulings.count(Ruling.MET)))
    ends = [rule.ruling(rates.ratio(right, items), items, last=True) for right in range(items + 1)]
    needed = ends.count(Ruling.NOT_MET) if share is None else needed_of(items, share=share)
    return StopTable((*stops, (needed - 1, needed)))
