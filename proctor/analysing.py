# SPDX-License-Identifier: Apache-2.0
"""Puts the networks of the lock together, and an analysis into the words of the command's contract.

What is seen is worked out in `proctor.vision`; nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog

from core.errors import Unavailable
from proctor.model_store import load_model
from proctor.picture_files import Frame
from proctor.vision.analysis import Analysis, Networks
from proctor.vision.blazeface import BlazeFaceDetector
from proctor.vision.centerface import CenterFaceDetector
from proctor.vision.dlib_identity import DlibEmbedder
from proctor.vision.identity import Embedder, MobileFaceNetEmbedder
from proctor.vision.landmarks import FaceMeshNetwork, IrisNetwork
from proctor.vision.looking import LookingDetector
from proctor.vision.objects import SIDE, NanoDetDetector
from proctor.vision.observation import Box

log = structlog.get_logger(__name__)

Network = TypeVar("Network")

IDENTITY_NETWORKS: dict[str, Callable[[bytes], Embedder]] = {
    "mobilefacenet": MobileFaceNetEmbedder,
    "dlib-resnet": DlibEmbedder,
}

_STAGES = {
    "faces": ("faces", "second_opinion"),
    "mesh": ("mesh", "pose", "iris"),
    "identity": ("identity",),
    "objects": ("objects",),
    "tamper": ("tamper",),
}


LIVE_OBJECT_SIDE = 320
"""Pixels of the square that is searched for things on the live line: with a fitting height, half the work of the full 416."""


def load_live_detector(models_dir: Path, *, identity: str = "mobilefacenet") -> LookingDetector:
    """The detector of one thread of the live line: the same weights, shown smaller pictures where that costs little.

    Raises Unavailable as `load_networks` does; a network that is not there is "not available" wherever it is needed.
    """
    import cv2

    cv2.setNumThreads(1)  # pictures so small are not worth sharing; the workers are the threads
    networks, missing = load_live_networks(models_dir, identity=identity)
    if missing:
        log.warning("models_missing", models=missing)
    return LookingDetector(networks)


def load_live_networks(models_dir: Path, *, identity: str = "mobilefacenet") -> tuple[Networks, list[str]]:
    """As `load_networks`, shown the pictures that the live line shows them: whose accuracy is told must be what runs."""
    return load_networks(models_dir, identity=identity, fits_shape=True, object_side=LIVE_OBJECT_SIDE)


def load_networks(
    models_dir: Path,
    *,
    identity: str = "mobilefacenet",
    fits_shape: bool = False,
    object_side: int = SIDE,
) -> tuple[Networks, list[str]]:
    """The networks of one thread, and the names of models that are not there; `identity` is one of IDENTITY_NETWORKS.

    `fits_shape` and `object_side` (pixels) make faces and things cheaper to find: see their detectors.
    Raises Unavailable: `model_missing` for the faces, without which nothing is seen; `model_hash_mismatch` and
    `model_unreadable` for any.
    """
    missing = list[str]()

    def optional(name: str, make: Callable[[bytes], Network]) -> Network | None:
        try:
            return make(load_model(models_dir, name))
        except Unavailable as error:
            if error.code != "model_missing":
                raise
            missing.append(name)
            return None

    networks = Networks(
        faces=BlazeFaceDetector(load_model(models_dir, "blazeface-full-range"), fits_shape=fits_shape),
        second_opinion=optional("centerface", CenterFaceDetector),
        mesh=optional("face-mesh", FaceMeshNetwork),
        iris=optional("iris", IrisNetwork),
        identity=optional(identity, IDENTITY_NETWORKS[identity]),
        objects=optional("nanodet", partial(NanoDetDetector, side=object_side, fits_shape=fits_shape)),
    )
    return networks, missing


def describe(path: str, frame: Frame, analysis: Analysis, *, still: bool | None) -> dict[str, Any]:
    """One line of `kasauti proctor analyse`: boxes in pixels of the original picture, times in milliseconds.

    `persons` and `objects` are null where the network is not available; `frozen` is null where there is nothing to
    compare with.
    """
    scale = frame.picture.scale
    pose, gaze, likeness, tamper = analysis.pose, analysis.gaze, analysis.likeness, analysis.tamper
    things = analysis.things
    ms = {
        stage: round(sum(analysis.ms.get(part, 0.0) for part in parts), 2) for stage, parts in _STAGES.items()
    }
    ms = {"decode": round(frame.decode_ms, 2), **ms}
    return {
        "path": path,
        "frame": frame.number,
        "at_seconds": None if frame.at_seconds is None else round(frame.at_seconds, 3),
        "width": frame.picture.width,
        "height": frame.picture.height,
        "faces": [{"box": _box(face.box, scale), "score": round(face.score, 3)} for face in analysis.faces],
        "face_count": len(analysis.faces),
        "persons": analysis.persons,
        "objects": None
        if things is None
        else [
            {"label": thing.label.value, "score": round(thing.score, 3), "box": _box(thing.box, scale)}
            for thing in things
        ],
        "pose": None
        if pose is None
        else {"yaw": round(pose.yaw, 1), "pitch": round(pose.pitch, 1), "roll": round(pose.roll, 1)},
        "gaze": None
        if gaze is None
        else {
            "horizontal": round(gaze.horizontal, 3),
            "vertical": round(gaze.vertical, 3),
            "left_open": round(gaze.left_open, 3),
            "right_open": round(gaze.right_open, 3),
        },
        "identity": None
        if likeness is None
        else {"similarity": round(likeness.similarity, 4), "same": likeness.same},
        "tamper": {
            "dark": tamper.dark,
            "covered": tamper.covered,
            "blurred": tamper.blurred,
            "frozen": still,
        },
        "ms": {**ms, "total": round(sum(ms.values()), 2)},
    }


def _box(box: Box, scale: tuple[float, float]) -> list[float]:
    across, down = scale
    return [
        round(value, 1) for value in (box.x * across, box.y * down, box.width * across, box.height * down)
    ]
