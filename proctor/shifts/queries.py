# SPDX-License-Identifier: Apache-2.0
"""Reads of shifts; rows stay inside. Callers have established whose the sitting is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from core.uow import UnitOfWork
from proctor.incidents.queries import watchers_of
from proctor.monitoring.queries import SessionSummary
from proctor.shifts.model import HandOver
from proctor.shifts.tables import HandOverRow, NoteSeenRow, ShareRow, WatchSpellRow

NOTED_FOR = timedelta(minutes=1)
"""A spell is written on no oftener than this, however many pictures are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSpell:
    """A stretch of time in which a proctor watched; `last_at` is when the wall was last heard of."""

    proctor_id: str
    started_at: datetime
    last_at: datetime


def shares_of_sitting(uow: UnitOfWork, sitting_id: str) -> dict[str, str]:
    """Which proctor looks after which attempt; absent where nobody in particular does."""
    query = select(ShareRow).where(ShareRow.sitting_id == sitting_id)
    return {row.attempt_id: row.proctor_id for row in uow.db.scalars(query)}


def hand_overs_of_sitting(uow: UnitOfWork, sitting_id: str) -> tuple[HandOver, ...]:
    """The hand-overs of a sitting, newest first."""
    query = select(HandOverRow).where(HandOverRow.sitting_id == sitting_id).order_by(HandOverRow.id.desc())
    return tuple(hand_over_of(row) for row in uow.db.scalars(query))


def watch_log(uow: UnitOfWork, sitting_id: str) -> tuple[WatchSpell, ...]:
    """Who watched a sitting when, newest first."""
    query = (
        select(WatchSpellRow).where(WatchSpellRow.sitting_id == sitting_id).order_by(WatchSpellRow.id.desc())
    )
    return tuple(
        WatchSpell(proctor_id=row.proctor_id, started_at=row.started_at, last_at=row.last_at)
        for row in uow.db.scalars(query)
    )


def spells_over_session(uow: UnitOfWork, session: SessionSummary) -> tuple[WatchSpell, ...]:
    """Who saw the walls of a sitting while this session was watched, newest first."""
    until = session.ended_at or uow.now
    return tuple(
        one
        for one in watch_log(uow, session.sitting_id)
        if session.activated_at is not None
        and one.started_at <= until
        and one.last_at >= session.activated_at
    )


def is_noted_watching(uow: UnitOfWork, sitting_id: str, *, proctor_id: str) -> bool:
    """Whether it stands written that this person watches this sitting now, so that nothing needs to be added."""
    last = uow.db.scalar(
        select(func.max(WatchSpellRow.last_at)).where(
            WatchSpellRow.sitting_id == sitting_id, WatchSpellRow.proctor_id == proctor_id
        )
    )
    return last is not None and uow.now - last <= NOTED_FOR and proctor_id in watchers_of(uow, sitting_id)


def seen_notes(uow: UnitOfWork, attempt_ids: Collection[str]) -> frozenset[str]:
    """The noted alerts of these attempts that a proctor has seen, by id."""
    query = select(NoteSeenRow.alert_id).where(NoteSeenRow.attempt_id.in_(attempt_ids))
    return frozenset(uow.db.scalars(query))


def hand_over_of(row: HandOverRow) -> HandOver:
    """The row as a value."""
    return HandOver(
        id=row.id,
        sitting_id=row.sitting_id,
        from_id=row.from_id,
        to_id=row.to_id,
        note=row.note,
        attempt_ids=tuple(row.attempt_ids),
        state=row.state,
        offered_at=row.offered_at,
        answered_at=row.answered_at,
    )
