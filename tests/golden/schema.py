# SPDX-License-Identifier: Apache-2.0
"""A database's schema as text that can be compared: what SQLite keeps in ``sqlite_master``, one part of a table a line.

Spaces, quotes and the order of constraints carry no meaning and are made the same; names, types, defaults, checks and the
order of columns are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, text

GOLDEN = Path(__file__).parent / "schema.sql"
REFRESH = "Run scripts/golden and commit the file together with the migration."
HEAD = (
    "-- SPDX-License-Identifier: Apache-2.0\n"
    "-- Written by scripts/golden. A change here belongs to a migration in the same commit.\n"
)
# SQLite's word index keeps tables of its own behind the one that we make.
_OURS = "name NOT LIKE 'sqlite_%' AND name <> 'alembic_version' AND name NOT LIKE 'item_search_%'"
_CONSTRAINT = re.compile(r"(?:CONSTRAINT|PRIMARY KEY|FOREIGN KEY|UNIQUE|CHECK)\b")


def schema_text(engine: Engine) -> str:
    """The tables and indexes of a database in the order of their names; SQLite's is the one that is kept as a file."""
    if engine.dialect.name == "postgresql":
        return _postgres_text(engine)
    query = text(
        f"SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND {_OURS} ORDER BY tbl_name, type DESC, name"
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return HEAD + "".join(
        "\n" + (_table(sql) if kind == "table" else _tidy(sql) + ";\n") for kind, _, sql in rows
    )


_POSTGRES = """
SELECT c.relname, 1, a.attnum, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'NOT NULL' END, 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'v', 'm', 'S')
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'alembic_version'
UNION ALL SELECT conrelid::regclass::text, 2, 0, 'CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND conrelid IS DISTINCT FROM to_regclass('public.alembic_version')
UNION ALL SELECT tablename, 3, 0, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION ALL SELECT tgrelid::regclass::text, 4, 0, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1, 2, 3, 4
"""


def _postgres_text(engine: Engine) -> str:
    with engine.connect() as connection:
        return "".join(f"{table}: {said}\n" for table, _, _, said in connection.exec_driver_sql(_POSTGRES))


def _table(sql: str) -> str:
    head, _, body = _tidy(sql).partition("(")
    parts = list(_parts(body.rstrip().removesuffix(")")))
    columns = [part for part in parts if not _CONSTRAINT.match(part)]
    constraints = sorted(part for part in parts if _CONSTRAINT.match(part))
    lines = ",\n".join(f"  {part}" for part in (*columns, *constraints))
    return f"{head.strip()} (\n{lines}\n);\n"


def _parts(body: str) -> Iterator[str]:
    """The parts of a table's body: split at the commas that stand in no bracket and in no text."""
    depth, start, quoted = 0, 0, False
    for at, character in enumerate(body):
        if character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        elif character == "," and depth == 0:
            yield body[start:at].strip()
            start = at + 1
    yield body[start:].strip()


def _tidy(sql: str) -> str:
    """One space where any stood, none inside brackets, no quotes around names."""
    spaced = re.sub(r"\s+", " ", sql.replace('"', "")).strip()
    return re.sub(r"\( ", "(", re.sub(r" \)", ")", spaced))
