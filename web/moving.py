# SPDX-License-Identifier: Apache-2.0
"""The way from one database to another: every row, in one transaction, into an empty one. Nothing is changed at the source."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, Table, exists, insert, literal, select, text
from sqlalchemy.exc import DBAPIError

from core.db import Base
from core.errors import Conflict, Unavailable
from web.migrate import migrate

ROWS_AT_ONCE = 500


def copy_database(source: Engine, target: Engine) -> dict[str, int]:
    """Bring both to the newest schema and copy all rows; how many of each table. As `copy_rows` and `web.migrate.migrate`."""
    migrate(source)
    migrate(target)
    return copy_rows(source, target)


def copy_rows(source: Engine, target: Engine) -> dict[str, int]:
    """Copy all rows between databases that have every table; how many of each. All of it or nothing.

    Raises Conflict ``database_not_empty`` (facts table) where the target holds anything; Unavailable ``database_unusable``.
    """
    reading = source
    if source.dialect.name != "sqlite":
        reading = source.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        with reading.connect() as before, target.execution_options(kasauti_writes=True).begin() as after:
            _require_empty(after)
            copied = {table.name: _copy(before, after, table) for table in Base.metadata.sorted_tables}
            if target.dialect.name == "sqlite":  # its word index is no table that is copied
                after.execute(
                    text("INSERT INTO item_search (rowid, words) SELECT id, words FROM item_listing")
                )
    except DBAPIError as error:
        raise Unavailable("database_unusable", reason=str(error.orig)) from error
    return copied


def _require_empty(after: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if after.scalar(select(exists(select(literal(1)).select_from(table)))):
            raise Conflict("database_not_empty", table=table.name)


def _copy(before: Connection, after: Connection, table: Table) -> int:
    # Ids grow with time: in their order a row comes after the one of its own table that it refers to.
    query = select(table).order_by(*table.primary_key.columns)
    count = 0
    # A table may be larger than the memory.
    with before.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}) as rows:
        for part in rows.mappings().partitions():
            after.execute(insert(table), [dict(row) for row in part])
            count += len(part)
    return count
