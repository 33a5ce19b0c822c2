# SPDX-License-Identifier: Apache-2.0
"""The times that an accommodation leads to, shown before it is set: by the very functions that rule the attempt. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from assessor.attempts.timing import Allowance, Window, deadline_of, entry_window


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When a learner may start and when the time is up, in UTC.

    A start is possible from `opens_at` until just before `closes_at`; the earliest start ends at `earliest_end`, the last
    possible one at `latest_end`. `seconds` is the whole time for the paper.
    """

    opens_at: datetime
    closes_at: datetime
    seconds: int
    earliest_end: datetime
    latest_end: datetime


def timetable(
    *, opens_at: datetime, closes_at: datetime, limit_seconds: int, extra_minutes: int
) -> Timetable:
    """The times of an entry that has not begun, with so many extra minutes (0 or more)."""
    extra = extra_minutes * 60
    window = entry_window(Window(opens_at=opens_at, closes_at=closes_at), accommodation_seconds=extra)
    allowance = Allowance(limit_seconds=limit_seconds, accommodation_seconds=extra)
    return Timetable(
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        seconds=limit_seconds + extra,
        earliest_end=deadline_of(window.opens_at, allowance),
        latest_end=deadline_of(window.closes_at - timedelta(seconds=1), allowance),
    )
