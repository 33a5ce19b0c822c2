# SPDX-License-Identifier: Apache-2.0
"""Reads of messages and calls; rows stay inside. Callers have established whose the attempts are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.uow import UnitOfWork
from proctor.messages.model import Call, Direction, Hint
from proctor.messages.tables import CallRow, MessageRow

MOST_MESSAGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a proctor or the machine wrote to a learner, or the learner to the proctors; ids sort by age."""

    id: str
    text: str
    sent_by: str
    sent_at: datetime
    to_everybody: bool
    direction: Direction = Direction.TO_LEARNER
    hint: Hint | None = None


def messages_of_attempt(uow: UnitOfWork, attempt_id: str, *, limit: int = MOST_MESSAGES) -> list[Message]:
    """The newest messages to and from a learner, oldest first."""
    query = select(MessageRow).where(MessageRow.attempt_id == attempt_id)
    rows = list(uow.db.scalars(query.order_by(MessageRow.id.desc()).limit(limit)))
    return [
        Message(
            id=row.id,
            text=row.text,
            sent_by=row.sent_by,
            sent_at=row.sent_at,
            to_everybody=row.broadcast_id is not None,
            direction=row.direction,
            hint=row.hint,
        )
        for row in reversed(rows)
    ]


def hints_given(uow: UnitOfWork, attempt_id: str) -> dict[Hint, datetime]:
    """When each hint was last given to a learner."""
    query = (
        select(MessageRow.hint, func.max(MessageRow.sent_at))
        .where(MessageRow.attempt_id == attempt_id, MessageRow.hint.is_not(None))
        .group_by(MessageRow.hint)
    )
    return {hint: at for hint, at in uow.db.execute(query) if hint is not None}


def hint_counts(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, int]:
    """How many hints each of these learners got, of the machine and of proctors."""
    query = (
        select(MessageRow.attempt_id, func.count())
        .where(MessageRow.attempt_id.in_(attempt_ids), MessageRow.hint.is_not(None))
        .group_by(MessageRow.attempt_id)
    )
    return {row[0]: row[1] for row in uow.db.execute(query)}


def calls(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, Call]:
    """What these learners want of people now; a learner who wants nothing may be absent."""
    query = select(CallRow).where(CallRow.attempt_id.in_(attempt_ids))
    return {
        row.attempt_id: Call(hand_at=row.hand_at, waiting_at=row.waiting_at, waiting=row.waiting)
        for row in uow.db.scalars(query)
    }
