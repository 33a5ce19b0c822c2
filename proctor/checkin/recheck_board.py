# SPDX-License-Identifier: Apache-2.0
"""The rechecks of all running tests, in the memory of this process. After a restart new moments are drawn."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from core.ids import seed, seeded
from proctor.checkin.rechecks import Rechecks, ask, plan_rechecks, see, show
from proctor.rules.inputs import LivenessChecked, Sight

LONG_OVER = timedelta(hours=6)
"""After its end a test may have been given more time; then its rechecks are forgotten when another one begins."""


class RecheckBoard:
    """Told by the line when a page can be asked something, and by the pipeline what its frames show."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._running = dict[str, Rechecks]()
        self._ends = dict[str, datetime]()

    def begin(
        self,
        session_id: str,
        *,
        yaw: float | None,
        exemptions: frozenset[str],
        starts_at: datetime,
        ends_at: datetime,
    ) -> None:
        """Draw the moments of a test; repeating it changes nothing."""
        with self._guard:
            if session_id in self._running:
                return
            for name in [name for name, end in self._ends.items() if end + LONG_OVER < starts_at]:
                self._drop(name)
            planned = plan_rechecks(
                yaw=yaw,
                exemptions=exemptions,
                starts_at=starts_at,
                ends_at=ends_at,
                draw=seeded(seed()),
            )
            if planned is not None:
                self._running[session_id] = planned
                self._ends[session_id] = ends_at

    def asked(self, session_id: str, *, at: datetime) -> str | None:
        """What the page shows now: `turn_left`, `turn_right` or nothing."""
        with self._guard:
            state = self._running.get(session_id)
            if state is None:
                return None
            state = self._running[session_id] = ask(state, at=at)
            return None if state.asked is None else state.asked.value

    def shown(self, session_id: str, *, at: datetime) -> None:
        """The page says that the card is on the screen; where nothing is asked for that changes nothing."""
        with self._guard:
            state = self._running.get(session_id)
            if state is not None:
                self._running[session_id] = show(state, at=at)

    def is_awaited(self, session_id: str) -> bool:
        """Whether a card is on the screen, so that every picture is to be looked at for the turn."""
        with self._guard:
            state = self._running.get(session_id)
            return state is not None and state.shown_at is not None

    def see(self, session_id: str, sight: Sight) -> LivenessChecked | None:
        """What a frame shows of what is asked for; the event for people when that is settled."""
        with self._guard:
            state = self._running.get(session_id)
            if state is None:
                return None
            self._running[session_id], told = see(state, sight)
            return told

    def forget(self, session_id: str) -> None:
        """The watching is over; an unknown session changes nothing."""
        with self._guard:
            self._drop(session_id)

    def _drop(self, session_id: str) -> None:
        self._running.pop(session_id, None)
        self._ends.pop(session_id, None)
