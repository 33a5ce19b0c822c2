# SPDX-License-Identifier: Apache-2.0
"""The table of alerts that are no incidents. An attempt is an opaque identifier, so it has no foreign key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId, enum_column
from proctor.rules.alerts import AlertEnd, RuleName, Weight


class AlertRow(Base):
    """One noted alert: written when it is raised, its end written once, then never changed."""

    __tablename__ = "alerts"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("proctoring_sessions.id"))
    sitting_id: Mapped[str] = mapped_column(String(26))
    attempt_id: Mapped[str] = mapped_column(String(26))
    rule: Mapped[RuleName] = mapped_column(enum_column(RuleName))
    number: Mapped[int]
    weight: Mapped[Weight] = mapped_column(enum_column(Weight))
    cause: Mapped[str | None] = mapped_column(String(20))
    onset_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[AlertEnd | None] = mapped_column(enum_column(AlertEnd))
    raised_numbers: Mapped[dict[str, float]] = mapped_column(JSON)
    final_numbers: Mapped[dict[str, float] | None] = mapped_column(JSON(none_as_null=True))
    thresholds: Mapped[dict[str, float]] = mapped_column(JSON)
    rule_version: Mapped[str] = mapped_column(String(20))
    model_sha256: Mapped[str] = mapped_column(String(64))
    validated: Mapped[bool]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        UniqueConstraint("session_id", "rule", "number"),
        Index(None, "attempt_id"),
        Index(None, "sitting_id"),
        Index(None, "organisation_id", "attempt_id"),
        CheckConstraint("weight = 'note'", name="only_notes"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        CheckConstraint("raised_at >= onset_at", name="raised_after_onset"),
        CheckConstraint("ended_at IS NULL OR ended_at >= onset_at", name="ended_after_onset"),
        CheckConstraint(
            "(ended_at IS NULL AND ended_because IS NULL AND final_numbers IS NULL)"
            " OR (ended_at IS NOT NULL AND ended_because IS NOT NULL AND final_numbers IS NOT NULL)",
            name="ended_whole",
        ),
    )
