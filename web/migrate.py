# SPDX-License-Identifier: Apache-2.0
"""Bring a database to the newest schema. The migrations themselves are in ``web/migrations``."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

FOLDER = Path(__file__).parent / "migrations"


def settings() -> AlembicConfig:
    """Alembic's settings without an ini file."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def migrate(engine: Engine) -> bool:
    """Upgrade to head; True when something had to be done."""
    config = settings()
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return False
    with engine.execution_options(kasauti_writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True
