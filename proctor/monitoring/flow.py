# SPDX-License-Identifier: Apache-2.0
"""How many frames of one learner are taken in, and how many of them are looked at.

A limit on the rate, a queue in which the newest wins, and the share that this leaves. Pure.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from proctor.evidence.model import CapturedFrame

MAXIMUM_SEQ = 2**31 - 1
MAXIMUM_WAITING = 2
SHARE_SECONDS = 30.0
"""Over so long the share of the frames that were looked at is measured."""


@dataclass(slots=True)
class TokenBucket:
    """At most `burst` frames at once and `per_second` in the long run."""

    per_second: float = 4.0
    burst: float = 8.0
    tokens: float = field(init=False)
    at: datetime | None = None

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def take(self, at: datetime) -> bool:
        """Whether one more frame may pass at this instant."""
        passed = 0.0 if self.at is None else max(0.0, (at - self.at).total_seconds())
        self.at = at if self.at is None else max(self.at, at)
        self.tokens = min(self.burst, self.tokens + passed * self.per_second)
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class NewestWins:
    """At most `MAXIMUM_WAITING` frames; a further one pushes the oldest out, so that numbers only grow."""

    waiting: deque[CapturedFrame] = field(default_factory=deque)

    def push(self, frame: CapturedFrame) -> CapturedFrame | None:
        """Add a frame; return the one that was pushed out, if any."""
        self.waiting.append(frame)
        return self.waiting.popleft() if len(self.waiting) > MAXIMUM_WAITING else None

    def pop(self) -> CapturedFrame | None:
        """The oldest frame, or None."""
        return self.waiting.popleft() if self.waiting else None

    @property
    def newest_at(self) -> datetime | None:
        """When the newest waiting frame was received."""
        return self.waiting[-1].at if self.waiting else None


@dataclass(slots=True)
class LookedShare:
    """How many of the frames of the last SHARE_SECONDS were let go for newer ones."""

    counts: deque[tuple[datetime, int]] = field(default_factory=deque)

    def count(self, at: datetime, *, dropped: int) -> None:
        """A frame came, and so many were let go for it."""
        self.counts.append((at, dropped))
        self._forget(at)

    def of(self, at: datetime | None) -> float:
        """The share (0 to 1) that was not let go; one when none came."""
        if at is not None:
            self._forget(at)
        if not self.counts:
            return 1.0
        return max(0.0, 1.0 - sum(dropped for _, dropped in self.counts) / len(self.counts))

    def _forget(self, at: datetime) -> None:
        before = at - timedelta(seconds=SHARE_SECONDS)
        while self.counts and self.counts[0][0] <= before:
            self.counts.popleft()
