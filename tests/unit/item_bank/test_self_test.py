# SPDX-License-Identifier: Apache-2.0
"""The self-test of rich items: their declared answers score the maximum, or the item is named."""

from __future__ import annotations

from typing import Any

import pytest

from item_bank.document import Part
from item_bank.items.model import ItemDocument
from item_bank.items.parsing import reaches_maximum, read_item
from item_bank.items.parts import Area, Shape
from item_bank.items.self_test import best_score, by_hand_marks, point_in
from tests.unit.item_bank.rich_items import DOCUMENTS


def item(kind: str, **changes: Any) -> ItemDocument:
    reader = Part({**DOCUMENTS[kind], **changes})
    read = read_item(reader)
    assert not reader.problems, reader.problems
    return read


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_key_of_every_kind_reaches_its_maximum(kind: str) -> None:
    assert reaches_maximum(item(kind))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_maximum_that_the_keys_do_not_add_up_to_is_found(kind: str) -> None:
    assert not reaches_maximum(item(kind, marks="9"))


def test_what_a_person_marks_is_left_out_of_the_reachable_maximum() -> None:
    composite = item("composite")
    assert by_hand_marks(composite.content, composite.key) == 1
    assert best_score(composite.content, composite.key) == composite.content.marks - 1


def test_an_item_that_only_a_person_marks_needs_its_whole_maximum_in_its_guide() -> None:
    assert reaches_maximum(item("upload"))
    assert not reaches_maximum(item("upload", marks="2"))


def test_every_accepted_answer_of_a_text_has_to_be_right() -> None:
    keys = [{"part": "RESPONSE", "correct": ["1930", "one nine three zero"]}]
    assert reaches_maximum(item("text_entry", key={"parts": keys}))


@pytest.mark.parametrize(
    ("entries", "bounds", "marks"),
    [
        ([["A G1", "1"], ["A G2", "3"], ["B G1", "1"]], {}, "4"),
        ([["A G1", "1"], ["B G2", "-1"]], {}, "1"),
        ([["A G1", "2"], ["B G2", "2"]], {"upper": "3"}, "3"),
        ([["A G1", "1"], ["B G1", "1"]], {}, "1"),
    ],
)
def test_the_best_answer_to_a_mapping_uses_nothing_twice(
    entries: list[list[str]], bounds: dict[str, str], marks: str
) -> None:
    keys = [{"part": "RESPONSE", "correct": [entries[0][0]], "mapping": {"entries": entries, **bounds}}]
    assert reaches_maximum(item("gap_match", key={"parts": keys}, marks=marks))


def test_a_program_that_breaks_never_reaches_the_maximum() -> None:
    program = {
        "version": 1,
        "declarations": [],
        "response_processing": {"n": "nonsense"},
        "template_processing": None,
        "normalise": {},
        "end_attempts": [],
    }
    for broken in (program, {"version": 2}, {}):
        keys = {"parts": [{"part": "RESPONSE", "correct": ["B"]}], "program": broken}
        assert not reaches_maximum(item("choice_single", key=keys))


@pytest.mark.parametrize(
    ("area", "point"),
    [
        (Area(Shape.RECT, (10, 20, 30, 40)), "20 30"),
        (Area(Shape.CIRCLE, (5, 6, 7)), "5 6"),
        (Area(Shape.ELLIPSE, (5, 6, 7, 8)), "5 6"),
        (Area(Shape.DEFAULT, ()), "0 0"),
        (Area(Shape.POLY, (0, 0, 30, 0, 0, 30)), "10 10"),
        (Area(Shape.POLY, (0, 0, 40, 0, 40, 40, 30, 40, 30, 10, 0, 10)), "36 26"),
        (Area(Shape.POLY, (0, 0, 10, 0, 20, 0)), "0 0"),
    ],
)
def test_a_point_lies_inside_its_area(area: Area, point: str) -> None:
    assert point_in(area) == point
