# SPDX-License-Identifier: Apache-2.0
"""Reads of evidence, without the pictures."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from core.errors import NotFound
from core.uow import UnitOfWork
from proctor.evidence.model import EvidenceSummary
from proctor.evidence.tables import EvidenceRow


def evidence(uow: UnitOfWork, evidence_id: str, *, organisation_id: str) -> EvidenceSummary:
    """One kept picture; NotFound(`evidence_unknown`) for another tenant's too."""
    row = uow.db.get(EvidenceRow, evidence_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("evidence_unknown")
    return summary_of(row)


def evidence_of_incident(uow: UnitOfWork, incident_id: str) -> tuple[EvidenceSummary, ...]:
    """The pictures of one incident, in the order in which they were taken."""
    query = (
        select(EvidenceRow)
        .where(EvidenceRow.incident_id == incident_id)
        .order_by(EvidenceRow.captured_at, EvidenceRow.id)
    )
    return tuple(summary_of(row) for row in uow.db.scalars(query))


def evidence_counts(uow: UnitOfWork, incident_ids: Collection[str]) -> dict[str, int]:
    """How many pictures each incident has; one without any is absent."""
    query = (
        select(EvidenceRow.incident_id, func.count())
        .where(EvidenceRow.incident_id.in_(incident_ids))
        .group_by(EvidenceRow.incident_id)
    )
    return {incident_id: count for incident_id, count in uow.db.execute(query) if incident_id is not None}


def summary_of(row: EvidenceRow) -> EvidenceSummary:
    """The row as a value."""
    return EvidenceSummary(
        id=row.id,
        organisation_id=row.organisation_id,
        session_id=row.session_id,
        attempt_id=row.attempt_id,
        incident_id=row.incident_id,
        kind=row.kind,
        seq=row.seq,
        captured_at=row.captured_at,
        sha256=row.sha256,
        size=row.size,
    )
