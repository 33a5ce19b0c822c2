# SPDX-License-Identifier: Apache-2.0
"""The only module that reads the clock. Everything else is handed ``now``."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of the present instant (aware, UTC) and of a monotonic second count for durations."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class FixedClock:
    """A clock that stands still until told to move; for tests and simulated time."""

    def __init__(self, at: datetime) -> None:
        self._at = require_utc(at)
        self._ticks = 0.0

    def now(self) -> datetime:
        return self._at

    def monotonic(self) -> float:
        return self._ticks

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
