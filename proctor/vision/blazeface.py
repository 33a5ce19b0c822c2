# SPDX-License-Identifier: Apache-2.0
"""Faces by the full-range BlazeFace network (Bazarevsky et al., 2019, arXiv 1907.05047) on LiteRT.

The network sees 192 x 192 pixels in cells of 4 x 4. For each cell it gives a score and a box relative
to the cell's centre; overlapping boxes are merged, weighted by their scores. A picture of a webcam's shape (4 to 3) may
be shown to the same weights 192 wide and 144 high, without black borders, for three quarters of the work, and coarsely,
128 wide and 96 high, for a third of it. Reading the weights from disk is not done here.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from datetime import datetime

import cv2
import numpy as np
import numpy.typing as npt

from proctor.vision.boxes import clipped_box, merge
from proctor.vision.frames import Pixels
from proctor.vision.litert import Floats, LiteRtNetwork
from proctor.vision.observation import FACES_ONLY, Face, Observation, Point, Wanted
from proctor.vision.stopwatch import Stopwatch
from proctor.vision.tamper import measure_tamper, small_grey

SIDE = 192
WIDE = (192, 144)
COARSE = (128, 96)
"""Pixels across and down."""
STRIDE = 4
CELLS = SIDE // STRIDE
MINIMUM_SCORE = 0.5
MAXIMUM_OVERLAP = 0.3
"""Boxes whose intersection over union exceeds this are the same face."""
_SCORE_LIMIT = 80.0  # beyond it the sigmoid overflows in single precision
_LEVELS = (np.arange(256) / 127.5 - 1.0).astype(np.float32)
"""What the network is shown of each level of a colour."""
_LEAST_LOGIT = math.log(MINIMUM_SCORE / (1 - MINIMUM_SCORE))
# Where the file says how large the picture is between its layers: (12, 12), (24, 24) and (48, 48) cells, and 48 x 48 rows.
_SIZES = tuple(struct.pack("<3i", 8, side, side) for side in (12, 24, 48))
_ROWS = tuple(struct.pack("<4i", 3, 1, CELLS * CELLS, columns) for columns in (16, 1))


class BlazeFaceDetector:
    """Finds faces and measures tampering. Holds an interpreter, so every thread needs its own detector.

    With `fits_shape` a picture of 4 to 3 is shown without borders, which gives scores that differ by a few hundredths.
    Raises Unavailable(`model_unreadable`) when `model` is not this network.
    """

    def __init__(self, model: bytes, *, fits_shape: bool = False) -> None:
        self._network = _network(model, (SIDE, SIDE))
        self._shaped = {size: _network(model, size) for size in (WIDE, COARSE)} if fits_shape else {}

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        return self._network.sha256

    @property
    def models(self) -> Mapping[str, str]:
        """The one network that is there."""
        return {"faces": self.model_sha256}

    def observe(self, frame: Pixels, at: datetime, seq: int, wanted: Wanted = FACES_ONLY) -> Observation:
        """Look at one decoded picture for faces; what else is wanted is not available."""
        watch = Stopwatch()
        faces = watch.time("faces", lambda: self.find_faces(frame))
        tamper = watch.time("tamper", lambda: measure_tamper(frame))
        height, width = frame.shape[:2]
        return Observation(
            at=at,
            seq=seq,
            width=width,
            height=height,
            faces=faces,
            tamper=tamper,
            ms=watch.ms,
            greys=small_grey(frame),
        )

    def find_faces(self, frame: Pixels, *, coarsely: bool = False) -> tuple[Face, ...]:
        """The faces of a picture (height x width x 3, blue-green-red), best first; `coarsely` only the large ones."""
        height, width = frame.shape[:2]
        size, network = (SIDE, SIDE), self._network
        if self._shaped and 3 * width == 4 * height:
            size = COARSE if coarsely else WIDE
            network = self._shaped[size]
        tensor, scale, left, top = _letterbox(frame, size)
        raw_boxes, raw_scores = network.run(tensor)
        kept = np.flatnonzero(raw_scores[0, :, 0] >= _LEAST_LOGIT)
        if not len(kept):
            return ()
        scores = 1.0 / (1.0 + np.exp(-np.minimum(raw_scores[0, kept, 0], _SCORE_LIMIT)))
        rows = _rows(raw_boxes[0, kept], kept, size[0] // STRIDE)
        sound = np.all(rows[:, 2:4] > rows[:, :2], axis=1)
        merged = merge(rows[sound], scores[sound].astype(np.float32), maximum_overlap=MAXIMUM_OVERLAP)
        shift = np.tile(np.array((left, top), np.float32), 4)
        faces = []
        for merged_row, score in merged:
            row = (merged_row - shift) / scale
            box = clipped_box(row, width, height)
            if box is not None:
                eyes = Point(float(row[4]), float(row[5])), Point(float(row[6]), float(row[7]))
                faces.append(Face(box, score, eyes))
        return tuple(faces)


def _network(model: bytes, size: tuple[int, int]) -> LiteRtNetwork:
    """The network for pictures of this size (pixels across and down)."""
    across, down = size
    cells = across * down // STRIDE**2
    return LiteRtNetwork(
        model if size == (SIDE, SIDE) else _resized_model(model, size),
        source=(1, down, across, 3),
        outputs=((1, cells, 16), (1, cells, 1)),
        resized=size != (SIDE, SIDE),
    )


def _letterbox(frame: Pixels, size: tuple[int, int]) -> tuple[Floats, float, int, int]:
    """The picture as the network's input of this size, its aspect kept by black borders.

    (tensor, scale, left border, top border).
    """
    height, width = frame.shape[:2]
    across, down = size
    scale = min(across / width, down / height)
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (across - new_width) // 2, (down - new_height) // 2
    small = cv2.cvtColor(_shrunk(frame, (new_width, new_height), scale), cv2.COLOR_BGR2RGB)
    if (new_width, new_height) == size:
        return np.asarray(cv2.LUT(small, _LEVELS), np.float32)[np.newaxis], scale, left, top
    tensor = np.full((1, down, across, 3), -1.0, np.float32)
    tensor[0, top : top + new_height, left : left + new_width] = cv2.LUT(small, _LEVELS)
    return tensor, scale, left, top


def _shrunk(frame: Pixels, size: tuple[int, int], scale: float) -> Pixels:
    """The picture at this size. Halved as often as that is exact and cheap, and then between neighbouring pixels."""
    halves = 0
    while scale * 2 ** (halves + 1) <= 1 and not any(side % 2 ** (halves + 1) for side in frame.shape[:2]):
        halves += 1
    if halves:
        height, width = frame.shape[:2]
        halved = (width >> halves, height >> halves)
        frame = np.asarray(cv2.resize(frame, halved, interpolation=cv2.INTER_AREA), np.uint8)
        scale *= 2**halves
    kind = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(frame, size, interpolation=kind), np.uint8)


def _resized_model(model: bytes, size: tuple[int, int]) -> bytes:
    """The same weights in a file that speaks of pictures of this size; another network's file comes back as it is."""
    across, down = size
    changed = bytearray(model)
    for old in _SIZES:
        count, side, _ = struct.unpack("<3i", old)
        places = [place for place in _places(model, old) if place % 4 == 0]
        if len(places) != 1:
            return model
        new = struct.pack("<3i", count, side * down // SIDE, side * across // SIDE)
        changed[places[0] : places[0] + len(new)] = new
    for old in _ROWS:
        count, one, _, columns = struct.unpack("<4i", old)
        places = [place for place in _places(model, old) if place % 4 == 0]
        if not places:
            return model
        new = struct.pack("<4i", count, one, across * down // STRIDE**2, columns)
        for place in places:
            changed[place : place + len(new)] = new
    return bytes(changed)


def _places(data: bytes, part: bytes) -> Iterator[int]:
    at = data.find(part)
    while at >= 0:
        yield at
        at = data.find(part, at + 1)


def _rows(raw: Floats, cells: npt.NDArray[np.intp], across: int) -> Floats:
    """Boxes (left, top, right, bottom) and both eyes in pixels of the input, from offsets at the given cells.

    `across` is the number of cells in a row.
    """
    rows, columns = np.divmod(cells, across)
    centres = np.stack((columns, rows), axis=1).astype(np.float32) * STRIDE + STRIDE / 2
    middles, half = centres + raw[:, :2], raw[:, 2:4] / 2
    eyes = np.tile(centres, 2) + raw[:, 4:8]
    return np.concatenate((middles - half, middles + half, eyes), axis=1).astype(np.float32)
