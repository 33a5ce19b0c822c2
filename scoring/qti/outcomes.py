# SPDX-License-Identifier: Apache-2.0
"""Outcome processing of a QTI test: from the outcomes of its items to its own. Items are scored in `item`.

The structure of a test is read in `outcomes_structure`, the items' outcomes in `outcomes_items`, and what the
expressions on them mean is in `outcomes_subset`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from scoring.errors import QtiError
from scoring.qti.json_values import to_json
from scoring.qti.outcomes_items import ItemOutcomes, read_items, read_seconds
from scoring.qti.outcomes_structure import TestProgram, parse_test
from scoring.qti.outcomes_subset import TestItems
from scoring.qti.rules import OUTCOME, Exited, run_rules
from scoring.qti.scope import Scope, Step, Warned
from scoring.qti.tree import Element
from scoring.qti.values import Value


@dataclass(frozen=True, slots=True)
class TestRun:
    """What outcome processing made of a test: every declared outcome, what was odd, what was done."""

    __test__ = False  # pytest takes the name for a class of tests

    outcomes: Mapping[str, Value | None]
    warnings: tuple[Warned, ...]
    trace: tuple[Step, ...]

    def to_document(self) -> dict[str, object]:
        """Outcomes, warnings and trace as JSON."""
        return {
            "outcomes": {name: to_json(value) for name, value in self.outcomes.items()},
            "warnings": [warned.to_document() for warned in self.warnings],
            "trace": [step.to_document() for step in self.trace],
        }


def score_test(root: Element, document: Mapping[str, object], *, seed: int) -> TestRun:
    """Run the outcome processing of an `assessmentTest` over JSON: `items`, and `durations` and `duration` if known.

    Raises QtiError: `items_malformed`, and those of `parse_test` and `run_test`.
    """
    durations = document.get("durations") or {}
    if not isinstance(durations, dict):
        raise QtiError("items_malformed", reason="An object of seconds is expected.", where="durations")
    seconds = {name: read_seconds(value, where=f"durations.{name}") for name, value in durations.items()}
    return run_test(
        parse_test(root),
        read_items(document.get("items")),
        seed=seed,
        durations={name: value for name, value in seconds.items() if value is not None},
        duration=read_seconds(document.get("duration"), where="duration"),
    )


def run_test(
    program: TestProgram,
    items: Mapping[str, ItemOutcomes],
    *,
    seed: int,
    durations: Mapping[str, Fraction] | None = None,
    duration: Fraction | None = None,
) -> TestRun:
    """Run the outcome processing of a test over its items' outcomes; every outcome starts at its default.

    `items` are by identifier of their assessmentItemRef, with `.1`, `.2` … where an item was drawn several times.
    `durations` are seconds by test part and section, `duration` those of the whole test. `seed` settles the random
    expressions. Raises QtiError: `item_not_in_test`, and those of `run_rules`.
    """
    known = TestItems(program, items, durations or {}, duration)
    _check(program, known)
    scope = Scope(program.declarations, random.Random(seed), test=known)  # noqa: S311 - chance, not secrecy
    if program.processing is not None:
        with suppress(Exited):  # after exitTest, what was set by then stands
            run_rules(scope, program.processing.children, of=OUTCOME, where="outcomeProcessing")
    return TestRun(
        outcomes={name: scope.value(name) for name in program.declarations},
        warnings=(*known.warnings, *scope.warnings),
        trace=tuple(scope.trace),
    )


def _check(program: TestProgram, known: TestItems) -> None:
    """Refuse outcomes of an item that the test does not have, for they would be left out in silence."""
    unknown = known.items.keys() - {instance.key for instance in known.instances()}
    if unknown:
        raise QtiError(
            "item_not_in_test",
            reason=f"The test “{program.identifier[:80]}” has no such item.",
            where=min(unknown)[:80],
        )
