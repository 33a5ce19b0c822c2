# SPDX-License-Identifier: Apache-2.0
"""Tables of identity. Passwords and API keys are stored as hashes only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Id, PrimaryId, enum_column
from core.identity.guardian_model import LONGEST_NAME, GuardianConsent, Means, Relation
from core.identity.model import OrganisationKind, Role


class OrganisationRow(Base):
    """A tenant."""

    __tablename__ = "organisations"

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind))
    created_at: Mapped[datetime]
    second_factor_required: Mapped[bool] = mapped_column(default=False, server_default=false())


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
    last_sign_in_at: Mapped[datetime | None]

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


class InvitationRow(Base):
    """A one-time link for somebody who is to become a member of staff."""

    __tablename__ = "invitations"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(5))
    roles: Mapped[list[str]] = mapped_column(JSON)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    organisation: Mapped[OrganisationRow] = relationship(lazy="joined")

    __table_args__ = (
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="accepted_or_withdrawn"),
    )


class PasswordResetRow(Base):
    """A one-time link for a new password."""

    __tablename__ = "password_resets"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecondFactorRow(Base):
    """A person's time-based second factor; in force once confirmed. ``last_step`` is the last 30-second step that was used."""

    __tablename__ = "second_factors"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary(200))
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class RecoveryCodeRow(Base):
    """One of ten codes that each serve once in place of the second factor."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None]


class TryRow(Base):
    """How often something was tried for one account in the present span; the key is a hash or an id, never an address."""

    __tablename__ = "tries"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


class SignOnProviderRow(Base):
    """The OpenID provider of one organisation. The slug stands in the address where its staff begin."""

    __tablename__ = "sign_on_providers"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    issuer: Mapped[str] = mapped_column(String(300))
    client_id: Mapped[str] = mapped_column(String(300))
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary(1000))
    allowed_domains: Mapped[list[str]] = mapped_column(JSON)
    changed_at: Mapped[datetime]


class SignOnLinkRow(Base):
    """Whom an issuer's subject stands for inside one organisation; the e-mail address plays no part."""

    __tablename__ = "sign_on_links"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(300), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), unique=True)
    linked_at: Mapped[datetime]


class ConsentNoticeRow(Base):
    """The words of a notice, in every language, as somebody agreed to them; written once, never changed or deleted."""

    __tablename__ = "consent_notices"

    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    kept_at: Mapped[datetime]


class AgeStatementRow(Base):
    """What a learner without a known date of birth said of being 18 or older; append-only, the last one counts."""

    __tablename__ = "age_statements"

    id: Mapped[PrimaryId]
    subject_id: Mapped[str] = mapped_column(String(26), index=True)
    of_age: Mapped[bool]
    said_at: Mapped[datetime]


class GuardianConsentRow(Base):
    """A guardian who was asked for one learner and one notice; a code is stored as its keyed hash only."""

    __tablename__ = "guardian_consents"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    subject_id: Mapped[str] = mapped_column(String(26))
    notice_version: Mapped[str] = mapped_column(String(20))
    guardian_name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    relation: Mapped[Relation] = mapped_column(enum_column(Relation))
    means: Mapped[Means] = mapped_column(enum_column(Means))
    masked: Mapped[str] = mapped_column(String(254))
    code_key: Mapped[str | None] = mapped_column(String(64))
    codes_sent: Mapped[int]
    code_sent_at: Mapped[datetime | None]
    tries: Mapped[int]
    asked_at: Mapped[datetime]
    given_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    recorded_by: Mapped[Id | None]
    reason: Mapped[str] = mapped_column(String(500))

    __table_args__ = (
        Index(None, "subject_id"),
        CheckConstraint("withdrawn_at IS NULL OR given_at IS NOT NULL", name="given_before_withdrawn"),
        CheckConstraint(
            "means <> 'paper' OR (recorded_by IS NOT NULL AND reason <> '')", name="paper_was_seen"
        ),
    )

    def to_model(self) -> GuardianConsent:
        """The row as the rules see it."""
        return GuardianConsent(
            notice_version=self.notice_version,
            guardian_name=self.guardian_name,
            relation=self.relation,
            means=self.means,
            masked=self.masked,
            codes_sent=self.codes_sent,
            code_sent_at=self.code_sent_at,
            tries=self.tries,
            given_at=self.given_at,
            withdrawn_at=self.withdrawn_at,
            recorded_by=self.recorded_by,
            reason=self.reason,
        )

    def apply(self, after: GuardianConsent) -> None:
        """Write what moves."""
        self.codes_sent, self.code_sent_at = after.codes_sent, after.code_sent_at
        self.tries, self.given_at = after.tries, after.given_at
