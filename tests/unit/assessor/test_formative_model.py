# SPDX-License-Identifier: Apache-2.0
"""Which item comes next in practice, and how far somebody is."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

from assessor.formative.model import GAPS, Practised, next_item, progress
from item_bank.api import PoolItem

POOL = [PoolItem(f"{pc}-{place}", f"v-{pc}-{place}", pc) for pc in ("PC1", "PC2") for place in range(3)]


def practise(
    count: int,
    answer: Callable[[PoolItem], bool],
    *,
    pcs: tuple[str, ...] = (),
    pool: list[PoolItem] = POOL,
) -> list[Practised]:
    history: list[Practised] = []
    for number in range(1, count + 1):
        item = next_item(pool, history, pcs=pcs, number=number, generator=random.Random(number))
        assert item is not None
        history.append(Practised(number=number, item_id=item.item_id, pc=item.pc, right=answer(item)))
    return history


def right(_item: PoolItem) -> bool:
    return True


def test_everything_is_seen_before_anything_right_comes_again() -> None:
    history = practise(6, right)
    assert {one.item_id for one in history} == {item.item_id for item in POOL}


def test_the_criteria_take_turns() -> None:
    pcs = [one.pc for one in practise(6, right)]
    assert pcs.count("PC1") == 3
    assert pcs[0] != pcs[1]


def test_a_wrong_item_comes_again_after_three_others_and_not_before() -> None:
    first: list[str] = []

    def once_wrong(item: PoolItem) -> bool:
        first.append(item.item_id)
        return len(first) != 1

    history = practise(6, once_wrong)
    places = [one.number for one in history if one.item_id == first[0]]
    assert places == [1, 1 + GAPS[0] + 1]


def test_an_item_that_stays_wrong_comes_again_and_again() -> None:
    history = practise(8, lambda item: item.item_id != "PC1-0")
    assert [one.item_id for one in history].count("PC1-0") == 2


def test_practice_never_ends_and_never_puts_the_same_question_twice_in_a_row() -> None:
    history = practise(300, lambda item: not item.item_id.endswith("1"))
    assert all(one.item_id != other.item_id for one, other in pairwise(history))


def test_what_is_known_well_comes_more_seldom_than_what_is_not() -> None:
    pool = [PoolItem(f"i{place}", f"v{place}", "PC1") for place in range(12)]
    history = practise(200, lambda item: item.item_id != "i3", pool=pool)
    counts = [sum(one.item_id == item.item_id for one in history) for item in pool]
    assert counts[3] > 2 * max(counts[:3] + counts[4:])


def test_a_pool_of_one_item_puts_it_again_and_an_empty_one_puts_nothing() -> None:
    assert len(practise(4, right, pool=POOL[:1])) == 4
    assert next_item([], [], pcs=(), number=1, generator=random.Random(1)) is None
    assert next_item(POOL, [], pcs=("PC9",), number=1, generator=random.Random(1)) is None


def test_only_the_chosen_criteria_are_put() -> None:
    assert {one.pc for one in practise(9, right, pcs=("PC2",))} == {"PC2"}


def test_progress_says_how_many_were_right_and_how_many_of_the_last() -> None:
    judged = [False, True, False, True, True]
    history = [
        Practised(number=number, item_id=f"PC1-{number % 2}", pc="PC1", right=one)
        for number, one in enumerate(judged, 1)
    ]
    gone = Practised(number=6, item_id="gone", pc="PC7", right=False)
    first, second, third = progress(POOL, [*history, gone])
    assert (first.pc, first.answered, first.right, first.right_in_a_row) == ("PC1", 5, 3, 2)
    assert (first.items, first.seen) == (3, 2)
    assert (second.pc, second.answered, second.right_in_a_row, second.seen) == ("PC2", 0, 0, 0)
    assert (third.pc, third.answered, third.items, third.seen) == ("PC7", 1, 0, 0)
