# SPDX-License-Identifier: Apache-2.0
"""The one port through which notices leave, and what may go wrong at it. No adapter stands here, no text is written here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from core.notices.model import Address, Failure

TIMEOUT_SECONDS: Final = 10.0
"""For each step of talking to another machine."""


@dataclass(frozen=True, slots=True)
class Message:
    """A notice as it leaves: plain text in one language. ``id`` stays the same at every try, so that a receiver can tell."""

    id: str
    kind: str
    to: Address
    language: str
    subject: str
    body: str


class Undelivered(Exception):
    """The channel did not take a message; ``why`` says whether another try makes sense."""

    def __init__(self, why: Failure) -> None:
        super().__init__(why.value)
        self.why = why


class Port(Protocol):
    """A way out. ``send`` returns when the other side has taken the message; raises Undelivered."""

    def send(self, message: Message) -> None:
        """Hand one message over."""


class NoPort:
    """Where no channel is configured: every notice is listed as not sent."""

    def send(self, message: Message) -> None:
        """Always Undelivered ``no_channel``."""
        raise Undelivered(Failure.NO_CHANNEL)
