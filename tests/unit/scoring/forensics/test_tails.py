# SPDX-License-Identifier: Apache-2.0
"""Exact tails against closed forms, enumeration and rational arithmetic."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import stats

from scoring.forensics.tails import binomial_upper, distribution, normal_upper, upper_tails


def enumerated(chances: list[Fraction], least: int) -> Fraction:
    """The chance of at least so many successes, one outcome after the other."""
    total = Fraction(0)
    for outcome in product((0, 1), repeat=len(chances)):
        if sum(outcome) >= least:
            weight = Fraction(1)
            for success, chance in zip(outcome, chances, strict=True):
                weight *= chance if success else 1 - chance
            total += weight
    return total


def test_the_law_of_three_trials_is_what_enumeration_gives() -> None:
    chances = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 10)]
    law = distribution([float(chance) for chance in chances])
    # (1/2)(3/4)(9/10) = 27/80; by hand 40/80, 12/80, 1/80 for one, two and three
    assert law == pytest.approx([27 / 80, 39 / 80, 13 / 80, 1 / 80], abs=1e-15)
    for least in range(5):
        tail = upper_tails(np.array([[0.5, 0.25, 0.1]]), [least])[0]
        assert tail == pytest.approx(float(enumerated(chances, least)), abs=1e-15)


def test_equal_chances_give_the_binomial_law() -> None:
    least = np.arange(0, 42)
    tails = upper_tails(np.full((42, 40), 0.3), least)
    assert tails == pytest.approx(stats.binom.sf(least - 1, 40, 0.3), rel=1e-12)
    assert binomial_upper(least, 40, 0.3) == pytest.approx(tails, rel=1e-12)


def test_a_tail_of_ten_to_the_minus_forty_keeps_twelve_digits() -> None:
    draw = np.random.default_rng(3)
    thousandths = draw.integers(50, 400, 120)
    law = [Fraction(1)]
    for chance in thousandths:
        share = Fraction(int(chance), 1000)
        moved = [Fraction(0), *(part * share for part in law)]
        law = [stay * (1 - share) + move for stay, move in zip([*law, Fraction(0)], moved, strict=True)]
    for least in (30, 60, 85, 100):
        tail = upper_tails(np.array([thousandths / 1000]), [least])[0]
        assert tail == pytest.approx(float(sum(law[least:])), rel=1e-12)
    assert float(sum(law[100:])) < 1e-40


def test_rows_of_different_length_stand_in_one_table() -> None:
    table = np.array([[0.2, 0.7, 0.0, 0.0], [0.2, 0.7, 0.4, 0.9], [1.0, 1.0, 1.0, 1.0]])
    assert upper_tails(table, [2, 2, 4]) == pytest.approx(
        [0.14, distribution(table[1])[2:].sum(), 1.0], abs=1e-15
    )
    assert upper_tails(table, [3, 5, 0])[0] == 0
    assert upper_tails(table, [3, 5, 0]).tolist()[1:] == [0.0, 1.0]


def test_many_rows_are_the_same_as_one_by_one() -> None:
    draw = np.random.default_rng(4)
    table = draw.uniform(0, 1, (3000, 25))
    least = draw.integers(0, 27, 3000)
    each = [distribution(row)[count:].sum() for row, count in zip(table, least, strict=True)]
    assert upper_tails(table, least) == pytest.approx(each, rel=1e-10, abs=1e-300)


def test_the_normal_tail_is_the_tables() -> None:
    assert normal_upper([0.0, 1.959963984540054]) == pytest.approx([0.5, 0.025], abs=1e-15)
