# SPDX-License-Identifier: Apache-2.0
"""Who may explain and appeal, until when, and who may decide an appeal. Pure; no storage here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Conflict, Forbidden, Invalid, KasautiError
from proctor.incidents.model import IncidentState, IncidentSummary

MAXIMUM_TEXT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the learner may do and for how long.

    The fifteen days are those within which a re-assessment may be asked for after a result, as awarding bodies have it;
    one that counts otherwise passes its own.
    """

    version: str = "1"
    appeal_days: int = 15
    explanations_each: int = 5
    appeals_each: int = 1


TERMS = Terms()


class Explanation(StrEnum):
    """What learners say most often, to be said by one tap; `OTHER` says it in words."""

    DROPPED_SOMETHING = "dropped_something"
    SOMEONE_CAME_IN = "someone_came_in"
    LIGHT_WENT_OUT = "light_went_out"
    CAMERA_MOVED = "camera_moved"
    LINE_FAILED = "line_failed"
    THINKING = "thinking"
    UNWELL = "unwell"
    OTHER = "other"


class AppealOutcome(StrEnum):
    """What became of an appeal."""

    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationGiven:
    """What a learner said about one incident or noted alert."""

    id: str
    incident_id: str | None
    alert_id: str | None
    reason: Explanation
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An appeal against an upheld incident; `outcome` with `decided_at`, `decision_reason`, `reviewer_id` once decided."""

    id: str
    incident_id: str
    organisation_id: str
    attempt_id: str
    text: str
    asked_at: datetime
    upheld_by: frozenset[str]
    outcome: AppealOutcome | None = None
    decided_at: datetime | None = None
    decision_reason: str = ""
    reviewer_id: str | None = None


def require_explanation(reason: Explanation, text: str, *, given: int, terms: Terms = TERMS) -> str:
    """`text` without surrounding space.

    `given`: how often this was explained before. Raises Conflict(`explained_enough`), Invalid(`explanation_empty` |
    `explanation_too_long`).
    """
    if given >= terms.explanations_each:
        raise Conflict("explained_enough", most=terms.explanations_each)
    said = text.strip()
    if reason is Explanation.OTHER and not said:
        raise Invalid("explanation_empty")
    if len(said) > MAXIMUM_TEXT:
        raise Invalid("explanation_too_long", maximum=MAXIMUM_TEXT)
    return said


def appeal_until(incident: IncidentSummary, *, terms: Terms = TERMS) -> datetime | None:
    """The instant until which an upheld incident may be appealed; None where there is nothing to appeal."""
    if incident.state is not IncidentState.UPHELD or incident.decided_at is None:
        return None
    return incident.decided_at + timedelta(days=terms.appeal_days)


def require_appeal(
    incident: IncidentSummary, text: str, *, appealed: int, now: datetime, terms: Terms = TERMS
) -> str:
    """`text` without surrounding space.

    Raises Conflict(`appeal_not_open` | `appeal_too_late` | `appeal_asked`), Invalid(`appeal_empty` | `appeal_too_long`).
    """
    if appealed >= terms.appeals_each:
        raise Conflict("appeal_asked")
    until = appeal_until(incident, terms=terms)
    if until is None:
        raise Conflict("appeal_not_open")
    if now > until:
        raise Conflict("appeal_too_late", days=terms.appeal_days)
    said = text.strip()
    if not said:
        raise Invalid("appeal_empty")
    if len(said) > MAXIMUM_TEXT:
        raise Invalid("appeal_too_long", maximum=MAXIMUM_TEXT)
    return said


def why_not_hear(
    appeal: Appeal,
    reviewer_id: str,
    *,
    watchers: Collection[str],
    raised_by: str | None,
    marked_by: Collection[str] = (),
) -> KasautiError | None:
    """Why this person may not decide the appeal, or None. `marked_by`: whose marks the incident was made of.

    Conflict(`appeal_decided`), Forbidden(`reviewer_was_proctor` | `reviewer_raised_it` | `appeal_needs_another`).
    """
    if appeal.outcome is not None:
        return Conflict("appeal_decided")
    if reviewer_id in watchers:
        return Forbidden("reviewer_was_proctor")
    if reviewer_id == raised_by or reviewer_id in marked_by:
        return Forbidden("reviewer_raised_it")
    if reviewer_id in appeal.upheld_by:
        return Forbidden("appeal_needs_another")
    return None
