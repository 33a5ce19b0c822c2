# SPDX-License-Identifier: Apache-2.0
"""Constants, variables, mappings and chance."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from scoring.api import Element, QtiError
from scoring.qti.values import BaseType, Cardinality, container, integer, record, single
from tests.unit.scoring.qti.build import (
    base,
    declare,
    e,
    given,
    i,
    mapping,
    outcome,
    response,
    s,
    scope_of,
    var,
    warned,
)

WORTH = mapping({"A": "1", "B": "0.5", "C": "-1"}, defaultValue="0.25", lowerBound="0", upperBound="1.25")
MAP = e("mapResponse", identifier="RESPONSE")
MAP_POINT = e("mapResponsePoint", identifier="RESPONSE")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("identifier", " A ", "A"),
        ("string", " A ", " A "),
        ("string", "", None),
        ("string", " ", " "),
        ("boolean", "true", True),
        ("boolean", "0", False),
        ("integer", " -12 ", -12),
        ("integer", "+7", 7),
        ("float", "1e3", 1000.0),
        ("float", ".5", 0.5),
        ("float", "5.", 5.0),
        ("float", "INF", "INF"),
        ("float", "-INF", "-INF"),
        ("float", "NaN", "NaN"),
        ("float", "1e-999", 0.0),
        ("duration", "1.5", 1.5),
        ("point", " 3 4.5 ", "3 4.5"),
        ("pair", "A  B", "A B"),
        ("directedPair", "A B", "A B"),
        ("uri", "http://a/b", "http://a/b"),
        ("file", "x", "x"),
        ("intOrIdentifier", "12", 12),
        ("intOrIdentifier", "x12", "x12"),
        ("identifier", "  ", None),
        ("integer", "", None),
    ],
)
def test_a_base_value_is_read_by_its_type(kind: str, text: str, expected: object) -> None:
    found = given(base(kind, text))
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("boolean", "yes"),
        ("integer", "1.5"),
        ("integer", "9" * 401),
        ("float", "one"),
        ("float", "1e999"),
        ("float", "inf"),
        ("point", "1"),
        ("point", "1 x"),
        ("pair", "ONLY"),
        ("pair", "A B C"),
    ],
)
def test_a_text_of_another_type_is_refused_without_quoting_it(kind: str, text: str) -> None:
    with pytest.raises(QtiError) as refused:
        given(base(kind, text))
    assert (refused.value.code, refused.value.where) == ("value_malformed", "baseValue")
    assert text not in refused.value.reason


def test_variables_defaults_and_correct_responses() -> None:
    scope = scope_of(
        response("identifier", "A"),
        response("identifier", identifier="NO_KEY"),
        outcome("SCORE"),
        outcome("LEVEL", "float", "2"),
        outcome("WORD", "identifier"),
        outcome("LIST", "integer", cardinality="multiple"),
        outcome("COUNT", "integer"),
    )
    assert given(var("RESPONSE"), scope) is None
    assert given(e("correct", identifier="RESPONSE"), scope) == "A"
    assert given(e("correct", identifier="NO_KEY"), scope) is None
    assert given(var("SCORE"), scope) == 0.0  # an outcome that is one number starts at 0
    assert given(var("COUNT"), scope) == 0
    assert given(e("default", identifier="SCORE"), scope) is None  # though no default is declared
    assert given(e("default", identifier="LEVEL"), scope) == 2.0
    assert given(var("WORD"), scope) is None
    assert given(var("LIST"), scope) is None
    assert given(var("completionStatus"), scope) == "unknown"
    assert given(var("numAttempts"), scope) == 1
    scope.corrects["RESPONSE"] = single(BaseType.IDENTIFIER, "B")
    scope.defaults["LEVEL"] = None
    assert given(e("correct", identifier="RESPONSE"), scope) == "B"
    assert given(var("LEVEL"), scope) is None
    assert given(e("default", identifier="LEVEL"), scope) is None
    assert (
        given(e("variable", identifier="SCORE", weightIdentifier="W"), scope) == 0.0
    )  # weights belong to tests


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (("A",), 1.0),
        (("B", "A"), 1.25),
        (("B", "B"), 0.5),  # a value counts once
        (("C",), 0.0),
        (("X", "B"), 0.75),
        (("A", "C", "X"), 0.25),
        ((), 0.25),
    ],
)
def test_a_mapping_sums_each_value_once_within_its_bounds(chosen: tuple[str, ...], expected: float) -> None:
    scope = scope_of(response(cardinality="multiple", more=(WORTH,)))
    scope.values["RESPONSE"] = container(Cardinality.MULTIPLE, BaseType.IDENTIFIER, chosen)
    assert given(MAP, scope) == expected


def test_a_mapping_of_texts_regards_case_unless_told_otherwise() -> None:
    rows = (
        e("mapEntry", mapKey="York", mappedValue="2"),
        e("mapEntry", mapKey="leeds", mappedValue="1", caseSensitive="false"),
        e("mapEntry", mapKey="", mappedValue="-1"),
        e("mapEntry", mapKey=" ", mappedValue="-2"),
    )
    scope = scope_of(response("string", more=(e("mapping", *rows),)))
    for text, expected in (
        ("York", 2.0),
        ("york", 0.0),
        ("LEEDS", 1.0),
        ("Hull", 0.0),
        ("", -1.0),
        (" ", -2.0),
    ):
        scope.values["RESPONSE"] = single(BaseType.STRING, text)
        assert given(MAP, scope) == expected, text


def test_a_mapping_of_pairs_and_numbers() -> None:
    scope = scope_of(response("pair", more=(mapping({"A B": "1", " ": "3"}),)))
    scope.values["RESPONSE"] = single(BaseType.PAIR, ("B", "A"))
    assert given(MAP, scope) == 1.0
    scope.values["RESPONSE"] = None
    assert given(MAP, scope) == 3.0
    scope = scope_of(response("float", more=(mapping({"1.50": "1"}),)))
    scope.values["RESPONSE"] = single(BaseType.FLOAT, Fraction(3, 2))
    assert given(MAP, scope) == 1.0


def areas(**bounds: str) -> Element:
    return e(
        "areaMapping",
        e("areaMapEntry", shape="circle", coords="10,10,5", mappedValue="2"),
        e("areaMapEntry", shape="rect", coords="0,0,20,20", mappedValue="1"),
        **bounds,
    )


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([("10", "10")], 2.0),
        ([("1", "1")], 1.0),
        ([("99", "99")], -0.5),
        ([("10", "10"), ("11", "10")], 2.0),  # one area counts once
        ([("10", "10"), ("1", "1")], 3.0),
        ([("99", "99"), ("98", "98")], -1.0),
        ([], -0.5),
    ],
)
def test_points_map_to_the_first_area_that_holds_them(points: list[tuple[str, str]], expected: float) -> None:
    scope = scope_of(response("point", cardinality="multiple", more=(areas(defaultValue="-0.5"),)))
    exact = [(Fraction(x), Fraction(y)) for x, y in points]
    scope.values["RESPONSE"] = container(Cardinality.MULTIPLE, BaseType.POINT, exact)
    assert given(MAP_POINT, scope) == expected


def test_the_bounds_of_areas_hold() -> None:
    scope = scope_of(response("point", more=(areas(upperBound="1.5", lowerBound="0.5"),)))
    scope.values["RESPONSE"] = single(BaseType.POINT, (Fraction(10), Fraction(10)))
    assert given(MAP_POINT, scope) == 1.5
    scope.values["RESPONSE"] = None
    assert given(MAP_POINT, scope) == 0.5


def test_a_missing_mapping_is_worth_nothing_and_warned_of() -> None:
    for kind, expression in (("identifier", MAP), ("point", MAP_POINT)):
        scope = scope_of(response(kind))
        assert given(expression, scope) == 0.0
        assert [warning.code for warning in scope.warnings] == ["mapping_missing"]


@pytest.mark.parametrize(
    ("expression", "declaration"),
    [
        (MAP, outcome("RESPONSE", "identifier")),
        (MAP, declare("response", "RESPONSE", "record", None)),
        (MAP_POINT, response("identifier")),
        (e("randomInteger", min="3", max="2"), outcome("X")),
        (e("randomInteger", max="2", step="0"), outcome("X")),
        (e("randomFloat", min="3", max="2"), outcome("X")),
        (e("randomFloat", max="INF"), outcome("X")),
        (e("randomInteger", max="X"), outcome("X", "string", "7")),
        (e("randomFloat", max="X"), outcome("X", "string", "7")),
    ],
)
def test_another_type_is_null_with_a_warning(expression: Element, declaration: Element) -> None:
    assert warned(expression, scope_of(declaration)) == ["expression_type"]


def test_random_numbers_keep_their_bounds_and_steps() -> None:
    scope = scope_of(outcome("MAX", "integer", "11"), outcome("NONE", "identifier"))
    drawn = {given(e("randomInteger", min="2", max="MAX", step="3"), scope) for _ in range(200)}
    assert drawn == {2, 5, 8, 11}
    assert {given(e("randomInteger", max="1"), scope) for _ in range(50)} == {0, 1}
    floats = [given(e("randomFloat", min="-1", max="1.5"), scope) for _ in range(200)]
    assert all(isinstance(one, float) and -1 <= one < 1.5 for one in floats)
    assert len(set(floats)) > 190
    for attributes in ({"max": "NONE"}, {"max": "2", "min": "NONE"}, {"max": "2", "step": "NONE"}):
        assert given(e("randomInteger", **attributes), scope) is None
    assert given(e("randomFloat", max="NONE"), scope) is None
    assert given(e("randomFloat", max="2", min="NONE"), scope) is None


def test_constants() -> None:
    assert given(e("mathConstant", name="pi")) == math.pi
    assert given(e("mathConstant", name="e")) == math.e


@pytest.mark.parametrize(
    ("expression", "code", "told"),
    [
        (e("mathConstant", name="tau"), "expression_malformed", "tau"),
        (e("variable"), "expression_malformed", "identifier"),
        (e("variable", identifier="NOWHERE"), "variable_unknown", "declare"),
        (e("correct", identifier="NOWHERE"), "variable_unknown", "declare"),
        (e("customOperator", i(1), **{"class": "org.example.Magic"}), "custom_operator_unsupported", "Magic"),
        (e("customOperator", definition="urn:x"), "custom_operator_unsupported", "urn:x"),
        (e("customOperator"), "custom_operator_unsupported", "without a class"),
        (e("testVariables", variableIdentifier="SCORE"), "test_only_expression", "testVariables"),
        (e("numberCorrect"), "test_only_expression", "numberCorrect"),
        (e("null", s("x")), "expression_malformed", "operands"),
    ],
)
def test_refusals_say_what_cannot_be_done(expression: Element, code: str, told: str) -> None:
    with pytest.raises(QtiError) as refused:
        given(expression)
    assert refused.value.code == code
    assert told in refused.value.reason


class Tested:
    """A test that knows one item."""

    def lookup(self, identifier: str, *, weight: str | None) -> object:
        return integer(5 if weight is None else 50) if identifier == "Q1.SCORE" else None

    def subset(self, expression: Element) -> object:
        return record([("name", single(BaseType.STRING, expression.name))])


def test_within_a_test_other_variables_are_its_items() -> None:
    scope = scope_of(outcome("TOTAL", "float", "3"))
    scope.test = Tested()
    assert given(var("TOTAL"), scope) == 3.0
    assert given(var("Q1.SCORE"), scope) == 5
    assert given(e("variable", identifier="Q1.SCORE", weightIdentifier="W"), scope) == 50
    assert given(e("outcomeMaximum", outcomeIdentifier="SCORE"), scope) == {"name": "outcomeMaximum"}
