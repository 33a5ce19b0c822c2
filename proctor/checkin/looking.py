# SPDX-License-Identifier: Apache-2.0
"""From the pixels of a frame to what the check-in is told of it, and the face on a card. Nothing is kept or decided here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import cv2
import numpy as np

from proctor.checkin.movements import Look
from proctor.rules.inputs import FaceBox, SeenGaze, SeenPose, Sight
from proctor.vision.analysis import MESH_SCORE, Networks
from proctor.vision.frames import Pixels
from proctor.vision.gaze import find_gaze
from proctor.vision.landmarks import FaceMesh
from proctor.vision.litert import Floats
from proctor.vision.observation import Box, Face, Greys
from proctor.vision.pose import head_pose
from proctor.vision.tamper import change_between, measure_tamper, small_grey

_LIPS, _MOUTH = (13, 14), (78, 308)
"""Points of the mesh: the inner edges of both lips, the inner corners of the mouth."""
_CARD_CUTS = (1.0, 0.6, 0.4)
"""Shares of the picture in which a small face is looked for, each part enlarged to the whole."""
_SHARP_SIDE = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeing:
    """One frame as looked at. `vector` is the largest face's, where it was asked for and could be made."""

    look: Look
    greys: Greys
    faces: tuple[Box, ...]
    vector: Floats | None = None


@dataclass(frozen=True, slots=True)
class CardFace:
    """The face on a card: where it is (pixels), and its vector where it is asked for and can be made."""

    box: Box
    vector: Floats | None


class Looker(Protocol):
    """Looks at the frames of a check-in. One serves one thread at a time."""

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights that find faces."""
        ...

    @property
    def identity_sha256(self) -> str | None:
        """The hex SHA-256 of the weights that compare faces, where they are there."""
        ...

    @property
    def can_measure(self) -> bool:
        """Whether the networks for pose and eyes are there; without them no challenge can be checked."""
        ...

    def look(self, frame: Pixels, at: datetime, *, before: Greys | None, identify: bool) -> Seeing:
        """Look at one frame; `before` is what the frame before left as `greys`."""
        ...

    def find_card_face(self, picture: Pixels, *, identify: bool) -> CardFace | None:
        """The face on the card in a picture: the smallest one, for the learner may be in it too."""
        ...


class FaceLooker:
    """The real one, over the networks of one thread."""

    def __init__(self, networks: Networks) -> None:
        self.networks = networks

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights that find faces."""
        return self.networks.faces.model_sha256

    @property
    def identity_sha256(self) -> str | None:
        """The hex SHA-256 of the weights that compare faces, where they are there."""
        identity = self.networks.identity
        return None if identity is None else identity.model_sha256

    @property
    def can_measure(self) -> bool:
        """Whether the networks for pose and eyes are there."""
        return self.networks.mesh is not None and self.networks.iris is not None

    def look(self, frame: Pixels, at: datetime, *, before: Greys | None, identify: bool) -> Seeing:
        """Look at one frame (height x width x 3, blue-green-red)."""
        tamper, greys = measure_tamper(frame), small_grey(frame)
        faces = tuple(sorted(self.networks.faces.find_faces(frame), key=lambda face: -_area(face.box)))
        height, width = frame.shape[:2]
        sight = Sight(
            at=at,
            faces=len(faces),
            boxes=tuple(_share(face, width, height) for face in faces),
            covered=tamper.covered,
            dark=tamper.dark,
            blurred=tamper.blurred,
            brightness=tamper.mean,
            change=None if before is None else change_between(before, greys),
        )
        boxes = tuple(face.box for face in faces)
        mesh = self._mesh(frame, faces[0]) if faces else None
        if mesh is None:
            return Seeing(look=Look(sight=sight), greys=greys, faces=boxes)
        identity = self.networks.identity
        return Seeing(
            look=Look(
                sight=replace(sight, pose=self._pose(mesh, width, height), gaze=self._gaze(frame, mesh)),
                mouth=mouth_opening(mesh),
                sharpness=sharpness_of(frame, boxes[0]),
            ),
            greys=greys,
            faces=boxes,
            vector=identity.embed(frame, mesh) if identify and identity is not None else None,
        )

    def find_card_face(self, picture: Pixels, *, identify: bool) -> CardFace | None:
        """The smallest face of the picture; where the whole shows none, parts of it are enlarged."""
        for part, left, top in _parts(picture):
            scale = max(1.0, min(picture.shape[1] / part.shape[1], 2.5))
            large = np.asarray(
                cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
            )
            faces = self.networks.faces.find_faces(large)
            if faces:
                face = min(faces, key=lambda one: _area(one.box))
                vector, box = self._vector(large, face) if identify else None, face.box
                return CardFace(
                    Box(box.x / scale + left, box.y / scale + top, box.width / scale, box.height / scale),
                    vector,
                )
        return None

    def _vector(self, frame: Pixels, face: Face) -> Floats | None:
        mesh, identity = self._mesh(frame, face), self.networks.identity
        return identity.embed(frame, mesh) if identity is not None and mesh is not None else None

    def _mesh(self, frame: Pixels, face: Face) -> FaceMesh | None:
        if self.networks.mesh is None:
            return None
        mesh = self.networks.mesh.find_points(frame, face)
        return mesh if mesh.score >= MESH_SCORE else None

    def _pose(self, mesh: FaceMesh, width: int, height: int) -> SeenPose | None:
        pose = head_pose(mesh, width=width, height=height)
        return None if pose is None else SeenPose(yaw=pose.yaw, pitch=pose.pitch, roll=pose.roll)

    def _gaze(self, frame: Pixels, mesh: FaceMesh) -> SeenGaze | None:
        if self.networks.iris is None:
            return None
        gaze = find_gaze(self.networks.iris.find_eyes(frame, mesh))
        return SeenGaze(
            horizontal=gaze.horizontal,
            vertical=gaze.vertical,
            left_open=gaze.left_open,
            right_open=gaze.right_open,
        )


