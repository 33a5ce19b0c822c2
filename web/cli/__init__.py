# SPDX-License-Identifier: Apache-2.0
"""The command ``kasauti``. Exit codes: 0 done; 2 wrong usage; 3 input refused, with named reasons; 1 failure."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import click

from core.errors import KasautiError, Unavailable
from scoring.errors import ScoringError
from web.cli import (
    accounts,
    assets,
    bench,
    candidates,
    credentials,
    databases,
    items,
    lint,
    notices,
    privacy,
    proctor_evaluate,
    proctor_replay,
    proctoring,
    qti,
    results,
    serving,
    stats,
)

REFUSED = 3


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kasauti")
def cli() -> None:
    """Kasauti delivers, proctors and scores online assessments for micro-credentials.

    Settings come from KASAUTI_* variables and an optional TOML file named by KASAUTI_CONFIG (docs/configuration.md).
    """


for command in (
    serving.serve,
    serving.demo,
    serving.sample_sign_ins,
    bench.bench,
    serving.migrate_command,
    serving.outbox,
):
    cli.add_command(command)
for group in (
    assets.models,
    assets.browser,
    accounts.organisations,
    accounts.users,
    accounts.keys,
    items.items,
    credentials.credentials,
    qti.qti,
    candidates.candidates,
    proctoring.proctor_group,
    notices.notices,
    privacy.privacy,
    databases.database,
    results.results,
    stats.stats,
):
    cli.add_command(group)
items.items.add_command(lint.lint)
proctoring.proctor_group.add_command(proctor_replay.replay)
proctoring.proctor_group.add_command(proctor_evaluate.evaluate)


def main() -> None:
    """Run the command that the arguments of this process name."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; a refusal is one clear sentence on stderr, never a traceback."""
    try:
        code = cli(list(arguments), prog_name="kasauti", standalone_mode=False)
    except click.exceptions.Abort:
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KasautiError as error:
        _explain(error.code, error.facts)
        return 1 if isinstance(error, Unavailable) else REFUSED
    except ScoringError as error:
        _explain(error.code, error.facts)
        return REFUSED
    return code if isinstance(code, int) else 0  # an int is what a command's context exited with


def _explain(code: str, facts: Mapping[str, object]) -> None:
    from web.error_texts import plain_text_of

    text = plain_text_of(code, facts)
    click.echo(f"kasauti: {text.title} {text.advice}".rstrip(), err=True)
    for name, value in facts.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        click.echo(f"  {name}: {shown}", err=True)
