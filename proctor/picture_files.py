# SPDX-License-Identifier: Apache-2.0
"""Pictures and clips from files and folders, one frame after the other.

An adapter: it reads files and lets OpenCV decode clips. What a picture shows is for `proctor.vision`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.errors import Invalid
from proctor.vision.pictures import (
    MAXIMUM_BYTES,
    Picture,
    check_size,
    decode_picture,
    is_clip,
    is_picture,
    shrunk,
)

USUAL_RATE = 25.0
MOST_RATE = 240.0
"""Frames a second of a clip that does not say how many, and the most that are believed: some say the ticks of their clock."""
LONGEST_GAP = 24 * 3600.0
_JPEG = b"\xff\xd8"
_CLIP_OF_JPEGS = {".mjpeg", ".mjpg"}


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture, or a frame of a clip: its number from 0, its second in the clip, and the milliseconds of decoding.

    A picture has frame 0 and no second.
    """

    picture: Picture
    number: int
    at_seconds: float | None
    decode_ms: float


def files_below(path: Path) -> list[Path]:
    """The file itself, or the files of a folder and the folders in it, by name; hidden ones are left out."""
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def read_frames(path: Path, *, max_side: int | None = None, fps: float | None = None) -> Iterator[Frame]:
    """The picture in a file, or every frame of a clip (at most `fps` of them a second).

    Raises Invalid: `picture_missing`, `picture_unreadable`, `picture_too_large`, `clip_unreadable`, and what
    `decode_picture` raises.
    """
    start = _start_of(path)
    if not start:
        raise Invalid("frame_empty")
    if is_picture(start) and path.suffix.lower() not in _CLIP_OF_JPEGS:
        began = time.perf_counter()
        picture = decode_picture(read_file(path), max_side=max_side)
        yield Frame(picture, 0, None, (time.perf_counter() - began) * 1000)
        return
    if not is_clip(start) and not start.startswith(_JPEG):
        raise Invalid("clip_unreadable", reason="format")
    yield from _clip_frames(path, max_side=max_side, fps=fps)


def read_file(path: Path) -> bytes:
    """The bytes of a picture's file. Raises Invalid: `picture_missing`, `picture_unreadable`, `picture_too_large`."""
    try:
        size = path.stat().st_size
        if size > MAXIMUM_BYTES:
            raise Invalid("picture_too_large", bytes=size, maximum=MAXIMUM_BYTES)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Invalid("picture_missing") from error
    except OSError as error:
        raise Invalid("picture_unreadable", reason=type(error).__name__) from error


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(32)
    except FileNotFoundError as error:
        raise Invalid("picture_missing") from error
    except OSError as error:
        raise Invalid("picture_unreadable", reason=type(error).__name__) from error


class _Seconds:
    """The second of each frame of a clip, as the clip itself says it: a browser's or a phone's come as they happen to.

    A clip that says none, or whose frames stand still or go back, is counted on by its rate.
    """

    def __init__(self, rate: float) -> None:
        self._step = 1 / (rate if np.isfinite(rate) and 0 < rate <= MOST_RATE else USUAL_RATE)
        self._last, self._told = 0.0, False

    def read(self, number: int, told: float) -> float:
        """The second of frame `number`, of which the clip says `told`."""
        if number == 0:
            return 0.0
        if np.isfinite(told) and 0 < told - self._last < LONGEST_GAP:
            self._last, self._told = told, True
        else:
            self._last = self._last + self._step if self._told else number * self._step
        return self._last


def _clip_frames(path: Path, *, max_side: int | None, fps: float | None) -> Iterator[Frame]:
    # An absolute path cannot be taken for the address of a stream.
    capture = cv2.VideoCapture(os.fspath(path.resolve()), cv2.CAP_FFMPEG)
    try:
        if not capture.isOpened():
            raise Invalid("clip_unreadable", reason="open")
        watch = _Seconds(float(capture.get(cv2.CAP_PROP_FPS)))
        check_size(int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
        number, due = 0, 0.0
        while True:
            began = time.perf_counter()
            if not capture.grab():
                break
            at = watch.read(number, float(capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000)
            if at >= due - 1e-6:
                found, pixels = capture.retrieve()
                if not found or pixels is None or pixels.ndim != 3:
                    raise Invalid("clip_unreadable", reason="decode", frame=number)
                height, width = pixels.shape[:2]
                small = shrunk(np.asarray(pixels, np.uint8), max_side)
                spent = (time.perf_counter() - began) * 1000
                yield Frame(Picture(small, width, height), number, at, spent)
                due = at if fps is None else max(due + 1 / fps, at + 0.5 / fps)
            number += 1
        if number == 0:
            raise Invalid("clip_unreadable", reason="no frames")
    except cv2.error as error:
        raise Invalid("clip_unreadable", reason="decode") from error
    finally:
        capture.release()
