# SPDX-License-Identifier: Apache-2.0
"""The command ``kasauti items lint``: findings on a file, or on what is in a bank.

A finding is no refusal: the exit code is 0.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from item_bank import api as bank
from web.cli.accounts import SYSTEM, open_store
from web.cli.banks import agency_id, live_credential_id


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", help="Look at the bank of this agency (id or name) instead of a file.")
@click.option("--credential", help="Only the items for this credential (code or id).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def lint(file: Path | None, organisation: str | None, credential: str | None, *, as_json: bool) -> None:
    """Look for untranslated texts, differing numbers, duplicates and give-aways in FILE or in a bank.

    FILE is anything that `items import` reads, or a JSON list of {"en": {...}, "hi": {...}} items.
    """
    if (file is None) == (organisation is None):
        raise click.UsageError("name a FILE, or a bank with --organisation")
    report = (
        _bank_report(organisation, credential)
        if file is None
        else bank.lint_file(file.read_bytes(), filename=file.name)
    )
    if as_json:
        click.echo(json.dumps(report.to_document(), ensure_ascii=False))
        return
    for finding in report.findings:
        click.echo(f"{finding.rule}: {finding.where}: {finding.text}")
    found = ", ".join(f"{count} {rule}" for rule, count in report.counts.items())
    click.echo(f"{report.items} items: {found or 'nothing found'}")


def _bank_report(organisation: str | None, credential: str | None) -> bank.LintReport:
    with open_store().read(SYSTEM) as uow:
        owner = agency_id(uow, organisation)
        version_id = live_credential_id(uow, credential) if credential else None
        return bank.lint_bank(uow, owner_id=owner, credential_version_id=version_id)
