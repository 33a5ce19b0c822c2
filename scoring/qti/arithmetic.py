# SPDX-License-Identifier: Apache-2.0
"""Exact arithmetic expressions: sums to rounding, with the rules on NULL. Irrational functions are in `functions`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from scoring.qti.operands import (
    Mismatch,
    Operator,
    given,
    malformed,
    number,
    numbers,
    rounding,
    whole,
)
from scoring.qti.rounding import float_value, in_range, power, rounded
from scoring.qti.scope import Scope
from scoring.qti.tree import Element
from scoring.qti.values import Number, Value, integer, is_integer

Operands = Sequence[Value | None]


def _result(found: Number | int, operands: Sequence[Value]) -> Value | None:
    """An integer if every operand is of integer type, else a float; NaN is NULL."""
    if isinstance(found, int) and all(is_integer(operand) for operand in operands):
        return integer(found)
    return float_value(found)


def _all(operands: Operands) -> tuple[list[Number | int], list[Value]] | None:
    """Every number of operands of any cardinality, None if one is NULL."""
    values = given(operands)
    if values is None:
        return None
    return [found for value in values for found in numbers(value)], values


def _add(first: Number | int, second: Number | int) -> Number | int:
    return first + second


def _times(first: Number | int, second: Number | int) -> Number | int:
    return first * second


def _fold(fold: Callable[[Number | int, Number | int], Number | int]) -> Operator:
    def function(scope: Scope, element: Element, operands: Operands) -> Value | None:
        found = _all(operands)
        if found is None:
            return None
        total, *rest = found[0]
        for one in rest:
            result = fold(total, one)
            if isinstance(result, int):
                total = result
                integer(total)  # refuses what grows without end
                continue
            bounded = in_range(result)
            if bounded is None:
                return None
            total = bounded
        return _result(total, found[1])

    return Operator(function, 1, None)


def _extreme(choose: Callable[[list[Number | int]], Number | int]) -> Operator:
    def function(scope: Scope, element: Element, operands: Operands) -> Value | None:
        found = _all(operands)
        if found is None or any(one != one for one in found[0]):  # noqa: PLR0124 - NaN
            return None
        return _result(choose(found[0]), found[1])

    return Operator(function, 1, None)


def _whole_numbers(operands: Operands) -> list[int] | None:
    found = _all(operands)
    if found is None:
        return None
    if not all(isinstance(one, int) for one in found[0]):
        raise Mismatch
    return [int(one) for one in found[0]]


def _gcd(scope: Scope, element: Element, operands: Operands) -> Value | None:
    found = _whole_numbers(operands)
    return None if found is None else integer(math.gcd(*found))


def _lcm(scope: Scope, element: Element, operands: Operands) -> Value | None:
    found = _whole_numbers(operands)
    if found is None:
        return None
    multiple = 1
    for one in found:
        multiple = math.lcm(multiple, one)
        integer(multiple)  # refuses what grows without end
    return integer(multiple)


def _subtract(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = given(operands)
    return None if both is None else _result(number(both[0]) - number(both[1]), both)


def _divide(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = given(operands)
    if both is None:
        return None
    first, second = map(number, both)
    if second == 0 or isinstance(first, float):  # the result would be no float, or infinite (QTI 2.1, divide)
        return None
    if isinstance(second, float):  # an infinite part of anything is nothing
        return None if math.isnan(second) else float_value(0)
    return float_value(first / Fraction(second))


def _power(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = given(operands)
    if both is None:
        return None
    first, second = (one if isinstance(one, float) else Fraction(one) for one in map(number, both))
    return float_value(power(first, second))


def _integer_divide(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = given(operands)
    if both is None:
        return None
    first, second = map(whole, both)
    return integer(first // second) if second else None


def _integer_modulus(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = given(operands)
    if both is None:
        return None
    first, second = map(whole, both)
    return integer(first % second) if second else None


def _to_integer(convert: Callable[[Fraction], int]) -> Operator:
    """Infinity stays what it is, although no integer is infinite: QTI 2.1 asks for it."""

    def function(scope: Scope, element: Element, operands: Operands) -> Value | None:
        both = given(operands)
        if both is None:
            return None
        found = number(both[0])
        return float_value(found) if isinstance(found, float) else integer(convert(Fraction(found)))

    return Operator(function, 1, 1)


def _integer_to_float(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = given(operands)
    return None if both is None else float_value(number(both[0]))


def _round_to(scope: Scope, element: Element, operands: Operands) -> Value | None:
    how = rounding(scope, element)
    both = given(operands)
    if both is None or how is None:
        return None
    found = number(both[0])
    if isinstance(found, float):
        return float_value(found)
    return float_value(rounded(Fraction(found), mode=how[0], figures=how[1]))


def _stats(scope: Scope, element: Element, operands: Operands) -> Value | None:
    """Mean, variances and standard deviations of a container; a sample of one has no variance."""
    name = element.get("name") or ""
    if name not in STATISTICS:
        raise malformed(element, f"knows no statistic “{name[:40]}”")
    both = given(operands)
    if both is None:
        return None
    if not both[0].cardinality.is_container:
        raise Mismatch
    found = [Fraction(one) for one in numbers(both[0]) if not isinstance(one, float)]
    count = len(found)
    if count < len(both[0].items):  # INF or NaN among them
        return None
    mean = sum(found, Fraction(0)) / count
    if name == "mean":
        return float_value(mean)
    free = count - 1 if name.startswith("sample") else count
    if free == 0:
        return None
    variance = sum(((one - mean) ** 2 for one in found), Fraction(0)) / free
    return float_value(power(variance, Fraction(1, 2)) if name.endswith("SD") else variance)


STATISTICS = frozenset({"mean", "sampleVariance", "sampleSD", "popVariance", "popSD"})
OPERATORS = {
    "sum": _fold(_add),
    "product": _fold(_times),
    "max": _extreme(max),
    "min": _extreme(min),
    "gcd": Operator(_gcd, 1, None),
    "lcm": Operator(_lcm, 1, None),
    "subtract": Operator(_subtract, 2, 2),
    "divide": Operator(_divide, 2, 2),
    "power": Operator(_power, 2, 2),
    "integerDivide": Operator(_integer_divide, 2, 2),
    "integerModulus": Operator(_integer_modulus, 2, 2),
    "truncate": _to_integer(math.trunc),
    "round": _to_integer(lambda found: math.floor(found + Fraction(1, 2))),
    "integerToFloat": Operator(_integer_to_float, 1, 1),
    "roundTo": Operator(_round_to, 1, 1),
    "statsOperator": Operator(_stats, 1, 1),
}
