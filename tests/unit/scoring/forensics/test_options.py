# SPDX-License-Identifier: Apache-2.0
"""Coded answers, and the chances of options for a person who works alone."""

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.forensics.options import _modes, coded, nominal_chances, smoothed_chances
from scoring.tables import ChoiceTable
from tests.unit.scoring.forensics.sittings import no_answers, sitting


def table(rows: list[str], weights: list[float] | None = None) -> ChoiceTable:
    return ChoiceTable(
        tuple(f"p{n}" for n in range(len(rows))),
        tuple(f"i{n}" for n in range(len(rows[0]))),
        np.array([[cell.strip() for cell in row] for row in rows]),
        np.ones(len(rows)) if weights is None else np.array(weights),
    )


def test_choices_become_numbers_and_the_key_marks_the_right_ones() -> None:
    answers = coded(table(["AB", "C ", "AA"]), {"i0": "A", "i1": "B|C"})
    assert answers.options == (("A", "C"), ("A", "B", "C"))
    assert answers.codes.tolist() == [[0, 1], [1, -1], [0, 0]]
    scored = answers.scored()
    assert scored[0].tolist() == [1, 1]
    assert scored[1, 0] == 0
    assert np.isnan(scored[1, 1])
    assert scored[2].tolist() == [1, 0]
    assert answers.indicators().tolist() == [[1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0]]


def test_without_a_key_nothing_is_right() -> None:
    answers = coded(table(["AB", "BA"]))
    assert answers.right is None
    with pytest.raises(StatisticsError, match="key_needed"):
        answers.scored()


@pytest.mark.parametrize(
    ("rows", "weights", "code"),
    [
        (["AB", "BA"], [2.0, 1.0], "pairs_weights"),
        (["AB", "AB"], None, "options_too_few"),
        ([f"{letter}A" for letter in "ABCDEFGHIJKLMNOPQRSTU"], None, "options_too_many"),
    ],
)
def test_a_table_that_cannot_be_compared_is_refused_by_name(
    rows: list[str], weights: list[float] | None, code: str
) -> None:
    with pytest.raises(StatisticsError, match=code):
        coded(table(rows, weights))


def test_smoothed_curves_come_near_the_truth_and_sum_to_one() -> None:
    answers, model, _, _ = sitting(1500, 30)
    found = smoothed_chances(answers)
    assert found.chances.sum(axis=2) == pytest.approx(np.ones((1500, 30)), abs=1e-12)
    assert np.abs(found.chances - model.chances).mean() < 0.05
    assert np.corrcoef(found.abilities, model.abilities)[0, 1] > 0.85


def test_smoothing_is_the_weighted_share_of_the_persons_around() -> None:
    answers, _, _, _ = sitting(40, 6)
    found = smoothed_chances(answers)
    width = 1.1 * 40**-0.2
    weight = np.exp(-0.5 * ((found.abilities - found.abilities[7]) / width) ** 2)
    for option in range(4):
        share = (weight @ (answers.codes[:, 2] == option) + 0.125) / (weight.sum() + 0.5)
        assert found.chances[7, 2, option] == pytest.approx(share, rel=1e-12)


def test_persons_of_the_same_share_have_the_same_ability() -> None:
    answers, _, _, _ = sitting(60, 8)
    share = (answers.scored() == 1).mean(axis=1)
    found = smoothed_chances(answers).abilities
    assert len(set(found.round(12))) == len(set(share))
    assert (np.argsort(found, kind="stable") == np.argsort(share, kind="stable")).all()


def test_too_few_persons_have_no_option_curves() -> None:
    with pytest.raises(StatisticsError, match="persons_too_few_to_compare"):
        smoothed_chances(no_answers(29, 5, 4))


def test_nominal_ability_is_where_the_posterior_is_highest() -> None:
    answers, _, slopes, intercepts = sitting(50, 20, seed=5)
    found = nominal_chances(answers, slopes, intercepts)
    grid = np.linspace(-6, 6, 24001)
    power = grid[:, None, None] * slopes + intercepts
    logs = power - np.logaddexp.reduce(power, axis=2)[:, :, None]
    for person in range(10):
        chosen = logs[:, np.arange(20), answers.codes[person]].sum(axis=1) - grid**2 / 20
        assert found.abilities[person] == pytest.approx(grid[chosen.argmax()], abs=5.1e-4)


def test_newtons_steps_are_no_longer_than_one() -> None:
    answers, _, slopes, intercepts = sitting(50, 20, seed=5)
    once = _modes(answers, slopes, intercepts, steps=1)
    assert np.abs(once).max() <= 1
    assert np.abs(once - nominal_chances(answers, slopes, intercepts).abilities).max() > 0.01


def test_an_option_that_an_item_has_not_is_never_chosen() -> None:
    answers, _, slopes, intercepts = sitting(30, 4)
    slopes[1, 3] = intercepts[1, 3] = np.nan
    answers.codes[answers.codes[:, 1] == 3, 1] = -1
    found = nominal_chances(answers, slopes, intercepts)
    assert (found.chances[:, 1, 3] == 0).all()
    assert found.chances.sum(axis=2) == pytest.approx(np.ones((30, 4)))
