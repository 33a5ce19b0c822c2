# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math

import pytest

from scoring.api import Element, QtiError
from tests.unit.scoring.qti.build import (
    NULL,
    TRUE,
    base,
    e,
    f,
    given,
    i,
    multiple,
    ordered,
    outcome,
    s,
    scope_of,
    warned,
)


def m(name: str, *operands: Element) -> Element:
    return e("mathOperator", *operands, name=name)


def stats(name: str, *numbers: Element) -> Element:
    return e("statsOperator", multiple(*numbers), name=name)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (e("sum", i(1), i(2), i(3)), 6),
        (e("sum", i(1), f("2.5")), 3.5),
        (e("sum", f("0.1"), f("0.2")), 0.3),
        (e("sum", multiple(i(1), i(2)), i(4)), 7),
        (e("sum", i(1), NULL), None),
        (e("sum", f("INF"), i(1)), "INF"),
        (e("sum", f("INF"), f("-INF")), None),
        (e("sum", f("1.7e308"), f("1.7e308")), None),
        (e("product", i(2), i(3)), 6),
        (e("product", f("0.5"), i(3)), 1.5),
        (e("product", ordered(i(2), i(3)), i(4)), 24),
        (e("product", NULL), None),
        (e("product", *[f("1e-300")] * 3), 0.0),
        (e("subtract", i(5), i(7)), -2),
        (e("subtract", f("5"), i(7)), -2.0),
        (e("subtract", NULL, i(7)), None),
        (e("divide", i(1), i(4)), 0.25),
        (e("divide", i(6), i(3)), 2.0),
        (e("divide", i(1), i(0)), None),
        (e("divide", i(1), f("0.0")), None),
        (e("divide", NULL, i(2)), None),
        (e("divide", i(1), f("INF")), 0.0),
        (e("divide", f("INF"), f("INF")), None),
        (e("divide", i(1), f("NaN")), None),
        (e("divide", f("INF"), i(2)), None),
        (e("power", i(2), i(8)), 256.0),
        (e("power", i(0), i(0)), 1.0),
        (e("power", i(0), i(-1)), None),
        (e("power", i(2), i(-2)), 0.25),
        (e("power", i(4), f("0.5")), 2.0),
        (e("power", i(-20), f("3.4")), None),
        (e("power", i(2), i(100000000)), None),
        (e("power", i(-2), i(333333333)), None),
        (e("power", i(2), i(1024)), None),
        (e("power", f("INF"), f("INF")), None),
        (e("power", NULL, i(1)), None),
        (e("power", f("NaN"), i(2)), None),
        (e("integerDivide", i(7), i(2)), 3),
        (e("integerDivide", i(-7), i(2)), -4),
        (e("integerDivide", i(7), i(0)), None),
        (e("integerDivide", NULL, i(1)), None),
        (e("integerModulus", i(7), i(2)), 1),
        (e("integerModulus", i(-7), i(2)), 1),
        (e("integerModulus", i(7), i(-2)), -1),
        (e("integerModulus", i(7), i(0)), None),
        (e("integerModulus", i(7), NULL), None),
        (e("truncate", f("6.8")), 6),
        (e("truncate", f("-6.8")), -6),
        (e("truncate", f("-INF")), "-INF"),
        (e("truncate", f("NaN")), None),
        (e("truncate", NULL), None),
        (e("round", f("6.5")), 7),
        (e("round", f("-6.5")), -6),
        (e("round", f("6.49")), 6),
        (e("round", f("INF")), "INF"),
        (e("integerToFloat", i(3)), 3.0),
        (e("integerToFloat", NULL), None),
        (e("max", i(1), i(3), i(2)), 3),
        (e("max", i(1), f("0.5")), 1.0),
        (e("max", multiple(i(1), i(9)), i(3)), 9),
        (e("max", i(1), NULL), None),
        (e("max", i(1), f("NaN")), None),
        (e("min", i(1), f("0.5")), 0.5),
        (e("min", f("-INF"), i(1)), "-INF"),
        (e("min", NULL, i(1)), None),
        (e("gcd", i(12), i(18), i(-6)), 6),
        (e("gcd", i(0), i(7)), 7),
        (e("gcd", i(0), i(0)), 0),
        (e("gcd", multiple(i(4), i(6))), 2),
        (e("gcd", NULL, i(1)), None),
        (e("lcm", i(4), i(6)), 12),
        (e("lcm", i(4), i(0)), 0),
        (e("lcm", i(-4), i(6)), 12),
        (e("lcm", NULL, i(6)), None),
        (e("roundTo", i(1239451), figures="3"), 1240000.0),
        (e("roundTo", f("0.0681"), figures="1"), 0.07),
        (e("roundTo", f("-12.1257"), figures="3"), -12.1),
        (e("roundTo", f("9.995"), figures="3"), 10.0),
        (e("roundTo", i(0), figures="3"), 0.0),
        (e("roundTo", f("5.055"), roundingMode="decimalPlaces", figures="2"), 5.06),
        (e("roundTo", f("3.5"), roundingMode="decimalPlaces", figures="0"), 4.0),
        (e("roundTo", f("-3.5"), roundingMode="decimalPlaces", figures="0"), -4.0),
        (e("roundTo", f("INF"), figures="3"), "INF"),
        (e("roundTo", f("NaN"), figures="3"), None),
        (e("roundTo", NULL, figures="3"), None),
    ],
)
def test_arithmetic_is_exact_and_null_where_a_part_is(expression: Element, expected: object) -> None:
    found = given(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (stats("mean", i(1), i(2), i(6)), 3.0),
        (stats("popVariance", i(1), i(3)), 1.0),
        (stats("popSD", i(1), i(3)), 1.0),
        (stats("sampleVariance", i(1), i(3)), 2.0),
        (stats("sampleSD", i(1), i(3)), math.sqrt(2)),
        (stats("sampleVariance", i(1)), None),
        (stats("sampleSD", f("1")), None),
        (stats("popVariance", i(1)), 0.0),
        (stats("mean", f("1"), f("INF")), None),
        (stats("mean"), None),
    ],
)
def test_statistics_of_a_container(expression: Element, expected: object) -> None:
    assert given(expression) == (expected if expected is None else pytest.approx(expected, rel=1e-12))


