# SPDX-License-Identifier: Apache-2.0
"""The table of proctoring sessions. An attempt is an opaque identifier, so it has no foreign key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId, enum_column
from proctor.monitoring.model import ProctoringSession, SessionEnd, SessionState


class SessionRow(Base):
    """One attempt's proctoring session."""

    __tablename__ = "proctoring_sessions"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    attempt_id: Mapped[str] = mapped_column(String(26), unique=True)
    sitting_id: Mapped[str] = mapped_column(String(26))
    state: Mapped[SessionState] = mapped_column(enum_column(SessionState))
    consent_id: Mapped[Id | None]
    photo_id: Mapped[Id | None]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[SessionEnd | None] = mapped_column(enum_column(SessionEnd))
    version: Mapped[int] = mapped_column()
    plan: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    agreed: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    exemptions: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    watched: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        Index(None, "sitting_id"),
        Index(None, "state"),
        CheckConstraint("photo_id IS NULL OR consent_id IS NOT NULL", name="consent_before_photo"),
        CheckConstraint(
            "state IN ('created', 'ended') OR (consent_id IS NOT NULL AND photo_id IS NOT NULL)",
            name="ready_whole",
        ),
        CheckConstraint("state <> 'active' OR activated_at IS NOT NULL", name="active_since"),
        CheckConstraint(
            "(state = 'ended' AND ended_at IS NOT NULL AND ended_by IS NOT NULL)"
            " OR (state <> 'ended' AND ended_at IS NULL AND ended_by IS NULL)",
            name="ended_whole",
        ),
        CheckConstraint("ended_at IS NULL OR ended_at >= created_at", name="ended_after_created"),
    )

    def to_model(self) -> ProctoringSession:
        """The row as the state machine sees it."""
        return ProctoringSession(
            state=self.state,
            consent_id=self.consent_id,
            photo_id=self.photo_id,
            activated_at=self.activated_at,
            ended_at=self.ended_at,
            ended_by=self.ended_by,
        )

    def apply(self, after: ProctoringSession) -> None:
        """Write the decided state; with a clock that was set back it ends when it was opened, and not before."""
        self.state = after.state
        self.consent_id = after.consent_id
        self.photo_id = after.photo_id
        self.activated_at = after.activated_at
        self.ended_at = None if after.ended_at is None else max(after.ended_at, self.created_at)
        self.ended_by = after.ended_by