def mouth_opening(mesh: FaceMesh) -> float:
    """The distance of the lips in widths of the mouth: about 0 shut, 0.3 and more in speech."""
    points = mesh.points[:, :2]
    across = float(np.linalg.norm(points[_MOUTH[0]] - points[_MOUTH[1]]))
    return float(np.linalg.norm(points[_LIPS[0]] - points[_LIPS[1]])) / max(across, 1e-6)


def sharpness_of(frame: Pixels, box: Box) -> float:
    """The variance of the Laplacian of a face brought to 96 pixels, so that near and far faces compare."""
    left, top = max(0, int(box.x)), max(0, int(box.y))
    cut = frame[top : top + max(1, int(box.height)), left : left + max(1, int(box.width))]
    if cut.size == 0:
        return 0.0
    grey = cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY)
    even = cv2.resize(grey, (_SHARP_SIDE, _SHARP_SIDE), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(even, cv2.CV_64F).var())


def _parts(picture: Pixels) -> Iterator[tuple[Pixels, int, int]]:
    """The picture, then ever smaller overlapping parts of it, with their left and top."""
    height, width = picture.shape[:2]
    for share in _CARD_CUTS:
        wide, high = round(width * share), round(height * share)
        steps = 1 if share == 1.0 else 3
        for row in range(steps):
            for column in range(steps):
                top = (height - high) * row // max(1, steps - 1)
                left = (width - wide) * column // max(1, steps - 1)
                yield picture[top : top + high, left : left + wide], left, top


def _share(face: Face, width: int, height: int) -> FaceBox:
    box = face.box
    return FaceBox(
        x=box.x / width,
        y=box.y / height,
        width=box.width / width,
        height=box.height / height,
        score=face.score,
    )


def _area(box: Box) -> float:
    return box.width * box.height
