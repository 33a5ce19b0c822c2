# SPDX-License-Identifier: Apache-2.0
"""What happens to messages. Their words stand in no event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Event):
    """A proctor wrote to a learner; the subject is the message. `broadcast_id` is shared by what one broadcast sent."""

    name: ClassVar[str] = "proctor_message_sent"
    attempt_id: str
    broadcast_id: str | None
