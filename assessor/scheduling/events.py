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
class CandidateEdited(Event):
    """The subject is the candidate; what changed is personal and stands nowhere in the event."""

    name: ClassVar[str] = "candidate_edited"
    entry_id: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorRecordChanged(Event):
    """The subject is the person; whether a certificate is recorded, and for which languages anything is."""

    name: ClassVar[str] = "assessor_record_changed"
    certified: bool
    languages: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAllocated(Event):
    """The subject is the allocation; its organisation is the awarding body."""

    name: ClassVar[str] = "batch_allocated"
    agency_id: str
    credential_version_id: str
    candidates: int
    region: str
    warned: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationAnswered(Event):
    """The subject is the allocation: accepted or refused by the agency, or withdrawn by the awarding body."""

    name: ClassVar[str] = "allocation_answered"
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEdited(Event):
    """The subject is the batch; the names of the particulars that changed."""

    name: ClassVar[str] = "batch_edited"
    changed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingRescheduled(Event):
    """The subject is the sitting; instants in ISO 8601, UTC."""

    name: ClassVar[str] = "sitting_rescheduled"
    opens_at: str
    closes_at: str
    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingCancelled(Event):
    """The subject is the sitting."""

    name: ClassVar[str] = "sitting_cancelled"
    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceMarked(Event):
    """The subject is the entry."""

    name: ClassVar[str] = "absence_marked"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceUndone(Event):
    """The subject is the entry, which stands again."""

    name: ClassVar[str] = "absence_undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMoved(Event):
    """The subject is the entry, which is in another sitting of its batch now, with the same form."""

    name: ClassVar[str] = "entry_moved"
    from_sitting_id: str
    to_sitting_id: str
    new_code: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentGranted(Event):
    """The subject is the new entry; dates in ISO 8601."""

    name: ClassVar[str] = "reassessment_granted"
    previous_entry_id: str
    asked_on: str
    held_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPolicySet(Event):
    """The subject is the awarding body."""

    name: ClassVar[str] = "assessment_policy_set"
    ask_within_days: int
    hold_within_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserRulesSet(Event):
    """What a sitting asks of browsers; the subject is the sitting. `exam_keys`: how many, never which."""

    name: ClassVar[str] = "browser_rules_set"
    full_screen: bool
    paste: bool
    secure_browser: str
    exam_keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserReleased(Event):
    """Somebody need not use Safe Exam Browser; the subject is the release. Without `entry_id`: everybody of the sitting."""

    name: ClassVar[str] = "browser_released"
    sitting_id: str
    entry_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvigilatorAsked(Event):
    """The subject is the entry: its learner asks for a place with an invigilator. It is a wish, never a suspicion."""

    name: ClassVar[str] = "invigilator_asked"
    running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InvigilatorSettled(Event):
    """The subject is the entry; `settled` says how the wish was settled."""

    name: ClassVar[str] = "invigilator_settled"
    settled: str
