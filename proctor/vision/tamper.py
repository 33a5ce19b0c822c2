# SPDX-License-Identifier: Apache-2.0
"""Is the camera covered, dark or out of focus? Measures of the picture alone.

Whether it matters is for the rules.
"""

from __future__ import annotations

import cv2
import numpy as np

from proctor.vision.frames import Pixels
from proctor.vision.observation import Greys, Tamper

DARK_MEAN = 20.0
UNIFORM_SPREAD = 3.0
BLURRED_DETAIL = 1.0
BLURRED_SHARE = 0.03
"""Of the variance of the grey levels: a sharp picture's Laplacian, measured where it is 160 x 120, varies by more than
this, one that is blurred over a hundredth of its width by less. JPEG's own noise averages out at that size.
"""
_SHARPNESS_SIZE = (160, 120)
SMOOTH_STEP = 12.0
"""A finger on the lens glows in soft gradients: no detail and no step this large between neighbouring
blocks.
"""

_BLOCKS = (32, 24)

STILL_CHANGE = 1.0
"""Grey levels; a camera's noise alone changes a picture by more, the same picture encoded anew by less."""
_STILL_SIZE = (320, 240)
_FOURTH = (80, 60)


def small_grey(frame: Pixels) -> Greys:
    """A picture as `change_between` compares it (240 x 320 grey levels)."""
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    kind = cv2.INTER_AREA if grey.shape[1] > _STILL_SIZE[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, _STILL_SIZE, interpolation=kind), np.uint8)


def change_between(earlier: Greys, later: Greys) -> float:
    """Mean difference in grey levels of two pictures of `small_grey`; below STILL_CHANGE nothing moved, not even noise."""
    return float(cv2.mean(cv2.absdiff(earlier, later))[0])


def fingerprint_of(greys: Greys) -> int:
    """The 64-bit difference hash of a picture of `small_grey`: which of two neighbouring blocks of 9 x 8 is lighter."""
    fourth = cv2.resize(
        greys, _FOURTH, interpolation=cv2.INTER_AREA
    )  # a whole number of pixels each: much faster
    blocks = cv2.resize(fourth, (9, 8), interpolation=cv2.INTER_AREA)
    return int.from_bytes(np.packbits(blocks[:, 1:] > blocks[:, :-1]).tobytes())


def measure_tamper(frame: Pixels) -> Tamper:
    """The measures of one picture (height x width x 3, at least 32 pixels each way)."""
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    mean, spread = (float(value[0, 0]) for value in cv2.meanStdDev(grey))
    size = (min(_BLOCKS[0], grey.shape[1]), min(_BLOCKS[1], grey.shape[0]))
    blocks = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    coarse_spread = float(cv2.meanStdDev(blocks)[1][0, 0])
    steepest = float(max(np.abs(np.diff(blocks, axis=axis)).max() for axis in (0, 1)))
    size = (min(_SHARPNESS_SIZE[0], grey.shape[1]), min(_SHARPNESS_SIZE[1], grey.shape[0]))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    detail = float(cv2.meanStdDev(cv2.Laplacian(small, cv2.CV_16S))[1][0, 0]) ** 2
    blurred = detail < max(BLURRED_DETAIL, BLURRED_SHARE * spread**2)
    return Tamper(
        mean=mean,
        spread=spread,
        coarse_spread=coarse_spread,
        steepest=steepest,
        detail=detail,
        dark=mean < DARK_MEAN,
        covered=coarse_spread < UNIFORM_SPREAD or (blurred and steepest < SMOOTH_STEP),
        blurred=blurred,
    )
