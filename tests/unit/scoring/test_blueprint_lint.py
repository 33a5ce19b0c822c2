# SPDX-License-Identifier: Apache-2.0
"""What a short paper can support: the printed table, exact."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from scoring.blueprint_lint import (
    MASTER,
    USUAL_GUESS,
    Judgement,
    LintLimits,
    Reading,
    all_pass,
    item_judgement,
    needed_of,
    pass_chance,
    read_threshold,
    sawtooth,
    smallest_length,
)

SHARE = Fraction(7, 10)
# items, needed, master passes, p = .5 passes, guesser passes, master passes all of 8 PCs in per cent
PRINTED = [
    (2, 2, ".810", ".250", ".063", "18.5"),
    (3, 3, ".729", ".125", ".016", "8.0"),
    (4, 3, ".948", ".313", ".051", "65.1"),
    (5, 4, ".919", ".188", ".016", "50.7"),
    (7, 5, ".974", ".227", ".013", "81.2"),
    (10, 7, ".987", ".172", ".004", "90.2"),
]


def rounded(value: Fraction, places: str) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(places), ROUND_HALF_UP)


def reading(items: int, *, share: Fraction = SHARE, guess: Fraction = USUAL_GUESS) -> Reading:
    return read_threshold([item_judgement(Fraction(1), guess=guess)] * items, share=share)


@pytest.mark.parametrize("line", PRINTED)
def test_the_table_of_the_domain_is_reproduced(line: tuple[int, int, str, str, str, str]) -> None:
    items, needed, master, half, guesser, all_eight = line
    found = reading(items)
    assert (found.judgements, found.needed, needed_of(items, share=SHARE)) == (items, needed, needed)
    assert rounded(found.master, ".001") == Decimal(master)
    assert rounded(found.borderline, ".001") == Decimal(half)
    assert rounded(found.guesser, ".001") == Decimal(guesser)
    assert rounded(all_pass([found] * 8) * 100, ".1") == Decimal(all_eight)


def test_the_general_reading_and_the_binomial_tail_agree() -> None:
    for items in range(1, 12):
        for share in (Fraction(3, 5), SHARE, Fraction(4, 5), Fraction(1)):
            assert reading(items, share=share).master == pass_chance(items, share=share, chance=MASTER)
            assert reading(items, share=share).guesser == pass_chance(items, share=share, chance=USUAL_GUESS)


def test_four_items_of_a_70_percent_criterion_pass_and_three_do_not() -> None:
    assert reading(4).breaks(LintLimits()) == ()
    assert reading(3).breaks(LintLimits()) == ("master_fails",)
    assert reading(2).breaks(LintLimits()) == ("master_fails", "guesser_passes")
    assert reading(3).breaks(LintLimits(master_fails=Fraction(3, 10))) == ()


def test_a_limit_that_is_met_exactly_is_kept() -> None:
    one = reading(1, guess=Fraction(0))
    assert 1 - one.master == Fraction(1, 10)
    assert one.breaks(LintLimits()) == ()


def test_the_saw_tooth_names_the_better_neighbours() -> None:
    assert sawtooth(3, share=SHARE) == (2, 4)
    assert sawtooth(5, share=SHARE) == (4,)
    assert sawtooth(4, share=SHARE) == ()
    assert sawtooth(1, share=Fraction(1)) == ()


@pytest.mark.parametrize(("share", "smallest"), [("7/10", 4), ("4/5", 5), ("3/5", 4), ("1", None)])
def test_the_smallest_length_is_the_first_that_keeps_both_limits(share: str, smallest: int | None) -> None:
    found = smallest_length(share=Fraction(share), guess=USUAL_GUESS, limits=LintLimits())
    assert found == smallest
    if found is not None:
        assert reading(found, share=Fraction(share)).breaks(LintLimits()) == ()
        assert all(reading(fewer, share=Fraction(share)).breaks(LintLimits()) for fewer in range(1, found))


def test_what_cannot_be_guessed_needs_fewer_items() -> None:
    assert smallest_length(share=SHARE, guess=Fraction(0), limits=LintLimits()) == 1


def test_items_of_different_marks_count_by_their_marks() -> None:
    # 2 + 1 + 1 of 4 marks, 70 % is 2.8: the heavy item and one more.
    parts = [item_judgement(Fraction(marks), guess=Fraction(0)) for marks in (2, 1, 1)]
    found = read_threshold(parts, share=SHARE)
    assert (found.maximum, found.needed) == (4, 3)
    assert found.master == MASTER * (1 - (1 - MASTER) ** 2)


def test_a_criterion_with_levels_is_climbed_step_by_step() -> None:
    criterion = Judgement((Fraction(0), Fraction(1), Fraction(2)))
    found = read_threshold([criterion], share=Fraction(1, 2))
    assert found.master == 1 - (1 - MASTER) ** 2
    assert found.guesser == 0


def test_nothing_to_judge_reaches_nothing_but_a_share_of_nothing() -> None:
    found = read_threshold([], share=SHARE)
    assert (found.judgements, found.maximum, found.needed, found.master) == (0, 0, 0, 1)
    assert all_pass([]) == 1


def test_a_share_above_everything_is_needed_and_never_reached() -> None:
    found = read_threshold([item_judgement(Fraction(1), guess=USUAL_GUESS)], share=Fraction(2))
    assert (found.needed, found.master, found.guesser) == (2, 0, 0)
