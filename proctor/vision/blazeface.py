# SPDX-License-Identifier: Apache-2.0
"""Faces by the full-range BlazeFace network (Bazarevsky et al., 2019, arXiv 1907.05047) on LiteRT.

The network sees 192 x 192 pixels in 2304 cells of 4 x 4. For each cell it gives a score and a box relative
to the cell's centre; overlapping boxes are merged, weighted by their scores. Reading the weights from disk
is not done here.
"""

from __future__ import annotations

import hashlib
import time
from datetime import datetime

import cv2
import numpy as np
import numpy.typing as npt

from core.errors import Unavailable
from proctor.vision.frames import Pixels
from proctor.vision.observation import Box, Face, Observation
from proctor.vision.tamper import measure_tamper

SIDE = 192
STRIDE = 4
CELLS = SIDE // STRIDE
MINIMUM_SCORE = 0.5
MAXIMUM_OVERLAP = 0.3
"""Boxes whose intersection over union exceeds this are the same face."""
_SCORE_LIMIT = 80.0  # beyond it the sigmoid overflows in single precision

Floats = npt.NDArray[np.float32]


class BlazeFaceDetector:
    """Finds faces and measures tampering. Holds an interpreter, so every thread needs its own detector.

    Raises Unavailable(`model_unreadable`) when `model` is not this network.
    """

    def __init__(self, model: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter  # slow to load, and needed by servers only

        self._sha256 = hashlib.sha256(model).hexdigest()
        try:
            self._interpreter = Interpreter(model_content=model, num_threads=1)
            self._interpreter.allocate_tensors()
            (source,) = self._interpreter.get_input_details()
            outputs = {tuple(part["shape"]): part["index"] for part in self._interpreter.get_output_details()}
            self._source = source["index"]
            self._boxes, self._scores = outputs[(1, CELLS * CELLS, 16)], outputs[(1, CELLS * CELLS, 1)]
        except (ValueError, RuntimeError, KeyError) as error:
            raise Unavailable("model_unreadable", sha256=self._sha256) from error

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        return self._sha256

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
        self._interpreter.set_tensor(self._source, tensor)
        self._interpreter.invoke()
        raw_scores = self._interpreter.get_tensor(self._scores)[0, :, 0]
        scores = 1.0 / (1.0 + np.exp(-np.clip(raw_scores, -_SCORE_LIMIT, _SCORE_LIMIT)))
        kept = np.flatnonzero(scores >= MINIMUM_SCORE)
        corners = _corners(self._interpreter.get_tensor(self._boxes)[0, kept, :4], kept)
        sound = np.all(corners[:, 2:] > corners[:, :2], axis=1)
        merged = _merge(corners[sound], scores[kept][sound].astype(np.float32))
        height, width = frame.shape[:2]
        shift = np.array((left, top, left, top), np.float32)
        limits = np.array((width, height, width, height), np.float32)
        faces = []
        for corner, score in merged:
            x1, y1, x2, y2 = (float(value) for value in np.clip((corner - shift) / scale, 0, limits))
            if x2 > x1 and y2 > y1:
                faces.append(Face(Box(x1, y1, x2 - x1, y2 - y1), score))
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


def _corners(raw: Floats, cells: npt.NDArray[np.intp]) -> Floats:
    """Boxes (left, top, right, bottom) in pixels of the input, from offsets and sizes at the given cells."""
    rows, columns = np.divmod(cells, CELLS)
    centres = np.stack((columns, rows), axis=1).astype(np.float32) * STRIDE + STRIDE / 2 + raw[:, :2]
    half = raw[:, 2:4] / 2
    return np.concatenate((centres - half, centres + half), axis=1).astype(np.float32)


def _merge(corners: Floats, scores: Floats) -> list[tuple[Floats, float]]:
    """Weighted non-maximum suppression: each best box absorbs what overlaps it.

    Its score stays the best one.
    """
    merged = []
    order = np.argsort(-scores, kind="stable")
    corners, scores = corners[order], scores[order]
    while len(scores):
        same = _overlap(corners[0], corners) > MAXIMUM_OVERLAP
        weights = scores[same, np.newaxis]
        merged.append(((corners[same] * weights).sum(axis=0) / weights.sum(), float(scores[0])))
        corners, scores = corners[~same], scores[~same]
    return merged


def _overlap(box: Floats, others: Floats) -> Floats:
    """Intersection over union of one box with each of the others.

    All have a positive area, so a box always meets itself.
    """
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    whole = areas + np.prod(box[2:] - box[:2]) - shared
    return np.asarray(shared / whole, np.float32)
