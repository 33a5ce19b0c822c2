# SPDX-License-Identifier: Apache-2.0
"""Tables of credential versions and engagements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId, enum_column
from item_bank.standards.model import CredentialState


class CredentialVersionRow(Base):
    """A version of a credential document. From live on, only ``state`` and its instants change."""

    __tablename__ = "credential_versions"

    id: Mapped[PrimaryId]
    owner_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(12))
    state: Mapped[CredentialState] = mapped_column(enum_column(CredentialState))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(71))
    warning_reasons: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - the base declares it so
    __table_args__ = (
        UniqueConstraint("owner_id", "code", "version"),
        CheckConstraint("state <> 'live' OR published_at IS NOT NULL", name="live_is_published"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_at_its_time"),
    )


class EngagementRow(Base):
    """A contract between an awarding body and an agency for one credential version in one territory."""

    __tablename__ = "engagements"

    id: Mapped[PrimaryId]
    awarding_body_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"), index=True)
    territory: Mapped[str] = mapped_column(String(400))
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    created_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500), server_default="")
    ended_from: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(String(500), server_default="")

    __table_args__ = (
        UniqueConstraint("agency_id", "credential_version_id", "territory", "valid_from"),
        CheckConstraint("valid_from < valid_until", name="valid_some_time"),
        CheckConstraint("awarding_body_id <> agency_id", name="two_parties"),
    )


class CredentialPublicationRow(Base):
    """What a version was held against when it went live: the rulebook, the pages of its print, the data of its D rules."""

    __tablename__ = "credential_publications"

    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"), primary_key=True)
    rulebook: Mapped[str] = mapped_column(String(100))
    pages: Mapped[int | None]
    recorded: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime]


class AdoptionPermissionRow(Base):
    """The leave that the owner of a private credential gives to another awarding body to adopt it."""

    __tablename__ = "adoption_permissions"

    id: Mapped[PrimaryId]
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"))
    body_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    reference: Mapped[str] = mapped_column(String(500))
    given_by: Mapped[str] = mapped_column(String(26))
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("credential_version_id", "body_id"),)


class CredentialAdoptionRow(Base):
    """How an adopted version stands to its parent: both shares exact ("1/5"), renewed with each change of the draft."""

    __tablename__ = "credential_adoptions"

    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"), primary_key=True)
    parent_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"), index=True)
    modified: Mapped[str] = mapped_column(String(40))
    added: Mapped[str] = mapped_column(String(40))
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("credential_version_id <> parent_version_id", name="another_version"),)
