# SPDX-License-Identifier: Apache-2.0
"""What happens to incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRaised(Event):
    """The rules raised an alert; people will decide."""

    name: ClassVar[str] = "incident_raised"
    session_id: str
    attempt_id: str
    rule: str
    number: int
    numbers: dict[str, float]
    rule_version: str
    model_sha256: str
    evidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAlertEnded(Event):
    """The alert behind an incident ended; the incident stays until people decide."""

    name: ClassVar[str] = "incident_alert_ended"
    session_id: str
    attempt_id: str
    because: str
    numbers: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDecided(Event):
    """A reviewer dismissed or upheld an incident; the reason stays in the finding."""

    name: ClassVar[str] = "incident_decided"
    session_id: str
    attempt_id: str
    verdict: str
    reviewer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStarted(Event):
    """A person began to watch a sitting live."""

    name: ClassVar[str] = "watch_started"
    proctor_id: str
