# SPDX-License-Identifier: Apache-2.0
"""The table of reports. A report's document is written once, when it is done; it names nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from assessor.analyses.model import DIGEST_LENGTH, LONGEST_STAGE, WHOLE, ReportKind, ReportState
from core.db import Base, PrimaryId, enum_column

_UNDER_WAY = text("state IN ('queued', 'running')")


class ReportRow(Base):
    """One report on a batch: ordered, then made by a job. `progress` is in thousandths."""

    __tablename__ = "reports"

    id: Mapped[PrimaryId]
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"))
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    awarding_body_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[ReportKind] = mapped_column(enum_column(ReportKind))
    state: Mapped[ReportState] = mapped_column(enum_column(ReportState))
    ordered_by: Mapped[str] = mapped_column(String(64))
    ordered_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    """When the job that makes it was last heard of; one that is silent for long was cut off."""
    ended_at: Mapped[datetime | None]
    progress: Mapped[int]
    stage: Mapped[str] = mapped_column(String(LONGEST_STAGE))
    cancel_asked: Mapped[bool] = mapped_column(server_default=false())
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sha256: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH))
    made_from: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH))
    batch_closed: Mapped[bool | None]
    persons: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column()

    __table_args__ = (
        CheckConstraint(f"progress BETWEEN 0 AND {WHOLE}", name="progress"),
        CheckConstraint("state <> 'queued' OR started_at IS NULL", name="queued_is_untouched"),
        CheckConstraint(
            "state <> 'running' OR (started_at IS NOT NULL AND beat_at IS NOT NULL)", name="running_has_begun"
        ),
        CheckConstraint("(ended_at IS NULL) = (state IN ('queued', 'running'))", name="ended_at"),
        CheckConstraint("(state = 'done') = (document IS NOT NULL)", name="done_has_a_document"),
        CheckConstraint(
            "(document IS NULL) = (made_from IS NULL) AND (document IS NULL) = (batch_closed IS NULL) "
            "AND (document IS NULL) = (persons IS NULL) AND (document IS NULL) = (sha256 IS NULL)",
            name="document_says_of_what",
        ),
        CheckConstraint("(state = 'failed') = (code <> '')", name="failed_with_a_code"),
        CheckConstraint("persons >= 0", name="persons"),
        Index(None, "batch_id", "kind"),
        Index(None, "state"),
        Index(
            "uq_reports_one_under_way",
            "batch_id",
            "kind",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
