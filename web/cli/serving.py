# SPDX-License-Identifier: Apache-2.0
"""Commands that run the platform."""

from __future__ import annotations

import json

import click

from core.config import Config
from core.errors import NotFound
from core.outbox import dead_letters, waiting
from web import wiring
from web.cli.assets import require_assets
from web.migrate import migrate
from web.one_watcher import watching_alone


@click.command()
def serve() -> None:
    """Migrate the database and serve until Ctrl-C."""
    config = _ready()
    with watching_alone(wiring.build(config).engine):
        _migrate(config)
        _serve(config, [f"Kasauti is ready at {_address(config)}"])


@click.command()
@click.option(
    "--finished",
    type=click.IntRange(0, 500),
    default=0,
    metavar="LEARNERS",
    help="Also a batch that so many learners have finished, for results and reports; takes some seconds.",
)
def demo(*, finished: int) -> None:
    """Like serve, with sample organisations, items, learners and sign-ins; development mode only."""
    from web import demo as sample

    config = _ready()
    with watching_alone(wiring.build(config).engine):
        parts = _migrate(config)
        sample.require_development(config)
        if sample.is_empty(parts.store):
            click.echo("Filling in the sample data …", err=True)
            sample.fill(parts, finished=finished)
        lines = [
            f"Kasauti is ready at {_address(config)}",
            "The database holds no sample data, so no sign-ins are shown.",
        ]
        if sample.is_filled(parts):
            lines = sample.sign_ins(parts, address=_address(config))
        parts.engine.dispose()
        _serve(config, lines)


@click.command("sample")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def sample_sign_ins(*, as_json: bool) -> None:
    """Print the sign-ins and access codes of the sample data."""
    from web import demo as sample

    config = wiring.read_config()
    sample.require_development(config)
    parts = _migrate(config)
    if not sample.is_filled(parts):
        raise NotFound("sample_missing")
    if as_json:
        click.echo(json.dumps(sample.describe(parts, address=_address(config)), ensure_ascii=False))
    else:
        click.echo("\n".join(sample.sign_ins(parts, address=_address(config))))


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema."""
    parts = wiring.build(wiring.read_config())
    click.echo("The schema was brought up to date." if migrate(parts.engine) else "The schema is up to date.")


@click.command()
def outbox() -> None:
    """Show how many effects wait and which were given up."""
    parts = wiring.build(wiring.read_config())
    migrate(parts.engine)
    click.echo(f"waiting: {waiting(parts.store)}")
    for letter in dead_letters(parts.store):
        click.echo(f"dead: {letter.id}  {letter.name}  {letter.subject_id}")


def _ready() -> Config:
    from web.server import require_free_port

    config = wiring.read_config()
    require_free_port(config)
    require_assets()
    return config


def _migrate(config: Config) -> wiring.Services:
    parts = wiring.build(config)
    if migrate(parts.engine):
        click.echo("The database schema was brought up to date.", err=True)
    if weak := wiring.require_durable(parts):
        click.echo(
            f"This database may lose what it has confirmed ({weak}); production would refuse it.", err=True
        )
    return parts


def _serve(config: Config, lines: list[str]) -> None:
    from web.server import Server

    def announce() -> None:
        for line in lines:
            click.echo(line)

    Server(config, on_ready=announce).run()


def _address(config: Config) -> str:
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{config.port}"
