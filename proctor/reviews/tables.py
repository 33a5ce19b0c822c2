# SPDX-License-Identifier: Apache-2.0
"""Tables of samples and of what people said who looked blind. An attempt and a sitting are opaque identifiers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId, enum_column
from proctor.incidents.model import MAXIMUM_REASON
from proctor.reviews.model import Answer


class ReviewShareRow(Base):
    """Which share of clean attempts an organisation draws; without a row the default counts."""

    __tablename__ = "review_shares"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    percent: Mapped[int]
    set_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),)


class ReviewSampleRow(Base):
    """A draw out of one sitting, with the seed that repeats it."""

    __tablename__ = "review_samples"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    sitting_id: Mapped[str] = mapped_column(String(26), unique=True)
    seed: Mapped[int] = mapped_column(BigInteger)
    percent: Mapped[int]
    clean: Mapped[int]
    flagged: Mapped[int]
    drawn_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    drawn_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "organisation_id"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        CheckConstraint("clean >= 0 AND flagged >= 0 AND clean + flagged > 0", name="drawn_from"),
    )


class ReviewTaskRow(Base):
    """One drawn attempt. Whether it is clean is not shown to those who look."""

    __tablename__ = "review_tasks"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    sample_id: Mapped[str] = mapped_column(ForeignKey("review_samples.id"))
    sitting_id: Mapped[str] = mapped_column(String(26))
    attempt_id: Mapped[str] = mapped_column(String(26), unique=True)
    place: Mapped[int]
    clean: Mapped[bool]
    readers: Mapped[int]

    __table_args__ = (
        Index(None, "organisation_id"),
        UniqueConstraint("sample_id", "place"),
        CheckConstraint("readers IN (1, 2)", name="readers"),
    )


class ReviewAnswerRow(Base):
    """What one person said of one drawn attempt; rows are added, only the incident made of a mark is written later, once."""

    __tablename__ = "review_answers"

    task_id: Mapped[str] = mapped_column(ForeignKey("review_tasks.id"), primary_key=True)
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    answer: Mapped[Answer] = mapped_column(enum_column(Answer))
    moment_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(MAXIMUM_REASON))
    at: Mapped[datetime]
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incidents.id"))

    __table_args__ = (
        CheckConstraint(
            "(answer = 'marked') = (moment_at IS NOT NULL) AND (answer = 'marked') = (length(trim(reason)) > 0)",
            name="marked_whole",
        ),
        CheckConstraint("incident_id IS NULL OR answer = 'marked'", name="raised_from_a_mark"),
    )
