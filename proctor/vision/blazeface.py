# SPDX-License-Identifier: Apache-2.0
"""Faces by the full-range BlazeFace network (Bazarevsky et al., 2019, arXiv 1907.05047) on LiteRT.

The network sees 192 x 192 pixels in 2304 cells of 4 x 4. For each cell it gives a score and a box relative
to the cell's centre; overlapping boxes are merged, weighted by their scores. Reading the weights from disk
is not done here.
"""

from __future__ import annotations

import time
from datetime import datetime

import cv2
import numpy as np
import numpy.typing as npt

from proctor.vision.boxes import clipped_box, merge
from proctor.vision.frames import Pixels
from proctor.vision.litert import Floats, LiteRtNetwork
from proctor.vision.observation import Face, Observation, Point
from proctor.vision.tamper import measure_tamper

SIDE = 192
STRIDE = 4
CELLS = SIDE // STRIDE
MINIMUM_SCORE = 0.5
MAXIMUM_OVERLAP = 0.3
"""Boxes whose intersection over union exceeds this are the same face."""
_SCORE_LIMIT = 80.0  # beyond it the sigmoid overflows in single precision


class BlazeFaceDetector:
    """Finds faces and measures tampering. Holds an interpreter, so every thread needs its own detector.

    Raises Unavailable(`model_unreadable`) when `model` is not this network.
    """

    def __init__(self, model: bytes) -> None:
        cells = CELLS * CELLS
        self._network = LiteRtNetwork(
            model, source=(1, SIDE, SIDE, 3), outputs=((1, cells, 16), (1, cells, 1))
        )

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        return self._network.sha256

    def observe(self, frame: Pixels, at: datetime, seq: int) -> Observation:
        """Look at one decoded picture."""
        started = time.perf_counter()
        faces = self.find_faces(frame)
        tamper = measure_tamper(frame)
        height, width = frame.shape[:2]
        return Observation(
            at=at,
            seq=seq,
            width=width,
            height=height,
            faces=faces,
            tamper=tamper,
            ms=(time.perf_counter() - started) * 1000,
        )

    def find_faces(self, frame: Pixels) -> tuple[Face, ...]:
        """The faces of a picture (height x width x 3, blue-green-red), best first."""
        tensor, scale, left, top = _letterbox(frame)
        raw_boxes, raw_scores = self._network.run(tensor)
        scores = 1.0 / (1.0 + np.exp(-np.clip(raw_scores[0, :, 0], -_SCORE_LIMIT, _SCORE_LIMIT)))
        kept = np.flatnonzero(scores >= MINIMUM_SCORE)
        rows = _rows(raw_boxes[0, kept], kept)
        sound = np.all(rows[:, 2:4] > rows[:, :2], axis=1)
        merged = merge(rows[sound], scores[kept][sound].astype(np.float32), maximum_overlap=MAXIMUM_OVERLAP)
        height, width = frame.shape[:2]
        shift = np.tile(np.array((left, top), np.float32), 4)
        faces = []
        for merged_row, score in merged:
            row = (merged_row - shift) / scale
            box = clipped_box(row, width, height)
            if box is not None:
                eyes = Point(float(row[4]), float(row[5])), Point(float(row[6]), float(row[7]))
                faces.append(Face(box, score, eyes))
        return tuple(faces)


def _letterbox(frame: Pixels) -> tuple[Floats, float, int, int]:
    """The picture as the network's input, its aspect kept by black borders.

    (tensor, scale, left border, top border).
    """
    height, width = frame.shape[:2]
    scale = SIDE / max(height, width)
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    left, top = (SIDE - new_width) // 2, (SIDE - new_height) // 2
    canvas = np.zeros((SIDE, SIDE, 3), np.uint8)
    canvas[top : top + new_height, left : left + new_width] = cv2.resize(
        frame, (new_width, new_height), interpolation=kind
    )
    red_first = cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB).astype(np.float32)
    return (red_first / 127.5 - 1.0)[np.newaxis], scale, left, top


def _rows(raw: Floats, cells: npt.NDArray[np.intp]) -> Floats:
    """Boxes (left, top, right, bottom) and both eyes in pixels of the input, from offsets at the given cells."""
    rows, columns = np.divmod(cells, CELLS)
    centres = np.stack((columns, rows), axis=1).astype(np.float32) * STRIDE + STRIDE / 2
    middles, half = centres + raw[:, :2], raw[:, 2:4] / 2
    eyes = np.tile(centres, 2) + raw[:, 4:8]
    return np.concatenate((middles - half, middles + half, eyes), axis=1).astype(np.float32)
