# SPDX-License-Identifier: Apache-2.0
"""What is refused before a picture is decoded, and that the header alone decides it."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from core.errors import Invalid
from proctor.vision.frames import MAXIMUM_BYTES, MAXIMUM_SCANS, JpegHeader, check_jpeg, decode_jpeg
from tests.clips import picture, to_jpeg

PICTURE = picture("present")
JPEG = to_jpeg(PICTURE)


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        check_jpeg(data)
    return caught.value.code


def with_header(*, width: int, height: int) -> bytes:
    """The same file with another size in its frame header."""
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + height.to_bytes(2) + width.to_bytes(2) + JPEG[at + 4 :]


def test_a_sound_frame_passes_and_tells_its_size() -> None:
    assert check_jpeg(JPEG) == JpegHeader(320, 240, progressive=False)
    assert decode_jpeg(JPEG).shape == (240, 320, 3)


def test_a_progressive_frame_passes() -> None:
    data = to_jpeg(PICTURE, progressive=True)
    assert check_jpeg(data).progressive
    assert np.abs(decode_jpeg(data).astype(int) - PICTURE).mean() < 10


def test_a_grey_frame_becomes_a_colour_picture() -> None:
    data = to_jpeg(cv2.cvtColor(PICTURE, cv2.COLOR_BGR2GRAY))  # type: ignore[arg-type]
    assert decode_jpeg(data).shape == (240, 320, 3)


def test_fill_bytes_before_a_marker_are_allowed() -> None:
    assert check_jpeg(JPEG[:2] + b"\xff\xff" + JPEG[2:]).width == 320


def test_every_fault_has_its_own_name() -> None:
    assert refusal(b"") == "frame_empty"
    assert refusal(b"\x89PNG\r\n\x1a\n") == "frame_not_jpeg"
    assert refusal(JPEG + bytes(MAXIMUM_BYTES)) == "frame_too_large"
    assert refusal(JPEG[: len(JPEG) // 2]) == "frame_truncated"
    assert refusal(b"\xff\xd8\xff\xd9"[:3]) == "frame_truncated"
    assert refusal(with_header(width=1601, height=1250)) == "frame_too_many_pixels"
    assert refusal(with_header(width=31, height=240)) == "frame_too_small"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xff\xff\xd9",
        JPEG[:2] + b"\x00" + JPEG[2:],  # something else than a marker
        JPEG[:2] + b"\xff\x00" + JPEG[2:],  # garbage that a decoder would skip
        JPEG[:2] + b"\xff\xd0" + JPEG[2:],  # a restart before any scan
        JPEG[:2] + b"\xff\xe0\x00\x01" + JPEG[2:],  # a segment shorter than its own length field
        JPEG[:2] + b"\xff\xe0\xff\xff" + JPEG[2:200] + b"\xff\xd9",  # a segment beyond the end
        JPEG[: JPEG.index(b"\xff\xc0")] + JPEG[JPEG.index(b"\xff\xda") :],  # no frame header at all
        JPEG[:2] + b"\xff\xc0\x00\x04\x08\x00" + JPEG[2:],  # a frame header that is too short
        JPEG.replace(b"\xff\xc0", b"\xff\xc9"),  # arithmetic coding
        JPEG.replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c"),  # twelve bits
        JPEG[: JPEG.index(b"\xff\xc0")] + 2 * JPEG[JPEG.index(b"\xff\xc0") : JPEG.index(b"\xff\xc4")]
        + JPEG[JPEG.index(b"\xff\xc4") :],  # two frame headers
        with_header(width=0, height=240),
        with_header(width=320, height=0),
        JPEG[:-2] + b"\xff\xda\x00\x02" * (MAXIMUM_SCANS + 1) + JPEG[-2:],  # a bomb of scans
    ],
)  # fmt: skip
def test_a_corrupt_header_is_refused(data: bytes) -> None:
    assert refusal(data) == "frame_corrupt"


def test_a_picture_that_does_not_decode_is_refused() -> None:
    no_quantisation = JPEG[: JPEG.index(b"\xff\xdb")] + JPEG[JPEG.index(b"\xff\xc0") :]
    assert check_jpeg(no_quantisation).width == 320
    with pytest.raises(Invalid) as caught:
        decode_jpeg(no_quantisation)
    assert caught.value.code == "frame_corrupt"


def test_a_pixel_bomb_is_refused_without_decoding_it() -> None:
    bomb = with_header(width=16_000, height=16_000)
    started = time.thread_time()
    for _ in range(100):
        assert refusal(bomb) == "frame_too_many_pixels"
    assert time.thread_time() - started < 0.5