@pytest.mark.parametrize(
    ("name", "operand", "expected"),
    [
        ("sin", "0", 0.0),
        ("cos", "0", 1.0),
        ("tan", "1", math.tan(1)),
        ("sec", "0", 1.0),
        ("csc", "1", 1 / math.sin(1)),
        ("csc", "0", None),
        ("cot", "1", 1 / math.tan(1)),
        ("cot", "0", None),
        ("asin", "1", math.pi / 2),
        ("asin", "2", None),
        ("acos", "1", 0.0),
        ("acos", "-2", None),
        ("atan", "1", math.pi / 4),
        ("asec", "2", math.acos(0.5)),
        ("asec", "0.5", None),
        ("asec", "0", None),
        ("acsc", "2", math.asin(0.5)),
        ("acsc", "0.5", None),
        ("acot", "0", math.pi / 2),
        ("acot", "1", math.pi / 4),
        ("sinh", "1", math.sinh(1)),
        ("sinh", "1000", None),
        ("cosh", "1", math.cosh(1)),
        ("tanh", "1", math.tanh(1)),
        ("sech", "0", 1.0),
        ("sech", "1000", 0.0),
        ("csch", "0", None),
        ("csch", "1", 1 / math.sinh(1)),
        ("coth", "0", None),
        ("coth", "INF", 1.0),
        ("log", "1000", 3.0),
        ("log", "0", None),
        ("ln", "-1", None),
        ("ln", "1", 0.0),
        ("exp", "1", math.e),
        ("exp", "1000", None),
        ("exp", "-INF", 0.0),
        ("exp", "INF", "INF"),
        ("abs", "-2.5", 2.5),
        ("abs", "-INF", "INF"),
        ("toDegrees", "3.141592653589793", 180.0),
        ("toRadians", "180", math.pi),
        ("sin", "INF", None),
        ("sin", "NaN", None),
        ("signum", "-0.5", -1),
        ("signum", "0", 0),
        ("signum", "INF", 1),
        ("signum", "-INF", -1),
        ("floor", "-1.5", -2),
        ("floor", "INF", "INF"),
        ("ceil", "1.5", 2),
    ],
)
def test_functions_are_null_outside_their_domain(name: str, operand: str, expected: object) -> None:
    found = given(m(name, f(operand)))
    assert type(found) is type(expected)
    assert found == (pytest.approx(expected, rel=1e-12) if isinstance(expected, float) else expected)


