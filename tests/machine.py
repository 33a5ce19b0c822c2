# SPDX-License-Identifier: Apache-2.0
"""A machine whose clock can be set, as an operator or a time server does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.clock import SystemClock


@dataclass(slots=True)
class Machine:
    """``wall`` and ``count`` are what the system would answer; ``up`` is how long it has been up."""

    at: float
    up: float = 1_000.0

    def wall(self) -> float:
        return self.at

    def count(self) -> float:
        return self.up

    def pass_(self, seconds: float) -> None:
        """Time goes by."""
        self.at += seconds
        self.up += seconds

    def set(self, seconds: float) -> None:
        """Its clock is moved; no time goes by."""
        self.at += seconds

    def clock(self, offset: float | None = None) -> SystemClock:
        """A clock of a process on it."""
        return SystemClock(offset, wall=self.wall, count=self.count)


def machine_at(at: datetime) -> Machine:
    return Machine(at.timestamp())
