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
    """The seconds that one attempt was given, and those for which it stood still; none is negative."""

    limit_seconds: int
    accommodation_seconds: int = 0
    credit_seconds: int = 0
    paused_seconds: int = 0

    def __post_init__(self) -> None:
        if self.limit_seconds <= 0:
            raise ValueError("limit_seconds must be positive")
        if min(self.accommodation_seconds, self.credit_seconds, self.paused_seconds) < 0:
            raise ValueError("accommodation, credit and pauses never take time away")


def deadline(
    started_at: datetime,
    limit_seconds: int,
    accommodation_seconds: int,
    credit_seconds: int,
    paused_seconds: int = 0,
) -> datetime:
    """The instant at which the attempt's time is up: the only place where it is computed.

    All four durations are whole seconds, the last three never negative, so none of them can end an attempt earlier.
    """
    return started_at + timedelta(
        seconds=limit_seconds + accommodation_seconds + credit_seconds + paused_seconds
    )


def moment(now: datetime, *, paused_at: datetime | None) -> datetime:
    """The instant that an attempt's clock shows: it stands still from the beginning of a pause."""
    return now if paused_at is None else min(now, paused_at)


def paused_for(now: datetime, *, paused_at: datetime) -> int:
    """The seconds that a pause took: rounded up, so that nobody loses a part of a second by being paused."""
    return max(0, -((paused_at - now) // timedelta(seconds=1)))


def entry_window(window: Window, *, accommodation_seconds: int) -> Window:
    """The window of one entry: extra time opens the end of it too, so it is never cut by the window."""
    return Window(
        opens_at=window.opens_at, closes_at=window.closes_at + timedelta(seconds=accommodation_seconds)
    )


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
        started_at,
        allowance.limit_seconds,
        allowance.accommodation_seconds,
        allowance.credit_seconds,
        allowance.paused_seconds,
    )


def remaining_ms(now: datetime, *, ends_at: datetime) -> int:
    """Whole milliseconds from `now` to `ends_at`, rounded down, never below 0."""
    return max(0, (ends_at - now) // timedelta(milliseconds=1))
