# SPDX-License-Identifier: Apache-2.0
"""The database engine, column types and naming. No table of a feature lives here."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, Enum, MetaData, String, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.pool import NullPool, QueuePool
from sqlalchemy.types import TypeDecorator

from core.clock import require_utc
from core.errors import Unavailable
from core.ids import ID_LENGTH
from core.postgres import open_postgres

MINIMUM_SQLITE = (3, 51, 3)
"""Older versions can corrupt a write-ahead log (sqlite.org/wal.html, the WAL-reset bug)."""

MOVED_IN_A_COMMIT = 16_000
"""Pages of 4 KB in SQLite's log from which on a commit itself moves them into the database, and all wait for it."""
MOVED_BESIDE = 4_000
"""Pages from which on `tidy_log` does: seldom, for while it flushes them commits are slow too."""

# SQLSTATE classes and words: deadlock, serialization, lock not available, too many connections; no room, cannot write.
_BUSY = {"40001", "40P01", "55P03", "53300"}
_FULL = {"53100", "58030", "25006"}
_SQLITE_FULL = ("database or disk is full", "disk I/O error", "attempt to write a readonly database")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, stored in UTC; a naive datetime raises ValueError before it reaches the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        at = require_utc(value)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every mapped class."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy reads it from the class


Id = Annotated[str, mapped_column(String(ID_LENGTH))]
PrimaryId = Annotated[str, mapped_column(String(ID_LENGTH), primary_key=True)]


def enum_column(kind: type[StrEnum]) -> Enum:
    """A text column that holds the values of ``kind`` under a CHECK constraint."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=max(len(member.value) for member in kind),
        values_callable=lambda members: [member.value for member in members],
        name="".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).lstrip(
            "_"
        ),
    )


def make_engine(url: str) -> Engine:
    """An engine for ``url``; SQLite is opened through pysqlite3, durable (WAL, synchronous FULL), foreign keys on.

    Raises Unavailable(``sqlite_too_old``) below SQLite 3.51.3 and Unavailable(``sqlite_missing``) without pysqlite3; what
    SQLAlchemy raises where ``url`` is none, or names a database that is neither SQLite nor PostgreSQL (ArgumentError).
    """
    if url.startswith("postgresql"):
        return open_postgres(url, json_serializer=_dump_json)
    if not url.startswith("sqlite"):
        raise ArgumentError("neither sqlite nor postgresql")
    try:
        import pysqlite3
    except ImportError as error:
        raise Unavailable("sqlite_missing") from error
    require_sqlite(pysqlite3.sqlite_version_info)
    memory = url in ("sqlite://", "sqlite:///:memory:")
    engine = create_engine(
        url,
        module=pysqlite3,
        poolclass=QueuePool if not memory else NullPool,
        json_serializer=_dump_json,
        **({} if memory else {"pool_size": 40, "max_overflow": 40}),
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def tidy_log(engine: Engine) -> None:
    """Move what is committed from SQLite's log into the database, beside the commits; nothing on another database.

    What is committed is on the disk before, in the log. A commit that had to move it would hold up everybody for a tenth of a
    second.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        _, pages, moved = cursor.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        if pages - moved >= MOVED_BESIDE:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        cursor.close()
    finally:
        raw.close()


def overwrite_deleted(connection: Connection) -> None:
    """From here on SQLite writes zeros over what this transaction deletes or shortens. PostgreSQL does it when it vacuums."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def empty_log(engine: Engine) -> None:
    """Move all of SQLite's log into the database and cut it off, so that nothing deleted stands in it any more.

    Whoever reads at this moment keeps it from being cut; the next call does it. Nothing on another database.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.close()
    finally:
        raw.close()


def storage_failure(error: Exception) -> Unavailable | None:
    """What an error of the database says about the database itself, for people; None where the statement is at fault.

    ``database_away``: it cannot be reached; ``database_busy``: it had no time, and the same may be sent again;
    ``not_saved``: it has no room or cannot write.
    """
    if isinstance(error, PoolExhausted):
        return Unavailable("database_busy")
    if not isinstance(error, DBAPIError):
        return None
    said, state = str(error.orig), getattr(error.orig, "sqlstate", None)
    if state in _BUSY or "database is locked" in said:
        return Unavailable("database_busy")
    if state in _FULL or any(words in said for words in _SQLITE_FULL):
        return Unavailable("not_saved")
    lost = error.connection_invalidated or (state or "")[:2] in ("08", "57")
    # Only a connection that never came about has no state.
    unreachable = (
        type(error.orig).__module__.startswith("psycopg") and state is None and _is_operational(error)
    )
    return Unavailable("database_away") if lost or unreachable else None


def _is_operational(error: DBAPIError) -> bool:
    return type(error).__name__ in ("OperationalError", "InterfaceError")


def require_sqlite(version: tuple[int, ...]) -> None:
    """Refuse a SQLite that can corrupt its log."""
    if version < MINIMUM_SQLITE:
        raise Unavailable(
            "sqlite_too_old", found=".".join(map(str, version)), needed=".".join(map(str, MINIMUM_SQLITE))
        )


def _dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: see _begin_sqlite
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        f"wal_autocheckpoint={MOVED_IN_A_COMMIT}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: upgrading a read transaction later can fail half-way through.
    writing = connection.get_execution_options().get("kasauti_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
