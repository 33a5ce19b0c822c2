# SPDX-License-Identifier: Apache-2.0
"""What happens to evidence: who looked at what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceViewed(Event):
    """Somebody looked at a kept picture; the audit row says who and when."""

    name: ClassVar[str] = "evidence_viewed"
    kind: str
    session_id: str
    attempt_id: str
    incident_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRead(Event):
    """Somebody opened the review of an attempt, whose id is the subject; once a person and hour."""

    name: ClassVar[str] = "review_read"
