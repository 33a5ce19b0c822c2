# SPDX-License-Identifier: Apache-2.0
"""Who may be who. Pure values; no storage here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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

    @property
    def organisation_kind(self) -> OrganisationKind:
        """The only kind of organisation in which this role exists."""
        match self:
            case Role.AWARDING_BODY:
                return OrganisationKind.AWARDING_BODY
            case Role.OPERATOR:
                return OrganisationKind.OPERATOR
            case _:
                return OrganisationKind.ASSESSMENT_AGENCY


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
