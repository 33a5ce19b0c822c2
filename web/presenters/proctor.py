# SPDX-License-Identifier: Apache-2.0
"""What the live wall and the review of incidents show: numbers with their meaning, never a verdict of a machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from assessor import api as assessor
from proctor import api as proctor
from web.presenters.common import window_state
from web.presenters.review import appeal_facts, explained, findings_of, may_uphold
from web.presenters.rule_numbers import numbers_of
from web.presenters.rules import plain_words, rule_label
from web.words import _


def learner_label(attempt_id: str) -> str:
    """A name for a learner that tells nothing about the person: reviewers decide blind."""
    return _("Learner %(mark)s", mark=attempt_id[-4:].upper())


def sitting_rows(
    sittings: Sequence[assessor.Sitting],
    rosters: Mapping[str, assessor.Roster],
    tiles: Mapping[str, Sequence[proctor.WallTile]],
    *,
    now: datetime,
) -> list[dict[str, Any]]:
    """The proctor's sittings as a list."""
    return [
        {
            "id": sitting.id,
            "place": sitting.place,
            "batch_name": sitting.batch_name,
            "opens_at": sitting.opens_at,
            "closes_at": sitting.closes_at,
            "state": window_state(now, opens_at=sitting.opens_at, closes_at=sitting.closes_at),
            "learners": len(rosters[sitting.id].lines),
            "watching": sum(tile.live is not None for tile in tiles[sitting.id]),
            "open_alerts": sum(len(tile.open_alerts) for tile in tiles[sitting.id]),
        }
        for sitting in sittings
    ]


def incident_rows(
    incidents: Sequence[proctor.IncidentSummary],
    lines: Mapping[str, assessor.RosterLine],
    evidence: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Incidents as a list, without names."""
    return [
        {
            **_incident(incident),
            "batch_name": _batch_name(lines, incident.attempt_id),
            "evidence": evidence.get(incident.id, 0),
        }
        for incident in incidents
    ]


def noted_rows(
    attempts: Sequence[proctor.NotedAttempt], lines: Mapping[str, assessor.RosterLine]
) -> list[dict[str, Any]]:
    """Attempts with notes alone as a list, without names."""
    return [
        {
            "attempt_id": one.attempt_id,
            "learner_label": learner_label(one.attempt_id),
            "batch_name": _batch_name(lines, one.attempt_id),
            "notes": [
                {
                    "rule": rule.value,
                    "label": rule_label(rule),
                    "count": count,
                    "validated": rule not in one.unproven,
                }
                for rule, count in one.rules.items()
            ],
            "rules": ", ".join(f"{rule.value} {count}" for rule, count in one.rules.items()),
            "count": sum(one.rules.values()),
            "newest_at": one.newest_at,
            "seen_at": one.seen_at,
            "waits": one.waits,
        }
        for one in attempts
    ]


def counts_of(states: Mapping[proctor.IncidentState, int], *, notes: int) -> dict[str, int]:
    """How many stand on each tab of the reviewers' list; who waits for a second person is still to be decided."""
    counts = {state.value: count for state, count in states.items()}
    return {**counts, "open": counts["open"] + counts["proposed"], "notes": notes}


def incident_page(
    detail: proctor.IncidentDetail,
    *,
    batch_name: str,
    names: Mapping[str, str],
    why_not: str | None,
    said: Sequence[proctor.ExplanationGiven],
    appeal: proctor.Appeal | None,
    over: bool,
) -> dict[str, Any]:
    """One incident as the reviewer sees it; `over`: the test has ended, so the learner could explain."""
    summary = detail.summary
    undecided = summary.state.undecided  # whoever looks second reads the first one's reason afterwards
    return {
        **_incident(summary),
        "words": plain_words(summary.rule, summary.numbers, detail.thresholds, summary.cause),
        "numbers": numbers_of(detail.summary.numbers, detail.summary.rule),
        "thresholds": numbers_of(detail.thresholds, detail.summary.rule),
        "rule_version": detail.rule_version,
        "model_sha256": detail.model_sha256,
        "batch_name": batch_name,
        "findings": [] if undecided else findings_of(detail, names),
        "explanations": explained(said, {summary.id, summary.alert_id} - {None}),
        "appeal": None if appeal is None else appeal_facts(appeal),
        "may_decide": why_not is None,
        "may_uphold": may_uphold(summary.state, over=over),
        "why_not": why_not,
    }


def evidence_sheet(detail: proctor.IncidentDetail) -> list[dict[str, Any]]:
    """The contact sheet, in the order in which the pictures were taken."""
    labels = {
        proctor.EvidenceKind.BEFORE: _("Before"),
        proctor.EvidenceKind.ONSET: _("When it began"),
        proctor.EvidenceKind.RAISED: _("When the alert was raised"),
        proctor.EvidenceKind.AFTER: _("After it ended"),
    }
    return [
        {
            "id": picture.id,
            "at": picture.captured_at,
            "kind": picture.kind.value,
            "kind_label": labels.get(picture.kind, picture.kind.value),
            "url": url_for("integrity.picture", evidence_id=picture.id),
        }
        for picture in detail.evidence
    ]


def incident_timeline(
    detail: proctor.IncidentDetail, attempt: assessor.AttemptOverview | None
) -> list[dict[str, Any]]:
    """What happened when, for one look."""
    summary = detail.summary
    by_rule = summary.rule is not None
    entries = [
        {"at": summary.onset_at, "label": _("It began") if by_rule else _("It was seen"), "tone": "warning"}
    ]
    if by_rule:
        entries.append({"at": summary.raised_at, "label": _("The alert was raised"), "tone": "danger"})
    if attempt is not None and attempt.started_at is not None:
        entries.append({"at": attempt.started_at, "label": _("The test began"), "tone": "neutral"})
    if attempt is not None and attempt.ended_at is not None:
        entries.append({"at": attempt.ended_at, "label": _("The test ended"), "tone": "neutral"})
    if by_rule and summary.ended_at is not None:
        entries.append({"at": summary.ended_at, "label": _("It ended"), "tone": "success"})
    entries.extend(
        {"at": finding.at, "label": _("A person decided"), "tone": "info"} for finding in detail.findings
    )
    return sorted(entries, key=lambda entry: str(entry["at"]))


def _batch_name(lines: Mapping[str, assessor.RosterLine], attempt_id: str) -> str:
    return lines[attempt_id].entry.sitting.batch_name if attempt_id in lines else "–"


def _incident(incident: proctor.IncidentSummary) -> dict[str, Any]:
    return {
        "id": incident.id,
        "rule": incident.rule.value if incident.rule is not None else "person",
        "label": rule_label(incident.rule),
        "state": incident.state.value,
        "started_at": incident.onset_at,
        "ended_at": incident.ended_at,
        "seconds": round(incident.numbers.get("seconds", 0)),
        "learner_label": learner_label(incident.attempt_id),
        "attempt_id": incident.attempt_id,
        "validated": incident.validated,
        "raised_reason": incident.raised_reason,
    }
