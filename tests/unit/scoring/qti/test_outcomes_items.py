# SPDX-License-Identifier: Apache-2.0
"""Reading the items' outcomes of a test from JSON."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.api import QtiError, to_json
from scoring.qti.outcomes_items import ItemOutcomes, read_items, read_seconds


def one(entry: object) -> ItemOutcomes:
    return read_items({"Q1": entry})["Q1"]


def test_the_short_form_is_outcomes_only() -> None:
    item = one({"SCORE": 1.5, "GRADE": "B", "DONE": True, "N": 2, "NONE": None, "EMPTY": ""})
    assert {name: to_json(value) for name, value in item.outcomes.items()} == {
        "SCORE": 1.5,
        "GRADE": "B",
        "DONE": True,
        "N": 2,
        "NONE": None,
        "EMPTY": None,
    }
    assert (item.selected, item.presented, item.responded, item.correct) == (True, True, True, None)


def test_the_long_form_holds_everything() -> None:
    item = one(
        {
            "outcomes": {"SCORE": 1.0},
            "responses": {"R": "A", "SCORE": 9},
            "selected": True,
            "presented": True,
            "responded": True,
            "correct": True,
            "maximum": {"SCORE": 2},
            "minimum": {"SCORE": -0.5},
            "duration": 12,
        }
    )
    assert (item.correct, item.correctness_given, item.duration) == (True, True, Fraction(12))
    assert (item.maximum, item.minimum) == ({"SCORE": Fraction(2)}, {"SCORE": Fraction(-1, 2)})
    assert to_json(item.variable("SCORE")) == 1.0, "an outcome goes before a response of its name"
    assert to_json(item.variable("R")) == "A"
    assert item.variable("X") is None
    assert (item.has("SCORE"), item.has("R"), item.has("X")) == (True, True, False)


@pytest.mark.parametrize(
    ("entry", "flags"),
    [
        ({}, (True, True, True)),
        ({"selected": False}, (False, False, False)),
        ({"selected": None}, (True, True, True)),
        ({"presented": False}, (True, False, False)),
        ({"responses": {"R": None}}, (True, True, False)),
        ({"responses": {"R": None, "R2": "x"}}, (True, True, True)),
        ({"responses": {"R": "x"}, "responded": False}, (True, True, False)),
    ],
)
def test_what_is_not_said_follows_from_the_rest(entry: object, flags: tuple[bool, bool, bool]) -> None:
    item = one(entry)
    assert (item.selected, item.presented, item.responded) == flags


def test_an_outcome_named_like_a_member_is_one_in_the_short_form() -> None:
    item = one({"SCORE": 1.0, "duration": 5})
    assert to_json(item.variable("duration")) == 5
    assert item.duration is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([1, 2], [1, 2]),
        ([1, 2.5], [1.0, 2.5]),
        (["A", None, "B"], ["A", "B"]),
        ([], None),
        ([None], None),
        ({"a": 1, "b": "x"}, {"a": 1, "b": "x"}),
        ({}, None),
        (0, 0),
        (False, False),
    ],
)
def test_values_take_the_type_of_their_json(value: object, expected: object) -> None:
    assert to_json(one({"X": value}).outcomes["X"]) == expected


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (None, "items"),
        ([], "items"),
        ({"Q1": 1}, "Q1"),
        ({"Q1": {"outcomes": {}, "Points": 1}}, "Q1"),
        ({"Q1": {"responses": {}, "Points": 1}}, "Q1"),
        ({"Q1": {"correct": "yes"}}, "Q1"),
        ({"Q1": {"outcomes": [1]}}, "Q1.outcomes"),
        ({"Q1": {"responses": "A"}}, "Q1.responses"),
        ({"Q1": {"maximum": 2}}, "Q1.maximum"),
        ({"Q1": {"maximum": {"SCORE": "2"}}}, "Q1.maximum.SCORE"),
        ({"Q1": {"minimum": {"SCORE": True}}}, "Q1.minimum.SCORE"),
        ({"Q1": {"duration": "5"}}, "Q1.duration"),
        ({"Q1": {"duration": -5}}, "Q1.duration"),
        ({"Q1": {"X": [[1], [2]]}}, "Q1.X"),
        ({"Q1": {"X": [1, "A"]}}, "Q1.X"),
        ({"Q1": {"X": {"a": [object()]}}}, "Q1.X.a"),
        ({"Q1": {"X": float("nan")}}, "Q1.X"),
        ({"Q1": {"X": float("inf")}}, "Q1.X"),
        ({"Q1": {"X": 10**400}}, "Q1.X"),
        ({f"Q{n}": {} for n in range(10_001)}, "items"),
    ],
)
def test_anything_else_is_refused_with_its_place(document: object, where: str) -> None:
    with pytest.raises(QtiError) as caught:
        read_items(document)
    assert (caught.value.code, caught.value.where) == ("items_malformed", where)


def test_seconds_are_a_number_or_null() -> None:
    assert read_seconds(None, where="x") is None
    assert read_seconds(0.5, where="x") == Fraction(1, 2)
