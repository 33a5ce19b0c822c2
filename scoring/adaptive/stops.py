# SPDX-License-Identifier: Apache-2.0
"""Stops that change no verdict: a fixed paper, its curtailment, and a whole rule that further marks cannot turn.

Also the stops by a posterior of a share. Likelihood ratios are in `ratios`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from scoring.adaptive.model import Ruling, StopTable, check_items, check_share
from scoring.blueprint_lint import needed_of
from scoring.certainty.mastery import FLAT, Prior, posterior_mastery
from scoring.decide import decide
from scoring.errors import StatisticsError
from scoring.marks import Cell, CredentialMarks
from scoring.rules import Rule
from scoring.verdicts import Verdict

_HALF: Final = Fraction(1, 2)


def fixed_table(items: int, *, share: Fraction) -> StopTable:
    """A paper of `items` items that is always asked whole: met from the share on. Raises as `check_items`, `check_share`."""
    check_items(items)
    check_share(share)
    needed = needed_of(items, share=share)
    return StopTable((*((-1, n + 1) for n in range(1, items)), (needed - 1, needed)))


def curtailed(table: StopTable, *, least: int = 1) -> StopTable:
    """The same rulings, earlier: stop as soon as no further answers can turn them.

    Of a fixed paper this is the curtailed test (Eisenberg & Ghosh 1980, Annals of Statistics 8, 1123-1131): it passes and fails
    exactly the same people, whatever they answer. Nobody stops before `least` items who did not before.
    """
    last = table.items
    after = [frozenset({table.ruling(right, last)}) for right in range(last + 1)]
    stops = [table.stops[-1]]
    for presented in range(last - 1, 0, -1):
        now = []
        for right in range(presented + 1):
            ruling = table.ruling(right, presented)
            now.append(after[right] | after[right + 1] if ruling is Ruling.GO_ON else frozenset({ruling}))
        low = next((right for right, ends in enumerate(now) if ends != {Ruling.NOT_MET}), presented + 1) - 1
        high = next((right for right in range(presented, -1, -1) if now[right] != {Ruling.MET}), -1) + 1
        stops.append((low, high) if presented >= least else table.stops[presented - 1])
        after = now
    return StopTable(tuple(reversed(stops)))


def posterior_table(
    items: int,
    *,
    share: Fraction,
    sure_met: Fraction,
    sure_not_met: Fraction,
    prior: Prior = FLAT,
    least: int = 1,
) -> StopTable:
    """Stop when P(p >= share) is at least `sure_met`, or P(p < share) at least `sure_not_met`; at the end the share rules.

    The posterior is `certainty.posterior_mastery`'s, exact for a prior of whole numbers. Both levels lie above 1/2 and below 1.
    Raises StatisticsError (`adaptive_length`, `share_range`, `sure_range`).
    """
    check_items(items, least=least)
    check_share(share)
    for sure in (sure_met, sure_not_met):
        if not _HALF < sure < 1:
            raise StatisticsError("sure_range", sure=str(sure))
    stops = []
    for presented in range(1, items):
        if presented < least:
            stops.append((-1, presented + 1))
            continue
        chances = [mastered(right, presented, share=share, prior=prior) for right in range(presented + 1)]
        low = sum(1 - chance >= sure_not_met for chance in chances) - 1
        stops.append((low, presented + 1 - sum(chance >= sure_met for chance in chances)))
    needed = needed_of(items, share=share)
    return StopTable((*stops, (needed - 1, needed)))


def mastered(right: int, presented: int, *, share: Fraction, prior: Prior = FLAT) -> Fraction:
    """P(p >= share) after `right` of `presented`: exact for a prior of whole numbers, else the nearest double."""
    mastery = posterior_mastery(right, presented, share=share, prior=prior)
    return Fraction(mastery.chance) if mastery.exact is None else mastery.exact


def settled_verdict(
    credential: CredentialMarks,
    least: Mapping[Cell, Fraction],
    most: Mapping[Cell, Fraction],
    rule: Rule,
) -> Verdict | None:
    """What a whole rule says already, whatever the open marks turn out to be; None while they can turn it.

    `least` and `most` are the lowest and the highest marks that each cell can still come to. A rule never takes a pass away for
    more marks, so its two ends decide. Raises StatisticsError(`adaptive_marks`) where a most is below its least, MarkError and
    RuleError as `decide`.
    """
    if least.keys() != most.keys() or any(most[cell] < marks for cell, marks in least.items()):
        raise StatisticsError("adaptive_marks")
    low, high = (decide(credential, marks, rule).verdict for marks in (least, most))
    return low if low is high else None
