# SPDX-License-Identifier: Apache-2.0
"""How an answer to a practice item is judged, part by part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from item_bank.formative.model import Judged, can_practise, feedback
from tests.unit.item_bank.builders import item, read, text_item
from tests.unit.item_bank.rich_items import DOCUMENTS

TWO_PARTS: dict[str, Any] = {
    **{name: DOCUMENTS["composite"][name] for name in ("id", "pc", "difficulty", "seconds")},
    "type": "composite",
    "marks": "2",
    "parts": [
        {"id": "R1", "kind": "choice_single", "choices": [{"id": "A"}, {"id": "B"}]},
        {"id": "R2", "kind": "numeric"},
    ],
    "key": {"parts": [{"part": "R1", "correct": ["A"]}, {"part": "R2", "correct": ["12"]}]},
    "en": {
        "stem": "<p>Which?</p>[[R1]]<p>How many? [[R2]]</p>",
        "texts": {"R1.A": "One", "R1.B": "Two"},
        "rationale": "Because.",
    },
}


def test_a_simple_item_is_right_or_wrong_and_says_why() -> None:
    document = read(item())
    assert feedback(document, document.key.correct).judged is Judged.RIGHT
    wrong = tuple(letter for letter in document.content.letters if letter not in document.key.correct)[:1]
    said = feedback(document, wrong)
    assert (said.judged, said.parts) == (Judged.WRONG, ())
    assert said.rationale == document.key.rationale
    assert feedback(document, None).judged is Judged.WRONG


def test_a_typed_answer_is_evened_out_before_it_is_judged() -> None:
    document = read(text_item())
    assert feedback(document, document.key.correct[0]).judged is Judged.RIGHT


@pytest.mark.parametrize(
    ("value", "whole", "parts"),
    [
        ({"R1": ["A"], "R2": "12"}, Judged.RIGHT, [Judged.RIGHT, Judged.RIGHT]),
        ({"R1": ["B"], "R2": "१२"}, Judged.PARTLY, [Judged.WRONG, Judged.RIGHT]),
        ({"R2": "13"}, Judged.WRONG, [Judged.WRONG, Judged.WRONG]),
        (None, Judged.WRONG, [Judged.WRONG, Judged.WRONG]),
    ],
)
def test_each_part_of_a_composite_item_is_judged_alone(
    value: object, whole: Judged, parts: list[Judged]
) -> None:
    said = feedback(read(TWO_PARTS), value)
    assert said.judged is whole
    assert [part.judged for part in said.parts] == parts


def test_a_part_that_only_a_person_can_judge_is_not_judged() -> None:
    said = feedback(read(DOCUMENTS["composite"]), {"R1": ["A"], "R2": "1930", "R3": "Because."})
    assert [part.judged for part in said.parts] == [Judged.RIGHT, Judged.RIGHT, None]


def test_a_part_without_a_key_of_its_own_is_not_judged() -> None:
    document = read(TWO_PARTS)
    short = replace(document, key=replace(document.key, parts=document.key.parts[:1]))
    assert [part.judged for part in feedback(short, {"R1": ["A"]}).parts] == [Judged.RIGHT, None]


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_what_a_person_must_judge_cannot_be_practised_and_all_else_can(kind: str) -> None:
    document = read(DOCUMENTS[kind])
    by_hand = any(part.kind.by_hand for part in document.content.parts)
    assert can_practise(document) is not by_hand


def test_an_item_whose_key_makes_no_sense_cannot_be_practised() -> None:
    document = read(item())
    assert not can_practise(replace(document, key=replace(document.key, correct=())))


def test_a_part_whose_best_answer_earns_nothing_is_not_judged() -> None:
    nothing = {**TWO_PARTS, "key": {"parts": [
        {"part": "R1", "correct": ["A"], "mapping": {"entries": [["A", "0"]]}}, {"part": "R2", "correct": ["12"]},
    ]}}  # fmt: skip
    assert feedback(read(nothing), {"R1": ["A"]}).parts[0].judged is None
