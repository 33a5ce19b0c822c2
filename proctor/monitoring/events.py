# SPDX-License-Identifier: Apache-2.0
"""What happens to proctoring sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened(Event):
    """An attempt is to be proctored."""

    name: ClassVar[str] = "proctoring_session_opened"
    attempt_id: str
    sitting_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionConsented(Event):
    """The learner's consent was referred to."""

    name: ClassVar[str] = "proctoring_session_consented"
    attempt_id: str
    consent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionConsentWithdrawn(Event):
    """The learner no longer agrees to being watched; `running`: the watching ended in the middle of the test."""

    name: ClassVar[str] = "proctoring_session_consent_withdrawn"
    attempt_id: str
    running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionConsentNarrowed(Event):
    """The learner took some items back; the rest stands, under another consent."""

    name: ClassVar[str] = "proctoring_session_consent_narrowed"
    attempt_id: str
    items: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMoved(Event):
    """The learner was moved to another sitting before the start and is asked anew there."""

    name: ClassVar[str] = "proctoring_session_moved"
    attempt_id: str
    sitting_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityPhotoStored(Event):
    """A photo of the learner was checked and kept."""

    name: ClassVar[str] = "identity_photo_stored"
    attempt_id: str
    evidence_id: str
    model_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionActivated(Event):
    """The watching began."""

    name: ClassVar[str] = "proctoring_session_activated"
    attempt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Event):
    """The watching is over."""

    name: ClassVar[str] = "proctoring_session_ended"
    attempt_id: str
    ended_by: str
