# SPDX-License-Identifier: Apache-2.0
"""Errors and lengths by dynamic programming: against every row of answers, published figures, and people drawn at random."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from scoring.adaptive.api import (
    PoolKind,
    Rates,
    Ruling,
    Settled,
    StopTable,
    curtailed,
    fixed_table,
    fixed_test,
    operate,
    operate_mixed,
    operate_paper,
    operate_pool,
    quality,
    ratio_table,
    settle_mixed,
    shortest_fixed,
    shortest_ratio,
    simulate,
    wald,
)
from scoring.blueprint_lint import pass_chance
from scoring.errors import StatisticsError
from tests.unit.scoring.adaptive.brute import chance_of, everybody

TENTH = Fraction(1, 10)
TWENTIETH = Fraction(1, 20)
SEVEN = Fraction(7, 10)
RATES = Rates(Fraction(1, 2), Fraction(17, 20))


def truncated(items: int, error: Fraction = TENTH) -> StopTable:
    return ratio_table(items, RATES, wald(false_pass=error, false_fail=error), share=SEVEN)


@pytest.mark.parametrize("table", [truncated(7), curtailed(truncated(9)), fixed_table(6, share=SEVEN)])
@pytest.mark.parametrize("chance", [Fraction(0), Fraction(1, 3), Fraction(17, 20), Fraction(1)])
def test_following_states_gives_what_following_every_row_of_answers_gives(
    table: StopTable, chance: Fraction
) -> None:
    met, share, lengths = Fraction(0), Fraction(0), [Fraction(0)] * table.items
    for answers in everybody(table.items):
        odds, settled = chance_of(answers, (chance,) * table.items), table.settle(answers)
        met += odds if settled.ruling is Ruling.MET else 0
        lengths[settled.presented - 1] += odds
        share += odds * Fraction(settled.right, settled.presented)
    found = operate(table, chance=chance)
    assert (found.met, found.lengths, found.share) == (met, tuple(lengths), share)
    assert sum(found.lengths) == 1
    assert found.presented[0] == 1
    assert sum(found.presented) == found.length


# A master at .85, who lacks it at .5, both errors .10: 12 fixed items; truncated at one and a half times that.
@pytest.mark.parametrize(
    ("error", "fixed", "needed", "lengths", "errors"),
    [
        (TENTH, 12, 9, ("6.695", "7.932"), ("0.083", "0.072")),
        (TWENTIETH, 18, 13, ("9.212", "10.770"), ("0.048", "0.036")),
    ],
)
def test_a_truncated_test_asks_about_forty_per_cent_less_with_smaller_errors(
    error: Fraction, fixed: int, needed: int, lengths: tuple[str, str], errors: tuple[str, str]
) -> None:
    best = shortest_fixed(RATES, false_pass=error, false_fail=error)
    assert best is not None
    assert (best.items, best.needed) == (fixed, needed)
    table = ratio_table(fixed * 3 // 2, RATES, wald(false_pass=error, false_fail=error))
    found = quality(table, RATES)
    assert found.keeps(false_pass=error, false_fail=error)
    assert tuple(f"{float(one.length):.3f}" for one in (found.lacking, found.master)) == lengths
    assert tuple(f"{float(one):.3f}" for one in (found.false_pass, found.false_fail)) == errors
    assert found.lacking.length < fixed * Fraction(6, 10)
    assert found.master.length < fixed * Fraction(2, 3)
    assert not found.keeps(false_pass=error / 2, false_fail=error)
    assert not found.keeps(false_pass=error, false_fail=error / 2)
    assert found.saved is not None
    assert min(found.saved) > Fraction(3, 10)


def test_the_shortest_fixed_test_is_the_first_that_keeps_both_errors() -> None:
    best = shortest_fixed(RATES, false_pass=TENTH, false_fail=TENTH)
    keeping = [
        (items, needed)
        for items in range(1, 14)
        for needed in range(items + 1)
        if (one := fixed_test(items, needed, RATES)).false_pass <= TENTH and one.false_fail <= TENTH
    ]
    assert best is not None
    assert (best.items, best.needed) == keeping[0]
    assert best == fixed_test(best.items, best.needed, RATES)
    assert best.false_pass == pass_chance(12, share=Fraction(9, 12), chance=RATES.lacking)


def test_kinds_of_people_that_are_too_alike_have_no_fixed_test() -> None:
    alike = Rates(Fraction(70, 100), Fraction(71, 100))
    assert shortest_fixed(alike, false_pass=TENTH, false_fail=TENTH) is None


def test_a_fixed_paper_saves_nothing_and_errors_between_two_pass_marks_have_no_fixed_test() -> None:
    rates = Rates(Fraction(3, 5), Fraction(4, 5))
    whole = fixed_table(200, share=SEVEN)
    assert quality(fixed_table(20, share=SEVEN), rates).saved == (Fraction(0), Fraction(0))
    # Whoever has the first twenty right is passed at once: a little more of one error, a little less of the other.
    lucky = StopTable((*whole.stops[:19], (-1, 20), *whole.stops[20:]))
    found = quality(lucky, rates)
    assert (found.fixed, found.saved) == (None, None)


def test_the_shortest_truncated_test_keeps_both_errors_and_a_shorter_one_does_not() -> None:
    table = shortest_ratio(RATES, false_pass=TENTH, false_fail=TENTH, share=SEVEN)
    assert table is not None
    assert table.items == 15
    assert quality(table, RATES).keeps(false_pass=TENTH, false_fail=TENTH)
    for items in range(1, 15):
        assert not quality(truncated(items), RATES).keeps(false_pass=TENTH, false_fail=TENTH)
    assert shortest_ratio(RATES, false_pass=TENTH, false_fail=TENTH, longest=14) is None


def test_without_an_end_wald_s_own_sum_of_errors_is_kept() -> None:
    # Truncation at 120 leaves next to nobody; then a' + b' <= a + b (Wald 1947, ch. 3).
    found = quality(truncated(120), RATES)
    assert found.false_pass + found.false_fail < 2 * TENTH
    assert max(found.lacking.lengths[-1], found.master.lengths[-1]) < Fraction(1, 10**6)


@pytest.mark.parametrize("chance", [Fraction(-1, 2), Fraction(3, 2)])
def test_a_chance_out_of_range_is_refused(chance: Fraction) -> None:
    table = truncated(3)
    for follow in (
        lambda: operate(table, chance=chance),
        lambda: simulate(table, chance=chance, persons=10, draw=np.random.default_rng(1)),
        lambda: operate_mixed([RATES], wald(false_pass=TENTH, false_fail=TENTH), chances=[chance]),
        lambda: operate_pool([PoolKind(RATES, 2, chance)], wald(false_pass=TENTH, false_fail=TENTH), items=1),
    ):
        with pytest.raises(StatisticsError) as refusal:
            follow()
        assert refusal.value.code == "chance_range"


@pytest.mark.parametrize("chance", [Fraction(1, 2), Fraction(7, 10), Fraction(17, 20)])
@pytest.mark.parametrize("table", [truncated(18), curtailed(fixed_table(10, share=SEVEN))])
def test_people_drawn_at_random_come_to_the_exact_figures(table: StopTable, chance: Fraction) -> None:
    found = simulate(table, chance=chance, persons=40_000, draw=np.random.default_rng(61))
    assert abs(found.met_distance) < 4
    assert abs(found.length_distance) < 4
    assert found.met_distance != 0


def test_people_who_are_always_right_come_to_the_exact_figures_without_a_spread() -> None:
    found = simulate(truncated(18), chance=Fraction(1), persons=7, draw=np.random.default_rng(1))
    assert (found.met, found.length, found.met_distance, found.length_distance) == (1, 5, 0, 0)


def test_a_table_that_is_followed_otherwise_than_it_says_is_noticed() -> None:
    class Broken(np.random.Generator):
        def random(self, *_: object, **__: object) -> object:  # type: ignore[override]
            return np.ones(5)

    found = simulate(truncated(18), chance=Fraction(1), persons=5, draw=Broken(np.random.PCG64(1)))
    assert found.met_distance == float("inf")


@pytest.mark.parametrize("persons", [0, 1_000_001])
def test_a_number_of_persons_out_of_range_is_refused(persons: int) -> None:
    with pytest.raises(StatisticsError) as refusal:
        simulate(truncated(3), chance=SEVEN, persons=persons, draw=np.random.default_rng(1))
    assert refusal.value.code == "adaptive_persons"


def test_a_paper_adds_up_the_lengths_of_its_criteria() -> None:
    parts = [operate(truncated(items), chance=Fraction(17, 20)) for items in (3, 5, 4)]
    paper = operate_paper(parts)
    assert paper.all_met == parts[0].met * parts[1].met * parts[2].met
    assert paper.length == sum(part.length for part in parts)
    assert sum(paper.lengths) == 1
    assert len(paper.lengths) == 13
    assert sum(paper.lengths[: paper.longest(SEVEN) + 1]) >= SEVEN
    assert sum(paper.lengths[: paper.longest(SEVEN)]) < SEVEN
    assert parts[1].longest(Fraction(1)) <= 5
    with pytest.raises(StatisticsError):
        parts[1].longest(Fraction(2))
    with pytest.raises(StatisticsError):
        operate_paper([])


MIXED = (
    Rates(Fraction(1, 4), Fraction(9, 10)),
    Rates(Fraction(1, 2), Fraction(3, 4)),
    Rates(Fraction(1, 4), Fraction(9, 10)),
    Rates(Fraction(2, 5), Fraction(4, 5)),
    Rates(Fraction(1, 3), Fraction(19, 20)),
)


def test_items_of_their_own_rates_give_what_every_row_of_answers_gives() -> None:
    rule = wald(false_pass=TENTH, false_fail=TENTH, least=2)
    for chances in ([one.master for one in MIXED], [one.lacking for one in MIXED]):
        met, lengths = Fraction(0), [Fraction(0)] * 5
        for answers in everybody(5):
            settled = settle_mixed(MIXED, rule, answers)
            odds = chance_of(answers, tuple(chances))
            met += odds if settled.ruling is Ruling.MET else 0
            lengths[settled.presented - 1] += odds
        found = operate_mixed(MIXED, rule, chances=chances)
        assert (found.met, found.lengths) == (met, tuple(lengths))
        assert found.length == sum(n * odds for n, odds in enumerate(lengths, start=1))


def test_answers_that_end_before_a_stop_leave_it_open() -> None:
    rule = wald(false_pass=TENTH, false_fail=TENTH, least=2)
    assert settle_mixed(MIXED, rule, [True]) == Settled(Ruling.GO_ON, 1, 1)
    assert settle_mixed(MIXED, rule, []) == Settled(Ruling.GO_ON, 0, 0)


def test_items_of_equal_rates_work_as_the_table_of_whole_numbers() -> None:
    rule = wald(false_pass=TENTH, false_fail=TENTH)
    table = ratio_table(12, RATES, rule)
    whole = operate(table, chance=SEVEN)
    mixed = operate_mixed([RATES] * 12, rule, chances=[SEVEN] * 12)
    pool = operate_pool([PoolKind(RATES, 20, SEVEN)], rule, items=12)
    assert (whole.met, whole.lengths) == (mixed.met, mixed.lengths) == (pool.met, pool.lengths)


def test_a_random_order_is_the_mean_over_all_orders() -> None:
    rule = wald(false_pass=TENTH, false_fail=TENTH)
    kinds = (MIXED[0], MIXED[0], MIXED[1], MIXED[3])
    chances = {one: one.master for one in kinds}
    orders = list(permutations(kinds, 3))
    each = [operate_mixed(order, rule, chances=[chances[one] for one in order]) for order in orders]
    pool = [PoolKind(MIXED[0], 2, chances[MIXED[0]]), *(PoolKind(one, 1, one.master) for one in kinds[2:])]
    found = operate_pool(pool, rule, items=3)
    assert found.met == sum(one.met for one in each) / len(orders)
    assert found.length == sum(one.length for one in each) / len(orders)


def test_somebody_who_is_always_right_is_followed_through_a_pool() -> None:
    found = operate_pool([PoolKind(RATES, 9, Fraction(1))], wald(false_pass=TENTH, false_fail=TENTH), items=9)
    assert (found.met, found.length) == (Fraction(1), Fraction(5))


def test_pools_and_orders_that_do_not_fit_are_refused() -> None:
    rule = wald(false_pass=TENTH, false_fail=TENTH)
    for follow in (
        lambda: operate_mixed([], rule, chances=[]),
        lambda: operate_mixed([RATES], rule, chances=[]),
        lambda: settle_mixed([], rule, []),
        lambda: operate_pool([PoolKind(RATES, 2, SEVEN)], rule, items=3),
        lambda: operate_pool([PoolKind(RATES, 5, SEVEN), PoolKind(RATES, 0, SEVEN)], rule, items=3),
        lambda: operate_pool([], rule, items=1),
    ):
        with pytest.raises(StatisticsError) as refusal:
            follow()
        assert refusal.value.code == "adaptive_length"


def test_a_mixture_too_large_to_follow_is_refused() -> None:
    wide = wald(false_pass=Fraction(1, 10**12), false_fail=Fraction(1, 10**12))
    many = [Rates(Fraction(1, 2), Fraction(1, 2) + Fraction(1, prime)) for prime in PRIMES]
    with pytest.raises(StatisticsError) as refusal:
        operate_mixed(many, wide, chances=[SEVEN] * len(many))
    assert refusal.value.code == "adaptive_states"


PRIMES = (101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181)
