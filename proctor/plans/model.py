# SPDX-License-Identifier: Apache-2.0
"""The watch plan of a sitting: which checks are made, how often pictures are looked at. Pure; no storage, no words here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from core.errors import Conflict
from proctor.monitoring.watching import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPlan:
    """What is done beside the one face photo and the pictures during the test; as it stands here, nothing."""

    id_card: bool = False
    calibration: bool = False
    liveness: bool = False
    rechecks: bool = False
    objects: bool = False
    voice: bool = False
    prefilter: bool = False
    mode: Mode = Mode.FULL

    def __post_init__(self) -> None:
        if self.prefilter or self.mode is Mode.PREFILTERED:  # one choice, not two
            object.__setattr__(self, "prefilter", True)
            object.__setattr__(self, "mode", Mode.PREFILTERED)

    @property
    def checks_in(self) -> bool:
        """Whether the learner has steps to take before the camera of the test: more than the one face photo."""
        return self.id_card or self.calibration or self.liveness

    @property
    def compares_faces(self) -> bool:
        """Whether the face in the test is compared with the one at the start."""
        return self.calibration

    def to_json(self) -> dict[str, Any]:
        """As it is stored beside a session and in a notice."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"mode": self.mode.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> WatchPlan:
        """The plan of what `to_json` made; what it does not name is not done."""
        known: Mapping[str, bool] = {name: bool(stored.get(name)) for name in CHECKS}
        return cls(**known, mode=Mode(stored.get("mode", Mode.FULL)))


CHECKS: tuple[str, ...] = tuple(one.name for one in fields(WatchPlan) if one.name != "mode")
"""The checks of a plan, in the order in which a page lists them."""
NEEDS: Mapping[str, str] = MappingProxyType({"rechecks": "liveness", "liveness": "calibration"})
"""What a check cannot be made without."""

DEFAULT = WatchPlan()
"""A sitting of which nobody said anything: the photo at the start and the pictures of the test."""
OF_NEW_SITTINGS = WatchPlan(calibration=True, liveness=True, rechecks=True, objects=True)
"""What a new sitting begins with: decision 0012."""


def whole(plan: WatchPlan) -> WatchPlan:
    """The plan, or a refusal of one that asks for a check without what it rests on.

    Raises Conflict `plan_incomplete` (check=…, needs=…).
    """
    for check, needed in NEEDS.items():
        if getattr(plan, check) and not getattr(plan, needed):
            raise Conflict("plan_incomplete", check=check, needs=needed)
    return plan


def changed(before: WatchPlan, after: WatchPlan, *, settled: bool) -> bool:
    """Whether the plan is another one; refused once it is `settled`, since somebody agreed to the plan as it stood.

    Raises Conflict `plan_settled`, `plan_incomplete`.
    """
    if whole(after) == before:
        return False
    if settled:
        raise Conflict("plan_settled")
    return True
