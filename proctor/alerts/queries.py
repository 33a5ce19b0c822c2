# SPDX-License-Identifier: Apache-2.0
"""Reads of noted alerts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, case, func, or_, select

from core.audit import AuditRow
from core.errors import NotFound
from core.uow import ActorKind, UnitOfWork
from proctor.alerts.model import AlertRecord
from proctor.alerts.tables import AlertRow
from proctor.evidence.events import ReviewRead
from proctor.incidents.queries import alert_counts, incidents_by_alert
from proctor.incidents.tables import IncidentRow
from proctor.rules.alerts import RuleName


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedAttempt:
    """An attempt of which only notes are kept: how often each rule spoke, which of them was not validated on people.

    `seen_at`: when a person last opened its review; None where nobody did.
    """

    attempt_id: str
    sitting_id: str
    rules: Mapping[RuleName, int]
    unproven: frozenset[RuleName]
    newest_at: datetime
    seen_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether nobody looked since the newest note was written."""
        return self.seen_at is None or self.seen_at < self.newest_at


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


def noted_attempts(uow: UnitOfWork, *, organisation_id: str, limit: int = 500) -> tuple[NotedAttempt, ...]:
    """The attempts of one organisation with notes and without an incident; first those at which nobody looked, oldest first.

    A raised hand is no note about anybody, and an attempt with an incident is found by that. Two queries.
    """
    newest, seen_at = func.max(AlertRow.raised_at), _seen_at()
    query = (
        select(AlertRow.attempt_id, func.min(AlertRow.sitting_id), newest, seen_at)
        .where(*_alone(organisation_id))
        .group_by(AlertRow.attempt_id)
        .order_by(case((or_(seen_at.is_(None), seen_at < newest), 0), else_=1), func.min(AlertRow.id))
        .limit(limit)
    )
    found = uow.db.execute(query).all()
    rules = _rules_of(uow, [attempt_id for attempt_id, *_ in found])
    return tuple(
        NotedAttempt(
            attempt_id=attempt_id,
            sitting_id=sitting_id,
            rules={rule: count for rule, (count, _) in rules[attempt_id].items()},
            unproven=frozenset(rule for rule, (_, validated) in rules[attempt_id].items() if not validated),
            newest_at=newest_at,
            seen_at=seen,
        )
        for attempt_id, sitting_id, newest_at, seen in found
    )


def noted_attempts_count(uow: UnitOfWork, *, organisation_id: str) -> int:
    """How many attempts `noted_attempts` would name without a limit."""
    attempts = func.count(AlertRow.attempt_id.distinct())
    return uow.db.scalar(select(attempts).where(*_alone(organisation_id))) or 0


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


def _alone(organisation_id: str) -> tuple[ColumnElement[bool], ...]:
    """The notes that no incident of their attempt leads to."""
    with_case = select(IncidentRow.attempt_id).where(IncidentRow.organisation_id == organisation_id)
    return (
        AlertRow.organisation_id == organisation_id,
        AlertRow.rule != RuleName.HAND_RAISED,
        AlertRow.attempt_id.not_in(with_case),
    )


def _seen_at() -> ScalarSelect[datetime]:
    """When a person last opened the review of the attempt."""
    return (
        select(func.max(AuditRow.at))
        .where(
            AuditRow.subject_id == AlertRow.attempt_id,
            AuditRow.name == ReviewRead.name,
            AuditRow.actor_kind == ActorKind.PERSON.value,
        )
        .scalar_subquery()
    )


def _rules_of(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, dict[RuleName, tuple[int, bool]]]:
    """For each attempt its rules that noted something: how often, and whether every such note is validated."""
    query = (
        select(
            AlertRow.attempt_id,
            AlertRow.rule,
            func.count(),
            func.min(case((AlertRow.validated, 1), else_=0)),
        )
        .where(AlertRow.attempt_id.in_(attempt_ids), AlertRow.rule != RuleName.HAND_RAISED)
        .group_by(AlertRow.attempt_id, AlertRow.rule)
        .order_by(func.min(AlertRow.id))
    )
    found: dict[str, dict[RuleName, tuple[int, bool]]] = {}
    for attempt_id, rule, count, validated in uow.db.execute(query):
        found.setdefault(attempt_id, {})[rule] = (count, bool(validated))
    return found


def _records(uow: UnitOfWork, rows: Iterable[AlertRow]) -> tuple[AlertRecord, ...]:
    found = list(rows)
    made = incidents_by_alert(uow, [row.id for row in found]) if found else {}
    return tuple(record_of(row, incident_id=made.get(row.id)) for row in found)
