# SPDX-License-Identifier: Apache-2.0
"""An item from its program to its outcomes: templates, responses, normalisations, storage."""

from __future__ import annotations

import json

import pytest

from scoring.api import (
    Element,
    ItemError,
    ItemProgram,
    Normalisation,
    QtiError,
    program_of,
    run_item,
    to_json,
)
from tests.unit.scoring.qti.build import (
    base,
    declare,
    e,
    i,
    ident,
    mapping,
    outcome,
    response,
    var,
)
from tests.unit.scoring.qti.item_runs import codes, outcomes, put, standard

SCORE = outcome("SCORE")


# ------------------------------------------------------------------------------------------------ templates


@pytest.mark.parametrize(
    "address",
    [
        "http://www.imsglobal.org/question/qti_v2p0/rptemplates/match_correct",
        "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct.xml",
        "http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct.xml",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml",
        "https://www.imsglobal.org/question/qti_v3p0/rptemplates/CC2_match.xml",
        "../rptemplates/Match_Correct.xml/",
    ],
)
def test_match_correct_is_one_or_nothing_under_each_of_its_addresses(address: str) -> None:
    for name in ("template", "templateLocation"):
        program = ItemProgram(
            (response("identifier", "B"), SCORE), e("responseProcessing", **{name: address})
        )
        for given, expected in (("B", 1.0), ("A", 0.0), (None, 0.0)):
            assert outcomes(program, {"RESPONSE": given}) == {"SCORE": expected}


def test_match_correct_of_several_is_all_or_nothing() -> None:
    program = ItemProgram(
        (response("identifier", "A", "C", cardinality="multiple"), outcome("SCORE", "integer")),
        standard("match_correct"),
    )
    for given, expected in ((["C", "A"], 1), (["A"], 0), (["A", "B", "C"], 0), ([], 0), (["A", "A", "C"], 0)):
        assert outcomes(program, {"RESPONSE": given}) == {"SCORE": expected}


def test_map_response_of_nothing_is_nothing_although_its_default_is_something() -> None:
    worth = mapping({"A": "1", "B": "2"}, defaultValue="-1")
    program = ItemProgram((response(cardinality="multiple", more=(worth,)), SCORE), standard("map_response"))
    for given, expected in ((["A", "B"], 3.0), (["A", "X"], 0.0), ([], 0.0), (None, 0.0)):
        assert outcomes(program, {"RESPONSE": given}) == {"SCORE": expected}


def test_map_response_point() -> None:
    areas = e("areaMapping", e("areaMapEntry", shape="circle", coords="102,113,16", mappedValue="1"))
    program = ItemProgram((response("point", more=(areas,)), SCORE), standard("map_response_point"))
    for given, expected in (("102 113", 1.0), ("118 113", 1.0), ("119 113", 0.0), (None, 0.0)):
        assert outcomes(program, {"RESPONSE": given}) == {"SCORE": expected}


def test_the_templates_of_common_cartridge_give_feedback() -> None:
    declared = (
        response("identifier", "A", more=(mapping({"A": "2", "B": "1"}),)),
        outcome("MAXSCORE", "float", "2"),
    )
    program = ItemProgram(declared, standard("CC2_match_basic.xml"))
    assert outcomes(program, {"RESPONSE": "A"}) == {"MAXSCORE": 2.0, "SCORE": 2.0, "FEEDBACKBASIC": "correct"}
    assert outcomes(program, {"RESPONSE": "B"}) == {
        "MAXSCORE": 2.0,
        "SCORE": 0.0,
        "FEEDBACKBASIC": "incorrect",
    }
    program = ItemProgram(declared, standard("CC2_map_response.xml"))
    assert outcomes(program, {"RESPONSE": "A"}) == {"MAXSCORE": 2.0, "SCORE": 2.0, "FEEDBACK": "correct"}
    assert outcomes(program, {"RESPONSE": "B"}) == {"MAXSCORE": 2.0, "SCORE": 1.0, "FEEDBACK": "incorrect"}


