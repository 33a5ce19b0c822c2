# SPDX-License-Identifier: Apache-2.0
"""``kasauti results``: the score records of a batch as a file from which anybody can derive every verdict again."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assessor import api as assessor
from web import wiring
from web.cli.accounts import SYSTEM
from web.cli.banks import agency_id
from web.migrate import migrate


@click.group()
def results() -> None:
    """Results and the records that prove them."""


@results.command("export")
@click.argument("batch")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--organisation", help="Id of the agency; not needed where there is only one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_context
def export(
    context: click.Context, /, batch: str, file: Path, *, organisation: str | None, as_json: bool
) -> None:
    """Write the score records of the batch with the id BATCH to FILE (docs/replay.md); it holds answers and keys.

    Ends with 1 where a record was altered in the database; the file is written all the same, and scripts/rederive shows it.
    """
    parts = wiring.build(wiring.read_config())
    try:
        migrate(parts.engine)
        with parts.store.write(SYSTEM) as uow:
            owner = agency_id(uow, organisation)
            found = assessor.export_records(uow, batch, organisation_id=owner)
    finally:
        parts.engine.dispose()
    file.write_text(json.dumps(found.document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    document = {
        "records": found.records,
        "head": found.head,
        "whole": found.broken is None,
        "first_broken": found.broken,
        "unrecorded": list(found.unrecorded),
    }
    if as_json:
        click.echo(json.dumps(document))
    else:
        click.echo(f"{found.records} records, head {found.head}")
    for result_id in found.unrecorded:
        click.echo(f"not recorded, because it does not come out as it stands: {result_id}", err=True)
    if found.broken is not None:
        click.echo(f"record {found.broken} was altered", err=True)
        context.exit(1)
