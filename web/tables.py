# SPDX-License-Identifier: Apache-2.0
"""Tables of the shell itself: who is signed in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

import web.lti.tables  # noqa: F401 - importing it registers its tables
from core.db import Base, PrimaryId, enum_column


class LoginKind(StrEnum):
    """Staff sign in as persons, learners as the candidate of one entry."""

    PERSON = "person"
    CANDIDATE = "candidate"


class LoginRow(Base):
    """One signed-in browser. The cookie holds the token; only its hash is stored.

    ``public_id`` names it on pages; ``seen_at`` is when it last asked for something, ``idle_at`` when it ends if it asks for
    nothing more, ``proved_at`` when the person last gave a password or second factor; while ``awaits_second_factor`` the
    login opens nothing but that question.
    """

    __tablename__ = "logins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[LoginKind] = mapped_column(enum_column(LoginKind))
    subject_id: Mapped[str] = mapped_column(String(26))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    public_id: Mapped[str | None] = mapped_column(String(26), unique=True)
    browser: Mapped[str] = mapped_column(String(80), default="", server_default="")
    seen_at: Mapped[datetime | None]
    idle_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]
    awaits_second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        Index(None, "subject_id"),
        CheckConstraint("expires_at > created_at", name="expires_after_created"),
    )


class PasswordRequestRow(Base):
    """Somebody forgot a password; the worker looks whose it is, so that the answer takes the same time for everybody."""

    __tablename__ = "password_requests"

    id: Mapped[PrimaryId]
    sealed_email: Mapped[bytes] = mapped_column(LargeBinary(400))
    created_at: Mapped[datetime]
