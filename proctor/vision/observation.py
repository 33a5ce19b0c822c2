# SPDX-License-Identifier: Apache-2.0
"""What a detector says of one frame, and the port that every detector fits. No rule about it lives here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from proctor.vision.frames import Pixels


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
    `detail`, the variance of the Laplacian.
    """

    mean: float
    spread: float
    coarse_spread: float
    steepest: float
    detail: float
    dark: bool
    covered: bool
    blurred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One frame as seen: when the server received it, its number, its size in pixels, and what was found.

    `ms` are the milliseconds that finding it took.
    """

    at: datetime
    seq: int
    width: int
    height: int
    faces: tuple[Face, ...]
    tamper: Tamper
    ms: float


class Detector(Protocol):
    """Sees; keeps nothing between two frames. One detector serves one thread at a time."""

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights, recorded with every alert."""
        ...

    def observe(self, frame: Pixels, at: datetime, seq: int) -> Observation:
        """Look at one decoded picture (height x width x 3, blue-green-red)."""
        ...
