# SPDX-License-Identifier: Apache-2.0
"""Clips for a fake camera, made from the picture of an astronaut (public domain, NASA) that scikit-image ships.

A clip is a list of segments, each a kind and its seconds: `[("present", 6.0), ("gone", 8.0)]`. Kinds:
`present` (one face, slightly moving), `gone` (a lit room without anybody), `two` (two faces), `covered` (a
dark, near-uniform picture), `busy` (one face before grass, of scikit-image too), `noisy` (one face, as a cheap camera sees it
in the dark). The last two are the dearest for a line. `moved` (one face that wanders far), `frozen` (one picture, without
even noise), `swapped` (the same picture warped until the identity network takes it for somebody else), `dark`, `blurred`.

For Chromium: `--use-fake-ui-for-media-stream --use-fake-device-for-media-stream
--use-file-for-fake-video-capture=PATH`. A `.y4m` file keeps its rate, a `.mjpeg` file plays at 30 frames a
second; both start over at their end, so make the last segment long enough for the test.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Segment = tuple[str, float]
Pixels = npt.NDArray[np.uint8]

KINDS = ("present", "gone", "two", "covered", "moved", "frozen", "swapped", "dark", "blurred")
DEAR = ("busy", "noisy")
SIZE = (320, 240)
MJPEG_RATE = 30


def frames(
    segments: Sequence[Segment], *, fps: int, size: tuple[int, int] = SIZE, seed: int = 1
) -> Iterator[Pixels]:
    """The pictures of a clip (height x width x 3, blue-green-red), one after the other.

    The same seed, the same clip.
    """
    generator = np.random.default_rng(seed)
    number = 0
    for kind, seconds in segments:
        for _ in range(round(seconds * fps)):
            shown = _picture(kind, number / fps, size)
            yield shown if kind == "frozen" else _noisy(shown, 1.2, generator)
            number += 1


def jpeg_frames(
    segments: Sequence[Segment],
    *,
    fps: int = 1,
    size: tuple[int, int] = SIZE,
    quality: int = 70,
    seed: int = 1,
) -> Iterator[bytes]:
    """The same pictures as JPEG files, as a learner's page would send them."""
    for picture in frames(segments, fps=fps, size=size, seed=seed):
        yield to_jpeg(picture, quality=quality)


