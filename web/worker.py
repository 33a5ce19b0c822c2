# SPDX-License-Identifier: Apache-2.0
"""The embedded worker: drains the outbox, closes attempts whose time is over, writes down who was heard of.

One thread in the server process.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

import structlog

from assessor import api as assessor
from core.db import tidy_log
from core.events import Event
from core.outbox import Handler, drain
from core.turns import TURNS
from core.uow import Actor
from web.notices.postman import SLOW
from web.presence import FLUSH_SECONDS
from web.privacy import erasing, retention
from web.wiring import Services

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 2.0
PRIVACY_SECONDS = 900.0
"""Between two looks at what is over its period; they read a few columns of what is kept."""


class Worker:
    """Wakes on every commit that emitted something, and at least every two seconds."""

    def __init__(self, parts: Services, handlers: Mapping[str, Handler]) -> None:
        self._parts = parts
        self._handlers = handlers
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._flushed = parts.clock.monotonic()
        self._privacy_due = self._flushed
        parts.store.on_commit.append(self._noticed)

    def start(self) -> None:
        """Start the thread; after any fork."""
        self._thread = threading.Thread(target=self._run, name="kasauti-worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the present round."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self.flush_presence()

    def flush_presence(self) -> None:
        """Write down who was heard of since the last time."""
        parts = self._parts
        self._flushed = parts.clock.monotonic()
        if parts.presence.has_news:
            with parts.store.write(Actor.system()) as uow:
                written = parts.presence.flush(uow)
            written()

    def keep_privacy(self) -> None:
        """Delete what is over its period, and carry out the erasures whose notice is 48 hours old."""
        self._privacy_due = self._parts.clock.monotonic() + PRIVACY_SECONDS
        retention.sweep(self._parts)
        erasing.carry_out_due(self._parts)

    def round(self) -> None:
        """One round: look at the clock, close what is overdue, carry out what is due; at times write down who was heard of."""
        parts = self._parts
        parts.clock_watch.look()
        if parts.clock.monotonic() - self._flushed >= FLUSH_SECONDS:
            self.flush_presence()
        with parts.store.read(Actor.system()) as uow:
            overdue = assessor.has_overdue(uow, grace_seconds=parts.config.grace_seconds)
        if overdue:
            with parts.store.write(Actor.system()) as uow:
                assessor.close_overdue(uow, grace_seconds=parts.config.grace_seconds)
        while drain(parts.store, self._handlers, but=SLOW):
            pass
        if parts.clock.monotonic() >= self._privacy_due:
            self.keep_privacy()
        with TURNS.aside():
            tidy_log(parts.engine)

    def _noticed(self, _events: list[Event]) -> None:
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(SWEEP_SECONDS)
            self._wake.clear()
            try:
                with TURNS.taken():
                    self.round()
            except Exception as error:  # noqa: BLE001 - a failed round must not end the worker
                log.error("worker_round_failed", error=type(error).__name__)
                self._stopping.wait(1.0)
