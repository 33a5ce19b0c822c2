# SPDX-License-Identifier: Apache-2.0
"""What the pipeline is told of one learner before it watches. How it came to be known is not its business. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from proctor.rules.baseline import Baseline
from proctor.vision.observation import Floats


class Mode(StrEnum):
    """How closely is looked: every frame, the same with dearer looks more rarely, or mostly by the learner's browser."""

    FULL = "full"
    ECONOMY = "economy"
    PREFILTERED = "prefiltered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """One learner's own baseline, enrolled face (a vector of length one) and exemptions (names of profiles), and the plan.

    `voice` and `prefilter` say what the learner's browser was asked to do. `missing` names networks that are not there
    (as `Detector.models` does), so that their rules say "not available"; `thin` says that pictures are too small to
    tell things; `movements` that some are asked for during the test; `enrolled_by` is the hash of the network that made
    the enrolled face, where it is known. Whoever is watched in that mode is pre-filtered, and the other way round.
    """

    baseline: Baseline | None = None
    enrolled: Floats | None = None
    exemptions: frozenset[str] = frozenset()
    mode: Mode = Mode.FULL
    voice: bool = False
    prefilter: bool = False
    missing: frozenset[str] = frozenset()
    objects: bool = True
    thin: bool = False
    enrolled_by: str | None = None
    movements: bool = False

    def __post_init__(self) -> None:
        if self.prefilter or self.mode is Mode.PREFILTERED:
            object.__setattr__(self, "prefilter", True)
            object.__setattr__(self, "mode", Mode.PREFILTERED)


NOTHING_KNOWN = Watching()
