# SPDX-License-Identifier: Apache-2.0
"""Fitted models as the members that the command prints."""

from typing import Any

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.irt.api import (
    MODELS,
    Method,
    curve_members,
    document,
    expected_scores,
    refusal_document,
    score_rows,
)
from scoring.irt.binary_fit import replace
from tests.unit.scoring.irt.law_school import section_6
from tests.unit.scoring.irt.science import science

NAMES = ("Item1", "Item2", "Item3", "Item4", "Item5")
BINARY = ("rasch", "1pl", "2pl", "3pl")


def fitted(name: str) -> Any:
    patterns, frequencies = section_6()
    return MODELS[name]().fit(patterns, sample_weight=frequencies)


@pytest.mark.parametrize("name", BINARY)
def test_a_right_or_wrong_model_tells_numbers_and_errors_of_each_item(name: str) -> None:
    told = document(name, fitted(name), NAMES)
    assert told["model"] == name
    assert told["loglik"] == pytest.approx(-2466.9 if name in {"rasch", "1pl"} else -2466.65, abs=0.1)
    assert told["converged"] is True
    assert told["reason"] is None
    rows: Any = told["items"]
    assert [row["item"] for row in rows] == list(NAMES)
    for row in rows:
        assert row["b"] == pytest.approx(-row["d"] / row["a"])
        assert row["se_b"] > 0
        assert np.isnan(row["se_a"]) == (name == "rasch")
        assert ("c" in row) == (name == "3pl")
        assert (row["reason"] == "guessing_at_zero") == (name == "3pl" and row["c"] == 0)


@pytest.mark.parametrize("name", ["grm", "gpcm", "pcm", "nrm"])
def test_a_model_of_categories_tells_a_list_for_each_item(name: str) -> None:
    scores, weights = science()
    dull = np.column_stack((scores, np.ones(len(scores))))
    model = MODELS[name]().fit(dull, sample_weight=weights)
    told: Any = document(name, model, (*NAMES[:4], "dull"))
    *rows, last = told["items"]
    assert last == {"item": "dull", "a": None, "b": None, "d": None, "reason": "item_without_variation"}
    for row in rows:
        assert len(row["d"]) == len(row["se_d"]) == len(row["categories"]) - 1
        assert (row["b"] is None) == (name == "nrm")
        assert isinstance(row["a"], float)
    curves: Any = curve_members(model, (*NAMES[:4], "dull"))
    assert [one["item"] for one in curves["items"]] == list(NAMES[:4])
    spread = np.sqrt(model.variance_)
    assert curves["theta"][-1] == pytest.approx(4 * spread)
    slope = np.gradient(curves["expected_score"], curves["theta"])
    assert (slope > 0).all()


def test_a_model_whose_errors_are_unknown_says_why() -> None:
    scores, weights = science()
    model = MODELS["grm"]().fit(scores, sample_weight=weights)
    model.fit_ = replace(model.fit_, covariance=None, reason="information_not_positive")
    model.items_ = tuple(
        model._report(item, labels, None)
        for item, labels in zip(model.calibration_.items, model.categories_, strict=True)
    )
    told: Any = document("grm", model, NAMES[:4])
    assert told["reason"] == "information_not_positive"
    assert told["items"][0]["se_a"] is None
    assert told["items"][0]["se_d"] is None
    assert told["items"][0]["a"] > 0


def test_an_item_without_an_end_has_no_numbers() -> None:
    scores, weights = science()
    model = MODELS["grm"]().fit(scores, sample_weight=weights)
    model.items_ = (replace(model.items_[0], reason="slope_without_end"), *model.items_[1:])
    row: Any = document("grm", model, NAMES[:4])["items"][0]  # type: ignore[index]
    assert row["reason"] == "slope_without_end"
    assert {row[name] for name in ("a", "b", "d", "se_a", "se_b", "se_d")} == {None}


@pytest.mark.parametrize("name", ["rasch", "1pl", "2pl"])
def test_answers_that_follow_one_order_have_neither_slopes_nor_a_spread(name: str) -> None:
    steps = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]] * 30, dtype=float)
    told: Any = document(name, MODELS[name]().fit(steps), NAMES[:3])
    assert {row["reason"] for row in told["items"]} == {"slope_without_end"}
    assert told["ability"] == {"mean": 0.0, "variance": None, "se_variance": None}


def test_persons_have_one_row_with_each_estimate() -> None:
    model = fitted("2pl")
    persons = np.array([[0, 0, 0, 0, 0], [1, 0, 1, 1, 0]], dtype=float)
    found = [model.abilities(persons, method=method) for method in (Method.EAP, Method.ML)]
    first, second = score_rows(("A", "B"), found)
    assert first["person"] == "A"
    assert first["reason"] == "no_finite_maximum"
    assert first["eap"] == pytest.approx(-1.897, abs=1e-3)
    assert second["reason"] is None
    assert set(second) == {"person", "eap", "se", "ml", "se_ml", "reason"}


def test_curves_of_a_rasch_model_stand_on_its_own_scale() -> None:
    model = fitted("rasch")
    told: Any = curve_members(model, NAMES, points=9)
    assert told["theta"] == pytest.approx(np.sqrt(model.variance_) * np.linspace(-4, 4, 9))
    assert told["expected_score"] == pytest.approx(expected_scores(model.curves_, told["theta"]).sum(axis=0))
    assert told["se"] == pytest.approx(1 / np.sqrt(told["information"]))


def test_a_refusal_tells_what_classical_analysis_can_still_say() -> None:
    told: Any = refusal_document(
        "2pl", StatisticsError("too_few_persons", persons=9, fewest=50), 9.0, [("x", 0.5, None)]
    )
    assert told["loglik"] is None
    assert told["reason"] == "too_few_persons"
    assert told["facts"] == {"persons": 9, "fewest": 50}
    assert told["items"][0]["difficulty"] == 0.5
    assert told["items"][0]["a"] is None
