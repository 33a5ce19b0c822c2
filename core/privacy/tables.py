# SPDX-License-Identifier: Apache-2.0
"""Tables of retention and erasure. Receipts are append-only and name nobody."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId, enum_column
from core.privacy.model import LONGEST_APPEAL_DAYS, LONGEST_REASON, DataClass, ErasureState, Mode


class DeletedBecause(StrEnum):
    """The period was over, or the person asked."""

    PERIOD_OVER = "period_over"
    ERASURE = "erasure"


class RetentionSettingsRow(Base):
    """What an organisation has chosen where that differs from the policy."""

    __tablename__ = "retention_settings"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    mode: Mapped[Mode] = mapped_column(enum_column(Mode))
    appeal_days: Mapped[int]
    days: Mapped[dict[str, int]] = mapped_column(JSON)
    set_by: Mapped[Id]
    set_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        CheckConstraint(f"appeal_days BETWEEN 0 AND {LONGEST_APPEAL_DAYS}", name="appeal_days"),
    )


class DeletionReceiptRow(Base):
    """What was deleted, when and under which policy; append-only. `digest` is over the sorted hashes of what there was."""

    __tablename__ = "deletion_receipts"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    subject_id: Mapped[str] = mapped_column(String(26))
    attempt_id: Mapped[Id | None]
    data_class: Mapped[DataClass] = mapped_column(enum_column(DataClass))
    because: Mapped[DeletedBecause] = mapped_column(enum_column(DeletedBecause))
    count: Mapped[int]
    digest: Mapped[str] = mapped_column(String(71))
    keys: Mapped[list[str]] = mapped_column(JSON)
    policy_version: Mapped[str] = mapped_column(String(20))
    mode: Mapped[Mode] = mapped_column(enum_column(Mode))
    due_at: Mapped[datetime]
    deleted_at: Mapped[datetime]
    erasure_id: Mapped[Id | None]

    __table_args__ = (
        Index(None, "organisation_id", "id"),
        Index(None, "subject_id"),
        CheckConstraint("count >= 0", name="count"),
        CheckConstraint("length(digest) = 71", name="digest"),
        CheckConstraint("(because = 'erasure') = (erasure_id IS NOT NULL)", name="of_an_erasure"),
    )


class ErasureRow(Base):
    """A request to erase a person's data; once done, `proof` is all that ties it to whoever presents the same data again."""

    __tablename__ = "erasures"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    subject_id: Mapped[Id]
    entry_id: Mapped[Id]
    state: Mapped[ErasureState] = mapped_column(enum_column(ErasureState))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(String(LONGEST_REASON))
    erase_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    salt: Mapped[str | None] = mapped_column(String(64))
    proof: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        Index(None, "organisation_id", "state", "id"),
        Index(
            "uq_erasures_one_open",
            "subject_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'confirmed')"),
            postgresql_where=text("state IN ('asked', 'confirmed')"),
        ),
        CheckConstraint(
            "state NOT IN ('confirmed', 'done') OR (erase_at IS NOT NULL AND decided_by IS NOT NULL)",
            name="confirmed_by_somebody",
        ),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_at"),
        CheckConstraint("(done_at IS NULL) = (proof IS NULL)", name="proof_of_the_done"),
        CheckConstraint("done_at >= erase_at", name="not_before_its_time"),
    )
