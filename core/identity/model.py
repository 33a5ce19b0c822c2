# SPDX-License-Identifier: Apache-2.0
"""Who may be who. Pure values; no storage here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.notices.model import Address


class OrganisationKind(StrEnum):
    """What a tenant is in the field."""

    AWARDING_BODY = "awarding_body"
    ASSESSMENT_AGENCY = "assessment_agency"
    OPERATOR = "operator"


class Role(StrEnum):
    """What a member of staff may do inside the own organisation (domain, section 4)."""

    AUTHOR = "author"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    ASSESSOR = "assessor"
    PROCTOR = "proctor"
    INTEGRITY_REVIEWER = "integrity_reviewer"
    AWARDING_BODY = "awarding_body"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"

    @property
    def organisation_kinds(self) -> frozenset[OrganisationKind]:
        """The kinds of organisation in which this role exists; every kind has administrators."""
        match self:
            case Role.ADMINISTRATOR:
                return frozenset(OrganisationKind)
            case Role.AWARDING_BODY:
                return frozenset({OrganisationKind.AWARDING_BODY})
            case Role.OPERATOR:
                return frozenset({OrganisationKind.OPERATOR})
            case _:
                return frozenset({OrganisationKind.ASSESSMENT_AGENCY})


def login_email(text: str) -> str:
    """The address by which a member of staff signs in, in lower case; raises Invalid ``email_malformed``."""
    return Address.email(text).value.lower()


def roles_of(kind: OrganisationKind) -> list[Role]:
    """The roles that exist in a kind of organisation, in the order of the enumeration."""
    return [role for role in Role if kind in role.organisation_kinds]


@dataclass(frozen=True, slots=True)
class Organisation:
    """A tenant."""

    id: str
    name: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff with a sign-in."""

    id: str
    organisation_id: str
    organisation_name: str
    name: str
    email: str
    language: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of an organisation's program; the secret itself is shown once and never stored."""

    id: str
    organisation_id: str
    label: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssuedApiKey:
    """A new key with its secret, for the one moment when it can be shown."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What a learner agreed to: one row per notice version and set of purposes."""

    id: str
    subject_id: str
    notice_version: str
    purposes: tuple[str, ...]
    language: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff as an administrator of the same organisation sees one."""

    id: str
    name: str
    email: str
    language: str
    roles: frozenset[Role]
    active: bool
    created_at: datetime
    last_sign_in_at: datetime | None
    second_factor: bool
    organisation_sign_on: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """An open door for one new member of staff; the link's secret itself is never stored."""

    id: str
    organisation_id: str
    organisation_name: str
    name: str
    email: str
    language: str
    roles: frozenset[Role]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """A new invitation with the secret of its link, for the one moment when it can be shown."""

    invitation: Invitation
    token: str


@dataclass(frozen=True, slots=True)
class SignOnProvider:
    """An organisation's own OpenID provider; its client secret stays sealed in storage."""

    organisation_id: str
    slug: str
    issuer: str
    client_id: str
    allowed_domains: tuple[str, ...]

    def admits_address(self, email: str) -> bool:
        """Whether an e-mail address lies in one of the allowed domains."""
        local, at, domain = email.rpartition("@")
        return bool(local and at) and domain.lower() in self.allowed_domains
