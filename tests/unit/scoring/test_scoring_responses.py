# SPDX-License-Identifier: Apache-2.0
from fractions import Fraction

import pytest

from scoring.api import (
    BaseType,
    Cardinality,
    Interaction,
    ItemError,
    ItemScoring,
    Normalisation,
    Reason,
    ResponseError,
    ScoringError,
    normalise,
    parse_normalisations,
    score_item,
)
from scoring.responses.processing import match_correct

SINGLE = ItemScoring(Interaction.CHOICE_SINGLE, ("B",), options=("A", "B", "C"))
MULTIPLE = ItemScoring(Interaction.CHOICE_MULTIPLE, ("A", "C"), maximum=Fraction(3, 2))
HELPLINE = ItemScoring(
    Interaction.TEXT_ENTRY, ("1930", "one nine three zero"), normalise=tuple(Normalisation)
)
EXACT_TEXT = ItemScoring(Interaction.TEXT_ENTRY, ("OTP",))


@pytest.mark.parametrize(
    ("item", "response", "score", "reason"),
    [
        (SINGLE, ["B"], 1, Reason.MATCHED),
        (SINGLE, ("B",), 1, Reason.MATCHED),
        (SINGLE, "B", 1, Reason.MATCHED),
        (SINGLE, ["A"], 0, Reason.NOT_MATCHED),
        (SINGLE, None, 0, Reason.NOT_ANSWERED),
        (SINGLE, [], 0, Reason.NOT_ANSWERED),
        (MULTIPLE, ["A", "C"], Fraction(3, 2), Reason.MATCHED),
        (MULTIPLE, ["C", "A"], Fraction(3, 2), Reason.MATCHED),
        (MULTIPLE, ["A"], 0, Reason.NOT_MATCHED),
        (MULTIPLE, ["A", "B", "C"], 0, Reason.NOT_MATCHED),
        (MULTIPLE, [], 0, Reason.NOT_ANSWERED),
        (MULTIPLE, None, 0, Reason.NOT_ANSWERED),
        (HELPLINE, "1930", 1, Reason.MATCHED),
        (HELPLINE, " १९३० ", 1, Reason.MATCHED),
        (HELPLINE, "1,930", 1, Reason.MATCHED),
        (HELPLINE, "One  Nine\tThree Zero", 1, Reason.MATCHED),
        (HELPLINE, "1931", 0, Reason.NOT_MATCHED),
        (HELPLINE, "", 0, Reason.NOT_ANSWERED),
        (HELPLINE, " \n", 0, Reason.NOT_ANSWERED),
        (HELPLINE, None, 0, Reason.NOT_ANSWERED),
        (EXACT_TEXT, "OTP", 1, Reason.MATCHED),
        (EXACT_TEXT, "otp", 0, Reason.NOT_MATCHED),
        (EXACT_TEXT, "OTP ", 0, Reason.NOT_MATCHED),
        (EXACT_TEXT, "  ", 0, Reason.NOT_ANSWERED),
    ],
)
def test_a_response_scores_the_maximum_on_a_match_and_else_nothing(
    item: ItemScoring, response: object, score: Fraction, reason: Reason
) -> None:
    outcome = score_item(item, response)
    assert (outcome.score, outcome.maximum, outcome.reason) == (score, item.maximum, reason)
    assert outcome.matched is (reason is Reason.MATCHED)


@pytest.mark.parametrize(
    ("item", "response", "code"),
    [
        (SINGLE, ["A", "B"], "too_many_choices"),
        (SINGLE, ["B", "B"], "duplicate_choice"),
        (SINGLE, ["D"], "unknown_option"),
        (SINGLE, "", "wrong_response_type"),
        (SINGLE, 1, "wrong_response_type"),
        (SINGLE, True, "wrong_response_type"),
        (SINGLE, {"B": True}, "wrong_response_type"),
        (SINGLE, [None], "wrong_response_type"),
        (SINGLE, [["B"]], "wrong_response_type"),
        (MULTIPLE, "A", "wrong_response_type"),
        (MULTIPLE, ["A", "A", "C"], "duplicate_choice"),
        (MULTIPLE, ["A", ""], "wrong_response_type"),
        (MULTIPLE, 0, "wrong_response_type"),
        (MULTIPLE, False, "wrong_response_type"),
        (HELPLINE, ["1930"], "wrong_response_type"),
        (HELPLINE, [], "wrong_response_type"),
        (HELPLINE, 1930, "wrong_response_type"),
    ],
)
def test_a_response_of_the_wrong_shape_is_refused_and_never_scored(
    item: ItemScoring, response: object, code: str
) -> None:
    with pytest.raises(ResponseError) as refused:
        score_item(item, response)
    assert refused.value.code == code
    assert isinstance(refused.value, ScoringError)


def test_refusals_say_what_was_expected() -> None:
    with pytest.raises(ResponseError) as refused:
        score_item(HELPLINE, ["1930"])
    assert refused.value.facts == {"expected": "string", "found": "list"}
    with pytest.raises(ResponseError) as refused:
        score_item(SINGLE, ["A", "C"])
    assert refused.value.facts == {"found": 2, "maximum": 1}
    with pytest.raises(ResponseError) as refused:
        score_item(MULTIPLE, "A")
    assert refused.value.facts == {"expected": "list", "found": "str"}


