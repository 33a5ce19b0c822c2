# SPDX-License-Identifier: Apache-2.0
"""Expressions on containers and records: building, searching, taking apart. Arithmetic lives elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

from scoring.qti.operands import Mismatch, Operator, attribute, elements_of, given, malformed, whole_attribute
from scoring.qti.scope import Scope
from scoring.qti.tree import Element
from scoring.qti.values import (
    BaseType,
    Cardinality,
    Scalar,
    Value,
    boolean,
    comparable,
    container,
    integer,
    key_of,
    keys_of,
    single,
)

Operands = Sequence[Value | None]
#: Values that a container may hold.
MAX_SIZE = 1000


def collect(cardinality: Cardinality, values: Iterable[Value]) -> Value | None:
    """A container of all the values, in order; integers among floats become floats. Raises Mismatch."""
    found = list(values)
    if not found:
        return None
    bases = {value.base for value in found}
    base = BaseType.FLOAT if bases == {BaseType.INTEGER, BaseType.FLOAT} else found[0].base
    if base is None or not all(comparable(base, other) for other in bases):
        raise Mismatch
    if sum(len(value.items) for value in found) > MAX_SIZE:
        raise Mismatch
    items: list[Scalar] = [item for value in found for item in value.items]
    if base is BaseType.FLOAT:
        items = [Fraction(item) if isinstance(item, int) else item for item in items]
    return container(cardinality, base, items)


def _container_of(cardinality: Cardinality) -> Operator:
    def function(scope: Scope, element: Element, operands: Operands) -> Value | None:
        return collect(cardinality, (operand for operand in operands if operand is not None))

    return Operator(function, 0, None)


def _size(scope: Scope, element: Element, operands: Operands) -> Value | None:
    return integer(0 if operands[0] is None else len(elements_of(operands[0]).items))


def _index(scope: Scope, element: Element, operands: Operands) -> Value | None:
    place = whole_attribute(scope, element, "n")
    if operands[0] is None or place is None:
        return None
    held = elements_of(operands[0])
    if place < 1 or held.cardinality is not Cardinality.ORDERED:  # the places of a multiple one mean nothing
        raise Mismatch
    return single(_base(held), held.items[place - 1]) if place <= len(held.items) else None


def _base(value: Value) -> BaseType:
    if value.base is None:
        raise Mismatch
    return value.base


def _field_value(scope: Scope, element: Element, operands: Operands) -> Value | None:
    name = attribute(element, "fieldIdentifier")
    if operands[0] is None:
        return None
    if operands[0].cardinality is not Cardinality.RECORD:
        raise Mismatch
    return operands[0].field(name)


def _one_and_many(operands: Operands) -> tuple[Scalar, Value] | None:
    """The key of a single value and the container in which it is sought."""
    both = given(operands)
    if both is None:
        return None
    one, many = both[0], elements_of(both[1])
    if one.cardinality is not Cardinality.SINGLE or not comparable(one.base, many.base):
        raise Mismatch
    return key_of(one.base, one.scalar), many


def _member(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = _one_and_many(operands)
    return None if both is None else boolean(both[0] in keys_of(both[1]))


def _delete(scope: Scope, element: Element, operands: Operands) -> Value | None:
    both = _one_and_many(operands)
    if both is None:
        return None
    key, many = both
    base = _base(many)
    return container(many.cardinality, base, (item for item in many.items if key_of(base, item) != key))


def _contains(scope: Scope, element: Element, operands: Operands) -> Value | None:
    """Multiple: every value at least as often. Ordered: the second stands in the first without a gap."""
    both = given(operands)
    if both is None:
        return None
    first, second = map(elements_of, both)
    if first.cardinality is not second.cardinality or not comparable(first.base, second.base):
        raise Mismatch
    mine, sought = keys_of(first), keys_of(second)
    if first.cardinality is Cardinality.MULTIPLE:
        return boolean(Counter(sought) <= Counter(mine))
    starts = range(len(mine) - len(sought) + 1)
    return boolean(any(mine[start : start + len(sought)] == sought for start in starts))


def _random(scope: Scope, element: Element, operands: Operands) -> Value | None:
    if operands[0] is None:
        return None
    held = elements_of(operands[0])
    return single(_base(held), scope.random.choice(held.items))


def repeats(scope: Scope, element: Element) -> int:
    """How often `repeat` evaluates its children; 0 for NULL and below 1. Raises QtiError, Mismatch."""
    if not element.children:
        raise malformed(element, "has nothing to repeat")
    times = whole_attribute(scope, element, "numberRepeats")
    return max(0, times or 0)


OPERATORS = {
    "multiple": _container_of(Cardinality.MULTIPLE),
    "ordered": _container_of(Cardinality.ORDERED),
    "containerSize": Operator(_size, 1, 1),
    "index": Operator(_index, 1, 1),
    "fieldValue": Operator(_field_value, 1, 1),
    "member": Operator(_member, 2, 2),
    "delete": Operator(_delete, 2, 2),
    "contains": Operator(_contains, 2, 2),
    "random": Operator(_random, 1, 1),
}
