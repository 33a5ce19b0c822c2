# SPDX-License-Identifier: Apache-2.0
"""Reads of incidents."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from core.errors import NotFound
from core.uow import UnitOfWork
from proctor.evidence.queries import evidence_of_incident
from proctor.incidents.model import Finding, IncidentDetail, IncidentState, IncidentSummary
from proctor.incidents.tables import FindingRow, IncidentRow, WatchRow
from proctor.rules.alerts import RuleName


def incidents(
    uow: UnitOfWork, *, organisation_id: str, state: IncidentState | None = None, limit: int = 500
) -> tuple[IncidentSummary, ...]:
    """The incidents of one organisation, newest first."""
    query = select(IncidentRow).where(IncidentRow.organisation_id == organisation_id)
    if state is not None:
        query = query.where(IncidentRow.state == state)
    rows = uow.db.scalars(query.order_by(IncidentRow.id.desc()).limit(limit))
    return tuple(summary_of(row) for row in rows)


def incidents_of_attempt(uow: UnitOfWork, attempt_id: str) -> tuple[IncidentSummary, ...]:
    """The incidents of one attempt, in the order in which they were raised."""
    query = select(IncidentRow).where(IncidentRow.attempt_id == attempt_id).order_by(IncidentRow.id)
    return tuple(summary_of(row) for row in uow.db.scalars(query))


def incidents_of_sitting(uow: UnitOfWork, sitting_id: str) -> tuple[IncidentSummary, ...]:
    """The incidents of one sitting, in the order in which they were raised."""
    query = select(IncidentRow).where(IncidentRow.sitting_id == sitting_id).order_by(IncidentRow.id)
    return tuple(summary_of(row) for row in uow.db.scalars(query))


def incident(uow: UnitOfWork, incident_id: str, *, organisation_id: str) -> IncidentDetail:
    """One incident with its evidence and findings; NotFound(`incident_unknown`) for another tenant's too."""
    row = load_incident(uow, incident_id, organisation_id=organisation_id)
    found = select(FindingRow).where(FindingRow.incident_id == row.id).order_by(FindingRow.number)
    return IncidentDetail(
        summary=summary_of(row),
        raised_numbers=dict(row.raised_numbers),
        thresholds=dict(row.thresholds),
        rule_version=row.rule_version,
        model_sha256=row.model_sha256,
        evidence=evidence_of_incident(uow, row.id),
        findings=tuple(
            Finding(verdict=part.verdict, reason=part.reason, reviewer_id=part.reviewer_id, at=part.at)
            for part in uow.db.scalars(found)
        ),
        watchers=watchers_of(uow, row.sitting_id),
    )


def watchers_of(uow: UnitOfWork, sitting_id: str) -> frozenset[str]:
    """Who watched this sitting live."""
    query = select(WatchRow.proctor_id).where(WatchRow.sitting_id == sitting_id)
    return frozenset(uow.db.scalars(query))


def alert_counts(uow: UnitOfWork, session_ids: Collection[str]) -> dict[str, dict[RuleName, int]]:
    """The highest number of each rule's alerts, for each of these sessions."""
    query = (
        select(IncidentRow.session_id, IncidentRow.rule, func.max(IncidentRow.number))
        .where(IncidentRow.session_id.in_(session_ids))
        .group_by(IncidentRow.session_id, IncidentRow.rule)
    )
    counts: dict[str, dict[RuleName, int]] = {}
    for session_id, rule, number in uow.db.execute(query):
        counts.setdefault(session_id, {})[rule] = number
    return counts


def load_incident(uow: UnitOfWork, incident_id: str, *, organisation_id: str) -> IncidentRow:
    """The row, for this package's operations; NotFound(`incident_unknown`) for another tenant's too."""
    row = uow.db.get(IncidentRow, incident_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("incident_unknown")
    return row


def summary_of(row: IncidentRow) -> IncidentSummary:
    """The row as a value."""
    return IncidentSummary(
        id=row.id,
        organisation_id=row.organisation_id,
        sitting_id=row.sitting_id,
        session_id=row.session_id,
        attempt_id=row.attempt_id,
        rule=row.rule,
        number=row.number,
        state=row.state,
        cause=row.cause,
        onset_at=row.onset_at,
        raised_at=row.raised_at,
        ended_at=row.ended_at,
        ended_because=row.ended_because,
        numbers=dict(row.final_numbers or row.raised_numbers),
        decided_at=row.decided_at,
    )
