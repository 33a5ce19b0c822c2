# SPDX-License-Identifier: Apache-2.0
"""Totals for which no accuracy can be told, and what is refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.certainty.api import (
    Scale,
    TotalDecisions,
    TrueScores,
    from_model,
    hanson_brennan,
    livingston_lewis,
)
from scoring.errors import StatisticsError
from tests.unit.scoring.certainty.test_certainty_totals import area, sample


def test_the_slip_of_betafunctions_is_given_beside_ours_where_it_matters() -> None:
    """`LL.CA` has `round(cut * n)` for one test and `floor(cut * n)` for the other."""
    from scipy.stats import binom

    true = TrueScores(0.25, 0.75, 5, 3)
    found = from_model(true, length=25, cuts=[19], scale=Scale(0, 30))  # 15.83 of 25
    assert found.observed_cuts == (16,)
    other = found.as_ll_ca()
    assert other is not None

    def alike(t: float) -> float:
        first, second = binom.sf(15, 25, t), binom.sf(14, 25, t)
        return float(first * second + (1 - first) * (1 - second))

    assert other.consistency == pytest.approx(area(true, alike), abs=1e-12)
    assert other.accuracy == found.quality.accuracy
    assert found.to_document()["betafunctions_ll_ca"] == {
        "consistency": other.consistency,
        "kappa": other.kappa,
    }
    lower = from_model(true, length=25, cuts=[17], scale=Scale(0, 30))  # 14.17: rounding is cutting off
    assert lower.as_ll_ca() is None
    assert lower.to_document()["betafunctions_ll_ca"] is None
    assert from_model(true, length=25, cuts=[17, 19], scale=Scale(0, 30)).as_ll_ca() is None


def test_a_score_that_the_model_excludes_has_no_chance_of_being_right() -> None:
    found = from_model(TrueScores(0.4, 0.6, 2, 2), length=5, cuts=[3], scale=Scale(0, 5))
    assert np.isfinite(found.truly_passes()).all()
    empty = TotalDecisions(
        found.quality,
        found.true_scores,
        5,
        5,
        0,
        (3,),
        (3.0,),
        (0.6,),
        0,
        None,
        found.nodes,
        found.node_weights,
        found.score_chances * 0,
    )
    assert np.isnan(empty.truly_passes()).all()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("reliability_range", {"reliability": 1.0}),
        ("reliability_range", {"reliability": -0.2}),
        ("cut_outside", {"cuts": [41]}),
        ("cut_outside", {"cuts": [0]}),
        ("cut_order", {"cuts": [20, 10]}),
        ("true_scores_too_spread", {"reliability": 0.8, "parameters": 2, "ends": (0.7, 1.0)}),
    ],
)
def test_wrong_settings_are_refused_by_name(code: str, changes: dict[str, object]) -> None:
    settings: dict[str, object] = {"reliability": 0.8, "cuts": [25], "parameters": 4}
    with pytest.raises(StatisticsError, match=code):
        livingston_lewis(sample(), scale=Scale(0, 40), **(settings | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "scores", "reliability"),
    [
        ("totals_missing", [1.0], 0.8),
        ("totals_missing", [1.0, np.nan], 0.8),
        ("totals_outside", [1.0, 41.0], 0.8),
        ("scores_equal", [7.0, 7.0, 7.0], 0.8),
        ("effective_length", [0.0, 40.0, 40.0, 0.0], 0.9),
        ("no_true_variance", [20.0, 21.0, 20.0, 21.0], 0.001),
    ],
)
def test_unsuitable_totals_are_refused_by_name(code: str, scores: list[float], reliability: float) -> None:
    with pytest.raises(StatisticsError, match=code):
        livingston_lewis(np.array(scores), reliability=reliability, cuts=[20], scale=Scale(0, 40))


def test_hanson_and_brennan_refuse_what_they_cannot_use() -> None:
    with pytest.raises(StatisticsError, match="totals_not_whole"):
        hanson_brennan(np.array([1.5, 2]), reliability=0.8, cuts=[2], items=4)
    with pytest.raises(StatisticsError, match="reliability_range"):
        hanson_brennan(np.array([1.0, 2]), reliability=0.0, cuts=[2], items=4)
    with pytest.raises(StatisticsError, match="scores_equal"):
        hanson_brennan(np.array([2.0, 2]), reliability=0.5, cuts=[2], items=4)
    with pytest.raises(StatisticsError, match="totals_missing"):
        hanson_brennan(np.array([2.0, 2]), weights=np.array([0.5, 0.5]), reliability=0.5, cuts=[2], items=4)
    with pytest.raises(StatisticsError, match="scale_empty"):
        Scale(4, 4)
    with pytest.raises(StatisticsError, match="true_scores_shape"):
        TrueScores(0.5, 0.4, 1, 1)
    with pytest.raises(StatisticsError, match="effective_length"):
        from_model(TrueScores(0, 1, 1, 1), length=6000, cuts=[1], scale=Scale(0, 2))