def test_another_template_is_refused_unless_the_item_brings_its_rules() -> None:
    with pytest.raises(QtiError) as refused:
        outcomes(ItemProgram((SCORE,), e("responseProcessing", template="urn:own")), {})
    assert refused.value.code == "template_unknown"
    assert "urn:own" in refused.value.reason
    rule = e("setOutcomeValue", i(4), identifier="SCORE")
    program = ItemProgram((SCORE,), e("responseProcessing", rule, template="urn:own"))
    assert outcomes(program, {}) == {"SCORE": 4.0}


def test_a_template_needs_its_response() -> None:
    with pytest.raises(QtiError) as refused:
        outcomes(ItemProgram((response(identifier="OTHER"), SCORE), standard("match_correct")), {})
    assert (refused.value.code, refused.value.where) == ("variable_unknown", "RESPONSE")


@pytest.mark.parametrize("processing", [None, e("responseProcessing")])
def test_without_processing_the_outcomes_keep_their_defaults(processing: Element | None) -> None:
    program = ItemProgram(
        (response(), SCORE, outcome("MAXSCORE", "float", "2"), outcome("F", "string")), processing
    )
    assert outcomes(program, {"RESPONSE": "A"}) == {"SCORE": 0.0, "MAXSCORE": 2.0, "F": None}
    assert codes(program, {}) == ["no_response_processing"]


# ------------------------------------------------------------------------------------------------ responses

PASS_ON = ItemProgram(
    (
        declare("response", "R", "single", "identifier", e("defaultValue", e("value", text="D"))),
        outcome("X", "identifier"),
    ),
    e("responseProcessing", e("setOutcomeValue", var("R"), identifier="X")),
)


def test_a_response_that_is_left_out_keeps_its_default_and_null_is_null() -> None:
    assert outcomes(PASS_ON, {}) == {"X": "D"}
    assert outcomes(PASS_ON, {"R": None}) == {"X": None}
    assert outcomes(PASS_ON, {"R": "A"}) == {"X": "A"}


@pytest.mark.parametrize(
    ("responses", "code", "where"),
    [
        ({"RESPONS": "A"}, "response_unknown", "RESPONS"),
        ({"X": "A"}, "response_unknown", "X"),
        ({"completionStatus": "A"}, "response_unknown", "completionStatus"),
        ({"R": 5}, "response_type", "R"),
    ],
)
def test_responses_that_do_not_fit_are_refused(responses: dict[str, object], code: str, where: str) -> None:
    with pytest.raises(QtiError) as refused:
        outcomes(PASS_ON, responses)
    assert (refused.value.code, refused.value.where) == (code, where)
    assert refused.value.to_document() == {"code": code, "reason": refused.value.reason, "where": where}


def test_what_was_made_to_fit_is_warned_of() -> None:
    program = ItemProgram(
        (response("float", identifier="N"), response("string", identifier="T"), SCORE),
        e("responseProcessing", e("setOutcomeValue", var("N"), identifier="SCORE")),
    )
    assert outcomes(program, {"N": "12.5"}) == {"SCORE": 12.5}
    assert outcomes(program, {"N": "twelve"}) == {"SCORE": None}
    assert codes(program, {"N": "twelve", "T": 5}) == ["response_not_read", "response_converted"]


def test_a_button_that_was_not_pressed_is_false() -> None:
    item = e(
        "assessmentItem",
        response("boolean", identifier="HINT"),
        outcome("X", "boolean"),
        e(
            "itemBody",
            e("p", e("endAttemptInteraction", responseIdentifier="HINT")),
            e("endAttemptInteraction", responseIdentifier="GONE"),
            e("endAttemptInteraction"),
        ),
        e("responseProcessing", e("setOutcomeValue", var("HINT"), identifier="X")),
    )
    program = program_of(item)
    assert program.end_attempts == ("HINT", "GONE")
    assert outcomes(program, {}) == {"X": False}
    assert outcomes(program, {"HINT": None}) == {"X": False}
    assert outcomes(program, {"HINT": True}) == {"X": True}


