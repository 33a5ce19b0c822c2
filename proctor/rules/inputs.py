# SPDX-License-Identifier: Apache-2.0
"""What the rules are told: one seen frame, or that time has passed.

How it came to be known is not their business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CameraState(StrEnum):
    """What the learner's browser last reported of its camera."""

    ON = "on"
    ENDED = "ended"
    MUTED = "muted"
    DENIED = "denied"


class Link(StrEnum):
    """Whether the learner's page can be heard. A lost link accuses nobody."""

    WAITING = "waiting"
    ALIVE = "alive"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One frame as the rules see it.

    When it was received, how many faces, and whether the lens looks covered.
    """

    at: datetime
    faces: int
    covered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The state of the line at one instant.

    `connected_at` is when the present connection began, None while there is none; `heard_at` when the page
    last said anything at all (frames count); `last_frame_at` when the last sound frame came; `camera` with
    `camera_since` is the browser's own report. Because a stalled line silences frames and words alike, a
    silence of frames counts only as long as the page goes on talking.
    """

    at: datetime
    connected_at: datetime | None = None
    heard_at: datetime | None = None
    last_frame_at: datetime | None = None
    camera: CameraState = CameraState.ON
    camera_since: datetime | None = None


def link_of(tick: Tick, *, lost_seconds: float) -> Link:
    """The state of the line.

    Lost when there is no connection, or when nothing was heard for `lost_seconds`.
    """
    if tick.heard_at is None:
        return Link.WAITING
    if tick.connected_at is None or (tick.at - tick.heard_at).total_seconds() > lost_seconds:
        return Link.LOST
    return Link.ALIVE
