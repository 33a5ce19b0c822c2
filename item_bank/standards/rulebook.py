# SPDX-License-Identifier: Apache-2.0
"""The rulebook: a guideline's clauses as versioned data, each tied by its id to one pure check.

What a clause demands (its numbers, severity, words) is in ``rulebook.json``; how to test it is here. A rule is never an ``if``
elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Final

from item_bank.standards.model import CredentialDocument, PerformanceCriterion
from scoring.api import AllOf, Basis, Critical, Level, Node, Scope, Share


class Severity(StrEnum):
    """H blocks publishing; W asks for a recorded reason."""

    BLOCK = "H"
    WARN = "W"


@dataclass(frozen=True, slots=True)
class GuidelineRule:
    """One rule of a guideline. ``parameters`` are exact numbers as text, or lists of them."""

    id: str
    clause: str
    severity: Severity
    parameters: Mapping[str, str | list[str]]
    text: str
    what_to_do: str

    def number(self, name: str) -> Decimal:
        """A parameter as an exact number."""
        value = self.parameters[name]
        if not isinstance(value, str):
            raise TypeError(f"{self.id}: the parameter {name} is not one number")
        return Decimal(value)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A version of a guideline's rules."""

    id: str
    version: str
    rules: tuple[GuidelineRule, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a document breaks, with what to do about it."""

    rule: str
    clause: str
    severity: Severity
    text: str
    what_to_do: str

    def as_fact(self) -> dict[str, str]:
        """The finding as a JSON-able fact of an error."""
        return {
            "rule": self.rule,
            "clause": self.clause,
            "severity": self.severity.value,
            "text": self.text,
            "what_to_do": self.what_to_do,
        }


Words = Mapping[str, object]
"""What a rule's text is filled in with."""
Check = Callable[[CredentialDocument, GuidelineRule], Iterator[Words]]


@cache
def current_rulebook() -> Rulebook:
    """The rulebook that new documents are held against."""
    return read_rulebook(files("item_bank.standards").joinpath("rulebook.json").read_text("utf-8"))


def read_rulebook(text: str) -> Rulebook:
    """A rulebook from its JSON text; ValueError where a rule has no check, or no known severity."""
    document = json.loads(text)
    rules = tuple(
        GuidelineRule(
            id=entry["id"],
            clause=entry["clause"],
            severity=Severity(entry["severity"]),
            parameters=entry["parameters"],
            text=entry["text"],
            what_to_do=entry["what_to_do"],
        )
        for entry in document["rules"]
    )
    for rule in rules:
        if rule.id not in CHECKS:
            raise ValueError(f"the rulebook has a rule {rule.id!r} that nothing checks")
    return Rulebook(document["id"], document["version"], rules)


def findings(document: CredentialDocument, *, rulebook: Rulebook | None = None) -> tuple[Finding, ...]:
    """Every rule that ``document`` breaks, in the order of the rulebook (the current one by default)."""
    return tuple(
        Finding(rule.id, rule.clause, rule.severity, rule.text.format_map(words), rule.what_to_do)
        for rule in (rulebook or current_rulebook()).rules
        for words in CHECKS[rule.id](document, rule)
    )


def _hours_on_grid(document: CredentialDocument, rule: GuidelineRule) -> Iterator[Words]:
    if document.hours.total % rule.number("step") != 0:
        yield {"total": document.hours.total}


def _hours_above_usual(document: CredentialDocument, rule: GuidelineRule) -> Iterator[Words]:
    if document.hours.total > rule.number("usual_top"):
        yield {"total": document.hours.total, "usual_top": rule.parameters["usual_top"]}


def _hours_add_up(document: CredentialDocument, _rule: GuidelineRule) -> Iterator[Words]:
    hours = document.hours
    if (parts := hours.theory + hours.practical + hours.ojt) != hours.total:
        yield {"sum": parts, "total": hours.total}


def _assessment_within_budget(document: CredentialDocument, rule: GuidelineRule) -> Iterator[Words]:
    budget = assessment_budget(document, rule)
    if document.assessment_minutes > budget:
        yield {"minutes": document.assessment_minutes, "total": document.hours.total, "budget": budget}


def assessment_budget(document: CredentialDocument, rule: GuidelineRule) -> Fraction:
    """Minutes of assessment that the learning hours allow (NCVET 4.1.3.2)."""
    return (
        Fraction(document.hours.total)
        / Fraction(rule.number("step"))
        * Fraction(rule.number("minutes_per_step"))
    )


def _components_within_assessment(document: CredentialDocument, _rule: GuidelineRule) -> Iterator[Words]:
    needed = sum(component.minutes for component in document.components)
    if needed > document.assessment_minutes:
        yield {"sum": needed, "minutes": document.assessment_minutes}


def _level_exists(document: CredentialDocument, rule: GuidelineRule) -> Iterator[Words]:
    if document.level not in {Decimal(level) for level in rule.parameters["levels"]}:
        yield {"level": document.level}


def _short_and_low(document: CredentialDocument, rule: GuidelineRule) -> Iterator[Words]:
    if document.hours.total < rule.number("hours") and document.level < rule.number("level"):
        yield {"hours": rule.parameters["hours"], "wanted": rule.parameters["level"], "level": document.level}


def _knowledge_for_every_pc(document: CredentialDocument, _rule: GuidelineRule) -> Iterator[Words]:
    yield from _named(pc for pc in document.pcs if not pc.knowledge)


def _mandatory_is_decided(document: CredentialDocument, _rule: GuidelineRule) -> Iterator[Words]:
    yield from _named(pc for pc in document.pcs if pc.mandatory is None)


def _threshold_for_every_mandatory_pc(document: CredentialDocument, _rule: GuidelineRule) -> Iterator[Words]:
    yield from _named(pc for pc in document.pcs if pc.mandatory and not pc.threshold)


def _marks_for_every_mandatory_pc(document: CredentialDocument, _rule: GuidelineRule) -> Iterator[Words]:
    yield from _named(pc for pc in document.pcs if pc.mandatory and not pc.maximum)


def _rule_holds_every_threshold(document: CredentialDocument, _rule: GuidelineRule) -> Iterator[Words]:
    required = {
        (scope.name, share) for scope, share in _required(document.rule.root) if scope.level is Level.PC
    }
    yield from _named(pc for pc in document.pcs if pc.threshold and (pc.id, pc.threshold) not in required)


def _required(node: Node) -> Iterator[tuple[Scope, Fraction]]:
    """What a rule cannot be met without: bars over all components at the root or under ``all_of``."""
    match node:
        case AllOf(of=nodes):
            for child in nodes:
                yield from _required(child)
        case Share(scope=scope, components=None, basis=Basis.RAW, at_least=share):
            yield scope, share
        case Critical(scope=scope, components=None, at_least=share):
            yield scope, share
        case _:
            return


def _criteria_make_the_marks(document: CredentialDocument, rule: GuidelineRule) -> Iterator[Words]:
    criteria = document.practical.criteria if document.practical else ()
    for component, parts in (
        (rule.parameters["practical"], criteria),
        (rule.parameters["viva"], document.viva),
    ):
        for words in _named(
            pc
            for pc in document.pcs
            if pc.marks_in(str(component))
            != sum((part.maximum for part in parts if part.pc == pc.id), Fraction(0))
        ):
            yield {"component": component, **words}


def _named(pcs: Iterator[PerformanceCriterion]) -> Iterator[Words]:
    if ids := [pc.id for pc in pcs]:
        yield {"pcs": ", ".join(ids)}


CHECKS: Final[Mapping[str, Check]] = {
    "hours_on_grid": _hours_on_grid,
    "hours_above_usual": _hours_above_usual,
    "hours_add_up": _hours_add_up,
    "assessment_within_budget": _assessment_within_budget,
    "components_within_assessment": _components_within_assessment,
    "level_exists": _level_exists,
    "short_and_low": _short_and_low,
    "knowledge_for_every_pc": _knowledge_for_every_pc,
    "mandatory_is_decided": _mandatory_is_decided,
    "threshold_for_every_mandatory_pc": _threshold_for_every_mandatory_pc,
    "marks_for_every_mandatory_pc": _marks_for_every_mandatory_pc,
    "rule_holds_every_threshold": _rule_holds_every_threshold,
    "criteria_make_the_marks": _criteria_make_the_marks,
}
