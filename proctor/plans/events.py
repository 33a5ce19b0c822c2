# SPDX-License-Identifier: Apache-2.0
"""What happens to watch plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPlanSet(Event):
    """The subject is the sitting; `checks` are those that are made from now on."""

    name: ClassVar[str] = "watch_plan_set"
    checks: Sequence[str]
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionGranted(Event):
    """A person granted a profile to one learner's try. Neither the reason nor the proof stands here."""

    name: ClassVar[str] = "watch_exemption_granted"
    attempt_id: str
    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionEnded(Event):
    """An exemption was taken back before the test began."""

    name: ClassVar[str] = "watch_exemption_ended"
    attempt_id: str
    profile: str
