# SPDX-License-Identifier: Apache-2.0
"""Reads of periods, receipts and requests, and of who looked at what; rows stay inside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from core.audit import AuditRow
from core.errors import NotFound
from core.prepared import Prepared
from core.privacy.model import DataClass, ErasureState, Mode, Settings
from core.privacy.tables import DeletedBecause, DeletionReceiptRow, ErasureRow, RetentionSettingsRow
from core.uow import UnitOfWork

_MODE = Prepared(
    select(RetentionSettingsRow.mode).where(
        RetentionSettingsRow.organisation_id == bindparam("organisation_id")
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that a class of somebody's data was deleted."""

    id: str
    subject_id: str
    attempt_id: str | None
    data_class: DataClass
    because: DeletedBecause
    count: int
    digest: str
    keys: tuple[str, ...]
    policy_version: str
    mode: Mode
    due_at: datetime
    deleted_at: datetime
    erasure_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A request to erase. `decided_by` and `asked_by` are ids of the actors."""

    id: str
    organisation_id: str
    subject_id: str
    entry_id: str
    state: ErasureState
    asked_at: datetime
    asked_by: str
    reason: str
    decided_at: datetime | None
    decided_by: str | None
    answer: str
    erase_at: datetime | None
    done_at: datetime | None
    proof: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody took a learner's data out."""

    at: datetime
    actor_kind: str
    actor_id: str


def settings_of(uow: UnitOfWork, organisation_id: str) -> Settings:
    """The periods of an organisation."""
    row = uow.db.get(RetentionSettingsRow, organisation_id)
    if row is None:
        return Settings()
    days = {DataClass(name): days for name, days in row.days.items()}
    return Settings(mode=row.mode, appeal_days=row.appeal_days, days=days)


def mode_of(uow: UnitOfWork, organisation_id: str) -> Mode:
    """Which reading of the law an organisation follows; every learner's gate asks."""
    row = _MODE.one_or_none(uow.db.connection(), {"organisation_id": organisation_id})
    return Settings().mode if row is None else Mode(row[0])


def receipts(
    uow: UnitOfWork,
    *,
    organisation_id: str | None = None,
    subject_ids: Collection[str] | None = None,
    limit: int = 200,
) -> list[Receipt]:
    """Receipts, newest first: of an organisation, of some subjects, or of all for the operator."""
    query = select(DeletionReceiptRow).order_by(DeletionReceiptRow.id.desc()).limit(limit)
    if organisation_id is not None:
        query = query.where(DeletionReceiptRow.organisation_id == organisation_id)
    if subject_ids is not None:
        query = query.where(DeletionReceiptRow.subject_id.in_(list(subject_ids)))
    return [_receipt(row) for row in uow.db.scalars(query)]


def erasures(
    uow: UnitOfWork, *, organisation_id: str | None, states: Collection[ErasureState], limit: int = 200
) -> list[Erasure]:
    """Requests in these states, oldest first; of all organisations for the operator (None)."""
    query = select(ErasureRow).where(ErasureRow.state.in_(list(states))).order_by(ErasureRow.id).limit(limit)
    if organisation_id is not None:
        query = query.where(ErasureRow.organisation_id == organisation_id)
    return [erasure_of(row) for row in uow.db.scalars(query)]


def newest_erasure(uow: UnitOfWork, subject_id: str) -> Erasure | None:
    """The last request of a person."""
    query = select(ErasureRow).where(ErasureRow.subject_id == subject_id).order_by(ErasureRow.id.desc())
    row = uow.db.scalar(query.limit(1))
    return erasure_of(row) if row is not None else None


def due_erasures(uow: UnitOfWork) -> list[str]:
    """Ids of what is confirmed and may be carried out now."""
    query = select(ErasureRow.id).where(
        ErasureRow.state == ErasureState.CONFIRMED, ErasureRow.erase_at <= uow.now
    )
    return list(uow.db.scalars(query.order_by(ErasureRow.id)))


def erasure(uow: UnitOfWork, erasure_id: str, *, organisation_id: str | None) -> Erasure:
    """One request. NotFound `erasure_unknown` for another tenant's too."""
    return erasure_of(load_erasure(uow, erasure_id, organisation_id=organisation_id))


def exports_of(uow: UnitOfWork, entry_ids: Collection[str], *, limit: int = 100) -> list[Taken]:
    """When these entries' data was taken out, newest first."""
    query = (
        select(AuditRow)
        .where(AuditRow.subject_id.in_(list(entry_ids)), AuditRow.name == "personal_data_exported")
        .order_by(AuditRow.id.desc())
        .limit(limit)
    )
    return [Taken(row.at, row.actor_kind, row.actor_id) for row in uow.db.scalars(query)]


def load_erasure(uow: UnitOfWork, erasure_id: str, *, organisation_id: str | None) -> ErasureRow:
    """The row; NotFound `erasure_unknown` for another tenant's too."""
    row = uow.db.get(ErasureRow, erasure_id)
    if row is None or organisation_id not in (None, row.organisation_id):
        raise NotFound("erasure_unknown")
    return row


def erasure_of(row: ErasureRow) -> Erasure:
    """The row as a value."""
    return Erasure(
        id=row.id,
        organisation_id=row.organisation_id,
        subject_id=row.subject_id,
        entry_id=row.entry_id,
        state=row.state,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        reason=row.reason,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        answer=row.answer,
        erase_at=row.erase_at,
        done_at=row.done_at,
        proof=row.proof,
    )


def _receipt(row: DeletionReceiptRow) -> Receipt:
    return Receipt(
        id=row.id,
        subject_id=row.subject_id,
        attempt_id=row.attempt_id,
        data_class=row.data_class,
        because=row.because,
        count=row.count,
        digest=row.digest,
        keys=tuple(row.keys),
        policy_version=row.policy_version,
        mode=row.mode,
        due_at=row.due_at,
        deleted_at=row.deleted_at,
        erasure_id=row.erasure_id,
    )
