# SPDX-License-Identifier: Apache-2.0
"""What a credential document says beside its criteria and marks: who may use it, why it is needed, where it leads.

Values only; every part may be missing, because documents of earlier versions have none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from item_bank.document import LocalText
from item_bank.standards.entry_routes import EntryRoute


class CredentialKind(StrEnum):
    """What a document defines: a micro-credential, or a qualification pack of several NOS."""

    MICRO_CREDENTIAL = "micro_credential"
    QUALIFICATION = "qualification"


class Visibility(StrEnum):
    """Public: open use. Private: adopted only with permission (NCVET 3.1.4)."""

    PUBLIC = "public"
    PRIVATE = "private"


class Usage(StrEnum):
    """How a micro-credential is used (NCVET 4.1.3.12)."""

    ALONE = "alone"
    WITH_QUALIFICATION = "with_qualification"
    MULTI_SKILL = "multi_skill"


class Direction(StrEnum):
    """Where a progression link leads: to a credential of the same level, or of a higher one."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


@dataclass(frozen=True, slots=True)
class ProgressionLink:
    """A typed link to another credential."""

    direction: Direction
    code: str
    title: LocalText


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that lies elsewhere, pinned by its hash (``sha256:`` and 64 hexadecimal digits)."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class IndustryValidation:
    """An organisation that vouches for the need and the criteria."""

    organisation: str
    signatory: str
    date: date
    file: Attachment | None


@dataclass(frozen=True, slots=True)
class StatutoryNeeds:
    """Licences and registrations that the work asks for. ``none`` says explicitly that there are none."""

    none: bool
    text: LocalText | None


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is there to assess one PC with (NCVET 4.1.1, 2.3)."""

    assessor: bool
    item_bank: bool
    equipment: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.assessor and self.item_bank and self.equipment


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The parts of a credential document that the guideline asks for beside criteria and marks."""

    sector: str = ""
    nqr_code: str = ""
    visibility: Visibility | None = None
    future_skill: bool | None = None
    purpose: LocalText | None = None
    entry_requirement: LocalText | None = None
    assessment_strategy: LocalText | None = None
    formative_assessment: LocalText | None = None
    accreditation: LocalText | None = None
    assessment_tools: tuple[LocalText, ...] = ()
    training_equipment: tuple[LocalText, ...] = ()
    statutory_needs: StatutoryNeeds | None = None
    progression: tuple[ProgressionLink, ...] = ()
    industry_validations: tuple[IndustryValidation, ...] = ()
    evidence_of_need: tuple[Attachment, ...] = ()
    evidence_of_progression: tuple[Attachment, ...] = ()
    territory: tuple[str, ...] = ()
    usage: tuple[Usage, ...] = ()
    responsible_bodies: tuple[str, ...] = ()
    review_date: date | None = None
    sources: tuple[str, ...] = ()
    entry_routes: tuple[EntryRoute, ...] = ()

    def links(self, direction: Direction) -> tuple[ProgressionLink, ...]:
        """The links that lead in one direction."""
        return tuple(link for link in self.progression if link.direction is direction)


@dataclass(frozen=True, slots=True)
class Parent:
    """The live version that a document adopts; the hash pins it."""

    awarding_body: str
    code: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A PC of the parent that is left out because another PC of the document says the same (multi-skilling)."""

    pc: str
    same_as: str
    reason: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """How a document stands to the one that it adopts."""

    parent: Parent
    duplicates: tuple[Duplicate, ...] = ()
