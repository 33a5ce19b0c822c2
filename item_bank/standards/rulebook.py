# SPDX-License-Identifier: Apache-2.0
"""The rulebook: a guideline's clauses as versioned data, each tied by its id to one pure check.

What a clause demands (its numbers, severity, words) is in ``rulebook.json``; how to test it is in ``checks``. A rule is never
an ``if`` elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from item_bank.standards.checks import DOCUMENT_CHECKS
from item_bank.standards.checks_of_facts import FACT_CHECKS
from item_bank.standards.dossier import CredentialKind
from item_bank.standards.model import CredentialDocument
from item_bank.standards.rules import (
    NO_FACTS,
    Check,
    Facts,
    Finding,
    GuidelineRule,
    Moment,
    Rulebook,
    Section,
    Severity,
)

__all__ = [
    "CHECKS",
    "Facts",
    "Finding",
    "GuidelineRule",
    "Moment",
    "Rulebook",
    "Section",
    "Severity",
    "current_rulebook",
    "findings",
    "read_rulebook",
    "recorded_data",
]

CHECKS: Final[Mapping[str, Check]] = {**DOCUMENT_CHECKS, **FACT_CHECKS}


@cache
def current_rulebook() -> Rulebook:
    """The rulebook that new documents are held against."""
    return read_rulebook(files("item_bank.standards").joinpath("rulebook.json").read_text("utf-8"))


def read_rulebook(text: str) -> Rulebook:
    """A rulebook from its JSON text; ValueError where a rule has no check, or no known severity, moment or section."""
    document = json.loads(text)
    rules = tuple(_rule(entry) for entry in document["rules"])
    for rule in rules:
        if rule.id not in CHECKS:
            raise ValueError(f"the rulebook has a rule {rule.id!r} that nothing checks")
    return Rulebook(document["id"], document["version"], rules)


def findings(
    document: CredentialDocument, facts: Facts = NO_FACTS, *, rulebook: Rulebook | None = None
) -> tuple[Finding, ...]:
    """Every rule of severity H or W that ``document`` breaks, in the order of the rulebook (the current one by default).

    A rule that needs a fact which is None finds nothing.
    """
    return tuple(one for one in _all(document, facts, rulebook) if one.severity is not Severity.DATUM)


def recorded_data(
    document: CredentialDocument, facts: Facts = NO_FACTS, *, rulebook: Rulebook | None = None
) -> tuple[Finding, ...]:
    """What the rules of severity D ask to be stored and reported, as far as the document says it."""
    return tuple(one for one in _all(document, facts, rulebook) if one.severity is Severity.DATUM)


def _all(document: CredentialDocument, facts: Facts, rulebook: Rulebook | None) -> Iterator[Finding]:
    for rule in (rulebook or current_rulebook()).rules:
        if document.kind not in rule.kinds:
            continue
        for words in CHECKS[rule.id](document, rule, facts):
            yield Finding(
                rule.id,
                rule.clause,
                rule.severity,
                rule.text.format_map(words),
                rule.what_to_do,
                (rule.hindi[0].format_map(words), rule.hindi[1]),
                rule.moment,
                rule.section,
            )


def _rule(entry: Mapping[str, Any]) -> GuidelineRule:
    hindi = entry.get("hi", {})
    return GuidelineRule(
        id=entry["id"],
        clause=entry["clause"],
        severity=Severity(entry["severity"]),
        parameters=entry["parameters"],
        text=entry["text"],
        what_to_do=entry["what_to_do"],
        hindi=(hindi.get("text", ""), hindi.get("what_to_do", "")),
        moment=Moment(entry.get("moment", Moment.PUBLISHING)),
        section=Section(entry.get("section", Section.BASICS)),
        kinds=tuple(CredentialKind(kind) for kind in entry.get("kinds", list(CredentialKind))),
    )
