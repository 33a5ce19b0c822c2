# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.api import Element, QtiError, to_json
from scoring.qti.areas import Area, Shape, parse_area
from scoring.qti.declarations import Kind, parse_declaration
from tests.unit.scoring.qti.build import declare, e, mapping, outcome, response


def test_a_declaration_holds_type_default_key_and_mapping() -> None:
    found = parse_declaration(
        declare(
            "response",
            "R",
            "multiple",
            "identifier",
            e("defaultValue", e("value", text="A")),
            e("correctResponse", e("value", text=" A "), e("value", text="C"), e("value", text="")),
            mapping({"A": "1"}),
        )
    )
    assert (found.kind, found.identifier) == (Kind.RESPONSE, "R")
    assert to_json(found.default) == ["A"]
    assert to_json(found.correct) == ["A", "C"]
    assert found.mapping is not None
    assert found.mapping.bounds.default == 0


def test_a_single_value_is_the_first_and_no_values_are_null() -> None:
    assert to_json(parse_declaration(response("identifier", "A", "B")).correct) == "A"
    empty = declare("response", "R", "single", "identifier", e("correctResponse"))
    assert parse_declaration(empty).correct is None


def test_a_record_has_fields_of_their_own_types() -> None:
    fields = e(
        "defaultValue",
        e("value", text="3", fieldIdentifier="x", baseType="integer"),
        e("value", text="word", fieldIdentifier="y"),
        e("value", text="", fieldIdentifier="z", baseType="float"),
    )
    found = parse_declaration(declare("outcome", "R", "record", None, fields, mapping({"A": "1"})))
    assert to_json(found.default) == {"x": 3, "y": "word", "z": None}
    assert found.mapping is None
    assert found.base is None


def test_the_first_table_row_that_fits_gives_the_value() -> None:
    table = e(
        "interpolationTable",
        e("interpolationTableEntry", sourceValue="10", targetValue="A"),
        e("interpolationTableEntry", sourceValue="5", targetValue="B", includeBoundary="false"),
        e("interpolationTableEntry", sourceValue="-INF", targetValue=""),
        defaultValue="Z",
    )
    found = parse_declaration(declare("outcome", "GRADE", "single", "identifier", table)).table
    assert found is not None
    for number, expected in ((11, "A"), (10, "A"), (Fraction(99, 10), "B"), (5, None), (float("nan"), "Z")):
        assert to_json(found.find(number)) == expected, number


def test_a_match_table_needs_the_very_number() -> None:
    table = e("matchTable", e("matchTableEntry", sourceValue="1", targetValue="0.5"))
    found = parse_declaration(declare("outcome", "X", "single", "float", table)).table
    assert found is not None
    assert to_json(found.find(1)) == 0.5
    assert to_json(found.find(Fraction(1))) == 0.5
    assert found.find(2) is None
    whole = declare("outcome", "X", "record", None, table)
    assert parse_declaration(whole).table is not None


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (e("itemBody", identifier="x"), "declaration_malformed"),
        (e("responseDeclaration", cardinality="single", baseType="float"), "declaration_malformed"),
        (declare("response", "R", "several", "float"), "declaration_malformed"),
        (declare("response", "R", "single", None), "declaration_malformed"),
        (declare("response", "R", "single", "text"), "declaration_malformed"),
        (response("integer", "one"), "value_malformed"),
        (response(more=(mapping({"A": "one"}),)), "declaration_malformed"),
        (response(more=(e("mapping", e("mapEntry", mapKey="A")),)), "declaration_malformed"),
        (response(more=(mapping({"A": "1"}, lowerBound="low"),)), "declaration_malformed"),
        (response(more=(mapping({"A": "INF"}),)), "declaration_malformed"),
        (response("pair", more=(mapping({"A": "1"}),)), "declaration_malformed"),
        (response("point", more=(e("areaMapping", e("areaMapEntry", mappedValue="1")),)), "area_malformed"),
        (
            declare(
                "outcome", "X", "single", "float", e("matchTable", e("matchTableEntry", sourceValue="1.5"))
            ),
            "declaration_malformed",
        ),
        (
            declare(
                "outcome",
                "X",
                "record",
                None,
                e("defaultValue", e("value", fieldIdentifier="x", baseType="?")),
            ),
            "declaration_malformed",
        ),
        (outcome("X", "integer", "1.5"), "value_malformed"),
    ],
)
def test_a_broken_declaration_is_refused_with_its_name(element: Element, code: str) -> None:
    with pytest.raises(QtiError) as refused:
        parse_declaration(element)
    assert refused.value.code == code
    assert refused.value.where in {element.get("identifier"), element.name}


@pytest.mark.parametrize(
    ("shape", "coords", "inside", "outside"),
    [
        ("default", "", [(0, 0), (9999, -9999)], []),
        ("rect", "10,20,30,40", [(10, 20), (30, 40), (20, 30)], [(9, 30), (20, 41), (31, 40)]),
        ("rect", "30,40,10,20", [(20, 30)], [(9, 30)]),
        ("circle", "10, 10, 5", [(10, 15), (13, 14), (10, 10)], [(14, 14), (10, Fraction("15.01"))]),
        ("ellipse", "0,0,10,5", [(10, 0), (0, -5), (6, 4)], [(10, 1), (0, 6)]),
        ("ellipse", "0,0,0,5", [], [(0, 0)]),
        ("ellipse", "0,0,5,0", [], [(0, 0)]),
        (
            "poly",
            "0,0,10,0,0,10",
            [(0, 0), (5, 5), (1, 1), (10, 0), (0, 5)],
            [(6, 6), (-1, 0), (11, 0), (5, -1)],
        ),
        # A notch: the point between the two legs is outside.
        ("poly", "0 0 10 0 10 10 5 2 0 10", [(1, 5), (9, 5), (5, 1)], [(5, 5), (5, 10), (11, 5), (-1, 5)]),
    ],
)
def test_areas_hold_their_border_and_what_is_within(
    shape: str, coords: str, inside: list[tuple[int, int]], outside: list[tuple[int, int]]
) -> None:
    area = parse_area(shape, coords, where="")
    for x, y in inside:
        assert area.contains((Fraction(x), Fraction(y))), (x, y)
    for x, y in outside:
        assert not area.contains((Fraction(x), Fraction(y))), (x, y)
    assert not area.contains((float("nan"), Fraction(0)))
    assert not area.contains((Fraction(0), float("inf")))


@pytest.mark.parametrize(
    ("shape", "coords"),
    [
        ("rect", "1,2,3"),
        ("rect", "1,2,3,4,5"),
        ("rect", "1,2,3,x"),
        ("circle", ""),
        ("poly", "1,2,3,4"),
        ("poly", "1,2,3,4,5,6,7"),
        ("poly", "1," * 2002),
        ("blob", "1"),
    ],
)
def test_coordinates_that_make_no_shape_are_refused(shape: str, coords: str) -> None:
    with pytest.raises(QtiError) as refused:
        parse_area(shape, coords, where="here")
    assert (refused.value.code, refused.value.where) == ("area_malformed", "here")


def test_areas_are_values() -> None:
    assert parse_area("circle", "1,2,3", where="") == Area(
        Shape.CIRCLE, (Fraction(1), Fraction(2), Fraction(3))
    )
