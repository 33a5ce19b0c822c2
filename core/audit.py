# SPDX-License-Identifier: Apache-2.0
"""The append-only record of who did what. Rows are written by ``UnitOfWork.emit`` alone and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Index, String, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId

if TYPE_CHECKING:
    from core.uow import UnitOfWork


class AuditRow(Base):
    """One event as it happened."""

    __tablename__ = "audit_log"

    id: Mapped[PrimaryId]
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str] = mapped_column(String(64))
    organisation_id: Mapped[Id | None]
    subject_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (Index(None, "organisation_id", "id"), Index(None, "subject_id", "id"))


RECORD = insert(AuditRow)
"""Built once, and told to the connection: every event is written by it."""


def newest_instant(uow: UnitOfWork) -> datetime | None:
    """When the newest record was written, by the clock of then; None before the first."""
    return uow.db.scalar(select(AuditRow.at).order_by(AuditRow.id.desc()).limit(1))
