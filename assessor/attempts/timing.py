# SPDX-License-Identifier: Apache-2.0
"""When an attempt ends, and which phase a moment falls in. Arithmetic on instants: no clock, no storage.

Every interval is half-open: it holds its first instant and not its last. A start at `opens_at` is allowed, a
start at `closes_at` is not; an answer at the deadline falls in the grace, one at deadline + grace is late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Phase(StrEnum):
    """Where a moment falls, seen from one attempt."""

    BEFORE_WINDOW = "before_window"
    OPEN = "open"
    WINDOW_CLOSED = "window_closed"
    RUNNING = "running"
    GRACE = "grace"
    OVER = "over"

    @property
    def may_start(self) -> bool:
        """A learner who has not started may start now."""
        return self is Phase.OPEN

    @property
    def takes_answers(self) -> bool:
        """An answer received now counts, if the attempt was not handed in."""
        return self in (Phase.RUNNING, Phase.GRACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a start is allowed: [opens_at, closes_at). It never shortens an attempt that has begun."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """The seconds that one attempt was given; none is negative."""

    limit_seconds: int
    accommodation_seconds: int = 0
    credit_seconds: int = 0

    def __post_init__(self) -> None:
        if self.limit_seconds <= 0:
            raise ValueError("limit_seconds must be positive")
        if self.accommodation_seconds < 0 or self.credit_seconds < 0:
            raise ValueError("accommodation and credit never take time away")


def deadline(
    started_at: datetime, limit_seconds: int, accommodation_seconds: int, credit_seconds: int
) -> datetime:
    """The instant at which the attempt's time is up: the only place where it is computed.

    All three durations are whole seconds, the last two never negative, so neither can end an attempt earlier.
    """
    return started_at + timedelta(seconds=limit_seconds + accommodation_seconds + credit_seconds)


def phase(
    now: datetime, *, window: Window, started_at: datetime | None, allowance: Allowance, grace_seconds: int
) -> Phase:
    """The phase that `now` falls in. The window rules until the start, the deadline from then on."""
    if started_at is None:
        return window_phase(now, window=window)
    return running_phase(now, ends_at=deadline_of(started_at, allowance), grace_seconds=grace_seconds)


def window_phase(now: datetime, *, window: Window) -> Phase:
    """The phase before a start: BEFORE_WINDOW, OPEN or WINDOW_CLOSED."""
    if now < window.opens_at:
        return Phase.BEFORE_WINDOW
    return Phase.OPEN if now < window.closes_at else Phase.WINDOW_CLOSED


def running_phase(now: datetime, *, ends_at: datetime, grace_seconds: int) -> Phase:
    """The phase after a start: RUNNING, GRACE or OVER."""
    if now < ends_at:
        return Phase.RUNNING
    return Phase.GRACE if now < ends_at + timedelta(seconds=grace_seconds) else Phase.OVER


def deadline_of(started_at: datetime, allowance: Allowance) -> datetime:
    """`deadline` for an allowance held as one value."""
    return deadline(
        started_at, allowance.limit_seconds, allowance.accommodation_seconds, allowance.credit_seconds
    )


def remaining_ms(now: datetime, *, ends_at: datetime) -> int:
    """Whole milliseconds from `now` to `ends_at`, rounded down, never below 0."""
    return max(0, (ends_at - now) // timedelta(milliseconds=1))
