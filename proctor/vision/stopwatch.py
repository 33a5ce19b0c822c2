# SPDX-License-Identifier: Apache-2.0
"""How long each stage of a look took. Nothing else is measured here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

Found = TypeVar("Found")


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds by stage: of elapsed time, unless another clock (in seconds) is given."""

    ms: dict[str, float] = field(default_factory=dict)
    clock: Callable[[], float] = time.perf_counter

    def time(self, stage: str, act: Callable[[], Found]) -> Found:
        """Do it and add what it took."""
        started = self.clock()
        try:
            return act()
        finally:
            spent = (self.clock() - started) * 1000
            self.ms[stage] = self.ms.get(stage, 0.0) + spent
