# SPDX-License-Identifier: Apache-2.0
"""The review of a watched test in words for the learner: what was seen, what people decided, what can be said now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from proctor import api as proctor
from web.presenters.review import PictureUrl, explanation_label, sheet_of
from web.reviewing_attempts import Review
from web.words import _


def explanations() -> list[dict[str, str]]:
    """What is said by one tap; the one in own words is not among them."""
    return [
        {"value": one.value, "label": explanation_label(one)}
        for one in proctor.Explanation
        if one is not proctor.Explanation.OTHER
    ]


def review_page(found: Review, *, now: datetime, picture_url: PictureUrl) -> dict[str, Any]:
    """The learner's page; reviewers have no names here."""
    details = {one.summary.id: one for one in found.found.incidents}
    events = [
        {**event, **_verdict(event, details.get(event["id"]), found, now=now)} for event in found.events
    ]
    return {
        "zone": found.record.line.entry.sitting.time_zone,
        "started_at": found.record.started_at,
        "ended_at": found.record.line.attempt.ended_at,
        "events": events,
        "lanes": found.lanes,
        "ticks": found.ticks,
        "check_in": found.check_in,
        "how": found.how,
        "sheet": sheet_of(found.found, picture_url=picture_url),
        "waiting": sum(event["state"] in ("open", "proposed") for event in events),
    }


def _verdict(
    event: dict[str, Any], detail: proctor.IncidentDetail | None, found: Review, *, now: datetime
) -> dict[str, Any]:
    may_say = len(event["explanations"]) < proctor.TERMS.explanations_each
    if detail is None:
        words = _("Nobody decided anything about this. It does not touch your result.")
        return {"verdict": words, "tone": "info", "reasons": [], "may_explain": may_say, "appeal": None}
    state = detail.summary.state
    appeal = found.found.appeals.get(detail.summary.id)
    until = proctor.appeal_until(detail.summary)
    return {
        "verdict": _words(state, appeal, declared=found.declared_at is not None),
        "tone": {"dismissed": "success", "upheld": "danger"}.get(state.value, "warning"),
        "reasons": [] if state.undecided else [finding.reason for finding in detail.findings],
        "may_explain": may_say,
        "may_appeal": appeal is None and until is not None and now <= until,
        "appeal_until": until,
        "appeal": None
        if appeal is None
        else {
            "text": appeal.text,
            "at": appeal.asked_at,
            "outcome": appeal.outcome.value if appeal.outcome else None,
            "reason": appeal.decision_reason,
        },
    }


def _words(state: proctor.IncidentState, appeal: proctor.Appeal | None, *, declared: bool) -> str:
    if state.undecided and declared:
        return _(
            "People will look at this. Your result was declared before and stands until then. "
            "No machine decides about you."
        )
    if state.undecided:
        return _("People will look at this. Until then your result waits. No machine decides about you.")
    if state is proctor.IncidentState.DISMISSED:
        if appeal is not None and appeal.outcome is proctor.AppealOutcome.GRANTED:
            return _("Your appeal was right. This does not count, and your result is free again.")
        return _("A person has looked: nothing improper. This does not touch your result.")
    if declared:
        return _(
            "Two people have looked and agree that this counts. Your result was declared before; "
            "the awarding body decides what follows."
        )
    return _("Two people have looked and agree that this counts. Your result is held.")
