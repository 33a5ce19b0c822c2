# SPDX-License-Identifier: Apache-2.0
"""Steps that migrations share because Alembic has none for them.

They stand on SQLAlchemy alone: old migrations must keep running.
"""

from __future__ import annotations

from sqlalchemy import Connection, text


def set_check(connection: Connection, table: str, name: str, condition: str) -> None:
    """Give a table's CHECK constraint ``name`` a new condition, or add it; rows are not touched and not checked anew.

    SQLite has no command for it. Its documentation ("Making Other Kinds Of Table Schema Changes") gives the way that is
    taken here for changes that do not touch what is stored: to write the table's text in the schema itself.
    """
    if connection.dialect.name == "sqlite":
        sql = connection.scalar(
            text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table"), {"table": table}
        )
        _write_schema(connection, table, _with_check(sql or "", name, condition))
        return
    connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"))
    connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition})"))


def drop_check(connection: Connection, table: str, name: str) -> None:
    """Take a CHECK constraint away."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        return
    sql = connection.scalar(
        text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table"), {"table": table}
    )
    start, end = _span(sql or "", name)
    before = (sql or "")[:start].rstrip().removesuffix(",")
    _write_schema(connection, table, before + (sql or "")[end:])


def _with_check(sql: str, name: str, condition: str) -> str:
    written = f"CONSTRAINT {name} CHECK ({condition})"
    start, end = _span(sql, name)
    if start == end:
        return f"{sql.rstrip().removesuffix(')').rstrip()}, \n\t{written}\n)"
    return sql[:start] + written + sql[end:]


def _span(sql: str, name: str) -> tuple[int, int]:
    """Where a constraint stands in the text of a table; an empty span where there is none."""
    start = sql.find(f"CONSTRAINT {name} CHECK (")
    if start < 0:
        return 0, 0
    depth, quoted = 0, False
    for at in range(sql.index("(", start), len(sql)):
        character = sql[at]
        if character == "'":
            quoted = not quoted
        elif not quoted:
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return start, at + 1
    raise ValueError(f"the text of the constraint {name} does not end")


def _write_schema(connection: Connection, table: str, sql: str) -> None:
    version = connection.scalar(text("PRAGMA schema_version")) or 0
    connection.execute(text("PRAGMA writable_schema = ON"))
    connection.execute(
        text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"),
        {"sql": sql, "table": table},
    )
    connection.execute(text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(text("PRAGMA writable_schema = OFF"))
