# SPDX-License-Identifier: Apache-2.0
"""Tables of identity. Passwords and API keys are stored as hashes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, PrimaryId, enum_column
from core.identity.model import OrganisationKind, Role


class OrganisationRow(Base):
    """A tenant."""

    __tablename__ = "organisations"

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind))
    created_at: Mapped[datetime]


class PersonRow(Base):
    """A member of staff."""

    __tablename__ = "people"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5), default="en")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    organisation: Mapped[OrganisationRow] = relationship(lazy="joined")
    grants: Mapped[list[RoleGrantRow]] = relationship(lazy="selectin", order_by="RoleGrantRow.role")

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower_case"),)


class RoleGrantRow(Base):
    """A role that a person holds."""

    __tablename__ = "role_grants"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_column(Role), primary_key=True)
    granted_at: Mapped[datetime]


class ApiKeyRow(Base):
    """A key of an organisation's program."""

    __tablename__ = "api_keys"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(16))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ConsentRow(Base):
    """A consent as it was given."""

    __tablename__ = "consents"

    id: Mapped[PrimaryId]
    subject_id: Mapped[str] = mapped_column(String(26))
    notice_version: Mapped[str] = mapped_column(String(20))
    purposes: Mapped[list[str]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(5))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("subject_id", "notice_version", "given_at"),
        Index(None, "subject_id"),
        CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= given_at", name="withdrawn_after_given"),
    )
