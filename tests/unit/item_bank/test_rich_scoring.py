# SPDX-License-Identifier: Apache-2.0
"""The scoring view of rich items: every kind, right and wrong, exact, traced and replayable."""

from __future__ import annotations

from fractions import Fraction

import pytest

from item_bank.items.scoring import hand_parts, scoring_of
from scoring.api import (
    ItemError,
    ItemScoring,
    Reason,
    ResponseError,
    RichScoring,
    format_mark,
    score_item,
)
from tests.unit.item_bank.builders import item, read
from tests.unit.item_bank.rich_answers import ANSWERS
from tests.unit.item_bank.rich_items import DOCUMENTS, rich


def scoring(kind: str) -> RichScoring:
    document = rich(kind)
    found = scoring_of(document.content, document.key)
    assert isinstance(found, RichScoring)
    return found


@pytest.mark.parametrize("kind", list(DOCUMENTS))
def test_the_right_answer_earns_what_a_key_can_give(kind: str) -> None:
    outcome = score_item(scoring(kind), ANSWERS[kind].right, seed=1)
    assert format_mark(outcome.score) == ANSWERS[kind].earns
    assert format_mark(outcome.maximum) == DOCUMENTS[kind]["marks"]


@pytest.mark.parametrize("kind", list(DOCUMENTS))
def test_the_wrong_answer_earns_what_its_mapping_says_and_mostly_nothing(kind: str) -> None:
    assert format_mark(score_item(scoring(kind), ANSWERS[kind].wrong).score) == ANSWERS[kind].wrong_earns


@pytest.mark.parametrize("kind", list(DOCUMENTS))
def test_no_answer_earns_nothing_and_says_so(kind: str) -> None:
    empty: dict[str, object] = {}
    for nothing in (None, empty):
        outcome = score_item(scoring(kind), nothing)
        assert outcome.score == 0
        assert outcome.reason is Reason.NOT_ANSWERED
        assert outcome.trace == ()


@pytest.mark.parametrize("kind", list(DOCUMENTS))
def test_the_same_seed_scores_the_same(kind: str) -> None:
    one, other = (score_item(scoring(kind), ANSWERS[kind].right, seed=7) for _ in range(2))
    assert one == other


def test_what_was_evened_out_stands_in_the_trace_without_the_key() -> None:
    trace = score_item(scoring("numeric"), {"RESPONSE": " १,२३४ "}).trace
    assert [(step.step, step.given, step.result) for step in trace if step.changed] == [
        ("trim", " १,२३४ ", "१,२३४"),
        ("devanagari_digits", "१,२३४", "1,234"),
        ("indian_grouping", "1,234", "1234"),
        ("response_processing", "", "0"),
    ]
    assert "230" not in str(trace)


def test_a_text_is_evened_out_as_its_key_declares() -> None:
    outcome = score_item(scoring("text_entry"), {"RESPONSE": " १९३० "})
    assert [step.step for step in outcome.trace if step.changed] == [
        "trim",
        "devanagari_digits",
        "response_processing",
    ]


def test_what_is_typed_and_is_no_number_is_noted_and_earns_nothing() -> None:
    outcome = score_item(scoring("numeric"), {"RESPONSE": "two hundred"})
    assert outcome.reason is Reason.NOT_MATCHED
    assert "response_not_read" in [step.step for step in outcome.trace]


def test_a_part_of_the_marks_is_called_partly_matched() -> None:
    outcome = score_item(scoring("gap_match"), ANSWERS["gap_match"].wrong)
    assert (outcome.score, outcome.reason, outcome.matched) == (Fraction(1, 2), Reason.PARTLY, False)


def test_a_persons_marks_add_to_the_automatic_ones_up_to_the_maximum() -> None:
    composite, answer = scoring("composite"), ANSWERS["composite"].right
    for given, total in (("0.5", "2.5"), ("9", "3"), ("1", "3")):
        outcome = score_item(composite, answer, hand={"R3": Fraction(given), "R1": Fraction(1)})
        assert format_mark(outcome.score) == total
    outcome = score_item(composite, answer, hand={"R3": Fraction(1)})
    assert ("by_hand", "R3", "1") in [(step.step, step.given, step.result) for step in outcome.trace]


def test_an_uploaded_file_earns_only_what_a_person_gives() -> None:
    answer = ANSWERS["upload"].right
    assert score_item(scoring("upload"), answer).score == 0
    assert score_item(scoring("upload"), answer, hand={"RESPONSE": Fraction(3, 2)}).score == Fraction(3, 2)


def test_an_answer_that_is_no_object_is_refused() -> None:
    with pytest.raises(ResponseError, match="wrong_response_type"):
        score_item(scoring("order"), ["A"])


def test_a_maximum_of_nothing_is_refused() -> None:
    good = scoring("extended_text")
    for maximum, by_hand in ((Fraction(0), ()), (Fraction(1), (("RESPONSE", Fraction(0)),))):
        with pytest.raises(ItemError, match="bad_maximum"):
            RichScoring(good.program, maximum, by_hand=by_hand)


def program(score: str, *, base_type: str = "float") -> dict[str, object]:
    """A stored program that sets SCORE to one expression."""
    kind, _, text = score.partition(":")
    expression: dict[str, object] = {"n": "baseValue", "a": {"baseType": kind}, "t": text}
    if kind == "null":
        expression = {"n": "null"}
    return {
        "version": 1,
        "declarations": [
            {
                "n": "responseDeclaration",
                "a": {"identifier": "RESPONSE", "cardinality": "single", "baseType": "identifier"},
            },
            {
                "n": "outcomeDeclaration",
                "a": {"identifier": "SCORE", "cardinality": "single", "baseType": base_type},
            },
        ],
        "response_processing": {
            "n": "responseProcessing",
            "c": [{"n": "setOutcomeValue", "a": {"identifier": "SCORE"}, "c": [expression]}],
        },
        "template_processing": None,
        "normalise": {},
        "end_attempts": [],
    }


@pytest.mark.parametrize(
    ("score", "base_type", "earned"),
    [
        ("float:0.25", "float", "0.25"),
        ("float:7", "float", "1"),
        ("float:-3", "float", "0"),
        ("float:INF", "float", "0"),
        ("integer:1", "integer", "1"),
        ("boolean:true", "boolean", "0"),
        ("null:", "float", "0"),
    ],
)
def test_score_counts_where_it_is_a_number_and_within_the_maximum(
    score: str, base_type: str, earned: str
) -> None:
    document = rich("inline_choice", key={"parts": [], "program": program(score, base_type=base_type)})
    outcome = score_item(scoring_of(document.content, document.key), {"RESPONSE": ["A"]})
    assert format_mark(outcome.score) == earned


def test_a_simple_item_keeps_its_own_scoring() -> None:
    document = read(item())
    assert isinstance(scoring_of(document.content, document.key), ItemScoring)
    assert hand_parts(document.content, document.key) == ()


def test_the_guide_and_the_marks_of_a_by_hand_part_come_from_its_key() -> None:
    (part,) = hand_parts(rich("extended_text").content, rich("extended_text").key)
    assert (part.part, part.marks) == ("RESPONSE", Fraction(2))
    assert dict(part.guide)["hi"] == "हर कारण का एक अंक।"


def test_a_by_hand_part_without_a_key_can_earn_all_of_the_items_marks() -> None:
    document = rich("extended_text", key={"parts": [], "program": program("float:0")})
    (part,) = hand_parts(document.content, document.key)
    assert part.marks == 2
    assert part.guide == ()
