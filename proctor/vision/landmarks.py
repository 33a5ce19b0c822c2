# SPDX-License-Identifier: Apache-2.0
"""Points of a face and of its eyes, by two networks on LiteRT.

468 by the face mesh (Kartynnik et al., 2019, arXiv 1907.06724), and those of each eye by the iris network (Ablavatski
et al., 2020, arXiv 2006.11341).
What the points say about a head or a look is worked out elsewhere (`proctor.vision.pose`, `proctor.vision.gaze`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from proctor.vision.frames import Pixels
from proctor.vision.litert import Floats, LiteRtNetwork
from proctor.vision.observation import Face

MESH_SIDE = 192
MESH_POINTS = 468
MESH_MARGIN = 1.5
"""The square that is cut out, in longer sides of the face's box."""
IRIS_SIDE = 64
IRIS_MARGIN = 2.3
"""The square around an eye, in distances between its corners."""
OUTLINE_POINTS = 16
LEFT_EYE = (33, 133)
RIGHT_EYE = (263, 362)
"""Outer and inner corner of the eye on the left and on the right side of an upright picture, as mesh points."""

Matrix = npt.NDArray[np.float64]
_LEVELS = np.arange(256, dtype=np.float32) / np.float32(255)
"""What the networks are shown of each level of a colour."""


@dataclass(frozen=True, slots=True)
class FaceMesh:
    """468 points (columns x, y in pixels of the picture, depth in the same unit) and, 0 to 1, how surely it is a face."""

    points: Floats
    score: float


@dataclass(frozen=True, slots=True)
class Eye:
    """The outline of an eye and its iris, in pixels of the picture.

    `outline` (16 x 2): 0 to 8 along the lower lid from the outer to the inner corner, 9 to 15 along the upper lid
    in the same direction, without the corners. `iris` (5 x 2): the centre first.
    """

    outline: Floats
    iris: Floats


@dataclass(frozen=True, slots=True)
class Eyes:
    """Both eyes, named by their side of an upright picture."""

    left: Eye
    right: Eye


class FaceMeshNetwork:
    """Finds the points of a face in a known box. Every thread needs its own; raises Unavailable(`model_unreadable`)."""

    def __init__(self, model: bytes) -> None:
        self._network = LiteRtNetwork(
            model,
            source=(1, MESH_SIDE, MESH_SIDE, 3),
            outputs=((1, 1, 1, MESH_POINTS * 3), (1, 1, 1, 1)),
        )

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        return self._network.sha256

    def find_points(self, frame: Pixels, face: Face) -> FaceMesh:
        """The mesh of one face of a picture (height x width x 3, blue-green-red)."""
        box = face.box
        angle = 0.0
        if face.eyes is not None:
            first, second = face.eyes
            angle = math.atan2(second.y - first.y, second.x - first.x)
        cut = _square(
            (box.x + box.width / 2, box.y + box.height / 2),
            max(box.width, box.height) * MESH_MARGIN,
            angle,
            side=MESH_SIDE,
        )
        points, flag = self._network.run(_tensor(frame, cut, MESH_SIDE))
        return FaceMesh(_restored(points.reshape(MESH_POINTS, 3), cut), _sigmoid(float(flag.reshape(()))))


class IrisNetwork:
    """Finds lids and iris of both eyes of a mesh. Every thread needs its own; raises Unavailable(`model_unreadable`)."""

    def __init__(self, model: bytes) -> None:
        self._network = LiteRtNetwork(model, source=(1, IRIS_SIDE, IRIS_SIDE, 3), outputs=((1, 213), (1, 15)))

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        return self._network.sha256

    def find_eyes(self, frame: Pixels, mesh: FaceMesh) -> Eyes:
        """Both eyes; the network knows left ones, so the right one is shown to it as in a mirror."""
        return Eyes(
            self._find(frame, mesh.points[LEFT_EYE[0]], mesh.points[LEFT_EYE[1]], mirrored=False),
            self._find(frame, mesh.points[RIGHT_EYE[0]], mesh.points[RIGHT_EYE[1]], mirrored=True),
        )

    def _find(self, frame: Pixels, outer: Floats, inner: Floats, *, mirrored: bool) -> Eye:
        left, right = (inner, outer) if mirrored else (outer, inner)
        across = right[:2] - left[:2]
        middle = (left[:2] + right[:2]) / 2
        cut = _square(
            (float(middle[0]), float(middle[1])),
            max(float(np.hypot(across[0], across[1])), 1.0) * IRIS_MARGIN,
            math.atan2(float(across[1]), float(across[0])),
            side=IRIS_SIDE,
        )
        if mirrored:
            cut = np.array(((-1, 0, IRIS_SIDE - 1), (0, 1, 0), (0, 0, 1)), np.float64) @ cut
        outline, iris = self._network.run(_tensor(frame, cut, IRIS_SIDE))
        return Eye(
            _restored(outline.reshape(-1, 3)[:OUTLINE_POINTS], cut)[:, :2],
            _restored(iris.reshape(-1, 3), cut)[:, :2],
        )


def _square(middle: tuple[float, float], length: float, angle: float, *, side: int) -> Matrix:
    """The matrix (3 x 3) that takes a turned square of the picture to an upright one of `side` pixels."""
    scale = side / length
    cosine, sine = math.cos(angle) * scale, math.sin(angle) * scale
    x, y = middle
    return np.array(
        (
            (cosine, sine, side / 2 - cosine * x - sine * y),
            (-sine, cosine, side / 2 + sine * x - cosine * y),
            (0, 0, 1),
        ),
        np.float64,
    )


def _tensor(frame: Pixels, cut: Matrix, side: int) -> Floats:
    """The square as a network's input, red first, 0 to 1. Where it leaves the picture the edge goes on."""
    # Far smaller than in the picture, it would be sampled with gaps: shrink first.
    shrink = math.hypot(cut[0, 0], cut[0, 1])
    if shrink < 0.5:
        factor = max(shrink * 2, 1 / max(frame.shape[:2]))
        small = cv2.resize(frame, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        true = np.array((small.shape[1] / frame.shape[1], small.shape[0] / frame.shape[0], 1.0))
        frame, cut = np.asarray(small, np.uint8), cut / true
    picture = cv2.warpAffine(
        frame, cut[:2], (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.LUT(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), _LEVELS), np.float32)[np.newaxis]


def _restored(points: Floats, cut: Matrix) -> Floats:
    """Points of the square (x, y, depth) in the picture; depth only changes its scale."""
    back = np.linalg.inv(cut)
    flat = points[:, :2] @ back[:2, :2].T + back[:2, 2]
    depth = points[:, 2:3] * math.hypot(back[0, 0], back[0, 1])
    return np.concatenate((flat, depth), axis=1).astype(np.float32)


def _sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(max(value, -80.0), 80.0)))