def test_functions_of_null_and_of_two_numbers() -> None:
    assert given(m("sin", NULL)) is None
    assert given(m("atan2", i(1), i(-1))) == pytest.approx(3 * math.pi / 4)
    assert given(m("atan2", i(0), i(-1))) == pytest.approx(math.pi)
    assert given(m("atan2", NULL, i(-1))) is None
    assert given(m("abs", i(-3))) == 3.0


@pytest.mark.parametrize(
    "expression",
    [
        e("sum", TRUE),
        e("sum", s("1")),
        e("subtract", multiple(i(1)), i(1)),
        e("integerDivide", f("4"), i(2)),
        e("gcd", f("4")),
        e("max", s("a")),
        e("round", multiple(f("1"))),
        e("roundTo", i(1), figures="301"),
        e("statsOperator", i(1), name="mean"),
        m("sin", s("1")),
        m("sin", multiple(f("1"))),
    ],
)
def test_an_operand_of_another_type_is_null_with_a_warning(expression: Element) -> None:
    assert warned(expression) == ["expression_type"]


def test_an_int_or_identifier_counts_as_the_number_that_it_is() -> None:
    assert given(e("sum", base("intOrIdentifier", "3"), i(1))) == 4
    assert warned(e("sum", base("intOrIdentifier", "x"), i(1))) == ["expression_type"]


def test_figures_may_come_from_a_variable_that_is_null() -> None:
    scope = scope_of(outcome("NONE", "identifier"))
    assert given(e("roundTo", f("1.5"), figures="NONE"), scope) is None


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        (m("sine", i(1)), "expression_malformed"),
        (m("sin", i(1), i(2)), "expression_malformed"),
        (m("atan2", i(1)), "expression_malformed"),
        (stats("median", i(1)), "expression_malformed"),
        (e("sum"), "expression_malformed"),
        (e("product", *[base("integer", "9" * 400)] * 4), "number_too_large"),
        (e("lcm", *[base("integer", "1" + "0" * 399 + digit) for digit in "1379"]), "value_malformed"),
        (
            e("lcm", *[base("integer", "9" * 396 + digits) for digits in ("01", "03", "07", "09")]),
            "number_too_large",
        ),
    ],
)
def test_what_is_written_wrongly_is_refused_by_name(expression: Element, code: str) -> None:
    with pytest.raises(QtiError) as refused:
        given(expression)
    assert refused.value.code == code


def test_a_sum_of_many_odd_shares_stays_small_and_near() -> None:
    shares = [e("divide", i(1), i(prime)) for prime in (3, 7, 11, 13)]
    scope = scope_of()
    total = e("product", *[e("sum", *shares)] * 300)
    assert given(total, scope) == pytest.approx((1 / 3 + 1 / 7 + 1 / 11 + 1 / 13) ** 300, rel=1e-12)


def test_deep_nesting_is_refused_and_two_hundred_levels_are_not() -> None:
    nested = i(1)
    for _ in range(199):
        nested = e("sum", nested)
    assert given(nested) == 1
    with pytest.raises(QtiError) as refused:
        given(e("sum", nested))
    assert refused.value.code == "expression_too_deep"
