# SPDX-License-Identifier: Apache-2.0
"""Expressions that are true or false (or NULL): logic, comparison, texts. Containers and numbers live elsewhere.

Source of the rules on NULL: IMS QTI 2.1, Assessment Test, Section and Item Information Model, section 15.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from scoring.errors import QtiError
from scoring.qti.areas import parse_area
from scoring.qti.declarations import is_true
from scoring.qti.operands import (
    Mismatch,
    Operator,
    attribute,
    given,
    malformed,
    number,
    number_reference,
    rounding,
    span,
    text,
    truth,
    whole_attribute,
)
from scoring.qti.patterns import compile_pattern
from scoring.qti.rounding import rounded
from scoring.qti.scope import Scope
from scoring.qti.tree import Element
from scoring.qti.values import FALSE, TRUE, BaseType, Cardinality, Number, Value, boolean, comparable, same

Operands = Sequence[Value | None]


def _of(answer: bool | None) -> Value | None:  # noqa: FBT001 - it is the value
    return None if answer is None else boolean(answer)


def _and(scope: Scope, element: Element, operands: Operands) -> Value | None:
    truths = [truth(operand) for operand in operands]
    if False in truths:
        return FALSE
    return _of(None if None in truths else True)


def _or(scope: Scope, element: Element, operands: Operands) -> Value | None:
    truths = [truth(operand) for operand in operands]
    if True in truths:
        return TRUE
    return _of(None if None in truths else False)


def _not(scope: Scope, element: Element, operands: Operands) -> Value | None:
    found = truth(operands[0])
    return _of(None if found is None else not found)


def _any_n(scope: Scope, element: Element, operands: Operands) -> Value | None:
    """At least `min` and at most `max` are true; NULL while the NULLs could decide it either way."""
    least, most = whole_attribute(scope, element, "min"), whole_attribute(scope, element, "max")
    if least is None or most is None:
        return None
    truths = [truth(operand) for operand in operands]
    surely, possibly = truths.count(True), len(truths) - truths.count(False)
    if possibly < least or surely > most:
        return FALSE
    return _of(True if surely >= least and possibly <= most else None)


def _match(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = given(operands)
    if both is None:
        return None
    first, second = both
    if first.cardinality is not second.cardinality or not comparable(first.base, second.base):
        raise Mismatch
    return boolean(same(first, second))


def _is_null(scope: Scope, element: Element, operands: Operands) -> Value | None:
    return boolean(operands[0] is None)


# ---------------------------------------------------------------------------------------------------- texts


def _texts(element: Element, operands: Operands) -> tuple[str, str] | None:
    both = given(operands)
    if both is None:
        return None
    first, second = map(text, both)
    if is_true(element.get("caseSensitive"), otherwise=True):
        return first, second
    return first.casefold(), second.casefold()


def _string_match(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = _texts(element, operands)
    if both is None:
        return None
    if is_true(element.get("substring"), otherwise=False):  # deprecated since QTI 2.0
        return boolean(both[1] in both[0])
    return boolean(both[0] == both[1])


def _substring(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = _texts(element, operands)
    return None if both is None else boolean(both[0] in both[1])


def _pattern_match(scope: Scope, element: Element, operands: Operands) -> Value | None:
    pattern = element.get("pattern")
    if pattern is None:
        raise malformed(element, "has no pattern")
    if pattern.startswith("{") and pattern.endswith("}"):  # QTI 3: a variable may hold the pattern
        held = scope.value(pattern[1:-1])
        if held is None:
            return None
        pattern = text(held)
    if pattern.startswith("^") or (pattern.endswith("$") and not pattern.endswith("\\$")):
        scope.warn("pattern_anchored", "In XML Schema ^ and $ are ordinary characters.", element.name)
    try:
        compiled = compile_pattern(pattern)
        if operands[0] is None:
            return None
        given_text = text(operands[0])
        scope.count(len(given_text) * len(compiled.states) // 50)
        return boolean(compiled.matches(given_text))
    except QtiError as error:
        raise QtiError(error.code, reason=error.reason, where=element.name) from error


# -------------------------------------------------------------------------------------------------- numbers


def _compare(compares: Callable[[Number | int, Number | int], bool]) -> Operator:
    def function(scope: Scope, element: Element, operands: Operands) -> Value | None:
        both = given(operands)
        return None if both is None else boolean(compares(number(both[0]), number(both[1])))

    return Operator(function, 2, 2)


def _compare_spans(compares: Callable[[Number | int, Number | int], bool]) -> Operator:
    def function(scope: Scope, element: Element, operands: Operands) -> Value | None:
        both = given(operands)
        return None if both is None else boolean(compares(span(both[0]), span(both[1])))

    return Operator(function, 2, 2)


def _equal(scope: Scope, element: Element, operands: Operands) -> Value | None:
    """Whether the second number lies within the tolerance of the first."""
    mode = element.get("toleranceMode") or "exact"
    if mode not in {"exact", "absolute", "relative"}:
        raise malformed(element, f"has an unknown toleranceMode “{mode[:40]}”")
    tolerances: list[Fraction | None] = [Fraction(0)]
    if mode != "exact":
        tolerances = [number_reference(scope, part) for part in attribute(element, "tolerance").split()[:2]]
    below, above = tolerances[0], tolerances[-1]
    both = given(operands)
    if both is None or below is None or above is None:
        return None
    first, second = number(both[0]), number(both[1])
    if below < 0 or above < 0:
        raise Mismatch
    if mode == "exact" or isinstance(first, float) or isinstance(second, float):
        return boolean(first == second)
    # A relative tolerance is in percent of the first number.
    unit = Fraction(1) if mode == "absolute" else abs(Fraction(first)) / 100
    low, high = first - below * unit, first + above * unit
    inside = low < second < high
    at_low = second == low and is_true(element.get("includeLowerBound"), otherwise=True)
    at_high = second == high and is_true(element.get("includeUpperBound"), otherwise=True)
    return boolean(inside or at_low or at_high)


def _equal_rounded(scope: Scope, element: Element, operands: Operands) -> Value | None:
    how = rounding(scope, element)
    both = given(operands)
    if both is None or how is None:
        return None
    first, second = number(both[0]), number(both[1])
    if isinstance(first, float) or isinstance(second, float):
        return boolean(first == second)
    mode, figures = how
    return boolean(
        rounded(Fraction(first), mode=mode, figures=figures)
        == rounded(Fraction(second), mode=mode, figures=figures)
    )


def _inside(scope: Scope, element: Element, operands: Operands) -> Value | None:
    """Whether the point, or any of several points, is in the area."""
    area = parse_area(element.get("shape") or "", element.get("coords") or "", where=element.name)
    points = operands[0]
    if points is None:
        return None
    if points.base is not BaseType.POINT or points.cardinality is Cardinality.RECORD:
        raise Mismatch
    return boolean(any(map(area.contains, points.items)))


OPERATORS = {
    "and": Operator(_and, 1, None),
    "or": Operator(_or, 1, None),
    "not": Operator(_not, 1, 1),
    "anyN": Operator(_any_n, 1, None),
    "match": Operator(_match, 2, 2),
    "isNull": Operator(_is_null, 1, 1),
    "stringMatch": Operator(_string_match, 2, 2),
    "substring": Operator(_substring, 2, 2),
    "patternMatch": Operator(_pattern_match, 1, 1),
    "lt": _compare(lambda first, second: first < second),
    "gt": _compare(lambda first, second: first > second),
    "lte": _compare(lambda first, second: first <= second),
    "gte": _compare(lambda first, second: first >= second),
    "durationLT": _compare_spans(lambda first, second: first < second),
    "durationGTE": _compare_spans(lambda first, second: first >= second),
    "equal": Operator(_equal, 2, 2),
    "equalRounded": Operator(_equal_rounded, 2, 2),
    "inside": Operator(_inside, 1, 1),
}
