# SPDX-License-Identifier: Apache-2.0
"""An item that draws its own numbers: template processing, from a seed to the key."""

from __future__ import annotations

import json

import pytest

from scoring.api import (
    Element,
    ItemProgram,
    QtiError,
    correct_responses,
    run_item,
    template_values,
    to_json,
)
from tests.unit.scoring.qti.build import (
    FALSE,
    TRUE,
    declare,
    e,
    i,
    outcome,
    response,
    s,
    var,
)
from tests.unit.scoring.qti.item_runs import codes, outcomes, put, standard

SCORE = outcome("SCORE")


def drawn(*rules: Element, more: tuple[Element, ...] = ()) -> ItemProgram:
    return ItemProgram(
        (
            declare("template", "A", "single", "integer"),
            declare("template", "B", "single", "integer", e("defaultValue", e("value", text="5"))),
            response("integer"),
            SCORE,
            *more,
        ),
        standard("match_correct"),
        e("templateProcessing", *rules),
    )


ADDITION = drawn(
    put("A", e("randomInteger", min="1", max="1000")),
    e("setCorrectResponse", e("sum", var("A"), var("B")), identifier="RESPONSE"),
)


def test_a_seed_draws_the_item_and_its_key() -> None:
    for seed in range(20):
        values = {name: to_json(value) for name, value in template_values(ADDITION, seed=seed).items()}
        assert values["B"] == 5
        assert isinstance(values["A"], int)
        right = values["A"] + 5
        assert correct_responses(ADDITION, seed=seed) == {"RESPONSE": right}
        assert outcomes(ADDITION, {"RESPONSE": right}, seed=seed) == {"SCORE": 1.0}
        assert outcomes(ADDITION, {"RESPONSE": right + 1}, seed=seed) == {"SCORE": 0.0}
        assert run_item(ADDITION, {}, seed=seed).templates == template_values(ADDITION, seed=seed)
    assert len({json.dumps(to_json(template_values(ADDITION, seed=seed)["A"])) for seed in range(20)}) > 10


def test_the_key_that_was_made_is_not_in_the_trace() -> None:
    found = run_item(ADDITION, {"RESPONSE": 1}, seed=3)
    made = [step for step in found.trace if step.rule == "setCorrectResponse"]
    assert [(step.variable, step.value) for step in made] == [("RESPONSE", None)]


def test_a_constraint_draws_until_it_holds() -> None:
    program = drawn(
        put("A", e("randomInteger", max="9")),
        e("templateConstraint", e("gt", var("A"), i(6))),
        put("B", e("integerModulus", var("A"), i(2))),
    )
    found = [template_values(program, seed=seed) for seed in range(30)]
    assert {to_json(values["A"]) for values in found} == {7, 8, 9}
    assert all(to_json(values["B"]) == to_json(values["A"]) % 2 for values in found)  # type: ignore[operator]
    # What failed tries did is forgotten.
    assert len([step for step in run_item(program, {}, seed=1).trace if step.rule == "setTemplateValue"]) == 2


def test_a_constraint_that_never_holds_leaves_the_defaults_with_a_warning() -> None:
    program = drawn(put("A", i(1)), put("B", i(1)), e("templateConstraint", FALSE))
    values = template_values(program, seed=1)
    assert (values["A"], to_json(values["B"])) == (None, 5)
    assert codes(program, {}) == ["constraint_unmet"]


def test_conditions_and_exit_in_templates() -> None:
    program = drawn(
        e(
            "templateCondition",
            e("templateIf", FALSE, put("A", i(1))),
            e("templateElseIf", TRUE, put("A", i(2)), e("exitTemplate")),
            e("templateElse", put("A", i(3))),
        ),
        put("B", i(9)),
    )
    values = template_values(program, seed=1)
    assert (to_json(values["A"]), to_json(values["B"])) == (2, 5)


def test_defaults_set_by_a_template_are_what_variables_start_with() -> None:
    program = ItemProgram(
        (response("string"), outcome("X", "string"), outcome("Y", "float", "1")),
        e("responseProcessing", e("setOutcomeValue", var("RESPONSE"), identifier="X")),
        e(
            "templateProcessing",
            e("setDefaultValue", s("draft"), identifier="RESPONSE"),
            e("setDefaultValue", i(7), identifier="Y"),
        ),
    )
    assert outcomes(program, {}) == {"X": "draft", "Y": 7.0}
    assert outcomes(program, {"RESPONSE": "mine"}) == {"X": "mine", "Y": 7.0}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (put("SCORE", i(1)), "variable_kind"),
        (e("setOutcomeValue", i(1), identifier="SCORE"), "rule_unknown"),
        (e("lookupOutcomeValue", i(1), identifier="SCORE"), "rule_unknown"),
        (e("templateConstraint"), "rule_malformed"),
        (e("setCorrectResponse", i(1), identifier="NOWHERE"), "variable_unknown"),
    ],
)
def test_other_rules_are_refused_in_templates(rule: Element, code: str) -> None:
    with pytest.raises(QtiError) as refused:
        template_values(drawn(rule), seed=1)
    assert refused.value.code == code
