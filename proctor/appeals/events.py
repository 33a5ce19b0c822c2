# SPDX-License-Identifier: Apache-2.0
"""What happens to explanations and appeals. What was said stays in the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EventExplained(Event):
    """A learner explained an incident or a noted alert."""

    name: ClassVar[str] = "event_explained"
    attempt_id: str
    incident_id: str | None
    alert_id: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealAsked(Event):
    """A learner appealed against an upheld incident."""

    name: ClassVar[str] = "appeal_asked"
    attempt_id: str
    incident_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecided(Event):
    """Another reviewer decided the appeal."""

    name: ClassVar[str] = "appeal_decided"
    attempt_id: str
    incident_id: str
    outcome: str
    reviewer_id: str
