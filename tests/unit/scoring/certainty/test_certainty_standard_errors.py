# SPDX-License-Identifier: Apache-2.0
"""Conditional standard errors: closed forms, what they are on average, and composites."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scoring.certainty.api import Part, around, by_score, composite, feldt_qualls, keats, lord, within_person
from scoring.errors import StatisticsError


def test_lords_errors_are_those_of_a_binomial_and_none_at_the_ends() -> None:
    assert_allclose(lord(np.array([0.0, 5.0, 20.0]), items=20), [0, np.sqrt(75 / 19), 0])
    assert lord(np.array([]), items=5).size == 0


def test_lords_mean_square_is_the_error_of_kr21_and_keats_that_of_the_reliability() -> None:
    scores = np.array([4, 7, 8, 9, 10, 11, 11, 12, 13, 15.0])
    items, mean, variance = 16, scores.mean(), scores.var()
    kr21 = items / (items - 1) * (1 - mean * (items - mean) / (items * variance))
    assert (lord(scores, items=items) ** 2).mean() == pytest.approx(variance * (1 - kr21))
    shrunk = keats(scores, items=items, reliability=0.8, kr21=kr21)
    assert (shrunk**2).mean() == pytest.approx(variance * 0.2)
    with pytest.raises(StatisticsError, match="reliability_range"):
        keats(scores, items=items, reliability=1.0, kr21=0.5)


def test_two_parts_give_thorndikes_difference() -> None:
    parts = np.array([[5, 4], [3, 6], [7, 8], [2, 2.0]])
    difference = parts[:, 0] - parts[:, 1]
    assert_allclose(feldt_qualls(parts), np.abs(difference - difference.mean()))


def test_parts_average_to_the_error_variance_of_alpha() -> None:
    parts = np.random.default_rng(4).normal(size=(60, 4)) + np.random.default_rng(5).normal(size=(60, 1))
    variances, total = parts.var(axis=0, ddof=1), parts.sum(axis=1).var(ddof=1)
    alpha = 4 / 3 * (1 - variances.sum() / total)
    squares = feldt_qualls(parts) ** 2
    assert squares.sum() / 59 == pytest.approx(total * (1 - alpha))


def test_errors_are_averaged_by_score() -> None:
    totals = np.array([3, 5, 3, 5.0])
    scores, errors, people = by_score(totals, np.array([1.0, 2, 3, 4]), np.array([1.0, 0, 1, 2]))
    assert scores.tolist() == [3, 5]
    assert_allclose(errors, [np.sqrt(5), 4])
    assert people.tolist() == [2, 2]
    assert np.isnan(by_score(totals[:1], np.array([1.0]), np.array([0.0]))[1]).all()
    assert_allclose(by_score(totals, np.ones(4))[2], [2, 2])


def test_within_a_person_equal_items_give_lords_error() -> None:
    shares = np.array([[1, 1, 0, 1, 0], [1, 1, 1, 1, 1], [1, 0, np.nan, np.nan, np.nan], [np.nan] * 4 + [1]])
    found = within_person(shares, np.ones(5))
    assert_allclose(found[:2], lord(np.array([3.0, 5.0]), items=5))
    assert found[2] == pytest.approx(1.0)  # 1 of 2
    assert np.isnan(found[3])
    assert_allclose(within_person(shares, np.full(5, 2.0))[:2], 2 * found[:2])
    with pytest.raises(StatisticsError, match="few_items"):
        within_person(shares[:, :1], np.ones(1))


def test_parts_of_a_composite_add_their_variances() -> None:
    parts, total = composite([Part("N1", 7, 10, 2.0), Part("N2", 3, 4)])
    assert parts[0].standard_error == pytest.approx(2 * np.sqrt(21 / 9))
    assert parts[1].standard_error == pytest.approx(1.0)
    assert (total.score, total.maximum) == (17.0, 24.0)
    assert total.standard_error == pytest.approx(np.sqrt(4 * 21 / 9 + 1))
    document = parts[1].to_document()
    assert document["interval"] == pytest.approx([3 - 1.959963984540054, 4.0])
    assert document["reason"] is None


def test_one_item_says_nothing_about_its_own_error() -> None:
    parts, total = composite([Part("N1", 7, 10), Part("N2", 1, 1)])
    assert (parts[1].standard_error, parts[1].reason) == (None, "one_item")
    assert (total.standard_error, total.reason) == (None, "one_item")
    assert total.interval() is None
    assert total.to_document()["interval"] is None
    # unless it does not count
    _, total = composite([Part("N1", 7, 10), Part("N2", 1, 1, 0.0)])
    assert total.standard_error == pytest.approx(np.sqrt(21 / 9))


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("few_items", lambda: lord(np.array([1.0]), items=1)),
        ("totals_outside", lambda: lord(np.array([3.0]), items=2)),
        ("totals_outside", lambda: lord(np.array([-1.0]), items=2)),
        ("few_parts", lambda: feldt_qualls(np.ones((3, 1)))),
        ("few_parts", lambda: composite([])),
        ("totals_missing", lambda: feldt_qualls(np.array([[1, np.nan], [1, 2]]))),
        ("totals_missing", lambda: feldt_qualls(np.array([[1.0, 2]]))),
        ("part_shape", lambda: Part("x", 3, 2)),
        ("part_shape", lambda: Part("x", 0, 0)),
        ("part_shape", lambda: Part("x", 1, 2, -1.0)),
        ("confidence_range", lambda: around(1, 1, maximum=2, confidence=1.0)),
    ],
)
def test_what_cannot_be_is_refused_by_name(code: str, call: object) -> None:
    assert callable(call)
    with pytest.raises(StatisticsError, match=code):
        call()
