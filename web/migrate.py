# SPDX-License-Identifier: Apache-2.0
"""Bring a database to the newest schema. The migrations themselves are in ``web/migrations``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from core.errors import Conflict, Unavailable

FOLDER = Path(__file__).parent / "migrations"


def settings() -> AlembicConfig:
    """Alembic's settings without an ini file."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


@contextmanager
def without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """A transaction in which SQLite lets a table be made anew under other tables' references; they are checked at its end.

    Alembic changes a SQLite table by copying it, and dropping the old one would count as deleting its rows. The switch works
    only outside a transaction (SQLite, "Making Other Kinds Of Table Schema Changes", step 1).
    """
    with engine.execution_options(kasauti_writes=True).connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        raw = connection.connection.cursor()
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                if broken := connection.execute(text("PRAGMA foreign_key_check")).all():
                    raise Unavailable("database_unusable", reason=f"references of {broken[0][0]} would break")
        finally:
            raw.execute("PRAGMA foreign_keys = ON")
            raw.close()


def migrate(engine: Engine) -> bool:
    """Upgrade to head, all of it or nothing; True when something had to be done.

    Raises Unavailable ``database_unusable`` (facts reason) and Conflict ``database_newer`` (facts found): a schema that a
    later version of the platform has made is not touched.
    """
    config = settings()
    scripts = ScriptDirectory.from_config(config)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        if found == scripts.get_current_head():
            return False
        if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
            raise Conflict("database_newer", found=found)
        with without_foreign_keys(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise Unavailable("database_unusable", reason=str(error.orig)) from error
    return True
