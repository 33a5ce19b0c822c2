# SPDX-License-Identifier: Apache-2.0
"""What review does to a version. Comments stay in the review history, not in events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSubmitted(Event):
    """A version waits for a reviewer."""

    name: ClassVar[str] = "item_submitted"
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemApproved(Event):
    """A version is live; papers may draw it from now on."""

    name: ClassVar[str] = "item_approved"
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRejected(Event):
    """A version went back to its author."""

    name: ClassVar[str] = "item_rejected"
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCommented(Event):
    """Somebody said something about a version; its state is what it was."""

    name: ClassVar[str] = "item_commented"
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWithdrawn(Event):
    """A version is out of use; ``superseded_by`` is the version that took its place, if one did."""

    name: ClassVar[str] = "item_withdrawn"
    content_hash: str
    superseded_by: str | None = None
