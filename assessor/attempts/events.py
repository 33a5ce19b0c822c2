# SPDX-License-Identifier: Apache-2.0
"""What happens to attempts. Saved answers are their own log and emit nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted(Event):
    """The subject is the attempt; the instant in ISO 8601, UTC."""

    name: ClassVar[str] = "attempt_started"
    entry_id: str
    ends_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTaken(Event):
    """The subject is the attempt; another device became the holder."""

    name: ClassVar[str] = "lease_taken"
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeGranted(Event):
    """The subject is the attempt; the totals after the change."""

    name: ClassVar[str] = "time_granted"
    accommodation_seconds: int
    credit_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditGranted(Event):
    """A named person gave time back; the subject is the attempt, the reason lies beside the grant."""

    name: ClassVar[str] = "credit_granted"
    credit_id: str
    seconds: int
    suggested_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptPaused(Event):
    """The subject is the attempt; its time stands still."""

    name: ClassVar[str] = "attempt_paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResumed(Event):
    """The subject is the attempt; its time runs on. All of its pauses so far."""

    name: ClassVar[str] = "attempt_resumed"
    paused_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAnswerDecided(Event):
    """A named person decided about an answer that came too late; the subject is the attempt."""

    name: ClassVar[str] = "late_answer_decided"
    device: str
    seq: int
    item_version_id: str
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSubmitted(Event):
    """The subject is the attempt; the instant in ISO 8601, UTC."""

    name: ClassVar[str] = "attempt_submitted"
    entry_id: str
    ended_at: str | None
    ended_by: str | None
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFileStored(Event):
    """A learner uploaded a file as an answer; the subject is the attempt."""

    name: ClassVar[str] = "response_file_stored"
    file_id: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFileViewed(Event):
    """A member of staff fetched a file that a learner uploaded; the subject is the file."""

    name: ClassVar[str] = "response_file_viewed"
    attempt_id: str
