# SPDX-License-Identifier: Apache-2.0
"""Carrying out rules: conditions, setting values, looking up, leaving. Expressions are evaluated in `expressions`.

The rules of responses, templates and the outcomes of tests differ in names only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.errors import QtiError
from scoring.qti.declarations import Kind
from scoring.qti.expressions import evaluate
from scoring.qti.json_values import to_json
from scoring.qti.operands import Mismatch, number
from scoring.qti.scope import Scope, Step
from scoring.qti.tree import Element
from scoring.qti.values import BaseType, Cardinality

#: How deep conditions may nest.
MAX_DEPTH = 100


class Exited(Exception):
    """A rule ended the processing: exitResponse, exitTemplate, exitTest."""


class ConstraintFailed(Exception):
    """A templateConstraint does not hold: template processing starts again."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one kind of processing: their names, and which variables they set."""

    prefix: str
    sets: str
    kind: Kind
    exits: str

    @property
    def condition(self) -> str:
        """The element that chooses between branches."""
        return f"{self.prefix}Condition"

    @property
    def fragment(self) -> str:
        """The element that groups rules."""
        return f"{self.prefix}ProcessingFragment"


RESPONSE = Rules("response", "setOutcomeValue", Kind.OUTCOME, "exitResponse")
TEMPLATE = Rules("template", "setTemplateValue", Kind.TEMPLATE, "exitTemplate")
OUTCOME = Rules("outcome", "setOutcomeValue", Kind.OUTCOME, "exitTest")


def run_rules(scope: Scope, rules: Iterable[Element], *, of: Rules, where: str, depth: int = 0) -> None:
    """Carry out rules in order.

    `where` is the path of their parent for the trace. Raises Exited, ConstraintFailed, and QtiError:
    `rule_unknown`, `rule_malformed`, `rule_too_deep`, `variable_kind`, those of `evaluate`.
    """
    if depth >= MAX_DEPTH:
        raise QtiError(
            "rule_too_deep", reason=f"Rules nest more than {MAX_DEPTH} levels deep.", where=where[:200]
        )
    for place, rule in enumerate(rules, start=1):
        _run(scope, rule, of=of, where=f"{where}/{rule.name}[{place}]", depth=depth)


def _run(scope: Scope, rule: Element, *, of: Rules, where: str, depth: int) -> None:
    scope.count()
    if rule.name == of.condition:
        _choose(scope, rule, of=of, where=where, depth=depth)
    elif rule.name == of.fragment:
        run_rules(scope, rule.children, of=of, where=where, depth=depth + 1)
    elif rule.name == of.exits:
        scope.trace.append(Step(rule.name, where, "", None))
        raise Exited
    elif rule.name == of.sets:
        value = evaluate(scope, _expression(rule))
        scope.assign(_identifier(rule), value, kind=of.kind, rule=rule.name, where=where)
    elif rule.name == "lookupOutcomeValue" and of.kind is Kind.OUTCOME:
        _look_up(scope, rule, where=where)
    elif of is TEMPLATE and rule.name in _TEMPLATE_RULES:
        _TEMPLATE_RULES[rule.name](scope, rule, where)
    else:
        raise QtiError(
            "rule_unknown",
            reason=f"{rule.name[:60]} is not a rule that can be carried out here.",
            where=where[:200],
        )


def _expression(rule: Element) -> Element:
    if len(rule.children) != 1:
        raise QtiError("rule_malformed", reason=f"{rule.name} needs exactly one expression.", where=rule.name)
    return rule.children[0]


def _identifier(rule: Element) -> str:
    found = (rule.get("identifier") or "").strip()
    if not found:
        raise QtiError("rule_malformed", reason=f"{rule.name} names no variable.", where=rule.name)
    return found


def _choose(scope: Scope, rule: Element, *, of: Rules, where: str, depth: int) -> None:
    """Carry out the first branch whose expression is true; NULL is not true."""
    names = {f"{of.prefix}If", f"{of.prefix}ElseIf"}
    for branch in rule.children:
        if branch.name in names:
            if not branch.children:
                raise QtiError(
                    "rule_malformed", reason=f"{branch.name} has no expression.", where=where[:200]
                )
            condition, *rules = branch.children
            holds = _holds(scope, condition)
            scope.trace.append(Step(branch.name, where, "", holds))
            if not holds:
                continue
        elif branch.name == f"{of.prefix}Else":
            rules = [*branch.children]
            scope.trace.append(Step(branch.name, where, "", value=True))
        else:
            raise QtiError(
                "rule_unknown",
                reason=f"{branch.name[:60]} is not a branch of {rule.name}.",
                where=where[:200],
            )
        run_rules(scope, rules, of=of, where=f"{where}/{branch.name}", depth=depth + 1)
        return


def _holds(scope: Scope, condition: Element) -> bool:
    value = evaluate(scope, condition)
    if value is None:
        return False
    if value.cardinality is not Cardinality.SINGLE or value.base is not BaseType.BOOLEAN:
        scope.warn("condition_type", "A condition is not a boolean; it counts as not met.", condition.name)
        return False
    return value.scalar is True


def _look_up(scope: Scope, rule: Element, *, where: str) -> None:
    identifier = _identifier(rule)
    table = scope.declaration(identifier).table
    if table is None:
        raise QtiError("rule_malformed", reason="The outcome has no table to look up.", where=identifier)
    value = evaluate(scope, _expression(rule))
    found = table.default
    if value is not None:
        try:
            found = table.find(number(value))
        except Mismatch:
            scope.warn(
                "expression_type", "What is looked up is not a number; the default is taken.", identifier
            )
    scope.assign(identifier, found, kind=Kind.OUTCOME, rule=rule.name, where=where)


# ------------------------------------------------------------------------------------------------ templates


def _set_correct(scope: Scope, rule: Element, where: str) -> None:
    declaration = scope.declaration(_identifier(rule))
    scope.corrects[declaration.identifier] = scope.fit(declaration, evaluate(scope, _expression(rule)))
    # The trace says that the key was made, never what it is.
    scope.trace.append(Step(rule.name, where, declaration.identifier, None))


def _set_default(scope: Scope, rule: Element, where: str) -> None:
    declaration = scope.declaration(_identifier(rule))
    value = scope.fit(declaration, evaluate(scope, _expression(rule)))
    scope.defaults[declaration.identifier] = value
    scope.trace.append(Step(rule.name, where, declaration.identifier, to_json(value)))


def _constrain(scope: Scope, rule: Element, where: str) -> None:
    if not _holds(scope, _expression(rule)):
        raise ConstraintFailed


_TEMPLATE_RULES = {
    "setCorrectResponse": _set_correct,
    "setDefaultValue": _set_default,
    "templateConstraint": _constrain,
}
