# SPDX-License-Identifier: Apache-2.0
"""Expressions that are true, false or NULL; every expected value is worked by hand from QTI 2.1, section 15."""

from __future__ import annotations

import pytest

from scoring.api import Element, QtiError
from tests.unit.scoring.qti.build import (
    FALSE,
    NULL,
    TRUE,
    base,
    e,
    f,
    given,
    i,
    ident,
    multiple,
    ordered,
    outcome,
    pair,
    point,
    s,
    scope_of,
    var,
    warned,
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (e("and", TRUE, TRUE), True),
        (e("and", TRUE, FALSE), False),
        (e("and", TRUE, NULL), None),
        (e("and", FALSE, NULL), False),
        (e("and", NULL), None),
        (e("or", FALSE, FALSE), False),
        (e("or", FALSE, TRUE), True),
        (e("or", NULL, TRUE), True),
        (e("or", NULL, FALSE), None),
        (e("not", TRUE), False),
        (e("not", FALSE), True),
        (e("not", NULL), None),
        (e("isNull", NULL), True),
        (e("isNull", s("")), True),
        (e("isNull", multiple()), True),
        (e("isNull", i(0)), False),
        (e("isNull", FALSE), False),
    ],
)
def test_logic_keeps_null_until_it_does_not_matter(expression: Element, expected: object) -> None:
    assert given(expression) is expected


@pytest.mark.parametrize(
    ("least", "most", "operands", "expected"),
    [
        ("2", "3", (TRUE, TRUE, FALSE), True),
        ("2", "3", (TRUE, FALSE, FALSE), False),
        ("1", "1", (TRUE, TRUE, FALSE), False),
        ("2", "3", (TRUE, TRUE, NULL, FALSE), True),
        ("2", "2", (TRUE, TRUE, NULL), None),  # the NULL may be a third
        ("2", "3", (TRUE, NULL, FALSE), None),
        ("3", "4", (TRUE, NULL, FALSE, FALSE), False),  # two at the most
        ("0", "1", (TRUE, TRUE, NULL), False),  # two at least
        ("LEAST", "3", (TRUE, TRUE), True),
        ("NONE", "3", (TRUE, TRUE), None),
    ],
)
def test_any_n_decides_as_soon_as_the_nulls_cannot_change_it(
    least: str, most: str, operands: tuple[Element, ...], expected: object
) -> None:
    scope = scope_of(outcome("LEAST", "integer", "2"), outcome("NONE", "identifier"))
    assert given(e("anyN", *operands, min=least, max=most), scope) is expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (ident("A"), ident("A"), True),
        (ident("A"), ident("a"), False),
        (ident("A"), s("A"), True),
        (i(1), f("1.0"), True),
        (f("0.1"), f("1e-1"), True),
        (pair("A B"), pair("B A"), True),
        (base("directedPair", "A B"), base("directedPair", "B A"), False),
        (base("directedPair", "A B"), base("directedPair", "A B"), True),
        (point("1 2"), point("1 2"), True),
        (point("1 2"), point("2 1"), False),
        (multiple(ident("A"), ident("B")), multiple(ident("B"), ident("A")), True),
        (multiple(ident("A"), ident("A")), multiple(ident("A")), False),
        (ordered(ident("A"), ident("B")), ordered(ident("B"), ident("A")), False),
        (multiple(pair("A B"), pair("C D")), multiple(pair("D C"), pair("B A")), True),
        (f("NaN"), f("NaN"), False),
        (f("INF"), f("INF"), True),
        (base("intOrIdentifier", "7"), ident("7"), True),
        (NULL, ident("A"), None),
        (ident("A"), multiple(), None),
        (s(""), s(""), None),
        (NULL, NULL, None),
    ],
)
def test_match_compares_type_by_type(first: Element, second: Element, expected: object) -> None:
    assert given(e("match", first, second)) is expected


