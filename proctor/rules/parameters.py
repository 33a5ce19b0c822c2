# SPDX-License-Identifier: Apache-2.0
"""The thresholds of the rules, as versioned data. Every alert carries the ones under which it arose."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Hysteresis:
    """When a signal is believed.

    The signal must hold for `onset_seconds` between the first and the last of at least `minimum_frames`
    frames to raise an alert, and be absent for `clear_seconds` to end it. Of the time in between, at most
    `forgiven_share` (below one half, so that single wrong frames between right ones never add up) and less
    than `forgiven_seconds` may speak against it. Frames further apart than `maximum_gap_seconds` say
    nothing about the time between them.

    The durations are one frame interval (and a little jitter) shorter than what they catch: five frames at
    one a second span four seconds and stand for five.
    """

    onset_seconds: float
    clear_seconds: float = 1.75
    minimum_frames: int = 3
    forgiven_share: float = 0.4
    forgiven_seconds: float = 1.5
    maximum_gap_seconds: float = 3.0

    def __post_init__(self) -> None:
        if not 0 <= self.forgiven_share < 0.5:
            raise ValueError("forgiven_share must be at least 0 and below one half")
        if min(self.onset_seconds, self.clear_seconds, self.forgiven_seconds, self.maximum_gap_seconds) <= 0:
            raise ValueError("durations must be positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """When a camera counts as stopped.

    No frame for `silence_seconds` while the page goes on talking, or the browser's own report standing for
    `report_seconds`; it ends after frames have come again for `clear_seconds`.
    """

    silence_seconds: float = 4.0
    report_seconds: float = 1.0
    clear_seconds: float = 1.75
    maximum_gap_seconds: float = 3.0

    def __post_init__(self) -> None:
        if min(asdict(self).values()) <= 0:
            raise ValueError("durations must be positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """All thresholds under one version; `several_from` is the number of faces from which they are several."""

    version: str = "1"
    face_gone: Hysteresis = field(default_factory=lambda: Hysteresis(onset_seconds=3.75))
    several_faces: Hysteresis = field(default_factory=lambda: Hysteresis(onset_seconds=1.75))
    several_from: int = 2
    camera_covered: Hysteresis = field(default_factory=lambda: Hysteresis(onset_seconds=1.75))
    camera_stopped: Silence = field(default_factory=Silence)
    lost_seconds: float = 10.0
