# SPDX-License-Identifier: Apache-2.0
"""What happens to noted alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNoted(Event):
    """The rules noted something for people; no result is touched."""

    name: ClassVar[str] = "alert_noted"
    session_id: str
    attempt_id: str
    rule: str
    number: int
    numbers: dict[str, float]
    rule_version: str
    model_sha256: str
    evidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedAlertEnded(Event):
    """What had been noted came to an end."""

    name: ClassVar[str] = "noted_alert_ended"
    session_id: str
    attempt_id: str
    because: str
    numbers: dict[str, float]
