# SPDX-License-Identifier: Apache-2.0
"""Effects that leave the database: a row written with the change, handled afterwards at least once.

A handler gets ``(OutboxMessage)`` outside any transaction and must be idempotent by ``message.id``. A message that keeps
failing becomes a dead letter, visible to the operator; nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import JSON, ColumnElement, Index, String, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId, enum_column
from core.uow import Actor, Store

log = structlog.get_logger(__name__)

MAXIMUM_TRIES = 8
LEASE_SECONDS = 60


class OutboxState(StrEnum):
    """Waiting for its handler, carried out, or given up."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class OutboxRow(Base):
    """One effect to be carried out."""

    __tablename__ = "outbox"

    id: Mapped[PrimaryId]
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    organisation_id: Mapped[Id | None]
    subject_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[OutboxState] = mapped_column(enum_column(OutboxState), default=OutboxState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    last_error: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (Index(None, "state", "due_at"),)


ENQUEUE = insert(OutboxRow)
"""Built once, and told to the connection: every event is written by it."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """What a handler is given."""

    id: str
    name: str
    at: datetime
    organisation_id: str | None
    subject_id: str
    payload: dict[str, Any]


Handler = Callable[[OutboxMessage], None]


def drain(
    store: Store,
    handlers: Mapping[str, Handler],
    *,
    limit: int = 100,
    only: Collection[str] = (),
    but: Collection[str] = (),
) -> int:
    """Carry out up to ``limit`` due effects; return how many were taken. Safe to run from several workers.

    ``only`` and ``but`` name events: what waits for other machines is drained by a thread of its own, so that nothing else
    waits for it.
    """
    taken = _lease(store, limit, _lane(only, but))
    if not taken:
        return 0
    failures: dict[str, str] = {}
    for message in taken:
        handler = handlers.get(message.name)
        if handler is None:
            continue  # an event with no outside effect: the audit row is its whole trace
        try:
            handler(message)
        except Exception as error:  # noqa: BLE001 - a handler's failure must never stop the others
            failures[message.id] = type(error).__name__
            log.warning("outbox_failed", id=message.id, effect=message.name, error=type(error).__name__)
    _settle(store, [message.id for message in taken], failures)
    return len(taken)


def dead_letters(store: Store, *, limit: int = 100) -> list[OutboxMessage]:
    """Effects that were given up, oldest first."""
    with store.read(Actor.system()) as uow:
        rows = uow.db.scalars(
            select(OutboxRow).where(OutboxRow.state == OutboxState.DEAD).order_by(OutboxRow.id).limit(limit)
        )
        return [_message(row) for row in rows]


def waiting(store: Store) -> int:
    """How many effects are still to be carried out."""
    with store.read(Actor.system()) as uow:
        return uow.db.scalar(select(func.count()).where(OutboxRow.state == OutboxState.WAITING)) or 0


def _lane(only: Collection[str], but: Collection[str]) -> Sequence[ColumnElement[bool]]:
    wanted = [OutboxRow.name.in_(sorted(only))] if only else []
    return wanted + ([OutboxRow.name.not_in(sorted(but))] if but else [])


def _lease(store: Store, limit: int, lane: Sequence[ColumnElement[bool]]) -> list[OutboxMessage]:
    with store.read(
        Actor.system()
    ) as uow:  # look before taking the write lock: an idle worker must cost nothing
        due = select(OutboxRow.id).where(
            OutboxRow.state == OutboxState.WAITING, OutboxRow.due_at <= uow.now, *lane
        )
        if uow.db.connection().execute(due.limit(1)).first() is None:
            return []
    with store.write(Actor.system()) as uow:
        db = uow.db.connection()
        due = (
            select(*_MESSAGE)
            .where(OutboxRow.state == OutboxState.WAITING, OutboxRow.due_at <= uow.now, *lane)
            .order_by(OutboxRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = [OutboxMessage(*columns) for columns in map(tuple[Any, ...], db.execute(due))]
        until = uow.now + timedelta(seconds=LEASE_SECONDS)
        these = update(OutboxRow).where(OutboxRow.id.in_([message.id for message in taken]))
        db.execute(these.values(tries=OutboxRow.tries + 1, due_at=until))
        return taken


def _settle(store: Store, ids: list[str], failures: Mapping[str, str]) -> None:
    with store.write(Actor.system()) as uow:
        done = [message_id for message_id in ids if message_id not in failures]
        these = update(OutboxRow).where(OutboxRow.id.in_(done))
        uow.db.connection().execute(these.values(state=OutboxState.DONE))
        for row in uow.db.scalars(select(OutboxRow).where(OutboxRow.id.in_(list(failures)))):
            row.last_error = failures[row.id]
            if row.tries >= MAXIMUM_TRIES:
                row.state = OutboxState.DEAD
            else:
                row.due_at = uow.now + timedelta(seconds=4**row.tries)  # eight tries in about six hours


_MESSAGE = (
    OutboxRow.id,
    OutboxRow.name,
    OutboxRow.at,
    OutboxRow.organisation_id,
    OutboxRow.subject_id,
    OutboxRow.payload,
)
"""The columns of an `OutboxMessage`, in its order."""


def _message(row: OutboxRow) -> OutboxMessage:
    return OutboxMessage(row.id, row.name, row.at, row.organisation_id, row.subject_id, dict(row.payload))
