# SPDX-License-Identifier: Apache-2.0
"""What happens to identities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationAdded(Event):
    """A tenant was registered."""

    name: ClassVar[str] = "organisation_added"
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded(Event):
    """A member of staff was added."""

    name: ClassVar[str] = "person_added"
    roles: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    """A password was replaced."""

    name: ClassVar[str] = "password_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDisabled(Event):
    """An account was closed."""

    name: ClassVar[str] = "person_disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyIssued(Event):
    """A key was made; only its prefix is recorded."""

    name: ClassVar[str] = "api_key_issued"
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevoked(Event):
    """A key was ended."""

    name: ClassVar[str] = "api_key_revoked"
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(Event):
    """A learner agreed to a notice."""

    name: ClassVar[str] = "consent_given"
    notice_version: str
    purposes: list[str]
