# SPDX-License-Identifier: Apache-2.0
"""Tables of attempts. Answers and copies are append-only: nothing in this package updates or deletes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from assessor.attempts.model import (
    MAXIMUM_CLIENT_TIME,
    MAXIMUM_DEVICE,
    MAXIMUM_SECONDS,
    Attempt,
    AttemptState,
    EndedBy,
    Verdict,
)
from assessor.attempts.timing import Allowance
from core.db import Base, PrimaryId, enum_column


class AttemptRow(Base):
    """One candidate's run through one form."""

    __tablename__ = "attempts"

    id: Mapped[PrimaryId]
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"), unique=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    form_id: Mapped[str] = mapped_column(ForeignKey("forms.id"))
    secret: Mapped[str] = mapped_column(String(64))
    state: Mapped[AttemptState] = mapped_column(enum_column(AttemptState))
    started_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[EndedBy | None] = mapped_column(enum_column(EndedBy))
    limit_seconds: Mapped[int]
    accommodation_seconds: Mapped[int]
    credit_seconds: Mapped[int]
    lease_epoch: Mapped[int]
    lease_device: Mapped[str | None] = mapped_column(String(MAXIMUM_DEVICE))
    version: Mapped[int] = mapped_column()

    __table_args__ = (
        CheckConstraint(
            "state <> 'created' OR (started_at IS NULL AND ended_at IS NULL)", name="created_is_untouched"
        ),
        CheckConstraint(
            "state <> 'running' OR (started_at IS NOT NULL AND ended_at IS NULL)", name="running_has_begun"
        ),
        CheckConstraint(
            "state <> 'submitted' OR (ended_at IS NOT NULL AND (started_at IS NOT NULL OR ended_by = 'withdrawn'))",
            name="submitted_has_ended",
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        CheckConstraint("(started_at IS NULL) = (ends_at IS NULL)", name="deadline_from_the_start"),
        CheckConstraint("ended_at >= started_at", name="ends_after_start"),
        CheckConstraint(f"limit_seconds BETWEEN 1 AND {MAXIMUM_SECONDS}", name="limit_seconds"),
        CheckConstraint(
            f"accommodation_seconds BETWEEN 0 AND {MAXIMUM_SECONDS}", name="accommodation_seconds"
        ),
        CheckConstraint(f"credit_seconds BETWEEN 0 AND {MAXIMUM_SECONDS}", name="credit_seconds"),
        CheckConstraint("(lease_epoch = 0) = (lease_device IS NULL)", name="lease_has_a_holder"),
        Index(None, "state", "ends_at"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    def to_model(self) -> Attempt:
        """What the rules need to know."""
        return Attempt(
            state=self.state,
            allowance=Allowance(
                limit_seconds=self.limit_seconds,
                accommodation_seconds=self.accommodation_seconds,
                credit_seconds=self.credit_seconds,
            ),
            started_at=self.started_at,
            ended_at=self.ended_at,
            ended_by=self.ended_by,
        )

    def apply(self, after: Attempt) -> None:
        """Take over what was decided; the deadline is stored beside it so that a sweep can find it."""
        self.state = after.state
        self.started_at = after.started_at
        self.ends_at = after.ends_at
        self.ended_at = after.ended_at
        self.ended_by = after.ended_by
        self.limit_seconds = after.allowance.limit_seconds
        self.accommodation_seconds = after.allowance.accommodation_seconds
        self.credit_seconds = after.allowance.credit_seconds


class LeaseRow(Base):
    """Which device held the attempt from an epoch on."""

    __tablename__ = "attempt_leases"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    device: Mapped[str] = mapped_column(String(MAXIMUM_DEVICE))
    taken_at: Mapped[datetime]


class ResponseEventRow(Base):
    """An answer that counts, or counted until a later one of the same item."""

    __tablename__ = "response_events"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(MAXIMUM_DEVICE), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    item_version_id: Mapped[str] = mapped_column(ForeignKey("item_versions.id"))
    value: Mapped[Any] = mapped_column(JSON)
    revision: Mapped[int]
    client_time: Mapped[str] = mapped_column(String(MAXIMUM_CLIENT_TIME))
    received_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "attempt_id", "item_version_id"),
        CheckConstraint("seq >= 1 AND epoch >= 1 AND revision >= 1", name="numbers_from_one"),
    )


class ResponseCopyRow(Base):
    """An answer that was refused and yet kept, with the reason: a conflict copy, or one that came late."""

    __tablename__ = "response_copies"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(MAXIMUM_DEVICE), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[Verdict] = mapped_column(enum_column(Verdict), primary_key=True)
    value_sha256: Mapped[str] = mapped_column(String(71), primary_key=True)
    epoch: Mapped[int]
    item_version_id: Mapped[str] = mapped_column(ForeignKey("item_versions.id"))
    value: Mapped[Any] = mapped_column(JSON)
    client_time: Mapped[str] = mapped_column(String(MAXIMUM_CLIENT_TIME))
    received_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("reason NOT IN ('stored', 'repeated')", name="refused"),)


class ResponseFileRow(Base):
    """A file that a learner uploaded as an answer; the bytes lie in the blob store, under the attempt's key."""

    __tablename__ = "response_files"

    id: Mapped[PrimaryId]
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), index=True)
    item_version_id: Mapped[str] = mapped_column(ForeignKey("item_versions.id"))
    part: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    stored_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("length(address) = 64 AND length(sha256) = 64", name="hashes"),
    )
