# SPDX-License-Identifier: Apache-2.0
"""The commands ``kasauti stats KIND``: the statistics of `scoring` on files, one module a kind.

A kind is imported when it is called, so that the other commands start without numpy's weight. Mathematics does not live
here, and no kind reads the database.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

# the name of a command -> the module beside this one that has a command of that name
KINDS: Final[dict[str, str]] = {
    "accuracy": "accuracy",
    "changes": "integrity",
    "ctt": "ctt",
    "decide": "decide",
    "dif": "dif",
    "dina": "diagnosis",
    "drift": "integrity",
    "effort": "integrity",
    "exposed": "integrity",
    "gdina": "diagnosis",
    "irt": "irt",
    "link": "link",
    "luck": "luck",
    "pairs": "pairs",
    "patterns": "integrity",
    "rescore": "rescore",
    "scale": "scale",
}


class Kinds(click.Group):
    """A group that knows the names of its commands before it imports them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *KINDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in KINDS:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(f"web.cli.stats.{KINDS[cmd_name]}"), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(cmd_name)
        return command


@click.group(cls=Kinds)
def stats() -> None:
    """Statistics on files of responses: persons in rows, items in columns, empty = missing (docs/statistics.md)."""
