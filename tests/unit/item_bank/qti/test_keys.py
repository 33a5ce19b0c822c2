# SPDX-License-Identifier: Apache-2.0
"""When rules become part keys, and when the program is kept as it is."""

from __future__ import annotations

import pytest

from item_bank.items.parts import ToleranceMode
from item_bank.items.self_test import reaches_maximum
from tests.unit.item_bank.qti.documents import (
    MAP_POINT,
    MAP_RESPONSE,
    MARKED_HOT,
    PICTURE,
    SCORE,
    assessment_item,
    choice,
    codes,
    declared,
    losses,
    mapping,
    package,
    sound,
)

B = declared("RESPONSE", "single", "identifier", "B")
CHOICE = choice("<i>one</i>", "two")
TEXT = '<p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'
IS_RIGHT = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'


def rules(*parts: str) -> str:
    return f"<responseProcessing>{''.join(parts)}</responseProcessing>"


def when(condition: str, *actions: str, otherwise: str = "") -> str:
    other = f"<responseElse>{otherwise}</responseElse>" if otherwise else ""
    return f"<responseCondition><responseIf>{condition}{''.join(actions)}</responseIf>{other}</responseCondition>"


def gives(value: str, outcome: str = "SCORE", base: str = "float") -> str:
    return f'<setOutcomeValue identifier="{outcome}"><baseValue baseType="{base}">{value}</baseValue></setOutcomeValue>'


def flags(value: str) -> str:
    return gives(value, "FEEDBACKBASIC", "identifier")


def adds(value: str) -> str:
    return f'<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>{value}</sum></setOutcomeValue>'


FLAG = '<outcomeDeclaration identifier="FEEDBACKBASIC" cardinality="single" baseType="identifier"/>'
LEVEL = '<outcomeDeclaration identifier="LEVEL" cardinality="single" baseType="identifier"/>'
MAXIMUM = (
    '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
    "<defaultValue><value>2</value></defaultValue></outcomeDeclaration>"
)


@pytest.mark.parametrize(
    ("processing", "outcomes", "marks"),
    [
        (rules(when(IS_RIGHT, gives("1"))), SCORE, "1"),
        (rules(when(IS_RIGHT, gives("2.5"), otherwise=gives("0"))), SCORE, "5/2"),
        (rules(when(IS_RIGHT, adds('<baseValue baseType="integer">3</baseValue>'))), SCORE, "3"),
        (rules(when(IS_RIGHT, adds('<variable identifier="MAXSCORE"/>'))), SCORE + MAXIMUM, "2"),
        (rules(when(('<match><baseValue baseType="identifier">B</baseValue>'
            '<variable identifier="RESPONSE"/></match>'), gives("1"))), SCORE, "1"),
        (rules(when(IS_RIGHT, gives("1"), flags("correct"), otherwise=flags("wrong"))), SCORE + FLAG, "1"),
        (
            rules(
                '<responseCondition><responseIf><isNull><variable identifier="RESPONSE"/></isNull>'
                + flags("empty") + "</responseIf><responseElseIf>" + IS_RIGHT + gives("1")
                + "</responseElseIf></responseCondition>"
            ),
            SCORE + FLAG, "1",
        ),
    ],
)  # fmt: skip
def test_rules_that_say_right_or_wrong_become_part_keys(processing: str, outcomes: str, marks: str) -> None:
    item = sound(assessment_item(CHOICE, B, processing=processing, outcomes=outcomes)).document
    assert item.key.program is None
    assert item.key.parts[0].correct == ("B",)
    assert str(item.content.marks) == marks
    assert reaches_maximum(item)


@pytest.mark.parametrize(
    "processing",
    [
        rules(when(IS_RIGHT, gives("1")), ('<setOutcomeValue identifier="LEVEL"><baseValue '
            'baseType="identifier">a</baseValue></setOutcomeValue>')),
        rules(when(IS_RIGHT, gives("1"), otherwise=gives("-1"))),
        rules(when(f"<not>{IS_RIGHT}</not>", gives("0"), otherwise=gives("1"))),
        rules(gives("1"), when(IS_RIGHT, gives("2"))),
        rules(when(IS_RIGHT, adds('<randomInteger min="1" max="1"/>'))),
        rules(when(f"<or>{IS_RIGHT}</or>", gives("1"))),
    ],
)  # fmt: skip
def test_rules_that_say_more_are_kept_as_they_are(processing: str) -> None:
    item = sound(assessment_item(CHOICE, B, processing=processing, outcomes=SCORE + LEVEL)).document
    assert item.key.program is not None
    assert item.key.parts[0].correct == ("B",)
    assert reaches_maximum(item)


def test_outcomes_that_nothing_sets_are_named_as_lost() -> None:
    data = assessment_item(CHOICE, B, outcomes=SCORE + LEVEL)
    assert sound(data).document.key.program is None
    assert "outcomes that nothing sets: LEVEL" in losses(data)


