# SPDX-License-Identifier: Apache-2.0
"""The table of messages. An attempt is an opaque identifier, so it has no foreign key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId
from proctor.messages.model import LONGEST_MESSAGE


class MessageRow(Base):
    """One message to one learner; append-only."""

    __tablename__ = "proctor_messages"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    attempt_id: Mapped[Id]
    text: Mapped[str] = mapped_column(String(LONGEST_MESSAGE))
    sent_by: Mapped[Id]
    sent_at: Mapped[datetime]
    broadcast_id: Mapped[Id | None]

    __table_args__ = (Index(None, "attempt_id"), CheckConstraint("text <> ''", name="says_something"))
