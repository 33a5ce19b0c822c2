# SPDX-License-Identifier: Apache-2.0
"""All that the detectors say of one picture, and what each of them cost. Pure: nothing is kept between two pictures.

A network that is not there leaves its fields None, which means "not available" and never "nothing there".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proctor.vision.blazeface import BlazeFaceDetector
from proctor.vision.boxes import corners_of, overlap
from proctor.vision.centerface import CenterFaceDetector
from proctor.vision.frames import Pixels
from proctor.vision.gaze import find_gaze
from proctor.vision.identity import Embedder, similarity
from proctor.vision.landmarks import FaceMesh, FaceMeshNetwork, IrisNetwork
from proctor.vision.litert import Floats
from proctor.vision.objects import ObjectDetector
from proctor.vision.observation import Face, Gaze, Label, Pose, Tamper, Thing
from proctor.vision.pose import head_pose
from proctor.vision.stopwatch import Stopwatch
from proctor.vision.tamper import measure_tamper

SURE_SCORE = 0.75
"""A single face of this score needs no second opinion."""
SAME_FACE_OVERLAP = 0.25
"""The detectors draw boxes of other shapes, so faces are the same from this intersection over union."""
ALONE_SCORE = 0.6
MESH_SCORE = 0.5
"""A face that only one detector saw counts when its score reaches the first and the mesh finds a face in it too."""
TINY_PIXELS = 24
"""A face below this, as of somebody far away in the thinnest picture, is too small for the mesh to judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Networks:
    """The networks of one thread."""

    faces: BlazeFaceDetector
    second_opinion: CenterFaceDetector | None = None
    mesh: FaceMeshNetwork | None = None
    iris: IrisNetwork | None = None
    identity: Embedder | None = None
    objects: ObjectDetector | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike the largest face and the enrolled one are (cosine), and whether that passes as the same person."""

    similarity: float
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One picture as seen; boxes in its pixels, `ms` by stage in milliseconds of elapsed time.

    `pose` and `gaze` are those of the largest face. `things` is None without its network.
    """

    faces: tuple[Face, ...]
    things: tuple[Thing, ...] | None
    pose: Pose | None
    gaze: Gaze | None
    likeness: Likeness | None
    tamper: Tamper
    ms: dict[str, float]

    @property
    def persons(self) -> int | None:
        """How many persons were seen, faces or not; None without the network that looks for them."""
        if self.things is None:
            return None
        return sum(thing.label is Label.PERSON for thing in self.things)


def analyse(frame: Pixels, networks: Networks, *, enrolled: Floats | None = None) -> Analysis:
    """Look at one picture (height x width x 3, blue-green-red, at least 32 pixels each way) with all there is."""
    watch = Stopwatch()
    tamper = watch.time("tamper", lambda: measure_tamper(frame))
    settled = settle_faces(frame, networks, watch)
    faces, meshes = settled.faces, settled.meshes
    pose, gaze, likeness = None, None, None
    if faces and networks.mesh is not None:
        largest = largest_of(faces)
        mesh = meshes.get(largest) or watch.time("mesh", lambda: _mesh(frame, networks, largest))
        if mesh is not None and mesh.score >= MESH_SCORE:
            height, width = frame.shape[:2]
            pose = watch.time("pose", lambda: head_pose(mesh, width=width, height=height))
            iris, identity = networks.iris, networks.identity
            if iris is not None:
                gaze = watch.time("iris", lambda: find_gaze(iris.find_eyes(frame, mesh)))
            if enrolled is not None and identity is not None:
                vector = watch.time("identity", lambda: identity.embed(frame, mesh))
                alike = similarity(vector, enrolled)
                likeness = Likeness(alike, alike >= identity.same_person)
    things = None
    if networks.objects is not None:
        looking = networks.objects
        things = watch.time("objects", lambda: looking.find_things(frame))
    return Analysis(
        faces=faces, things=things, pose=pose, gaze=gaze, likeness=likeness, tamper=tamper, ms=watch.ms
    )


