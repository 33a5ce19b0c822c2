# SPDX-License-Identifier: Apache-2.0
"""Embeddings by dlib's face recognition network on ONNX Runtime: weights in the public domain (CC0).

The same port as MobileFaceNet (`proctor.vision.identity.Embedder`); its similarities lie closer together, so it brings a
threshold of its own. Reading the weights from disk is not done here.
"""

from __future__ import annotations

import hashlib

import cv2
import numpy as np

from core.errors import Unavailable
from proctor.vision.frames import Pixels
from proctor.vision.identity import normalised, similarity_transform
from proctor.vision.landmarks import FaceMesh
from proctor.vision.litert import Floats

SIDE = 150
LENGTH = 128
_MEANS = np.array((122.782, 117.001, 104.298), np.float32)
_POINTS = (263, 362, 33, 133, 2)
_PADDING = 0.25
_TEMPLATE = np.array(
    (
        (0.8595674595992, 0.2134981538014),
        (0.6460604764104, 0.2289674387677),
        (0.1205750620789, 0.2137274526848),
        (0.3340850613712, 0.2290642403242),
        (0.4901123135679, 0.6277975316475),
    )
)
"""Corners of the eyes and base of the nose in the face that dlib cuts out (King, 2017), before its padding."""


class DlibEmbedder:
    """128 numbers of a crop of 150 x 150 pixels. Raises Unavailable(`model_unreadable`) for other weights."""

    def __init__(self, model: bytes) -> None:
        import onnxruntime  # slow to load, and needed by servers only

        self._sha256 = hashlib.sha256(model).hexdigest()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._network = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            shapes = [tuple(part.shape) for part in self._network.get_inputs() + self._network.get_outputs()]
        except Exception as error:  # the library's own exceptions have no common base
            raise Unavailable("model_unreadable", sha256=self._sha256) from error
        if shapes != [(1, 3, SIDE, SIDE), (1, LENGTH)]:
            raise Unavailable("model_unreadable", sha256=self._sha256)
        self._entry = self._network.get_inputs()[0].name

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights."""
        return self._sha256

    @property
    def same_person(self) -> float:
        """Cosine similarity from which two looks pass as the same person: a distance of 0.6 at the usual length of 1.4."""
        return 0.91

    def embed(self, frame: Pixels, mesh: FaceMesh) -> Floats:
        """The vector of the face with these points in a picture (height x width x 3, blue-green-red)."""
        target = (_TEMPLATE + _PADDING) / (1 + 2 * _PADDING) * SIDE
        cut = similarity_transform(mesh.points[list(_POINTS), :2].astype(np.float64), target)
        crop = cv2.warpAffine(
            frame, cut, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        tensor = (cv2.cvtColor(crop, cv2.COLOR_BGR2RGB).astype(np.float32) - _MEANS) / 256.0
        (vectors,) = self._network.run(
            None, {self._entry: np.ascontiguousarray(tensor.transpose(2, 0, 1)[np.newaxis])}
        )
        return normalised(np.asarray(vectors[0], np.float32))
