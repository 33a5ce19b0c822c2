# SPDX-License-Identifier: Apache-2.0
"""The group-committing writer: many small commands, one durable commit, and only then the acknowledgements.

Two to three times the throughput of a commit per request at the same durability, because a synchronous commit costs a disk
flush whoever shares it. A refusal does not undo its neighbours: then the group is done again, each command in a SAVEPOINT.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import DataError

from core.db import storage_failure
from core.errors import Invalid, KasautiError, Unavailable
from core.events import Event
from core.turns import TURNS, Turn
from core.uow import Actor, Store, UnitOfWork

log = structlog.get_logger(__name__)
T = TypeVar("T")

MAXIMUM_BATCH = 256
MAXIMUM_WAITING = 4096


@dataclass(slots=True)
class _Command:
    """What a thread waits for; `turn` is called back when the outcome is there."""

    actor: Actor
    act: Callable[[UnitOfWork], Any]
    turn: Turn = field(default_factory=Turn)
    result: Any = None
    failure: BaseException | None = None

    def tell(self, result: Any, failure: BaseException | None = None) -> None:
        self.result, self.failure = result, failure
        TURNS.call_back(self.turn)


_Outcome = tuple[_Command, Any, BaseException | None]


class GroupWriter:
    """One thread that owns the hot path's transactions. ``submit`` blocks until the command is durable."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: queue.SimpleQueue[_Command | None] = queue.SimpleQueue()
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
        if self._queue.qsize() >= MAXIMUM_WAITING:
            raise Unavailable("writer_busy")
        command = _Command(actor, act)
        try:
            with TURNS.parked(command.turn, timeout=timeout):
                self._queue.put(command)
        except TimeoutError as error:
            raise Unavailable("writer_busy") from error
        if command.failure is not None:
            raise command.failure
        result: T = command.result
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
            with TURNS.taken(urgent=True):
                self._commit(batch)
            if stopping:
                return

    def _commit(self, batch: list[_Command]) -> None:
        """One durable commit for all. What a second try may cure is tried once more: the commands are idempotent."""
        try:
            outcomes = self._together(batch)
        except Exception as error:  # noqa: BLE001 - the commit itself failed: nobody may be told "saved"
            again = _code(error)
            log.error("group_commit_failed", commands=len(batch), error=type(error).__name__, code=again)
            if (
                again == "database_away"
            ):  # its connections are gone with it; a restarted database takes new ones
                self._once(batch)
            elif again == "database_busy":  # two groups waited for each other's rows; single commands cannot
                for command in batch:
                    self._once([command])
            else:
                _refuse(batch)
            return
        _tell(outcomes)

    def _once(self, batch: list[_Command]) -> None:
        try:
            outcomes = self._together(batch)
        except Exception as error:  # noqa: BLE001 - as above
            log.error("group_commit_failed_again", commands=len(batch), error=type(error).__name__)
            _refuse(batch)
            return
        _tell(outcomes)

    def _together(self, batch: list[_Command]) -> list[_Outcome]:
        """All in one transaction: at first without savepoints, which cost as much as the commands themselves."""
        try:
            with self._store.write(Actor.system(), shared=True) as uow:
                return [(command, _act(uow, command), None) for command in batch]
        except _Refused:  # nothing of it was kept; now each apart from its neighbours
            with self._store.write(Actor.system(), shared=True) as uow:
                return [(command, *_attempt(uow, command)) for command in batch]


class _Refused(Exception):
    """A command of the group was refused."""


def _act(uow: UnitOfWork, command: _Command) -> Any:
    try:
        result = command.act(UnitOfWork(uow.db, uow.now, command.actor, emitted=uow.emitted))
        uow.db.flush()  # what it left for later fails here, as its own fault, and not at the commit of all
    except Exception as error:
        if storage_failure(error) is not None:
            raise
        raise _Refused from error
    return result


def _tell(outcomes: list[_Outcome]) -> None:
    for command, result, failure in outcomes:
        command.tell(result, failure)


def _refuse(batch: list[_Command]) -> None:
    for command in batch:
        command.tell(None, Unavailable("not_saved"))


def _code(error: Exception) -> str:
    return error.code if isinstance(error, KasautiError) else ""


def _attempt(uow: UnitOfWork, command: _Command) -> tuple[Any, BaseException | None]:
    events: list[Event] = []
    part = UnitOfWork(uow.db, uow.now, command.actor, emitted=events)
    try:
        with uow.db.begin_nested():
            result = command.act(part)
    except KasautiError as refusal:
        return None, refusal
    except DataError:  # as in a unit of its own
        return None, Invalid("value_unstorable")
    except Exception as error:
        if storage_failure(error) is not None:
            raise  # no fault of this command: the whole group is undone with it
        log.exception("command_failed", error=type(error).__name__)
        return None, error
    uow.emitted.extend(events)
    return result, None
