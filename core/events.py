# SPDX-License-Identifier: Apache-2.0
"""The shape of an event: a frozen fact in the past tense, with a version. Payloads hold ids, numbers and codes only."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to ``subject_id`` inside ``organisation_id`` (None for the platform itself)."""

    name: ClassVar[str]
    version: ClassVar[int] = 1

    organisation_id: str | None
    subject_id: str

    def payload(self) -> dict[str, Any]:
        """The event's own fields, JSON-able."""
        common = {"organisation_id", "subject_id"}
        return {part.name: getattr(self, part.name) for part in fields(self) if part.name not in common}
