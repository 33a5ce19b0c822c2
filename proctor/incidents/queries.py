# SPDX-License-Identifier: Apache-2.0
"""Reads of incidents."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, case, func, or_, select

from core.errors import NotFound
from core.uow import UnitOfWork
from proctor.evidence.model import EvidenceSummary
from proctor.evidence.queries import evidence_of_incident
from proctor.incidents.model import Finding, IncidentDetail, IncidentState, IncidentSummary, Origin
from proctor.incidents.tables import FindingRow, IncidentRow, WatchRow
from proctor.reviews.tables import ReviewAnswerRow
from proctor.rules.alerts import RuleName

_UNDECIDED = IncidentRow.state.in_([state for state in IncidentState if state.undecided])


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
    """The incidents of one organisation that wait for a first or a second reviewer, oldest first: so none is forgotten."""
    query = select(IncidentRow).where(IncidentRow.organisation_id == organisation_id, _UNDECIDED)
    rows = uow.db.scalars(query.order_by(IncidentRow.id).limit(limit))
    return tuple(summary_of(row) for row in rows)


def incident_counts(uow: UnitOfWork, *, organisation_id: str) -> dict[IncidentState, int]:
    """How many incidents of one organisation stand in each state; every state is there."""
    query = (
        select(IncidentRow.state, func.count())
        .where(IncidentRow.organisation_id == organisation_id)
        .group_by(IncidentRow.state)
    )
    return dict.fromkeys(IncidentState, 0) | dict(uow.db.execute(query).all())


def incidents_of_attempt(uow: UnitOfWork, attempt_id: str) -> tuple[IncidentSummary, ...]:
    """The incidents of one attempt, in the order in which they were raised."""
    query = select(IncidentRow).where(IncidentRow.attempt_id == attempt_id).order_by(IncidentRow.id)
    return tuple(summary_of(row) for row in uow.db.scalars(query))


def incidents_of_sitting(uow: UnitOfWork, sitting_id: str) -> tuple[IncidentSummary, ...]:
    """The incidents of one sitting, in the order in which they were raised."""
    query = select(IncidentRow).where(IncidentRow.sitting_id == sitting_id).order_by(IncidentRow.id)
    return tuple(summary_of(row) for row in uow.db.scalars(query))


def next_attempt_to_review(
    uow: UnitOfWork, *, organisation_id: str, reviewer_id: str, but: str
) -> str | None:
    """The attempt after `but` in the queue of what this person may decide, oldest first; None where nothing else waits.

    After the last comes the first again: whoever leaves some undecided still meets each of them.
    """
    mine = _for(reviewer_id, organisation_id)
    oldest = func.min(IncidentRow.id)
    this = IncidentRow.attempt_id == but
    of_this = select(oldest).where(IncidentRow.organisation_id == organisation_id, this)
    waiting = select(oldest).where(*mine, this)
    place = func.coalesce(waiting.scalar_subquery(), of_this.scalar_subquery(), "")
    query = (
        select(IncidentRow.attempt_id)
        .where(*mine, IncidentRow.attempt_id != but)
        .group_by(IncidentRow.attempt_id)
        .order_by(case((oldest > place, 0), else_=1), oldest)
        .limit(1)
    )
    return uow.db.scalar(query)


def next_incident_to_review(
    uow: UnitOfWork, *, organisation_id: str, reviewer_id: str, but: str
) -> str | None:
    """As `next_attempt_to_review`, for single incidents."""
    query = (
        select(IncidentRow.id)
        .where(*_for(reviewer_id, organisation_id), IncidentRow.id != but)
        .order_by(case((IncidentRow.id > but, 0), else_=1), IncidentRow.id)
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
        marked_by=markers_of(uow, [row]).get(row.id, frozenset()),
        evidence=evidence_of_incident(uow, row.id, alert_id=row.alert_id),
    )


def watchers_of(uow: UnitOfWork, sitting_id: str) -> frozenset[str]:
    """Who watched this sitting live."""
    query = select(WatchRow.proctor_id).where(WatchRow.sitting_id == sitting_id)
    return frozenset(uow.db.scalars(query))


def markers_of(uow: UnitOfWork, rows: Collection[IncidentRow]) -> dict[str, frozenset[str]]:
    """Whose marks in blind looks these incidents were made of, by incident; no query where a rule raised them all."""
    ids = [row.id for row in rows if row.origin is Origin.PERSON]
    if not ids:
        return {}
    query = select(ReviewAnswerRow.incident_id, ReviewAnswerRow.reviewer_id)
    found: dict[str, set[str]] = {}
    for incident_id, reviewer_id in uow.db.execute(query.where(ReviewAnswerRow.incident_id.in_(ids))):
        found.setdefault(str(incident_id), set()).add(reviewer_id)
    return {one: frozenset(people) for one, people in found.items()}


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
    """The incidents of one attempt with findings, in the order in which they began, without pictures; up to four queries."""
    query = select(IncidentRow).where(IncidentRow.attempt_id == attempt_id)
    rows = list(uow.db.scalars(query.order_by(IncidentRow.onset_at, IncidentRow.id)))
    if not rows:
        return ()
    found: dict[str, list[FindingRow]] = {}
    findings = select(FindingRow).where(FindingRow.incident_id.in_([row.id for row in rows]))
    for part in uow.db.scalars(findings.order_by(FindingRow.number)):
        found.setdefault(part.incident_id, []).append(part)
    watchers = watchers_of(uow, rows[0].sitting_id)
    markers = markers_of(uow, rows)
    return tuple(
        _detail(row, found.get(row.id, ()), watchers=watchers, marked_by=markers.get(row.id, frozenset()))
        for row in rows
    )


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


def _for(reviewer_id: str, organisation_id: str) -> tuple[ColumnElement[bool], ...]:
    """What waits and what this person may decide: as `refusal` of the model says it, for many at once."""
    watched = select(WatchRow.sitting_id).where(WatchRow.proctor_id == reviewer_id)
    marked = select(ReviewAnswerRow.incident_id).where(
        ReviewAnswerRow.reviewer_id == reviewer_id, ReviewAnswerRow.incident_id.is_not(None)
    )
    return (
        IncidentRow.organisation_id == organisation_id,
        _UNDECIDED,
        or_(IncidentRow.raised_by.is_(None), IncidentRow.raised_by != reviewer_id),
        or_(IncidentRow.first_reviewer_id.is_(None), IncidentRow.first_reviewer_id != reviewer_id),
        IncidentRow.sitting_id.not_in(watched),
        IncidentRow.id.not_in(marked),
    )


def _detail(
    row: IncidentRow,
    findings: Iterable[FindingRow],
    *,
    watchers: frozenset[str],
    marked_by: frozenset[str],
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
        marked_by=marked_by,
    )
