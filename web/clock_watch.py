# SPDX-License-Identifier: Apache-2.0
"""When the clock of the machine is set while tests run: it is seen, said, and followed as soon as nobody loses by it.

How time is carried meanwhile is ``core.clock``'s; what a deadline is, ``assessor.attempts.timing``'s.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from assessor import api as assessor
from core.audit import newest_instant
from core.clock import STEP_SECONDS, Clock, SystemClock
from core.uow import Actor, Store

log = structlog.get_logger(__name__)

FILE = "clock.json"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(slots=True)
class ClockWatch:
    """Looks at the machine's clock once in each round of the worker.

    A correction of up to ``STEP_SECONDS`` is followed at once, without the time ever going back. A jump is followed when no
    attempt can lose by it: none runs, or (ahead) all that run are paused, for a pause is given back whole. Until then the
    platform's time goes on as before, also in processes that are started meanwhile: ``var`` keeps what they need.
    """

    clock: Clock
    store: Store
    var: Path
    _said: float = 0.0
    _kept: float | None = None
    _is_begun: bool = False

    def look(self) -> None:
        """See whether the machine's clock was set, and do what can be done about it."""
        if not self._is_begun:
            self._is_begun = True
            self._compare_with_records()
        ahead = self.clock.ahead()
        if abs(ahead) <= STEP_SECONDS:
            self._said = 0.0
            self.clock.follow()
        elif self._follow_jump(ahead):
            self._said = 0.0
            log.warning("clock_followed", by_seconds=round(ahead))
        elif abs(ahead - self._said) > STEP_SECONDS:
            self._said = ahead
            log.error("clock_jumped", ahead_seconds=round(ahead), until="no test runs, or all are paused")
        self._keep()

    def trouble(self) -> dict[str, Any]:
        """What the health page says of the clock: nothing, or ``clock`` and ``clock_ahead_seconds``."""
        ahead = self.clock.ahead()
        return {} if abs(ahead) <= STEP_SECONDS else {"clock": "jumped", "clock_ahead_seconds": round(ahead)}

    def _follow_jump(self, ahead: float) -> bool:
        """True where nobody loses by it; nobody begins between the look and the step, for both are in one writing unit."""
        with self.store.write(Actor.system()) as uow:
            if assessor.anybody_runs(uow, paused_too=ahead < 0):
                return False
            self.clock.follow()
        return True

    def _compare_with_records(self) -> None:
        """A machine that came up with a clock of the past: nothing tells the right time, but a person can."""
        with self.store.read(Actor.system()) as uow:
            newest, now = newest_instant(uow), uow.now
        if newest is not None and (newest - now).total_seconds() > STEP_SECONDS:
            log.error("clock_behind_records", by_seconds=round((newest - now).total_seconds()))

    def _keep(self) -> None:
        """Write down the time that is carried, where it is another than before."""
        if isinstance(self.clock, SystemClock) and _differ(self._kept, self.clock.offset):
            boot = _boot()
            if boot:
                self._kept = self.clock.offset
                fresh = self.var / f"{FILE}.{os.getpid()}"
                with suppress(OSError):  # a full disk must not end the round; the next one tries again
                    fresh.write_text(json.dumps({"boot": boot, "offset": self._kept}), "utf-8")
                    fresh.replace(self.var / FILE)


def carried_clock(var: Path) -> SystemClock:
    """The clock of a new process: the machine's, or the one that another carries past a jump since the machine was started."""
    clock = SystemClock()
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads((var / FILE).read_text("utf-8"))
        earlier = SystemClock(float(kept["offset"]))
        if kept["boot"] == _boot() and abs(earlier.ahead()) > STEP_SECONDS:
            return earlier
    return clock


def _differ(kept: float | None, offset: float) -> bool:
    return kept is None or abs(kept - offset) > STEP_SECONDS / 5


def _boot() -> str:
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""
