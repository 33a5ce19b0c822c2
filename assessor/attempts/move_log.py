# SPDX-License-Identifier: Apache-2.0
"""Reads the moves of an attempt, and where it stands by them. What they mean is in `sections`; they are written in `moves`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from assessor.attempts.loading import THIS_ATTEMPT
from assessor.attempts.model import Attempt
from assessor.attempts.refs import Refs
from assessor.attempts.sections import NO_SECTIONS, Course, Move, MoveKind, course, fold
from assessor.attempts.settled import withheld_items
from assessor.attempts.tables import MoveCopyRow, MoveRow
from core.uow import UnitOfWork

# Built once, as in `saving`.
_MOVES = select(
    MoveRow.device,
    MoveRow.epoch,
    MoveRow.seq,
    MoveRow.kind,
    MoveRow.target,
    MoveRow.received_at,
    MoveRow.credit_seconds,
    MoveRow.paused_seconds,
).where(MoveRow.attempt_id == THIS_ATTEMPT)
_LAST, _LAST_COPY = (
    select(func.max(table.seq)).where(table.attempt_id == THIS_ATTEMPT, table.device == bindparam("device"))
    for table in (MoveRow, MoveCopyRow)
)


def moves_of(db: Connection, attempt_id: str) -> list[Move]:
    """Every move that counts, in no order that matters."""
    return [move_of(row) for row in db.execute(_MOVES, {"attempt_id": attempt_id})]


def move_of(row: Any) -> Move:
    """The move that a row holds: a mapped one, or one of the same columns."""
    return Move(
        device=row.device,
        epoch=row.epoch,
        seq=row.seq,
        kind=MoveKind(row.kind),
        target=row.target,
        received_at=row.received_at,
        credit_seconds=row.credit_seconds,
        paused_seconds=row.paused_seconds,
    )


def course_of(uow: UnitOfWork, attempt_id: str, attempt: Attempt, *, names: Refs) -> Course:
    """Where an attempt stands in its sections, its items by the names that its browser knows."""
    sections = names.content.sections
    if not sections:
        return NO_SECTIONS
    runs = fold(sections, moves_of(uow.db.connection(), attempt_id), allowance=attempt.allowance)
    stands = course(runs, attempt, now=uow.now)
    return replace(
        stands,
        position=None if stands.position is None else names.of_item(stands.position),
        confirmed=tuple((names.of_item(item), count) for item, count in stands.confirmed),
        withheld=withheld_items(uow, attempt_id, names, runs),
    )


def last_move(db: Connection, attempt_id: str, *, device: str) -> int:
    """The highest number under which a device sent a move, counted or refused; 0 for none."""
    this = {"attempt_id": attempt_id, "device": device}
    return max(db.scalar(_LAST, this) or 0, db.scalar(_LAST_COPY, this) or 0)
