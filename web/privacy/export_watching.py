# SPDX-License-Identifier: Apache-2.0
"""What the watching left of a learner, for their file: numbers, decisions, their words. No names, no pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.uow import UnitOfWork
from proctor import api as proctor


def watching(uow: UnitOfWork, attempt_id: str) -> dict[str, Any]:
    """How the test was watched, what was found before it and noted in it, what people decided, what the learner said."""
    session = proctor.session_of_attempt(uow, attempt_id)
    said = proctor.explanations_of_attempt(uow, attempt_id)
    appeals = proctor.appeals_of_attempt(uow, attempt_id)
    return {
        "watched": None if session is None else _session(session),
        "check_in": None
        if session is None
        else _check_in(proctor.check_in(uow, session), compared=session.plan.compares_faces),
        "incidents": [
            _incident(one, said, appeals.get(one.summary.id))
            for one in proctor.details_of_attempt(uow, attempt_id)
        ],
        "notes": [_note(one, said) for one in proctor.alerts_of_attempt(uow, attempt_id)],
        "blind_looks": [
            {
                "at": one.at,
                "answer": one.answer,
                "moment_at": one.moment_at,
                "reason": one.reason,
                "became_an_incident": one.incident_id is not None,
            }
            for one in proctor.blind_looks_of_attempt(uow, attempt_id)
        ],
        "exempted_from": sorted(proctor.exempted_profiles(uow, attempt_id)),
        "browser_notes": [
            {
                "kind": one.kind,
                "at": one.occurred_at,
                "seconds": one.lasted.total_seconds() if one.lasted else None,
            }
            for one in proctor.telemetry_of_attempt(uow, attempt_id).notes
        ],
    }


def _session(session: proctor.SessionSummary) -> dict[str, Any]:
    return {
        "plan": session.plan.to_json(),
        "agreed": sorted(session.agreed),
        "from": session.activated_at,
        "to": session.ended_at,
        "ended_by": session.ended_by,
        "how_well": dict(session.watched),
    }


def _check_in(found: proctor.CheckInSummary | None, *, compared: bool) -> dict[str, Any] | None:
    """The numbers. What was learned of the face lies encrypted, is read by the comparison alone, and is only counted here."""
    if found is None:
        return None
    return {
        "completed_at": found.completed_at,
        "calibrated": found.calibrated,
        "pictures_learned_of_the_face": found.enrolled_looks,
        "faces_on_the_wall": found.wall_faces,
        "face_on_the_card": found.face_on_card if compared else None,
        "likeness_of_card_and_face": found.card_similarity,
        "challenges": [
            {"challenge": one.challenge, "tries": one.tries, "seen": one.passed} for one in found.challenges
        ],
        "measures": dict(found.measures),
    }


def _incident(
    detail: proctor.IncidentDetail,
    said: Iterable[proctor.ExplanationGiven],
    appeal: proctor.Appeal | None,
) -> dict[str, Any]:
    """An incident; reasons of reviewers are given once it is decided, as on the learner's page."""
    one = detail.summary
    return {
        "rule": one.rule,
        "brought_up_by": one.origin,
        "cause": one.cause,
        "from": one.onset_at,
        "to": one.ended_at,
        "numbers": dict(one.numbers),
        "limits": dict(detail.thresholds),
        "rule_version": detail.rule_version,
        "model_sha256": detail.model_sha256,
        "validated_on_people": one.validated,
        "state": one.state,
        "raised_because": one.raised_reason,
        "decisions": []
        if one.state.undecided
        else [
            {"verdict": finding.verdict, "reason": finding.reason, "at": finding.at}
            for finding in detail.findings
        ],
        "explanations": _said(said, {one.id, one.alert_id} - {None}),
        "appeal": None
        if appeal is None
        else {
            "text": appeal.text,
            "at": appeal.asked_at,
            "outcome": appeal.outcome,
            "reason": appeal.decision_reason,
            "decided_at": appeal.decided_at,
        },
    }


def _note(one: proctor.AlertRecord, said: Iterable[proctor.ExplanationGiven]) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "from": one.onset_at,
        "to": one.ended_at,
        "numbers": dict(one.numbers),
        "limits": dict(one.thresholds),
        "cause": one.cause,
        "rule_version": one.rule_version,
        "model_sha256": one.model_sha256,
        "validated_on_people": one.validated,
        "became_an_incident": one.incident_id is not None,
        "explanations": _said(said, {one.id}),
    }


def _said(said: Iterable[proctor.ExplanationGiven], named: set[str | None]) -> list[dict[str, Any]]:
    return [
        {"reason": one.reason, "text": one.text, "at": one.at}
        for one in said
        if (one.incident_id or one.alert_id) in named
    ]
