# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scoring.api import Element, ItemProgram, ItemRun, QtiError, run_item, to_json
from tests.unit.scoring.qti.build import (
    FALSE,
    NULL,
    TRUE,
    declare,
    e,
    f,
    i,
    ident,
    mapping,
    multiple,
    ordered,
    outcome,
    response,
    s,
    var,
)

SCORE = outcome("SCORE")


def put(identifier: str, expression: Element) -> Element:
    return e("setOutcomeValue", expression, identifier=identifier)


def run(*rules: Element, declared: tuple[Element, ...] = (SCORE,), **responses: object) -> ItemRun:
    program = ItemProgram(declared, e("responseProcessing", *rules))
    return run_item(program, responses, seed=1)


def outcomes(
    *rules: Element, declared: tuple[Element, ...] = (SCORE,), **responses: object
) -> dict[str, object]:
    found = run(*rules, declared=declared, **responses).outcomes
    return {name: to_json(value) for name, value in found.items()}


def choose(*branches: tuple[Element, str], otherwise: str | None = None) -> Element:
    names = ["responseIf", *["responseElseIf"] * len(branches)]
    rows = [
        e(name, condition, put("SCORE", f(score)))
        for name, (condition, score) in zip(names, branches, strict=False)
    ]
    if otherwise is not None:
        rows.append(e("responseElse", put("SCORE", f(otherwise))))
    return e("responseCondition", *rows)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (choose((TRUE, "1"), (TRUE, "2"), otherwise="3"), 1.0),
        (choose((FALSE, "1"), (TRUE, "2"), otherwise="3"), 2.0),
        (choose((FALSE, "1"), (NULL, "2"), otherwise="3"), 3.0),
        (choose((FALSE, "1"), (FALSE, "2")), 0.0),
        (choose((i(1), "1"), otherwise="3"), 3.0),
        (e("responseProcessingFragment", choose((TRUE, "4"))), 4.0),
        (e("responseCondition"), 0.0),
    ],
)
def test_the_first_branch_that_is_true_is_taken(rule: Element, expected: float) -> None:
    assert outcomes(rule) == {"SCORE": expected}


def test_a_condition_that_is_no_boolean_is_warned_of() -> None:
    assert [warned.code for warned in run(choose((i(1), "1"))).warnings] == ["condition_type"]


def test_a_warning_is_given_once() -> None:
    found = run(choose((i(1), "1")), choose((i(1), "2")))
    assert [warned.code for warned in found.warnings] == ["condition_type"]


def test_exit_keeps_what_was_set_by_then() -> None:
    rules = (
        put("SCORE", f("1")),
        e("responseCondition", e("responseIf", TRUE, e("exitResponse"), put("SCORE", f("2")))),
        put("SCORE", f("3")),
    )
    assert outcomes(*rules) == {"SCORE": 1.0}


def test_an_outcome_sees_what_an_earlier_rule_made_of_it() -> None:
    assert outcomes(put("SCORE", f("1")), put("SCORE", e("sum", var("SCORE"), i(2)))) == {"SCORE": 3.0}


@pytest.mark.parametrize(
    ("declared", "expression", "expected", "codes"),
    [
        (outcome("X", "float"), i(3), 3.0, []),
        (outcome("X", "integer"), f("3.7"), 3, ["value_converted"]),
        (outcome("X", "integer"), f("-3.7"), -3, ["value_converted"]),
        (outcome("X", "integer"), f("3"), 3, []),
        (outcome("X", "integer"), f("INF"), None, ["value_type"]),
        (outcome("X", "string"), ident("A"), "A", []),
        (outcome("X", "identifier"), i(1), None, ["value_type"]),
        (outcome("X", "float"), TRUE, None, ["value_type"]),
        (outcome("X", "float"), NULL, None, []),
        (outcome("X", "integer", cardinality="multiple"), i(1), [1], []),
        (outcome("X", "integer", cardinality="multiple"), ordered(i(1), i(2)), [1, 2], []),
        (outcome("X", "float", cardinality="ordered"), ordered(i(1), i(2)), [1.0, 2.0], []),
        (outcome("X", "integer"), multiple(i(1)), 1, []),
        (outcome("X", "integer"), multiple(i(1), i(2)), None, ["value_type"]),
        (declare("outcome", "X", "record", None), i(1), None, ["value_type"]),
        (outcome("X", "float"), e("product", *[i(10**300)] * 2), None, ["value_type"]),
    ],
)
def test_a_value_is_fitted_to_its_outcome_or_is_null_with_a_warning(
    declared: Element, expression: Element, expected: object, codes: list[str]
) -> None:
    found = run(put("X", expression), declared=(declared,))
    assert to_json(found.outcomes["X"]) == expected
    assert type(to_json(found.outcomes["X"])) is type(expected)
    assert [warned.code for warned in found.warnings] == codes


