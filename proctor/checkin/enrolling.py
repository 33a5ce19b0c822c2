# SPDX-License-Identifier: Apache-2.0
"""Which looks at a face are enrolled, and how what was learned is written down. Pure: no storage, no names.

The written form is encrypted by whoever stores it; nothing of it may reach a log or an event.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.errors import Invalid, Unavailable
from proctor.rules import baseline as baselines
from proctor.rules.baseline import Baseline
from proctor.vision.identity import mean_of, normalised
from proctor.vision.litert import Floats

FEWEST, MOST = 3, 5
"""Fewer looks enrol nobody: one picture is no face to compare with (docs/models)."""
MOST_CANDIDATES = 14
SAME_RUN = 0.5
"""A look less alike to the middle of its own run than this is not enrolled: it was turned, blurred, or somebody else's."""
VERSION = 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A look that could be enrolled: how sharp the face is (a higher number is sharper), and its vector of length one."""

    sharpness: float
    vector: Floats


@dataclass(frozen=True, slots=True)
class Learned:
    """What a check-in leaves behind: the learner's own baseline, or None, and 3 to 5 vectors of the face, or none.

    `network` is the hash of the weights that made the vectors; those of other weights cannot be compared with them.
    """

    baseline: Baseline | None = None
    vectors: tuple[Floats, ...] = field(default=())
    network: str | None = None

    @property
    def enrolled(self) -> Floats | None:
        """The middle of the vectors, of length one; None with fewer than three, and identity is then "not available"."""
        return mean_of(self.vectors) if len(self.vectors) >= FEWEST else None


def choose(candidates: Sequence[Candidate]) -> tuple[Floats, ...]:
    """Three to five vectors: of the sharper half, those furthest from each other.

    None when fewer than three looks belong together.
    """
    if len(candidates) < FEWEST:
        return ()
    middle = mean_of([one.vector for one in candidates])
    alike = [one for one in candidates if float(one.vector @ middle) >= SAME_RUN]
    if len(alike) < FEWEST:
        return ()
    alike.sort(key=lambda one: -one.sharpness)
    left = alike[: max(MOST, (len(alike) + 1) // 2)]
    chosen = [left.pop(0)]
    while left and len(chosen) < MOST:
        nearest = [max(float(one.vector @ other.vector) for other in chosen) for one in left]
        chosen.append(left.pop(int(np.argmin(nearest))))
    return tuple(one.vector for one in chosen)


def to_bytes(learned: Learned) -> bytes:
    """As it is stored, before encryption."""
    document = {
        "version": VERSION,
        "baseline": None if learned.baseline is None else baselines.to_json(learned.baseline),
        "vectors": [[round(float(value), 6) for value in vector] for vector in learned.vectors],
        "network": learned.network,
    }
    return json.dumps(document).encode()


def from_bytes(data: bytes) -> Learned:
    """What `to_bytes` wrote. Raises Unavailable(`check_in_damaged`)."""
    try:
        document: dict[str, Any] = json.loads(data)
        if document["version"] != VERSION:
            raise ValueError(document["version"])
        baseline = None if document["baseline"] is None else baselines.from_json(document["baseline"])
        vectors = tuple(normalised(np.asarray(vector, np.float32)) for vector in document["vectors"])
    except (KeyError, TypeError, ValueError, Invalid) as error:
        raise Unavailable("check_in_damaged") from error
    return Learned(baseline, vectors, document.get("network"))
