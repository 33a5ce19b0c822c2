# SPDX-License-Identifier: Apache-2.0
"""What happens in scheduling. Names, codes and birth dates never stand in an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCreated(Event):
    """The subject is the batch."""

    name: ClassVar[str] = "batch_created"
    awarding_body_id: str
    assessment_id: str
    forms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingScheduled(Event):
    """The subject is the sitting; instants in ISO 8601, UTC."""

    name: ClassVar[str] = "sitting_scheduled"
    batch_id: str
    opens_at: str
    closes_at: str
    proctored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAdded(Event):
    """The subject is the entry."""

    name: ClassVar[str] = "entry_added"
    sitting_id: str
    candidate_id: str
    form_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWithdrawn(Event):
    """The subject is the entry."""

    name: ClassVar[str] = "entry_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccommodationSet(Event):
    """The subject is the entry."""

    name: ClassVar[str] = "accommodation_set"
    extra_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCodeReissued(Event):
    """The subject is the entry; the code before opens nothing any more."""

    name: ClassVar[str] = "access_code_reissued"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAssigned(Event):
    """The subject is the sitting."""

    name: ClassVar[str] = "staff_assigned"
    person_id: str
    duty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictDeclared(Event):
    """The subject is the sitting; the person may not act there any more."""

    name: ClassVar[str] = "conflict_declared"
    person_id: str
    duty: str
