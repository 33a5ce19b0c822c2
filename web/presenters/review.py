# SPDX-License-Identifier: Apache-2.0
"""One attempt as reviewers and learners see it: events by time with their pictures, the same facts for both.

No decision is made here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import KasautiError
from proctor import api as proctor
from web.presenters.rule_numbers import numbers_of
from web.presenters.rules import plain_words, rule_label
from web.words import _

_SIDE_BY_SIDE = (
    proctor.EvidenceKind.BEFORE,
    proctor.EvidenceKind.ONSET,
    proctor.EvidenceKind.RAISED,
    proctor.EvidenceKind.AFTER,
)
PictureUrl = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """All that was kept of the watching of one attempt."""

    session: proctor.SessionSummary
    incidents: tuple[proctor.IncidentDetail, ...]
    alerts: tuple[proctor.AlertRecord, ...]
    pictures: tuple[proctor.EvidenceSummary, ...]
    explanations: tuple[proctor.ExplanationGiven, ...]
    appeals: Mapping[str, proctor.Appeal]


def explanation_label(reason: proctor.Explanation) -> str:
    """What learners say by one tap."""
    return {
        proctor.Explanation.DROPPED_SOMETHING: _("I dropped something"),
        proctor.Explanation.SOMEONE_CAME_IN: _("Someone came in"),
        proctor.Explanation.LIGHT_WENT_OUT: _("The light went out"),
        proctor.Explanation.CAMERA_MOVED: _("The camera moved"),
        proctor.Explanation.LINE_FAILED: _("The internet failed"),
        proctor.Explanation.THINKING: _("I was thinking"),
        proctor.Explanation.UNWELL: _("I felt unwell"),
        proctor.Explanation.OTHER: _("Something else"),
    }[reason]


def events_of(found: Attempt, *, picture_url: PictureUrl) -> list[dict[str, Any]]:
    """Incidents and noted alerts by the time at which they began, numbered from 1; a note made an incident is that incident."""
    events = [_of_incident(detail, found, picture_url) for detail in found.incidents]
    events += [_of_note(one, found, picture_url) for one in found.alerts if one.incident_id is None]
    events.sort(key=lambda event: (event["started_at"], event["id"]))
    return [{**event, "place": place} for place, event in enumerate(events, start=1)]


def sheet_of(found: Attempt, *, picture_url: PictureUrl) -> list[dict[str, Any]]:
    """The pictures of the whole attempt by time: one a minute, and those of its events."""
    labels = picture_labels()
    return [
        {"id": one.id, "at": one.captured_at, "label": labels.get(one.kind, ""), "url": picture_url(one.id)}
        for one in found.pictures
        if one.kind is proctor.EvidenceKind.SAMPLE or one.kind in _SIDE_BY_SIDE
    ]


def picture_labels() -> dict[proctor.EvidenceKind, str]:
    """Why a picture was kept, in words."""
    return {
        proctor.EvidenceKind.BEFORE: _("Before"),
        proctor.EvidenceKind.ONSET: _("When it began"),
        proctor.EvidenceKind.RAISED: _("When it was raised"),
        proctor.EvidenceKind.AFTER: _("After it ended"),
        proctor.EvidenceKind.SAMPLE: _("One a minute"),
    }


def with_decisions(
    events: list[dict[str, Any]],
    found: Attempt,
    *,
    reviewer_id: str,
    names: Mapping[str, str],
    refusal_text: Callable[[KasautiError], str],
    over: bool,
) -> list[dict[str, Any]]:
    """The events with what this reviewer may do and may already read; `over`: the test has ended.

    Whoever looks second reads the first one's reason only afterwards: nobody is to be led by it.
    """
    details = {detail.summary.id: detail for detail in found.incidents}
    shown = []
    for event in events:
        if event["kind"] == "note":
            shown.append(event)
            continue
        detail = details[event["id"]]
        no = proctor.why_not_decide(detail.case, reviewer_id, watchers=detail.watchers)
        open_to_read = no is not None
        appeal = found.appeals.get(event["id"])
        shown.append(
            {
                **event,
                "may_decide": no is None,
                "may_uphold": may_uphold(detail.summary.state, over=over),
                "why_not": refusal_text(no) if no is not None and detail.summary.state.undecided else "",
                "findings": findings_of(detail, names) if open_to_read else [],
                "appeal": appeal_part(appeal, detail, reviewer_id=reviewer_id, refusal_text=refusal_text),
            }
        )
    return shown


def appeal_part(
    appeal: proctor.Appeal | None,
    detail: proctor.IncidentDetail,
    *,
    reviewer_id: str,
    refusal_text: Callable[[KasautiError], str],
) -> dict[str, Any] | None:
    """The appeal against an incident as a reviewer sees it."""
    if appeal is None:
        return None
    no = proctor.why_not_hear(
        appeal,
        reviewer_id,
        watchers=detail.watchers,
        raised_by=detail.summary.raised_by,
        marked_by=detail.marked_by,
    )
    return {
        **appeal_facts(appeal),
        "may_decide": no is None,
        "why_not": refusal_text(no) if no is not None and appeal.outcome is None else "",
    }


def appeal_facts(appeal: proctor.Appeal) -> dict[str, Any]:
    """An appeal with what became of it; `outcome` is None while it waits."""
    return {
        "id": appeal.id,
        "text": appeal.text,
        "at": appeal.asked_at,
        "outcome": appeal.outcome.value if appeal.outcome else None,
        "reason": appeal.decision_reason,
        "decided_at": appeal.decided_at,
    }


def may_uphold(state: proctor.IncidentState, *, over: bool) -> bool:
    """Whether "uphold" is among the choices: nobody upholds for good while the learner cannot explain yet."""
    return over or state is not proctor.IncidentState.PROPOSED


def findings_of(detail: proctor.IncidentDetail, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """What people found, the first one first."""
    return [
        {
            "verdict": finding.verdict.value,
            "reason": finding.reason,
            "by": names.get(finding.reviewer_id, "–"),
            "at": finding.at,
        }
        for finding in detail.findings
    ]


def explained(
    said: Iterable[proctor.ExplanationGiven], named: Collection[str | None]
) -> list[dict[str, Any]]:
    """What the learner said about what has one of these ids."""
    return [
        {"label": explanation_label(one.reason), "text": one.text, "at": one.at}
        for one in said
        if (one.incident_id or one.alert_id) in named
    ]


def _of_incident(detail: proctor.IncidentDetail, found: Attempt, picture_url: PictureUrl) -> dict[str, Any]:
    summary = detail.summary
    named = {summary.id, summary.alert_id} - {None}
    return {
        **_event(summary, thresholds=detail.thresholds),
        **_about(found, named, summary.onset_at, picture_url),
        "kind": "incident",
        "state": summary.state.value,
        "origin": summary.origin.value,
        "raised_reason": summary.raised_reason,
        "decided_at": summary.decided_at,
        "rule_version": detail.rule_version,
        "model_sha256": detail.model_sha256,
    }


def _of_note(one: proctor.AlertRecord, found: Attempt, picture_url: PictureUrl) -> dict[str, Any]:
    return {
        **_event(one, thresholds=one.thresholds),
        **_about(found, {one.id}, one.onset_at, picture_url),
        "kind": "note",
        "state": "note",
        "origin": "rule",
        "raised_reason": "",
        "decided_at": None,
        "rule_version": one.rule_version,
        "model_sha256": one.model_sha256,
    }


def _event(
    one: proctor.IncidentSummary | proctor.AlertRecord, *, thresholds: Mapping[str, float]
) -> dict[str, Any]:
    """What the machine said of it."""
    return {
        "id": one.id,
        "rule": one.rule.value if one.rule is not None else "person",
        "label": rule_label(one.rule),
        "words": plain_words(one.rule, one.numbers, thresholds, one.cause),
        "started_at": one.onset_at,
        "raised_at": one.raised_at,
        "ended_at": one.ended_at,
        "seconds": one.numbers.get("seconds", 0.0),
        "numbers": numbers_of(one.numbers, one.rule),
        "thresholds": numbers_of(thresholds, one.rule),
        "validated": one.validated,
        "cause": one.cause,
    }


def _about(
    found: Attempt, named: Collection[str | None], onset_at: datetime, picture_url: PictureUrl
) -> dict[str, Any]:
    """The pictures of an event and what the learner said about it; `named`: the ids that it has."""
    labels = picture_labels()
    return {
        "pictures": [
            {
                "id": one.id,
                "url": picture_url(one.id),
                "at": one.captured_at,
                "kind": one.kind.value,
                "label": labels.get(one.kind, ""),
                "offset": round((one.captured_at - onset_at).total_seconds()),
                "redacted": one.redacted,
            }
            for one in found.pictures
            if (one.incident_id in named and one.incident_id) or (one.alert_id in named and one.alert_id)
        ],
        "explanations": explained(found.explanations, named),
    }
