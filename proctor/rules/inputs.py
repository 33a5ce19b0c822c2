# SPDX-License-Identifier: Apache-2.0
"""What the rules are told: one seen frame, that time has passed, or what else happened.

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


@dataclass(frozen=True, slots=True)
class FaceBox:
    """Where a face is, in shares (0 to 1) of the frame's width and height, and how sure the detector is."""

    x: float
    y: float
    width: float
    height: float
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class SeenThing:
    """A thing or person that was seen (`phone`, `book`, `person` and other labels) and how sure the detector is."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class SeenPose:
    """Degrees a head is turned away from the camera: right in the picture, up, clockwise."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class SeenGaze:
    """The iris between the corners of the eye (-1 to 1, and above them in widths of the eye), and the open lids."""

    horizontal: float
    vertical: float
    left_open: float
    right_open: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One frame as the rules see it.

    `at` is when it was taken as far as is proven. `boxes` are those of the `faces`, or empty where they are not known.
    `change` is the mean difference in grey levels to the picture before, `fingerprint` its 64-bit difference hash,
    `brightness` its mean grey level. A field that is None was not looked at: that is neither clean nor suspicious.
    `persons`, `things` come of one look for objects; `pose`, `gaze`, `similarity` (cosine to the enrolled looks) are
    those of the only face. A `late` picture was taken while there was no line and came afterwards, in proven order. Of a
    `claimed` one the server knows only the number of faces that the learner's page says it saw.
    """

    at: datetime
    faces: int
    covered: bool
    seq: int = 0
    boxes: tuple[FaceBox, ...] = ()
    dark: bool = False
    blurred: bool = False
    change: float | None = None
    fingerprint: int | None = None
    brightness: float | None = None
    persons: int | None = None
    things: tuple[SeenThing, ...] | None = None
    pose: SeenPose | None = None
    gaze: SeenGaze | None = None
    similarity: float | None = None
    late: bool = False
    claimed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The state of the line at one instant.

    `spacing_seconds` is how far apart pictures are asked for now: a slow line is no stopped camera.
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
    spacing_seconds: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechHeard:
    """Somebody spoke from `started_at` to `ended_at`; of the sound nothing is known."""

    at: datetime
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserNoted:
    """What the page noted, by the names of `proctor.telemetry`: `hidden`, `blur`, `paste`, `paste_refused` and so on.

    `seconds` is how long it lasted, None while that is open; `cause` is `none`, or what of the room itself caused it.
    """

    at: datetime
    kind: str
    seconds: float | None = None
    cause: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFacts:
    """What the page says of its camera: whether its name is one of a virtual camera's, its size, rate and regularity."""

    at: datetime
    virtual_name: bool
    width: int
    height: int
    frames_per_second: float | None = None
    jitter_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandRaised:
    """The learner asks for a person, or no longer does."""

    at: datetime
    raised: bool


class ChainBreak(StrEnum):
    """What is wrong with the chain of pictures."""

    MISSING = "missing"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainBroken:
    """Pictures that the page committed to never came, or came as others."""

    at: datetime
    kind: ChainBreak
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditDisagreed:
    """The page's own detector claimed another number of faces than the server saw in the same picture."""

    at: datetime
    claimed: int
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LivenessChecked:
    """A challenge (`turn_left`, `turn_right`, `blink`, `digits`) was met, or was not, in so many tries."""

    at: datetime
    passed: bool
    challenge: str
    tries: int


Event = (
    Sight
    | Tick
    | SpeechHeard
    | BrowserNoted
    | CameraFacts
    | HandRaised
    | ChainBroken
    | AuditDisagreed
    | LivenessChecked
)


def link_of(tick: Tick, *, lost_seconds: float) -> Link:
    """The state of the line.

    Lost when there is no connection, or when nothing was heard for `lost_seconds`.
    """
    if tick.heard_at is None:
        return Link.WAITING
    if tick.connected_at is None or (tick.at - tick.heard_at).total_seconds() > lost_seconds:
        return Link.LOST
    return Link.ALIVE
