# SPDX-License-Identifier: Apache-2.0
"""Persons and things by NanoDet-g (416 pixels, trained on COCO) on ONNX Runtime.

For each cell of three grids the network gives a score for each of 80 kinds and, for each side of the box, how
likely each distance is (Li et al., 2020, arXiv 2006.04388). Reading the weights from disk is not done here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import cv2
import numpy as np

from core.errors import Unavailable
from proctor.vision.boxes import Floats, best_apart, clipped_box
from proctor.vision.frames import Pixels
from proctor.vision.observation import Box

SIDE = 416
STRIDES = (8, 16, 32)
DISTANCES = 11
MAXIMUM_OVERLAP = 0.6
_MEAN = np.array((103.53, 116.28, 123.675), np.float32)
_SPREAD = np.array((57.375, 57.12, 58.395), np.float32)


class Label(StrEnum):
    """The kinds of things that we ask about."""

    PERSON = "person"
    PHONE = "phone"
    BOOK = "book"
    LAPTOP = "laptop"
    SCREEN = "screen"


_COLUMNS = {Label.PERSON: 0, Label.PHONE: 67, Label.BOOK: 73, Label.LAPTOP: 63, Label.SCREEN: 62}
MINIMUM_SCORES = {
    Label.PERSON: 0.4,
    Label.PHONE: 0.35,
    Label.BOOK: 0.4,
    Label.LAPTOP: 0.4,
    Label.SCREEN: 0.4,
}


@dataclass(frozen=True, slots=True)
class Thing:
    """Something seen, with the detector's confidence, 0 to 1."""

    label: Label
    score: float
    box: Box


class ObjectDetector(Protocol):
    """Finds persons and things. One detector serves one thread at a time."""

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        ...

    def find_things(self, frame: Pixels) -> tuple[Thing, ...]:
        """What is seen in a picture (height x width x 3, blue-green-red), best first."""
        ...


class NanoDetDetector:
    """NanoDet on one thread, which looks at squares of `side` pixels (a multiple of 32; 320 cost 0.6 of 416).

    Raises Unavailable(`model_unreadable`) when `model` is not this network.
    """

    def __init__(self, model: bytes, *, side: int = SIDE) -> None:
        import onnxruntime  # slow to load, and needed by servers only

        self._sha256 = hashlib.sha256(model).hexdigest()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._network = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            (entry,) = self._network.get_inputs()
            self._outputs = _arrange(self._network.get_outputs())
        except Exception as error:  # the library's own exceptions have no common base
            raise Unavailable("model_unreadable", sha256=self._sha256) from error
        self._entry = entry.name
        self._side = side

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        return self._sha256

    def find_things(self, frame: Pixels) -> tuple[Thing, ...]:
        """What is seen in a picture; its sides are stretched to the square that the network was trained on."""
        height, width = frame.shape[:2]
        side = self._side
        kind = cv2.INTER_AREA if max(height, width) > side else cv2.INTER_LINEAR
        square = cv2.resize(frame, (side, side), interpolation=kind).astype(np.float32)
        tensor = ((square - _MEAN) / _SPREAD).transpose(2, 0, 1)[np.newaxis]
        parts = self._network.run(self._outputs, {self._entry: np.ascontiguousarray(tensor)})
        scores = np.concatenate([part[0] for part in parts[:3]])
        corners = np.concatenate(
            [_boxes(part[0], stride, side) for part, stride in zip(parts[3:], STRIDES, strict=True)]
        )
        corners *= np.array((width / side, height / side) * 2, np.float32)
        found = [thing for label in Label for thing in _of_kind(label, scores, corners, width, height)]
        return tuple(sorted(found, key=lambda thing: -thing.score))


def _arrange(outputs: list[Any]) -> list[str]:
    """The names of the outputs: scores, then boxes, both from the finest grid to the coarsest (as they are declared)."""
    found = [[output.name for output in outputs if output.shape[2] == last] for last in (80, 4 * DISTANCES)]
    if [len(names) for names in found] != [len(STRIDES)] * 2:
        raise ValueError("other outputs")
    return found[0] + found[1]


def _boxes(raw: Floats, stride: int, side: int) -> Floats:
    """Left, top, right, bottom in pixels of the square: the expected distance of each side from the cell's centre."""
    count = side // stride
    chances = np.exp(raw.reshape(-1, 4, DISTANCES) - raw.reshape(-1, 4, DISTANCES).max(axis=2, keepdims=True))
    chances /= chances.sum(axis=2, keepdims=True)
    left, top, right, bottom = (chances @ np.arange(DISTANCES, dtype=np.float32)).T * stride
    rows, columns = np.divmod(np.arange(count * count), count)
    x, y = columns * stride + (stride - 1) / 2, rows * stride + (stride - 1) / 2
    return np.stack((x - left, y - top, x + right, y + bottom), axis=1).astype(np.float32)


def _of_kind(label: Label, scores: Floats, corners: Floats, width: int, height: int) -> list[Thing]:
    kept = np.flatnonzero(scores[:, _COLUMNS[label]] >= MINIMUM_SCORES[label])
    kept = kept[np.all(corners[kept, 2:] > corners[kept, :2], axis=1)]
    found = []
    for place in best_apart(corners[kept], scores[kept, _COLUMNS[label]], maximum_overlap=MAXIMUM_OVERLAP):
        box = clipped_box(corners[kept[place]], width, height)
        if box is not None:
            found.append(Thing(label, float(scores[kept[place], _COLUMNS[label]]), box))
    return found
