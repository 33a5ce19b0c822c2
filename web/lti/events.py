# SPDX-License-Identifier: Apache-2.0
"""What happens between learning platforms and us. Names and subjects of learners never stand in an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRegistered(Event):
    """A learning platform was registered; the subject is its id."""

    name: ClassVar[str] = "platform_registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRemoved(Event):
    """A learning platform sends nobody any more."""

    name: ClassVar[str] = "platform_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerLaunched(Event):
    """A learner came in from a learning platform; the subject is the entry."""

    name: ClassVar[str] = "learner_launched"
    platform_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreQueued(Event):
    """The percentage of a declared result waits to be sent to the platform; the subject is the entry."""

    name: ClassVar[str] = "score_queued"
    result_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSent(Event):
    """The platform took the percentage; the subject is the entry."""

    name: ClassVar[str] = "score_sent"
    platform_id: str