def test_a_record_passes_whole() -> None:
    declared = (declare("response", "R", "record", None), declare("outcome", "X", "record", None))
    assert outcomes(put("X", var("R")), declared=declared, R={"a": 1}) == {"X": {"a": 1}}


def test_looking_up() -> None:
    table = e(
        "interpolationTable",
        e("interpolationTableEntry", sourceValue="0.5", targetValue="high"),
        e("interpolationTableEntry", sourceValue="0", targetValue="low"),
        defaultValue="none",
    )
    declared = (declare("outcome", "X", "single", "identifier", table),)

    def looked_up(expression: Element) -> ItemRun:
        return run(e("lookupOutcomeValue", expression, identifier="X"), declared=declared)

    for expression, expected in ((f("0.5"), "high"), (i(0), "low"), (i(-1), "none"), (NULL, "none")):
        assert to_json(looked_up(expression).outcomes["X"]) == expected
    odd = looked_up(s("word"))
    assert to_json(odd.outcomes["X"]) == "none"
    assert [warned.code for warned in odd.warnings] == ["expression_type"]


@pytest.mark.parametrize(
    ("rule", "code", "where"),
    [
        (e("setOutcome", i(1)), "rule_unknown", "responseProcessing/setOutcome[1]"),
        (
            e("setTemplateValue", i(1), identifier="SCORE"),
            "rule_unknown",
            "responseProcessing/setTemplateValue[1]",
        ),
        (e("exitTest"), "rule_unknown", "responseProcessing/exitTest[1]"),
        (e("setOutcomeValue", identifier="SCORE"), "rule_malformed", "setOutcomeValue"),
        (e("setOutcomeValue", i(1), i(2), identifier="SCORE"), "rule_malformed", "setOutcomeValue"),
        (e("setOutcomeValue", i(1)), "rule_malformed", "setOutcomeValue"),
        (put("NOWHERE", i(1)), "variable_unknown", "NOWHERE"),
        (put("R", ident("A")), "variable_kind", "R"),
        (put("numAttempts", i(1)), "variable_kind", "numAttempts"),
        (e("lookupOutcomeValue", i(1), identifier="SCORE"), "rule_malformed", "SCORE"),
        (
            e("responseCondition", e("responseIf")),
            "rule_malformed",
            "responseProcessing/responseCondition[1]",
        ),
        (
            e("responseCondition", e("outcomeIf", TRUE)),
            "rule_unknown",
            "responseProcessing/responseCondition[1]",
        ),
    ],
)
def test_rules_that_cannot_be_carried_out_are_refused_by_name(rule: Element, code: str, where: str) -> None:
    with pytest.raises(QtiError) as refused:
        run(rule, declared=(SCORE, response(identifier="R")))
    assert (refused.value.code, refused.value.where) == (code, where)


def test_rules_nest_to_a_limit() -> None:
    rule = put("SCORE", i(7))
    for _ in range(99):
        rule = e("responseProcessingFragment", rule)
    assert outcomes(rule) == {"SCORE": 7.0}
    with pytest.raises(QtiError) as refused:
        run(e("responseProcessingFragment", rule))
    assert refused.value.code == "rule_too_deep"


def test_the_deepest_rules_with_the_deepest_expressions_fit_the_stack() -> None:
    expression = i(1)
    for _ in range(199):
        expression = e("sum", expression)
    rule = put("SCORE", expression)
    for _ in range(49):
        rule = e("responseCondition", e("responseIf", TRUE, rule))
    assert outcomes(rule) == {"SCORE": 1.0}


def test_the_trace_tells_branches_and_values_but_never_the_key() -> None:
    declared = (response("identifier", "SECRET", more=(mapping({"SECRET": "5"}),)), SCORE)
    is_correct = e("match", var("RESPONSE"), e("correct", identifier="RESPONSE"))
    rule = e(
        "responseCondition",
        e("responseIf", is_correct, put("SCORE", e("mapResponse", identifier="RESPONSE"))),
        e("responseElse", put("SCORE", f("0.5"))),
    )
    found = run(rule, declared=declared, RESPONSE="A")
    assert [step.to_document() for step in found.trace] == [
        {
            "rule": "responseIf",
            "where": "responseProcessing/responseCondition[1]",
            "variable": "",
            "value": False,
        },
        {
            "rule": "responseElse",
            "where": "responseProcessing/responseCondition[1]",
            "variable": "",
            "value": True,
        },
        {
            "rule": "setOutcomeValue",
            "where": "responseProcessing/responseCondition[1]/responseElse/setOutcomeValue[1]",
            "variable": "SCORE",
            "value": 0.5,
        },
    ]
    assert "SECRET" not in str(found.trace)
    assert "SECRET" not in str(found.to_document())
