# SPDX-License-Identifier: Apache-2.0
"""Reads of what learners said."""

from __future__ import annotations

from sqlalchemy import select

from core.errors import NotFound
from core.uow import UnitOfWork
from proctor.appeals.model import Appeal, ExplanationGiven
from proctor.appeals.tables import AppealRow, ExplanationRow


def explanations_of_attempt(uow: UnitOfWork, attempt_id: str) -> tuple[ExplanationGiven, ...]:
    """All that the learner said, oldest first. Callers have established whose the attempt is."""
    query = select(ExplanationRow).where(ExplanationRow.attempt_id == attempt_id).order_by(ExplanationRow.id)
    return tuple(
        ExplanationGiven(
            id=row.id,
            incident_id=row.incident_id,
            alert_id=row.alert_id,
            reason=row.reason,
            text=row.text,
            at=row.at,
        )
        for row in uow.db.scalars(query)
    )


def appeals_of_attempt(uow: UnitOfWork, attempt_id: str) -> dict[str, Appeal]:
    """The appeals of an attempt by incident. Callers have established whose the attempt is."""
    query = select(AppealRow).where(AppealRow.attempt_id == attempt_id)
    return {row.incident_id: appeal_of(row) for row in uow.db.scalars(query)}


def open_appeals(uow: UnitOfWork, *, organisation_id: str) -> tuple[Appeal, ...]:
    """The appeals of one organisation that wait for a decision, oldest first."""
    query = select(AppealRow).where(AppealRow.organisation_id == organisation_id, AppealRow.outcome.is_(None))
    return tuple(appeal_of(row) for row in uow.db.scalars(query.order_by(AppealRow.id)))


def load_appeal(uow: UnitOfWork, appeal_id: str, *, organisation_id: str) -> AppealRow:
    """The row, for this package's operations; NotFound(`appeal_unknown`) for another tenant's too."""
    row = uow.db.get(AppealRow, appeal_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("appeal_unknown")
    return row


def appeal_of(row: AppealRow) -> Appeal:
    """The row as a value."""
    upheld_by = {row.first_reviewer_id} | ({row.second_reviewer_id} if row.second_reviewer_id else set())
    return Appeal(
        id=row.id,
        incident_id=row.incident_id,
        organisation_id=row.organisation_id,
        attempt_id=row.attempt_id,
        text=row.text,
        asked_at=row.asked_at,
        upheld_by=frozenset(upheld_by),
        outcome=row.outcome,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        reviewer_id=row.reviewer_id,
    )
