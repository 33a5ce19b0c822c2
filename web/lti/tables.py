# SPDX-License-Identifier: Apache-2.0
"""Tables of launches: platforms, whom a subject stands for, nonces that were used, our own signing keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId


class LtiPlatformRow(Base):
    """A learning platform that may send learners to one agency; the id stands in its addresses, so agencies never meet."""

    __tablename__ = "lti_platforms"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(300))
    client_id: Mapped[str] = mapped_column(String(300))
    deployments: Mapped[list[str]] = mapped_column(JSON)
    authorization_url: Mapped[str] = mapped_column(String(500))
    token_url: Mapped[str] = mapped_column(String(500))
    keys_url: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class LtiLearnerRow(Base):
    """The entry of one subject of one deployment in one sitting, and where the score goes."""

    __tablename__ = "lti_learners"

    platform_id: Mapped[str] = mapped_column(ForeignKey("lti_platforms.id"), primary_key=True)
    deployment_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    sitting_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(26), unique=True)
    line_item_url: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    score_sent_at: Mapped[datetime | None]


class LtiNonceRow(Base):
    """A nonce that has opened a launch; it opens no other."""

    __tablename__ = "lti_nonces"

    nonce_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime]

    __table_args__ = (Index(None, "used_at"),)


class LtiKeyRow(Base):
    """A key that we sign with; published while tokens made with it may still be looked at."""

    __tablename__ = "lti_keys"

    id: Mapped[PrimaryId]
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary(4000))
    created_at: Mapped[datetime]
