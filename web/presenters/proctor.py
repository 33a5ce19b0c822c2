# SPDX-License-Identifier: Apache-2.0
"""What the live wall and the review of incidents show: numbers with their meaning, never a verdict of a machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from assessor import api as assessor
from proctor import api as proctor
from web.presenters.common import window_state
from web.words import _

_NEED = {"connection_lost": 1, "watching": 2, "waiting": 3, "ended": 4}


def rule_label(rule: proctor.RuleName) -> str:
    """A rule in words that accuse nobody."""
    return {
        proctor.RuleName.FACE_GONE: _("No face to be seen"),
        proctor.RuleName.SEVERAL_FACES: _("Several faces"),
        proctor.RuleName.CAMERA_COVERED: _("Camera covered"),
        proctor.RuleName.CAMERA_STOPPED: _("Camera stopped"),
    }[rule]


def number_label(name: str) -> str:
    """A number of an alert, or a threshold, in words with its unit."""
    known = {
        "seconds": _("Lasted (seconds)"),
        "max_faces": _("Most faces seen at once"),
        "onset_seconds": _("Needed before an alert (seconds)"),
        "clear_seconds": _("Needed to end it (seconds)"),
        "minimum_frames": _("Pictures needed at least"),
        "forgiven_share": _("Share of pictures that may disagree"),
        "forgiven_seconds": _("Disagreement forgiven (seconds)"),
        "maximum_gap_seconds": _("Longest gap that still counts (seconds)"),
        "faces": _("Faces from which they are several"),
        "lost_seconds": _("Silence after which the line counts as lost (seconds)"),
        "silence_seconds": _("Silence of the camera allowed (seconds)"),
        "report_seconds": _("Report must stand for (seconds)"),
    }
    return known.get(name, name.replace("_", " "))


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


def plain_tile(line: assessor.RosterLine, *, version: int) -> dict[str, Any]:
    """A learner whom no camera watches (yet)."""
    attempt = line.attempt
    over = attempt.state is assessor.AttemptState.SUBMITTED
    return {
        "attempt_id": attempt.id,
        "session_id": None,
        "name": line.entry.candidate_name,
        "attempt_state": _attempt_word(attempt.state),
        "paused": attempt.paused,
        "camera": line.entry.sitting.proctored,
        "state": "ended" if over else "waiting",
        "last_frame_at": None,
        "picture_url": None,
        "alerts": [],
        "incidents": 0,
        "remaining_ms": attempt.remaining_ms if attempt.state is assessor.AttemptState.RUNNING else None,
        "answered": attempt.answered,
        "items": attempt.items,
        "version": version,
    }


def tile_of(
    line: assessor.RosterLine, tile: proctor.WallTile, *, version: int, now: datetime
) -> dict[str, Any]:
    """A watched learner: picture, line, open alerts."""
    pictured = tile.live is not None and tile.live.last_frame_at is not None
    picture = url_for("proctor.latest_frame", session_id=tile.session.id, v=version) if pictured else None
    return {
        **plain_tile(line, version=version),
        "session_id": tile.session.id,
        "state": _watch_state(tile),
        "last_frame_at": tile.last_frame_at,
        "picture_url": picture,
        "alerts": [
            {
                "rule": incident.rule.value,
                "label": rule_label(incident.rule),
                "since": incident.onset_at,
                "seconds": int((now - incident.onset_at).total_seconds()),
            }
            for incident in tile.open_alerts
        ],
        "incidents": len(tile.incidents),
    }


def learner_page(
    line: assessor.RosterLine, messages: Sequence[proctor.Message], names: Mapping[str, str]
) -> dict[str, Any]:
    """One learner with what the proctor may do, and what was written so far, newest first."""
    attempt = line.attempt
    running = attempt.state is assessor.AttemptState.RUNNING
    return {
        **plain_tile(line, version=0),
        "ended_by": attempt.ended_by.value if attempt.ended_by else None,
        "ended_reason": attempt.ended_reason,
        "running": running,
        "zone": line.entry.sitting.time_zone,
        "messages": [
            {
                "text": one.text,
                "at": one.sent_at,
                "by": names.get(one.sent_by, "–"),
                "to_everybody": one.to_everybody,
            }
            for one in reversed(messages)
        ],
    }


def sorted_by_need(tiles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who needs an eye comes first; then by name."""
    return sorted(tiles, key=lambda tile: (not tile["alerts"], _NEED[tile["state"]], tile["name"]))


