# SPDX-License-Identifier: Apache-2.0
"""Reads of evidence, without the pictures."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, or_, select

from core.audit import AuditRow
from core.errors import NotFound
from core.uow import UnitOfWork
from proctor.evidence.events import EvidenceViewed, ReviewRead
from proctor.evidence.model import EvidenceLook, EvidenceSummary, PageLook
from proctor.evidence.tables import EvidenceRow, LookRow

READ_AGAIN_AFTER = timedelta(hours=1)
"""Who opens a review again within this time is not written down again."""


def evidence(uow: UnitOfWork, evidence_id: str, *, organisation_id: str) -> EvidenceSummary:
    """One kept picture; NotFound(`evidence_unknown`) for another tenant's too."""
    row = uow.db.get(EvidenceRow, evidence_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("evidence_unknown")
    return summary_of(row)


def evidence_of_incident(
    uow: UnitOfWork, incident_id: str, *, alert_id: str | None = None
) -> tuple[EvidenceSummary, ...]:
    """The pictures of one incident and of the noted alert that it was made of, in the order in which they were taken."""
    of_incident = EvidenceRow.incident_id == incident_id
    query = (
        select(EvidenceRow)
        .where(of_incident if alert_id is None else or_(of_incident, EvidenceRow.alert_id == alert_id))
        .order_by(EvidenceRow.captured_at, EvidenceRow.id)
    )
    return tuple(summary_of(row) for row in uow.db.scalars(query))


def evidence_of_attempt(uow: UnitOfWork, attempt_id: str) -> tuple[EvidenceSummary, ...]:
    """All pictures that are kept of one attempt, in the order in which they were taken."""
    query = (
        select(EvidenceRow)
        .where(EvidenceRow.attempt_id == attempt_id)
        .order_by(EvidenceRow.captured_at, EvidenceRow.id)
    )
    return tuple(summary_of(row) for row in uow.db.scalars(query))


def alert_evidence_counts(uow: UnitOfWork, alert_ids: Collection[str]) -> dict[str, int]:
    """How many pictures each noted alert has; one without any is absent."""
    query = (
        select(EvidenceRow.alert_id, func.count())
        .where(EvidenceRow.alert_id.in_(alert_ids))
        .group_by(EvidenceRow.alert_id)
    )
    return {alert_id: count for alert_id, count in uow.db.execute(query) if alert_id is not None}


def evidence_counts(uow: UnitOfWork, incident_ids: Collection[str]) -> dict[str, int]:
    """How many pictures each incident has; one without any is absent."""
    query = (
        select(EvidenceRow.incident_id, func.count())
        .where(EvidenceRow.incident_id.in_(incident_ids))
        .group_by(EvidenceRow.incident_id)
    )
    return {incident_id: count for incident_id, count in uow.db.execute(query) if incident_id is not None}


def evidence_of_attempts(uow: UnitOfWork, attempt_ids: Collection[str]) -> tuple[EvidenceSummary, ...]:
    """All pictures that are kept of some attempts, by time. Callers have established whose they are."""
    query = (
        select(EvidenceRow)
        .where(EvidenceRow.attempt_id.in_(attempt_ids))
        .order_by(EvidenceRow.captured_at, EvidenceRow.id)
    )
    return tuple(summary_of(row) for row in uow.db.scalars(query))


def looks_of_attempts(
    uow: UnitOfWork, attempt_ids: Collection[str], *, limit: int = 500
) -> tuple[EvidenceLook, ...]:
    """Who saw pictures of some attempts, newest first; also of pictures that are deleted since.

    Before there was a list of looks they stood in the audit log alone; those of pictures that are still kept are read there.
    """
    query = (
        select(LookRow).where(LookRow.attempt_id.in_(attempt_ids)).order_by(LookRow.id.desc()).limit(limit)
    )
    looks = [
        EvidenceLook(
            at=row.at,
            actor_kind=row.actor_kind,
            actor_id=row.actor_id,
            kind=row.kind,
            captured_at=row.captured_at,
            evidence_id=row.evidence_id,
        )
        for row in uow.db.scalars(query)
    ]
    known = set(looks)
    looks += [one for one in _audited_looks(uow, attempt_ids, limit=limit) if one not in known]
    return tuple(sorted(looks, key=lambda one: one.at, reverse=True)[:limit])


def reviews_read(uow: UnitOfWork, attempt_ids: Collection[str], *, limit: int = 500) -> tuple[PageLook, ...]:
    """Who opened the reviews of some attempts, newest first."""
    query = (
        select(AuditRow.at, AuditRow.actor_kind, AuditRow.actor_id)
        .where(AuditRow.subject_id.in_(attempt_ids), AuditRow.name == ReviewRead.name)
        .order_by(AuditRow.id.desc())
        .limit(limit)
    )
    return tuple(PageLook(at=at, actor_kind=kind, actor_id=who) for at, kind, who in uow.db.execute(query))


def was_read_lately(uow: UnitOfWork, attempt_id: str) -> bool:
    """Whether whoever acts opened this review within the last hour, so that it stands written already."""
    query = select(AuditRow.id).where(
        AuditRow.subject_id == attempt_id,
        AuditRow.name == ReviewRead.name,
        AuditRow.actor_id == uow.actor.id,
        AuditRow.at > uow.now - READ_AGAIN_AFTER,
    )
    return uow.db.scalar(query.limit(1)) is not None


def _audited_looks(uow: UnitOfWork, attempt_ids: Collection[str], *, limit: int) -> list[EvidenceLook]:
    """Looks as the audit log has them, of pictures that are still kept."""
    query = (
        select(AuditRow.at, AuditRow.actor_kind, AuditRow.actor_id, EvidenceRow)
        .join(EvidenceRow, EvidenceRow.id == AuditRow.subject_id)
        .where(EvidenceRow.attempt_id.in_(attempt_ids), AuditRow.name == EvidenceViewed.name)
        .order_by(AuditRow.id.desc())
        .limit(limit)
    )
    return [
        EvidenceLook(
            at=at,
            actor_kind=kind,
            actor_id=actor_id,
            kind=row.kind,
            captured_at=row.captured_at,
            evidence_id=row.id,
        )
        for at, kind, actor_id, row in uow.db.execute(query)
    ]


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
        stored_sha256=row.stored_sha256 or row.sha256,
        redaction=row.redaction,
        alert_id=row.alert_id,
    )
