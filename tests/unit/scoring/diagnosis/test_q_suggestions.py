# SPDX-License-Identifier: Apache-2.0
"""Rows of a Q-matrix that the answers speak against are found, and right ones are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.diagnosis.design import QMatrix, Rule, all_profiles
from scoring.diagnosis.model import Shrink, fit_diagnosis
from scoring.diagnosis.suggestions import Change, NoSuggestions, row_variances, suggest_rows, suggestions_from
from scoring.errors import StatisticsError
from scoring.tables import ResponseTable
from tests.unit.scoring.diagnosis.worlds import drawn, promised

RIGHT = QMatrix.of(
    [[1, 0], [0, 1], [1, 0], [0, 1], [1, 1], [1, 0], [0, 1], [1, 0]], attributes=["PC1", "PC2"]
)
MASS = np.array([0.3, 0.2, 0.15, 0.35])
CHANCES = np.array(
    [0.1, 0.9, 0.2, 0.8, 0.15, 0.9, 0.1, 0.8, 0.1, 0.2, 0.25, 0.9, 0.2, 0.9, 0.1, 0.9, 0.15, 0.85]
)


@pytest.fixture(scope="module")
def table() -> ResponseTable:
    return promised(RIGHT, Rule.GDINA, CHANCES, MASS, 1000.0)


def test_a_right_matrix_is_left_alone(table: ResponseTable) -> None:
    found = suggest_rows(table, RIGHT)
    assert found.reason is None
    assert [row.change for row in found.rows] == [Change.KEEP] * 8
    assert all(row.share is not None and row.share > 0.95 for row in found.rows)
    assert not any(row.wrong_attribute for row in found.rows)


def test_an_item_under_the_wrong_criterion_is_named(table: ResponseTable) -> None:
    found = suggest_rows(table, RIGHT.with_row(7, np.array([False, True])))
    row = found.rows[7]
    assert (row.attributes, row.suggested, row.change) == (("PC2",), ("PC1",), Change.REPLACE)
    assert row.wrong_attribute
    assert row.share is not None
    assert row.suggested_share is not None
    assert row.share < 0.5
    assert row.suggested_share > 0.95
    assert [one.change for one in found.rows[:7]] == [Change.KEEP] * 7


def test_an_attribute_too_few_and_one_too_many_are_told_apart(table: ResponseTable) -> None:
    too_few = suggest_rows(table, RIGHT.with_row(4, np.array([True, False]))).rows[4]
    assert (too_few.change, too_few.suggested) == (Change.ADD, ("PC1", "PC2"))
    too_many = suggest_rows(table, RIGHT.with_row(0, np.array([True, True]))).rows[0]
    assert (too_many.change, too_many.suggested) == (Change.DROP, ("PC1",))


def test_a_row_of_nothing_accounts_for_nothing(table: ResponseTable) -> None:
    row = suggest_rows(table, RIGHT.with_row(0, np.array([False, False]))).rows[0]
    assert row.share == 0.0
    assert (row.attributes, row.change) == ((), Change.ADD)


def test_the_variance_of_a_row_is_that_between_its_groups() -> None:
    # three rows by hand, for P = .1 .2 .3 .8 and w = .2 .2 .4 .2 in the order 00, 01, 10, 11
    chance, mass = np.array([[0.1, 0.2, 0.3, 0.8]]), np.array([0.2, 0.2, 0.4, 0.2])
    mean = 0.2 * 0.1 + 0.2 * 0.2 + 0.4 * 0.3 + 0.2 * 0.8
    whole = 0.2 * 0.01 + 0.2 * 0.04 + 0.4 * 0.09 + 0.2 * 0.64 - mean**2
    second = 0.6 * ((0.02 + 0.12) / 0.6) ** 2 + 0.4 * ((0.04 + 0.16) / 0.4) ** 2 - mean**2
    first = 0.4 * ((0.02 + 0.04) / 0.4) ** 2 + 0.6 * ((0.12 + 0.16) / 0.6) ** 2 - mean**2
    profiles = all_profiles(2)
    found = row_variances(chance, mass, profiles, profiles[1:])
    assert found[0] == pytest.approx([second, first, whole], abs=1e-12)


def test_missing_answers_do_not_hide_a_wrong_row() -> None:
    scores = drawn(RIGHT, Rule.GDINA, CHANCES, MASS, 3000, seed=21).scores
    scores[np.random.default_rng(22).random(scores.shape) < 0.1] = np.nan
    table = ResponseTable.of(scores, items=RIGHT.items)
    found = suggest_rows(table, RIGHT.with_row(1, np.array([True, False])))
    assert found.rows[1].wrong_attribute
    assert found.rows[1].suggested == ("PC2",)


def test_few_persons_and_many_attributes_give_a_reason(table: ResponseTable) -> None:
    few = ResponseTable.of(table.scores, items=RIGHT.items, weights=table.weights * 0.1)
    assert suggest_rows(few, RIGHT).reason is NoSuggestions.FEW_PERSONS
    wide = QMatrix.of(
        np.concatenate([np.eye(8, dtype=int), np.eye(8, k=-5, dtype=int)[:, :3]], axis=1), items=RIGHT.items
    )
    assert suggest_rows(table, wide).reason is NoSuggestions.MANY_ATTRIBUTES


def test_an_item_that_tells_profiles_nothing_has_a_reason() -> None:
    flat = CHANCES.copy()
    flat[[2, 3]] = 0.5
    fit = fit_diagnosis(
        promised(RIGHT, Rule.GDINA, flat, MASS, 1000.0), RIGHT, Rule.GDINA, shrink=Shrink.NEVER
    )
    row = suggestions_from(fit).rows[1]
    assert row.reason is NoSuggestions.NO_VARIANCE
    assert row.share is None


def test_a_cutoff_is_a_share(table: ResponseTable) -> None:
    with pytest.raises(StatisticsError, match="diagnosis_cutoff"):
        suggest_rows(table, RIGHT, cutoff=1.0)
