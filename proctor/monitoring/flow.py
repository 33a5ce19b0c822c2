# SPDX-License-Identifier: Apache-2.0
"""How many frames of one learner are taken in.

A limit on the rate, and a queue in which the newest wins. Pure.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from proctor.evidence.model import CapturedFrame

MAXIMUM_SEQ = 2**31 - 1
MAXIMUM_WAITING = 2


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

    def push(self, frame: CapturedFrame) -> int:
        """Add a frame; return how many were pushed out (0 or 1)."""
        self.waiting.append(frame)
        if len(self.waiting) <= MAXIMUM_WAITING:
            return 0
        self.waiting.popleft()
        return 1

    def pop(self) -> CapturedFrame | None:
        """The oldest frame, or None."""
        return self.waiting.popleft() if self.waiting else None

    @property
    def newest_at(self) -> datetime | None:
        """When the newest waiting frame was received."""
        return self.waiting[-1].at if self.waiting else None
