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


def test_one_reviewer_dismisses_with_a_reason() -> None:
    after, finding = decide(OPEN, decision(reason="  A poster. "), watchers={"proctor"}, now=NOW)
    assert (after.state, after.decided_at) == (IncidentState.DISMISSED, NOW)
    assert (after.first_reviewer_id, after.second_reviewer_id) == ("reviewer", None)
    assert (finding.verdict, finding.reason, finding.reviewer_id, finding.at) == (
        Verdict.DISMISSED,
        "A poster.",
        "reviewer",
        NOW,
    )


@pytest.mark.parametrize(
    ("verdict", "state"),
    [(Verdict.UPHELD, IncidentState.UPHELD), (Verdict.DISMISSED, IncidentState.DISMISSED)],
)
def test_to_uphold_takes_two_and_whoever_dismisses_ends_it(verdict: Verdict, state: IncidentState) -> None:
    first, _ = decide(OPEN, decision(Verdict.UPHELD), watchers=(), now=NOW)
    assert (first.state, first.decided_at) == (IncidentState.PROPOSED, None)
    assert first.state.undecided
    second, _ = decide(first, decision(verdict, by="another"), watchers=(), now=NOW)
    assert (second.state, second.decided_at) == (state, NOW)
    assert (second.first_reviewer_id, second.second_reviewer_id) == ("reviewer", "another")
    assert not second.state.undecided


PROPOSED = Incident(state=IncidentState.PROPOSED, first_reviewer_id="reviewer")


@pytest.mark.parametrize(
    ("incident", "made", "kind", "code"),
    [
        (OPEN, decision(reason=" \n"), Invalid, "reason_required"),
        (OPEN, decision(reason="x" * (MAXIMUM_REASON + 1)), Invalid, "reason_too_long"),
        (OPEN, decision(by="proctor"), Forbidden, "reviewer_was_proctor"),
        (PROPOSED, decision(), Forbidden, "second_reviewer_needed"),
        (PROPOSED, decision(by="proctor"), Forbidden, "reviewer_was_proctor"),
        (
            Incident(state=IncidentState.OPEN, raised_by="reviewer"),
            decision(),
            Forbidden,
            "reviewer_raised_it",
        ),
        (
            Incident(state=IncidentState.OPEN, raised_by="another", marked_by=frozenset({"reviewer"})),
            decision(),
            Forbidden,
            "reviewer_raised_it",
        ),
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


def test_every_state_says_where_each_verdict_leads() -> None:
    assert set(TRANSITIONS) == set(IncidentState)
    for state, ways in TRANSITIONS.items():
        assert set(ways) == (set(Verdict) if state.undecided else set())
