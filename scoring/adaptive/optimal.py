# SPDX-License-Identifier: Apache-2.0
"""The stops that cost least: losses of a wrong ruling against the price of an item, by backward induction, exact.

Lewis & Sheehan (1990), Applied Psychological Measurement 14, 367-386; Vos (1999), J. Educ. Behav. Statistics 24, 271-292
(threshold loss, beta-binomial). What people come to is in `operating`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.adaptive.model import StopTable, check_items, check_share
from scoring.adaptive.stops import mastered
from scoring.blueprint_lint import needed_of
from scoring.certainty.mastery import FLAT, Prior
from scoring.errors import StatisticsError


@dataclass(frozen=True, slots=True)
class Losses:
    """What a false pass, a false fail and one more item cost, in one unit; the first two above 0, an item 0 or more.

    Raises StatisticsError(`adaptive_losses`).
    """

    false_pass: Fraction
    false_fail: Fraction
    item: Fraction

    def __post_init__(self) -> None:
        if min(self.false_pass, self.false_fail) <= 0 or self.item < 0:
            raise StatisticsError("adaptive_losses")


@dataclass(frozen=True, slots=True)
class Optimal:
    """The table and its expected loss over people of the prior, items included."""

    table: StopTable
    loss: Fraction


def optimal_table(
    items: int,
    *,
    share: Fraction,
    losses: Losses,
    prior: Prior = FLAT,
    least: int = 1,
    by_share: bool = True,
) -> Optimal:
    """The table over at most `items` items with the least expected loss for people whose p is Beta(prior).

    A ruling at a stop is the share's (`by_share`: what a threshold of raw marks says of those items), or that with the smaller
    expected loss. Where stopping and going on cost the same it stops. Raises StatisticsError
    (`adaptive_length`, `share_range`).
    """
    check_items(items, least=least)
    check_share(share)
    worth: list[Fraction] = []
    stops: list[tuple[int, int]] = []
    for presented in range(items, -1, -1):
        met_at, stays, now = [], [], []
        for right in range(presented + 1):
            stop, met = _stop(right, presented, share, losses, prior, by_share=by_share)
            ahead = None if presented == items else _ahead(right, presented, worth, losses, prior)
            waits = ahead is not None and (presented < max(least, 1) or ahead < stop)
            now.append(ahead if waits and ahead is not None else stop)
            met_at.append(met)
            stays.append(waits)
        worth = now
        if presented:
            stops.append(_bounds(met_at, stays))
    return Optimal(StopTable(tuple(reversed(stops))), worth[0])


def _stop(
    right: int, presented: int, share: Fraction, losses: Losses, prior: Prior, *, by_share: bool
) -> tuple[Fraction, bool]:
    """The expected loss of stopping here, and whether the ruling is then met."""
    chance = mastered(right, presented, share=share, prior=prior)
    met, not_met = losses.false_pass * (1 - chance), losses.false_fail * chance
    passes = right >= needed_of(presented, share=share) if by_share else met <= not_met
    return (met if passes else not_met), passes


def _ahead(right: int, presented: int, worth: list[Fraction], losses: Losses, prior: Prior) -> Fraction:
    """The expected loss of asking one more item, its price included."""
    good, bad = prior.after(right, presented)
    chance = good / (good + bad)
    return losses.item + chance * worth[right + 1] + (1 - chance) * worth[right]


def _bounds(met_at: list[bool], stays: list[bool]) -> tuple[int, int]:
    """Up to which number of right answers it is not met, and from which on it is met."""
    number = len(met_at)
    low = next((one for one in range(number) if met_at[one] or stays[one]), number) - 1
    high = next((one for one in range(number - 1, -1, -1) if not met_at[one] or stays[one]), -1) + 1
    return low, high
