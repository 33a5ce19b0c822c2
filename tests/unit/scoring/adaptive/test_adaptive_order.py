# SPDX-License-Identifier: Apache-2.0
"""The order of items: balanced at every place, random within that, and nobody's favourite asked too often."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random

import pytest

from scoring.adaptive.api import (
    ExposureLimit,
    OrderItem,
    Rates,
    exposure,
    operate,
    order_items,
    pool_needed,
    ratio_table,
    wald,
)
from scoring.errors import StatisticsError

TENTH = Fraction(1, 10)
TABLE = ratio_table(
    12,
    Rates(Fraction(1, 2), Fraction(17, 20)),
    wald(false_pass=TENTH, false_fail=TENTH),
    share=Fraction(7, 10),
)
ITEMS = [
    OrderItem(f"{pc}-{group}{number}", pc, group)
    for pc, groups in (("PC1", "aab"), ("PC2", "ab"), ("PC3", "a"))
    for number, group in enumerate(groups)
]


def test_the_same_seed_gives_the_same_order_whatever_the_order_of_the_input() -> None:
    first = order_items(ITEMS, draw=Random(5))
    assert first == order_items(ITEMS[::-1], draw=Random(5))
    assert sorted(first) == sorted(item.id for item in ITEMS)
    assert len({order_items(ITEMS, draw=Random(seed)) for seed in range(40)}) > 20


@pytest.mark.parametrize("seed", range(30))
def test_no_criterion_runs_ahead_while_another_waits(seed: int) -> None:
    items = [
        OrderItem(f"{pc}{n}", f"PC{pc}") for pc, number in ((1, 6), (2, 3), (3, 2)) for n in range(number)
    ]
    pcs = {item.id: item.criterion for item in items}
    sizes = Counter(pcs.values())
    done = dict.fromkeys(sizes, 0)
    for one in order_items(items, draw=Random(seed)):
        done[pcs[one]] += 1
        behind = min(Fraction(done[pc], size) for pc, size in sizes.items())
        ahead = max(Fraction(done[pc] - 1, size) for pc, size in sizes.items())
        assert ahead <= behind


@pytest.mark.parametrize("seed", range(10))
def test_the_first_items_of_a_criterion_are_of_all_its_groups(seed: int) -> None:
    items = [OrderItem(f"{group}{n}", "PC1", group) for group in "abc" for n in range(3)]
    found = order_items(items, draw=Random(seed))
    for start in (0, 3, 6):
        assert {one[0] for one in found[start : start + 3]} == set("abc")


def test_every_item_of_a_criterion_comes_to_every_place_equally_often() -> None:
    items = [OrderItem(str(n), "PC1") for n in range(4)]
    first = Counter(order_items(items, draw=Random(seed))[0] for seed in range(4_000))
    # 1,000 expected of each; four standard deviations of a binomial are 110.
    assert all(abs(first[item.id] - 1_000) < 110 for item in items)


def test_an_item_that_was_asked_too_often_waits_behind_the_others_of_its_criterion() -> None:
    limit = ExposureLimit(most=Fraction(1, 5), papers=100)
    items = [
        OrderItem("often", "PC1", "a", 21),
        OrderItem("just", "PC1", "a", 20),
        OrderItem("new", "PC1", "b"),
    ]
    for seed in range(20):
        assert order_items(items, draw=Random(seed), limit=limit)[-1] == "often"
    assert {order_items(items, draw=Random(seed))[-1] for seed in range(20)} == {"often", "just"}


@pytest.mark.parametrize(("most", "papers"), [(0, 1), (Fraction(11, 10), 1), (1, -1)])
def test_a_limit_out_of_range_is_refused(most: Fraction, papers: int) -> None:
    with pytest.raises(StatisticsError) as refusal:
        ExposureLimit(Fraction(most), papers)
    assert refusal.value.code == "adaptive_exposure"


def test_an_item_that_stands_twice_is_refused() -> None:
    with pytest.raises(StatisticsError) as refusal:
        order_items([*ITEMS, ITEMS[0]], draw=Random(1))
    assert (refusal.value.code, refusal.value.facts["item"]) == ("adaptive_repeated", ITEMS[0].id)


def test_the_exposure_of_random_orders_is_the_exact_figure() -> None:
    people = [(operate(TABLE, chance=Fraction(17, 20)), Fraction(1))]
    wanted = exposure(people, pool=20)
    assert wanted == people[0][0].length / 20
    draw, asked = Random(7), Counter[str]()
    items = [OrderItem(str(n), "PC1") for n in range(20)]
    for _ in range(2_000):
        order = order_items(items, draw=draw)[: TABLE.items]
        settled = TABLE.settle(draw.random() < 0.85 for _ in order)
        asked.update(order[: settled.presented])
    spread = float(wanted * (1 - wanted) / 2_000) ** 0.5
    assert all(abs(asked[item.id] / 2_000 - float(wanted)) < 5 * spread for item in items)


def test_the_smallest_pool_keeps_the_limit_and_one_item_less_does_not() -> None:
    half = Fraction(1, 2)
    people = [(operate(TABLE, chance=chance), half) for chance in (half, Fraction(17, 20))]
    needed = pool_needed(people, most=Fraction(1, 5))
    assert exposure(people, pool=needed) <= Fraction(1, 5) < exposure(people, pool=needed - 1)
    assert pool_needed(people, most=Fraction(1)) == TABLE.items


def test_pools_and_shares_that_do_not_fit_are_refused() -> None:
    person = operate(TABLE, chance=Fraction(1, 2))
    for parts, pool in (([], 20), ([(person, Fraction(1, 2))], 20), ([(person, Fraction(1))], 11)):
        with pytest.raises(StatisticsError) as refusal:
            exposure(parts, pool=pool)
        assert refusal.value.code == "adaptive_pool"
    with pytest.raises(StatisticsError):
        pool_needed([], most=TENTH)
    for most in (Fraction(0), Fraction(2)):
        with pytest.raises(StatisticsError) as refusal:
            pool_needed([(person, Fraction(1))], most=most)
        assert refusal.value.code == "adaptive_exposure"
