# SPDX-License-Identifier: Apache-2.0
"""Links by items: forms whose items are known, the models, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.linking.irt_linking import ScaleMethod
from scoring.linking.item_link import ItemModel, link_by_items
from scoring.tables import ResponseTable

SLOPES = np.random.default_rng(3).uniform(0.8, 1.8, 24)
DIFFICULTIES = np.linspace(-2, 2, 24)
X_ITEMS, Y_ITEMS = range(16), range(8, 24)
ANCHOR = [f"q{place}" for place in range(8, 16)]


def form(
    items: range, mean: float, sd: float, seed: int, *, slopes: np.ndarray = SLOPES, n: int = 1500
) -> ResponseTable:
    rng = np.random.default_rng(seed)
    ability, chosen = rng.normal(mean, sd, n), list(items)
    chance = 1 / (1 + np.exp(-slopes[chosen] * (ability[:, None] - DIFFICULTIES[chosen])))
    return ResponseTable.of(
        (rng.uniform(size=chance.shape) < chance).astype(float), items=[f"q{place}" for place in chosen]
    )


def true_scores(items: range, ability: np.ndarray, slopes: np.ndarray = SLOPES) -> np.ndarray:
    chosen = list(items)
    return np.sum(1 / (1 + np.exp(-slopes[chosen] * (ability[:, None] - DIFFICULTIES[chosen]))), axis=1)


def test_true_scores_are_equated_as_the_items_say_although_the_groups_differ() -> None:
    found = link_by_items(form(X_ITEMS, 0.6, 1.2, 1), form(Y_ITEMS, 0.0, 1.0, 2), anchor=ANCHOR)
    assert (found.scale.slope, found.scale.intercept) == pytest.approx((1.2, 0.6), abs=0.12)
    assert found.scale.method is ScaleMethod.STOCKING_LORD
    ability = np.linspace(-2, 2, 9)
    there = np.interp(true_scores(X_ITEMS, ability), found.scores, found.equivalents)
    assert there == pytest.approx(true_scores(Y_ITEMS, ability), abs=0.45)
    assert np.isnan(found.abilities[[0, -1]]).all()
    assert (np.diff(found.abilities[1:-1]) > 0).all()


def test_observed_scores_are_equated_near_the_true_ones() -> None:
    x, y = form(X_ITEMS, 0.6, 1.2, 1), form(Y_ITEMS, 0.0, 1.0, 2)
    true, seen = (link_by_items(x, y, anchor=ANCHOR, observed=observed) for observed in (False, True))
    assert seen.equivalents[6:15] == pytest.approx(true.equivalents[6:15], abs=0.25)
    assert np.isnan(seen.abilities).all()
    other = link_by_items(x, y, anchor=ANCHOR, observed=True, weight=1.0)
    assert not np.array_equal(other.equivalents, seen.equivalents)
    even = link_by_items(x, y, anchor=ANCHOR, observed=True, weight=0.5)
    assert even.equivalents == pytest.approx(seen.equivalents)


def test_the_rasch_model_only_shifts_the_scale() -> None:
    ones = np.ones(24)
    x, y = form(X_ITEMS, 0.6, 1.0, 3, slopes=ones), form(Y_ITEMS, 0.0, 1.0, 4, slopes=ones)
    found = link_by_items(x, y, anchor=ANCHOR, model=ItemModel.RASCH)
    assert found.scale.slope == 1
    assert found.scale.intercept == pytest.approx(0.6, abs=0.12)
    assert found.scale.method is ScaleMethod.MEAN_MEAN
    ability = np.linspace(-2, 2, 9)
    there = np.interp(true_scores(X_ITEMS, ability, ones), found.scores, found.equivalents)
    assert there == pytest.approx(true_scores(Y_ITEMS, ability, ones), abs=0.45)


def test_a_form_linked_to_itself_by_items_is_the_identity() -> None:
    x = form(X_ITEMS, 0.0, 1.0, 5, n=600)
    found = link_by_items(x, x, anchor=list(x.items), method=ScaleMethod.HAEBARA)
    assert found.equivalents == pytest.approx(found.scores, abs=1e-5)
    assert found.scale.items == 16


def test_what_cannot_be_linked_by_items_is_refused() -> None:
    x, y = form(X_ITEMS, 0.0, 1.0, 5, n=300), form(Y_ITEMS, 0.0, 1.0, 6, n=300)
    for observed in (False, True):
        with pytest.raises(StatisticsError, match="anchor_needed"):
            link_by_items(x, y, anchor=[], observed=observed)
    with pytest.raises(StatisticsError, match="items_not_in_table"):
        link_by_items(x, y, anchor=["q0"])
    solved = x.scores.copy()
    solved[:, 2] = 1.0
    with pytest.raises(StatisticsError, match="link_item_unestimated"):
        link_by_items(ResponseTable.of(solved, items=x.items), y, anchor=ANCHOR)


def test_items_that_measure_nothing_leave_no_score_within_reach() -> None:
    # a and b are the opposite of c and d in half of the people each: there is no dimension, and nothing to settle on
    x = ResponseTable.of(np.array([[1, 0, 1, 0], [0, 1, 0, 1]] * 100, dtype=float), items=list("abcd"))
    found = link_by_items(x, x, anchor=["a"])
    assert found.cautions[-2:] == ("not_converged", "scores_out_of_reach")
    assert np.isnan(found.equivalents[1])
    assert np.isnan(found.abilities[1])
    assert found.equivalents[[0, 4]] == pytest.approx([0, 4])
