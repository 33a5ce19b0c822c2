# SPDX-License-Identifier: Apache-2.0
"""Tables of scheduling. An access code is stored as its keyed hash only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assessor.scheduling.model import Duty, EntryState, Language
from core.db import Base, PrimaryId, enum_column


class BatchRow(Base):
    """Candidates who are assessed together for one awarding body."""

    __tablename__ = "batches"

    id: Mapped[PrimaryId]
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    awarding_body_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    engagement_id: Mapped[str] = mapped_column(ForeignKey("engagements.id"))
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("agency_id", "name"),)


class BatchFormRow(Base):
    """A form that the candidates of a batch may draw; a form serves one batch."""

    __tablename__ = "batch_forms"

    form_id: Mapped[str] = mapped_column(ForeignKey("forms.id"), primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), index=True)


class SittingRow(Base):
    """When and where a batch, or a part of it, is assessed."""

    __tablename__ = "sittings"

    id: Mapped[PrimaryId]
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), index=True)
    place: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    proctored: Mapped[bool]
    retention_days: Mapped[int]

    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="window"),
        CheckConstraint("retention_days BETWEEN 1 AND 3650", name="retention_days"),
    )


class CandidateRow(Base):
    """A person who is assessed."""

    __tablename__ = "candidates"

    id: Mapped[PrimaryId]
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[Language] = mapped_column(enum_column(Language))
    date_of_birth: Mapped[date | None]
    created_at: Mapped[datetime]


class EntryRow(Base):
    """One candidate's one try, with the form drawn for it."""

    __tablename__ = "entries"

    id: Mapped[PrimaryId]
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.id"), index=True)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"))
    form_id: Mapped[str] = mapped_column(ForeignKey("forms.id"))
    draw: Mapped[dict[str, Any]] = mapped_column(JSON)
    extra_minutes: Mapped[int]
    state: Mapped[EntryState] = mapped_column(enum_column(EntryState))
    code_key: Mapped[str] = mapped_column(String(64), unique=True)
    code_issued_at: Mapped[datetime]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __table_args__ = (
        UniqueConstraint("sitting_id", "candidate_id"),
        CheckConstraint("extra_minutes BETWEEN 0 AND 1440", name="extra_minutes"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class SittingStaffRow(Base):
    """A person assigned to a sitting, with the conflict of interest that was declared since."""

    __tablename__ = "sitting_staff"

    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    duty: Mapped[Duty] = mapped_column(enum_column(Duty), primary_key=True)
    conflict_declared: Mapped[bool]
    assigned_at: Mapped[datetime]
