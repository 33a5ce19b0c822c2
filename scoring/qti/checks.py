# SPDX-License-Identifier: Apache-2.0
"""Whether an item can be scored at all, found out before anybody sits it. Scoring itself lives in `item`."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from scoring.qti.expressions import evaluate
from scoring.qti.item import ItemProgram, start
from scoring.qti.rules import RESPONSE, TEMPLATE, ConstraintFailed, Exited, Rules, run_rules
from scoring.qti.scope import Scope, Warned
from scoring.qti.templates import rules_of
from scoring.qti.tree import Element


def check_program(program: ItemProgram, *, seed: int = 0) -> tuple[Warned, ...]:
    """Go through every branch of an item's processing, also those that a response seldom takes.

    Returns what is odd but can be scored (an operand of another type, a missing mapping). Raises QtiError for what
    cannot be scored: an unknown or custom operator, a variable that is not declared, a template that is not standard,
    and all else that `run_item` refuses whatever the responses are.
    """
    scope = start(program, seed=seed)
    if program.template_processing is not None:
        _probe(scope, program.template_processing.children, of=TEMPLATE, where="templateProcessing")
    if program.response_processing is not None:
        _probe(scope, rules_of(program.response_processing), of=RESPONSE, where="responseProcessing")
    return tuple(scope.warnings)


def _probe(scope: Scope, rules: Iterable[Element], *, of: Rules, where: str, depth: int = 0) -> None:
    for place, rule in enumerate(rules, start=1):
        here = f"{where}/{rule.name}[{place}]"
        if rule.name == of.fragment:
            _probe(scope, rule.children, of=of, where=here, depth=depth + 1)
        elif rule.name == of.condition:
            for branch in rule.children:
                kept = 0 if branch.name == f"{of.prefix}Else" else 1
                bare = Element(branch.name, branch.attributes, branch.children[:kept])
                _carry_out(scope, Element(rule.name, {}, (bare,)), of=of, where=where, depth=depth)
                _probe(scope, branch.children[kept:], of=of, where=f"{here}/{branch.name}", depth=depth + 1)
        else:
            _carry_out(scope, rule, of=of, where=where, depth=depth)


def _carry_out(scope: Scope, rule: Element, *, of: Rules, where: str, depth: int) -> None:
    with suppress(Exited, ConstraintFailed):
        run_rules(scope, (rule,), of=of, where=where, depth=depth)
    # What is repeated 0 times so far is looked at all the same.
    for element in rule.descend():
        if element.name == "repeat":
            for child in element.children:
                evaluate(scope, child)
