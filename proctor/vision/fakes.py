# SPDX-License-Identifier: Apache-2.0
"""A detector that is told what to see, for tests of what stands behind the port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from proctor.vision.frames import Pixels
from proctor.vision.observation import (
    FACES_ONLY,
    Box,
    Face,
    Floats,
    Gaze,
    Observation,
    Pose,
    Tamper,
    Thing,
    Wanted,
)
from proctor.vision.tamper import measure_tamper, small_grey

NO_WEIGHTS = "0" * 64
"""A hash that no real weights have."""
AHEAD = Pose(0.0, 0.0, 0.0)
STRAIGHT = Gaze(0.0, 0.0, 0.3, 0.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is to be seen on a frame by those who look for it; `failed` are networks that break over it."""

    faces: int = 1
    things: tuple[Thing, ...] = ()
    pose: Pose | None = AHEAD
    gaze: Gaze | None = STRAIGHT
    embedding: Floats | None = None
    tamper: Tamper | None = None
    failed: frozenset[str] = frozenset()


class ScriptedDetector:
    """Says that a frame shows what `script` answers for its number: so many faces, or a whole scene.

    Tampering is measured as ever, where the scene does not say it. A script that raises stands for a detector that
    fails. `asked` is what was wanted, by the number of the frame.
    """

    def __init__(
        self, script: Callable[[int], int | Scene], *, missing: frozenset[str] = frozenset()
    ) -> None:
        self._script = script
        names = {"faces", "second_opinion", "mesh", "iris", "identity", "objects"} - missing
        self._models = dict.fromkeys(sorted(names), NO_WEIGHTS)
        self.asked: list[tuple[int, Wanted]] = []

    @property
    def model_sha256(self) -> str:
        """A hash that no real weights have."""
        return NO_WEIGHTS

    @property
    def models(self) -> Mapping[str, str]:
        """All networks but those said to be missing."""
        return self._models

    def observe(self, frame: Pixels, at: datetime, seq: int, wanted: Wanted = FACES_ONLY) -> Observation:
        """Look at nothing and answer by the script."""
        self.asked.append((seq, wanted))
        told = self._script(seq)
        scene = Scene(faces=told) if isinstance(told, int) else told
        height, width = frame.shape[:2]
        face = Face(Box(0.0, 0.0, width / 4, height / 4), 1.0)
        seen = self._models.keys() - scene.failed
        at_face = scene.faces > 0 and "mesh" in seen
        return Observation(
            at=at,
            seq=seq,
            width=width,
            height=height,
            faces=(face,) * scene.faces,
            tamper=scene.tamper or measure_tamper(frame),
            ms={"faces": 0.0},
            greys=small_grey(frame),
            pose=scene.pose if at_face and (wanted.mesh or wanted.gaze or wanted.identity) else None,
            gaze=scene.gaze if at_face and wanted.gaze and "iris" in seen else None,
            embedding=scene.embedding if at_face and wanted.identity and "identity" in seen else None,
            things=scene.things if wanted.objects and "objects" in seen else None,
            agreed=True if wanted.second_opinion and "second_opinion" in seen else None,
            failed=scene.failed & _networks_of(wanted),
        )


def _networks_of(wanted: Wanted) -> frozenset[str]:
    """The networks that run for what is wanted."""
    asked = {
        "second_opinion": wanted.second_opinion,
        "mesh": wanted.mesh or wanted.gaze or wanted.identity,
        "iris": wanted.gaze,
        "identity": wanted.identity,
        "objects": wanted.objects,
    }
    return frozenset(name for name, runs in asked.items() if runs)
