# SPDX-License-Identifier: Apache-2.0
"""Pictures of any camera or scanner, from their bytes: JPEG, PNG, WebP, BMP. The size is read before any pixel is.

For files that a person gives to a command; what a learner's page sends is held to `proctor.vision.frames`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from core.errors import Invalid
from proctor.vision.frames import MINIMUM_SIDE, Pixels

MAXIMUM_BYTES = 64 * 1024 * 1024
MAXIMUM_PIXELS = 120_000_000
_FRAME_CODES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels to look at (height x width x 3, blue-green-red) and the size of the picture that they come from.

    The picture stands upright: the turn that a camera noted in it (EXIF) has been carried out.
    """

    pixels: Pixels
    width: int
    height: int

    @property
    def scale(self) -> tuple[float, float]:
        """What takes a place in the pixels to one in the picture, across and down."""
        height, width = self.pixels.shape[:2]
        return self.width / width, self.height / height


def decode_picture(data: bytes, *, max_side: int | None = None) -> Picture:
    """The picture, shrunk so that its longer side is at most `max_side` pixels; grey, 16 bits and alpha are converted.

    Raises Invalid: `frame_empty`, `picture_too_large` (bytes), `picture_unknown_format`, `frame_truncated`,
    `frame_too_many_pixels`, `frame_too_small`, `frame_corrupt`.
    """
    if not data:
        raise Invalid("frame_empty")
    if len(data) > MAXIMUM_BYTES:
        raise Invalid("picture_too_large", bytes=len(data), maximum=MAXIMUM_BYTES)
    width, height = _size(data)
    check_size(width, height)
    factor = 1
    if data.startswith(
        b"\xff\xd8"
    ):  # of other kinds the decoder would only leave pixels out: noise, where detail was
        while max_side is not None and factor < 8 and max(width, height) >= 2 * factor * max_side:
            factor *= 2
    flags = {
        1: cv2.IMREAD_COLOR,
        2: cv2.IMREAD_REDUCED_COLOR_2,
        4: cv2.IMREAD_REDUCED_COLOR_4,
        8: cv2.IMREAD_REDUCED_COLOR_8,
    }[factor]
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise Invalid("frame_corrupt", reason="decode") from error
    if pixels is None or pixels.ndim != 3:
        raise Invalid("frame_corrupt", reason="decode")
    if (pixels.shape[0] > pixels.shape[1]) != (height > width) and width != height:
        width, height = height, width
    return Picture(shrunk(np.asarray(pixels, np.uint8), max_side), width, height)


def check_size(width: int, height: int) -> None:
    """Raises Invalid: `frame_too_many_pixels`, `frame_too_small`."""
    if width * height > MAXIMUM_PIXELS:
        raise Invalid("frame_too_many_pixels", width=width, height=height, maximum=MAXIMUM_PIXELS)
    if min(width, height) < MINIMUM_SIDE:
        raise Invalid("frame_too_small", width=width, height=height, minimum=MINIMUM_SIDE)


def shrunk(pixels: Pixels, max_side: int | None) -> Pixels:
    """The picture with its longer side at most `max_side`, its shorter one at least 32 pixels."""
    height, width = pixels.shape[:2]
    if max_side is None or max(width, height) <= max_side:
        return pixels
    scale = max_side / max(width, height)
    size = max(MINIMUM_SIDE, round(width * scale)), max(MINIMUM_SIDE, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def is_picture(start: bytes) -> bool:
    """Whether a file that starts so is a single picture of a kind that can be read."""
    return start.startswith((b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"BM")) or (
        start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    )


def is_clip(start: bytes) -> bool:
    """Whether a file that starts so is a clip: MP4, QuickTime, WebM, Matroska, AVI, Ogg, GIF, MPEG, or uncompressed.

    Playlists and texts, in which a decoder would find addresses of other files, are none.
    """
    return (
        start[4:8] == b"ftyp"
        or start.startswith(
            (b"\x1aE\xdf\xa3", b"YUV4MPEG2 ", b"GIF8", b"OggS", b"\0\0\x01\xba", b"\0\0\x01\xb3")
        )
        or (start[:4] == b"RIFF" and start[8:12] == b"AVI ")
    )


def _size(data: bytes) -> tuple[int, int]:
    """Width and height as the header says."""
    try:
        if data.startswith(b"\xff\xd8"):
            if data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda"):
                raise Invalid("frame_truncated", bytes=len(data))
            return _jpeg_size(data)
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            if b"IEND" not in data[-64:]:
                raise Invalid("frame_truncated", bytes=len(data))
            return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            if len(data) < int.from_bytes(data[4:8], "little") + 8:
                raise Invalid("frame_truncated", bytes=len(data))
            return _webp_size(data)
        if data.startswith(b"BM"):
            width = int.from_bytes(data[18:22], "little", signed=True)
            return width, abs(int.from_bytes(data[22:26], "little", signed=True))
    except IndexError as error:
        raise Invalid("frame_corrupt", reason="header") from error
    raise Invalid("picture_unknown_format")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        while data[at] != 0xFF:
            at += 1
        while data[at] == 0xFF:
            at += 1
        code, at = data[at], at + 1
        if code in _FRAME_CODES:
            return int.from_bytes(data[at + 5 : at + 7]), int.from_bytes(data[at + 3 : at + 5])
        if not (0xD0 <= code <= 0xD8 or code in (0x00, 0x01)):
            at += int.from_bytes(data[at : at + 2])


def _webp_size(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8X":
            return (
                int.from_bytes(data[24:27], "little") + 1,
                int.from_bytes(data[27:30], "little") + 1,
            )
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return (
                int.from_bytes(data[26:28], "little") & 0x3FFF,
                int.from_bytes(data[28:30], "little") & 0x3FFF,
            )
        case _:
            raise Invalid("frame_corrupt", reason="header")
