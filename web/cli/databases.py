# SPDX-License-Identifier: Apache-2.0
"""Commands on the database as a whole."""

from __future__ import annotations

from dataclasses import replace

import click

from web import wiring
from web.moving import copy_database


@click.group()
def database() -> None:
    """Work on the database as a whole (docs/databases.md)."""


@database.command("copy")
@click.argument("url")
def copy(url: str) -> None:
    """Copy every row of the configured database into the empty one at URL; stop the server first."""
    config = wiring.read_config()
    source, target = wiring.build(config), wiring.build(replace(config, database=url))
    try:
        copied = copy_database(source.engine, target.engine)
    finally:
        source.engine.dispose()
        target.engine.dispose()
    click.echo(f"{sum(copied.values())} rows of {sum(map(bool, copied.values()))} tables were copied.")
