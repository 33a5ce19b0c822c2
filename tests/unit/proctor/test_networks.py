# SPDX-License-Identifier: Apache-2.0
"""The other networks on real pictures, held to facts: a mirror mirrors, a turn turns, the same face stays the same."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from core.errors import Invalid, Unavailable
from proctor.analysing import load_networks
from proctor.vision.analysis import Analysis, Networks, analyse, enrol
from proctor.vision.centerface import CenterFaceDetector
from proctor.vision.dlib_identity import DlibEmbedder
from proctor.vision.gaze import find_gaze
from proctor.vision.identity import MobileFaceNetEmbedder, mean_of, similarity
from proctor.vision.landmarks import Eye, Eyes, FaceMeshNetwork, IrisNetwork
from proctor.vision.litert import Floats
from proctor.vision.objects import NanoDetDetector
from proctor.vision.observation import Label
from proctor.vision.pose import head_pose
from proctor.vision.tamper import STILL_CHANGE, change_between, small_grey
from tests.clips import astronaut, frames, models_dir, picture, shipped, to_jpeg

Pixels = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def networks() -> Networks:
    found, missing = load_networks(models_dir())
    assert missing == []
    return found


def turned(degrees: float) -> Pixels:
    """The astronaut's picture turned clockwise about her face."""
    about = cv2.getRotationMatrix2D((226, 122), -degrees, 1)
    return np.asarray(
        cv2.warpAffine(astronaut(), about, (512, 512), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def mirrored(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def decoded(pixels: Pixels, *, quality: int) -> Pixels:
    """The picture as it is after a trip as a JPEG."""
    data = np.frombuffer(to_jpeg(pixels, quality=quality), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def vector(pixels: Pixels, networks: Networks) -> Floats:
    count, found = enrol(pixels, networks)
    assert count == 1
    assert found is not None
    return found


# -------------------------------------------------------------------------------------------- second opinion


def test_the_second_detector_agrees_about_the_astronaut_and_about_nobody(networks: Networks) -> None:
    second = networks.second_opinion
    assert second is not None
    (face,) = second.find_faces(astronaut())
    assert 180 < face.box.x < 190
    assert 60 < face.box.y < 70
    assert face.eyes is not None
    assert face.eyes[0].x < face.eyes[1].x
    for empty in (np.zeros((240, 320, 3), np.uint8), picture("gone"), shipped("coffee.png")):
        assert second.find_faces(empty) == ()


def test_pictures_of_other_sizes_in_between_change_nothing(networks: Networks) -> None:
    """OpenCV fuses layers into the weights again at each new size; one network for all sizes sees dozens of faces."""
    second = networks.second_opinion
    assert second is not None
    first = second.find_faces(astronaut())
    for size in ((320, 256), (256, 320), (160, 120), (320, 96)):
        second.find_faces(np.asarray(cv2.resize(astronaut(), size), np.uint8))
    assert second.find_faces(astronaut()) == first


def test_a_sure_single_face_is_not_looked_at_twice_and_a_doubtful_picture_is(networks: Networks) -> None:
    assert "second_opinion" not in analyse(astronaut(), networks).ms
    nobody = analyse(picture("gone"), networks)
    assert nobody.faces == ()
    assert "second_opinion" in nobody.ms
    assert len(analyse(picture("two"), networks).faces) == 2


@pytest.mark.parametrize("side", [512, 320, 160])
def test_what_both_detectors_and_the_mesh_say_together_is_one_face(networks: Networks, side: int) -> None:
    small = np.asarray(cv2.resize(astronaut(), (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    for pixels in (small, mirrored(small), np.asarray(small * 0.25, np.uint8)):
        assert len(analyse(pixels, networks).faces) == 1


# -------------------------------------------------------------------------------------------- pose and gaze


def seen(pixels: Pixels, networks: Networks) -> Analysis:
    found = analyse(pixels, networks)
    assert found.pose is not None
    assert found.gaze is not None
    return found


def test_somebody_who_faces_the_camera_has_a_small_pose_wherever_in_the_picture(networks: Networks) -> None:
    for pixels in (astronaut(), astronaut()[:, 80:], np.roll(astronaut(), 120, 0)[100:]):
        pose = seen(np.ascontiguousarray(pixels), networks).pose
        assert pose is not None
        assert abs(pose.yaw) < 6
        assert abs(pose.pitch) < 9
        assert abs(pose.roll) < 6


def test_a_mirror_mirrors_yaw_roll_and_gaze_and_keeps_pitch(networks: Networks) -> None:
    camera = np.asarray(shipped("camera.png"), np.uint8)
    found, other = seen(camera, networks), seen(mirrored(camera), networks)
    assert found.pose is not None
    assert other.pose is not None
    assert found.pose.yaw > 25, "the cameraman looks to the right"
    assert other.pose.yaw == pytest.approx(-found.pose.yaw, abs=8)
    assert other.pose.pitch == pytest.approx(found.pose.pitch, abs=8)
    found, other = seen(turned(20), networks), seen(mirrored(turned(20)), networks)
    assert found.pose is not None
    assert other.pose is not None
    assert other.pose.roll == pytest.approx(-found.pose.roll, abs=4)
    assert found.gaze is not None
    assert other.gaze is not None
    assert other.gaze.horizontal == pytest.approx(-found.gaze.horizontal, abs=0.08)
    assert other.gaze.left_open == pytest.approx(found.gaze.right_open, abs=0.06)


@pytest.mark.parametrize("degrees", [-30, -15, 15, 30])
def test_a_picture_turned_clockwise_turns_the_roll_alone(networks: Networks, degrees: float) -> None:
    upright, tilted = seen(astronaut(), networks).pose, seen(turned(degrees), networks).pose
    assert upright is not None
    assert tilted is not None
    assert tilted.roll - upright.roll == pytest.approx(degrees, abs=4)
    assert tilted.yaw == pytest.approx(upright.yaw, abs=8)
    assert tilted.pitch == pytest.approx(upright.pitch, abs=8)


def eye(*, inner: float, iris: tuple[float, float], opening: float) -> Eye:
    """An eye from x = 0 to `inner`, with lids `opening` apart and the iris at a place."""
    along = np.linspace(0, inner, 9)
    lower = np.stack((along, np.where((along == 0) | (along == inner), 0, opening / 2)), axis=1)
    upper = np.stack((along[1:8], np.full(7, -opening / 2)), axis=1)
    return Eye(np.concatenate((lower, upper)).astype(np.float32), np.array([iris] * 5, np.float32))


def test_the_gaze_is_where_the_iris_is_and_the_opening_what_the_lids_leave() -> None:
    gaze = find_gaze(
        Eyes(eye(inner=10, iris=(7.5, -1), opening=3), eye(inner=-10, iris=(-2.5, -1), opening=0.5))
    )
    assert gaze.horizontal == pytest.approx(0.5)
    assert gaze.vertical == pytest.approx(0.1)
    assert (gaze.left_open, gaze.right_open) == pytest.approx((0.3, 0.05))


def test_points_that_fit_no_head_have_no_pose(networks: Networks) -> None:
    assert networks.mesh is not None
    (face, *_) = networks.faces.find_faces(astronaut())
    mesh = networks.mesh.find_points(astronaut(), face)
    assert mesh.score > 0.9
    assert head_pose(replace(mesh, points=np.full_like(mesh.points, np.nan)), width=512, height=512) is None


def test_the_mesh_is_not_sure_where_there_is_no_face(networks: Networks) -> None:
    assert networks.mesh is not None
    (face, *_) = networks.faces.find_faces(astronaut())
    assert networks.mesh.find_points(np.asarray(shipped("grass.png"), np.uint8), face).score < 0.5


# ------------------------------------------------------------------------------------------------- identity


def test_the_same_face_shifted_darkened_mirrored_turned_or_small_is_alike(networks: Networks) -> None:
    original = vector(astronaut(), networks)
    assert float(np.linalg.norm(original)) == pytest.approx(1)
    small = cv2.resize(astronaut(), (160, 160), interpolation=cv2.INTER_AREA)
    poor = decoded(astronaut(), quality=20)
    for pixels in (
        np.roll(astronaut(), (30, 40), (0, 1)),
        astronaut() // 4,
        mirrored(astronaut()),
        turned(20),
        small,
        poor,
    ):
        assert similarity(original, vector(np.asarray(pixels, np.uint8), networks)) > 0.8


def test_another_person_is_not_alike(networks: Networks) -> None:
    other = vector(np.asarray(shipped("camera.png"), np.uint8), networks)
    assert similarity(vector(astronaut(), networks), other) < 0.35
    enrolled = mean_of([vector(astronaut(), networks), vector(mirrored(astronaut()), networks)])
    same = analyse(turned(10), networks, enrolled=enrolled).likeness
    stranger = analyse(np.asarray(shipped("camera.png"), np.uint8), networks, enrolled=enrolled).likeness
    assert same is not None
    assert stranger is not None
    assert (same.same, stranger.same) == (True, False)


def test_the_clean_alternative_tells_the_same_two_people_apart(networks: Networks) -> None:
    other, missing = load_networks(models_dir(), identity="dlib-resnet")
    assert missing == []
    enrolled = mean_of([vector(astronaut(), other), vector(mirrored(astronaut()), other)])
    small = np.asarray(cv2.resize(astronaut(), (160, 160), interpolation=cv2.INTER_AREA), np.uint8)
    for pixels in (turned(10), astronaut() // 4, small):
        same = analyse(pixels, other, enrolled=enrolled).likeness
        assert same is not None
        assert same.same
        assert same.similarity > 0.95
    stranger = analyse(np.asarray(shipped("camera.png"), np.uint8), other, enrolled=enrolled).likeness
    assert stranger is not None
    assert not stranger.same
    assert stranger.similarity < 0.87


def test_nothing_is_compared_with_nobody(networks: Networks) -> None:
    assert analyse(astronaut(), networks).likeness is None
    assert analyse(picture("gone"), networks, enrolled=vector(astronaut(), networks)).likeness is None
    assert enrol(picture("two"), networks) == (2, None)
    assert enrol(picture("gone"), networks) == (0, None)
    with pytest.raises(Invalid):
        mean_of([])


# -------------------------------------------------------------------------------------- persons, things, time


def test_the_astronaut_is_one_person_and_the_coffee_none(networks: Networks) -> None:
    found = analyse(astronaut(), networks)
    assert found.persons == 1
    assert found.things is not None
    (person,) = found.things
    assert (person.label, person.score > 0.6) == (Label.PERSON, True)
    assert person.box.width > 300
    assert person.box.height > 450
    assert analyse(np.asarray(shipped("coffee.png"), np.uint8), networks).persons == 0
    assert analyse(picture("two"), networks).persons == 2


def test_things_are_found_where_they_are_in_smaller_squares_too(networks: Networks) -> None:
    assert networks.objects is not None
    weights = (models_dir() / "nanodet.onnx").read_bytes()
    (large,), (small,) = (
        looking.find_things(astronaut()) for looking in (networks.objects, NanoDetDetector(weights, side=320))
    )
    assert small.label is Label.PERSON
    for side in ("x", "y", "width", "height"):
        assert getattr(small.box, side) == pytest.approx(getattr(large.box, side), abs=20)


def test_a_network_that_is_not_there_says_nothing_instead_of_none_seen(networks: Networks) -> None:
    found = analyse(
        astronaut(), Networks(faces=networks.faces), enrolled=np.ones(192, np.float32) / np.float32(192**0.5)
    )
    assert len(found.faces) == 1
    assert (found.persons, found.things, found.pose, found.gaze, found.likeness) == (None,) * 5


@pytest.mark.parametrize(
    "make",
    [CenterFaceDetector, FaceMeshNetwork, IrisNetwork, MobileFaceNetEmbedder, DlibEmbedder, NanoDetDetector],
)
def test_weights_of_another_network_are_refused(make: type) -> None:
    face_detector = (models_dir() / "blazeface-full-range.tflite").read_bytes()
    for weights in (b"no model", face_detector):
        with pytest.raises(Unavailable) as caught:
            make(weights)
        assert caught.value.code == "model_unreadable"


def test_a_picture_encoded_anew_is_still_and_a_noisy_one_is_not() -> None:
    first, second = (decoded(pixels, quality=70) for pixels in frames([("present", 2.0)], fps=1))
    assert change_between(small_grey(first), small_grey(second)) > STILL_CHANGE
    assert change_between(small_grey(first), small_grey(decoded(first, quality=80))) < STILL_CHANGE
    assert change_between(small_grey(first), small_grey(first)) == 0
