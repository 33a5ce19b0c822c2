# SPDX-License-Identifier: Apache-2.0
"""Is this photo good enough to know who sits there? It is looked at before any unit of work is opened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.errors import Invalid
from proctor.evidence.model import CapturedFrame
from proctor.vision.frames import Pixels, decode_jpeg
from proctor.vision.observation import FACES_ONLY, Detector, Face, Observation, Wanted


@dataclass(frozen=True, slots=True)
class CheckedPhoto:
    """A photo on which exactly one face was found."""

    frame: CapturedFrame
    face: Face
    model_sha256: str


class SharedDetector:
    """One detector for many threads, one frame at a time: for photos, which come now and then."""

    def __init__(self, factory: Callable[[], Detector]) -> None:
        self._factory = factory
        self._detector: Detector | None = None
        self._lock = threading.Lock()

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        with self._lock:
            return self._ready().model_sha256

    @property
    def models(self) -> Mapping[str, str]:
        """The hex SHA-256 of the weights by network."""
        with self._lock:
            return self._ready().models

    def observe(self, frame: Pixels, at: datetime, seq: int, wanted: Wanted = FACES_ONLY) -> Observation:
        """Look at one picture; waits while another thread looks."""
        with self._lock:
            return self._ready().observe(frame, at, seq, wanted)

    def _ready(self) -> Detector:
        if self._detector is None:
            self._detector = self._factory()
        return self._detector


def check_photo(jpeg: bytes, *, detector: Detector, at: datetime) -> CheckedPhoto:
    """Look at a photo taken at `at`.

    Raises Invalid: `photo_too_dark`, `photo_no_face`, `photo_several_faces`, and the codes of a refused frame
    (`frame_empty`, `frame_too_large`, …).
    """
    seen = detector.observe(decode_jpeg(jpeg), at, 0)
    if seen.tamper.dark:
        raise Invalid("photo_too_dark", mean=round(seen.tamper.mean, 1))
    if not seen.faces:
        raise Invalid("photo_no_face")
    if len(seen.faces) > 1:
        raise Invalid("photo_several_faces", faces=len(seen.faces))
    return CheckedPhoto(CapturedFrame(0, at, jpeg), seen.faces[0], detector.model_sha256)
