# SPDX-License-Identifier: Apache-2.0
"""Expressions that fetch a value: constants, variables, correct responses, mappings, chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from scoring.errors import QtiError
from scoring.qti.declarations import Declaration, Kind
from scoring.qti.operands import Mismatch, Operator, attribute, malformed, number_reference, whole_attribute
from scoring.qti.rounding import float_value
from scoring.qti.scope import Scope
from scoring.qti.tree import Element
from scoring.qti.values import BaseType, Cardinality, Value, integer, parse_single

Operands = Sequence[Value | None]


def _base_value(scope: Scope, element: Element, operands: Operands) -> Value | None:
    base = element.get("baseType") or ""
    if base not in list(BaseType):
        raise malformed(element, f"has an unknown base type “{base[:40]}”")
    try:
        return parse_single(BaseType(base), element.text)
    except QtiError as error:
        raise QtiError(error.code, reason=error.reason, where=element.name) from error


def _variable(scope: Scope, element: Element, operands: Operands) -> Value | None:
    return scope.value(attribute(element, "identifier"), weight=element.get("weightIdentifier"))


def _default(scope: Scope, element: Element, operands: Operands) -> Value | None:
    return scope.declared_default(attribute(element, "identifier"))


def _correct(scope: Scope, element: Element, operands: Operands) -> Value | None:
    return scope.correct(attribute(element, "identifier"))


def _null(scope: Scope, element: Element, operands: Operands) -> Value | None:
    return None


def _response(scope: Scope, element: Element) -> Declaration:
    declaration = scope.declaration(attribute(element, "identifier"))
    if declaration.kind is not Kind.RESPONSE or declaration.cardinality is Cardinality.RECORD:
        raise Mismatch
    return declaration


def _map_response(scope: Scope, element: Element, operands: Operands) -> Value | None:
    declaration = _response(scope, element)
    if declaration.mapping is None or declaration.base is None:
        scope.warn("mapping_missing", "The response has no mapping; it is worth 0.", declaration.identifier)
        return float_value(0)
    return float_value(declaration.mapping.worth(declaration.base, scope.value(declaration.identifier)))


def _map_response_point(scope: Scope, element: Element, operands: Operands) -> Value | None:
    declaration = _response(scope, element)
    if declaration.base is not BaseType.POINT:
        raise Mismatch
    if declaration.area_mapping is None:
        scope.warn(
            "mapping_missing", "The response has no mapping of areas; it is worth 0.", declaration.identifier
        )
        return float_value(0)
    return float_value(declaration.area_mapping.worth(scope.value(declaration.identifier)))


def _random_integer(scope: Scope, element: Element, operands: Operands) -> Value | None:
    least = whole_attribute(scope, element, "min", otherwise=0)
    most = whole_attribute(scope, element, "max")
    step = whole_attribute(scope, element, "step", otherwise=1)
    if least is None or most is None or step is None:
        return None
    if step < 1 or most < least:
        raise Mismatch
    return integer(least + step * scope.random.randint(0, (most - least) // step))


def _random_float(scope: Scope, element: Element, operands: Operands) -> Value | None:
    least = number_reference(scope, element.get("min") or "0")
    most = number_reference(scope, attribute(element, "max"))
    if least is None or most is None:
        return None
    if most < least:
        raise Mismatch
    return float_value(least + (most - least) * Fraction(scope.random.random()))


def _math_constant(scope: Scope, element: Element, operands: Operands) -> Value | None:
    name = element.get("name") or ""
    constants = {"pi": math.pi, "e": math.e}
    if name not in constants:
        raise malformed(element, f"knows no constant “{name[:40]}”")
    return float_value(Fraction(constants[name]))


def _custom(scope: Scope, element: Element, operands: Operands) -> Value | None:
    name = element.get("class") or element.get("definition") or "without a class"
    raise QtiError(
        "custom_operator_unsupported",
        reason=f"The custom operator {name[:120]} is not part of QTI and cannot be carried out.",
        where=element.name,
    )


def _of_test(scope: Scope, element: Element, operands: Operands) -> Value | None:
    if scope.test is None:
        raise QtiError(
            "test_only_expression",
            reason=f"{element.name} has a meaning in the outcome processing of a test only.",
            where=element.name,
        )
    return scope.test.subset(element)


OPERATORS = {
    "baseValue": Operator(_base_value, 0, 0),
    "variable": Operator(_variable, 0, 0),
    "default": Operator(_default, 0, 0),
    "correct": Operator(_correct, 0, 0),
    "null": Operator(_null, 0, 0),
    "mapResponse": Operator(_map_response, 0, 0),
    "mapResponsePoint": Operator(_map_response_point, 0, 0),
    "randomInteger": Operator(_random_integer, 0, 0),
    "randomFloat": Operator(_random_float, 0, 0),
    "mathConstant": Operator(_math_constant, 0, 0),
    "customOperator": Operator(_custom, 0, None),
    **{
        name: Operator(_of_test, 0, 0)
        for name in (
            *("testVariables", "outcomeMinimum", "outcomeMaximum"),
            *("numberCorrect", "numberIncorrect", "numberPresented", "numberResponded", "numberSelected"),
        )
    },
}