def to_jpeg(picture: Pixels, *, quality: int = 70, progressive: bool = False) -> bytes:
    """One picture as a JPEG file."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
    done, data = cv2.imencode(".jpg", picture, options)
    assert done, "not encoded"
    return data.tobytes()


def picture(kind: str, *, size: tuple[int, int] = SIZE, seed: int = 1) -> Pixels:
    """A single picture of one kind."""
    return next(frames([(kind, 1.0)], fps=1, size=size, seed=seed))


def models_dir() -> Path:
    """Where set-up put the weights; tests that need them fail with what to do when they are not there."""
    return Path(os.environ.get("KASAUTI_MODELS") or Path(sys.prefix) / "share" / "kasauti" / "models")


def write_y4m(
    path: Path, segments: Sequence[Segment], *, fps: int = 5, size: tuple[int, int] = SIZE, seed: int = 1
) -> Path:
    """Write an uncompressed clip (115 KB a frame at 320 x 240) that plays at its own rate.

    Both sides must be even.
    """
    return write_pictures(path, frames(segments, fps=fps, size=size, seed=seed), fps=fps, size=size)


def write_pictures(path: Path, pictures: Iterable[Pixels], *, fps: int, size: tuple[int, int] = SIZE) -> Path:
    """The same from pictures of this size that somebody else made."""
    width, height = size
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            file.write(b"FRAME\n")
            file.write(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path


def write_mjpeg(
    path: Path, segments: Sequence[Segment], *, size: tuple[int, int] = SIZE, seed: int = 1
) -> Path:
    """Write concatenated JPEG files (about 13 KB a frame at 320 x 240), which play at 30 frames a second."""
    with path.open("wb") as file:
        for data in jpeg_frames(segments, fps=MJPEG_RATE, size=size, seed=seed):
            file.write(data)
    return path


def write_webm(path: Path, pictures: Iterable[Pixels], milliseconds: Sequence[int]) -> Path:
    """Write a WebM clip as a browser's recorder does: each picture at a moment of its own, no rate and no length said.

    Every picture is a key frame of VP8, taken out of a WebP file.
    """

    def part(name: str, data: bytes) -> bytes:
        return bytes.fromhex(name) + (len(data) | 1 << 56).to_bytes(8) + data

    def number(value: int) -> bytes:
        return value.to_bytes(8)

    shown = list(pictures)
    height, width = shown[0].shape[:2]
    size = part("B0", number(width)) + part("BA", number(height))
    track = part("D7", number(1)) + part("73C5", number(1)) + part("83", number(1)) + part("86", b"V_VP8")
    body = part("1549A966", part("2AD7B1", number(1_000_000)))
    body += part("1654AE6B", part("AE", track + part("E0", size)))
    for picture, moment in zip(shown, milliseconds, strict=True):
        done, webp = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, 90])
        data = webp.tobytes()
        assert done, "not encoded"
        assert data[12:16] == b"VP8 ", "another kind of WebP"
        frame = data[20 : 20 + int.from_bytes(data[16:20], "little")]
        body += part("1F43B675", part("E7", number(moment)) + part("A3", b"\x81\0\0\x80" + frame))
    head = part("4286", number(1)) + part("4282", b"webm") + part("4287", number(4)) + part("4285", number(2))
    path.write_bytes(part("1A45DFA3", head) + bytes.fromhex("18538067") + b"\x01" + b"\xff" * 7 + body)
    return path


def _picture(kind: str, seconds: float, size: tuple[int, int]) -> Pixels:
    sway = (round(8 * np.sin(seconds * 1.3)), round(3 * np.cos(seconds * 0.9)))
    match kind:
        case "present":
            return _resized(_crop(20 + sway[0], 6 + sway[1], 480, 360), size)
        case "two":
            left = _crop(110 + sway[0], 6 + sway[1], 240, 360)
            right = _crop(110 - sway[0], 6 - sway[1], 240, 360)[:, ::-1]
            return _resized(np.hstack((left, right)), size)
        case "gone":
            return _room(size)
        case "moved":
            far = (round(60 * np.sin(seconds * 0.7)), round(20 * np.cos(seconds * 0.5)))
            return _resized(_crop(70 + far[0], 26 + far[1], 360, 270), size)
        case "frozen":
            return _resized(_crop(20, 6, 480, 360), size)
        case "swapped":
            return _resized(_stranger()[6 + sway[1] : 366 + sway[1], 20 + sway[0] : 500 + sway[0]], size)
        case "dark":
            return np.asarray(_picture("present", seconds, size) * 0.1, np.uint8)
        case "blurred":
            return np.asarray(
                cv2.GaussianBlur(_picture("present", seconds, size), (0, 0), size[0] / 45), np.uint8
            )
        case "covered":
            return np.full((size[1], size[0], 3), 14, np.uint8)
        case "busy":
            grass = cv2.cvtColor(cv2.cvtColor(shipped("grass.png"), cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
            picture = _resized(np.roll(grass, sway, (1, 0)), size).copy()
            width, height = size[0] // 2, size[1] * 2 // 3
            before, above = (size[0] - width) // 2, size[1] - height
            picture[above:, before : before + width] = _resized(_crop(110, 6, 270, 270), (width, height))
            return picture
        case "noisy":
            return _noisy(
                _picture("present", seconds, size), 20.0, np.random.default_rng(round(seconds * 100))
            )
        case _:
            raise ValueError(f"unknown kind {kind!r}; known: {', '.join(KINDS + DEAR)}")


def astronaut() -> Pixels:
    """The picture itself, 512 x 512."""
    return shipped("astronaut.png")


@cache
def shipped(name: str) -> Pixels:
    """A picture of scikit-image; read by path, because importing it takes a second."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    pixels = cv2.imread(str(Path(spec.origin).parent / "data" / name))
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


@cache
def _stranger() -> Pixels:
    """A face that is like nobody's: the astronaut's, drawn wide, its middle blown up, its colours exchanged."""
    middle, radius = (250, 124), 84
    wide = cv2.resize(astronaut(), (832, 512))[:, 120:632]
    rows, columns = np.mgrid[0:512, 0:512].astype(np.float32)
    across, down = columns - middle[0], rows - middle[1]
    near = np.minimum(np.hypot(across, down) / radius, 1.0) ** 0.6
    warped = cv2.remap(
        wide,
        np.asarray(middle[0] + across * near, np.float32),
        np.asarray(middle[1] + down * near, np.float32),
        cv2.INTER_LINEAR,
    )
    return np.ascontiguousarray(warped[..., ::-1], np.uint8)


@cache
def _room(size: tuple[int, int]) -> Pixels:
    """A wall lit from the left, a door, a shelf with books and a desk."""
    wall = np.linspace(205, 150, 320)[None, :, None] * np.array((0.92, 0.97, 1.0))
    room = np.repeat(wall, 240, axis=0).astype(np.uint8)
    cv2.rectangle(room, (215, 40), (285, 190), (70, 96, 122), -1)
    cv2.rectangle(room, (222, 48), (278, 112), (84, 112, 140), 2)
    cv2.rectangle(room, (30, 70), (130, 76), (60, 84, 110), -1)
    for number, colour in enumerate(
        ((60, 60, 150), (120, 90, 50), (70, 130, 70), (40, 110, 160), (110, 60, 100))
    ):
        cv2.rectangle(room, (36 + number * 18, 34 + number % 2 * 6), (48 + number * 18, 69), colour, -1)
    cv2.rectangle(room, (0, 190), (319, 239), (58, 76, 96), -1)
    return _resized(room, size)


def _crop(left: int, top: int, width: int, height: int) -> Pixels:
    return astronaut()[top : top + height, left : left + width]


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _noisy(pixels: Pixels, spread: float, generator: np.random.Generator) -> Pixels:
    noise = generator.normal(0.0, spread, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)
