# SPDX-License-Identifier: Apache-2.0
"""Answers to rich items: what is taken, in the bank's terms and back again, and what is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from assessor.attempts.shapes import (
    MAXIMUM_ENTRIES,
    MAXIMUM_LONG_TEXT,
    PartNames,
    parse_parts,
    shown_parts,
    upload_ids,
)
from assessor.forms.items import form_item
from assessor.forms.model import AnswerShape, FormItem
from core.errors import Invalid
from scoring.api import Interaction
from tests.unit.item_bank.builders import version_of
from tests.unit.item_bank.rich_answers import ANSWERS
from tests.unit.item_bank.rich_items import DOCUMENTS, rich


def names(shape: AnswerShape) -> PartNames:
    """Opaque names that can be read: the true one in other letters."""
    return PartNames(
        ref=f"p-{shape.id}",
        choices={f"c-{choice}": choice for choice, _ in shape.choices},
        targets={f"t-{target}": target for target, _ in shape.targets},
    )


def item(kind: str) -> FormItem:
    return form_item(version_of(rich(kind)))


def parse(kind: str, raw: object) -> Any:
    return parse_parts(raw, item(kind).parts, names=names)


def refused(kind: str, value: object, *, part: str = "p-RESPONSE") -> str:
    with pytest.raises(Invalid) as refusal:
        parse(kind, {part: value})
    return refusal.value.code


@pytest.mark.parametrize("kind", list(DOCUMENTS))
@pytest.mark.parametrize("which", ["right", "wrong"])
def test_what_the_bank_holds_is_shown_and_read_back_unchanged(kind: str, which: str) -> None:
    stored = {part: value for part, value in getattr(ANSWERS[kind], which).items() if value is not None}
    shapes = item(kind).parts
    assert parse_parts(shown_parts(stored, shapes, names=names), shapes, names=names) == (stored or None)


@pytest.mark.parametrize("kind", list(DOCUMENTS))
def test_nothing_and_nothing_at_all_are_a_cleared_answer(kind: str) -> None:
    for raw in (None, {}, {f"p-{part.id}": None for part in item(kind).parts}):
        assert parse(kind, raw) is None


@pytest.mark.parametrize("kind", list(DOCUMENTS))
def test_a_value_of_another_shape_is_refused(kind: str) -> None:
    part = f"p-{item(kind).parts[0].id}"
    for value in (
        7,
        True,
        [7],
        [["c-A"]],
        [[1, 2, 3]],
        {"a": 1},
        [None],
        [["c-A", 7]],
        [[1, "2"]],
        [[True, 1]],
    ):
        assert refused(kind, value, part=part) in {"answer_malformed", "option_unknown"}
    for raw in (
        "text",
        ["c-A"],
        7,
        {"p-NOBODY": "x"},
        {1: "x"},
        {part: None, "a": None, "b": None, "c": None},
    ):
        with pytest.raises(Invalid) as refusal:
            parse(kind, raw)
        assert refusal.value.code == "answer_malformed"


@pytest.mark.parametrize("empty", ["", []])
def test_an_empty_value_is_a_cleared_part(empty: object) -> None:
    kind = "text_entry" if empty == "" else "match"
    assert parse(kind, {"p-RESPONSE": empty}) is None
    assert parse("choice_multiple" if empty == [] else "numeric", {"p-RESPONSE": empty}) is None
    assert parse("select_point" if empty == [] else "slider", {"p-RESPONSE": empty}) is None


def test_choices_keep_the_order_in_which_they_came() -> None:
    assert parse("order", {"p-RESPONSE": ["c-C", "c-A"]}) == {"RESPONSE": ["C", "A"]}
    assert parse("choice_multiple", {"p-RESPONSE": ["c-B", "c-A"]}) == {"RESPONSE": ["B", "A"]}


def test_choices_are_known_different_and_not_too_many() -> None:
    assert refused("choice_multiple", ["c-A", "c-A"]) == "answer_malformed"
    assert refused("choice_multiple", ["A"]) == "option_unknown"
    assert refused("choice_multiple", ["c-A", "c-B", "c-C"]) == "too_many_options"
    assert refused("choice_single", ["c-A", "c-B"]) == "too_many_options"
    assert refused("hottext", ["c-A", "c-B"]) == "too_many_options"
    assert refused("inline_choice", ["c-A", "c-B"]) == "too_many_options"


def test_pairs_are_known_different_and_used_no_more_often_than_their_item_allows() -> None:
    assert refused("match", [["c-B", "t-X"], ["c-B", "t-X"]]) == "answer_malformed"
    assert refused("associate", [["c-A", "c-B"], ["c-B", "c-A"]]) == "answer_malformed"
    assert refused("match", [["t-X", "c-B"]]) == "option_unknown"
    assert refused("match", [["c-B", "c-C"]]) == "option_unknown"
    assert refused("match", [["c-B", "t-X"], ["c-B", "t-Y"]]) == "too_many_options"
    assert refused("associate", [["c-A", "c-B"], ["c-A", "c-C"]]) == "too_many_options"
    assert refused("gap_match", [["c-A", "t-G1"], ["c-B", "t-G1"]]) == "too_many_options"
    assert refused("graphic_associate", [["c-A", "c-B"], ["c-C", "c-A"]]) == "too_many_options"
    # The targets of this match may be used any number of times.
    both = [["B", "X"], ["C", "X"]]
    assert parse("match", {"p-RESPONSE": [["c-B", "t-X"], ["c-C", "t-X"]]}) == {"RESPONSE": both}


def test_points_lie_within_the_picture() -> None:
    assert parse("select_point", {"p-RESPONSE": [[320, 200]]}) == {"RESPONSE": [[320, 200]]}
    for point in ([321, 0], [0, 201], [-1, 0], [0.5, 1], ["1", 1]):
        assert refused("select_point", [point]) == "answer_malformed"
    assert refused("select_point", [[1, 1], [2, 2]]) == "too_many_options"
    shape = AnswerShape(id="R", kind=Interaction.SELECT_POINT, most=0)
    many = {"p-R": [[1, 1]] * (MAXIMUM_ENTRIES + 1)}
    with pytest.raises(Invalid) as refusal:
        parse_parts(many, (shape,), names=names)
    assert refusal.value.facts == {"limit": MAXIMUM_ENTRIES}


def test_a_number_is_kept_as_it_was_typed() -> None:
    for text in ("२३०", " 1,00,000 ", "two", "-0.5"):
        assert parse("numeric", {"p-RESPONSE": text}) == {"RESPONSE": text}
    assert refused("numeric", "1" * 41) == "answer_too_long"


def test_a_slider_stands_between_its_ends() -> None:
    assert parse("slider", {"p-RESPONSE": "72.5"}) == {"RESPONSE": "72.5"}
    for text in ("101", "-1", "७०", "1e1", "NaN", "half"):
        assert refused("slider", text) == "answer_malformed"


def test_a_text_is_whole_and_not_too_long() -> None:
    assert refused("extended_text", "x" * (MAXIMUM_LONG_TEXT + 1)) == "answer_too_long"
    assert refused("text_entry", "x" * 2001) == "answer_too_long"
    for text in ("a\0b", "a\ud800b"):
        assert refused("extended_text", text) == "answer_malformed"


def test_a_file_is_named_by_its_upload() -> None:
    good = {"upload": "01abc", "name": "plan.png"}
    assert parse("upload", {"p-RESPONSE": good}) == {"RESPONSE": {"name": "plan.png", "upload": "01abc"}}
    for wrong in (
        {"upload": "01abc"},
        {**good, "more": 1},
        {**good, "upload": "../x"},
        {**good, "name": 7},
        {**good, "upload": 7},
    ):
        assert refused("upload", wrong) == "answer_malformed"
    assert refused("upload", {**good, "name": "x" * 201}) == "answer_too_long"


def test_the_uploads_of_an_answer_are_found_by_part() -> None:
    shapes = item("upload").parts
    assert upload_ids({"RESPONSE": {"upload": "01abc", "name": "a"}}, shapes) == {"RESPONSE": "01abc"}
    assert upload_ids({"RESPONSE": "text"}, item("text_entry").parts) == {}
    assert upload_ids(None, shapes) == {}
    assert upload_ids(("A",), shapes) == {}
