# SPDX-License-Identifier: Apache-2.0
"""The unit of work: one request, socket event or job = one transaction. Operations are given one and never commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import Clock
from core.db import storage_failure
from core.errors import Invalid
from core.events import Event
from core.identity.model import Role
from core.ids import new_id
from core.turns import TURNS


class ActorKind(StrEnum):
    """The four kinds of actor."""

    PERSON = "person"
    CANDIDATE = "candidate"
    API_CLIENT = "api_client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for whom, and in which roles."""

    kind: ActorKind
    id: str
    organisation_id: str | None = None
    roles: frozenset[Role] = frozenset()

    @classmethod
    def system(cls) -> Actor:
        """The platform itself: workers, sweeps, set-up."""
        return cls(ActorKind.SYSTEM, "system")


@dataclass(slots=True)
class UnitOfWork:
    """One transaction with its instant and its actor.

    ``db`` is open for the whole unit; ``emit`` writes the audit row and the outbox row into the same transaction.
    """

    db: Session
    now: datetime
    actor: Actor
    writable: bool = True
    emitted: list[Event] = field(default_factory=list)

    def emit(self, event: Event) -> None:
        """Record ``event``; raises RuntimeError in a read-only unit."""
        from core.audit import RECORD  # tables need core.db, and core.outbox needs this module
        from core.outbox import ENQUEUE

        if not self.writable:
            raise RuntimeError(f"{event.name} emitted in a read-only unit of work")
        shared = {
            "at": self.now,
            "name": event.name,
            "version": event.version,
            "organisation_id": event.organisation_id,
            "subject_id": event.subject_id,
            "payload": event.payload(),
        }
        identifier, db = new_id(), self.db.connection()
        actor = {"actor_kind": self.actor.kind.value, "actor_id": self.actor.id}
        db.execute(RECORD, {"id": identifier, **actor, **shared})
        db.execute(ENQUEUE, {"id": identifier, "due_at": self.now, **shared})
        self.emitted.append(event)


class Store:
    """Opens units of work on one database.

    Writing units come one after another, whichever process they are in: on SQLite by its one writer, on PostgreSQL by an
    advisory lock (``core.postgres``). Those of one process queue here first, fairly and without a connection. What the
    database has no room, no time or no connection for is raised as Unavailable (``core.db.storage_failure``).
    ``on_commit`` callbacks get the events of each committed unit.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self.on_commit: list[Callable[[list[Event]], None]] = []
        self._lock = threading.Lock()
        self._alone = self._together = engine.execution_options(kasauti_writes=True)
        self._reads = engine
        self._shares = engine.dialect.name != "sqlite"
        if self._shares:
            settled = engine.execution_options(isolation_level="READ COMMITTED")
            self._alone = settled.execution_options(kasauti_writes=True)
            self._together = settled.execution_options(kasauti_writes="shared")
            # Every statement of a reading unit sees the same instant, as on SQLite.
            self._reads = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @contextmanager
    def write(self, actor: Actor, *, shared: bool = False) -> Iterator[UnitOfWork]:
        """A unit that commits when the block ends and rolls back when it raises.

        ``shared`` is for the hot path alone: where the database can lock rows, such units run beside each other, so whatever
        they decide upon must be a row that they lock.
        """
        writes = self._together if shared else self._alone
        # The turn at the interpreter comes back last: nobody waits for a lock whose owner waits for a turn.
        with (
            TURNS.kept(),
            _storage(),
            self._turn(shared=shared),
            Session(writes, expire_on_commit=False) as db,
        ):
            uow = UnitOfWork(db, self.clock.now(), actor)
            with db.begin():
                yield uow
                db.flush()
                TURNS.leave()  # from here on it waits for the disk
        self.announce(uow.emitted)

    @contextmanager
    def read(self, actor: Actor) -> Iterator[UnitOfWork]:
        """A consistent read-only view; anything changed in it is discarded."""
        with _storage(), Session(self._reads, autoflush=False, expire_on_commit=False) as db:
            try:
                yield UnitOfWork(db, self.clock.now(), actor, writable=False)
            finally:
                db.rollback()

    def announce(self, events: list[Event]) -> None:
        """Tell listeners in this process that ``events`` are durable."""
        if events:
            for listener in self.on_commit:
                listener(events)

    @contextmanager
    def _turn(self, *, shared: bool) -> Iterator[None]:
        if shared and self._shares:
            yield
            return
        if not self._lock.acquire(blocking=False):
            with TURNS.aside():
                self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()


@contextmanager
def _storage() -> Iterator[None]:
    try:
        yield
    except DataError as error:  # too long, too large, or a sign that PostgreSQL has no room for
        raise Invalid("value_unstorable") from error
    except SQLAlchemyError as error:
        failure = storage_failure(error)
        if failure is None:
            raise
        raise failure from error
