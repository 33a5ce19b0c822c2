# SPDX-License-Identifier: Apache-2.0
"""Form luck: papers whose difficulty is known, verdicts that must turn and must not, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.linking.form_luck import FormLuck, Turn, form_luck
from scoring.tables import ResponseTable

HALF = Fraction(1, 2)
PAPERS = {"easy": range(20), "hard": range(10, 30), "middle": range(5, 25)}


@cache
def answers(seed: int = 5, persons: int = 900) -> tuple[ResponseTable, list[str], NDArray[np.float64]]:
    """Thirty items from -2 to 2 logits, three papers of twenty that overlap, drawn by lot."""
    rng = np.random.default_rng(seed)
    difficulties = np.linspace(-2, 2, 30)
    ability = rng.normal(0.3, 1, persons)
    right = (rng.uniform(size=(persons, 30)) < 1 / (1 + np.exp(difficulties - ability[:, None]))).astype(
        float
    )
    forms = [("easy", "hard", "middle")[code] for code in rng.integers(0, 3, persons)]
    for row, form in enumerate(forms):
        right[row, [item for item in range(30) if item not in PAPERS[form]]] = np.nan
    names = [f"L{number:04d}" for number in range(persons)]
    return ResponseTable.of(right, persons=names), forms, difficulties


@cache
def report(**changes: str) -> FormLuck:
    table, forms, _ = answers()
    return form_luck(table, forms, share=HALF, **changes)


def test_a_fair_mark_is_what_the_same_ability_is_worth_on_each_paper() -> None:
    found = report()
    _, _, difficulties = answers()
    # the pass mark over all thirty items stands at 0, their middle, and the population's mean is 0.3
    assert found.ability == pytest.approx(-0.3, abs=0.15)
    for form in found.forms:
        truth = float(np.sum(1 / (1 + np.exp(difficulties[list(PAPERS[form.form])]))))
        assert form.fair_cut == pytest.approx(truth, abs=4 * form.fair_cut_se + 0.05)
        assert form.shift == pytest.approx(form.fair_cut - 10)
        assert form.needed == 10
        assert form.items == 20
        assert form.shared == (20 if form.form == "middle" else 15)
        assert form.mean_ability == pytest.approx(0.0, abs=0.2)
    assert (found.easiest, found.hardest) == ("easy", "hard")
    by_name = {form.form: form for form in found.forms}
    assert by_name["easy"].shift > 1
    assert by_name["hard"].shift < -1
    assert abs(by_name["middle"].shift) < 0.5
    assert by_name["easy"].mean_difficulty is not None
    assert by_name["hard"].mean_difficulty is not None
    assert by_name["hard"].mean_difficulty - by_name["easy"].mean_difficulty == pytest.approx(
        10 * 4 / 29, abs=0.15
    )


def test_the_persons_whose_verdict_turns_are_named_and_no_others() -> None:
    table, forms, _ = answers()
    found = report()
    fair = {form.form: form.fair_cut for form in found.forms}
    totals = np.nansum(table.scores, axis=1)
    expected = {
        name
        for name, form, score in zip(table.persons, forms, totals, strict=True)
        if (score >= 10) != (score >= fair[form])
    }
    assert {one.person for one in found.turned} == expected
    assert found.turned_share == pytest.approx(len(expected) / 900)
    assert {one.form for one in found.turned if one.turn is Turn.WOULD_PASS} == {"hard"}
    assert {one.form for one in found.turned if one.turn is Turn.WOULD_FAIL} == {"easy"}
    for one in found.turned:
        assert one.margin == pytest.approx(one.score - fair[one.form])
        assert (one.score < 10) is (one.turn is Turn.WOULD_PASS)
        assert one.chance_hardest < one.chance_easiest
        assert one.se > 0
    assert sum(form.turned for form in found.forms) == len(expected)


def test_the_chance_of_a_pass_is_counted_over_every_pattern() -> None:
    rng = np.random.default_rng(2)
    ability = rng.normal(0, 1, 300)
    hard = np.array([-1.5, -1.0, -0.5, 0.5, 1.0, 1.5])
    right = (rng.uniform(size=(300, 6)) < 1 / (1 + np.exp(hard - ability[:, None]))).astype(float)
    forms = ["a" if number % 2 else "b" for number in range(300)]
    for row, form in enumerate(forms):
        right[row, 0 if form == "a" else 5] = np.nan
    found = form_luck(ResponseTable.of(right), forms, share=Fraction(3, 5))
    one = found.turned[0]
    from scoring.irt.binary import Rasch

    difficulties = (
        Rasch().fit(right).difficulties_[1:] if one.form == "a" else Rasch().fit(right).difficulties_[:5]
    )
    chances = 1 / (1 + np.exp(difficulties - one.ability))
    counted = sum(
        float(np.prod(np.where(pattern, chances, 1 - chances)))
        for pattern in product((False, True), repeat=5)
        if sum(pattern) >= 3
    )
    assert one.chance_own == pytest.approx(counted)


def test_papers_of_one_difficulty_turn_nothing() -> None:
    table, _, _ = answers()
    rng = np.random.default_rng(0)
    whole = np.where(np.isnan(table.scores), 0.0, table.scores)
    found = form_luck(ResponseTable.of(whole), [str(code) for code in rng.integers(0, 3, 900)], share=HALF)
    assert found.turned == ()
    assert found.turned_share == 0
    assert found.shift_sd == pytest.approx(0.0, abs=1e-9)
    assert found.shift_range == pytest.approx((0.0, 0.0), abs=1e-9)


def test_the_pass_mark_can_stand_on_one_paper() -> None:
    found = report(reference="hard")
    by_name = {form.form: form for form in found.forms}
    assert found.reference == "hard"
    assert by_name["hard"].shift == pytest.approx(0.0, abs=1e-9)
    assert by_name["hard"].fair_cut_se == pytest.approx(0.0, abs=1e-9)
    assert by_name["hard"].turned == 0
    assert by_name["easy"].shift > 2


def test_people_with_the_same_items_share_a_paper_where_none_is_named() -> None:
    table, forms, _ = answers()
    found = form_luck(table, None, share=HALF)
    named = report()
    assert {form.persons for form in found.forms} == {form.persons for form in named.forms}
    assert {one.person for one in found.turned} == {one.person for one in named.turned}
    assert found.forms[0].form == "1"
    assert forms[0] in PAPERS


def test_every_candidate_may_have_a_paper_of_his_own() -> None:
    rng = np.random.default_rng(8)
    difficulties, ability = rng.normal(0, 1, 40), rng.normal(0.4, 1, 400)
    right = (rng.uniform(size=(400, 40)) < 1 / (1 + np.exp(difficulties - ability[:, None]))).astype(float)
    for row in range(400):
        right[row, rng.permutation(40)[20:]] = np.nan
    found = form_luck(ResponseTable.of(right), None, share=HALF)
    assert len(found.forms) == 400
    assert found.shift_sd > 0.3
    fair = {form.form: form for form in found.forms}
    for one in found.turned:
        assert (one.score >= fair[one.form].fair_cut) is (one.turn is Turn.WOULD_PASS)


def test_frequencies_count_as_persons_and_rows_without_a_paper_are_left_out() -> None:
    table, forms, _ = answers()
    weights = np.ones(900)
    weights[:3] = 2.0
    heavier = ResponseTable(table.persons, table.items, table.scores, weights)
    blank = ["" if row < 100 else form for row, form in enumerate(forms)]
    found = form_luck(heavier, blank, share=HALF)
    assert found.left_out == 103
    assert found.persons == 800
    assert all(int(one.person[1:]) >= 100 for one in found.turned)


def test_an_item_that_everybody_got_right_is_worth_its_mark_on_every_paper() -> None:
    table, forms, _ = answers()
    scores = table.scores.copy()
    scores[:, 12] = np.where(np.isnan(scores[:, 12]), np.nan, 1.0)
    scores[:, 14] = np.where(np.isnan(scores[:, 14]), np.nan, 0.0)
    found = form_luck(ResponseTable.of(scores), forms, share=HALF)
    assert all(form.mean_difficulty is not None and np.isfinite(form.mean_difficulty) for form in found.forms)
    assert all(np.isfinite(form.fair_cut_se) for form in found.forms)


def test_a_paper_without_a_difficulty_has_none() -> None:
    table, forms, _ = answers()
    scores = np.column_stack([table.scores, np.full((900, 2), np.nan)])
    names = list(forms)
    for row in range(40):
        scores[row, :30] = np.nan
        scores[row, 30:] = 1.0
        names[row] = "gift"
    found = form_luck(ResponseTable.of(scores), names, share=HALF)
    gift = next(form for form in found.forms if form.form == "gift")
    assert gift.mean_difficulty is None
    assert gift.fair_cut == pytest.approx(2.0)
    assert gift.shared == 0
    with pytest.raises(StatisticsError, match="reference_without_spread"):
        form_luck(ResponseTable.of(scores), names, share=HALF, reference="gift")


def test_one_paper_is_said_to_be_one() -> None:
    table, _, _ = answers()
    whole = ResponseTable.of(np.where(np.isnan(table.scores), 0.0, table.scores))
    assert "one_form" in form_luck(whole, None, share=HALF).cautions
    assert "one_form" not in report().cautions


def test_a_share_of_exactly_the_marks_needs_exactly_them() -> None:
    table, forms, _ = answers()
    assert {form.needed for form in form_luck(table, forms, share=Fraction(7, 10)).forms} == {14}
    assert {form.needed for form in form_luck(table, forms, share=Fraction(71, 100)).forms} == {15}


@pytest.mark.parametrize("share", [Fraction(0), Fraction(1), Fraction(6, 5)])
def test_a_share_lies_between_0_and_1(share: Fraction) -> None:
    table, forms, _ = answers()
    with pytest.raises(StatisticsError, match="luck_share"):
        form_luck(table, forms, share=share)


def test_what_cannot_be_compared_is_refused() -> None:
    table, forms, _ = answers()
    with pytest.raises(StatisticsError, match="luck_form_unknown"):
        form_luck(table, forms, share=HALF, reference="blue")
    with pytest.raises(StatisticsError, match="not_binary"):
        form_luck(ResponseTable.of(table.scores * 2), forms, share=HALF)
    with pytest.raises(StatisticsError, match="too_few_persons"):
        form_luck(table.rows(np.arange(900) < 20), forms[:20], share=HALF)
    with pytest.raises(StatisticsError, match="luck_nobody"):
        form_luck(table, [""] * 900, share=HALF)


def test_answers_in_which_the_easier_item_is_always_right_first_have_no_scale() -> None:
    steps = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]] * 40, dtype=float)
    with pytest.raises(StatisticsError, match=r"link_item_unestimated .*slope_without_end"):
        form_luck(ResponseTable.of(steps), None, share=HALF)
