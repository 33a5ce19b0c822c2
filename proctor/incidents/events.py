# SPDX-License-Identifier: Apache-2.0
"""What happens to incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRaised(Event):
    """A rule raised an alert, or a person raised what was noted or seen; people will decide.

    `origin`: rule, note or person; `rule` is empty where a person saw it.
    """

    name: ClassVar[str] = "incident_raised"
    version: ClassVar[int] = 2
    session_id: str
    attempt_id: str
    rule: str
    number: int
    numbers: dict[str, float]
    rule_version: str
    model_sha256: str
    evidence: int
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAlertEnded(Event):
    """The alert behind an incident ended; the incident stays until people decide."""

    name: ClassVar[str] = "incident_alert_ended"
    session_id: str
    attempt_id: str
    because: str
    numbers: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentProposed(Event):
    """A first reviewer would uphold an incident; a second one decides."""

    name: ClassVar[str] = "incident_proposed"
    session_id: str
    attempt_id: str
    verdict: str
    reviewer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDecided(Event):
    """One reviewer dismissed an incident, or a second one upheld it; the reasons stay in the findings."""

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
