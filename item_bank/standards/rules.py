# SPDX-License-Identifier: Apache-2.0
"""What a rule of a guideline is, what it may know beside the document, and what it finds. No rule itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from item_bank.standards.dossier import CredentialKind
from item_bank.standards.model import CredentialDocument
from item_bank.standards.overlay import OverlayReport


class Severity(StrEnum):
    """H blocks; W asks for a recorded reason; D is a datum to store and report."""

    BLOCK = "H"
    WARN = "W"
    DATUM = "D"


class Moment(StrEnum):
    """When a rule is held against a credential: its data are known then."""

    PUBLISHING = "publishing"
    ASSESSING = "assessing"
    ENROLLING = "enrolling"
    CERTIFYING = "certifying"
    USING = "using"


class Section(StrEnum):
    """The part of the document that a finding is about."""

    BASICS = "basics"
    HOURS = "hours"
    STRUCTURE = "structure"
    ASSESSMENT = "assessment"
    RULE = "rule"
    DOSSIER = "dossier"
    ADOPTION = "adoption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a rule may need beyond the document. None: nobody has looked, and the rules that need it say nothing.

    ``items_per_pc`` counts live items by PC id, ``item_types`` are the kinds among them; ``form_minutes`` is the time of a form
    with the other components; ``place`` is where a batch is held; ``pcs_with_evidence`` are the PCs whose evidence is
    stored and hashed; ``idle_days`` are the days since the last training, assessment or certificate.
    """

    pages: int | None = None
    overlay: OverlayReport | None = None
    adoption_permitted: bool | None = None
    items_per_pc: Mapping[str, int] | None = None
    item_types: AbstractSet[str] | None = None
    form_minutes: int | None = None
    place: str | None = None
    training_partner: bool | None = None
    rights_withdrawn: bool | None = None
    entry_requirement_met: bool | None = None
    active: bool | None = None
    assessed: bool | None = None
    certified: bool | None = None
    credits_posted: bool | None = None
    signed_by_awarding_body: bool | None = None
    recognised_prior_learning: bool | None = None
    pcs_with_evidence: AbstractSet[str] | None = None
    idle_days: int | None = None
    today: date | None = None


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class GuidelineRule:
    """One rule of a guideline. ``parameters`` are exact numbers as text, or lists of them; ``hindi`` is text and advice."""

    id: str
    clause: str
    severity: Severity
    parameters: Mapping[str, str | list[str]]
    text: str
    what_to_do: str
    hindi: tuple[str, str] = ("", "")
    moment: Moment = Moment.PUBLISHING
    section: Section = Section.BASICS
    kinds: tuple[CredentialKind, ...] = field(default_factory=lambda: tuple(CredentialKind))

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
    """A rule that a document breaks, with what to do about it; or, of severity D, a datum that it holds."""

    rule: str
    clause: str
    severity: Severity
    text: str
    what_to_do: str
    hindi: tuple[str, str] = ("", "")
    moment: Moment = Moment.PUBLISHING
    section: Section = Section.BASICS

    def in_language(self, language: str) -> tuple[str, str]:
        """The text and the advice; English where a language has none."""
        return self.hindi if language == "hi" and all(self.hindi) else (self.text, self.what_to_do)

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
Check = Callable[[CredentialDocument, GuidelineRule, Facts], Iterator[Words]]
