# SPDX-License-Identifier: Apache-2.0
"""What a rule remembers between two events; one shape for all, of which each uses a part."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from proctor.rules.alerts import Alert, AlertEnd
from proctor.rules.episodes import Episode, close_episode
from proctor.rules.hysteresis import Belief
from proctor.rules.inputs import Event

Alerts = tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One value seen at one instant."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Memory:
    """The alerts so far, and what is half-grown.

    `belief` is of the rule's signal and `second_belief` of its other one; `peak` the largest value of the run that may
    become an alert; `looks` recent values; `prints` recent fingerprints; `since` and `last_at` bound a run of events.
    """

    episode: Episode = field(default_factory=Episode)
    belief: Belief = field(default_factory=Belief)
    second_belief: Belief = field(default_factory=Belief)
    peak: float = 0.0
    looks: tuple[Look, ...] = ()
    prints: tuple[int, ...] = ()
    since: datetime | None = None
    last_at: datetime | None = None


class Rule(Protocol):
    """A fold over events; what it is not told about changes nothing."""

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one event in; return the alerts that it opened or closed."""
        ...


def stop(memory: Memory, *, at: datetime, because: AlertEnd) -> tuple[Memory, Alerts]:
    """Forget what was growing and end what is open."""
    episode, ended = close_episode(memory.episode, at=at, because=because)
    return Memory(episode), ended
