# SPDX-License-Identifier: Apache-2.0
"""The networks that find faces, together as on the line, on the only set of faces at hand: 50 of 100, and 50 that are none.

scikit-image ships them, out of Labeled Faces in the Wild: grey, cut close, 25 x 25 pixels. So they are drawn larger here.
What they show is that nothing gets lost between the networks, and no rate of a webcam.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from proctor.analysing import load_live_networks
from proctor.vision.analysis import Networks, settle_faces
from proctor.vision.frames import Pixels
from proctor.vision.pictures import shrunk
from proctor.vision.stopwatch import Stopwatch
from tests.clips import models_dir

FACE = 64


@pytest.fixture(scope="module")
def networks() -> Networks:
    return load_live_networks(models_dir())[0]


def small_pictures() -> Iterator[Pixels]:
    """Pictures of 320 x 240, the first fifty with one face of 64 pixels, the others with none."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    for cut in np.load(Path(spec.origin).parent / "data" / "lfw_subset.npy")[::2]:
        grey = np.asarray(cut * 255, np.uint8)
        picture = np.full((240, 320), int(grey.mean()), np.uint8)
        picture[80 : 80 + FACE, 106 : 106 + FACE] = cv2.resize(
            grey, (FACE, FACE), interpolation=cv2.INTER_CUBIC
        )
        yield np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)


def test_of_fifty_faces_in_the_thinnest_pictures_each_is_one_and_of_fifty_others_none(
    networks: Networks,
) -> None:
    counts = [
        len(settle_faces(shrunk(picture, 160), networks, Stopwatch()).faces) for picture in small_pictures()
    ]
    assert counts[:50].count(1) >= 49
    assert counts[50:] == [0] * 50
