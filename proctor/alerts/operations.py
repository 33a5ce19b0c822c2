# SPDX-License-Identifier: Apache-2.0
"""Writing alerts that are no incidents, and making an incident of one by hand. No hold is placed here: the caller does."""

from __future__ import annotations

from sqlalchemy import select

from core.blobs import BlobStore
from core.errors import Conflict, NotFound
from core.ids import new_id
from core.uow import UnitOfWork
from proctor.alerts.events import AlertNoted, NotedAlertEnded
from proctor.alerts.model import AlertRecord
from proctor.alerts.queries import alert as read_alert
from proctor.alerts.queries import record_of
from proctor.alerts.tables import AlertRow
from proctor.evidence.model import KeptFrame
from proctor.evidence.operations import follow_incident, keep_frame
from proctor.incidents.model import AlertEnded, AlertRaised, IncidentSummary, NotedAlert, SessionRef
from proctor.incidents.operations import end_noted, interrupt_open_alerts, raise_by_person
from proctor.incidents.queries import incidents_by_alert
from proctor.rules.alerts import Alert, AlertEnd, RuleName, Weight


def record_alert(uow: UnitOfWork, raised: AlertRaised, *, blobs: BlobStore) -> AlertRecord:
    """Keep an alert with its frames as a note for people; the same alert again changes nothing."""
    session, alert = raised.session, raised.alert
    known = _find(uow, session.session_id, alert)
    if known is not None:
        return record_of(known)
    row = AlertRow(
        id=new_id(),
        **raised.columns(),
        weight=Weight.NOTE,
    )
    uow.db.add(row)
    uow.db.flush()
    _keep(uow, row, raised.frames, blobs)
    uow.emit(
        AlertNoted(
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
    return record_of(row)


def end_note(uow: UnitOfWork, ended: AlertEnded, *, blobs: BlobStore) -> AlertRecord:
    """Write when and why a noted alert ended, with its final numbers; a second end changes nothing.

    Raises NotFound(`alert_unknown`) when it was never noted.
    """
    alert = ended.alert
    row = _find(uow, ended.session.session_id, alert)
    if row is None:
        raise NotFound("alert_unknown")
    if row.ended_at is None and alert.ended_at is not None and alert.ended_because is not None:
        row.ended_at, row.ended_because, row.final_numbers = (
            alert.ended_at,
            alert.ended_because,
            dict(alert.numbers),
        )
        _keep(uow, row, ended.frames, blobs)
        _emit_ended(uow, row, alert.ended_because, row.final_numbers)
        end_noted(uow, row.id, alert=alert)
    return record_of(row)


def interrupt_alerts(uow: UnitOfWork) -> int:
    """End the alerts of both weights that a stopped server left open, with the numbers that they had; return how many."""
    rows = uow.db.scalars(select(AlertRow).where(AlertRow.ended_at.is_(None))).all()
    for row in rows:
        row.ended_at, row.ended_because = max(uow.now, row.onset_at), AlertEnd.INTERRUPTED
        row.final_numbers = dict(row.raised_numbers)
        _emit_ended(uow, row, AlertEnd.INTERRUPTED, row.final_numbers)
    return len(rows) + interrupt_open_alerts(uow)


def raise_note(
    uow: UnitOfWork, alert_id: str, *, organisation_id: str, reason: str, blobs: BlobStore
) -> IncidentSummary:
    """Make an incident of a noted alert, as the person who acts, with a reason; doing so again changes nothing.

    Its pictures are kept as long as those of incidents from now on. Raises NotFound(`alert_unknown`),
    Conflict(`hand_accuses_nobody`), and as `raise_by_person`.
    """
    noted = read_alert(uow, alert_id, organisation_id=organisation_id)
    if noted.rule is RuleName.HAND_RAISED:
        raise Conflict("hand_accuses_nobody")
    session = SessionRef(
        session_id=noted.session_id,
        attempt_id=noted.attempt_id,
        organisation_id=noted.organisation_id,
        sitting_id=noted.sitting_id,
    )
    what = NotedAlert(
        alert_id=noted.id,
        rule=noted.rule,
        number=noted.number,
        cause=noted.cause,
        onset_at=noted.onset_at,
        raised_at=noted.raised_at,
        ended_at=noted.ended_at,
        ended_because=noted.ended_because,
        raised_numbers=noted.raised_numbers,
        numbers=noted.numbers,
        thresholds=noted.thresholds,
        rule_version=noted.rule_version,
        model_sha256=noted.model_sha256,
        validated=noted.validated,
    )
    incident = raise_by_person(uow, session, reason=reason, noted=what)
    follow_incident(uow, noted.id, incident_id=incident.id, blobs=blobs)
    return incident


def _find(uow: UnitOfWork, session_id: str, alert: Alert) -> AlertRow | None:
    return uow.db.scalar(
        select(AlertRow).where(
            AlertRow.session_id == session_id,
            AlertRow.rule == alert.rule,
            AlertRow.number == alert.number,
        )
    )


def _keep(uow: UnitOfWork, row: AlertRow, frames: tuple[KeptFrame, ...], blobs: BlobStore) -> None:
    incident_id = incidents_by_alert(uow, [row.id]).get(row.id)
    for kept in frames:
        keep_frame(
            uow,
            kept,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            organisation_id=row.organisation_id,
            incident_id=incident_id,
            alert_id=row.id,
            blobs=blobs,
        )


def _emit_ended(uow: UnitOfWork, row: AlertRow, because: AlertEnd, numbers: dict[str, float]) -> None:
    uow.emit(
        NotedAlertEnded(
            organisation_id=row.organisation_id,
            subject_id=row.id,
            session_id=row.session_id,
            attempt_id=row.attempt_id,
            because=because.value,
            numbers=numbers,
        )
    )
