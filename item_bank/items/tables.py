# SPDX-License-Identifier: Apache-2.0
"""Tables of items. Keys have a table of their own, so that no read of content can bring one along."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId, enum_column
from item_bank.items.model import Difficulty, ItemState
from scoring.api import Interaction


class ItemRow(Base):
    """An item: the name that an agency gave it, in its bank for one credential version."""

    __tablename__ = "items"

    id: Mapped[PrimaryId]
    owner_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"), index=True)
    external_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("owner_id", "credential_version_id", "external_id"),)


class ItemVersionRow(Base):
    """A version's content, safe for candidates.

    Its author may rewrite a draft until it is submitted; from then on it never changes.
    """

    __tablename__ = "item_versions"

    id: Mapped[PrimaryId]
    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"))
    number: Mapped[int]
    state: Mapped[ItemState] = mapped_column(enum_column(ItemState))
    interaction: Mapped[Interaction] = mapped_column(enum_column(Interaction))
    pc: Mapped[str] = mapped_column(String(32))
    difficulty: Mapped[Difficulty] = mapped_column(enum_column(Difficulty))
    seconds: Mapped[int]
    shuffle: Mapped[bool]
    bodies: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(71))
    author_id: Mapped[str] = mapped_column(String(26))
    submitted_by: Mapped[str | None] = mapped_column(String(26))
    created_at: Mapped[datetime]
    live_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()
    languages: Mapped[str] = mapped_column(String(200), default="en hi", server_default="en hi")
    marks: Mapped[str] = mapped_column(String(20), default="1", server_default="1")
    parts: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    media: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    stimulus_id: Mapped[str | None] = mapped_column(String(64))
    tags: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - the base declares it so
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        Index(
            "uq_item_versions_one_live",
            "item_id",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
        Index(
            "uq_item_versions_one_open",
            "item_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'in_review')"),
            postgresql_where=text("state IN ('draft', 'in_review')"),
        ),
        Index(None, "state", "pc"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("seconds > 0", name="seconds_above_zero"),
        CheckConstraint("state <> 'live' OR live_at IS NOT NULL", name="live_at_its_time"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_at_its_time"),
        CheckConstraint("state <> 'in_review' OR submitted_by IS NOT NULL", name="submitted_by_someone"),
    )


class ItemKeyRow(Base):
    """The key material of one version. Only scoring, review and the author's own pages read it."""

    __tablename__ = "item_keys"

    version_id: Mapped[str] = mapped_column(ForeignKey("item_versions.id"), primary_key=True)
    correct: Mapped[list[str]] = mapped_column(JSON)
    normalise: Mapped[list[str]] = mapped_column(JSON)
    rationale: Mapped[list[list[str]]] = mapped_column(JSON)
    parts: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    program: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ItemMediaRow(Base):
    """A file that items of an owner show, by the SHA-256 of its bytes. Written once."""

    __tablename__ = "item_media"

    owner_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(80))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class ItemSourceRow(Base):
    """What a version was imported from, byte for byte. It holds the key: only its owner's authors read it."""

    __tablename__ = "item_sources"

    version_id: Mapped[str] = mapped_column(ForeignKey("item_versions.id"), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ItemTranslationRow(Base):
    """What a translated segment of a version was last confirmed against; without a row, against its source as it is."""

    __tablename__ = "item_translations"

    version_id: Mapped[str] = mapped_column(ForeignKey("item_versions.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    segment: Mapped[str] = mapped_column(String(80), primary_key=True)
    source_sha256: Mapped[str] = mapped_column(String(64))
