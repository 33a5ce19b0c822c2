# SPDX-License-Identifier: Apache-2.0
"""Signs of life of running tests, kept in this process and written down in bundles. No page, no rule of time is here.

A learner's polls reach one process (the live channel needs that too), so the gaps between them are seen here alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from assessor import api as assessor
from core.uow import UnitOfWork

FLUSH_SECONDS = 10.0
FORGET_AFTER = timedelta(hours=6)


class PresenceBoard:
    """Who was heard of when; notes are cheap, and `flush` writes what is new since the last one.

    ``load`` gives what an earlier process wrote; it is asked once, at the first note or flush, so that the time in which
    the server itself was away counts as an outage as well.
    """

    def __init__(self, load: Callable[[], list[assessor.Presence]]) -> None:
        self._load = load
        self._loaded = False
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], assessor.Presence] = {}
        self._working: dict[str, assessor.Presence] = {}
        self._known: set[tuple[str, str]] = set()
        self._held: set[tuple[str, str]] = set()
        self._fresh: set[tuple[str, str]] = set()
        self._lost: list[tuple[str, assessor.Outage]] = []

    def note(self, attempt_id: str, *, device: str, at: datetime, pending: int, working: bool) -> bool:
        """A page was heard of. ``working``: it holds the lease of a running attempt, so a gap before it is an outage.

        True when a device that lost it says for the first time that nothing waits there: the holder has to hear of it.
        """
        if not device:
            return False
        beat = assessor.Presence(attempt_id=attempt_id, device=device, seen_at=at, pending=pending)
        with self._lock:
            self._ensure_loaded()
            key = (attempt_id, device)
            earlier = self._seen.get(key)
            self._seen[key] = beat
            self._fresh.add(key)
            if not working:
                lost, waited = key in self._held, earlier is not None and earlier.pending > 0
                self._held.discard(key)
                return pending == 0 and (lost or waited)
            self._held.add(key)
            before = self._working.get(attempt_id)
            self._working[attempt_id] = beat
            if before is not None and assessor.is_lost(seen_at=before.seen_at, back_at=at):
                outage = assessor.Outage(device=before.device, lost_at=before.seen_at, back_at=at)
                self._lost.append((attempt_id, outage))
        return False

    def holds(self, attempt_id: str, device: str) -> None:
        """A device took the lease; it counts as having held it even if its line is cut before its next word."""
        with self._lock:
            self._held.add((attempt_id, device))

    def last_of(self, attempt_id: str, device: str) -> assessor.Presence | None:
        """What this process knows of a device; None when it never heard of it."""
        with self._lock:
            return self._seen.get((attempt_id, device))

    @property
    def has_news(self) -> bool:
        """Whether anything waits to be written."""
        with self._lock:
            return bool(self._fresh or self._lost)

    def flush(self, uow: UnitOfWork) -> Callable[[], None]:
        """Write what is new; call what is returned once that is durable. What fails is written the next time."""
        with self._lock:
            self._ensure_loaded()
            fresh, lost = sorted(self._fresh), list(self._lost)
            seen, known = [self._seen[key] for key in fresh], frozenset(self._known)
        assessor.store_presences(uow, seen, known=known)
        assessor.store_outages(uow, lost)

        def written() -> None:
            with self._lock:
                self._known |= set(fresh)
                del self._lost[: len(lost)]
                for key, one in zip(fresh, seen, strict=True):
                    if self._seen.get(key) == one:
                        self._fresh.discard(key)
            self.forget(uow.now)

        return written

    def forget(self, now: datetime) -> None:
        """Let go of who was not heard of for six hours."""
        with self._lock:
            for key in [key for key, one in self._seen.items() if now - one.seen_at > FORGET_AFTER]:
                del self._seen[key]
                self._fresh.discard(key)
                self._held.discard(key)
            gone = [one for one, beat in self._working.items() if now - beat.seen_at > FORGET_AFTER]
            for attempt_id in gone:
                del self._working[attempt_id]

    def _ensure_loaded(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        for one in self._load():
            key = (one.attempt_id, one.device)
            self._known.add(key)
            self._held.add(key)
            self._seen.setdefault(key, one)
            held = self._working.get(one.attempt_id)
            if held is None or held.seen_at < one.seen_at:
                self._working[one.attempt_id] = one
