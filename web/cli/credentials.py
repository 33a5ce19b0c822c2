# SPDX-License-Identifier: Apache-2.0
"""Commands on credential documents: check a file, bring it in as a draft, take one out, print one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from core.errors import KasautiError, NotFound
from core.identity import queries as identity
from core.identity.model import OrganisationKind
from core.uow import Actor, ActorKind, UnitOfWork
from item_bank import api as bank
from web.cli.accounts import SYSTEM, open_store
from web.error_texts import plain_text_of


@click.group()
def credentials() -> None:
    """Credential documents of awarding bodies."""


@credentials.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def check(file: Path, as_json: bool) -> None:  # noqa: FBT001
    """Hold FILE (xlsx or json) against the rulebook; nothing is stored.

    Ends with exit code 3 when the file is malformed, or a rule of severity H is broken.
    """
    report: dict[str, Any] = {
        "file": file.name,
        "malformed": [],
        "findings": [],
        "recorded": [],
        "pages": None,
    }
    document = _read(file, report if as_json else None)
    parsed = bank.parse_credential(document)
    facts = bank.Facts(pages=bank.credential_pdf(parsed, "en").pages)
    found = bank.findings(parsed, facts)
    report |= {
        "code": parsed.code,
        "version": parsed.version,
        "sha256": bank.document_digest(document),
        "pages": facts.pages,
        "findings": [one.as_fact() for one in found],
        "recorded": [one.as_fact() for one in bank.recorded_data(parsed, facts)],
    }
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        click.echo(
            f"{parsed.code} {parsed.version}: {len(parsed.nos)} NOS, {len(parsed.pcs)} PCs, {facts.pages} pages"
        )
        for one in found:
            click.echo(f"{one.severity.value}  {one.clause}: {one.text} {one.what_to_do} [{one.rule}]")
    if any(one.severity is bank.Severity.BLOCK for one in found):
        click.get_current_context().exit(3)


@credentials.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", help="Id or name of the awarding body; not needed where there is only one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def import_file(file: Path, organisation: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Store the document in FILE (xlsx or json) as a draft."""
    document = _read(file, {"id": None, "malformed": []} if as_json else None)
    store = open_store()
    with store.read(SYSTEM) as uow:
        owner = _awarding_body(uow, organisation)
    with store.write(Actor(ActorKind.SYSTEM, "system", owner)) as uow:
        version = bank.add_credential_version(uow, owner_id=owner, document=document)
    found = [one.as_fact() for one in bank.findings(version.document)]
    if as_json:
        report = {"id": version.id, "state": version.state.value, "sha256": version.sha256, "findings": found}
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        click.echo(f"{version.id}  {version.document.code} {version.document.version}  {version.state.value}")
        click.echo(f"{len(found)} findings; kasauti credentials check {file} lists them", err=True)


@credentials.command("export")
@click.argument("code")
@click.option("--version", "number", help="Version; not needed where there is only one.")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A .xlsx or .json file.",
)
def export(code: str, number: str | None, output: Path) -> None:
    """Write the document CODE to a file, in the format that its name ends in."""
    with open_store().read(SYSTEM) as uow:
        document = bank.credential_json(uow, _version(uow, code, number).id)
    output.write_bytes(bank.write_credential_file(document, filename=output.name))
    click.echo(str(output))


@credentials.command("pdf")
@click.argument("code")
@click.option("--version", "number", help="Version; not needed where there is only one.")
@click.option("--language", type=click.Choice(["en", "hi"]), default="en", show_default=True)
@click.option(
    "--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .pdf file."
)
def pdf(code: str, number: str | None, language: str, output: Path) -> None:
    """Print the document CODE as a PDF and say how many pages it has."""
    with open_store().read(SYSTEM) as uow:
        version = _version(uow, code, number)
    printed = bank.credential_pdf(version.document, language, sha256=version.sha256)
    output.write_bytes(printed.data)
    click.echo(f"{output}: {printed.pages} pages")


@credentials.command("template")
@click.option(
    "--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .xlsx file."
)
def template(output: Path) -> None:
    """Write the empty workbook to fill in."""
    output.write_bytes(bank.credential_template_xlsx())
    click.echo(str(output))


def _read(file: Path, report: dict[str, Any] | None) -> dict[str, Any]:
    """The document in a file; each mistake is a line on stderr, and with ``report`` a member of the JSON too. Exit code 3."""
    try:
        return bank.read_credential_file(file.read_bytes(), filename=file.name)
    except KasautiError as error:
        text = plain_text_of(error.code, error.facts)
        said = f"{text.title} {text.advice}".strip()
        problems = error.facts.get("problems") or [{"where": file.name, "code": error.code, "reason": said}]
        if report is not None:
            click.echo(json.dumps({**report, "malformed": problems}, ensure_ascii=False))
        click.echo(f"kasauti: {said}", err=True)
        for problem in problems if isinstance(problems, list) else []:
            click.echo(f"  {problem['where']}: {problem['reason']} [{problem['code']}]", err=True)
        click.get_current_context().exit(3)


def _awarding_body(uow: UnitOfWork, wanted: str | None) -> str:
    bodies = identity.organisations(uow, kind=OrganisationKind.AWARDING_BODY)
    found = [body for body in bodies if wanted in (None, body.id, body.name)]
    if len(found) != 1:
        raise NotFound("organisation_unknown", known=[f"{body.id} {body.name}" for body in bodies])
    return found[0].id


def _version(uow: UnitOfWork, code: str, number: str | None) -> bank.CredentialVersion:
    versions = [one for one in bank.credential_versions(uow) if one.document.code == code]
    found = [one for one in versions if number in (None, one.document.version)]
    if len(found) != 1:
        raise NotFound(
            "credential_unknown", known=[f"{one.document.code} {one.document.version}" for one in versions]
        )
    return found[0]
