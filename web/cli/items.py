# SPDX-License-Identifier: Apache-2.0
"""Commands on item banks. ``kasauti items import`` prints the same loss report as the page does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from core.errors import KasautiError
from core.identity import queries as identity
from core.identity.model import OrganisationKind
from core.uow import Actor, ActorKind, UnitOfWork
from item_bank import api as bank
from web.cli.accounts import SYSTEM, open_store
from web.cli.banks import agency_id, live_credential_id
from web.error_texts import plain_text_of

_LARGE: Final = 1_000_000
_MANY: Final = 1_000


@click.group()
def items() -> None:
    """Items of a bank."""


@items.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", help="Id of the agency; not needed where there is only one.")
@click.option("--credential", help="Code of the credential; not needed where there is only one.")
@click.option("--dry-run", is_flag=True, help="Report only; write nothing.")
@click.option("--skip-refused", is_flag=True, help="Import the good items although others are refused.")
@click.option(
    "--refused",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was refused here, as xlsx with reasons.",
)
@click.option("--pc", default="", help="The criterion of items whose file names none.")
@click.option(
    "--difficulty", type=click.Choice(["easy", "medium", "hard"]), help="The same for the difficulty."
)
@click.option("--seconds", type=click.IntRange(5, 7200), help="The same for the planned time of an item.")
@click.option("--language", default="", help="The language of texts that name none, such as en or hi.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file that says what the columns of a sheet mean (docs/formats.md).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def import_file(
    file: Path, organisation: str | None, credential: str | None, *, as_json: bool, **chosen: Any
) -> None:
    """Bring the items of FILE into a bank as drafts: xlsx, csv, json, QTI (xml or zip), Moodle XML, GIFT or Aiken.

    Without --skip-refused any refusal writes nothing and ends with exit code 3.
    """
    if chosen["dry_run"] and chosen["skip_refused"]:
        raise click.UsageError("--dry-run and --skip-refused exclude each other")
    mode = bank.ImportMode.ALL_OR_NOTHING
    if chosen["dry_run"] or chosen["skip_refused"]:
        mode = bank.ImportMode.DRY_RUN if chosen["dry_run"] else bank.ImportMode.SKIP_REFUSED
    defaults = bank.ImportDefaults(
        chosen["pc"], chosen["difficulty"] or "", chosen["seconds"], chosen["language"].lower()
    )
    try:
        parsed = _parse(file, defaults, chosen["mapping"])
        report = _import(parsed, mode=mode, organisation=organisation, credential=credential)
    except KasautiError as error:
        if as_json:  # the words for people follow on stderr
            click.echo(json.dumps(_refused(file, mode, error).to_document(), ensure_ascii=False))
        raise
    if chosen["refused"] is not None and report.rejects:
        chosen["refused"].write_bytes(bank.refused_xlsx(report.rejects, columns=parsed.columns))
    if as_json:
        click.echo(json.dumps(report.to_document(), ensure_ascii=False))
    else:
        _print(report)
    if report.refused and not chosen["skip_refused"]:
        click.get_current_context().exit(3)


def _parse(file: Path, defaults: bank.ImportDefaults, mapping: Path | None) -> bank.ParsedFile:
    columns = bank.parse_mapping(bank.read_json(mapping.read_bytes())) if mapping is not None else None
    if file.stat().st_size > _LARGE:
        click.echo(f"reading {file.name} …", err=True)
    return bank.parse_items(file.read_bytes(), filename=file.name, defaults=defaults, mapping=columns)


def _import(
    parsed: bank.ParsedFile, *, mode: bank.ImportMode, organisation: str | None, credential: str | None
) -> bank.ImportReport:
    store = open_store()
    with store.read(SYSTEM) as uow:
        if mode is bank.ImportMode.DRY_RUN and _nowhere(uow, organisation, credential):
            with _bar(len(parsed.items)) as progress:
                return bank.check_file(parsed, progress=progress)
        owner = agency_id(uow, organisation)
        version_id = live_credential_id(uow, credential)
    author = Actor(ActorKind.SYSTEM, "system", owner)
    opened = store.read(author) if mode is bank.ImportMode.DRY_RUN else store.write(author)
    with _bar(len(parsed.items)) as progress, opened as uow:
        return bank.import_items(
            uow,
            owner_id=owner,
            credential_version_id=version_id,
            parsed=parsed,
            mode=mode,
            progress=progress,
        )


@contextmanager
def _bar(count: int) -> Iterator[bank.Progress]:
    """A progress bar on stderr where there is something to wait for."""
    if count < _MANY:
        yield lambda _stage, _done, _all: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, everything: int) -> None:
            if stage not in tasks:
                tasks[stage] = shown.add_task(stage, total=everything)
            shown.update(tasks[stage], completed=done, total=everything)

        yield tell


@items.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "chosen",
    type=click.Choice([one.value for one in bank.ExportFormat]),
    required=True,
    help="qti3 and qti21 hold every item; xlsx holds what a row can say and lists the rest.",
)
@click.option("--organisation", help="Id of the agency; not needed where there is only one.")
@click.option("--credential", help="Code of the credential; without it, the whole bank.")
@click.option("--pc", help="Only items of this criterion.")
@click.option(
    "--state",
    type=click.Choice([state.value for state in bank.ItemState]),
    help="Only versions in this state.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def export_file(file: Path, chosen: str, *, as_json: bool, **narrowed: str | None) -> None:
    """Write the items of a bank into FILE, keys included; keep it safe."""
    with open_store().read(SYSTEM) as uow:
        owner = agency_id(uow, narrowed["organisation"])
        version_id = live_credential_id(uow, narrowed["credential"]) if narrowed["credential"] else None
        state = narrowed["state"]
        exported = bank.export_items(
            uow,
            owner_id=owner,
            format=bank.ExportFormat(chosen),
            credential_version_id=version_id,
            pc=narrowed["pc"],
            state=bank.ItemState(state) if state else None,
        )
    file.write_bytes(exported.data)
    if as_json:
        document = {"format": chosen, "items": exported.items, "bytes": len(exported.data), "file": file.name}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        click.echo(f"{exported.items} items written to {file}")


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


def _nowhere(uow: UnitOfWork, organisation: str | None, credential: str | None) -> bool:
    """Whether no bank was named and there is none yet: then a dry run looks at the file alone."""
    if organisation or credential:
        return False
    agencies = identity.organisations(uow, kind=OrganisationKind.ASSESSMENT_AGENCY)
    return not agencies or not bank.credential_versions(uow, state=bank.CredentialState.LIVE)
