# SPDX-License-Identifier: Apache-2.0
"""What happens to credentials and engagements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialVersionAdded(Event):
    """A draft was stored."""

    name: ClassVar[str] = "credential_version_added"
    code: str
    credential_version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialPublished(Event):
    """``rulebook`` says which version of the rules it was held against; ``warned`` which of them warned."""

    name: ClassVar[str] = "credential_published"
    sha256: str
    rulebook: str
    warned: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialWithdrawn(Event):
    """A version went out of use."""

    name: ClassVar[str] = "credential_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementAdded(Event):
    """An agency may work with a credential from one instant to just before another."""

    name: ClassVar[str] = "engagement_added"
    agency_id: str
    credential_version_id: str
    valid_from: str
    valid_until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementEnded(Event):
    """An agency may not begin anything new under an engagement from an instant on, earlier than was agreed."""

    name: ClassVar[str] = "engagement_ended"
    agency_id: str
    credential_version_id: str
    ended_from: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialDraftChanged(Event):
    """A draft was written anew."""

    name: ClassVar[str] = "credential_draft_changed"
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionPermitted(Event):
    """The owner of a private credential lets another awarding body adopt it."""

    name: ClassVar[str] = "adoption_permitted"
    body_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialAdopted(Event):
    """A draft was made from another body's live version."""

    name: ClassVar[str] = "credential_adopted"
    parent_version_id: str
    parent_sha256: str
