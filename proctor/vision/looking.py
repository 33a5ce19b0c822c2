# SPDX-License-Identifier: Apache-2.0
"""The detector of the live line: every network there is, each only when it is wanted. Keeps nothing between two frames.

What is wanted when is decided elsewhere; the accuracy-first look at a single picture is `proctor.vision.analysis`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from proctor.vision.analysis import MESH_SCORE, Networks, Settled, largest_of, settle_faces
from proctor.vision.frames import Pixels
from proctor.vision.gaze import find_gaze
from proctor.vision.landmarks import FaceMesh
from proctor.vision.observation import FACES_ONLY, Floats, Gaze, Observation, Pose, Thing, Wanted
from proctor.vision.pose import head_pose
from proctor.vision.stopwatch import Stopwatch
from proctor.vision.tamper import measure_tamper, small_grey

Found = TypeVar("Found")


class LookingDetector:
    """Looks with the networks of one thread.

    A network that fails leaves what it was to find None and is named in `Observation.failed`; only a failure of the
    first one, which finds faces, is raised. `clock` (in seconds) is what `Observation.ms` is measured with.
    """

    def __init__(self, networks: Networks, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._networks, self._clock = networks, clock
        there = {
            "faces": networks.faces,
            "second_opinion": networks.second_opinion,
            "mesh": networks.mesh,
            "iris": networks.iris,
            "identity": networks.identity,
            "objects": networks.objects,
        }
        self._models = {name: each.model_sha256 for name, each in there.items() if each is not None}

    @property
    def model_sha256(self) -> str:
        """The hex SHA-256 of the weights that find faces."""
        return self._models["faces"]

    @property
    def models(self) -> Mapping[str, str]:
        """The hex SHA-256 of the weights by network, of those that are there."""
        return self._models

    def observe(self, frame: Pixels, at: datetime, seq: int, wanted: Wanted = FACES_ONLY) -> Observation:
        """Look at one decoded picture (height x width x 3, blue-green-red, at least 32 pixels each way)."""
        look = _Look(frame, self._networks, Stopwatch(clock=self._clock))
        watch = look.watch
        tamper = watch.time("tamper", lambda: measure_tamper(frame))
        greys = watch.time("tamper", lambda: small_grey(frame))
        settled = settle_faces(
            frame,
            self._networks,
            watch,
            always=wanted.second_opinion,
            known=wanted.settled,
            forgive=True,
            coarsely=wanted.coarsely,
        )
        if settled.failed:
            look.failed.add("second_opinion")
        pose, gaze, embedding = look.at_face(settled, wanted)
        things = look.for_things() if wanted.objects else None
        height, width = frame.shape[:2]
        return Observation(
            at=at,
            seq=seq,
            width=width,
            height=height,
            faces=settled.faces,
            tamper=tamper,
            ms=watch.ms,
            greys=greys,
            pose=pose,
            gaze=gaze,
            embedding=embedding,
            things=things,
            agreed=settled.agreed,
            failed=frozenset(look.failed),
        )


@dataclass(slots=True)
class _Look:
    """One look at one frame: the clock that runs along, and the networks that failed."""

    frame: Pixels
    networks: Networks
    watch: Stopwatch
    failed: set[str] = field(default_factory=set)

    def at_face(self, settled: Settled, wanted: Wanted) -> tuple[Pose | None, Gaze | None, Floats | None]:
        """What is wanted of the largest face."""
        networks, frame = self.networks, self.frame
        mesh = self._mesh(settled) if wanted.mesh or wanted.gaze or wanted.identity else None
        if mesh is None or mesh.score < MESH_SCORE:
            return None, None, None
        height, width = frame.shape[:2]
        pose = self._try("mesh", "pose", lambda: head_pose(mesh, width=width, height=height))
        gaze: Gaze | None = None
        embedding: Floats | None = None
        iris, identity = networks.iris, networks.identity
        if wanted.gaze and iris is not None:
            gaze = self._try("iris", "iris", lambda: find_gaze(iris.find_eyes(frame, mesh)))
        if wanted.identity and identity is not None:
            embedding = self._try("identity", "identity", lambda: identity.embed(frame, mesh))
        return pose, gaze, embedding

    def for_things(self) -> tuple[Thing, ...] | None:
        """Persons and things; None without the network, or when it failed."""
        objects = self.networks.objects
        if objects is None:
            return None
        return self._try("objects", "objects", lambda: objects.find_things(self.frame))

    def _mesh(self, settled: Settled) -> FaceMesh | None:
        network = self.networks.mesh
        if network is None or not settled.faces:
            return None
        face = largest_of(settled.faces)
        known = settled.meshes.get(face)
        if known is not None:
            return known
        return self._try("mesh", "mesh", lambda: network.find_points(self.frame, face))

    def _try(self, network: str, stage: str, act: Callable[[], Found]) -> Found | None:
        try:
            return self.watch.time(stage, act)
        except Exception:  # noqa: BLE001 - a network that breaks must not take the others' sight
            self.failed.add(network)
            return None
