# SPDX-License-Identifier: Apache-2.0
"""Turns at the interpreter: it runs one thread at a time, and threads that jostle for it lose much of the time to each other.

Every step of SQLite, every read and write lets another thread in; where a second core is idle, that one comes at once and the
first has to wait for it: up to ten changes of thread for each that was needed. So whoever has work for the interpreter takes a
turn, and steps aside while it waits for a disk, a lock or another thread. Nothing depends on it but time: a turn that is not
given back for long is no reason to wait.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LONG_SECONDS: Final = 0.25
"""Who has had a turn for so long waits for something or has much to do; then the next one goes beside them."""
LONG_FOR_URGENT: Final = 0.008
"""The same, where the next one is urgent: it has little to do."""


class Turn:
    """Somebody's turn; until it is given, `given` is locked."""

    __slots__ = ("given", "is_wanted", "since")

    def __init__(self) -> None:
        self.given = threading.Lock()
        self.given.acquire()
        self.is_wanted = True
        self.since = 0.0


class Turns:
    """So many turns at once; the urgent first, else in the order in which they were asked for."""

    def __init__(self, places: int = 1) -> None:
        self._places = places
        self._lock = threading.Lock()
        self._running: list[Turn] = []
        self._urgent: deque[Turn] = deque()
        self._waiting: deque[Turn] = deque()
        self._own = threading.local()

    @property
    def places(self) -> int:
        """How many go at once."""
        return self._places

    @places.setter
    def places(self, places: int) -> None:
        with self._lock:
            self._places = places

    @property
    def held(self) -> bool:
        """Whether this thread has a turn."""
        return getattr(self._own, "turn", None) is not None

    @contextmanager
    def taken(self, *, urgent: bool = False) -> Iterator[None]:
        """Wait for a turn and have it for the block; who has one already keeps it."""
        if self.held:
            yield
            return
        self._own.turn = self._take(urgent=urgent)
        try:
            yield
        finally:
            self.leave()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let others go while the block waits for something; then take the turn again, if there was one."""
        with self.kept():
            self.leave()
            yield

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Whatever the block does with this thread's turn, it has one again afterwards, if there was one."""
        had = self.held
        try:
            yield
        finally:
            if had and not self.held:
                self._own.turn = self._take(urgent=True)  # it may hold what others wait for

    def leave(self) -> None:
        """Give the turn of this thread to the next one; nothing where it has none."""
        turn = getattr(self._own, "turn", None)
        if turn is None:
            return
        self._own.turn = None
        self._forget(turn)  # where it was long its place was taken already

    @contextmanager
    def parked(self, turn: Turn, *, timeout: float) -> Iterator[None]:
        """Step aside in the block; then wait until another thread has called `turn` back and it has come.

        One wait for both: a thread that waits for an answer is woken once. Raises TimeoutError after ``timeout`` seconds.
        """
        had = self.held
        self.leave()
        try:
            yield
            self._wait(turn, LONG_SECONDS, until=time.monotonic() + timeout)
            self._own.turn = turn
        finally:
            if not self.held:
                self._forget(turn)
            if not had:
                self.leave()
            elif not self.held:
                self._own.turn = self._take(urgent=True)

    def call_back(self, turn: Turn) -> None:
        """Let a parked thread go on as soon as there is a place."""
        with self._lock:
            self._urgent.append(turn)
            self._let_in()

    def _take(self, *, urgent: bool) -> Turn:
        turn = Turn()
        with self._lock:
            (self._urgent if urgent else self._waiting).append(turn)
            self._let_in()
        self._wait(turn, LONG_FOR_URGENT if urgent else LONG_SECONDS)
        return turn

    def _wait(self, turn: Turn, long: float, *, until: float = math.inf) -> None:
        """Until the turn has come; looks less and less often whether somebody has one for long: others in the row look too."""
        pause = long
        while not turn.given.acquire(timeout=max(0.0, min(pause, until - time.monotonic()))):
            if time.monotonic() >= until:
                raise TimeoutError
            self._push_in(long)
            pause = min(2 * pause, 1.0)

    def _forget(self, turn: Turn) -> None:
        with self._lock:
            turn.is_wanted = False
            if turn in self._running:
                self._running.remove(turn)
                self._let_in()

    def _push_in(self, long: float) -> None:
        """Take the places of those who have had them for long."""
        with self._lock:
            before = time.monotonic() - long
            self._running = [turn for turn in self._running if turn.since > before]
            self._let_in()

    def _let_in(self) -> None:
        while len(self._running) < self._places and (self._urgent or self._waiting):
            turn = (self._urgent or self._waiting).popleft()
            if turn.is_wanted:
                turn.since = time.monotonic()
                self._running.append(turn)
                turn.given.release()


TURNS = Turns()
"""Of this process: it has one interpreter."""
