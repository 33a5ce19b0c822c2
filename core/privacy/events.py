# SPDX-License-Identifier: Apache-2.0
"""What happens to personal data as such. No name and no value of it stands here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionChanged(Event):
    """An organisation chose its periods."""

    name: ClassVar[str] = "retention_changed"
    mode: str
    appeal_days: int
    days: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataDeleted(Event):
    """A class of somebody's data is gone; the subject is the receipt."""

    name: ClassVar[str] = "personal_data_deleted"
    data_class: str
    because: str
    count: int
    digest: str
    policy_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataExported(Event):
    """A learner's data was handed out, to the learner or to a member of staff; the subject is the entry."""

    name: ClassVar[str] = "personal_data_exported"
    pictures: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked(Event):
    """Somebody asked that a person's data be erased; the subject is the request."""

    name: ClassVar[str] = "erasure_asked"
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureDecided(Event):
    """A request was confirmed, refused or taken back."""

    name: ClassVar[str] = "erasure_decided"
    entry_id: str
    state: str
    erase_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased(Event):
    """A person's data is erased; the subject is the request, the proof a keyed hash."""

    name: ClassVar[str] = "person_erased"
    entry_id: str
    receipts: int
    proof: str
