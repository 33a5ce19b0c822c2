# SPDX-License-Identifier: Apache-2.0
"""Is this the face that was enrolled? An embedding for each face, and how alike two of them are.

One look decides nothing: whoever uses a similarity averages several probes. No name or person is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from core.errors import Invalid
from proctor.vision.frames import Pixels
from proctor.vision.landmarks import LEFT_EYE, RIGHT_EYE, FaceMesh
from proctor.vision.litert import Floats, LiteRtNetwork

Doubles = npt.NDArray[np.float64]

SIDE = 112
LENGTH = 192
SAME_PERSON = 0.53
"""Cosine similarity from which two looks pass as the same person (false accepts about 1 in 1,000 on the harder set of
the model card); for averaged looks see there.
"""
SMALLEST_FACE = 32
"""Pixels of the longer side of a face's box below which even the same face is unlike itself: see the model card."""
_TEMPLATE = np.array(
    ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
)
"""Where eyes, tip of the nose and corners of the mouth lie in the pictures that such networks are trained on (Deng et
al., 2019, arXiv 1801.07698).
"""


class Embedder(Protocol):
    """Turns a face into a vector of length one. One embedder serves one thread at a time."""

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        ...

    @property
    def same_person(self) -> float:
        """Cosine similarity from which two looks pass as the same person."""
        ...

    def embed(self, frame: Pixels, mesh: FaceMesh) -> Floats:
        """The vector of the face with these points."""
        ...


class MobileFaceNetEmbedder:
    """MobileFaceNet (Chen et al., 2018, arXiv 1804.07573) on LiteRT: 192 numbers of a crop of 112 x 112 pixels.

    Its batch is fixed at two, so the second place is given to the same face in a mirror and both vectors are added.
    Raises Unavailable(`model_unreadable`).
    """

    def __init__(self, model: bytes) -> None:
        self._network = LiteRtNetwork(model, source=(2, SIDE, SIDE, 3), outputs=((2, LENGTH),))

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        return self._network.sha256

    @property
    def same_person(self) -> float:
        """Cosine similarity from which two looks pass as the same person."""
        return SAME_PERSON

    def embed(self, frame: Pixels, mesh: FaceMesh) -> Floats:
        """The vector of the face with these points in a picture (height x width x 3, blue-green-red)."""
        crop = cv2.cvtColor(aligned(frame, mesh), cv2.COLOR_BGR2RGB).astype(np.float32)
        pair = (np.stack((crop, crop[:, ::-1])) - 127.5) / 128.0
        (vectors,) = self._network.run(pair)
        return mean_of([normalised(vector) for vector in vectors])


def aligned(frame: Pixels, mesh: FaceMesh) -> Pixels:
    """The face turned and scaled so that its features lie where the network expects them (112 x 112)."""
    points = mesh.points
    seen = np.stack(
        (
            points[list(LEFT_EYE), :2].mean(axis=0),
            points[list(RIGHT_EYE), :2].mean(axis=0),
            points[1, :2],
            points[61, :2],
            points[291, :2],
        )
    ).astype(np.float64)
    cut = similarity_transform(seen, _TEMPLATE)
    picture = cv2.warpAffine(
        frame, cut, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(picture, np.uint8)


def normalised(vector: Floats) -> Floats:
    """The vector with length one."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


def mean_of(vectors: Sequence[Floats]) -> Floats:
    """The direction between several vectors of length one, itself of length one. Raises Invalid(`embeddings_missing`)."""
    if not vectors:
        raise Invalid("embeddings_missing")
    return normalised(np.mean(np.stack(vectors), axis=0))


def similarity(first: Floats, second: Floats) -> float:
    """The cosine of two vectors of length one: 1 for the same look, about 0 for strangers."""
    return float(np.clip(first @ second, -1.0, 1.0))


def similarity_transform(source: Doubles, target: Doubles) -> Doubles:
    """Turning, scaling and shifting (2 x 3) that brings points closest to others (Umeyama, 1991, equations 40-43)."""
    middle, goal = source.mean(axis=0), target.mean(axis=0)
    centred, aimed = source - middle, target - goal
    left, sizes, right = np.linalg.svd(aimed.T @ centred / len(source))
    signs = np.array((1.0, np.sign(np.linalg.det(left) * np.linalg.det(right)) or 1.0))
    turn = left @ np.diag(signs) @ right
    scale = float((sizes * signs).sum() / max(float(centred.var(axis=0).sum()), 1e-12))
    shift = goal - scale * turn @ middle
    return np.concatenate((scale * turn, shift[:, np.newaxis]), axis=1)
