# SPDX-License-Identifier: Apache-2.0
"""Reads of noted alerts."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import func, select

from core.errors import NotFound
from core.uow import UnitOfWork
from proctor.alerts.model import AlertRecord
from proctor.alerts.tables import AlertRow
from proctor.incidents.queries import alert_counts, incidents_by_alert
from proctor.rules.alerts import RuleName


def alert(uow: UnitOfWork, alert_id: str, *, organisation_id: str) -> AlertRecord:
    """One noted alert; NotFound(`alert_unknown`) for another tenant's too."""
    row = uow.db.get(AlertRow, alert_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("alert_unknown")
    return _records(uow, [row])[0]


def alerts_of_attempt(uow: UnitOfWork, attempt_id: str) -> tuple[AlertRecord, ...]:
    """What was noted in one attempt, in the order in which it was raised; two queries."""
    query = select(AlertRow).where(AlertRow.attempt_id == attempt_id).order_by(AlertRow.id)
    return _records(uow, uow.db.scalars(query))


def alerts_of_sitting(uow: UnitOfWork, sitting_id: str) -> tuple[AlertRecord, ...]:
    """What was noted in one sitting, in the order in which it was raised; two queries."""
    query = select(AlertRow).where(AlertRow.sitting_id == sitting_id).order_by(AlertRow.id)
    return _records(uow, uow.db.scalars(query))


def alert_numbers(uow: UnitOfWork, session_ids: Collection[str]) -> dict[str, dict[RuleName, int]]:
    """The highest number of each rule's alerts in these sessions, whether noted or made incidents."""
    query = (
        select(AlertRow.session_id, AlertRow.rule, func.max(AlertRow.number))
        .where(AlertRow.session_id.in_(session_ids))
        .group_by(AlertRow.session_id, AlertRow.rule)
    )
    counts = alert_counts(uow, session_ids)
    for session_id, rule, number in uow.db.execute(query):
        of_session = counts.setdefault(session_id, {})
        of_session[rule] = max(number, of_session.get(rule, 0))
    return counts


def record_of(row: AlertRow, *, incident_id: str | None = None) -> AlertRecord:
    """The row as a value."""
    return AlertRecord(
        id=row.id,
        organisation_id=row.organisation_id,
        sitting_id=row.sitting_id,
        session_id=row.session_id,
        attempt_id=row.attempt_id,
        rule=row.rule,
        number=row.number,
        weight=row.weight,
        cause=row.cause,
        onset_at=row.onset_at,
        raised_at=row.raised_at,
        ended_at=row.ended_at,
        ended_because=row.ended_because,
        raised_numbers=dict(row.raised_numbers),
        numbers=dict(row.final_numbers or row.raised_numbers),
        thresholds=dict(row.thresholds),
        rule_version=row.rule_version,
        model_sha256=row.model_sha256,
        validated=row.validated,
        incident_id=incident_id,
    )


def _records(uow: UnitOfWork, rows: Iterable[AlertRow]) -> tuple[AlertRecord, ...]:
    found = list(rows)
    made = incidents_by_alert(uow, [row.id for row in found]) if found else {}
    return tuple(record_of(row, incident_id=made.get(row.id)) for row in found)
