# SPDX-License-Identifier: Apache-2.0
"""What a detector says of one frame, and the port that every detector fits. No rule about it lives here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from proctor.vision.frames import Pixels

Greys = npt.NDArray[np.uint8]
"""Grey levels of a small picture (240 x 320): what is compared between frames."""
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the original picture, inside it: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """A place in pixels of the original picture; it may lie outside it."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Face:
    """A face with the detector's confidence, 0 to 1, and its eyes, the one further left in an upright face first."""

    box: Box
    score: float
    eyes: tuple[Point, Point] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tamper:
    """Measures of a picture as such, whoever is in it; grey levels run from 0 to 255.

    `mean` and `spread` (standard deviation) of the grey levels; `coarse_spread`, the same after averaging
    over blocks, which removes a sensor's noise; `steepest`, the largest step between neighbouring blocks;
    `detail`, the variance of the Laplacian of the picture at 160 x 120.
    """

    mean: float
    spread: float
    coarse_spread: float
    steepest: float
    detail: float
    dark: bool
    covered: bool
    blurred: bool


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees a head is turned away from where the camera stands, wherever in the picture the head is.

    `yaw`: positive towards the right edge of the picture; `pitch`: positive upwards; `roll`: positive when it is
    tilted clockwise in the picture.
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Gaze:
    """The iris within the eye, and the opening of the lids.

    `horizontal`: -1 at the corner nearer the left edge of the picture, 0 in the middle, 1 at the other corner, both eyes
    averaged. `vertical`: how far the iris stands above the line between the corners, in widths of the eye.
    `left_open`, `right_open`: the mean distance of the lids in widths of the eye (about 0.3 open, below 0.15 shut), of
    the eye on that side of the picture.
    """

    horizontal: float
    vertical: float
    left_open: float
    right_open: float


class Label(StrEnum):
    """The kinds of things that we ask about."""

    PERSON = "person"
    PHONE = "phone"
    BOOK = "book"
    LAPTOP = "laptop"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something seen, with the detector's confidence, 0 to 1."""

    label: Label
    score: float
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be looked for in a frame besides faces and tampering; each costs a network.

    `second_opinion` asks a second network for the faces even where the first one is sure. Where it is not (no face,
    several, or a weak one) the second is asked in any case, but for the number of faces on which both have agreed a
    moment ago: `settled`. `coarsely` lets the first one look at a smaller picture, and again at the usual one unless it
    finds one sure face.
    """

    mesh: bool = False
    gaze: bool = False
    identity: bool = False
    objects: bool = False
    second_opinion: bool = False
    settled: int | None = None
    coarsely: bool = False


FACES_ONLY = Wanted()
EVERYTHING = Wanted(mesh=True, gaze=True, identity=True, objects=True, second_opinion=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One frame as seen: when the server received it, its number, its size in pixels, and what was found.

    `ms` are the milliseconds of elapsed time by stage. `pose`, `gaze` and `embedding` (of length one) are those of the
    largest face. They, and `things`, are None when nobody looked, when the network is not there, or when it failed
    (`failed` names it then): never "nothing there", which is an empty `things`. `agreed` says whether the second
    network saw as many faces as the first; None when it was not asked.
    """

    at: datetime
    seq: int
    width: int
    height: int
    faces: tuple[Face, ...]
    tamper: Tamper
    ms: Mapping[str, float]
    greys: Greys
    pose: Pose | None = None
    gaze: Gaze | None = None
    embedding: Floats | None = None
    things: tuple[Thing, ...] | None = None
    agreed: bool | None = None
    failed: frozenset[str] = frozenset()

    @property
    def persons(self) -> int | None:
        """How many persons were seen, faces or not; None when nobody looked for them."""
        if self.things is None:
            return None
        return sum(thing.label is Label.PERSON for thing in self.things)


class Detector(Protocol):
    """Sees; keeps nothing between two frames. One detector serves one thread at a time."""

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights that find faces."""
        ...

    @property
    def models(self) -> Mapping[str, str]:
        """The hex SHA-256 of the weights by network, of those that are there.

        Names: `faces`, `second_opinion`, `mesh`, `iris`, `identity`, `objects`.
        """
        ...

    def observe(self, frame: Pixels, at: datetime, seq: int, wanted: Wanted = FACES_ONLY) -> Observation:
        """Look at one decoded picture (height x width x 3, blue-green-red) for what is wanted."""
        ...
