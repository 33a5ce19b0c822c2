# SPDX-License-Identifier: Apache-2.0
"""One person who turns, blinks and speaks on request: the picture of `tests.clips`, bent along the points of its own face.

What the networks make of it is real; that people move like this is not claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from proctor.checkin.networks import load_looker
from proctor.vision.analysis import Networks
from proctor.vision.landmarks import FaceMesh
from tests import clips

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

SIZE = (640, 480)
MOVES = ("calm", "left", "right", "shut", "speaking")
DEGREES = 40.0
_EYES = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
_CORNERS = ((33, 133), (263, 362))


def moved(move: str, number: int = 0, *, size: tuple[int, int] = SIZE) -> Pixels:
    """The person in one move; `number` makes the pictures of a move differ, as a camera's do."""
    base = _pose(move if move != "speaking" else ("speaking" if number % 2 else "silent"))
    noise = np.random.default_rng(number).normal(0.0, 1.5, base.shape)
    shifted = np.roll(base, (number % 3, number % 2), (1, 0))
    picture = np.clip(shifted + noise, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


@cache
def jpeg(move: str, number: int = 0, *, size: tuple[int, int] = (480, 360)) -> bytes:
    """The same as a JPEG file, as the page sends it."""
    return clips.to_jpeg(moved(move, number, size=size), quality=75)


def write_mjpeg(path: Path, moves: Sequence[tuple[str, float]], *, rate: int = 30) -> Path:
    """A clip for a fake camera that plays at 30 frames a second: moves with their seconds."""
    with path.open("wb") as file:
        for frame in _encoded(moves, rate):
            file.write(frame)
    return path


def card(*, share: float = 0.16) -> Pixels:
    """A card (640 x 480, light, with lines of text) whose portrait's picture takes this share of the width."""
    picture = np.full((480, 640, 3), 70, np.uint8)
    cv2.rectangle(picture, (80, 110), (560, 400), (225, 230, 232), -1)
    wide = round(640 * share)
    portrait = cv2.resize(clips.astronaut()[0:280, 90:350], (wide, round(wide * 1.08)))
    picture[170 : 170 + portrait.shape[0], 110 : 110 + wide] = portrait
    for row, text in enumerate(("GOVERNMENT OF NOWHERE", "IDENTITY CARD", "ANY NAME", "0000 1111 2222")):
        place = (130 + wide, 190 + 45 * row)
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (40, 40, 40), 1, cv2.LINE_AA)
    return picture


def _encoded(moves: Sequence[tuple[str, float]], rate: int) -> Iterator[bytes]:
    kept = {
        move: [clips.to_jpeg(moved(move, number), quality=80) for number in range(6)] for move, _ in moves
    }
    for move, seconds in moves:
        for number in range(round(seconds * rate)):
            yield kept[move][number // 4 % 6]


@cache
def _pose(move: str) -> Pixels:
    base = clips.picture("present", size=SIZE)
    match move:
        case "calm" | "silent":
            return base
        case "left":
            return _turned(base, DEGREES)
        case "right":
            return _turned(base, -DEGREES)
        case "shut":
            return _shut(base, _mesh(base))
        case "speaking":
            return _open_mouth(base, _mesh(base))
        case _:
            raise ValueError(f"unknown move {move!r}; known: {', '.join(MOVES)}")


def _mesh(picture: Pixels) -> FaceMesh:
    networks = _networks()
    assert networks.mesh is not None
    return networks.mesh.find_points(picture, networks.faces.find_faces(picture)[0])


@cache
def _networks() -> Networks:
    return load_looker(clips.models_dir()).networks


def _turned(picture: Pixels, degrees: float) -> Pixels:
    """The points of the face turned about its upright axis, and the picture bent after them, in two halves."""
    angle = np.radians(degrees / 2)
    for _ in range(2):
        points = _mesh(picture).points.astype(np.float64)
        depth = points[:, 2] - np.percentile(points[:, 2], 90)
        middle = (points[234, 0] + points[454, 0]) / 2
        across = (points[:, 0] - middle) * np.cos(angle) - depth * np.sin(angle) + middle
        picture = _bent(picture, points[:, :2], np.stack((across, points[:, 1]), axis=1))
    return picture


def _bent(base: Pixels, source: Floats, goal: Floats) -> Pixels:
    """The picture bent so that points of `source` come to lie at `goal`; far from them it stays as it is."""
    height, width = base.shape[:2]
    step = 8
    ys, xs = np.mgrid[0:height:step, 0:width:step].astype(np.float64)
    grid = np.stack((xs.ravel(), ys.ravel()), axis=1)
    distance = ((grid[:, np.newaxis] - goal[np.newaxis]) ** 2).sum(axis=2)
    weights = np.exp(-distance / (2 * 9.0**2))
    anchor = np.exp(-(22.0**2) / (2 * 9.0**2))
    shift = (weights @ (source - goal)) / (weights.sum(axis=1, keepdims=True) + anchor)
    field = cv2.resize(
        shift.reshape(*ys.shape, 2).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    bent = cv2.remap(
        base, columns + field[..., 0], rows + field[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(bent, np.uint8)


def _shut(base: Pixels, mesh: FaceMesh) -> Pixels:
    """Skin in the place of the eyes, and the line of the lashes below it."""
    picture, points = base.copy(), mesh.points[:, :2]
    for outline, (outer, inner) in zip(_EYES, _CORNERS, strict=True):
        wide = float(np.linalg.norm(points[outer] - points[inner]))
        mask = np.zeros(base.shape[:2], np.uint8)
        cv2.fillPoly(mask, [points[list(outline)].astype(np.int32)], 255)
        mask = np.asarray(
            cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=max(1, int(wide * 0.06))), np.uint8
        )
        picture = np.asarray(cv2.inpaint(picture, mask, 3, cv2.INPAINT_TELEA), np.uint8)
        low = np.array((0.0, wide * 0.12))
        lashes = [points[outer] + low, (points[outer] + points[inner]) / 2 + low * 1.9, points[inner] + low]
        thickness = max(1, int(wide * 0.06))
        cv2.polylines(picture, [np.array(lashes, np.int32)], False, (40, 40, 60), thickness, cv2.LINE_AA)
    return picture


def _open_mouth(base: Pixels, mesh: FaceMesh) -> Pixels:
    points = mesh.points[:, :2]
    middle, wide = (points[13] + points[14]) / 2, float(np.linalg.norm(points[78] - points[308]))
    rows, columns = np.mgrid[0 : base.shape[0], 0 : base.shape[1]].astype(np.float32)
    near = ((columns - middle[0]) / (wide * 0.9)) ** 2 + ((rows - middle[1]) / (wide * 0.8)) ** 2
    stretched = middle[1] + (rows - middle[1]) * (1 - 0.6 * np.clip(1 - near, 0, 1))
    return np.asarray(cv2.remap(base, columns, stretched.astype(np.float32), cv2.INTER_LINEAR), np.uint8)
