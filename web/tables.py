# SPDX-License-Identifier: Apache-2.0
"""Tables of the shell itself: who is signed in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, enum_column


class LoginKind(StrEnum):
    """Staff sign in as persons, learners as the candidate of one entry."""

    PERSON = "person"
    CANDIDATE = "candidate"


class LoginRow(Base):
    """One signed-in browser. The cookie holds the token; only its hash is stored."""

    __tablename__ = "logins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[LoginKind] = mapped_column(enum_column(LoginKind))
    subject_id: Mapped[str] = mapped_column(String(26))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "subject_id"),
        CheckConstraint("expires_at > created_at", name="expires_after_created"),
    )
