# SPDX-License-Identifier: Apache-2.0
"""Evaluating an expression: its children first, then itself. Each expression is in the module of its kind."""

from __future__ import annotations

from scoring.errors import QtiError
from scoring.qti import arithmetic, containers, functions, logic, lookups
from scoring.qti.operands import Mismatch, Operator, malformed
from scoring.qti.scope import Scope
from scoring.qti.tree import Element
from scoring.qti.values import Cardinality, Value

#: How deep expressions may nest.
MAX_DEPTH = 200

OPERATORS: dict[str, Operator] = {
    **lookups.OPERATORS,
    **logic.OPERATORS,
    **containers.OPERATORS,
    **arithmetic.OPERATORS,
    **functions.OPERATORS,
}
#: Every expression of QTI 2.1, 2.2 and 3.0.
EXPRESSIONS = frozenset({*OPERATORS, "repeat"})


def evaluate(scope: Scope, element: Element, *, depth: int = 0) -> Value | None:
    """The value of an expression.

    An operand of a type that an expression does not take makes it NULL, with the warning `expression_type`.
    Raises QtiError: `expression_unknown`, `expression_malformed`, `expression_too_deep`, `variable_unknown`,
    `custom_operator_unsupported`, `test_only_expression`, `number_too_large`, `too_many_steps`, `value_malformed`,
    `area_malformed`, `pattern_malformed`, `pattern_too_costly`.
    """
    if depth >= MAX_DEPTH:
        raise QtiError(
            "expression_too_deep",
            reason=f"Expressions nest more than {MAX_DEPTH} levels deep.",
            where=element.name,
        )
    scope.count()
    try:
        if element.name == "repeat":
            return _repeat(scope, element, depth)
        operator = OPERATORS.get(element.name)
        if operator is None:
            raise QtiError(
                "expression_unknown",
                reason=f"QTI has no expression {element.name[:60]}.",
                where=element.name[:60],
            )
        count = len(element.children)
        if count < operator.least or (operator.most is not None and count > operator.most):
            raise malformed(element, "has another number of operands than it takes")
        operands: list[Value | None] = []
        for child in element.children:
            operands.append(evaluate(scope, child, depth=depth + 1))  # noqa: PERF401 - a frame less on the stack
        scope.count(sum(len(operand.items) for operand in operands if operand is not None) // 50)
        return operator.function(scope, element, operands)
    except Mismatch:
        scope.warn(
            "expression_type",
            f"{element.name} has an operand that it does not take; it is NULL.",
            element.name,
        )
        return None


def _repeat(scope: Scope, element: Element, depth: int) -> Value | None:
    """All children again and again, into one ordered container; NULLs are left out."""
    found: list[Value] = []
    for _ in range(containers.repeats(scope, element)):
        for child in element.children:
            value = evaluate(scope, child, depth=depth + 1)
            if value is not None:
                found.append(value)
    return containers.collect(Cardinality.ORDERED, found)
