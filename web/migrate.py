# SPDX-License-Identifier: Apache-2.0
"""Bring a database to the newest schema. The migrations themselves are in ``web/migrations``."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from core.errors import Conflict, Unavailable

FOLDER = Path(__file__).parent / "migrations"


def settings() -> AlembicConfig:
    """Alembic's settings without an ini file."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


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
        with engine.execution_options(kasauti_writes=True).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise Unavailable("database_unusable", reason=str(error.orig)) from error
    return True
