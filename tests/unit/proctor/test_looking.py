# SPDX-License-Identifier: Apache-2.0
"""The detector of the live line and the one that obeys a script: one port; a network that fails takes nothing along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from proctor.analysing import load_live_detector, load_networks
from proctor.model_store import load_model
from proctor.vision.analysis import SURE_SCORE, Networks, settle_faces
from proctor.vision.blazeface import BlazeFaceDetector
from proctor.vision.fakes import Scene, ScriptedDetector
from proctor.vision.frames import Pixels
from proctor.vision.looking import LookingDetector
from proctor.vision.observation import EVERYTHING, FACES_ONLY, Detector, Face, Thing, Wanted
from proctor.vision.stopwatch import Stopwatch
from tests.clips import DEAR, KINDS, frames, models_dir, picture

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
FACE = np.full(4, 0.5, np.float32)


@pytest.fixture(scope="module")
def networks() -> Networks:
    found, missing = load_networks(models_dir(), fits_shape=True, object_side=320)
    assert missing == []
    return found


def real(networks: Networks) -> Detector:
    return LookingDetector(networks)


def scripted(_: Networks) -> Detector:
    return ScriptedDetector(lambda _: Scene(faces=1, embedding=FACE))


BOTH = pytest.mark.parametrize("make", [real, scripted])
Make = Callable[[Networks], Detector]


@BOTH
def test_what_is_not_wanted_is_not_looked_for(make: Make, networks: Networks) -> None:
    seen = make(networks).observe(picture("present"), NOW, 4)
    assert (seen.at, seen.seq, seen.width, seen.height, len(seen.faces)) == (NOW, 4, 320, 240, 1)
    assert (seen.pose, seen.gaze, seen.embedding, seen.things, seen.persons) == (None,) * 5
    assert seen.failed == frozenset()
    assert seen.greys.shape == (240, 320)
    assert "faces" in seen.ms


@BOTH
def test_everything_that_is_wanted_is_found(make: Make, networks: Networks) -> None:
    detector = make(networks)
    seen = detector.observe(picture("present"), NOW, 1, EVERYTHING)
    assert seen.pose is not None
    assert seen.gaze is not None
    assert seen.embedding is not None
    assert float(np.linalg.norm(seen.embedding)) == pytest.approx(1, abs=1e-3)
    assert seen.things is not None
    assert seen.agreed is True
    assert set(detector.models) == {"faces", "second_opinion", "mesh", "iris", "identity", "objects"}
    assert all(len(sha256) == 64 for sha256 in detector.models.values())
    assert detector.models["faces"] == detector.model_sha256


@BOTH
def test_one_look_forgets_the_one_before(make: Make, networks: Networks) -> None:
    detector = make(networks)
    detector.observe(picture("present"), NOW, 1, EVERYTHING)
    again = detector.observe(picture("present"), NOW, 1, Wanted(mesh=True))
    assert again.pose is not None
    assert (again.gaze, again.embedding, again.things) == (None, None, None)


def test_without_a_face_nothing_is_said_of_one(networks: Networks) -> None:
    for detector in (LookingDetector(networks), ScriptedDetector(lambda _: 0)):
        seen = detector.observe(picture("gone"), NOW, 1, EVERYTHING)
        assert seen.faces == ()
        assert (seen.pose, seen.gaze, seen.embedding) == (None, None, None)
        assert seen.things is not None


class Broken:
    """A network that always fails."""

    model_sha256 = "1" * 64
    same_person = 0.5

    def find_things(self, frame: Pixels) -> tuple[Thing, ...]:
        raise RuntimeError("out of memory")

    def find_faces(self, frame: Pixels, *, coarsely: bool = False) -> tuple[Face, ...]:
        raise RuntimeError("out of memory")

    def find_points(self, frame: Pixels, face: Face) -> object:
        raise RuntimeError("out of memory")


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("objects", {"things"}),
        ("mesh", {"pose", "gaze", "embedding"}),
        ("second_opinion", {"agreed"}),
    ],
)
def test_a_network_that_fails_is_named_and_takes_nothing_else_along(
    networks: Networks, name: str, lost: set[str]
) -> None:
    broken = replace(networks, **{name: Broken()})  # type: ignore[arg-type]
    seen = LookingDetector(broken).observe(picture("present"), NOW, 1, EVERYTHING)
    assert seen.failed == {name}
    assert len(seen.faces) == 1
    for field in ("pose", "gaze", "embedding", "things", "agreed"):
        assert (getattr(seen, field) is None) == (field in lost), field


def test_when_the_first_network_fails_nothing_is_known(networks: Networks) -> None:
    with pytest.raises(RuntimeError):
        LookingDetector(replace(networks, faces=Broken())).observe(  # type: ignore[arg-type]
            picture("present"), NOW, 1
        )


def test_networks_that_are_not_there_leave_gaps_and_no_failures(networks: Networks) -> None:
    detector = LookingDetector(Networks(faces=networks.faces))
    assert set(detector.models) == {"faces"}
    seen = detector.observe(picture("present"), NOW, 1, EVERYTHING)
    assert (seen.pose, seen.gaze, seen.embedding, seen.things, seen.agreed) == (None,) * 5
    assert seen.failed == frozenset()


def test_the_second_network_is_asked_where_the_first_is_not_sure_unless_both_agreed_just_now(
    networks: Networks,
) -> None:
    def asked(kind: str, **how: int | bool | None) -> bool | None:
        return settle_faces(picture(kind), networks, Stopwatch(), **how).agreed  # type: ignore[arg-type]

    assert asked("present") is None
    assert asked("present", always=True) is True
    assert asked("gone") is True
    assert asked("gone", known=0) is None
    assert asked("gone", known=1) is True
    assert asked("two") is True


@pytest.mark.parametrize("size", [(640, 480), (320, 240), (160, 120)])
def test_the_cheaper_shape_finds_the_same_faces(networks: Networks, size: tuple[int, int]) -> None:
    square = BlazeFaceDetector(load_model(models_dir(), "blazeface-full-range"))
    doubtful = (
        "swapped"  # so warped that either shape may miss it: never sure, so the second network settles it
    )
    for frame in frames([(kind, 3.0) for kind in KINDS + DEAR if kind != doubtful], fps=1, size=size):
        found, expected = networks.faces.find_faces(frame), square.find_faces(frame)
        assert len(found) == len(expected)
        for face, other in zip(found, expected, strict=True):
            assert abs(face.score - other.score) < 0.15
            assert abs(face.box.x - other.box.x) < 0.06 * other.box.width
            assert abs(face.box.width - other.box.width) < 0.1 * other.box.width
    for frame in frames([(doubtful, 3.0)], fps=1, size=size):
        found, expected = networks.faces.find_faces(frame), square.find_faces(frame)
        assert all(face.score < SURE_SCORE for face in found + expected)
        assert len(settle_faces(frame, networks, Stopwatch()).faces) == 1


def test_the_live_detector_comes_with_all_networks() -> None:
    detector = load_live_detector(models_dir())
    assert len(detector.models) == 6
    assert detector.observe(picture("two"), NOW, 1, FACES_ONLY).agreed is True


@pytest.mark.parametrize("size", [(640, 480), (320, 240), (160, 120)])
def test_a_coarse_look_is_enough_for_one_near_face_and_for_nothing_else(
    networks: Networks, size: tuple[int, int]
) -> None:
    detector = LookingDetector(networks)
    for kind in ("present", "two", "gone", "covered"):
        for frame in frames([(kind, 3.0)], fps=1, size=size):
            coarse, fine = (
                detector.observe(frame, NOW, 1, Wanted(coarsely=coarsely)) for coarsely in (True, False)
            )
            assert len(coarse.faces) == len(fine.faces)
            for face, other in zip(coarse.faces, fine.faces, strict=True):
                assert abs(face.box.x - other.box.x) < 0.15 * other.box.width
    assert detector.observe(picture("present"), NOW, 1, Wanted(coarsely=True, mesh=True)).pose is not None
