# SPDX-License-Identifier: Apache-2.0
"""Commands on item banks. ``kasauti items import`` prints the same loss report as the page does."""

from __future__ import annotations

import json
from pathlib import Path

import click

from core.errors import KasautiError, NotFound
from core.identity import queries as identity
from core.identity.model import OrganisationKind
from core.uow import Actor, ActorKind, UnitOfWork
from item_bank import api as bank
from web.cli.accounts import SYSTEM, open_store
from web.error_texts import plain_text_of


@click.group()
def items() -> None:
    """Items of a bank."""


@items.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", help="Id of the agency; not needed where there is only one.")
@click.option("--credential", help="Code of the credential; not needed where there is only one.")
@click.option("--dry-run", is_flag=True, help="Report only; write nothing.")
@click.option("--skip-refused", is_flag=True, help="Import the good rows although others are refused.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def import_file(  # noqa: PLR0917 - click passes by name
    file: Path,
    organisation: str | None,
    credential: str | None,
    dry_run: bool,  # noqa: FBT001
    skip_refused: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Bring the items of FILE (xlsx, csv, json) into a bank as drafts.

    Without --skip-refused any refusal writes nothing and ends with exit code 3.
    """
    if dry_run and skip_refused:
        raise click.UsageError("--dry-run and --skip-refused exclude each other")
    mode = bank.ImportMode.ALL_OR_NOTHING
    if dry_run or skip_refused:
        mode = bank.ImportMode.DRY_RUN if dry_run else bank.ImportMode.SKIP_REFUSED
    try:
        report = _import(file, mode=mode, organisation=organisation, credential=credential)
    except KasautiError as error:
        if as_json:  # the words for people follow on stderr
            click.echo(json.dumps(_refused(file, mode, error).to_document(), ensure_ascii=False))
        raise
    if as_json:
        click.echo(json.dumps(report.to_document(), ensure_ascii=False))
    else:
        _print(report)
    if report.refused and not skip_refused:
        click.get_current_context().exit(3)


def _import(
    file: Path, *, mode: bank.ImportMode, organisation: str | None, credential: str | None
) -> bank.ImportReport:
    parsed = bank.parse_items(file.read_bytes(), filename=file.name)
    store = open_store()
    with store.read(SYSTEM) as uow:
        owner = _agency(uow, organisation)
        version_id = _credential(uow, credential)
    author = Actor(ActorKind.SYSTEM, "system", owner)
    with store.read(author) if mode is bank.ImportMode.DRY_RUN else store.write(author) as uow:
        return bank.import_items(
            uow, owner_id=owner, credential_version_id=version_id, parsed=parsed, mode=mode
        )


def _refused(file: Path, mode: bank.ImportMode, error: KasautiError) -> bank.ImportReport:
    """The report on a file that could not be imported at all."""
    text = plain_text_of(error.code, error.facts)
    return bank.ImportReport(
        format=file.suffix.lower().removeprefix("."),
        mode=mode,
        read=0,
        imported=0,
        unchanged=0,
        refused_items=0,
        refused=(bank.Refusal(file.name, error.code, f"{text.title} {text.advice}".rstrip()),),
        losses=(),
        self_test=bank.SelfTest(0),
        written=False,
    )


def _print(report: bank.ImportReport) -> None:
    click.echo(f"read {report.read}, imported {report.imported}, unchanged {report.unchanged}")
    for refusal in report.refused:
        click.echo(f"refused: {refusal.where}: {refusal.reason} [{refusal.code}]")
    for loss in report.losses:
        click.echo(f"not kept: {loss.where}: {loss.what}")


def _agency(uow: UnitOfWork, wanted: str | None) -> str:
    agencies = identity.organisations(uow, kind=OrganisationKind.ASSESSMENT_AGENCY)
    found = [agency for agency in agencies if wanted in (None, agency.id, agency.name)]
    if len(found) != 1:
        raise NotFound("organisation_unknown", known=[f"{agency.id} {agency.name}" for agency in agencies])
    return found[0].id


def _credential(uow: UnitOfWork, wanted: str | None) -> str:
    live = bank.credential_versions(uow, state=bank.CredentialState.LIVE)
    found = [version for version in live if wanted in (None, version.id, version.document.code)]
    if len(found) != 1:
        raise NotFound("credential_unknown", known=[version.document.code for version in live])
    return found[0].id
