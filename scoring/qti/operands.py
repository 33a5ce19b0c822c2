# SPDX-License-Identifier: Apache-2.0
"""Reading the operands and attributes of an expression. What it makes of them lives in the modules of expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from scoring.errors import QtiError
from scoring.qti.rounding import MAX_FIGURES, RoundingMode
from scoring.qti.scope import Scope
from scoring.qti.tree import Element
from scoring.qti.values import (
    BaseType,
    Cardinality,
    Number,
    Value,
    number_of,
    numbers_of,
    parse_float,
    parse_integer,
)


class Mismatch(Exception):
    """An operand of a type that the expression does not take: the expression is NULL, with a warning."""


#: What computes an expression from its evaluated children.
Function = Callable[[Scope, Element, Sequence[Value | None]], Value | None]


@dataclass(frozen=True, slots=True)
class Operator:
    """An expression: its function and how many children it takes (`most` None: any number)."""

    function: Function
    least: int
    most: int | None


def malformed(element: Element, problem: str) -> QtiError:
    """The refusal of an expression that is not written as QTI asks for."""
    return QtiError("expression_malformed", reason=f"{element.name} {problem}.", where=element.name)


def given(operands: Sequence[Value | None]) -> list[Value] | None:
    """The operands if none is NULL, else None."""
    found = [operand for operand in operands if operand is not None]
    return found if len(found) == len(operands) else None


def truth(operand: Value | None) -> bool | None:
    """A single boolean, None for NULL. Raises Mismatch."""
    if operand is None:
        return None
    if operand.cardinality is not Cardinality.SINGLE or operand.base is not BaseType.BOOLEAN:
        raise Mismatch
    return operand.scalar is True


def number(operand: Value) -> Number | int:
    """A single number. Raises Mismatch."""
    found = number_of(operand)
    if found is None:
        raise Mismatch
    return found


def numbers(operand: Value) -> list[Number | int]:
    """The numbers of a single value or container. Raises Mismatch."""
    found = numbers_of(operand)
    if found is None:
        raise Mismatch
    return found


def whole(operand: Value) -> int:
    """A single integer. Raises Mismatch."""
    found = number(operand)
    if not isinstance(found, int):
        raise Mismatch
    return found


def text(operand: Value) -> str:
    """A single string, or another text. Raises Mismatch."""
    if operand.cardinality is not Cardinality.SINGLE or operand.base is None or not operand.base.is_text:
        raise Mismatch
    return str(operand.scalar)


def span(operand: Value) -> Number | int:
    """A single duration in seconds; a number counts as one. Raises Mismatch."""
    if operand.base is BaseType.DURATION:  # it is as exact as a float
        operand = replace(operand, base=BaseType.FLOAT)
    return number(operand)


def elements_of(operand: Value) -> Value:
    """A multiple or ordered container. Raises Mismatch."""
    if not operand.cardinality.is_container:
        raise Mismatch
    return operand


def attribute(element: Element, name: str) -> str:
    """An attribute that must be there. Raises QtiError `expression_malformed`."""
    stated = (element.get(name) or "").strip()
    if not stated:
        raise malformed(element, f"has no {name}")
    return stated


def _variable(scope: Scope, stated: str) -> Value | None:
    return scope.value(stated.strip("{}"))


def whole_attribute(scope: Scope, element: Element, name: str, *, otherwise: int | None = None) -> int | None:
    """An integer or the name of a variable that holds one; None if that is NULL.

    Raises QtiError `expression_malformed` if it is missing, Mismatch if the variable holds something else.
    """
    stated = (element.get(name) or "").strip()
    if not stated:
        if otherwise is None:
            raise malformed(element, f"has no {name}")
        return otherwise
    found = parse_integer(stated)
    if found is not None:
        return found
    value = _variable(scope, stated)
    return None if value is None else whole(value)


def number_reference(scope: Scope, stated: str) -> Fraction | None:
    """A number or the name of a variable that holds one; None if that is NULL. Raises Mismatch."""
    found: Number | int | None = parse_float(stated)
    if found is None:
        value = _variable(scope, stated)
        if value is None:
            return None
        found = number(value)
    if isinstance(found, float):
        raise Mismatch
    return Fraction(found)


def rounding(scope: Scope, element: Element) -> tuple[RoundingMode, int] | None:
    """The attributes `roundingMode` and `figures`; None if the figures are NULL. Raises Mismatch, QtiError."""
    stated = element.get("roundingMode") or RoundingMode.SIGNIFICANT_FIGURES.value
    if stated not in list(RoundingMode):
        raise malformed(element, f"has an unknown roundingMode “{stated[:40]}”")
    mode = RoundingMode(stated)
    figures = whole_attribute(scope, element, "figures")
    if figures is None:
        return None
    least = 1 if mode is RoundingMode.SIGNIFICANT_FIGURES else 0
    if not least <= figures <= MAX_FIGURES:
        raise Mismatch
    return mode, figures
