# SPDX-License-Identifier: Apache-2.0
"""Databases of their own for tests, on SQLite and on PostgreSQL: each a copy of one that is made once a run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
from sqlalchemy import Connection, Engine, Table, event, exists, inspect, literal, select

from core.db import Base, make_engine
from tests.postgres import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgres import Server

# Importing these registers their tables; the migrations' own env.py has the same list.
TABLES = (
    "assessor.api", "core.audit", "core.blobs", "core.identity.tables", "core.notices.tables", "core.privacy.tables",
    "core.outbox", "item_bank.api", "proctor.api", "web.tables",
)  # fmt: skip

Fill = Callable[[Engine], Any]


class Databases(Protocol):
    """Where a test gets its database from."""

    def empty(self, folder: Path) -> AbstractContextManager[str]:
        """The address of a database without any table, gone afterwards."""

    def copy(self, folder: Path, fill: Fill) -> AbstractContextManager[tuple[str, Any]]:
        """A copy of the database that ``fill`` made once a run, with what ``fill`` returned."""


def every_table(engine: Engine) -> None:
    """What most tests start from: the tables, and nothing in them."""
    for module in TABLES:
        import_module(module)
    Base.metadata.create_all(engine)


def hurried(url: str) -> Engine:
    """An engine that does not wait for the disk: no test here pulls the plug."""
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _do_not_wait_for_the_disk)
    return engine


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


class SqliteDatabases:
    """Files."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._made: dict[Fill, tuple[Path, Any]] = {}

    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        yield f"sqlite:///{folder / 'empty.db'}"

    @contextmanager
    def copy(self, folder: Path, fill: Fill) -> Iterator[tuple[str, Any]]:
        template, told = self._template(fill)
        file = folder / f"copy-{template.stem}.db"
        shutil.copyfile(template, file)
        yield f"sqlite:///{file}", told

    def _template(self, fill: Fill) -> tuple[Path, Any]:
        if fill not in self._made:
            file = self._shared / f"template-{len(self._made)}.db"
            engine = hurried(f"sqlite:///{file}")
            try:
                told = fill(engine)
                with engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                engine.dispose()
            self._made[fill] = file, told
        return self._made[fill]


class PostgresDatabases:
    """Databases of one server. Copying one costs a fifth of a second, so that each serves many tests, one after another."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._made: dict[Fill, tuple[str, Any]] = {}
        self._idle: dict[Fill, list[_Desk]] = {}

    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        name = self._server.make()
        yield self._server.url(name)
        self._server.drop(name)

    @contextmanager
    def copy(self, folder: Path, fill: Fill) -> Iterator[tuple[str, Any]]:
        template, told = self._template(fill)
        idle = self._idle.setdefault(fill, [])
        desk = idle.pop() if idle else None
        if desk is None or not desk.tidy():  # none yet, or a test has changed its very tables
            desk = _Desk(self._server.url(self._server.make(template)))
        yield desk.url, told
        idle.append(desk)

    def _template(self, fill: Fill) -> tuple[str, Any]:
        if fill not in self._made:
            name = self._server.make()
            engine = make_engine(self._server.url(name))
            try:
                told = fill(engine)
                _keep_rows(engine)
            finally:
                engine.dispose()
            self._made[fill] = name, told
        return self._made[fill]


def _keep_rows(engine: Engine) -> None:
    """Put a copy of every row aside, for `_Desk` to bring back."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {_ASIDE}")
        for table in _tables(connection):
            if connection.scalar(select(exists(select(literal(1)).select_from(table)))):
                connection.exec_driver_sql(f"CREATE TABLE {_ASIDE}.{table.name} AS TABLE public.{table.name}")


def _tables(connection: Connection) -> list[Table]:
    """Those that are there, each after those that it refers to."""
    there = set(inspect(connection).get_table_names())
    return [table for table in Base.metadata.sorted_tables if table.name in there]


_ASIDE = "aside"


class _Desk:
    """A database that is brought back to what its template held before each test but the first."""

    def __init__(self, url: str) -> None:
        self.url = url
        with self._session() as connection:
            self._shape = connection.execute(_SHAPE).fetchone()
            kept = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s", [_ASIDE]
            ).fetchall()
        filled = {name for (name,) in kept}
        tables = [table.name for table in Base.metadata.sorted_tables]
        self._back = "; ".join(
            [f"DELETE FROM public.{name}" for name in reversed(tables)]
            + [
                f"INSERT INTO public.{name} SELECT * FROM {_ASIDE}.{name}"
                for name in tables
                if name in filled
            ]
        )

    def tidy(self) -> bool:
        """All rows as they were; whoever is still connected is sent away. False where the tables are others than before."""
        with self._session() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if connection.execute(_SHAPE).fetchone() != self._shape:
                return False
            connection.execute(_UNCHECKED)
            connection.execute(self._back)
        return True

    def _session(self) -> psycopg.Connection[Any]:
        return connect(self.url)


# Rows that come back as they were need no check of what they refer to, which takes ten times as long as all the rest. Only a
# superuser may leave it out, as on a cluster of the run's own; elsewhere this does nothing.
_UNCHECKED = (
    "SELECT set_config('session_replication_role', 'replica', true) FROM pg_roles "
    "WHERE rolname = current_user AND rolsuper"
)
_SHAPE = (
    "SELECT md5(string_agg(concat_ws(' ', attrelid, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum)), "
    "(SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_index), (SELECT count(*) FROM pg_trigger), "
    "(SELECT count(*) FROM pg_proc), "
    "(SELECT md5(string_agg(relname, ',' ORDER BY oid)) FROM pg_class WHERE oid >= 16384) "
    "FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0"
)