def test_built_in_variables_can_be_given_and_completion_can_be_set() -> None:
    rules = (
        e("setOutcomeValue", e("sum", var("numAttempts"), i(1)), identifier="SCORE"),
        e("setOutcomeValue", ident("completed"), identifier="completionStatus"),
    )
    program = ItemProgram((SCORE,), e("responseProcessing", *rules))
    assert outcomes(program, {}) == {"SCORE": 2.0, "completionStatus": "completed"}
    assert outcomes(program, {"numAttempts": 4, "duration": 3.5}) == {
        "SCORE": 5.0,
        "completionStatus": "completed",
    }


def test_a_declared_completion_status_starts_unknown() -> None:
    nothing = e("responseProcessing", e("setOutcomeValue", i(1), identifier="SCORE"))
    for declared, expected in (
        (outcome("completionStatus", "identifier"), "unknown"),
        (outcome("completionStatus", "identifier", "incomplete"), "incomplete"),
    ):
        found = outcomes(ItemProgram((declared, SCORE), nothing), {})
        assert found == {"completionStatus": expected, "SCORE": 1.0}


def test_an_outcome_that_people_score_keeps_its_default_with_a_warning() -> None:
    essay = Element(
        "outcomeDeclaration",
        {"identifier": "ESSAY", "cardinality": "single", "baseType": "float", "externalScored": "human"},
    )
    program = ItemProgram((response("string"), essay, SCORE))
    assert outcomes(program, {"RESPONSE": "words"}) == {"ESSAY": 0.0, "SCORE": 0.0}
    assert codes(program, {}) == ["externally_scored", "no_response_processing"]


def test_the_context_is_a_record_that_nobody_needs_to_declare() -> None:
    field = e("fieldValue", var("QTI_CONTEXT"), fieldIdentifier="candidateIdentifier")
    rule = e("setOutcomeValue", field, identifier="X")
    assert outcomes(ItemProgram((outcome("X", "string"),), e("responseProcessing", rule)), {}) == {"X": None}
    fields = e(
        "defaultValue", e("value", text="c1", fieldIdentifier="candidateIdentifier", baseType="string")
    )
    declared = (declare("context", "QTI_CONTEXT", "record", None, fields), outcome("X", "string"))
    assert outcomes(ItemProgram(declared, e("responseProcessing", rule)), {}) == {"X": "c1"}


def test_two_declarations_of_one_identifier_are_refused() -> None:
    with pytest.raises(QtiError) as refused:
        outcomes(ItemProgram((SCORE, outcome("SCORE", "integer"))), {})
    assert (refused.value.code, refused.value.where) == ("declaration_twice", "SCORE")


# ------------------------------------------------------------------------------------------- normalisations


def test_normalisations_even_out_the_response_and_the_key_and_are_traced() -> None:
    worth = mapping({"Rāma  Rao": "2", "": "-1"})
    program = ItemProgram(
        (response("string", "HELP line", more=(worth,)), SCORE, outcome("M")),
        e(
            "responseProcessing",
            e(
                "setOutcomeValue",
                e("mapResponse", identifier="RESPONSE"),
                identifier="M",
            ),
            *standard_rules("match_correct"),
        ),
        normalise={"RESPONSE": (Normalisation.TRIM, Normalisation.COLLAPSE_SPACES, Normalisation.CASEFOLD)},
    )
    assert outcomes(program, {"RESPONSE": "  help   LINE "}) == {"SCORE": 1.0, "M": 0.0}
    assert outcomes(program, {"RESPONSE": "rāma rao"}) == {"SCORE": 0.0, "M": 2.0}
    assert outcomes(program, {"RESPONSE": " "}) == {"SCORE": 0.0, "M": -1.0}
    steps = [step.to_document() for step in run_item(program, {"RESPONSE": " Help  line"}, seed=1).trace[:3]]
    assert [(step["rule"], step["variable"]) for step in steps] == [
        ("normalise:trim", "RESPONSE"),
        ("normalise:collapse_spaces", "RESPONSE"),
        ("normalise:casefold", "RESPONSE"),
    ]
    assert steps[0]["value"] == {"before": " Help  line", "after": "Help  line"}


