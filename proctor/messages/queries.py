# SPDX-License-Identifier: Apache-2.0
"""Reads of messages; rows stay inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.uow import UnitOfWork
from proctor.messages.tables import MessageRow

MOST_MESSAGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a proctor wrote; ids sort by age."""

    id: str
    text: str
    sent_by: str
    sent_at: datetime
    to_everybody: bool


def messages_of_attempt(uow: UnitOfWork, attempt_id: str, *, limit: int = MOST_MESSAGES) -> list[Message]:
    """The newest messages to a learner, oldest first. Callers have established whose the attempt is."""
    query = select(MessageRow).where(MessageRow.attempt_id == attempt_id)
    rows = list(uow.db.scalars(query.order_by(MessageRow.id.desc()).limit(limit)))
    return [
        Message(
            id=row.id,
            text=row.text,
            sent_by=row.sent_by,
            sent_at=row.sent_at,
            to_everybody=row.broadcast_id is not None,
        )
        for row in reversed(rows)
    ]
