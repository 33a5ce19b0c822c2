# SPDX-License-Identifier: Apache-2.0
"""Arithmetic of boxes: how much they overlap, and which of many stand for the same thing. No network here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from proctor.vision.observation import Box

Floats = npt.NDArray[np.float32]


def overlap(box: Floats, others: Floats) -> Floats:
    """Intersection over union of one box (left, top, right, bottom) with each of the others.

    All have a positive area, so a box always meets itself.
    """
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:4], others[:, 2:4])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(others[:, 2:4] - others[:, :2], axis=1)
    whole = areas + np.prod(box[2:4] - box[:2]) - shared
    return np.asarray(shared / whole, np.float32)


def merge(rows: Floats, scores: Floats, *, maximum_overlap: float) -> list[tuple[Floats, float]]:
    """Weighted non-maximum suppression (best first): each best row absorbs those whose boxes overlap it.

    A row begins with left, top, right, bottom; what follows (points of a face) is averaged alike. The score stays
    the best one.
    """
    merged = []
    order = np.argsort(-scores, kind="stable")
    rows, scores = rows[order], scores[order]
    while len(scores):
        same = overlap(rows[0], rows) > maximum_overlap
        same[0] = True  # whatever a broken network says, each turn takes one away
        weights = scores[same, np.newaxis]
        merged.append(((rows[same] * weights).sum(axis=0) / weights.sum(), float(scores[0])))
        rows, scores = rows[~same], scores[~same]
    return merged


def best_apart(rows: Floats, scores: Floats, *, maximum_overlap: float) -> list[int]:
    """Plain non-maximum suppression: places of the rows that stay, best first."""
    kept = list[int]()
    left = np.argsort(-scores, kind="stable")
    while len(left):
        kept.append(int(left[0]))
        left = left[1:][overlap(rows[left[0]], rows[left[1:]]) <= maximum_overlap]
    return kept


def clipped_box(corners: Floats, width: int, height: int) -> Box | None:
    """The part of a box that lies inside the picture; None when nothing does."""
    x1, y1, x2, y2 = (
        float(value)
        for value in np.clip(corners[:4], 0, np.array((width, height, width, height), np.float32))
    )
    return Box(x1, y1, x2 - x1, y2 - y1) if x2 > x1 and y2 > y1 else None


def corners_of(box: Box) -> Floats:
    """Left, top, right, bottom."""
    return np.array((box.x, box.y, box.x + box.width, box.y + box.height), np.float32)