def enrol(frame: Pixels, networks: Networks) -> tuple[int, Floats | None]:
    """How many faces a picture shows, and the vector of the only one; None when there is not exactly one."""
    settled = settle_faces(frame, networks, Stopwatch())
    faces, meshes = settled.faces, settled.meshes
    if len(faces) != 1 or networks.identity is None:
        return len(faces), None
    mesh = meshes.get(faces[0]) or _mesh(frame, networks, faces[0])
    if mesh is None or mesh.score < MESH_SCORE:
        return 0, None
    return 1, networks.identity.embed(frame, mesh)


@dataclass(frozen=True, slots=True)
class Settled:
    """The faces, best first, the meshes that were needed to settle on them, and whether both networks saw as many.

    `agreed` is None when only one was asked; `failed` says that the second one was asked in vain.
    """

    faces: tuple[Face, ...]
    meshes: dict[Face, FaceMesh]
    agreed: bool | None = None
    failed: bool = False


def settle_faces(
    frame: Pixels,
    networks: Networks,
    watch: Stopwatch,
    *,
    always: bool = False,
    known: int | None = None,
    forgive: bool = False,
    coarsely: bool = False,
) -> Settled:
    """Look for faces; ask the second network where the first is not sure, or `always`.

    `known` is a number of faces on which both agreed a moment ago: no reason to ask again. With `forgive` a failure
    of the second network leaves the faces of the first. `coarsely` is enough where it shows one sure face.
    """
    first = watch.time("faces", lambda: networks.faces.find_faces(frame, coarsely=coarsely))
    if coarsely and not (len(first) == 1 and first[0].score >= SURE_SCORE):
        first = watch.time("faces", lambda: networks.faces.find_faces(frame))
    second_opinion = networks.second_opinion
    sure = len(first) == known or (len(first) == 1 and first[0].score >= SURE_SCORE)
    if second_opinion is None or (sure and not always):
        return Settled(first, {})
    try:
        second = watch.time("second_opinion", lambda: second_opinion.find_faces(frame))
        agreed, alone = _compared(first, second)
        meshes = dict[Face, FaceMesh]()
        for face in alone:
            if face.score < ALONE_SCORE:
                continue
            mesh = watch.time("mesh", lambda face=face: _mesh(frame, networks, face))  # type: ignore[misc]
            if mesh is None or mesh.score >= MESH_SCORE or _is_tiny(face):
                agreed.append(face)
            if mesh is not None:
                meshes[face] = mesh
    except Exception:
        if not forgive:
            raise
        return Settled(first, {}, failed=True)
    faces = tuple(sorted(agreed, key=lambda face: -face.score))
    return Settled(faces, meshes, agreed=len(first) == len(second))


def _is_tiny(face: Face) -> bool:
    return max(face.box.width, face.box.height) < TINY_PIXELS


def largest_of(faces: tuple[Face, ...]) -> Face:
    """The face that fills most of the picture."""
    return max(faces, key=lambda face: face.box.width * face.box.height)


def _compared(first: tuple[Face, ...], second: tuple[Face, ...]) -> tuple[list[Face], list[Face]]:
    """Faces that both saw (with the box of the first), and those that only one of them saw."""
    if not first or not second:
        return [], [*first, *second]
    boxes = np.stack([corners_of(face.box) for face in second])
    agreed, alone, met = list[Face](), list[Face](), set[int]()
    for face in first:
        shared = overlap(corners_of(face.box), boxes)
        meets = {int(place) for place in np.flatnonzero(shared > SAME_FACE_OVERLAP)}
        (agreed if meets else alone).append(face)
        met |= meets
    alone += [face for place, face in enumerate(second) if place not in met]
    return agreed, alone


def _mesh(frame: Pixels, networks: Networks, face: Face) -> FaceMesh | None:
    return None if networks.mesh is None else networks.mesh.find_points(frame, face)
