# SPDX-License-Identifier: Apache-2.0
"""What cannot be scored is found before an item is imported, in whichever branch it hides."""

from __future__ import annotations

import pytest

from scoring.api import Element, ItemProgram, QtiError, check_program
from tests.unit.scoring.qti.build import (
    FALSE,
    NULL,
    TRUE,
    declare,
    e,
    f,
    i,
    mapping,
    outcome,
    response,
    s,
    var,
)

SCORE = outcome("SCORE")


def put(identifier: str, expression: Element) -> Element:
    return e("setOutcomeValue", expression, identifier=identifier)


def hidden(rule: Element) -> Element:
    """Processing that does not reach the rule."""
    return e(
        "responseProcessing",
        e(
            "responseCondition",
            e("responseIf", TRUE, e("exitResponse")),
            e("responseElse", put("SCORE", i(1))),
        ),
        e(
            "responseProcessingFragment",
            e(
                "responseCondition",
                e("responseIf", FALSE, put("SCORE", i(1))),
                e("responseElseIf", FALSE, e("responseCondition", e("responseIf", NULL, rule))),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (put("SCORE", e("customOperator", **{"class": "x"})), "custom_operator_unsupported"),
        (put("SCORE", e("magic")), "expression_unknown"),
        (put("SCORE", var("NOWHERE")), "variable_unknown"),
        (put("NOWHERE", i(1)), "variable_unknown"),
        (put("RESPONSE", i(1)), "variable_kind"),
        (put("SCORE", e("numberCorrect")), "test_only_expression"),
        (put("SCORE", e("repeat", e("magic"), numberRepeats="0")), "expression_unknown"),
        (put("SCORE", e("patternMatch", var("RESPONSE"), pattern="(")), "pattern_malformed"),
        (put("SCORE", e("equal", NULL, i(1), toleranceMode="absolute")), "expression_malformed"),
        (e("lookupOutcomeValue", i(1), identifier="SCORE"), "rule_malformed"),
        (e("callHome"), "rule_unknown"),
        (e("responseCondition", e("responseIf", FALSE, e("callHome"))), "rule_unknown"),
        (e("responseCondition", e("responseElse", e("callHome"))), "rule_unknown"),
        (e("responseCondition", e("otherwise")), "rule_unknown"),
        (e("responseCondition", e("responseIf")), "rule_malformed"),
    ],
)
def test_what_cannot_be_scored_is_found_in_every_branch(rule: Element, code: str) -> None:
    with pytest.raises(QtiError) as refused:
        check_program(ItemProgram((response("string"), SCORE), hidden(rule)))
    assert refused.value.code == code


def test_templates_are_looked_through_as_well() -> None:
    def drawn(*rules: Element) -> ItemProgram:
        declared = (declare("template", "A", "single", "integer"), SCORE)
        return ItemProgram(declared, None, e("templateProcessing", *rules))

    fine = e("setTemplateValue", i(1), identifier="A")
    assert (
        check_program(drawn(fine, e("templateConstraint", e("isNull", i(1))), fine))[0].code
        == "constraint_unmet"
    )
    with pytest.raises(QtiError) as refused:
        check_program(drawn(e("exitTemplate"), e("setTemplateValue", var("B"), identifier="A")))
    assert refused.value.code == "variable_unknown"


def test_a_sound_item_passes_and_what_is_odd_is_told() -> None:
    worth = mapping({"A": "1"})
    sound = ItemProgram(
        (response(more=(worth,)), SCORE), hidden(put("SCORE", e("mapResponse", identifier="RESPONSE")))
    )
    assert check_program(sound) == ()
    repeated = put("SCORE", e("sum", e("repeat", i(1), numberRepeats="2")))
    assert check_program(ItemProgram((response(), SCORE), hidden(repeated))) == ()
    odd = ItemProgram((response(), SCORE), hidden(put("SCORE", e("sum", s("a"), f("1")))))
    assert [warned.code for warned in check_program(odd)] == ["expression_type"]
    assert check_program(ItemProgram((response(), SCORE))) == ()
    with pytest.raises(QtiError) as refused:
        check_program(ItemProgram((response(), SCORE), e("responseProcessing", template="urn:own")))
    assert refused.value.code == "template_unknown"