def incident_rows(
    incidents: Sequence[proctor.IncidentSummary],
    lines: Mapping[str, assessor.RosterLine],
    evidence: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Incidents as a list, without names."""
    return [
        {
            **_incident(incident),
            "batch_name": lines[incident.attempt_id].entry.sitting.batch_name
            if incident.attempt_id in lines
            else "–",
            "evidence": evidence.get(incident.id, 0),
        }
        for incident in incidents
    ]


def counts_of(incidents: Sequence[proctor.IncidentSummary]) -> dict[str, int]:
    """How many incidents stand in each state."""
    counted = Counter(incident.state.value for incident in incidents)
    return {state.value: counted[state.value] for state in proctor.IncidentState}


def incident_page(
    detail: proctor.IncidentDetail,
    *,
    batch_name: str,
    names: Mapping[str, str],
    why_not: str | None,
) -> dict[str, Any]:
    """One incident as the reviewer sees it."""
    finding = detail.findings[-1] if detail.findings else None
    return {
        **_incident(detail.summary),
        "numbers": _numbers(detail.summary.numbers),
        "thresholds": _numbers(detail.thresholds),
        "rule_version": detail.rule_version,
        "model_sha256": detail.model_sha256,
        "batch_name": batch_name,
        "reason": finding.reason if finding else None,
        "decided_by": names.get(finding.reviewer_id, "–") if finding else None,
        "decided_at": finding.at if finding else None,
        "may_decide": why_not is None,
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
    entries = [
        {"at": summary.onset_at, "label": _("It began"), "tone": "warning"},
        {"at": summary.raised_at, "label": _("The alert was raised"), "tone": "danger"},
    ]
    if attempt is not None and attempt.started_at is not None:
        entries.append({"at": attempt.started_at, "label": _("The test began"), "tone": "neutral"})
    if attempt is not None and attempt.ended_at is not None:
        entries.append({"at": attempt.ended_at, "label": _("The test ended"), "tone": "neutral"})
    if summary.ended_at is not None:
        entries.append({"at": summary.ended_at, "label": _("It ended"), "tone": "success"})
    entries.extend(
        {"at": finding.at, "label": _("A person decided"), "tone": "info"} for finding in detail.findings
    )
    return sorted(entries, key=lambda entry: str(entry["at"]))


def _incident(incident: proctor.IncidentSummary) -> dict[str, Any]:
    return {
        "id": incident.id,
        "rule": incident.rule.value,
        "label": rule_label(incident.rule),
        "state": incident.state.value,
        "started_at": incident.onset_at,
        "ended_at": incident.ended_at,
        "seconds": round(incident.numbers.get("seconds", 0)),
        "learner_label": learner_label(incident.attempt_id),
    }


def _numbers(values: Mapping[str, float]) -> list[dict[str, str]]:
    return [
        {"name": name, "label": number_label(name), "value": f"{value:g}"} for name, value in values.items()
    ]


def _watch_state(tile: proctor.WallTile) -> str:
    if tile.session.state is proctor.SessionState.ENDED:
        return "ended"
    if tile.live is None or tile.live.link is proctor.Link.WAITING:
        return "waiting"
    return "connection_lost" if tile.live.link is proctor.Link.LOST else "watching"


def _attempt_word(state: assessor.AttemptState) -> str:
    return "not_started" if state is assessor.AttemptState.CREATED else state.value
