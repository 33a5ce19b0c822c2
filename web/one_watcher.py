# SPDX-License-Identifier: Apache-2.0
"""One server watches on a database: what the pipeline remembers is in its memory, and a second one would end its alerts.

The lock is the operating system's or the database server's, so that it ends with the process that held it, however that ended.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from core.errors import Conflict, Unavailable

WATCHER = 0x6B61_7377
"""The advisory lock of the process that watches; see `core.postgres.WRITERS`."""


@contextmanager
def watching_alone(engine: Engine) -> Iterator[None]:
    """Hold the lock while this process serves; processes that it forks hold it with it.

    Raises Conflict ``already_watching``; Unavailable ``folder_unusable``, ``database_unusable``.
    """
    held = _file_lock(engine) if engine.dialect.name == "sqlite" else _server_lock(engine)
    with held:
        yield


@contextmanager
def _file_lock(engine: Engine) -> Iterator[None]:
    """A lock on a file beside the database; a database in memory is nobody else's."""
    name = engine.url.database
    if not name or name == ":memory:":
        yield
        return
    path = Path(f"{name}.watching")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Unavailable("folder_unusable", path=str(path), reason=error.strerror or str(error)) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("already_watching") from error
        yield
    finally:
        os.close(descriptor)  # and not unlocked: a forked process that ends must not open it for everybody


@contextmanager
def _server_lock(engine: Engine) -> Iterator[None]:
    owner = os.getpid()
    try:
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        free = connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": WATCHER})
    except DBAPIError as error:
        raise Unavailable("database_unusable", reason=str(error.orig)) from error
    try:
        if not free:
            raise Conflict("already_watching")
        yield
    finally:
        if os.getpid() == owner:  # a forked process shares the line to the server and must not end it
            connection.detach()
            connection.close()
