# SPDX-License-Identifier: Apache-2.0
"""Tables of assessment definitions and forms. A sealed form's document is never written again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assessor.forms.model import FormState
from core.db import Base, PrimaryId, enum_column


class AssessmentRow(Base):
    """An agency's definition of an assessment: which credential, under which blueprint."""

    __tablename__ = "assessments"

    id: Mapped[PrimaryId]
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"))
    blueprint_id: Mapped[str] = mapped_column(ForeignKey("blueprints.id"))
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("agency_id", "blueprint_id"),)


class FormRow(Base):
    """A fixed selection of items, pinned by version and hash."""

    __tablename__ = "forms"

    id: Mapped[PrimaryId]
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)
    state: Mapped[FormState] = mapped_column(enum_column(FormState))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str | None] = mapped_column(String(71))
    created_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __table_args__ = (
        CheckConstraint("(sha256 IS NULL) = (sealed_at IS NULL)", name="sealed_with_hash"),
        CheckConstraint("state <> 'draft' OR sealed_at IS NULL", name="draft_not_sealed"),
        CheckConstraint("state <> 'sealed' OR sealed_at IS NOT NULL", name="sealed_at"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
