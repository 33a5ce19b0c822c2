# SPDX-License-Identifier: Apache-2.0
"""What must hold of certainty whatever the numbers are: symmetry, order, and shares that add up."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.certainty.api import (
    ItemCurve,
    Scale,
    TrueScores,
    borderline,
    from_model,
    lee,
    normal_points,
    posterior_mastery,
    rudner,
)

SHARES = st.fractions(min_value=Fraction(1, 20), max_value=Fraction(19, 20), max_denominator=20)
SHAPES = st.floats(min_value=0.2, max_value=40)


@given(items=st.integers(1, 60), data=st.data(), share=SHARES)
def test_mastery_of_right_answers_is_the_mirror_of_wrong_ones(
    items: int, data: st.DataObject, share: Fraction
) -> None:
    right = data.draw(st.integers(0, items))
    one = posterior_mastery(right, items, share=share).exact
    other = posterior_mastery(items - right, items, share=1 - share).exact
    assert one is not None
    assert other is not None
    assert one + other == 1


@given(items=st.integers(1, 40), share=SHARES)
def test_each_further_right_answer_makes_mastery_likelier(items: int, share: Fraction) -> None:
    chances = [
        posterior_mastery(right, items, share=share).exact or Fraction(0) for right in range(items + 1)
    ]
    assert chances == sorted(chances)
    assert len(set(chances)) == items + 1


@given(items=st.integers(0, 30), data=st.data(), share=SHARES)
def test_only_what_is_in_doubt_is_given_an_advice(items: int, data: st.DataObject, share: Fraction) -> None:
    found = borderline(data.draw(st.integers(0, items)), items, share=share)
    assert found.in_doubt == (Fraction(1, 5) < (found.mastery.exact or Fraction(0)) < Fraction(4, 5))
    if found.likely is not None:
        assert found.least is not None
        assert found.least <= found.likely


@settings(max_examples=40)
@given(
    shapes=st.tuples(SHAPES, SHAPES),
    low=st.floats(0, 0.4),
    high=st.floats(0.6, 1),
    length=st.integers(2, 80),
    data=st.data(),
)
def test_decisions_under_any_model_add_up(
    shapes: tuple[float, float], low: float, high: float, length: int, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, length))
    found = from_model(TrueScores(low, high, *shapes), length=length, cuts=[cut], scale=Scale(0, length))
    quality = found.quality
    assert quality.against_truth.sum() == pytest.approx(1, abs=1e-10)
    assert quality.accuracy + quality.false_pass + quality.false_fail == pytest.approx(1, abs=1e-10)
    assert quality.against_truth.min() > -1e-12
    assert np.allclose(quality.over_two_tests, quality.over_two_tests.T, atol=1e-12)
    assert quality.observed[1] == pytest.approx(quality.over_two_tests[1].sum(), abs=1e-10)
    assert quality.consistency >= quality.chance_consistency - 1e-10
    assert found.node_weights @ found.nodes == pytest.approx(found.true_scores.mean, abs=1e-10)
    rising = found.truly_passes()
    rising = rising[~np.isnan(rising)]
    assert (np.diff(rising) >= -1e-9).all()


@settings(max_examples=40)
@given(
    places=st.lists(st.floats(-3, 3), min_size=1, max_size=8),
    slope=st.floats(0.3, 2.5),
    guess=st.floats(0, 0.4),
    data=st.data(),
)
def test_a_guess_or_a_cut_never_breaks_the_shares_of_known_items(
    places: list[float], slope: float, guess: float, data: st.DataObject
) -> None:
    form = [ItemCurve(str(place), slope, (b,), guess=guess) for place, b in enumerate(places)]
    cut = data.draw(st.integers(1, len(places)))
    for found in (
        lee(form, cuts=[cut]).quality,
        lee(form, cuts=[cut], abilities=normal_points(25)).quality,
        rudner(form, cuts=[data.draw(st.floats(-2, 2))]).quality,
    ):
        assert found.against_truth.sum() == pytest.approx(1, abs=1e-10)
        assert found.accuracy + found.false_pass + found.false_fail == pytest.approx(1, abs=1e-10)
        assert found.consistency >= found.chance_consistency - 1e-10
