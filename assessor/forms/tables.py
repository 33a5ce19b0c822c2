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


class BankSnapshotRow(Base):
    """What a bank was at a draw: the figures that the compiler saw, no content; under its hash, written once."""

    __tablename__ = "bank_snapshots"

    sha256: Mapped[str] = mapped_column(String(71), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]


class DrawRow(Base):
    """One run of the compiler: everything that its replay needs. The seed is text, it may have 63 bits."""

    __tablename__ = "form_draws"

    id: Mapped[PrimaryId]
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"), index=True)
    seed: Mapped[str] = mapped_column(String(20))
    papers: Mapped[int]
    blueprint_sha256: Mapped[str] = mapped_column(String(71))
    bank_sha256: Mapped[str] = mapped_column(ForeignKey("bank_snapshots.sha256"))
    compiler: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("papers >= 1", name="papers"),)


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
    draw_id: Mapped[str | None] = mapped_column(ForeignKey("form_draws.id"), index=True)

    __table_args__ = (
        CheckConstraint("(sha256 IS NULL) = (sealed_at IS NULL)", name="sealed_with_hash"),
        CheckConstraint("state <> 'draft' OR sealed_at IS NULL", name="draft_not_sealed"),
        CheckConstraint("state <> 'sealed' OR sealed_at IS NOT NULL", name="sealed_at"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
