# SPDX-License-Identifier: Apache-2.0
"""The incident's state machine: dismissed by one person, or upheld by two who agree, each with a reason. Appeals are beside it.

Pure; no storage here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from core.errors import Conflict, Forbidden, Invalid, KasautiError
from proctor.evidence.model import EvidenceSummary, KeptFrame
from proctor.rules.alerts import Alert, AlertEnd, RuleName

MAXIMUM_REASON = 2_000


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    PROPOSED = "proposed"
    DISMISSED = "dismissed"
    UPHELD = "upheld"

    @property
    def undecided(self) -> bool:
        """Whether people still have to look."""
        return self in (IncidentState.OPEN, IncidentState.PROPOSED)


class Verdict(StrEnum):
    """What a reviewer finds."""

    DISMISSED = "dismissed"
    UPHELD = "upheld"


class Origin(StrEnum):
    """Who made it an incident: a rule, a person out of what a rule had noted, or a person who saw something."""

    RULE = "rule"
    NOTE = "note"
    PERSON = "person"


class DecidedUnder(StrEnum):
    """How many must agree to uphold. One reviewer sufficed for what was decided before four eyes were asked for."""

    ONE_REVIEWER = "one_reviewer"
    TWO_REVIEWERS = "two_reviewers"


TRANSITIONS: Mapping[IncidentState, Mapping[Verdict, IncidentState]] = MappingProxyType(
    {
        IncidentState.OPEN: MappingProxyType(
            {Verdict.DISMISSED: IncidentState.DISMISSED, Verdict.UPHELD: IncidentState.PROPOSED}
        ),
        IncidentState.PROPOSED: MappingProxyType(
            {Verdict.DISMISSED: IncidentState.DISMISSED, Verdict.UPHELD: IncidentState.UPHELD}
        ),
        IncidentState.DISMISSED: MappingProxyType({}),
        IncidentState.UPHELD: MappingProxyType({}),
    }
)
"""No violation without two who agree: whoever dismisses, first or second, ends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What the decision needs to know.

    `raised_by`: the person who made it an incident, None where a rule did; `marked_by`: whose marks it was made of.
    """

    state: IncidentState
    decided_at: datetime | None = None
    first_reviewer_id: str | None = None
    second_reviewer_id: str | None = None
    raised_by: str | None = None
    marked_by: frozenset[str] = frozenset()


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


def refusal(incident: Incident, reviewer_id: str, *, watchers: Collection[str]) -> KasautiError | None:
    """Why this person may not decide the incident now, or None.

    `watchers` are the people who watched the learner live. Conflict(`incident_closed`), Forbidden(`reviewer_was_proctor` |
    `reviewer_raised_it` | `second_reviewer_needed`).
    """
    if not TRANSITIONS[incident.state]:
        return Conflict("incident_closed", state=incident.state.value)
    if reviewer_id in watchers:
        return Forbidden("reviewer_was_proctor")
    if reviewer_id == incident.raised_by or reviewer_id in incident.marked_by:
        return Forbidden("reviewer_raised_it")
    if reviewer_id == incident.first_reviewer_id:
        return Forbidden("second_reviewer_needed")
    return None


def decide(
    incident: Incident, decision: Decision, *, watchers: Collection[str], now: datetime
) -> tuple[Incident, Finding]:
    """The incident after the decision, and the finding to keep. Raises what `refusal` says and what `require_reason` raises."""
    no = refusal(incident, decision.reviewer_id, watchers=watchers)
    if no is not None:
        raise no
    after = TRANSITIONS[incident.state][decision.verdict]
    finding = Finding(
        verdict=decision.verdict,
        reason=require_reason(decision.reason),
        reviewer_id=decision.reviewer_id,
        at=now,
    )
    first = incident.first_reviewer_id or decision.reviewer_id
    second = decision.reviewer_id if incident.first_reviewer_id is not None else None
    return replace(
        incident,
        state=after,
        decided_at=None if after.undecided else now,
        first_reviewer_id=first,
        second_reviewer_id=second,
    ), finding


def require_reason(reason: str) -> str:
    """`reason` without surrounding space. Raises Invalid(`reason_required` | `reason_too_long`)."""
    text = reason.strip()
    if not text:
        raise Invalid("reason_required")
    if len(text) > MAXIMUM_REASON:
        raise Invalid("reason_too_long", maximum=MAXIMUM_REASON)
    return text


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

    def columns(self) -> dict[str, Any]:
        """What a note and an incident alike keep of it: whose it is, by which rule, the numbers and the limits."""
        session, alert = self.session, self.alert
        return {
            "organisation_id": session.organisation_id,
            "session_id": session.session_id,
            "sitting_id": session.sitting_id,
            "attempt_id": session.attempt_id,
            "rule": alert.rule,
            "number": alert.number,
            "cause": alert.cause,
            "onset_at": alert.onset_at,
            "raised_at": alert.raised_at,
            "raised_numbers": dict(alert.numbers),
            "thresholds": dict(alert.thresholds),
            "rule_version": alert.rule_version,
            "model_sha256": alert.model_sha256,
            "validated": alert.validated,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEnded:
    """An alert that closed, with a frame from after it where there is one."""

    session: SessionRef
    alert: Alert
    frames: tuple[KeptFrame, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedAlert:
    """A noted alert of which a person makes an incident, with all that the machine said of it."""

    alert_id: str
    rule: RuleName
    number: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSummary:
    """An incident as lists show it; `numbers` are the final ones once the alert has ended.

    `rule` is None where a person saw it and no rule spoke; `alert_id` names the noted alert that it was made of;
    `raised_by` and `raised_reason` are those of the person who made it an incident.
    """

    id: str
    organisation_id: str
    sitting_id: str
    session_id: str
    attempt_id: str
    rule: RuleName | None
    number: int
    state: IncidentState
    cause: str | None
    onset_at: datetime
    raised_at: datetime
    ended_at: datetime | None
    ended_because: AlertEnd | None
    numbers: Mapping[str, float]
    decided_at: datetime | None
    origin: Origin = Origin.RULE
    validated: bool = True
    alert_id: str | None = None
    raised_by: str | None = None
    raised_reason: str = ""
    first_reviewer_id: str | None = None
    second_reviewer_id: str | None = None
    decided_under: DecidedUnder = DecidedUnder.TWO_REVIEWERS

    @property
    def case(self) -> Incident:
        """What a decision about it needs to know."""
        return Incident(
            state=self.state,
            decided_at=self.decided_at,
            first_reviewer_id=self.first_reviewer_id,
            second_reviewer_id=self.second_reviewer_id,
            raised_by=self.raised_by,
        )


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
    marked_by: frozenset[str] = frozenset()

    @property
    def case(self) -> Incident:
        """What a decision about it needs to know, with those whose marks it was made of."""
        return replace(self.summary.case, marked_by=self.marked_by)
