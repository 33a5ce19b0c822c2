# SPDX-License-Identifier: Apache-2.0
"""Tables of messages and calls. An attempt is an opaque identifier, so it has no foreign key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId, enum_column
from proctor.messages.model import LONGEST_MESSAGE, Direction, Hint


class MessageRow(Base):
    """One message to or from one learner; append-only."""

    __tablename__ = "proctor_messages"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    attempt_id: Mapped[Id]
    text: Mapped[str] = mapped_column(String(LONGEST_MESSAGE))
    sent_by: Mapped[Id]
    sent_at: Mapped[datetime]
    broadcast_id: Mapped[Id | None]
    direction: Mapped[Direction] = mapped_column(
        enum_column(Direction), default=Direction.TO_LEARNER, server_default=Direction.TO_LEARNER.value
    )
    number: Mapped[int | None] = mapped_column(BigInteger)
    hint: Mapped[Hint | None] = mapped_column(enum_column(Hint))

    __table_args__ = (
        Index(None, "attempt_id"),
        UniqueConstraint("attempt_id", "number"),
        CheckConstraint("text <> ''", name="says_something"),
        CheckConstraint("(direction = 'from_learner') = (number IS NOT NULL)", name="learners_number"),
    )


class CallRow(Base):
    """What one learner wants of people now; absent where nothing was ever wanted."""

    __tablename__ = "learner_calls"

    attempt_id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    hand_at: Mapped[datetime | None]
    waiting_at: Mapped[datetime | None]
    waiting: Mapped[int]

    __table_args__ = (
        CheckConstraint("(waiting = 0) = (waiting_at IS NULL)", name="waiting_since"),
        CheckConstraint("waiting >= 0", name="waiting_counts"),
    )