@pytest.mark.parametrize(
    "expression",
    [
        e("match", ident("A"), multiple(ident("A"))),
        e("match", ident("A"), i(1)),
        e("match", multiple(ident("A")), ordered(ident("A"))),
        e("and", i(1)),
        e("not", multiple(TRUE)),
        e("lt", s("1"), i(2)),
        e("gt", multiple(i(1)), i(2)),
        e("stringMatch", i(1), s("1")),
        e("substring", multiple(s("a")), s("abc")),
        e("durationLT", s("1"), i(2)),
        e("inside", i(1), shape="default", coords=""),
        e("equal", i(1), i(1), toleranceMode="absolute", tolerance="-1"),
        e("equal", i(1), i(1), toleranceMode="absolute", tolerance="INF"),
        e("equalRounded", i(1), i(1), figures="0"),
        e("equalRounded", i(1), i(1), figures="-1", roundingMode="decimalPlaces"),
        e("patternMatch", i(1), pattern="."),
    ],
)
def test_an_operand_of_another_type_is_null_with_a_warning(expression: Element) -> None:
    assert warned(expression) == ["expression_type"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (e("stringMatch", s("York"), s("York"), caseSensitive="true"), True),
        (e("stringMatch", s("York"), s("york"), caseSensitive="true"), False),
        (e("stringMatch", s("York"), s("york"), caseSensitive="false"), True),
        (e("stringMatch", s("straße"), s("STRASSE"), caseSensitive="false"), True),
        (e("stringMatch", s("New York"), s("york"), caseSensitive="false", substring="true"), True),
        (e("stringMatch", s("York"), s("New York"), caseSensitive="true", substring="true"), False),
        (e("stringMatch", ident("A"), s("A")), True),
        (e("stringMatch", NULL, s("A")), None),
        (e("substring", s("hell"), s("Shell"), caseSensitive="false"), True),
        (e("substring", s("HELL"), s("Shell"), caseSensitive="true"), False),
        (e("substring", s("Shell"), s("hell"), caseSensitive="true"), False),
        (e("substring", s("a"), NULL, caseSensitive="true"), None),
        (e("patternMatch", s("99"), pattern=r"\d{1,2}"), True),
        (e("patternMatch", s("9a"), pattern=r"\d{1,2}"), False),
        (e("patternMatch", NULL, pattern="."), None),
    ],
)
def test_texts_match_by_case_part_and_pattern(expression: Element, expected: object) -> None:
    assert given(expression) is expected


def test_long_texts_cannot_be_matched_again_and_again() -> None:
    match = e("patternMatch", s("x" * 100_000), pattern="(a|b){1,4}x*")
    with pytest.raises(QtiError) as refused:
        given(e("and", *[match] * 20))
    assert refused.value.code == "too_many_steps"


def test_a_pattern_may_stand_in_a_variable() -> None:
    scope = scope_of(outcome("P", "string", "[ab]+"), outcome("NONE", "string"))
    assert given(e("patternMatch", s("abba"), pattern="{P}"), scope) is True
    assert given(e("patternMatch", s("abba"), pattern="{NONE}"), scope) is None


@pytest.mark.parametrize(
    ("pattern", "text", "expected", "codes"),
    [
        ("^a$", "a", False, ["pattern_anchored"]),
        ("a$", "a$", True, ["pattern_anchored"]),
        (r"a\$", "a$", True, []),
        ("a^b", "a^b", True, []),
    ],
)
def test_anchors_are_ordinary_characters_and_warned_of(
    pattern: str, text: str, expected: bool, codes: list[str]
) -> None:
    scope = scope_of()
    assert given(e("patternMatch", s(text), pattern=pattern), scope) is expected
    assert [warning.code for warning in scope.warnings] == codes


@pytest.mark.parametrize(
    ("name", "less", "same", "more"),
    [
        ("lt", True, False, False),
        ("lte", True, True, False),
        ("gt", False, False, True),
        ("gte", False, True, True),
    ],
)
def test_numbers_compare(name: str, less: bool, same: bool, more: bool) -> None:
    assert given(e(name, i(1), f("1.5"))) is less
    assert given(e(name, f("1.5"), f("1.50"))) is same
    assert given(e(name, i(2), f("1.5"))) is more
    assert given(e(name, NULL, i(1))) is None
    assert given(e(name, i(1), NULL)) is None
    assert given(e(name, f("-INF"), f("INF"))) is (name in {"lt", "lte"})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (e("durationLT", base("duration", "59.9"), base("duration", "60")), True),
        (e("durationLT", base("duration", "60"), base("duration", "60")), False),
        (e("durationGTE", base("duration", "60"), base("duration", "60")), True),
        (e("durationGTE", base("duration", "60"), i(61)), False),
        (e("durationGTE", NULL, i(61)), None),
        (e("durationLT", var("duration"), i(1)), True),  # an item's own, 0 unless it is given
    ],
)
def test_durations_compare_in_seconds(expression: Element, expected: object) -> None:
    assert given(expression) is expected


def tolerance(first: Element, second: Element, mode: str, stated: str, **more: str) -> object:
    scope = scope_of(outcome("T", "float", "0.5"), outcome("NONE", "identifier"))
    return given(e("equal", first, second, toleranceMode=mode, tolerance=stated, **more), scope)