def standard_rules(name: str) -> tuple[Element, ...]:
    from scoring.qti.templates import TEMPLATES

    return TEMPLATES[name]


def test_digits_and_grouping_are_evened_out_before_a_number_is_read() -> None:
    steps = (Normalisation.DEVANAGARI_DIGITS, Normalisation.INDIAN_GROUPING)
    program = ItemProgram(
        (
            response("float", "100000"),
            response("integer", "1", identifier="LIST", cardinality="multiple"),
            SCORE,
        ),
        standard("match_correct"),
        normalise={"RESPONSE": steps, "LIST": steps, "GONE": steps},
    )
    assert outcomes(program, {"RESPONSE": "१,००,०००"}) == {"SCORE": 1.0}
    assert outcomes(program, {"RESPONSE": 100000}) == {"SCORE": 1.0}
    assert to_json(run_item(program, {"LIST": ["१", 2]}, seed=1).responses["LIST"]) == [1, 2]


# -------------------------------------------------------------------------------------------------- storage


def test_a_program_comes_back_from_its_document() -> None:
    item = e(
        "assessmentItem",
        response("string", "1930"),
        SCORE,
        declare("template", "A", "single", "integer"),
        declare("context", "QTI_CONTEXT", "record", None),
        e("templateProcessing", put("A", i(1))),
        e("itemBody", e("endAttemptInteraction", responseIdentifier="HINT")),
        standard("match_correct"),
    )
    program = program_of(item, normalise={"RESPONSE": (Normalisation.TRIM,)})
    assert [element.name for element in program.declarations] == [
        "responseDeclaration",
        "outcomeDeclaration",
        "templateDeclaration",
        "contextDeclaration",
    ]
    document = json.loads(json.dumps(program.to_document()))
    assert ItemProgram.from_document(document) == program
    bare = ItemProgram((SCORE,))
    assert ItemProgram.from_document(json.loads(json.dumps(bare.to_document()))) == bare
    for broken in ({"version": 2}, {"normalise": {"RESPONSE": 5}}, {"declarations": None}):
        with pytest.raises(QtiError) as refused:
            ItemProgram.from_document({**document, **broken})
        assert refused.value.code == "tree_malformed"
    with pytest.raises(ItemError):
        ItemProgram.from_document({**document, "normalise": {"RESPONSE": ["shout"]}})


def test_a_run_is_json() -> None:
    found = run_item(PASS_ON, {"R": "A"}, seed=1).to_document()
    assert json.loads(json.dumps(found)) == {
        "outcomes": {"X": "A"},
        "warnings": [],
        "trace": [
            {
                "rule": "setOutcomeValue",
                "where": "responseProcessing/setOutcomeValue[1]",
                "variable": "X",
                "value": "A",
            }
        ],
    }
    warned = run_item(ItemProgram(()), {}, seed=1).to_document()["warnings"]
    assert isinstance(warned, list)
    assert warned[0].keys() == {"code", "reason", "where"}


def test_a_variable_of_a_boolean_can_be_a_condition() -> None:
    program = ItemProgram(
        (response("boolean", identifier="B"), SCORE),
        e(
            "responseProcessing",
            e(
                "responseCondition",
                e("responseIf", var("B"), e("setOutcomeValue", base("float", "1"), identifier="SCORE")),
            ),
        ),
    )
    assert outcomes(program, {"B": True}) == {"SCORE": 1.0}
    assert outcomes(program, {"B": None}) == {"SCORE": 0.0}
