# SPDX-License-Identifier: Apache-2.0
"""Hide in a picture what no alert concerns, before it is stored. Which areas those are is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from proctor.vision.frames import Pixels, check_jpeg, decode_jpeg
from proctor.vision.observation import Box

BACKGROUND_CELLS = 24
"""Cells across the longer side behind areas that stay sharp: a wall is a few colours."""
SCENE_CELLS = 40
"""Cells across where nobody is seen, so that the scene itself is what the alert shows: shapes of furniture, no letters."""
NOBODY_CELLS = 10
"""Cells across where nobody at all may be made out: a face that fills the picture is a few colours too."""
MARGIN = 0.25
"""Share of an area's size by which it stays sharp beyond each edge; detectors frame a face tightly."""
EDGE = 0.12
"""Share of an area's size over which sharp turns into hidden, outside the margin."""
_LEVELS = 12
"""Grey levels to which a cell's mean is rounded: what is lost there no filter brings back."""
_QUALITY = 92
_APPLICATIONS = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
"""Segments that describe a picture and do not draw it; 0xE0 (JFIF) and 0xEE (the colour transform) do."""


def redact(pixels: Pixels, areas: Sequence[Box], *, cells: int | None = None) -> Pixels:
    """The picture (height x width x 3) with everything hidden except the areas and their margins; a new array.

    Without any area the whole scene is hidden, more finely, unless `cells` across the longer side say otherwise. Cells are
    averaged, rounded and blurred, so that neither sharpening nor a dictionary of letters brings text back; inside an area
    every value stays as it was.
    """
    hidden = _hidden(pixels, cells or (BACKGROUND_CELLS if areas else SCENE_CELLS))
    if not areas:
        return hidden
    sharp = _sharpness(pixels.shape[1], pixels.shape[0], areas)[:, :, np.newaxis]
    mixed = pixels * sharp + hidden * (1 - sharp)
    return np.asarray(np.rint(mixed), np.uint8)


def redact_jpeg(jpeg: bytes, areas: Sequence[Box], *, cells: int | None = None) -> bytes:
    """The same of a JPEG file; it comes back as a new one without any metadata. Raises what `decode_jpeg` does."""
    drawn = redact(decode_jpeg(jpeg), areas, cells=cells)
    _done, data = cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()


def strip_metadata(jpeg: bytes) -> bytes:
    """The same picture, bit for bit, without place, device, thumbnail and comments. Raises what `check_jpeg` does."""
    check_jpeg(jpeg)
    kept, at = bytearray(jpeg[:2]), 2
    while True:
        start = at
        while jpeg[at] == 0xFF:
            at += 1
        code, at = jpeg[at], at + 1
        if code == 0xDA:
            return bytes(kept + jpeg[start:])
        end = at + int.from_bytes(jpeg[at : at + 2])
        if code not in _APPLICATIONS:
            kept += jpeg[start:end]
        at = end


def _hidden(pixels: Pixels, cells: int) -> Pixels:
    height, width = pixels.shape[:2]
    side = max(width, height) / cells
    small = (max(1, round(width / side)), max(1, round(height / side)))
    means = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
    step = 256 / _LEVELS
    rounded = np.asarray(np.floor(means / step) * step + step / 2, np.uint8)
    blocks = cv2.resize(rounded, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.GaussianBlur(blocks, (0, 0), side / 2), np.uint8)


def _sharpness(
    width: int, height: int, areas: Sequence[Box]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """1 where an area and its margin lie, 0 beyond a soft edge, as a height x width array."""
    across = np.arange(width, dtype=np.float32) + 0.5
    down = np.arange(height, dtype=np.float32) + 0.5
    sharp = np.zeros((height, width), np.float32)
    for area in areas:
        size = max(area.width, area.height, 1.0)
        far_x = _beyond(across, area.x - MARGIN * size, area.x + area.width + MARGIN * size)
        far_y = _beyond(down, area.y - MARGIN * size, area.y + area.height + MARGIN * size)
        far = np.hypot(far_x[np.newaxis, :], far_y[:, np.newaxis])
        np.maximum(sharp, np.clip(1 - far / (EDGE * size), 0, 1), out=sharp)
    return sharp


def _beyond(
    places: np.ndarray[tuple[int, ...], np.dtype[np.float32]], low: float, high: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(np.maximum(np.maximum(low - places, places - high), 0), np.float32)
