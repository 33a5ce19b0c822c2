# SPDX-License-Identifier: Apache-2.0
"""Who may decide an incident, and how often."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.errors import Conflict, Forbidden, Invalid, KasautiError
from proctor.incidents.model import (
    MAXIMUM_REASON,
    TRANSITIONS,
    Decision,
    Incident,
    IncidentState,
    Verdict,
    decide,
)

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
OPEN = Incident(state=IncidentState.OPEN)


def decision(
    verdict: Verdict = Verdict.DISMISSED, *, reason: str = "A poster.", by: str = "reviewer"
) -> Decision:
    return Decision(verdict=verdict, reason=reason, reviewer_id=by)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_reviewer_decides_with_a_reason(verdict: Verdict) -> None:
    after, finding = decide(OPEN, decision(verdict, reason="  A poster. "), watchers={"proctor"}, now=NOW)
    assert (after.state.value, after.decided_at) == (verdict.value, NOW)
    assert (finding.verdict, finding.reason, finding.reviewer_id, finding.at) == (
        verdict,
        "A poster.",
        "reviewer",
        NOW,
    )


@pytest.mark.parametrize(
    ("incident", "made", "kind", "code"),
    [
        (OPEN, decision(reason=" \n"), Invalid, "reason_required"),
        (OPEN, decision(reason="x" * (MAXIMUM_REASON + 1)), Invalid, "reason_too_long"),
        (OPEN, decision(by="proctor"), Forbidden, "reviewer_was_proctor"),
        (Incident(state=IncidentState.UPHELD, decided_at=NOW), decision(), Conflict, "incident_closed"),
        (Incident(state=IncidentState.DISMISSED, decided_at=NOW), decision(), Conflict, "incident_closed"),
    ],
)
def test_other_decisions_are_refused(
    incident: Incident, made: Decision, kind: type[KasautiError], code: str
) -> None:
    with pytest.raises(kind) as caught:
        decide(incident, made, watchers={"proctor"}, now=NOW)
    assert caught.value.code == code


def test_every_verdict_is_a_state_that_an_open_incident_can_reach() -> None:
    assert {verdict.leads_to for verdict in Verdict} == TRANSITIONS[IncidentState.OPEN]
    assert set(TRANSITIONS) == set(IncidentState)
