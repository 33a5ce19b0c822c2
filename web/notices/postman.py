# SPDX-License-Identifier: Apache-2.0
"""The thread that talks to other machines: a lane of the outbox of its own, so that no deadline waits for a mail server."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import structlog

from core.events import Event
from core.outbox import Handler, drain

if TYPE_CHECKING:
    from web.wiring import Services

log = structlog.get_logger(__name__)

SLOW: Final = frozenset({"notice_queued", "score_queued"})
"""The effects of this lane; the worker leaves them alone."""
SWEEP_SECONDS: Final = 5.0


class Postman:
    """Wakes when a notice is queued, and at least every five seconds for those that are due again."""

    def __init__(self, parts: Services, handlers: Mapping[str, Handler]) -> None:
        self._parts = parts
        self._handlers = {name: handler for name, handler in handlers.items() if name in SLOW}
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        parts.store.on_commit.append(self._noticed)

    def start(self) -> None:
        """Start the thread; after any fork."""
        self._thread = threading.Thread(target=self._run, name="kasauti-postman", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the notice that is just being handed over."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=15)

    def round(self) -> None:
        """Hand over what is due, one at a time: a lease must not run out while the others wait."""
        while not self._stopping.is_set() and drain(self._parts.store, self._handlers, limit=1, only=SLOW):
            pass

    def _noticed(self, events: list[Event]) -> None:
        if any(event.name in SLOW for event in events):
            self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(SWEEP_SECONDS)
            self._wake.clear()
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 - a failed round must not end the thread
                log.error("postman_round_failed", error=type(error).__name__)
                self._stopping.wait(1.0)
