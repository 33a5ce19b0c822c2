# SPDX-License-Identifier: Apache-2.0
"""Reads of incidents."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import func, select

from core.errors import NotFound
from core.uow import UnitOfWork
from proctor.evidence.model import EvidenceSummary
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


def undecided_incidents(
    uow: UnitOfWork, *, organisation_id: str, limit: int = 500
) -> tuple[IncidentSummary, ...]:
    """The incidents of one organisation that wait for a first or a second reviewer, newest first."""
    undecided = [state for state in IncidentState if state.undecided]
    query = select(IncidentRow).where(
        IncidentRow.organisation_id == organisation_id, IncidentRow.state.in_(undecided)
    )
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


def next_attempt_to_review(uow: UnitOfWork, *, organisation_id: str, but: str) -> str | None:
    """The attempt whose undecided incident is the oldest, other than `but`; None where nothing waits."""
    query = (
        select(IncidentRow.attempt_id)
        .where(
            IncidentRow.organisation_id == organisation_id,
            IncidentRow.state.in_([state for state in IncidentState if state.undecided]),
            IncidentRow.attempt_id != but,
        )
        .order_by(IncidentRow.id)
        .limit(1)
    )
    return uow.db.scalar(query)


def incident(uow: UnitOfWork, incident_id: str, *, organisation_id: str) -> IncidentDetail:
    """One incident with its evidence and findings; NotFound(`incident_unknown`) for another tenant's too."""
    row = load_incident(uow, incident_id, organisation_id=organisation_id)
    found = select(FindingRow).where(FindingRow.incident_id == row.id).order_by(FindingRow.number)
    return _detail(
        row,
        uow.db.scalars(found),
        watchers=watchers_of(uow, row.sitting_id),
        evidence=evidence_of_incident(uow, row.id, alert_id=row.alert_id),
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
        if rule is not None:
            counts.setdefault(session_id, {})[rule] = number
    return counts


def incidents_by_alert(uow: UnitOfWork, alert_ids: Collection[str]) -> dict[str, str]:
    """The incident that a person made of each of these noted alerts; one of which none was made is absent."""
    query = select(IncidentRow.alert_id, IncidentRow.id).where(IncidentRow.alert_id.in_(alert_ids))
    return {alert_id: incident_id for alert_id, incident_id in uow.db.execute(query) if alert_id is not None}


def details_of_attempt(uow: UnitOfWork, attempt_id: str) -> tuple[IncidentDetail, ...]:
    """The incidents of one attempt with findings, in the order in which they began, but without pictures; three queries."""
    query = select(IncidentRow).where(IncidentRow.attempt_id == attempt_id)
    rows = list(uow.db.scalars(query.order_by(IncidentRow.onset_at, IncidentRow.id)))
    if not rows:
        return ()
    found: dict[str, list[FindingRow]] = {}
    findings = select(FindingRow).where(FindingRow.incident_id.in_([row.id for row in rows]))
    for part in uow.db.scalars(findings.order_by(FindingRow.number)):
        found.setdefault(part.incident_id, []).append(part)
    watchers = watchers_of(uow, rows[0].sitting_id)
    return tuple(_detail(row, found.get(row.id, ()), watchers=watchers) for row in rows)


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
        origin=row.origin,
        validated=row.validated,
        alert_id=row.alert_id,
        raised_by=row.raised_by,
        raised_reason=row.raised_reason,
        first_reviewer_id=row.first_reviewer_id,
        second_reviewer_id=row.second_reviewer_id,
        decided_under=row.decided_under,
    )


def _detail(
    row: IncidentRow,
    findings: Iterable[FindingRow],
    *,
    watchers: frozenset[str],
    evidence: tuple[EvidenceSummary, ...] = (),
) -> IncidentDetail:
    return IncidentDetail(
        summary=summary_of(row),
        raised_numbers=dict(row.raised_numbers),
        thresholds=dict(row.thresholds),
        rule_version=row.rule_version,
        model_sha256=row.model_sha256,
        evidence=evidence,
        findings=tuple(
            Finding(verdict=part.verdict, reason=part.reason, reviewer_id=part.reviewer_id, at=part.at)
            for part in findings
        ),
        watchers=watchers,
    )
