# SPDX-License-Identifier: Apache-2.0
"""Tables of shifts. Attempts and sittings are opaque identifiers, so they have no foreign key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId, enum_column
from proctor.shifts.model import LONGEST_NOTE, HandOverState


class ShareRow(Base):
    """The proctor who looks after one learner; absent where nobody in particular does."""

    __tablename__ = "wall_shares"

    attempt_id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    sitting_id: Mapped[Id]
    proctor_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    since_at: Mapped[datetime]

    __table_args__ = (Index(None, "sitting_id"),)


class HandOverRow(Base):
    """An offer of learners to another proctor, and its answer."""

    __tablename__ = "hand_overs"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    sitting_id: Mapped[Id]
    from_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    attempt_ids: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[HandOverState] = mapped_column(enum_column(HandOverState))
    offered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "sitting_id", "id"),
        CheckConstraint("from_id <> to_id", name="to_another"),
        CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name="answered_once"),
    )


class WatchSpellRow(Base):
    """A stretch of time in which one proctor had the wall of one sitting open."""

    __tablename__ = "watch_spells"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    sitting_id: Mapped[Id]
    proctor_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "sitting_id", "proctor_id", "id"),
        CheckConstraint("last_at >= started_at", name="last_after_start"),
    )


class NoteSeenRow(Base):
    """A proctor has seen a note of the machine and found that nothing needs to be done now."""

    __tablename__ = "notes_seen"

    alert_id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    attempt_id: Mapped[Id]
    seen_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    seen_at: Mapped[datetime]

    __table_args__ = (Index(None, "attempt_id"),)
