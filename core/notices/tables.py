# SPDX-License-Identifier: Apache-2.0
"""The table of notices. Address and words are sealed together, and wiped when they are no longer needed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId, enum_column
from core.notices.model import Channel, Failure, NoticeKind, NoticeState


class NoticeRow(Base):
    """One notice to one person. Without a channel there was no address: it is for paper."""

    __tablename__ = "notices"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    subject_id: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[NoticeKind] = mapped_column(enum_column(NoticeKind))
    language: Mapped[str] = mapped_column(String(5))
    channel: Mapped[Channel | None] = mapped_column(enum_column(Channel))
    masked: Mapped[str] = mapped_column(String(260))
    confidential: Mapped[bool]
    state: Mapped[NoticeState] = mapped_column(enum_column(NoticeState))
    failure: Mapped[Failure | None] = mapped_column(enum_column(Failure))
    tries: Mapped[int]
    claimed_until: Mapped[datetime | None]
    queued_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    cause_id: Mapped[Id | None]

    __table_args__ = (
        Index(None, "organisation_id", "id"),
        Index(None, "state", "id"),
        UniqueConstraint("cause_id", "subject_id"),
        CheckConstraint(
            "state <> 'waiting' OR (sealed IS NOT NULL AND channel IS NOT NULL)", name="waiting_sealed"
        ),
        CheckConstraint("state NOT IN ('sent', 'withdrawn') OR sealed IS NULL", name="words_wiped"),
        CheckConstraint("state <> 'failed' OR NOT confidential OR sealed IS NULL", name="secret_wiped"),
        CheckConstraint("tries >= 0", name="tries"),
    )
