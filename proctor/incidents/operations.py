# SPDX-License-Identifier: Apache-2.0
"""Raising, ending and deciding.

Holding a result back for an incident is the caller's, in the same unit of work.
"""

from __future__ import annotations

from sqlalchemy import func, select

from core.blobs import BlobStore
from core.errors import Forbidden, NotFound
from core.ids import new_id
from core.uow import ActorKind, UnitOfWork
from proctor.evidence.model import KeptFrame
from proctor.evidence.operations import keep_frame
from proctor.incidents.events import IncidentAlertEnded, IncidentDecided, IncidentRaised, WatchStarted
from proctor.incidents.model import (
    AlertEnded,
    AlertRaised,
    Decision,
    Incident,
    IncidentState,
    IncidentSummary,
    Verdict,
    decide,
)
from proctor.incidents.queries import load_incident, summary_of, watchers_of
from proctor.incidents.tables import FindingRow, IncidentRow, WatchRow
from proctor.rules.alerts import Alert, AlertEnd


def raise_incident(uow: UnitOfWork, raised: AlertRaised, *, blobs: BlobStore) -> IncidentSummary:
    """Open an incident for an alert and keep its frames; the same alert again changes nothing."""
    session, alert = raised.session, raised.alert
    known = _find(uow, session.session_id, alert)
    if known is not None:
        return summary_of(known)
    row = IncidentRow(
        id=new_id(),
        organisation_id=session.organisation_id,
        session_id=session.session_id,
        sitting_id=session.sitting_id,
        attempt_id=session.attempt_id,
        rule=alert.rule,
        number=alert.number,
        state=IncidentState.OPEN,
        cause=alert.cause,
        onset_at=alert.onset_at,
        raised_at=alert.raised_at,
        raised_numbers=dict(alert.numbers),
        thresholds=dict(alert.thresholds),
        rule_version=alert.rule_version,
        model_sha256=alert.model_sha256,
    )
    uow.db.add(row)
    uow.db.flush()
    _keep(uow, row, raised.frames, blobs)
    uow.emit(
        IncidentRaised(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            rule=row.rule.value,
            number=row.number,
            numbers=row.raised_numbers,
            rule_version=row.rule_version,
            model_sha256=row.model_sha256,
            evidence=len(raised.frames),
        )
    )
    return summary_of(row)


def end_alert(uow: UnitOfWork, ended: AlertEnded, *, blobs: BlobStore) -> IncidentSummary:
    """Write when and why the alert ended, with its final numbers; a second end changes nothing.

    Raises NotFound(`incident_unknown`) when that alert was never raised.
    """
    alert = ended.alert
    row = _find(uow, ended.session.session_id, alert)
    if row is None:
        raise NotFound("incident_unknown")
    if row.ended_at is None and alert.ended_at is not None and alert.ended_because is not None:
        row.ended_at, row.ended_because, row.final_numbers = (
            alert.ended_at,
            alert.ended_because,
            dict(alert.numbers),
        )
        _keep(uow, row, ended.frames, blobs)
        _emit_ended(uow, row, alert.ended_because, row.final_numbers)
    return summary_of(row)


def interrupt_open_alerts(uow: UnitOfWork) -> int:
    """End the alerts that a stopped server left open, with the numbers that they had; return how many."""
    rows = uow.db.scalars(select(IncidentRow).where(IncidentRow.ended_at.is_(None))).all()
    for row in rows:
        row.ended_at, row.ended_because = max(uow.now, row.onset_at), AlertEnd.INTERRUPTED
        row.final_numbers = dict(row.raised_numbers)
        _emit_ended(uow, row, AlertEnd.INTERRUPTED, row.final_numbers)
    return len(rows)


def decide_incident(
    uow: UnitOfWork, incident_id: str, *, organisation_id: str, verdict: Verdict, reason: str
) -> IncidentSummary:
    """Dismiss or uphold, as the person who acts in this unit of work.

    Raises NotFound(`incident_unknown`), Conflict(`incident_closed`), Forbidden(`reviewer_was_proctor` |
    `reviewer_not_a_person`), Invalid(`reason_required` | `reason_too_long`).
    """
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("reviewer_not_a_person")
    row = load_incident(uow, incident_id, organisation_id=organisation_id)
    decision = Decision(verdict=verdict, reason=reason, reviewer_id=uow.actor.id)
    before = Incident(state=row.state, decided_at=row.decided_at)
    after, finding = decide(before, decision, watchers=watchers_of(uow, row.sitting_id), now=uow.now)
    row.state, row.decided_at = after.state, after.decided_at
    number = uow.db.scalar(select(func.count()).where(FindingRow.incident_id == row.id)) or 0
    uow.db.add(
        FindingRow(
            id=new_id(),
            incident_id=row.id,
            number=number + 1,
            verdict=finding.verdict,
            reason=finding.reason,
            reviewer_id=finding.reviewer_id,
            at=finding.at,
        )
    )
    uow.db.flush()
    uow.emit(
        IncidentDecided(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            verdict=finding.verdict.value,
            reviewer_id=finding.reviewer_id,
        )
    )
    return summary_of(row)


def record_watch(uow: UnitOfWork, sitting_id: str, *, organisation_id: str, proctor_id: str) -> None:
    """Remember that this person watches the sitting live; repeating it changes nothing."""
    if uow.db.get(WatchRow, (sitting_id, proctor_id)) is not None:
        return
    uow.db.add(
        WatchRow(
            sitting_id=sitting_id,
            proctor_id=proctor_id,
            organisation_id=organisation_id,
            started_at=uow.now,
        )
    )
    uow.db.flush()
    uow.emit(WatchStarted(organisation_id=organisation_id, subject_id=sitting_id, proctor_id=proctor_id))


def _find(uow: UnitOfWork, session_id: str, alert: Alert) -> IncidentRow | None:
    return uow.db.scalar(
        select(IncidentRow).where(
            IncidentRow.session_id == session_id,
            IncidentRow.rule == alert.rule,
            IncidentRow.number == alert.number,
        )
    )


def _keep(uow: UnitOfWork, row: IncidentRow, frames: tuple[KeptFrame, ...], blobs: BlobStore) -> None:
    for kept in frames:
        keep_frame(
            uow,
            kept,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            organisation_id=row.organisation_id,
            incident_id=row.id,
            blobs=blobs,
        )


def _emit_ended(uow: UnitOfWork, row: IncidentRow, because: AlertEnd, numbers: dict[str, float]) -> None:
    uow.emit(
        IncidentAlertEnded(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            because=because.value,
            numbers=numbers,
        )
    )