def test_without_declared_options_an_unknown_identifier_is_only_wrong() -> None:
    assert score_item(ItemScoring(Interaction.CHOICE_SINGLE, ("B",)), ["Z"]).reason is Reason.NOT_MATCHED


def test_the_trace_says_which_normalisation_changed_something() -> None:
    outcome = score_item(HELPLINE, " १,९३० ")
    assert outcome.to_document() == {
        "score": "1",
        "maximum": "1",
        "matched": True,
        "reason": "matched",
        "trace": [
            {"step": "nfc", "given": " १,९३० ", "result": " १,९३० ", "changed": False},
            {"step": "trim", "given": " १,९३० ", "result": "१,९३०", "changed": True},
            {"step": "collapse_spaces", "given": "१,९३०", "result": "१,९३०", "changed": False},
            {"step": "casefold", "given": "१,९३०", "result": "१,९३०", "changed": False},
            {"step": "devanagari_digits", "given": "१,९३०", "result": "1,930", "changed": True},
            {"step": "indian_grouping", "given": "1,930", "result": "1930", "changed": True},
            {"step": "match_correct", "given": "1930", "result": "true", "changed": True},
        ],
    }


def test_the_trace_of_a_choice_is_the_match_of_what_was_chosen() -> None:
    outcome = score_item(MULTIPLE, ["C", "B"])
    assert outcome.to_document() == {
        "score": "0",
        "maximum": "1.5",
        "matched": False,
        "reason": "not matched",
        "trace": [{"step": "match_correct", "given": "B C", "result": "false", "changed": True}],
    }
    assert score_item(MULTIPLE, None).to_document()["reason"] == "not answered"
    assert score_item(MULTIPLE, None).trace == ()


def test_null_matches_no_key() -> None:
    assert not any(match_correct(item, None) for item in (SINGLE, MULTIPLE, HELPLINE))


def test_the_key_is_normalised_like_the_response() -> None:
    item = ItemScoring(Interaction.TEXT_ENTRY, (" UPI ",), (Normalisation.TRIM, Normalisation.CASEFOLD))
    assert score_item(item, "upi").matched


def test_only_declared_normalisations_are_applied() -> None:
    item = ItemScoring(Interaction.TEXT_ENTRY, ("100000",), (Normalisation.TRIM,))
    assert not score_item(item, "1,00,000").matched
    assert [step.step for step in score_item(item, "1").trace] == ["trim", "match_correct"]


def test_normalisations_apply_in_one_order_however_they_are_declared() -> None:
    declared = parse_normalisations(["indian_grouping", "devanagari_digits", "trim"])
    item = ItemScoring(Interaction.TEXT_ENTRY, ("100000",), declared)
    steps = [step.step for step in score_item(item, "१,००,०००").trace]
    assert steps == ["trim", "devanagari_digits", "indian_grouping", "match_correct"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("nfc", "क\u093c", "क\u093c"),  # Unicode composes QA never: both spellings become this one
        ("nfc", "\u0958", "क\u093c"),
        ("nfc", "e\u0301", "\u00e9"),
        ("nfc", " A ", " A "),
        ("trim", "\u00a0 1930\n", "1930"),
        ("trim", "a  b", "a  b"),
        ("collapse_spaces", "a \t\n b", "a b"),
        ("collapse_spaces", "  a", " a"),
        ("casefold", "OTP", "otp"),
        ("casefold", "STRASSE ß", "strasse ss"),
        ("devanagari_digits", "०१२३४५६७८९", "0123456789"),
        ("devanagari_digits", "१९३० पर", "1930 पर"),
        ("devanagari_digits", "৭", "৭"),
        ("indian_grouping", "1,00,000", "100000"),
        ("indian_grouping", "12,34,56,789", "123456789"),
        ("indian_grouping", "1,000", "1000"),
        ("indian_grouping", "10,000.50", "10000.50"),
        ("indian_grouping", "₹1,00,000 और ₹5,000,", "₹100000 और ₹5000,"),
        ("indian_grouping", "(1,00,000.)", "(100000.)"),
        ("indian_grouping", "-1,00,000", "-100000"),
        ("indian_grouping", "१,००,०००", "१०००००"),
        ("indian_grouping", "100,000", "100,000"),
        ("indian_grouping", "1,000,000", "1,000,000"),
        ("indian_grouping", "123,45,678", "123,45,678"),
        ("indian_grouping", "1,00,00", "1,00,00"),
        ("indian_grouping", "1,00,0000", "1,00,0000"),
        ("indian_grouping", "1,00,000,00", "1,00,000,00"),
        ("indian_grouping", "0.1,000", "0.1,000"),
        ("indian_grouping", "1, 000", "1, 000"),
        ("indian_grouping", "1,2", "1,2"),
        ("indian_grouping", "100000", "100000"),
    ],
)
def test_each_normalisation_does_what_its_name_says(name: str, text: str, expected: str) -> None:
    assert normalise(text, parse_normalisations([name])) == expected


