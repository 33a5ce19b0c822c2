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
    """The tables and indexes of a SQLite database in the order of their names."""
    query = text(
        f"SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND {_OURS} ORDER BY tbl_name, type DESC, name"
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return HEAD + "".join(
        "\n" + (_table(sql) if kind == "table" else _tidy(sql) + ";\n") for kind, _, sql in rows
    )


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
