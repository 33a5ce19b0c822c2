# SPDX-License-Identifier: Apache-2.0
"""The clip of the proctoring bench: a face that sways in a noisy picture, so that no two frames are alike."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]

SIZE = (320, 240)
QUALITY = 70
FRAMES = 60
"""Before it begins anew; nobody compares frames so far apart but the rule for a looped camera, which needs longer."""
NOISE = 1.2


def moving_clip(*, frames: int = FRAMES, seed: int = 1) -> list[bytes]:
    """JPEG files of an astronaut (public domain, NASA) who sways before the camera, one a second."""
    import cv2
    import numpy as np

    generator = np.random.default_rng(seed)
    picture = _astronaut()
    made = []
    for second in range(frames):
        left, top = 20 + round(2 * np.sin(second * 1.3)), 6 + round(np.cos(second * 0.9))
        shown = cv2.resize(picture[top : top + 360, left : left + 480], SIZE, interpolation=cv2.INTER_AREA)
        made.append(_jpeg(np.clip(shown + generator.normal(0, NOISE, shown.shape), 0, 255).astype(np.uint8)))
    return made


def empty_clip(*, frames: int = FRAMES, seed: int = 2) -> list[bytes]:
    """JPEG files of a lit wall with nobody before it."""
    import cv2
    import numpy as np

    generator = np.random.default_rng(seed)
    wall = np.tile(np.linspace(90, 190, SIZE[0]), (SIZE[1], 1))[:, :, None] * np.array((0.92, 0.97, 1.0))
    cv2.rectangle(wall, (215, 40), (285, 190), (70.0, 96.0, 122.0), -1)
    return [
        _jpeg(np.clip(wall + generator.normal(0, 2 * NOISE, wall.shape), 0, 255).astype(np.uint8))
        for _ in range(frames)
    ]


def _astronaut() -> Pixels:
    import cv2
    import numpy as np

    found = find_spec("skimage")
    picture = None
    if found is not None and found.origin is not None:
        picture = cv2.imread(str(Path(found.origin).parent / "data" / "astronaut.png"))
    if picture is None:
        raise click.ClickException(
            "The bench needs the picture that scikit-image ships: install the test packages."
        )
    return np.asarray(picture, np.uint8)


def _jpeg(picture: Pixels) -> bytes:
    import cv2

    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise click.ClickException("The clip could not be encoded.")
    return data.tobytes()
