# SPDX-License-Identifier: Apache-2.0
"""A table of stops: after how many right answers of how many a criterion is settled. Everything is whole numbers.

How a table comes about is in `ratios`, `optimal` and `stops`; how well it works in `operating`. No item is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from scoring.blueprint_lint import needed_of
from scoring.errors import StatisticsError

LONGEST: Final = 200
"""The most items of one criterion."""


class Ruling(StrEnum):
    """What the answers so far say: the criterion is met, it is not met, or another item has to be asked."""

    MET = "met"
    NOT_MET = "not_met"
    GO_ON = "go_on"


@dataclass(frozen=True, slots=True)
class Settled:
    """Where a row of answers stopped: `right` of `presented` counted, and what they say (GO_ON: they ran out before)."""

    ruling: Ruling
    right: int
    presented: int


@dataclass(frozen=True, slots=True)
class StopTable:
    """For n = 1 to N items: up to how many right the criterion is not met, and from how many on it is met.

    The first number is -1 and the second n + 1 where nothing can stop; after item N there is always a ruling. Raises
    StatisticsError(`adaptive_stops`, item): no such table.
    """

    stops: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.stops) <= LONGEST:
            raise StatisticsError("adaptive_stops", item=len(self.stops))
        for presented, (low, high) in enumerate(self.stops, start=1):
            last = presented == len(self.stops)
            if not -1 <= low < high <= presented + 1 or (last and high != low + 1):
                raise StatisticsError("adaptive_stops", item=presented)

    @property
    def items(self) -> int:
        """The most items that are asked."""
        return len(self.stops)

    @property
    def least(self) -> int:
        """The fewest items after which anybody is settled."""
        return next(n for n, (low, high) in enumerate(self.stops, start=1) if low >= 0 or high <= n)

    def ruling(self, right: int, presented: int) -> Ruling:
        """What `right` of `presented` (0 to N) answers say. Raises StatisticsError(`right_of_items`)."""
        if not 0 <= right <= presented <= self.items:
            raise StatisticsError("right_of_items", right=right, items=presented, most=self.items)
        if presented == 0:
            return Ruling.GO_ON
        low, high = self.stops[presented - 1]
        if right >= high:
            return Ruling.MET
        return Ruling.NOT_MET if right <= low else Ruling.GO_ON

    def settle(self, answers: Iterable[bool]) -> Settled:
        """Go through answers, each right or not, up to the first stop; what comes after it is not looked at."""
        right = presented = 0
        for answer in answers:
            right, presented = right + answer, presented + 1
            ruling = self.ruling(right, presented)
            if ruling is not Ruling.GO_ON:
                return Settled(ruling, right, presented)
        return Settled(Ruling.GO_ON, right, presented)

    def states(self) -> Iterator[tuple[int, int, Ruling]]:
        """Every (right, presented) that somebody can come to, with what it says, in the order of the items."""
        open_now = {0}
        for presented in range(1, self.items + 1):
            reached = open_now | {right + 1 for right in open_now}
            rulings = {right: self.ruling(right, presented) for right in sorted(reached)}
            for right, ruling in rulings.items():
                yield right, presented, ruling
            open_now = {right for right, ruling in rulings.items() if ruling is Ruling.GO_ON}

    def against(self, share: Fraction) -> tuple[tuple[int, int], ...]:
        """The stops (right, presented) that say something else than the share of right answers against a threshold.

        Empty for a table that never rules otherwise than a paper of just those items would, marked by the threshold.
        """
        return tuple(
            (right, presented)
            for right, presented, ruling in self.states()
            if ruling is not Ruling.GO_ON
            and (ruling is Ruling.MET) != (right >= needed_of(presented, share=share))
        )

    def to_document(self) -> list[list[int]]:
        """As JSON: a pair for each number of items."""
        return [list(stop) for stop in self.stops]


def read_stops(document: object) -> StopTable:
    """The table that `to_document` wrote; StatisticsError(`adaptive_stops`, item) for anything else."""
    if not isinstance(document, list):
        raise StatisticsError("adaptive_stops", item=0)
    stops = []
    for item, pair in enumerate(document, start=1):
        if not (isinstance(pair, list) and len(pair) == 2 and all(type(one) is int for one in pair)):
            raise StatisticsError("adaptive_stops", item=item)
        stops.append((pair[0], pair[1]))
    return StopTable(tuple(stops))


def check_items(items: int, *, least: int = 1) -> None:
    """Refuse a length or a least length that is none; StatisticsError(`adaptive_length`, items, least, most)."""
    if not 1 <= least <= items <= LONGEST:
        raise StatisticsError("adaptive_length", items=items, least=least, most=LONGEST)


def check_share(share: Fraction) -> None:
    """Refuse a threshold that is not above 0 and at most 1; StatisticsError(`share_range`)."""
    if not 0 < share <= 1:
        raise StatisticsError("share_range", share=str(share))
