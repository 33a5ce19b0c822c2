# SPDX-License-Identifier: Apache-2.0
"""What happens to assessment definitions and forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentDefined(Event):
    """The subject is the assessment."""

    name: ClassVar[str] = "assessment_defined"
    credential_version_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAssembled(Event):
    """The subject is the form."""

    name: ClassVar[str] = "form_assembled"
    assessment_id: str
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSealed(Event):
    """The subject is the form; its content is fixed from now on."""

    name: ClassVar[str] = "form_sealed"
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWithdrawn(Event):
    """The subject is the form; nobody draws it any more."""

    name: ClassVar[str] = "form_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDrawRecorded(Event):
    """The compiler drew forms of a blueprint; the subject is the draw."""

    name: ClassVar[str] = "form_draw_recorded"
    assessment_id: str
    papers: int
    blueprint_sha256: str
    bank_sha256: str
    compiler: str
