# SPDX-License-Identifier: Apache-2.0
"""What happens to notices. Addresses and words never stand in an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeQueued(Event):
    """The subject is the notice; it waits to be handed to its channel."""

    name: ClassVar[str] = "notice_queued"
    kind: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSent(Event):
    """The subject is the notice; the channel took it, and its words are gone."""

    name: ClassVar[str] = "notice_sent"
    kind: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFailed(Event):
    """The subject is the notice; it was given up."""

    name: ClassVar[str] = "notice_failed"
    kind: str
    tries: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWithdrawn(Event):
    """The subject is the notice; it was no longer true and did not leave."""

    name: ClassVar[str] = "notice_withdrawn"
    kind: str
