# SPDX-License-Identifier: Apache-2.0
"""What happens between proctors of one sitting. Notes stand in no event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnersShared(Event):
    """Learners of a sitting (the subject) got the proctors that look after them; `learners` is how many changed."""

    name: ClassVar[str] = "learners_shared"
    learners: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverOffered(Event):
    """A proctor offered learners to another; the subject is the hand-over."""

    name: ClassVar[str] = "hand_over_offered"
    sitting_id: str
    to_id: str
    attempt_ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverAnswered(Event):
    """An offer was accepted, declined or withdrawn; the subject is the hand-over."""

    name: ClassVar[str] = "hand_over_answered"
    sitting_id: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSeen(Event):
    """A proctor saw a noted alert (the subject) and left it a note."""

    name: ClassVar[str] = "note_seen"
    attempt_id: str
