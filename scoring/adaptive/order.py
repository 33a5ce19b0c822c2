# SPDX-License-Identifier: Apache-2.0
"""The order in which items are asked: content in balance at every place, chance within it, and no item too often.

A place decides how often an item is asked, since people stop before the end; so the order is what controls exposure. Who draws
the numbers is the caller's business, and nothing here knows an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from scoring.adaptive.operating import Operation
from scoring.errors import StatisticsError


@dataclass(frozen=True, slots=True)
class OrderItem:
    """An item to be put in order: its criterion, its group within that ("" for none), and how often it was asked before."""

    id: str
    criterion: str
    group: str = ""
    asked: int = 0


@dataclass(frozen=True, slots=True)
class ExposureLimit:
    """An item that was asked in more than `most` (above 0, at most 1) of the `papers` so far waits behind the others.

    Raises StatisticsError(`adaptive_exposure`).
    """

    most: Fraction
    papers: int

    def __post_init__(self) -> None:
        if not 0 < self.most <= 1 or self.papers < 0:
            raise StatisticsError("adaptive_exposure", most=str(self.most), papers=self.papers)

    def over(self, item: OrderItem) -> bool:
        """Whether an item was asked too often already."""
        return item.asked > self.most * self.papers


def order_items(
    items: Sequence[OrderItem], *, draw: Random, limit: ExposureLimit | None = None
) -> tuple[str, ...]:
    """The ids in the order in which they are asked; the same numbers at random give the same order.

    Each next item is of the criterion, and in it of the group, of which the smallest part stands already (Kingsbury & Zara
    1989, Applied Measurement in Education 2, 359-375), so that at every place none is more than one item ahead of its part;
    ties, and the item, are drawn. Items over the limit come last in their group (the restricted method of Revuelta & Ponsoda
    1998, J. Educ. Meas. 35, 311-327). Raises StatisticsError(`adaptive_repeated`): an id stands twice.
    """
    ids = [item.id for item in items]
    if len(set(ids)) != len(ids):
        raise StatisticsError("adaptive_repeated", item=next(one for one in ids if ids.count(one) > 1))
    rows: dict[str, list[OrderItem]] = {}
    for item in sorted(items, key=lambda one: one.id):
        rows.setdefault(item.criterion, []).append(item)
    lined = {criterion: _line(row, draw=draw, limit=limit) for criterion, row in sorted(rows.items())}
    return tuple(item.id for item in _merged(lined, draw=draw))


def _line(row: Sequence[OrderItem], *, draw: Random, limit: ExposureLimit | None) -> list[OrderItem]:
    """One criterion: its groups in balance, in each the items at random; those over the limit behind the others."""
    groups: dict[str, list[OrderItem]] = {}
    for item in row:
        groups.setdefault(item.group, []).append(item)
    for members in groups.values():
        draw.shuffle(members)
        members.sort(key=lambda item: limit is not None and limit.over(item))
    return _merged(groups, draw=draw)


def _merged(lines: Mapping[str, Sequence[OrderItem]], *, draw: Random) -> list[OrderItem]:
    """Lines in one, each in its own order, next always from the one of which the smallest part was taken."""
    taken = dict.fromkeys(lines, 0)
    found: list[OrderItem] = []
    for _ in range(sum(map(len, lines.values()))):
        open_lines = [name for name, line in lines.items() if taken[name] < len(line)]
        least = min(Fraction(taken[name], len(lines[name])) for name in open_lines)
        name = draw.choice([one for one in open_lines if Fraction(taken[one], len(lines[one])) == least])
        found.append(lines[name][taken[name]])
        taken[name] += 1
    return found


def exposure(parts: Sequence[tuple[Operation, Fraction]], *, pool: int) -> Fraction:
    """In which part of the papers an item is asked, where a random choice from `pool` items stands in random order: exact.

    `parts` are kinds of people with their shares, which add up to 1. Every item of the pool is asked equally often: the
    expected length over the pool. Raises StatisticsError(`adaptive_pool`): a pool below the longest paper, or
    shares that do not fit.
    """
    if sum(share for _, share in parts) != 1 or pool < max(len(part.lengths) for part, _ in parts):
        raise StatisticsError("adaptive_pool", pool=pool)
    return sum((part.length * share for part, share in parts), Fraction(0)) / pool


def pool_needed(parts: Sequence[tuple[Operation, Fraction]], *, most: Fraction) -> int:
    """The smallest pool of which no item is asked in more than `most` (above 0, at most 1) of the papers; raises as `exposure`.

    Raises StatisticsError(`adaptive_exposure`) for another `most`.
    """
    if not 0 < most <= 1:
        raise StatisticsError("adaptive_exposure", most=str(most), papers=0)
    longest = max((len(part.lengths) for part, _ in parts), default=1)
    asked = exposure(parts, pool=longest) * longest
    return max(longest, -int(-asked / most // 1))
