# SPDX-License-Identifier: Apache-2.0
"""Raising, ending and deciding.

Holding a result back for an incident is the caller's, in the same unit of work. What learners say of it is in `answering`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from core.blobs import BlobStore
from core.errors import Conflict, Forbidden, NotFound
from core.ids import new_id
from core.uow import ActorKind, UnitOfWork
from proctor.evidence.model import KeptFrame
from proctor.evidence.moments import keep_moment
from proctor.evidence.operations import keep_frame
from proctor.incidents.events import (
    IncidentAlertEnded,
    IncidentDecided,
    IncidentProposed,
    IncidentRaised,
    WatchStarted,
)
from proctor.incidents.model import (
    AlertEnded,
    AlertRaised,
    DecidedUnder,
    Decision,
    IncidentState,
    IncidentSummary,
    NotedAlert,
    Origin,
    SessionRef,
    Verdict,
    decide,
    require_reason,
)
from proctor.incidents.queries import incidents_by_alert, load_incident, markers_of, summary_of, watchers_of
from proctor.incidents.tables import FindingRow, IncidentRow, WatchRow
from proctor.rules.alerts import Alert, AlertEnd, Weight
from proctor.rules.catalogue import weight_of


def raise_incident(uow: UnitOfWork, raised: AlertRaised, *, blobs: BlobStore) -> IncidentSummary:
    """Open an incident for an alert and keep its frames; the same alert again changes nothing.

    Raises Conflict(`alert_is_a_note`): of what is only noted no machine makes an incident.
    """
    session, alert = raised.session, raised.alert
    if Weight.NOTE in (alert.weight, weight_of(alert.rule)):
        raise Conflict("alert_is_a_note")
    known = _find(uow, session.session_id, alert)
    if known is not None:
        return summary_of(known)
    row = IncidentRow(
        id=new_id(),
        **raised.columns(),
        state=IncidentState.OPEN,
        origin=Origin.RULE,
        raised_reason="",
        decided_under=DecidedUnder.TWO_REVIEWERS,
    )
    uow.db.add(row)
    uow.db.flush()
    _keep(uow, row, raised.frames, blobs)
    _emit_raised(uow, row, evidence=len(raised.frames))
    return summary_of(row)


def raise_by_person(
    uow: UnitOfWork,
    session: SessionRef,
    *,
    reason: str,
    noted: NotedAlert | None = None,
    seen_at: datetime | None = None,
    frames: tuple[KeptFrame, ...] = (),
    blobs: BlobStore | None = None,
) -> IncidentSummary:
    """Open an incident as the person who acts: out of a noted alert, or of what was seen at `seen_at` (else now).

    What was seen is kept with `frames` and the samples around the moment; a noted alert has its pictures already, so it
    needs no `blobs`. The same alert again changes nothing. Raises Forbidden(`person_needed`), Invalid(`reason_required` |
    `reason_too_long`).
    """
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")
    text = require_reason(reason)
    if noted is not None:
        known = incidents_by_alert(uow, [noted.alert_id]).get(noted.alert_id)
        if known is not None:
            return summary_of(load_incident(uow, known, organisation_id=session.organisation_id))
    row = (
        _of_note(noted) if noted is not None else _of_sight(uow, session, at=min(seen_at or uow.now, uow.now))
    )
    row.id = new_id()
    row.organisation_id, row.session_id = session.organisation_id, session.session_id
    row.sitting_id, row.attempt_id = session.sitting_id, session.attempt_id
    row.state, row.decided_under = IncidentState.OPEN, DecidedUnder.TWO_REVIEWERS
    row.raised_by, row.raised_reason = uow.actor.id, text
    uow.db.add(row)
    uow.db.flush()
    shown = 0
    if blobs is not None:
        shown = keep_moment(
            uow,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            organisation_id=row.organisation_id,
            incident_id=row.id,
            at=row.onset_at,
            frames=frames,
            blobs=blobs,
        )
    _emit_raised(uow, row, evidence=shown)
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


def end_noted(uow: UnitOfWork, alert_id: str, *, alert: Alert) -> None:
    """Write the end of a noted alert into the incident that a person made of it while it lasted, if any."""
    row = uow.db.scalar(select(IncidentRow).where(IncidentRow.alert_id == alert_id))
    if row is not None and row.ended_at is None and alert.ended_at is not None:
        row.ended_at, row.ended_because = alert.ended_at, alert.ended_because or AlertEnd.CLEARED
        row.final_numbers = dict(alert.numbers)
        _emit_ended(uow, row, row.ended_because, row.final_numbers)


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
    """Dismiss or uphold, as the person who acts in this unit of work; to uphold takes two, to dismiss one.

    Raises NotFound(`incident_unknown`), Conflict(`incident_closed`), Forbidden(`reviewer_was_proctor` | `reviewer_raised_it` |
    `second_reviewer_needed` | `reviewer_not_a_person`), Invalid(`reason_required` | `reason_too_long`).
    """
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("reviewer_not_a_person")
    row = load_incident(uow, incident_id, organisation_id=organisation_id)
    decision = Decision(verdict=verdict, reason=reason, reviewer_id=uow.actor.id)
    watchers = watchers_of(uow, row.sitting_id)
    case = replace(summary_of(row).case, marked_by=markers_of(uow, [row]).get(row.id, frozenset()))
    after, finding = decide(case, decision, watchers=watchers, now=uow.now)
    row.state, row.decided_at = after.state, after.decided_at
    row.first_reviewer_id, row.second_reviewer_id = after.first_reviewer_id, after.second_reviewer_id
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
    kind = IncidentProposed if row.state is IncidentState.PROPOSED else IncidentDecided
    uow.emit(
        kind(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            verdict=row.state.value if row.decided_at is not None else finding.verdict.value,
            reviewer_id=finding.reviewer_id,
        )
    )
    return summary_of(row)


def overturn_incident(uow: UnitOfWork, incident_id: str, *, organisation_id: str) -> IncidentSummary:
    """Dismiss an upheld incident, because an appeal was granted.

    Raises NotFound(`incident_unknown`), Conflict(`incident_not_upheld`).
    """
    row = load_incident(uow, incident_id, organisation_id=organisation_id)
    if row.state is not IncidentState.UPHELD:
        raise Conflict("incident_not_upheld")
    row.state = IncidentState.DISMISSED
    uow.db.flush()
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


def _of_note(noted: NotedAlert) -> IncidentRow:
    return IncidentRow(
        origin=Origin.NOTE,
        alert_id=noted.alert_id,
        rule=noted.rule,
        number=noted.number,
        cause=noted.cause,
        onset_at=noted.onset_at,
        raised_at=noted.raised_at,
        ended_at=noted.ended_at,
        ended_because=noted.ended_because,
        raised_numbers=dict(noted.raised_numbers),
        final_numbers=None if noted.ended_at is None else dict(noted.numbers),
        thresholds=dict(noted.thresholds),
        rule_version=noted.rule_version,
        model_sha256=noted.model_sha256,
        validated=noted.validated,
    )


def _of_sight(uow: UnitOfWork, session: SessionRef, *, at: datetime) -> IncidentRow:
    seen = select(func.count()).where(
        IncidentRow.session_id == session.session_id, IncidentRow.origin == Origin.PERSON
    )
    return IncidentRow(
        origin=Origin.PERSON,
        rule=None,
        number=(uow.db.scalar(seen) or 0) + 1,
        onset_at=at,
        raised_at=at,
        ended_at=at,
        ended_because=AlertEnd.CLEARED,
        raised_numbers={},
        final_numbers={},
        thresholds={},
        rule_version="",
        model_sha256="",
        validated=True,
    )


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


def _emit_raised(uow: UnitOfWork, row: IncidentRow, *, evidence: int) -> None:
    uow.emit(
        IncidentRaised(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            rule=row.rule.value if row.rule is not None else "",
            number=row.number,
            numbers=row.raised_numbers,
            rule_version=row.rule_version,
            model_sha256=row.model_sha256,
            evidence=evidence,
            origin=row.origin.value,
        )
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
