# SPDX-License-Identifier: Apache-2.0
"""The variables of one run, with its warnings and trace. How they change is `rules`; what is computed, `expressions`."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from scoring.errors import QtiError
from scoring.qti.declarations import Declaration, Kind
from scoring.qti.json_values import to_json
from scoring.qti.rounding import in_range
from scoring.qti.tree import Element
from scoring.qti.values import (
    BaseType,
    Cardinality,
    Value,
    comparable,
    integer,
    single,
)

#: Expressions that one run may evaluate, rounds of `repeat` and of a templateConstraint included.
MAX_EVALUATIONS = 100_000
COMPLETION_STATUS = "completionStatus"
#: Variables that every item has without declaring them.
BUILT_IN = {
    COMPLETION_STATUS: Declaration(
        Kind.OUTCOME,
        COMPLETION_STATUS,
        Cardinality.SINGLE,
        BaseType.IDENTIFIER,
        default=single(BaseType.IDENTIFIER, "unknown"),
    ),
    "duration": Declaration(
        Kind.RESPONSE,
        "duration",
        Cardinality.SINGLE,
        BaseType.DURATION,
        default=single(BaseType.DURATION, Fraction(0)),
    ),
    "numAttempts": Declaration(
        Kind.RESPONSE, "numAttempts", Cardinality.SINGLE, BaseType.INTEGER, default=integer(1)
    ),
    "QTI_CONTEXT": Declaration(Kind.CONTEXT, "QTI_CONTEXT", Cardinality.RECORD, None),
}


@dataclass(frozen=True, slots=True)
class Warned:
    """Something odd that did not stop the run: a code, a sentence, and the place or variable that it is about."""

    code: str
    reason: str
    where: str

    def to_document(self) -> dict[str, str]:
        """The warning as JSON."""
        return {"code": self.code, "reason": self.reason, "where": self.where}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run for an auditor: the rule and its place, the variable, and the value that it got.

    It may quote the response; it never quotes the key (unless a rule makes an outcome of it).
    """

    rule: str
    where: str
    variable: str
    value: object

    def to_document(self) -> dict[str, object]:
        """The step as JSON."""
        return {"rule": self.rule, "where": self.where, "variable": self.variable, "value": self.value}


class TestValues(Protocol):
    """What only a test can say, for the outcome processing of one. `outcomes` implements it."""

    def lookup(self, identifier: str, *, weight: str | None) -> Value | None:
        """The value of `ITEM.VARIABLE`, times the item's weight where one is named. Raises QtiError."""

    def subset(self, expression: Element) -> Value | None:
        """The value of numberCorrect, outcomeMaximum, testVariables and so on. Raises QtiError."""


@dataclass(slots=True)
class Scope:
    """The state of one run; it belongs to the run and is not shared."""

    declarations: Mapping[str, Declaration]
    random: random.Random
    test: TestValues | None = None
    values: dict[str, Value | None] = field(default_factory=dict)
    defaults: dict[str, Value | None] = field(default_factory=dict)
    corrects: dict[str, Value | None] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)
    trace: list[Step] = field(default_factory=list)
    evaluations: int = 0

    def declaration(self, identifier: str) -> Declaration:
        """A declared or built-in variable. Raises QtiError `variable_unknown`."""
        found = self.declarations.get(identifier) or BUILT_IN.get(identifier)
        if found is None:
            raise QtiError(
                "variable_unknown",
                reason="A rule names a variable that the item does not declare.",
                where=identifier[:80],
            )
        return found

    def value(self, identifier: str, *, weight: str | None = None) -> Value | None:
        """The present value of a variable. Raises QtiError `variable_unknown`."""
        if self.test is not None and ("." in identifier or identifier not in self.declarations):
            return self.test.lookup(identifier, weight=weight)
        declaration = self.declaration(identifier)
        if identifier in self.values:
            return self.values[identifier]
        return self.default(declaration.identifier)

    def default(self, identifier: str) -> Value | None:
        """The value that a variable starts with."""
        declaration = self.declaration(identifier)
        if identifier in self.defaults:
            return self.defaults[identifier]
        return declaration.initial

    def declared_default(self, identifier: str) -> Value | None:
        """The default that is declared or set, NULL if none is."""
        declaration = self.declaration(identifier)
        return self.defaults.get(identifier, declaration.default)

    def correct(self, identifier: str) -> Value | None:
        """The correct response of a variable, NULL if it has none."""
        declaration = self.declaration(identifier)
        return self.corrects.get(identifier, declaration.correct)

    def assign(self, identifier: str, value: Value | None, *, kind: Kind, rule: str, where: str) -> None:
        """Give a variable a value and put it into the trace. Raises QtiError: `variable_unknown`, `variable_kind`."""
        declaration = self.declaration(identifier)
        if declaration.kind is not kind:
            raise QtiError(
                "variable_kind",
                reason=f"{rule} cannot change a variable declared by {declaration.kind}.",
                where=identifier,
            )
        fitted = self.fit(declaration, value)
        self.values[identifier] = fitted
        self.trace.append(Step(rule, where, identifier, to_json(fitted)))

    def fit(self, declaration: Declaration, value: Value | None) -> Value | None:
        """The value in the variable's own type; one that cannot be so is NULL, with a warning."""
        if value is None:
            return None
        fitted = _fit(declaration, value)
        if fitted is None:
            self.warn(
                "value_type",
                "A value of another type cannot be assigned; it is NULL.",
                declaration.identifier,
            )
        elif fitted.items != value.items:
            self.warn("value_converted", "A float was cut to an integer.", declaration.identifier)
        return fitted

    def warn(self, code: str, reason: str, where: str) -> None:
        """Keep a warning, each once."""
        warned = Warned(code, reason, where)
        if warned not in self.warnings:
            self.warnings.append(warned)

    def count(self, cost: int = 1) -> None:
        """Count one evaluation, or what costs as much as several. Raises QtiError `too_many_steps`."""
        self.evaluations += cost
        if self.evaluations > MAX_EVALUATIONS:
            raise QtiError("too_many_steps", reason="The processing takes too many steps.", where="")


def _fit(declaration: Declaration, value: Value) -> Value | None:
    if value.cardinality is Cardinality.RECORD or declaration.cardinality is Cardinality.RECORD:
        return value if value.cardinality is declaration.cardinality else None
    if value.cardinality is not declaration.cardinality:
        both = value.cardinality.is_container and declaration.cardinality.is_container
        # One value is a container of one; several are not one value.
        if not both and value.cardinality is not Cardinality.SINGLE and len(value.items) > 1:
            return None
    if not comparable(declaration.base, value.base):
        return None
    items = value.items
    if declaration.base is BaseType.INTEGER and value.base is BaseType.FLOAT:
        if any(isinstance(item, float) for item in items):
            return None
        items = tuple(int(item) for item in items if isinstance(item, Fraction))
    elif declaration.base is BaseType.FLOAT and value.base is BaseType.INTEGER:
        exact = [in_range(Fraction(item)) for item in items if isinstance(item, int)]
        items = tuple(item for item in exact if item is not None)
        if len(items) < len(exact):
            return None
    return Value(declaration.cardinality, declaration.base, items)
