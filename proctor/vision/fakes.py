# SPDX-License-Identifier: Apache-2.0
"""A detector that is told what to see, for tests of what stands behind the port."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from proctor.vision.frames import Pixels
from proctor.vision.observation import Box, Face, Observation
from proctor.vision.tamper import measure_tamper


class ScriptedDetector:
    """Says that a frame shows as many faces as `script` answers for its number; tampering is measured as ever.

    A script that raises stands for a detector that fails.
    """

    def __init__(self, script: Callable[[int], int]) -> None:
        self._script = script

    @property
    def model_sha256(self) -> str:
        """A hash that no real weights have."""
        return "0" * 64

    def observe(self, frame: Pixels, at: datetime, seq: int) -> Observation:
        """Look at nothing and answer by the script."""
        height, width = frame.shape[:2]
        face = Face(Box(0.0, 0.0, width / 4, height / 4), 1.0)
        return Observation(
            at=at,
            seq=seq,
            width=width,
            height=height,
            faces=(face,) * self._script(seq),
            tamper=measure_tamper(frame),
            ms=0.0,
        )