@pytest.mark.parametrize(
    ("second", "mode", "stated", "expected"),
    [
        ("10", "exact", "", True),
        ("10.0001", "exact", "", False),
        ("9.5", "absolute", "0.5", True),
        ("10.5", "absolute", "0.5", True),
        ("10.51", "absolute", "0.5", False),
        ("9.49", "absolute", "0.5", False),
        ("11.9", "absolute", "0.5 2", True),
        ("9.4", "absolute", "0.5 2", False),
        ("9", "relative", "10", True),
        ("11", "relative", "10", True),
        ("11.01", "relative", "10", False),
        ("12", "relative", "10 20", True),
        ("10.5", "absolute", "T", True),
        ("10.5", "absolute", "{T}", True),
        ("10.5", "absolute", "NONE", None),
    ],
)
def test_equal_within_a_tolerance_of_the_first_number(
    second: str, mode: str, stated: str, expected: object
) -> None:
    assert tolerance(i(10), f(second), mode, stated) is expected


def test_the_bounds_of_a_tolerance_can_be_left_out() -> None:
    assert tolerance(i(10), i(9), "absolute", "1", includeLowerBound="false") is False
    assert tolerance(i(10), i(11), "absolute", "1", includeLowerBound="false") is True
    assert tolerance(i(10), i(11), "absolute", "1", includeUpperBound="false") is False
    assert tolerance(i(10), i(9), "absolute", "1", includeUpperBound="false") is True
    assert (
        tolerance(i(10), i(10), "absolute", "0", includeUpperBound="false", includeLowerBound="false")
        is False
    )


def test_equal_of_negatives_infinity_and_null() -> None:
    assert tolerance(i(-10), i(-11), "relative", "10") is True
    assert tolerance(i(-10), i(-9), "relative", "10") is True
    assert tolerance(f("INF"), f("INF"), "absolute", "1") is True
    assert tolerance(f("1"), f("NaN"), "absolute", "1") is False
    assert tolerance(NULL, i(1), "absolute", "1") is None
    assert given(e("equal", i(1), i(1))) is True


@pytest.mark.parametrize(
    ("first", "second", "attributes", "expected"),
    [
        ("3.175", "3.183", {"figures": "3"}, True),
        ("3.175", "3.183", {"figures": "4"}, False),
        ("1.68572", "1.69", {"roundingMode": "decimalPlaces", "figures": "2"}, True),
        ("1.68432", "1.69", {"roundingMode": "decimalPlaces", "figures": "2"}, False),
        ("0.5", "1", {"roundingMode": "decimalPlaces", "figures": "0"}, True),
        ("INF", "INF", {"figures": "3"}, True),
        ("INF", "1", {"figures": "3"}, False),
        ("0", "0", {"figures": "3"}, True),
    ],
)
def test_equal_after_rounding(first: str, second: str, attributes: dict[str, str], expected: bool) -> None:
    assert given(e("equalRounded", f(first), f(second), **attributes)) is expected


def test_equal_after_rounding_of_null() -> None:
    scope = scope_of(outcome("NONE", "identifier"))
    assert given(e("equalRounded", NULL, i(1), figures="1")) is None
    assert given(e("equalRounded", i(1), i(1), figures="NONE"), scope) is None


@pytest.mark.parametrize(
    ("operand", "expected"),
    [
        (point("5 5"), True),
        (point("10 10"), True),
        (point("11 5"), False),
        (multiple(point("99 99"), point("1 1")), True),
        (multiple(point("99 99")), False),
        (ordered(point("0 0")), True),
        (NULL, None),
    ],
)
def test_any_of_the_points_is_inside(operand: Element, expected: object) -> None:
    assert given(e("inside", operand, shape="rect", coords="0,0,10,10")) is expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        (e("patternMatch", s("a")), "expression_malformed"),
        (e("patternMatch", s("a"), pattern="["), "pattern_malformed"),
        (e("patternMatch", NULL, pattern="["), "pattern_malformed"),
        (e("equal", NULL, i(1), toleranceMode="relative"), "expression_malformed"),
        (e("equal", i(1), i(1), toleranceMode="about"), "expression_malformed"),
        (e("equal", i(1), i(1), toleranceMode="absolute"), "expression_malformed"),
        (e("equalRounded", i(1), i(1)), "expression_malformed"),
        (e("equalRounded", i(1), i(1), figures="1", roundingMode="up"), "expression_malformed"),
        (e("inside", point("1 1"), shape="star", coords="1"), "area_malformed"),
        (e("anyN", TRUE, min="1"), "expression_malformed"),
        (e("and"), "expression_malformed"),
        (e("not", TRUE, TRUE), "expression_malformed"),
        (e("match", i(1)), "expression_malformed"),
    ],
)
def test_what_is_written_wrongly_is_refused_by_name(expression: Element, code: str) -> None:
    with pytest.raises(QtiError) as refused:
        given(expression)
    assert refused.value.code == code
    assert refused.value.where == expression.name
