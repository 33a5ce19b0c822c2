# SPDX-License-Identifier: Apache-2.0
"""Tables of scores and of choices: shapes, gaps, frequencies, keys."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.errors import StatisticsError
from scoring.tables import ChoiceTable, ResponseTable, split_key

NAN = float("nan")
TABLE = ResponseTable.of(
    [[1, 0, 2], [0, NAN, 1], [NAN, 1, 1]], items=["a", "b", "c"], persons=["x", "y", "z"], weights=[2, 1, 0.5]
)
CHOICES = ChoiceTable(("x", "y", "z"), ("a", "b"), np.array([["A", "B"], ["C", ""], ["", "D"]]), np.ones(3))


def test_a_table_knows_who_is_there_and_what_is_missing() -> None:
    assert TABLE.n == 3.5
    assert TABLE.seen.tolist() == [[True, True, True], [True, False, True], [False, True, True]]
    assert not TABLE.complete
    assert TABLE.categories(2).tolist() == [1, 2]
    assert TABLE.complete_rows().persons == ("x",)
    assert TABLE.complete_rows().complete
    assert TABLE.rows(np.array([1, 0])).persons == ("y", "x")
    assert TABLE.rows(TABLE.weights >= 1).weights.tolist() == [2, 1]


def test_columns_are_chosen_by_name() -> None:
    chosen = TABLE.columns(["c", "a"])
    assert chosen.items == ("c", "a")
    assert chosen.scores[0].tolist() == [2, 1]
    with pytest.raises(StatisticsError, match=r"items_not_in_table .*'d'"):
        TABLE.columns(["a", "d"])


def test_names_and_weights_that_are_not_given_are_numbers_and_ones() -> None:
    table = ResponseTable.of([[1, 0], [0, 1]])
    assert (table.persons, table.items, table.weights.tolist()) == (("1", "2"), ("1", "2"), [1, 1])


def test_whether_scores_are_0_and_1() -> None:
    assert ResponseTable.of([[1, 0, NAN]]).binary
    ResponseTable.of([[1, 0, NAN]]).require_binary()
    assert not TABLE.binary
    with pytest.raises(StatisticsError) as refused:
        TABLE.require_binary()
    assert (refused.value.code, refused.value.facts) == ("not_binary", {"item": "c", "score": 2.0})


def test_scores_of_rows_without_weight_are_no_categories() -> None:
    table = ResponseTable.of([[1.0], [5.0]], weights=[1, 0])
    assert table.categories(0).tolist() == [1]


@pytest.mark.parametrize(
    ("code", "scores", "more"),
    [
        ("table_shape", [[1, 0]], {"items": ["a"]}),
        ("table_shape", [[1, 0]], {"weights": [1, 1]}),
        ("table_names_twice", [[1, 0]], {"items": ["a", "a"]}),
        ("table_names_twice", [[1], [0]], {"persons": ["x", "x"]}),
        ("table_weights", [[1], [0]], {"weights": [1, -1]}),
        ("table_weights", [[1], [0]], {"weights": [1, NAN]}),
        ("table_weights", [[1], [0]], {"weights": [1, np.inf]}),
        ("table_empty", [[1], [0]], {"weights": [0, 0]}),
        ("table_empty", np.empty((0, 2)), {}),
        ("table_empty", np.empty((2, 0)), {}),
        ("table_not_finite", [[1], [np.inf]], {}),
    ],
)
def test_what_is_no_table_is_refused(
    code: str, scores: list[list[float]], more: dict[str, list[float]]
) -> None:
    with pytest.raises(StatisticsError) as refused:
        ResponseTable.of(scores, **more)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_the_row_of_a_wrong_weight_is_named() -> None:
    with pytest.raises(StatisticsError) as refused:
        ResponseTable.of([[1], [0], [1]], weights=[1, 1, -2])
    assert refused.value.facts == {"row": 3}


def test_nobody_without_a_gap_is_refused() -> None:
    with pytest.raises(StatisticsError, match="no_complete_rows"):
        ResponseTable.of([[1, NAN], [NAN, 1]]).complete_rows()
    with pytest.raises(StatisticsError, match="no_complete_rows"):
        ResponseTable.of([[1, 1], [NAN, 1]], weights=[0, 1]).complete_rows()


def test_choices_are_scored_by_a_key_that_may_have_several_right_options() -> None:
    scored = CHOICES.score({"a": "A | C", "b": "B"})
    assert scored.persons == CHOICES.persons
    np.testing.assert_equal(scored.scores, [[1, 1], [1, NAN], [NAN, 0]])
    assert CHOICES.options(0) == ("A", "C")
    assert CHOICES.n == 3
    assert CHOICES.rows(np.array([True, False, True])).persons == ("x", "z")


def test_options_are_compared_as_they_are_written() -> None:
    assert CHOICES.score({"a": "a", "b": "B"}).scores[0].tolist() == [0, 1]


def test_a_key_that_does_not_fit_is_refused() -> None:
    for key, code in (
        ({"a": "A"}, "key_incomplete"),
        ({"a": "A", "b": "B", "c": "C"}, "key_item_unknown"),
        ({"a": "A", "b": " | "}, "key_empty"),
    ):
        with pytest.raises(StatisticsError) as refused:
            CHOICES.score(key)
        assert refused.value.code == code
    assert split_key("a", " A| B|A") == ("A", "B")


def test_choices_of_another_shape_are_refused() -> None:
    with pytest.raises(StatisticsError, match="table_shape"):
        ChoiceTable(("x",), ("a", "b"), np.array([["A"]]), np.ones(1))
