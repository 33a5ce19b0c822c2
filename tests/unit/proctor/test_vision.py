# SPDX-License-Identifier: Apache-2.0
"""The real network on real pictures: how many faces, where, and what counts as covered."""

from __future__ import annotations

from datetime import UTC, datetime

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from core.errors import Unavailable
from proctor.model_store import load_model, locked_models
from proctor.vision.analysis import SURE_SCORE
from proctor.vision.blazeface import BlazeFaceDetector
from proctor.vision.fakes import ScriptedDetector
from proctor.vision.frames import decode_jpeg
from proctor.vision.observation import Detector
from proctor.vision.tamper import measure_tamper
from tests.clips import KINDS, astronaut, jpeg_frames, models_dir, picture, to_jpeg

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
SIZES = [(640, 480), (320, 240), (160, 120)]
Pixels = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def detector() -> BlazeFaceDetector:
    return BlazeFaceDetector(load_model(models_dir(), "blazeface-full-range"))


def fitted(size: tuple[int, int]) -> Pixels:
    """The astronaut's picture, its width kept, cut to the shape of a webcam."""
    width, height = size
    scaled = cv2.resize(astronaut(), (width, width), interpolation=cv2.INTER_AREA)
    return np.asarray(scaled[:height], np.uint8)


@pytest.mark.parametrize("size", SIZES)
def test_the_astronaut_has_exactly_one_face_where_her_face_is(
    detector: BlazeFaceDetector, size: tuple[int, int]
) -> None:
    seen = detector.observe(fitted(size), NOW, 7)
    (face,) = seen.faces
    assert face.score > 0.9
    assert (seen.at, seen.seq, seen.width, seen.height) == (NOW, 7, *size)
    centre = ((face.box.x + face.box.width / 2) / size[0], (face.box.y + face.box.height / 2) / size[0])
    assert centre == pytest.approx((0.442, 0.24), abs=0.02)
    assert face.box.width / size[0] == pytest.approx(0.205, abs=0.03)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("flipped", [False, True])
def test_two_astronauts_side_by_side_are_two_faces(
    detector: BlazeFaceDetector, size: tuple[int, int], flipped: bool
) -> None:
    half = cv2.resize(astronaut(), (size[0] // 2, size[1]), interpolation=cv2.INTER_AREA)
    both = np.asarray(np.hstack((half, half[:, ::-1] if flipped else half)), np.uint8)
    faces = detector.find_faces(both)
    assert len(faces) == 2
    left, right = sorted(face.box.x for face in faces)
    assert left < size[0] / 2 <= right


@pytest.mark.parametrize("size", SIZES)
def test_a_blank_or_covered_picture_has_no_face(detector: BlazeFaceDetector, size: tuple[int, int]) -> None:
    for frame in (np.zeros((size[1], size[0], 3), np.uint8), picture("covered", size=size)):
        seen = detector.observe(frame, NOW, 1)
        assert seen.faces == ()
        assert seen.tamper.covered


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("quality", [40, 70])
def test_every_kind_of_clip_is_seen_for_what_it_is(
    detector: BlazeFaceDetector, size: tuple[int, int], quality: int
) -> None:
    expected = {"present": (1, False), "gone": (0, False), "two": (2, False), "covered": (0, True)}
    expected |= {"moved": (1, False), "frozen": (1, False), "dark": (1, False)}
    for kind in KINDS:
        for data in jpeg_frames([(kind, 5.0)], fps=1, size=size, quality=quality):
            seen = detector.observe(decode_jpeg(data), NOW, 1)
            assert seen.tamper.dark == (kind in ("dark", "covered"))
            assert seen.tamper.blurred == (kind in ("blurred", "covered"))
            if kind == "swapped":
                # One face, warped: this network alone is never sure of it, so the second one is asked (test_cheap_looks).
                assert len(seen.faces) <= 1
                assert all(face.score < SURE_SCORE for face in seen.faces)
                assert not seen.tamper.covered
            elif kind == "blurred":
                # A face is there, blurred over a fiftieth of the picture's width: no network finds it at any size.
                assert (seen.faces, seen.tamper.covered) == ((), False)
            elif kind == "dark" and size == (160, 120) and quality == 40:
                # A tenth of the light, coarse steps of JPEG: in some of these thin pictures the face is gone.
                assert len(seen.faces) <= 1
                assert not seen.tamper.covered
            else:
                assert (len(seen.faces), seen.tamper.covered) == expected[kind]


def test_a_face_is_found_in_the_dark_and_in_a_thin_picture(detector: BlazeFaceDetector) -> None:
    dark = (fitted((320, 240)) * 0.2).astype(np.uint8)
    assert len(detector.find_faces(dark)) == 1
    tall = fitted((320, 240))[:, 90:200]
    assert len(detector.find_faces(np.ascontiguousarray(tall))) == 1
    assert detector.find_faces(np.zeros((32, 2000, 3), np.uint8)) == ()


def test_boxes_stay_inside_the_picture(detector: BlazeFaceDetector) -> None:
    cut = np.ascontiguousarray(fitted((320, 240))[:, 130:])
    for face in detector.find_faces(cut):
        assert face.box.x >= 0
        assert face.box.y >= 0
        assert face.box.x + face.box.width <= cut.shape[1]
        assert face.box.y + face.box.height <= cut.shape[0]


def test_other_bytes_than_the_network_are_refused() -> None:
    for data in (b"", b"not a network", b"\x00" * 4096):
        with pytest.raises(Unavailable) as caught:
            BlazeFaceDetector(data)
        assert caught.value.code == "model_unreadable"


def test_a_detector_names_its_weights(detector: BlazeFaceDetector) -> None:
    assert detector.model_sha256 == locked_models()[0].sha256


def test_the_real_and_the_scripted_detector_fit_the_same_port(detector: BlazeFaceDetector) -> None:
    frame = fitted((320, 240))
    detectors: list[Detector] = [detector, ScriptedDetector(lambda _: 1)]
    for each in detectors:
        seen = each.observe(frame, NOW, 3)
        assert (seen.seq, seen.width, seen.height, len(seen.faces)) == (3, 320, 240, 1)
        assert len(each.model_sha256) == 64
        assert seen.tamper == measure_tamper(frame)
        assert all(spent >= 0 for spent in seen.ms.values())
        assert seen.greys.shape == (240, 320)


def test_noise_on_a_covered_sensor_does_not_hide_the_cover() -> None:
    noise = np.random.default_rng(3).normal(25, 6, (240, 320, 3))
    assert measure_tamper(np.clip(noise, 0, 255).astype(np.uint8)).covered


def test_a_finger_glowing_before_the_lens_counts_as_covered() -> None:
    across = np.linspace(40, 150, 320)[None, :] + np.linspace(0, 30, 240)[:, None]
    glow = np.stack((across * 0.2, across * 0.3, across), axis=2).astype(np.uint8)
    glow = decode_jpeg(to_jpeg(cv2.GaussianBlur(glow, (0, 0), 9)))  # type: ignore[arg-type]
    measured = measure_tamper(glow)
    assert measured.covered
    assert measured.coarse_spread > 3


def test_a_dark_room_is_dark_but_not_covered() -> None:
    measured = measure_tamper((fitted((320, 240)) * 0.12).astype(np.uint8))
    assert measured.dark
    assert not measured.covered


def test_a_blurred_picture_has_no_detail() -> None:
    blurred = cv2.GaussianBlur(fitted((320, 240)), (0, 0), 80)
    assert measure_tamper(np.asarray(blurred, np.uint8)).blurred
    assert not measure_tamper(fitted((320, 240))).blurred
