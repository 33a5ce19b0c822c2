# SPDX-License-Identifier: Apache-2.0
"""What is hidden before a picture is stored, and what stays: measured, on the one face that a package ships."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.errors import Invalid
from proctor.vision.frames import Pixels, check_jpeg, decode_jpeg
from proctor.vision.observation import Box
from proctor.vision.redaction import redact, redact_jpeg, strip_metadata
from tests.clips import picture, to_jpeg

FACE = Box(240, 180, 160, 200)
EXIF = b"\xff\xe1\x00\x16Exif\x00\x00GPS 18.52N 73E"


def room(*, size: float = 1.0) -> Pixels:
    """A wall full of text with a textured patch in the middle that stands for a face (480 x 640)."""
    wall = np.full((480, 640, 3), 225, np.uint8)
    for line in range(14):
        text, place = f"ANSWERS {line}: B C A D PHONE 98765", (5, 30 + 34 * line)
        cv2.putText(wall, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, (20, 20, 20), 2)
    face = np.random.default_rng(3).integers(60, 200, (200, 160, 3), dtype=np.uint8)
    wall[180:380, 240:400] = cv2.GaussianBlur(face, (0, 0), 2)
    return np.asarray(wall, np.uint8)


def detail(pixels: Pixels) -> float:
    """Variance of the Laplacian: what an edge of a letter needs."""
    return float(cv2.Laplacian(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var())


@pytest.mark.parametrize("areas", [(FACE,), ()])
def test_text_on_the_wall_loses_all_its_edges(areas: tuple[Box, ...]) -> None:
    before = room()
    after = redact(before, areas)
    corner = np.s_[0:100, 0:640]
    assert detail(before[corner]) > 1000
    assert detail(after[corner]) < 2


@pytest.mark.parametrize("areas", [(FACE,), ()])
def test_sharpening_what_is_stored_brings_no_letters_back(areas: tuple[Box, ...]) -> None:
    before, after = room(), redact(room(), areas)
    soft = cv2.GaussianBlur(after, (0, 0), 8)
    sharpened = cv2.addWeighted(after, 6.0, soft, -5.0, 0)
    likeness = np.corrcoef(sharpened[0:100].ravel(), before[0:100].ravel())[0, 1]
    assert likeness < 0.5


def test_inside_an_area_every_value_stays() -> None:
    before = room()
    after = redact(before, (FACE,))
    assert np.array_equal(after[180:380, 240:400], before[180:380, 240:400])


def test_the_stored_file_shows_the_face_as_it_was_but_for_coding() -> None:
    jpeg = to_jpeg(room(), quality=85)
    before, after = decode_jpeg(jpeg), decode_jpeg(redact_jpeg(jpeg, (FACE,)))
    inside = np.s_[180:380, 240:400]
    assert float(cv2.PSNR(before[inside], after[inside])) > 38
    assert float(cv2.PSNR(before, after)) < 25


def test_every_area_stays_sharp_and_their_edges_are_soft() -> None:
    before = room()
    other = Box(20, 400, 60, 60)
    after = redact(before, (FACE, other))
    assert np.array_equal(after[400:460, 20:80], before[400:460, 20:80])
    step = np.abs(
        np.diff(redact(np.asarray(before // 255 * 255 + 10, np.uint8), (FACE,)).astype(int), axis=1)
    )
    assert step.max() < 40, "a hard edge would draw a frame around the face"


def test_an_area_that_leaves_the_picture_or_is_empty_harms_nothing() -> None:
    before = room()
    after = redact(before, (Box(600, 440, 400, 400), Box(3, 3, 0, 0)))
    assert after.shape == before.shape
    assert np.array_equal(after[445:, 605:], before[445:, 605:])


@pytest.mark.parametrize("kind", ["gone", "covered", "present", "two"])
def test_without_any_area_the_scene_stays_recognisable_by_its_light(kind: str) -> None:
    before = picture(kind)
    after = redact(before, ())
    small = [cv2.resize(one, (8, 6), interpolation=cv2.INTER_AREA).astype(int) for one in (before, after)]
    assert np.abs(small[0] - small[1]).mean() < 12
    assert detail(after) < 4 < detail(before) or kind == "covered"


def test_metadata_goes_and_the_picture_stays_bit_for_bit() -> None:
    jpeg = to_jpeg(room())
    tagged = jpeg[:2] + EXIF + jpeg[2:]
    check_jpeg(tagged)
    stripped = strip_metadata(tagged)
    assert b"GPS" in tagged
    assert b"GPS" not in stripped
    assert np.array_equal(decode_jpeg(stripped), decode_jpeg(jpeg))
    assert b"GPS" not in redact_jpeg(tagged, (FACE,))


def test_a_progressive_picture_is_stripped_too() -> None:
    jpeg = to_jpeg(room(), progressive=True)
    assert np.array_equal(decode_jpeg(strip_metadata(jpeg[:2] + EXIF + jpeg[2:])), decode_jpeg(jpeg))


@pytest.mark.parametrize("broken", [b"", b"no picture", to_jpeg(picture("gone"))[:-2]])
def test_what_is_no_picture_is_refused(broken: bytes) -> None:
    with pytest.raises(Invalid):
        redact_jpeg(broken, ())
    with pytest.raises(Invalid):
        strip_metadata(broken)