def test_nothing_declared_changes_nothing() -> None:
    assert normalise(" A\u0301 १,००० ", ()) == " A\u0301 १,००० "


def test_case_is_folded_without_losing_composition() -> None:
    both = parse_normalisations(["nfc", "casefold"])
    assert normalise("\u01f0", both) == "\u01f0"
    assert normalise("\u01f0", parse_normalisations(["casefold"])) == "j\u030c"


def test_wrong_normalisation_names_are_refused() -> None:
    with pytest.raises(ItemError) as refused:
        parse_normalisations(["trim", "soundex"])
    assert (refused.value.code, refused.value.facts["name"]) == ("unknown_normalisation", "soundex")
    with pytest.raises(ItemError, match="duplicate_normalisation"):
        parse_normalisations(["trim", "nfc", "trim"])


@pytest.mark.parametrize(
    ("interaction", "correct", "changes", "code"),
    [
        ("choice_single", (), {}, "empty_key"),
        ("choice_single", ("A", "B"), {}, "one_correct_expected"),
        ("choice_single", ("A",), {"maximum": 1.0}, "float_mark"),
        ("choice_single", ("A",), {"maximum": 1}, "float_mark"),
        ("choice_single", ("A",), {"maximum": Fraction(0)}, "bad_maximum"),
        ("choice_single", ("A",), {"maximum": Fraction(-1)}, "bad_maximum"),
        ("choice_single", ("A",), {"options": ("B", "C")}, "key_not_an_option"),
        ("choice_single", ("A",), {"normalise": (Normalisation.TRIM,)}, "normalise_without_text"),
        ("choice_multiple", (), {}, "empty_key"),
        ("choice_multiple", ("A", "A"), {}, "duplicate_key_value"),
        ("choice_multiple", ("A", "B"), {"options": ("B", "C")}, "key_not_an_option"),
        ("text_entry", (), {}, "empty_key"),
        ("text_entry", ("1930", " "), {}, "empty_key"),
        ("text_entry", ("1930",), {"options": ("1930",)}, "options_without_choice"),
    ],
)
def test_a_wrong_key_is_refused_before_anyone_is_scored_by_it(
    interaction: str, correct: tuple[str, ...], changes: dict[str, object], code: str
) -> None:
    with pytest.raises(ItemError) as refused:
        ItemScoring(Interaction(interaction), correct, **changes)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_the_response_variable_is_declared_in_qti_terms() -> None:
    declared = {kind: (kind.cardinality, kind.base_type) for kind in Interaction}
    assert declared == {
        Interaction.CHOICE_SINGLE: (Cardinality.SINGLE, BaseType.IDENTIFIER),
        Interaction.CHOICE_MULTIPLE: (Cardinality.MULTIPLE, BaseType.IDENTIFIER),
        Interaction.TEXT_ENTRY: (Cardinality.SINGLE, BaseType.STRING),
        Interaction.NUMERIC: (Cardinality.SINGLE, BaseType.FLOAT),
        Interaction.EXTENDED_TEXT: (Cardinality.SINGLE, BaseType.STRING),
        Interaction.INLINE_CHOICE: (Cardinality.SINGLE, BaseType.IDENTIFIER),
        Interaction.MATCH: (Cardinality.MULTIPLE, BaseType.DIRECTED_PAIR),
        Interaction.ORDER: (Cardinality.ORDERED, BaseType.IDENTIFIER),
        Interaction.ASSOCIATE: (Cardinality.MULTIPLE, BaseType.PAIR),
        Interaction.GAP_MATCH: (Cardinality.MULTIPLE, BaseType.DIRECTED_PAIR),
        Interaction.HOTTEXT: (Cardinality.MULTIPLE, BaseType.IDENTIFIER),
        Interaction.HOTSPOT: (Cardinality.MULTIPLE, BaseType.IDENTIFIER),
        Interaction.SELECT_POINT: (Cardinality.MULTIPLE, BaseType.POINT),
        Interaction.GRAPHIC_ORDER: (Cardinality.ORDERED, BaseType.IDENTIFIER),
        Interaction.GRAPHIC_ASSOCIATE: (Cardinality.MULTIPLE, BaseType.PAIR),
        Interaction.GRAPHIC_GAP_MATCH: (Cardinality.MULTIPLE, BaseType.DIRECTED_PAIR),
        Interaction.POSITION_OBJECT: (Cardinality.MULTIPLE, BaseType.POINT),
        Interaction.SLIDER: (Cardinality.SINGLE, BaseType.FLOAT),
        Interaction.UPLOAD: (Cardinality.SINGLE, BaseType.FILE),
        Interaction.COMPOSITE: (Cardinality.MULTIPLE, BaseType.IDENTIFIER),
    }


def test_only_free_text_and_files_are_marked_by_hand() -> None:
    assert {kind for kind in Interaction if kind.by_hand} == {Interaction.EXTENDED_TEXT, Interaction.UPLOAD}
