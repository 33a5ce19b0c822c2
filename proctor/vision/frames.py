# SPDX-License-Identifier: Apache-2.0
"""Is this a picture that is safe to decode? The header is read before any pixel is.

No judgement of the content here.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from core.errors import Invalid

MAXIMUM_BYTES = 256 * 1024
MAXIMUM_PIXELS = 2_000_000
MINIMUM_SIDE = 32
MAXIMUM_SCANS = 40
"""A progressive picture has about ten scans; each costs a pass over all pixels, so thousands of empty ones
are an attack.
"""

Pixels = npt.NDArray[np.uint8]
"""A decoded picture: height x width x 3, blue-green-red, 0-255."""

_START = b"\xff\xd8"
_END = b"\xff\xd9"
_SCAN = 0xDA
_PROGRESSIVE = 0xC2
_SUPPORTED = frozenset({0xC0, 0xC1, _PROGRESSIVE})
# Every start-of-frame code; the ones outside _SUPPORTED are lossless, hierarchical or arithmetic, which no
# browser makes.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Codes without a segment, and 0x00: decoders skip it as garbage, so what follows would be read differently
# there.
_BARE = frozenset({0x00, 0x01, *range(0xD0, 0xDA)})


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What a JPEG says of itself: pixels across and down, and whether it is progressive."""

    width: int
    height: int
    progressive: bool


def check_jpeg(data: bytes) -> JpegHeader:
    """Read the header of a complete JPEG without decoding it.

    Raises Invalid: `frame_empty`, `frame_too_large` (bytes), `frame_not_jpeg`, `frame_truncated`,
    `frame_corrupt`, `frame_too_many_pixels`, `frame_too_small`.
    """
    if not data:
        raise Invalid("frame_empty")
    if len(data) > MAXIMUM_BYTES:
        raise Invalid("frame_too_large", bytes=len(data), maximum=MAXIMUM_BYTES)
    if not data.startswith(_START):
        raise Invalid("frame_not_jpeg")
    if not data.endswith(_END) or len(data) < len(_START) + len(_END):
        raise Invalid("frame_truncated", bytes=len(data))
    if data.count(bytes((0xFF, _SCAN))) > MAXIMUM_SCANS:
        raise Invalid("frame_corrupt", reason="scans")
    header = _find_header(data)
    if header.width * header.height > MAXIMUM_PIXELS:
        raise Invalid(
            "frame_too_many_pixels", width=header.width, height=header.height, maximum=MAXIMUM_PIXELS
        )
    if min(header.width, header.height) < MINIMUM_SIDE:
        raise Invalid("frame_too_small", width=header.width, height=header.height, minimum=MINIMUM_SIDE)
    return header


def decode_jpeg(data: bytes) -> Pixels:
    """The pixels of a picture that passes `check_jpeg`.

    Raises what that raises, or Invalid(`frame_corrupt`).
    """
    header = check_jpeg(data)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None or pixels.shape != (header.height, header.width, 3):
        raise Invalid("frame_corrupt", reason="decode")
    return pixels.astype(np.uint8, copy=False)


def _find_header(data: bytes) -> JpegHeader:
    """Walk the segments up to the first scan and return the one frame header that must stand there."""
    header: JpegHeader | None = None
    at = len(_START)
    while True:
        code, at = _next_code(data, at)
        if code in _BARE:
            raise Invalid("frame_corrupt", reason="marker")
        length = int.from_bytes(data[at : at + 2])
        if length < 2 or at + length > len(data) - len(_END):
            raise Invalid("frame_corrupt", reason="segment")
        if code == _SCAN:
            break
        if code in _FRAMES:
            if header is not None:
                raise Invalid("frame_corrupt", reason="frames")
            header = _read_header(code, data[at : at + length])
        at += length
    if header is None:
        raise Invalid("frame_corrupt", reason="no_frame")
    return header


def _next_code(data: bytes, at: int) -> tuple[int, int]:
    """The marker code at `at` (fill bytes before it are allowed) and the place behind it."""
    if data[at] != 0xFF:
        raise Invalid("frame_corrupt", reason="marker")
    while data[at] == 0xFF:  # ends before the end of the data, whose last byte is 0xD9
        at += 1
    return data[at], at + 1


def _read_header(code: int, segment: bytes) -> JpegHeader:
    if code not in _SUPPORTED:
        raise Invalid("frame_corrupt", reason="coding")
    if len(segment) < 8:
        raise Invalid("frame_corrupt", reason="segment")
    precision, components = segment[2], segment[7]
    height, width = int.from_bytes(segment[3:5]), int.from_bytes(segment[5:7])
    if precision != 8 or components not in (1, 3) or not height or not width:
        raise Invalid("frame_corrupt", reason="frame")
    return JpegHeader(width, height, code == _PROGRESSIVE)
