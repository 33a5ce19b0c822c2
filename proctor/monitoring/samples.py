# SPDX-License-Identifier: Apache-2.0
"""One frame a minute of everybody, written by a thread of its own, a few at a time: no frame and no answer waits for it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import structlog

from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor, Store, UnitOfWork
from proctor.evidence.model import KeptFrame
from proctor.incidents.model import SessionRef
from proctor.monitoring.queries import is_taken_back

log = structlog.get_logger(__name__)

KeepSample = Callable[[UnitOfWork, SessionRef, KeptFrame], object]

AT_ONCE = 4
"""Samples in one unit of work, which on SQLite keeps answers waiting as long."""
MOST_WAITING = 1000
"""Beyond it (the disk is full, the database away) the oldest are let go and counted."""


class SampleKeeper:
    """Takes samples in from any thread and writes them."""

    def __init__(self, store: Store, keep: KeepSample) -> None:
        self._store, self._keep = store, keep
        self._lock = threading.Lock()
        self._waiting: deque[tuple[SessionRef, KeptFrame]] = deque()
        self.lost = 0

    def offer(self, session: SessionRef, kept: KeptFrame) -> None:
        """Have a frame written soon; never waits for the database."""
        with self._lock:
            self._waiting.append((session, kept))
            if len(self._waiting) > MOST_WAITING:
                self._waiting.popleft()
                self.lost += 1

    def forget(self, session_id: str) -> None:
        """Let go what waits of a session whose learner took the consent back."""
        with self._lock:
            self._waiting = deque(one for one in self._waiting if one[0].session_id != session_id)

    def save(self) -> int:
        """Write what waits; how many were dealt with. What cannot be written now stays for the next time."""
        saved = 0
        while some := self._take():
            try:
                with self._store.write(Actor.system()) as uow:
                    for session, kept in some:
                        self._write(uow, session, kept)
            except (NotFound, Conflict, Invalid) as refusal:  # it would be refused for ever
                saved += self._one_by_one(some, refusal.code)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next try may go well
                with self._lock:
                    self._waiting.extendleft(reversed(some))
                log.error("samples_not_saved", error=type(error).__name__, waiting=len(self._waiting))
                return saved
            else:
                saved += len(some)
        return saved

    def run(self, stopping: threading.Event, *, every_seconds: float = 1.0) -> None:
        """Write until told to stop, and then what still waits."""
        while not stopping.wait(every_seconds):
            self.save()
        self.save()

    def _write(self, uow: UnitOfWork, session: SessionRef, kept: KeptFrame) -> None:
        if not is_taken_back(uow, session.session_id):
            self._keep(uow, session, kept)

    def _take(self) -> list[tuple[SessionRef, KeptFrame]]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]

    def _one_by_one(self, some: list[tuple[SessionRef, KeptFrame]], code: str) -> int:
        """One of them is refused: write the others; how many were."""
        saved = 0
        for session, kept in some:
            try:
                with self._store.write(Actor.system()) as uow:
                    self._write(uow, session, kept)
                saved += 1
            except (NotFound, Conflict, Invalid) as refusal:
                self.lost += 1
                log.error("sample_refused", session=session.session_id, code=refusal.code)
        return saved
