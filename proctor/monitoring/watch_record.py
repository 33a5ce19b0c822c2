# SPDX-License-Identifier: Apache-2.0
"""How well a learner was watched: for how long each rule could see, and what became of the pictures. Pure; no words here.

Whoever looks afterwards must not take for clean what nobody looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from proctor.rules.alerts import RuleName
from proctor.rules.catalogue import Availability, Need

LONGEST_STEP = 6.0
"""Seconds between two ticks after which nothing is known of the time between them."""
SAVE_SECONDS = 300.0
FRAMES = ("looked", "claimed", "left_out", "late", "unreadable", "refused")


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the claims of the learner's page are believed: it was wrong so often, last at an instant; ended is for good."""

    ended: bool = False
    disagreed: int = 0
    doubted_at: datetime | None = None

    @classmethod
    def resumed(cls, stored: Mapping[str, Any]) -> Trust:
        """What `to_json` wrote; of nothing, trust."""
        at = stored.get("doubted_at")
        return cls(
            ended=bool(stored.get("ended")),
            disagreed=int(stored.get("disagreed", 0)),
            doubted_at=None if at is None else datetime.fromisoformat(at),
        )

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        at = None if self.doubted_at is None else self.doubted_at.isoformat()
        return {"ended": self.ended, "disagreed": self.disagreed, "doubted_at": at}


@dataclass(slots=True)
class WatchRecord:
    """Seconds by rule and standing, by mode and in all, while the line was alive; `why` has what a rule lacked.

    `earlier` are the frames counted before a restart, by the names of FRAMES. `trust` is what was written down of it last.
    """

    seconds: float = 0.0
    rules: dict[str, dict[str, float]] = field(default_factory=dict)
    modes: dict[str, float] = field(default_factory=dict)
    why: dict[str, set[str]] = field(default_factory=dict)
    earlier: dict[str, int] = field(default_factory=dict)
    last_at: datetime | None = None
    saved_at: datetime | None = None
    lacking: tuple[RuleName, ...] = ()
    trust: Trust = Trust()

    @classmethod
    def resumed(cls, stored: Mapping[str, Any]) -> WatchRecord:
        """The record that goes on after what `to_json` wrote; of nothing, a new one."""
        return cls(
            seconds=float(stored.get("seconds", 0.0)),
            rules={rule: dict(found) for rule, found in stored.get("rules", {}).items()},
            modes=dict(stored.get("modes", {})),
            why={rule: set(needs) for rule, needs in stored.get("why", {}).items()},
            earlier=dict(stored.get("frames", {})),
            trust=Trust.resumed(stored.get("trust", {})),
        )

    def pass_time(self, at: datetime, *, mode: str, standing: Mapping[RuleName, Availability]) -> None:
        """Count the time since the last tick under how the rules stand now."""
        step = 0.0 if self.last_at is None else (at - self.last_at).total_seconds()
        self.last_at = at
        self.saved_at = self.saved_at or at
        self.lacking = tuple(rule for rule, how in standing.items() if how is Availability.NOT_AVAILABLE)
        if not 0 < step <= LONGEST_STEP:
            return
        self.seconds += step
        self.modes[mode] = self.modes.get(mode, 0.0) + step
        for rule, how in standing.items():
            found = self.rules.setdefault(rule.value, {})
            found[how.value] = found.get(how.value, 0.0) + step

    def explain(self, rule: RuleName, needs: Collection[Need]) -> None:
        """The rule lacks these now."""
        self.why.setdefault(rule.value, set()).update(need.value for need in needs)

    def is_due(self, at: datetime) -> bool:
        """Whether it is time to write the record down; asking settles it."""
        if self.saved_at is None or (at - self.saved_at).total_seconds() < SAVE_SECONDS:
            return False
        self.saved_at = at
        return True

    def to_json(self, frames: Mapping[str, int], *, networks: Mapping[str, str]) -> dict[str, Any]:
        """As it is stored: seconds, frames by what became of them, and the hashes of the networks that looked."""
        return {
            "seconds": round(self.seconds, 1),
            "rules": {rule: _rounded(found) for rule, found in self.rules.items()},
            "modes": _rounded(self.modes),
            "why": {rule: sorted(needs) for rule, needs in self.why.items()},
            "frames": {name: self.earlier.get(name, 0) + frames.get(name, 0) for name in FRAMES},
            "networks": dict(networks),
            **({} if self.trust == Trust() else {"trust": self.trust.to_json()}),
        }


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in seconds.items()}
