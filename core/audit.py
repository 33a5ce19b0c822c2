# SPDX-License-Identifier: Apache-2.0
"""The append-only record of who did what. Rows are written by ``UnitOfWork.emit`` alone and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId


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
