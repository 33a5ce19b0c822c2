# SPDX-License-Identifier: Apache-2.0
"""A second opinion on faces: CenterFace (Xu et al., 2019, arXiv 1911.03599) on OpenCV.

The file declares one size of input, so OpenCV runs it, which takes any size; the longer side is brought to 320
pixels. For each cell of 4 x 4 pixels it gives a score, the logarithm of a size, the offset of the centre and five
points. Reading the weights from disk is not done here.
"""

from __future__ import annotations

import hashlib

import cv2
import numpy as np

from core.errors import Unavailable
from proctor.vision.boxes import Floats, clipped_box, merge
from proctor.vision.frames import Pixels
from proctor.vision.observation import Face, Point

LONGER_SIDE = 320
MULTIPLE = 32
STRIDE = 4
SIZES_KEPT = 3
MINIMUM_SCORE = 0.5
MAXIMUM_OVERLAP = 0.3
_OUTPUTS = ("537", "538", "539", "540")  # scores, sizes, offsets, points


class CenterFaceDetector:
    """Finds faces, small ones too. Every thread needs its own.

    Raises Unavailable(`model_unreadable`) when `model` is not this network.
    """

    def __init__(self, model: bytes) -> None:
        self.model_sha256 = hashlib.sha256(model).hexdigest()
        self._model = model
        self._networks = dict[tuple[int, int], cv2.dnn.Net]()
        self._network_for((LONGER_SIDE, LONGER_SIDE * 3 // 4 // MULTIPLE * MULTIPLE))

    def find_faces(self, frame: Pixels) -> tuple[Face, ...]:
        """The faces of a picture (height x width x 3, blue-green-red), best first."""
        height, width = frame.shape[:2]
        scale = LONGER_SIDE / max(height, width)
        size = _rounded(width * scale), _rounded(height * scale)
        network = self._network_for(size)
        network.setInput(cv2.dnn.blobFromImage(frame, 1.0, size, swapRB=True))
        scores, sizes, offsets, points = (part[0] for part in network.forward(_OUTPUTS))
        rows, columns = np.nonzero(scores[0] >= MINIMUM_SCORE)
        found = _rows(rows, columns, sizes, offsets, points)
        found *= np.tile(np.array((width / size[0], height / size[1]), np.float32), 4)
        faces = []
        for row, score in merge(found, scores[0, rows, columns], maximum_overlap=MAXIMUM_OVERLAP):
            box = clipped_box(row, width, height)
            if box is not None:
                eyes = Point(float(row[4]), float(row[5])), Point(float(row[6]), float(row[7]))
                faces.append(Face(box, score, eyes))
        return tuple(faces)

    def _network_for(self, size: tuple[int, int]) -> cv2.dnn.Net:
        """One network for each size of input.

        OpenCV fuses layers into their weights again whenever the size changes: wrong answers from the second size on;
        without fusing it takes twice as long.
        """
        network = self._networks.pop(size, None)
        if network is None:
            try:
                network = cv2.dnn.readNetFromONNX(np.frombuffer(self._model, np.uint8))
                if set(_OUTPUTS) - set(network.getUnconnectedOutLayersNames()):
                    raise ValueError("other outputs")
            except (cv2.error, ValueError) as error:
                raise Unavailable("model_unreadable", sha256=self.model_sha256) from error
            if len(self._networks) >= SIZES_KEPT:
                self._networks.pop(next(iter(self._networks)))
        self._networks[size] = network
        return network


def _rounded(side: float) -> int:
    return max(1, round(side / MULTIPLE)) * MULTIPLE


def _rows(
    rows: np.ndarray[tuple[int], np.dtype[np.intp]],
    columns: np.ndarray[tuple[int], np.dtype[np.intp]],
    sizes: Floats,
    offsets: Floats,
    points: Floats,
) -> Floats:
    """Boxes (left, top, right, bottom) and both eyes in pixels of the input. Heights and rows come first."""
    high, wide = (np.exp(part[rows, columns]) * STRIDE for part in sizes)
    middle_y = (rows + offsets[0, rows, columns] + 0.5) * STRIDE
    middle_x = (columns + offsets[1, rows, columns] + 0.5) * STRIDE
    left, top = middle_x - wide / 2, middle_y - high / 2
    eyes = [
        part
        for eye in (0, 1)
        for part in (
            left + points[2 * eye + 1, rows, columns] * wide,
            top + points[2 * eye, rows, columns] * high,
        )
    ]
    return np.stack((left, top, left + wide, top + high, *eyes), axis=1).astype(np.float32)
