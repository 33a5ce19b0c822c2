# SPDX-License-Identifier: Apache-2.0
"""Persons and things by NanoDet-g (416 pixels, trained on COCO) on ONNX Runtime.

For each cell of three grids the network gives a score for each of 80 kinds and, for each side of the box, how
likely each distance is (Li et al., 2020, arXiv 2006.04388). Reading the weights from disk is not done here.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from core.errors import Unavailable
from proctor.vision.boxes import Floats, best_apart, clipped_box
from proctor.vision.frames import Pixels
from proctor.vision.observation import Label, Thing

SIDE = 416
STRIDES = (8, 16, 32)
DISTANCES = 11
MAXIMUM_OVERLAP = 0.6
_MEAN = np.array((103.53, 116.28, 123.675), np.float32)
_SPREAD = np.array((57.375, 57.12, 58.395), np.float32)
_LEVELS = ((np.arange(256, dtype=np.float32)[:, np.newaxis] - _MEAN) / _SPREAD).T.copy()
"""What the network is shown of each level of each colour (3 x 256)."""


_COLUMNS = {Label.PERSON: 0, Label.PHONE: 67, Label.BOOK: 73, Label.LAPTOP: 63, Label.SCREEN: 62}
MINIMUM_SCORES = {
    Label.PERSON: 0.4,
    Label.PHONE: 0.35,
    Label.BOOK: 0.4,
    Label.LAPTOP: 0.4,
    Label.SCREEN: 0.4,
}


_ASKED = [_COLUMNS[label] for label in Label]
_LEAST = np.array([MINIMUM_SCORES[label] for label in Label], np.float32)


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

    With `fits_shape` a picture that is wider than high is shown as much less high, as far as whole cells allow.
    Raises Unavailable(`model_unreadable`) when `model` is not this network.
    """

    def __init__(self, model: bytes, *, side: int = SIDE, fits_shape: bool = False) -> None:
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
        self._side, self._fits_shape = side, fits_shape

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        return self._sha256

    def find_things(self, frame: Pixels) -> tuple[Thing, ...]:
        """What is seen in a picture; its sides are stretched to what the network looks at, a square as it was trained on."""
        height, width = frame.shape[:2]
        across = down = self._side
        if self._fits_shape and width > height:
            down = min(down, -(-across * height // (width * STRIDES[-1])) * STRIDES[-1])
        kind = cv2.INTER_AREA if max(height, width) > across else cv2.INTER_LINEAR
        shown = cv2.resize(frame, (across, down), interpolation=kind)
        tensor = np.empty((1, 3, down, across), np.float32)
        for plane, levels, place in zip(cv2.split(shown), _LEVELS, tensor[0], strict=True):
            cv2.LUT(plane, levels, place)
        parts = self._network.run(self._outputs, {self._entry: tensor})
        scores = np.concatenate([part[0] for part in parts[:3]])
        kept = np.flatnonzero((scores[:, _ASKED] >= _LEAST).any(axis=1))
        if not len(kept):
            return ()
        scores = scores[kept]
        corners = _boxes(np.concatenate([part[0] for part in parts[3:]])[kept], kept, (across, down))
        corners *= np.array((width / across, height / down) * 2, np.float32)
        found = [thing for label in Label for thing in _of_kind(label, scores, corners, width, height)]
        return tuple(sorted(found, key=lambda thing: -thing.score))


def _arrange(outputs: list[Any]) -> list[str]:
    """The names of the outputs: scores, then boxes, both from the finest grid to the coarsest (as they are declared)."""
    found = [[output.name for output in outputs if output.shape[2] == last] for last in (80, 4 * DISTANCES)]
    if [len(names) for names in found] != [len(STRIDES)] * 2:
        raise ValueError("other outputs")
    return found[0] + found[1]


def _boxes(raw: Floats, places: npt.NDArray[np.intp], size: tuple[int, int]) -> Floats:
    """Left, top, right, bottom in pixels of what the network looked at: each side's expected distance from the cell's centre.

    `size` is pixels across and down; `places` are the cells' numbers, counted over all grids from the finest one.
    """
    raw = raw.reshape(-1, 4, DISTANCES)
    chances = np.exp(raw - raw.max(axis=2, keepdims=True))
    chances /= chances.sum(axis=2, keepdims=True)
    x, y, strides = (column[places] for column in _cells(size))
    left, top, right, bottom = (chances @ np.arange(DISTANCES, dtype=np.float32)).T * strides
    return np.stack((x - left, y - top, x + right, y + bottom), axis=1).astype(np.float32)


@cache
def _cells(size: tuple[int, int]) -> tuple[Floats, Floats, Floats]:
    """The centre of each cell of all grids, and how wide it is."""
    columns = list[Floats](), list[Floats](), list[Floats]()
    for stride in STRIDES:
        columns_of_grid, rows_of_grid = (side // stride for side in size)
        count = columns_of_grid * rows_of_grid
        down, across = np.divmod(np.arange(count), columns_of_grid)
        for column, values in zip(
            columns,
            (
                across * stride + (stride - 1) / 2,
                down * stride + (stride - 1) / 2,
                np.full(count, stride),
            ),
            strict=True,
        ):
            column.append(values.astype(np.float32))
    x, y, strides = (np.concatenate(column) for column in columns)
    return x, y, strides


def _of_kind(label: Label, scores: Floats, corners: Floats, width: int, height: int) -> list[Thing]:
    kept = np.flatnonzero(scores[:, _COLUMNS[label]] >= MINIMUM_SCORES[label])
    kept = kept[np.all(corners[kept, 2:] > corners[kept, :2], axis=1)]
    found = []
    for place in best_apart(corners[kept], scores[kept, _COLUMNS[label]], maximum_overlap=MAXIMUM_OVERLAP):
        box = clipped_box(corners[kept[place]], width, height)
        if box is not None:
            found.append(Thing(label, float(scores[kept[place], _COLUMNS[label]]), box))
    return found