@pytest.mark.parametrize(
    ("condition", "correct"),
    [
        (('<or><match><variable identifier="RESPONSE"/><baseValue baseType="string">a</baseValue></match>'
         '<match><variable identifier="RESPONSE"/><baseValue baseType="string">b c</baseValue></match></or>'), ("a", "b c")),
        (('<member><variable identifier="RESPONSE"/><multiple><baseValue baseType="string">a</baseValue>'
         '<baseValue baseType="string">d</baseValue></multiple></member>'), ("a", "d")),
        (IS_RIGHT, ("a",)),
    ],
)  # fmt: skip
def test_a_text_may_have_several_accepted_answers(condition: str, correct: tuple[str, ...]) -> None:
    data = assessment_item(
        TEXT, declared("RESPONSE", "single", "string", "a"), processing=rules(when(condition, gives("1")))
    )
    item = sound(data).document
    key = item.key.parts[0].correct if item.content.is_rich else item.key.correct
    assert key == correct
    assert item.key.program is None


def test_a_text_compared_without_case_keeps_its_program() -> None:
    condition = (
        '<stringMatch caseSensitive="false"><variable identifier="RESPONSE"/>'
        '<correct identifier="RESPONSE"/></stringMatch>'
    )
    item = sound(
        assessment_item(
            TEXT,
            declared("RESPONSE", "single", "string", "Pune"),
            processing=rules(when(condition, gives("1"))),
        )
    ).document
    assert item.key.program is not None
    assert reaches_maximum(item)


@pytest.mark.parametrize(
    ("attributes", "swapped", "wanted"),
    [
        ('toleranceMode="exact"', True, None),
        ('toleranceMode="absolute" tolerance="0.5"', False, (ToleranceMode.ABSOLUTE, "1/2", "1/2")),
        ('toleranceMode="absolute" tolerance="0.5 0.25"', True, (ToleranceMode.ABSOLUTE, "1/4", "1/2")),
        ('toleranceMode="relative" tolerance="10 5"', False, (ToleranceMode.RELATIVE, "10", "5")),
        ('toleranceMode="relative" tolerance="10"', True, "program"),
        ('toleranceMode="absolute" tolerance="0.5" includeLowerBound="false"', False, "program"),
        ('toleranceMode="absolute" tolerance="LIMIT"', False, "broken"),
    ],
)  # fmt: skip
def test_a_number_with_its_tolerance(attributes: str, swapped: bool, wanted: object) -> None:
    variable, correct = '<variable identifier="RESPONSE"/>', '<correct identifier="RESPONSE"/>'
    pair = variable + correct if swapped else correct + variable
    condition = f"<equal {attributes}>{pair}</equal>"
    data = assessment_item(
        TEXT, declared("RESPONSE", "single", "float", "2.5e1"), processing=rules(when(condition, gives("1")))
    )
    if wanted == "broken":
        assert codes(data) == ["processing_broken"]
        return
    item = sound(data).document
    if wanted == "program":
        assert item.key.program is not None
        return
    assert item.key.program is None
    assert item.key.parts[0].correct == ("25",)
    found = item.key.parts[0].tolerance
    assert (None if found is None else (found.mode, str(found.below), str(found.above))) == wanted


def test_an_integer_stays_an_integer_by_its_program() -> None:
    item = sound(assessment_item(TEXT, declared("RESPONSE", "single", "integer", "7"))).document
    assert item.key.program is not None
    assert item.content.parts[0].kind.value == "numeric"
    assert reaches_maximum(item)


def test_a_mapping_without_case_keeps_its_program() -> None:
    inner = (
        '<mapping defaultValue="0"><mapEntry mapKey="York" mappedValue="1" caseSensitive="false"/></mapping>'
    )
    item = sound(
        assessment_item(
            TEXT, declared("RESPONSE", "single", "string", "York", inner=inner), processing=MAP_RESPONSE
        )
    ).document
    assert item.key.program is not None
    assert reaches_maximum(item)


def test_a_key_without_rules_is_scored_the_usual_way_and_that_is_said() -> None:
    data = assessment_item(CHOICE, B, processing="")
    assert sound(data).document.key.parts[0].correct == ("B",)
    assert any(what.startswith("how it is scored is not in the file") for what in losses(data))


def test_mapped_areas_become_areas() -> None:
    body = f'<selectPointInteraction responseIdentifier="RESPONSE" maxChoices="0">{MARKED_HOT}</selectPointInteraction>'
    inner = (
        '<areaMapping defaultValue="0"><areaMapEntry shape="poly" coords="0,0,40,0,0,40" mappedValue="1"/>'
        '<areaMapEntry shape="ellipse" coords="80,40,9,5" mappedValue="0.5"/></areaMapping>'
    )
    item = sound(
        package(
            assessment_item(
                body, declared("RESPONSE", "multiple", "point", inner=inner), processing=MAP_POINT
            ),
            PICTURE,
        )
    ).document
    assert item.key.program is None
    assert [str(marks) for _, marks in item.key.parts[0].areas] == ["1", "1/2"]
    assert str(item.content.marks) == "3/2"
    assert reaches_maximum(item)


def test_a_stated_maximum_that_the_key_does_not_reach_fails_the_self_test() -> None:
    item = sound(assessment_item(CHOICE, B, outcomes=SCORE + MAXIMUM)).document
    assert item.content.marks == 2
    assert not reaches_maximum(item)


def test_a_mapping_that_gives_nothing_gives_no_key() -> None:
    inner = mapping({"A": "0", "B": "-1"}, defaultValue="0")
    assert codes(assessment_item(CHOICE, declared(inner=inner), processing=MAP_RESPONSE)) == [
        "maximum_unknown"
    ]
