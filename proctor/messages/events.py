# SPDX-License-Identifier: Apache-2.0
"""What happens to messages. Their words stand in no event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Event):
    """A learner was written to; the subject is the message. `broadcast_id` is shared by what one broadcast sent."""

    name: ClassVar[str] = "proctor_message_sent"
    attempt_id: str
    broadcast_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HintGiven(Event):
    """A ready-made hint went to a learner alone, by a proctor or by the machine; the subject is the message."""

    name: ClassVar[str] = "proctor_hint_given"
    attempt_id: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerMessageSent(Event):
    """A learner wrote to the proctors; the subject is the message."""

    name: ClassVar[str] = "learner_message_sent"
    attempt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandMoved(Event):
    """A hand went up, or down by the learner or a proctor (the actor says who); the subject is the attempt."""

    name: ClassVar[str] = "hand_moved"
    raised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSettled(Event):
    """A proctor answered what a learner wrote, or said that it needs no answer; the subject is the attempt."""

    name: ClassVar[str] = "learner_call_settled"
