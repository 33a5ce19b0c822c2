# SPDX-License-Identifier: Apache-2.0
"""Which item comes next in practice, and how far somebody is. Pure; nothing here is a score of a test."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol, TypeVar

GAPS = (3, 8, 20, 50)
"""After so many other questions an item comes again: it was wrong; it was right once, twice, three times or more in a row."""


class Practicable(Protocol):
    """What has to be known of an item of the pool."""

    @property
    def item_id(self) -> str: ...

    @property
    def pc(self) -> str: ...


Item = TypeVar("Item", bound=Practicable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Practised:
    """One judged answer; `number` counts the questions of a practice, and what was only partly right was not right."""

    number: int
    item_id: str
    pc: str
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PcProgress:
    """What somebody has practised of a criterion: answers, the right ones, how many of the last were right, and the pool."""

    pc: str
    answered: int
    right: int
    right_in_a_row: int
    items: int
    seen: int


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where an item stands: since which question it is due, whether it was wrong, and when it came last."""

    due: int
    wrong: bool
    last: int


def next_item(
    pool: Sequence[Item],
    history: Sequence[Practised],
    *,
    pcs: Collection[str],
    number: int,
    generator: random.Random,
) -> Item | None:
    """The item of question `number`, of the criteria `pcs` (empty: all); None where the pool has none of them.

    First what was wrong and is due again, the longest waiting first; then what was never seen, of the criterion least
    practised; then what is due; at last what will be due soonest. The same item does not come twice in a row where there is
    another.
    """
    items = [item for item in pool if not pcs or item.pc in pcs]
    if not items:
        return None
    if len(items) > 1 and history:
        items = [item for item in items if item.item_id != history[-1].item_id]
    standings = {item.item_id: _standing(item.item_id, history) for item in items}
    seen = [item for item in items if standings[item.item_id] is not None]
    unseen = [item for item in items if standings[item.item_id] is None]

    def waits(item: Item) -> tuple[int, int, str]:
        standing = standings[item.item_id]
        return (standing.due, standing.last, item.item_id) if standing else (0, 0, item.item_id)

    due = sorted((item for item in seen if waits(item)[0] <= number), key=waits)
    wrong = [item for item in due if (standing := standings[item.item_id]) is not None and standing.wrong]
    if wrong:
        return wrong[0]
    if unseen:
        asked = {item.pc: sum(one.pc == item.pc for one in history) for item in unseen}
        least = min(asked.values())
        return generator.choice([item for item in unseen if asked[item.pc] == least])
    return due[0] if due else min(seen, key=waits)


def progress(pool: Sequence[Practicable], history: Sequence[Practised]) -> tuple[PcProgress, ...]:
    """How far somebody is in each criterion of the pool, or of what was practised before, in their order."""
    pcs = dict.fromkeys([*(item.pc for item in pool), *(one.pc for one in history)])
    return tuple(_progress(pc, pool, [one for one in history if one.pc == pc]) for pc in pcs)


def _progress(pc: str, pool: Iterable[Practicable], answers: Sequence[Practised]) -> PcProgress:
    items = {item.item_id for item in pool if item.pc == pc}
    return PcProgress(
        pc=pc,
        answered=len(answers),
        right=sum(one.right for one in answers),
        right_in_a_row=len(list(takewhile(lambda one: one.right, reversed(answers)))),
        items=len(items),
        seen=len(items & {one.item_id for one in answers}),
    )


def _standing(item_id: str, history: Sequence[Practised]) -> _Standing | None:
    answers = [one for one in history if one.item_id == item_id]
    if not answers:
        return None
    right = len(list(takewhile(lambda one: one.right, reversed(answers))))
    last = answers[-1].number
    return _Standing(due=last + GAPS[min(right, len(GAPS) - 1)] + 1, wrong=right == 0, last=last)
