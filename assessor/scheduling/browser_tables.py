# SPDX-License-Identifier: Apache-2.0
"""Tables of the rules for browsers. A login and a browser are stored as hashes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assessor.scheduling.browser_model import SecureBrowser
from assessor.scheduling.names import LONGEST_REASON
from assessor.scheduling.safe_browser import Means
from core.db import Base, Id, PrimaryId, enum_column


class BrowserRulesRow(Base):
    """What a sitting asks of browsers, where that differs from nothing."""

    __tablename__ = "browser_rules"

    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.id"), primary_key=True)
    full_screen: Mapped[bool]
    paste: Mapped[bool]
    secure_browser: Mapped[SecureBrowser] = mapped_column(enum_column(SecureBrowser))
    exam_keys: Mapped[list[str]] = mapped_column(JSON)
    set_by: Mapped[Id]
    set_at: Mapped[datetime]


class BrowserReleaseRow(Base):
    """Somebody with a name let an entry, or (without one) the whole sitting, in without Safe Exam Browser; append-only."""

    __tablename__ = "browser_releases"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.id"))
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("entries.id"))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    released_by: Mapped[Id]
    released_at: Mapped[datetime]

    __table_args__ = (Index(None, "sitting_id"), CheckConstraint("reason <> ''", name="reason"))


class BrowserCheckRow(Base):
    """A browser showed, under one login, that it is the right one; append-only."""

    __tablename__ = "browser_checks"

    id: Mapped[PrimaryId]
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"))
    login_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64))
    means: Mapped[Means] = mapped_column(enum_column(Means))
    checked_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("entry_id", "login_hash", "browser_hash"),)
