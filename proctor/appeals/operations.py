# SPDX-License-Identifier: Apache-2.0
"""Explaining and appealing. The hold that follows a granted appeal is the caller's, in the same unit of work."""

from __future__ import annotations

from sqlalchemy import func, select

from core.errors import Forbidden, NotFound
from core.ids import new_id
from core.uow import ActorKind, UnitOfWork
from proctor.alerts.queries import alert
from proctor.appeals.events import AppealAsked, AppealDecided, EventExplained
from proctor.appeals.model import (
    TERMS,
    Appeal,
    AppealOutcome,
    Explanation,
    Terms,
    require_appeal,
    require_explanation,
    why_not_hear,
)
from proctor.appeals.queries import appeal_of, load_appeal
from proctor.appeals.tables import AppealRow, ExplanationRow
from proctor.incidents.model import require_reason
from proctor.incidents.operations import overturn_incident
from proctor.incidents.queries import incident


def explain(
    uow: UnitOfWork,
    attempt_id: str,
    *,
    organisation_id: str,
    reason: Explanation,
    text: str,
    incident_id: str | None = None,
    alert_id: str | None = None,
    terms: Terms = TERMS,
) -> None:
    """Keep what the learner of this attempt says about one of its incidents or noted alerts; exactly one is named.

    Raises NotFound(`incident_unknown` | `alert_unknown`) for another attempt's too, and as `require_explanation`.
    """
    if incident_id is not None:
        subject = incident_id
        owner = incident(uow, incident_id, organisation_id=organisation_id).summary.attempt_id
    else:
        subject = alert_id or ""
        owner = alert(uow, subject, organisation_id=organisation_id).attempt_id
    if owner != attempt_id:
        raise NotFound("incident_unknown" if incident_id is not None else "alert_unknown")
    about = ExplanationRow.incident_id if incident_id is not None else ExplanationRow.alert_id
    given = uow.db.scalar(select(func.count()).select_from(ExplanationRow).where(about == subject)) or 0
    said = require_explanation(reason, text, given=given, terms=terms)
    row = ExplanationRow(
        id=new_id(),
        organisation_id=organisation_id,
        attempt_id=attempt_id,
        incident_id=incident_id,
        alert_id=None if incident_id is not None else subject,
        reason=reason,
        text=said,
        at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        EventExplained(
            organisation_id=organisation_id,
            subject_id=row.id,
            attempt_id=attempt_id,
            incident_id=row.incident_id,
            alert_id=row.alert_id,
            reason=reason.value,
        )
    )


def ask_appeal(
    uow: UnitOfWork,
    attempt_id: str,
    *,
    organisation_id: str,
    incident_id: str,
    text: str,
    terms: Terms = TERMS,
) -> Appeal:
    """Appeal, as the learner of this attempt, against an upheld incident.

    Raises NotFound(`incident_unknown`) for another attempt's too, and as `require_appeal`.
    """
    detail = incident(uow, incident_id, organisation_id=organisation_id)
    summary = detail.summary
    if summary.attempt_id != attempt_id:
        raise NotFound("incident_unknown")
    counted = select(func.count()).select_from(AppealRow).where(AppealRow.incident_id == incident_id)
    said = require_appeal(summary, text, appealed=uow.db.scalar(counted) or 0, now=uow.now, terms=terms)
    first = summary.first_reviewer_id or next(one.reviewer_id for one in reversed(detail.findings))
    row = AppealRow(
        id=new_id(),
        organisation_id=organisation_id,
        attempt_id=attempt_id,
        incident_id=incident_id,
        text=said,
        asked_at=uow.now,
        first_reviewer_id=first,
        second_reviewer_id=summary.second_reviewer_id,
        decision_reason="",
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        AppealAsked(
            organisation_id=organisation_id,
            subject_id=row.id,
            attempt_id=attempt_id,
            incident_id=incident_id,
        )
    )
    return appeal_of(row)


def decide_appeal(
    uow: UnitOfWork, appeal_id: str, *, organisation_id: str, outcome: AppealOutcome, reason: str
) -> Appeal:
    """Grant or refuse, as the person who acts; a granted appeal dismisses the incident.

    Raises NotFound(`appeal_unknown`), Conflict(`appeal_decided`), Forbidden(`reviewer_was_proctor` | `reviewer_raised_it` |
    `appeal_needs_another` | `reviewer_not_a_person`), Invalid(`reason_required` | `reason_too_long`).
    """
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("reviewer_not_a_person")
    row = load_appeal(uow, appeal_id, organisation_id=organisation_id)
    detail = incident(uow, row.incident_id, organisation_id=organisation_id)
    no = why_not_hear(
        appeal_of(row),
        uow.actor.id,
        watchers=detail.watchers,
        raised_by=detail.summary.raised_by,
        marked_by=detail.marked_by,
    )
    if no is not None:
        raise no
    row.outcome, row.decision_reason = outcome, require_reason(reason)
    row.decided_at, row.reviewer_id = uow.now, uow.actor.id
    uow.db.flush()
    if outcome is AppealOutcome.GRANTED:
        overturn_incident(uow, row.incident_id, organisation_id=organisation_id)
    uow.emit(
        AppealDecided(
            organisation_id=organisation_id,
            subject_id=row.id,
            attempt_id=row.attempt_id,
            incident_id=row.incident_id,
            outcome=outcome.value,
            reviewer_id=uow.actor.id,
        )
    )
    return appeal_of(row)
