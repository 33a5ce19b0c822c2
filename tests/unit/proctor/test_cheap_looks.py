# SPDX-License-Identifier: Apache-2.0
"""What the live line saves costs no accuracy: on every picture that we have it sees what the accuracy-first look sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctor.analysing import LIVE_OBJECT_SIDE, load_networks
from proctor.vision.analysis import Networks, analyse, enrol
from proctor.vision.frames import Pixels, decode_jpeg
from proctor.vision.identity import similarity
from proctor.vision.looking import LookingDetector
from proctor.vision.observation import Label, Thing, Wanted
from tests.clips import DEAR, KINDS, jpeg_frames, models_dir, picture, shipped, to_jpeg

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
FACES = {"present": 1, "gone": 0, "two": 2, "covered": 0, "moved": 1, "frozen": 1, "swapped": 1, "dark": 1}
FACES |= {"busy": 1, "noisy": 1}
SAME = ("present", "moved", "frozen", "busy", "noisy")
SIZES = ((320, 240), (160, 120))
QUALITIES = (40, 70)


@pytest.fixture(scope="module")
def thorough() -> Networks:
    return load_networks(models_dir())[0]


@pytest.fixture(scope="module")
def cheap() -> Networks:
    return load_networks(models_dir(), fits_shape=True, object_side=LIVE_OBJECT_SIDE)[0]


def clip(kind: str, size: tuple[int, int], quality: int) -> Iterator[Pixels]:
    return map(decode_jpeg, jpeg_frames([(kind, 2.0)], fps=1, size=size, quality=quality))


def webcam(name: str, size: tuple[int, int], quality: int) -> Pixels:
    """A shipped picture cut to the shape of a webcam's, from the middle or the top."""
    whole = shipped(name)
    height, width = whole.shape[:2]
    if 3 * width > 4 * height:
        left = (width - height * 4 // 3) // 2
        whole = whole[:, left : left + height * 4 // 3]
    else:
        whole = whole[: width * 3 // 4]
    small = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
    return decode_jpeg(to_jpeg(small, quality=quality))


def shipped_names() -> list[str]:
    """The pictures that scikit-image ships, those of a size at least that a webcam's would have been."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    files = sorted((Path(spec.origin).parent / "data").iterdir())
    names = [file.name for file in files if file.suffix in (".png", ".jpg", ".jpeg")]
    return [name for name in names if min(shipped(name).shape[:2]) >= 120]


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS + DEAR if kind != "blurred"])
def test_the_live_line_counts_the_faces_that_are_there(
    thorough: Networks, cheap: Networks, kind: str, size: tuple[int, int], quality: int
) -> None:
    detector, bare = LookingDetector(cheap), replace(thorough, objects=None, iris=None)
    lost = (
        kind == "dark" and min(size) < 240 and quality < 70
    )  # JPEG's steps are larger than what is left of the face
    for frame in clip(kind, size, quality):
        expected = len(analyse(frame, bare).faces)
        assert expected == FACES[kind] or lost
        for coarsely in (False, True):
            assert len(detector.observe(frame, NOW, 1, Wanted(coarsely=coarsely)).faces) == expected


@pytest.mark.parametrize("size", SIZES)
def test_a_face_that_is_blurred_beyond_knowing_is_called_blurred_by_both(
    thorough: Networks, cheap: Networks, size: tuple[int, int]
) -> None:
    for frame in clip("blurred", size, 70):
        seen, looked = LookingDetector(cheap).observe(frame, NOW, 1), analyse(frame, thorough)
        assert seen.tamper == looked.tamper
        assert seen.tamper.blurred
        assert seen.faces == looked.faces == ()


@pytest.mark.parametrize("size", SIZES)
def test_on_shipped_pictures_the_live_line_counts_as_many_faces(
    thorough: Networks, cheap: Networks, size: tuple[int, int]
) -> None:
    detector, bare = LookingDetector(cheap), replace(thorough, objects=None, iris=None)
    names = shipped_names()
    assert {"astronaut.png", "coffee.png", "page.png"} <= set(names)
    for name in names:
        frame = webcam(name, size, 70)
        counts = [
            len(detector.observe(frame, NOW, 1, Wanted(coarsely=coarsely)).faces)
            for coarsely in (False, True)
        ]
        assert counts == [len(analyse(frame, bare).faces)] * 2, name


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("size", SIZES)
def test_the_live_line_knows_the_enrolled_face_as_surely(
    thorough: Networks, cheap: Networks, size: tuple[int, int], quality: int
) -> None:
    faces, enrolled = enrol(picture("present", size=(640, 480)), thorough)
    assert faces == 1
    assert enrolled is not None
    assert thorough.identity is not None
    limit = thorough.identity.same_person
    detector, bare = LookingDetector(cheap), replace(thorough, objects=None, iris=None)
    for kind in (*SAME, "swapped"):
        for frame in clip(kind, size, quality):
            likeness = analyse(frame, bare, enrolled=enrolled).likeness
            vector = detector.observe(frame, NOW, 1, Wanted(identity=True)).embedding
            assert likeness is not None
            assert vector is not None
            alike = similarity(vector, enrolled)
            assert alike == pytest.approx(likeness.similarity, abs=0.08), kind
            assert (alike >= limit) == (kind in SAME), kind


def test_the_live_line_sees_the_same_persons_and_no_thing_that_is_not_there(
    thorough: Networks, cheap: Networks
) -> None:
    assert thorough.objects is not None
    assert cheap.objects is not None
    frames = {kind: picture(kind) for kind in KINDS + DEAR if kind != "blurred"}
    frames |= {name: webcam(name, (320, 240), 70) for name in ("astronaut.png", "camera.png", "coffee.png")}
    for name, frame in frames.items():
        found, expected = cheap.objects.find_things(frame), thorough.objects.find_things(frame)
        assert _persons(found) == _persons(expected), name
        # The thorough look takes a shelf for a book and noise for a phone; the cheaper one adds nothing to that.
        assert {thing.label for thing in found} <= {thing.label for thing in expected}, name


def _persons(things: tuple[Thing, ...]) -> int:
    return sum(thing.label is Label.PERSON for thing in things)
