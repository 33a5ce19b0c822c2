# SPDX-License-Identifier: Apache-2.0
"""Tables of attempts. Answers and copies are append-only: nothing in this package updates or deletes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from assessor.attempts.inputs import (
    MAXIMUM_CLIENT_TIME,
    MAXIMUM_DEVICE,
    MAXIMUM_SECONDS,
    MAXIMUM_TARGET,
)
from assessor.attempts.model import (
    Attempt,
    AttemptState,
    EndedBy,
    LateDecision,
    Verdict,
)
from assessor.attempts.sections import MoveKind
from assessor.attempts.timing import Allowance
from assessor.scheduling.names import LONGEST_REASON
from core.db import Base, Id, PrimaryId, enum_column


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
    paused_at: Mapped[datetime | None]
    paused_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    ended_reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="", server_default="")
    section_ends_at: Mapped[datetime | None]
    """The end of the section that was entered last, where it has its own; not cut at the attempt's end. See `sections`."""

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
        CheckConstraint("paused_seconds >= 0", name="paused_seconds"),
        CheckConstraint(
            "paused_at IS NULL OR (state = 'running' AND paused_at >= started_at AND paused_at < ends_at)",
            name="paused_while_running",
        ),
        CheckConstraint("ended_reason = '' OR ended_by IS NOT NULL", name="reason_of_an_end"),
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
                paused_seconds=self.paused_seconds,
            ),
            started_at=self.started_at,
            ended_at=self.ended_at,
            ended_by=self.ended_by,
            paused_at=self.paused_at,
            ended_reason=self.ended_reason,
        )

    def apply(self, after: Attempt) -> None:
        """Take over what was decided; the deadline is stored beside it so that a sweep can find it."""
        self.state = after.state
        self.started_at = after.started_at
        self.ends_at = after.ends_at
        self.ended_at = after.ended_at
        self.ended_by = after.ended_by
        if self.section_ends_at is not None:
            # What was given back, or stood still, goes to the section that is open.
            given = after.allowance.credit_seconds + after.allowance.paused_seconds
            self.section_ends_at += timedelta(seconds=given - self.credit_seconds - self.paused_seconds)
        self.limit_seconds = after.allowance.limit_seconds
        self.accommodation_seconds = after.allowance.accommodation_seconds
        self.credit_seconds = after.allowance.credit_seconds
        self.paused_seconds = after.allowance.paused_seconds
        self.paused_at = after.paused_at
        self.ended_reason = after.ended_reason


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


class PauseRow(Base):
    """A pause of an attempt; an open one has no end. At most one is open, because the attempt says whether it is paused."""

    __tablename__ = "attempt_pauses"

    id: Mapped[PrimaryId]
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), index=True)
    paused_at: Mapped[datetime]
    paused_by: Mapped[Id]
    resumed_at: Mapped[datetime | None]
    resumed_by: Mapped[Id | None]

    __table_args__ = (
        CheckConstraint("resumed_at >= paused_at", name="resumed_after_pause"),
        CheckConstraint("(resumed_at IS NULL) = (resumed_by IS NULL)", name="resumed_by_somebody"),
    )


class CreditRow(Base):
    """Time that a named person gave back; `suggested_seconds` is what was measured and not yet given back."""

    __tablename__ = "attempt_credits"

    id: Mapped[PrimaryId]
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), index=True)
    seconds: Mapped[int]
    suggested_seconds: Mapped[int]
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    beyond: Mapped[str] = mapped_column(String(LONGEST_REASON))
    granted_by: Mapped[Id]
    granted_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("seconds >= 1 AND suggested_seconds >= 0", name="seconds"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        CheckConstraint(
            "seconds <= suggested_seconds OR beyond <> ''", name="more_than_measured_is_explained"
        ),
    )


class PresenceRow(Base):
    """When a device was last heard of, and how many answers it had not got rid of then. Up to ten seconds behind."""

    __tablename__ = "attempt_presence"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(MAXIMUM_DEVICE), primary_key=True)
    seen_at: Mapped[datetime]
    pending: Mapped[int]

    __table_args__ = (CheckConstraint("pending >= 0", name="pending"),)


class OutageRow(Base):
    """A time in which nothing was heard of the learner's device, written down when it came back."""

    __tablename__ = "attempt_outages"

    id: Mapped[PrimaryId]
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), index=True)
    device: Mapped[str] = mapped_column(String(MAXIMUM_DEVICE))
    lost_at: Mapped[datetime]
    back_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("back_at > lost_at", name="back_after_lost"),)


class LateDecisionRow(Base):
    """What a named person decided about an answer that came too late; made once, about exactly one kept copy."""

    __tablename__ = "late_decisions"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(MAXIMUM_DEVICE), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_version_id: Mapped[str] = mapped_column(ForeignKey("item_versions.id"), primary_key=True)
    cause: Mapped[Verdict] = mapped_column(enum_column(Verdict))
    value_sha256: Mapped[str] = mapped_column(String(71))
    decision: Mapped[LateDecision] = mapped_column(enum_column(LateDecision))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    decided_by: Mapped[Id]
    decided_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("reason <> ''", name="has_a_reason"),)


class MoveRow(Base):
    """A move through the sections that counts. The seconds are what was given back, and stood still, by then."""

    __tablename__ = "attempt_moves"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(MAXIMUM_DEVICE), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    kind: Mapped[MoveKind] = mapped_column(enum_column(MoveKind))
    target: Mapped[str] = mapped_column(String(MAXIMUM_TARGET))
    credit_seconds: Mapped[int]
    paused_seconds: Mapped[int]
    client_time: Mapped[str] = mapped_column(String(MAXIMUM_CLIENT_TIME))
    received_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("seq >= 1 AND epoch >= 1", name="numbers_from_one"),
        CheckConstraint("credit_seconds >= 0 AND paused_seconds >= 0", name="seconds"),
    )


class MoveCopyRow(Base):
    """A move that was refused and yet kept, with the reason."""

    __tablename__ = "attempt_move_copies"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String(MAXIMUM_DEVICE), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[Verdict] = mapped_column(enum_column(Verdict), primary_key=True)
    kind: Mapped[MoveKind] = mapped_column(enum_column(MoveKind), primary_key=True)
    target: Mapped[str] = mapped_column(String(MAXIMUM_TARGET), primary_key=True)
    epoch: Mapped[int]
    client_time: Mapped[str] = mapped_column(String(MAXIMUM_CLIENT_TIME))
    received_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("reason NOT IN ('stored', 'repeated')", name="refused"),)
