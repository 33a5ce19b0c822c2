# SPDX-License-Identifier: Apache-2.0
"""A noted alert as people read it. Pure values; no storage and no decision lives here: an incident is another slice's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from proctor.rules.alerts import AlertEnd, RuleName, Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord:
    """A noted alert; `numbers` are the final ones once it has ended.

    `incident_id` names the incident that a person made of it, None while it is only a note.
    """

    id: str
    organisation_id: str
    sitting_id: str
    session_id: str
    attempt_id: str
    rule: RuleName
    number: int
    weight: Weight
    cause: str | None
    onset_at: datetime
    raised_at: datetime
    ended_at: datetime | None
    ended_because: AlertEnd | None
    raised_numbers: Mapping[str, float]
    numbers: Mapping[str, float]
    thresholds: Mapping[str, float]
    rule_version: str
    model_sha256: str
    validated: bool
    incident_id: str | None = None
