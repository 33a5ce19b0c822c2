# SPDX-License-Identifier: Apache-2.0
"""The functions of `mathOperator`. Exact arithmetic is in `arithmetic`.

A function outside its domain is NULL, as are NaN and the reciprocal of 0 (QTI 2.1, mathOperator).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from scoring.qti.operands import Operator, given, malformed, number
from scoring.qti.rounding import float_value, from_float
from scoring.qti.scope import Scope
from scoring.qti.tree import Element
from scoring.qti.values import Number, Value, integer


def _reciprocal(function: Callable[[float], float]) -> Callable[[float], float]:
    """1 / f(x); 0 where f is beyond every double, and no value where it is 0."""

    def computed(x: float) -> float:
        try:
            return 1 / function(x)
        except OverflowError:
            return 0.0

    return computed


def _acot(x: float) -> float:
    return math.pi / 2 if x == 0 else math.atan(1 / x)


_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sec": _reciprocal(math.cos),
    "csc": _reciprocal(math.sin),
    "cot": _reciprocal(math.tan),
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "asec": lambda x: math.acos(1 / x),
    "acsc": lambda x: math.asin(1 / x),
    "acot": _acot,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "sech": _reciprocal(math.cosh),
    "csch": _reciprocal(math.sinh),
    "coth": _reciprocal(math.tanh),
    "log": math.log10,
    "ln": math.log,
    "exp": math.exp,
    "toDegrees": math.degrees,
    "toRadians": math.radians,
}
_EXACT: dict[str, Callable[[Fraction], int]] = {
    "signum": lambda x: (x > 0) - (x < 0),
    "floor": math.floor,
    "ceil": math.ceil,
}


def _math(scope: Scope, element: Element, operands: Sequence[Value | None]) -> Value | None:
    name = element.get("name") or ""
    if name not in _FUNCTIONS and name not in _EXACT and name not in {"abs", "atan2"}:
        raise malformed(element, f"knows no function “{name[:40]}”")
    if len(operands) != (2 if name == "atan2" else 1):
        raise malformed(element, f"has another number of operands than {name} takes")
    values = given(operands)
    if values is None:
        return None
    found = [number(value) for value in values]
    if any(one != one for one in found):  # noqa: PLR0124 - NaN
        return None
    if name == "abs":
        return float_value(max(found[0], -found[0]))
    if name in _EXACT:
        return _whole(name, found[0])
    return float_value(_computed(name, found))


def _whole(name: str, found: Number | int) -> Value | None:
    if isinstance(found, float):  # the sign of infinity is known, its floor is itself
        return integer(1 if found > 0 else -1) if name == "signum" else float_value(found)
    return integer(_EXACT[name](Fraction(found)))


def _computed(name: str, found: Sequence[Number | int]) -> Number | None:
    try:
        arguments = [float(one) for one in found]
        if name == "atan2":
            return from_float(math.atan2(*arguments))
        return from_float(_FUNCTIONS[name](*arguments))
    except (ValueError, OverflowError, ZeroDivisionError):
        return None


OPERATORS = {"mathOperator": Operator(_math, 1, 2)}
