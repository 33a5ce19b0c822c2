# SPDX-License-Identifier: Apache-2.0
"""Faces that hang on the wall are no people: they are where the calibration saw them, and they hold still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from proctor.rules.baseline import POSTER_GROWTH, POSTER_SHIFT, Baseline, same_place
from proctor.rules.inputs import FaceBox, Sight

PLACE_SHIFT = 0.15
PLACE_GROWTH = 0.25
"""A face counts as the poster that was learned only this close to it (in sizes of the box)."""

Places = tuple[FaceBox | None, ...]


def without_posters(sight: Sight, baseline: Baseline | None, before: Places) -> tuple[Sight, Places]:
    """The sight with posters left out of its faces, and where they were, for the next frame.

    A face at a poster's place that moved since the frame before is a face. Without boxes nothing is left out.
    """
    if baseline is None or not baseline.posters or not sight.boxes:
        return sight, before
    left, places = list(sight.boxes), list[FaceBox | None]()
    for number, poster in enumerate(baseline.posters):
        there = _at(poster, left)
        places.append(there)
        last = before[number] if number < len(before) else None
        if there is not None and (
            last is None or same_place(there, last, shift=POSTER_SHIFT, growth=POSTER_GROWTH)
        ):
            left.remove(there)
    found = len(sight.boxes) - len(left)
    return replace(sight, faces=max(0, sight.faces - found), boxes=tuple(left)), tuple(places)


def _at(poster: FaceBox, boxes: Sequence[FaceBox]) -> FaceBox | None:
    """The box at a poster's place that lies closest to it."""
    near = [box for box in boxes if same_place(box, poster, shift=PLACE_SHIFT, growth=PLACE_GROWTH)]
    return min(near, key=lambda box: abs(box.x - poster.x) + abs(box.y - poster.y), default=None)
