# SPDX-License-Identifier: Apache-2.0
"""The incident's state machine: open, then dismissed or upheld, by a person with a reason.

Pure; no storage here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from core.errors import Conflict, Forbidden, Invalid
from proctor.evidence.model import EvidenceSummary, KeptFrame
from proctor.rules.alerts import Alert, AlertEnd, RuleName

MAXIMUM_REASON = 2_000


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    DISMISSED = "dismissed"
    UPHELD = "upheld"


class Verdict(StrEnum):
    """What a reviewer finds."""

    DISMISSED = "dismissed"
    UPHELD = "upheld"

    @property
    def leads_to(self) -> IncidentState:
        """The state of an incident with this finding."""
        return IncidentState(self.value)


TRANSITIONS: Mapping[IncidentState, frozenset[IncidentState]] = MappingProxyType(
    {
        IncidentState.OPEN: frozenset({IncidentState.DISMISSED, IncidentState.UPHELD}),
        IncidentState.DISMISSED: frozenset(),
        IncidentState.UPHELD: frozenset(),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What the decision needs to know."""

    state: IncidentState
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A reviewer's verdict with its reason."""

    verdict: Verdict
    reason: str
    reviewer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A decision as it is kept; findings are added, never changed."""

    verdict: Verdict
    reason: str
    reviewer_id: str
    at: datetime


def decide(
    incident: Incident, decision: Decision, *, watchers: Collection[str], now: datetime
) -> tuple[Incident, Finding]:
    """The incident after the decision, and the finding to keep.

    `watchers` are the people who watched the learner live. Raises Conflict(`incident_closed`),
    Forbidden(`reviewer_was_proctor`), Invalid(`reason_required` | `reason_too_long`).
    """
    after = decision.verdict.leads_to
    if after not in TRANSITIONS[incident.state]:
        raise Conflict("incident_closed", state=incident.state.value)
    if decision.reviewer_id in watchers:
        raise Forbidden("reviewer_was_proctor")
    reason = decision.reason.strip()
    if not reason:
        raise Invalid("reason_required")
    if len(reason) > MAXIMUM_REASON:
        raise Invalid("reason_too_long", maximum=MAXIMUM_REASON)
    finding = Finding(verdict=decision.verdict, reason=reason, reviewer_id=decision.reviewer_id, at=now)
    return replace(incident, state=after, decided_at=now), finding


# ------------------------------------------------------------------------------------ what comes in and
# goes out


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRef:
    """Which proctoring session an alert is about; the attempt is an opaque identifier."""

    session_id: str
    attempt_id: str
    organisation_id: str
    sitting_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised:
    """An alert that opened, with the frames that show why."""

    session: SessionRef
    alert: Alert
    frames: tuple[KeptFrame, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEnded:
    """An alert that closed, with a frame from after it where there is one."""

    session: SessionRef
    alert: Alert
    frames: tuple[KeptFrame, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSummary:
    """An incident as lists show it; `numbers` are the final ones once the alert has ended."""

    id: str
    organisation_id: str
    sitting_id: str
    session_id: str
    attempt_id: str
    rule: RuleName
    number: int
    state: IncidentState
    cause: str | None
    onset_at: datetime
    raised_at: datetime
    ended_at: datetime | None
    ended_because: AlertEnd | None
    numbers: Mapping[str, float]
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDetail:
    """An incident as the reviewer sees it.

    How it was judged by the machine, the pictures, what people found.
    """

    summary: IncidentSummary
    raised_numbers: Mapping[str, float]
    thresholds: Mapping[str, float]
    rule_version: str
    model_sha256: str
    evidence: tuple[EvidenceSummary, ...]
    findings: tuple[Finding, ...]
    watchers: frozenset[str]
