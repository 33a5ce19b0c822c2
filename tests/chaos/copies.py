# SPDX-License-Identifier: Apache-2.0
"""A database on a server, copied row by row into a file, so that the same accounts can be held against it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert, select

from core.db import Base
from tests.databases import every_table, hurried


def copy_down(url: str, file: Path) -> Path:
    """Every row of every table as it is now; the file."""
    source, target = hurried(url), hurried(f"sqlite:///{file}")
    every_table(target)
    try:
        reading = source.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        writing = target.execution_options(kasauti_writes=True)
        with reading.connect() as before, writing.begin() as after:
            for table in Base.metadata.sorted_tables:
                rows = [dict(row._mapping) for row in before.execute(select(table))]
                if rows:
                    after.execute(insert(table), rows)
    finally:
        source.dispose()
        target.dispose()
    return file
