# SPDX-License-Identifier: Apache-2.0
"""Puts the networks of a check-in together: those that find, measure and compare faces, and no others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from core.errors import Unavailable
from proctor.analysing import IDENTITY_NETWORKS
from proctor.checkin.looking import FaceLooker
from proctor.model_store import load_model
from proctor.vision.analysis import Networks
from proctor.vision.blazeface import BlazeFaceDetector
from proctor.vision.landmarks import FaceMeshNetwork, IrisNetwork

Network = TypeVar("Network")


def load_looker(models: Path, *, identity: str = "mobilefacenet") -> FaceLooker:
    """A looker of its own; without mesh, iris or identity there are no challenges or no enrolment.

    Raises Unavailable: `model_missing` for the faces; `model_hash_mismatch` and `model_unreadable` for any.
    """
    return FaceLooker(
        Networks(
            faces=BlazeFaceDetector(load_model(models, "blazeface-full-range")),
            mesh=_optional(models, "face-mesh", FaceMeshNetwork),
            iris=_optional(models, "iris", IrisNetwork),
            identity=_optional(models, identity, IDENTITY_NETWORKS[identity]),
        )
    )


def _optional(models: Path, name: str, make: Callable[[bytes], Network]) -> Network | None:
    try:
        return make(load_model(models, name))
    except Unavailable as error:
        if error.code != "model_missing":
            raise
        return None
