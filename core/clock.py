# SPDX-License-Identifier: Apache-2.0
"""The only module that reads the clock; the rest is handed ``now``. ``web.clock_watch`` decides when a jump is followed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

STEP_SECONDS: Final = 5.0
"""A difference up to this is a correction and is followed; a larger one is a jump."""

_COUNT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """A source of the present instant (aware, UTC) and of a monotonic second count for durations."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    def ahead(self) -> float:
        """The seconds by which the machine's clock is ahead of this one (behind: negative)."""

    def follow(self) -> None:
        """Take the machine's time from now on."""


def machine_count() -> float:
    """Seconds since the machine was started, sleep included; no setting of the clock moves it."""
    return time.clock_gettime(_COUNT)


class SystemClock:
    """The machine's time as it was when it was last followed, carried on by a count that nobody can set.

    So an hour is an hour, whatever the machine's clock is set to meanwhile. ``offset`` is what an earlier process carried
    (``SystemClock.offset``): seconds since 1970 at which the count was 0.
    """

    def __init__(
        self,
        offset: float | None = None,
        *,
        wall: Callable[[], float] = time.time,
        count: Callable[[], float] = machine_count,
    ) -> None:
        self._wall, self._count = wall, count
        self._carried = (wall() - count() if offset is None else offset, 0.0)

    @property
    def offset(self) -> float:
        """What another process needs to carry the same time."""
        return self._carried[0]

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._seconds(), UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def ahead(self) -> float:
        return self._wall() - self._count() - self.offset

    def follow(self) -> None:
        """Take the machine's time. After a small step back the time stands still until it is reached again."""
        shown, offset = self._seconds(), self._wall() - self._count()
        small = abs(offset - self.offset) <= STEP_SECONDS
        self._carried = offset, shown if small else 0.0  # one assignment, for the readers in other threads

    def _seconds(self) -> float:
        offset, floor = self._carried
        return max(floor, offset + self._count())


class FixedClock:
    """A clock that stands still until told to move; for tests and simulated time."""

    def __init__(self, at: datetime) -> None:
        self._at = require_utc(at)
        self._ticks = 0.0

    def now(self) -> datetime:
        return self._at

    def monotonic(self) -> float:
        return self._ticks

    def ahead(self) -> float:
        return 0.0

    def follow(self) -> None:
        """There is no other clock."""

    def advance(self, seconds: float) -> datetime:
        """Move forward by ``seconds`` and return the new instant."""
        self._at += timedelta(seconds=seconds)
        self._ticks += seconds
        return self._at


def require_utc(at: datetime) -> datetime:
    """Return ``at`` in UTC; a naive datetime is a programming error and raises ValueError."""
    if at.tzinfo is None:
        raise ValueError("naive datetime: every instant carries its time zone")
    return at.astimezone(UTC)
