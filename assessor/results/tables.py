# SPDX-License-Identifier: Apache-2.0
"""Tables of results, holds and deliveries. A result's document is never written again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from assessor.results.model import MAXIMUM_REASON, DeliveryState, HoldState, ResultState
from core.db import Base, PrimaryId, enum_column


class ResultRow(Base):
    """What was decided for an entry, with everything that the decision rests on."""

    __tablename__ = "results"

    id: Mapped[PrimaryId]
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"), index=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    awarding_body_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    state: Mapped[ResultState] = mapped_column(enum_column(ResultState))
    passed: Mapped[bool]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(71))
    created_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    declared_by: Mapped[str | None] = mapped_column(String(64))
    feed_number: Mapped[int | None]
    version: Mapped[int] = mapped_column()
    corrected_by_id: Mapped[str | None] = mapped_column(ForeignKey("key_corrections.id"))
    """The correction of a key because of which another result took this one's place."""

    __table_args__ = (
        UniqueConstraint("awarding_body_id", "feed_number"),
        CheckConstraint("(declared_at IS NULL) = (feed_number IS NULL)", name="declared_is_in_the_feed"),
        CheckConstraint("(declared_at IS NULL) = (declared_by IS NULL)", name="declared_by_somebody"),
        CheckConstraint("state <> 'declared' OR declared_at IS NOT NULL", name="declared_at"),
        CheckConstraint("state <> 'provisional' OR declared_at IS NULL", name="provisional_not_declared"),
        Index(
            "uq_results_one_provisional",
            "entry_id",
            unique=True,
            sqlite_where=text("state = 'provisional'"),
            postgresql_where=text("state = 'provisional'"),
        ),
        Index(
            "uq_results_one_declared",
            "entry_id",
            unique=True,
            sqlite_where=text("state = 'declared'"),
            postgresql_where=text("state = 'declared'"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class FeedCounterRow(Base):
    """The last number that an awarding body's feed gave out; it moves in the transaction that uses it, so no gaps."""

    __tablename__ = "feed_counters"

    awarding_body_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    last: Mapped[int]


class HoldRow(Base):
    """A block on declaring an entry's result. `cause_id` is opaque here."""

    __tablename__ = "holds"

    cause_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id"), index=True)
    state: Mapped[HoldState] = mapped_column(enum_column(HoldState))
    placed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(state = 'interim') = (settled_at IS NULL)", name="settled_at"),)


class DeliveryRow(Base):
    """A declared result that the awarding body has pulled, and its answer."""

    __tablename__ = "deliveries"

    result_id: Mapped[str] = mapped_column(ForeignKey("results.id"), primary_key=True)
    awarding_body_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState))
    delivered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(MAXIMUM_REASON))

    __table_args__ = (CheckConstraint("(state = 'delivered') = (answered_at IS NULL)", name="answered_at"),)
