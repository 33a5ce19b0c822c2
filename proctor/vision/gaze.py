# SPDX-License-Identifier: Apache-2.0
"""Where eyes look within their lids, and how far these are open. Whether that matters is for the rules.

The values mean little by themselves: eyes, spectacles and cameras differ, so compare them with the same person's own.
"""

from __future__ import annotations

import numpy as np

from proctor.vision.landmarks import Eye, Eyes
from proctor.vision.observation import Gaze

_LOWER = (2, 3, 4, 5, 6)
_UPPER = (10, 11, 12, 13, 14)


def find_gaze(eyes: Eyes) -> Gaze:
    """The gaze of both eyes together."""
    left, right = _place(eyes.left), _place(eyes.right)
    # The inner corner lies right of a left eye's outer one, and left of a right eye's.
    return Gaze(
        horizontal=(left[0] - right[0]) / 2,
        vertical=(left[1] + right[1]) / 2,
        left_open=_opening(eyes.left),
        right_open=_opening(eyes.right),
    )


def _place(eye: Eye) -> tuple[float, float]:
    """The iris between the corners (-1 at the outer, 1 at the inner one) and above them, in widths of the eye."""
    outer, inner = eye.outline[0], eye.outline[8]
    along = inner - outer
    width = max(float(np.hypot(along[0], along[1])), 1e-6)
    along = along / width
    offset = eye.iris[0] - outer
    ahead = float(offset @ along) / width
    above = float(offset[0] * along[1] - offset[1] * along[0]) / width
    return 2 * ahead - 1, above if along[0] >= 0 else -above


def _opening(eye: Eye) -> float:
    width = max(float(np.linalg.norm(eye.outline[8] - eye.outline[0])), 1e-6)
    gaps = np.linalg.norm(eye.outline[list(_UPPER)] - eye.outline[list(_LOWER)], axis=1)
    return float(gaps.mean()) / width
