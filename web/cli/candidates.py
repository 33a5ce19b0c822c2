# SPDX-License-Identifier: Apache-2.0
"""``kasauti candidates``: the same lists, checks and codes as on the manager's pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from assessor import api as assessor
from core.errors import Invalid, KasautiError
from core.uow import UnitOfWork
from item_bank import api as bank
from web import wiring
from web.cli.accounts import SYSTEM
from web.cli.banks import agency_id
from web.error_texts import plain_text_of
from web.migrate import migrate

REFUSED = 3


@click.group()
def candidates() -> None:
    """Candidates of a sitting."""


@candidates.command("template")
@click.option("--language", type=click.Choice(["en", "hi"]), default="en", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
def template(language: str, output: Path) -> None:
    """Write the empty sheet to fill in."""
    output.write_bytes(assessor.candidate_template_xlsx(language))
    click.echo(f"written to {output}")


@candidates.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sitting", "sitting_id", required=True, help="Id of the sitting.")
@click.option("--organisation", help="Id of the agency; not needed where there is only one.")
@click.option("--dry-run", is_flag=True, help="Report only; enrol nobody.")
@click.option("--skip-refused", is_flag=True, help="Enrol the good rows although others are refused.")
@click.option("--language", type=click.Choice(["en", "hi"]), default="en", help="Of rows that name none.")
@click.option("--requirement-met", is_flag=True, help="Every candidate meets the entry requirement.")
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    metavar="RULE=TEXT",
    help="Why a rule that warns may be passed over.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_context
def import_file(
    context: click.Context, /, file: Path, sitting_id: str, *, as_json: bool, **chosen: Any
) -> None:
    """Enrol the candidates of FILE (xlsx or csv) and print their access codes, this once.

    Without --skip-refused any refusal enrols nobody and ends with exit code 3.
    """
    if chosen["dry_run"] and chosen["skip_refused"]:
        raise click.UsageError("--dry-run and --skip-refused exclude each other")
    document = _run(file, sitting_id, chosen)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _print(document)
    if document["refused"] and not chosen["skip_refused"]:
        context.exit(REFUSED)


def _run(file: Path, sitting_id: str, chosen: dict[str, Any]) -> dict[str, Any]:
    parts = wiring.build(wiring.read_config())
    migrate(parts.engine)
    approval = assessor.Approval(
        entry_requirement_met=chosen["requirement_met"], reasons=dict(map(_reason, chosen["reasons"]))
    )
    with parts.store.read(SYSTEM) as uow:
        owner = agency_id(uow, chosen["organisation"])
        listed = _read(uow, file, sitting_id, owner=owner, language=chosen["language"])
        checked = assessor.check_candidates(
            uow,
            sitting_id,
            listed.rows,
            organisation_id=owner,
            person_key=parts.person_key,
            entry_requirement_met=approval.entry_requirement_met,
        )
    refused = [_problem(one) for one in listed.problems] + _blocked(checked, approval)
    document = {
        "read": len(listed.rows),
        "enrolled": 0,
        "refused": refused,
        "warnings": _warned(checked),
        "codes": [],
    }
    if chosen["dry_run"] or (refused and not chosen["skip_refused"]):
        return document
    with parts.store.write(SYSTEM) as uow:
        made = assessor.enrol_candidates(
            uow,
            sitting_id,
            listed.rows,
            organisation_id=owner,
            pepper=parts.code_pepper,
            person_key=parts.person_key,
            approval=approval,
            only_good=chosen["skip_refused"],
        )
    codes = [
        {"entry": one.entry.id, "name": one.entry.candidate_name, "code": one.code} for one in made.enrolled
    ]
    return {**document, "enrolled": len(codes), "codes": codes}


def _read(
    uow: UnitOfWork, file: Path, sitting_id: str, *, owner: str, language: str
) -> assessor.CandidateList:
    sitting = assessor.sitting(uow, sitting_id, organisation_id=owner)
    sheet = assessor.open_list(file.read_bytes(), filename=file.name)
    today = uow.now.astimezone(ZoneInfo(sitting.time_zone)).date()
    return assessor.parse_candidates(sheet, today=today, language=assessor.Language(language))


def _reason(text: str) -> tuple[str, str]:
    rule, found, why = text.partition("=")
    if not found or not why.strip():
        raise click.UsageError("--reason takes RULE=TEXT")
    return rule, why


def _problem(problem: assessor.ListProblem) -> dict[str, str]:
    return _refusal(f"row {problem.row}, {problem.heading}", problem.error)


def _refusal(where: str, error: KasautiError) -> dict[str, str]:
    text = plain_text_of(error.code, error.facts)
    return {"where": where, "code": error.code, "reason": f"{text.title} {text.advice}".strip()}


def _blocked(
    checked: Sequence[assessor.CheckedCandidate], approval: assessor.Approval
) -> list[dict[str, str]]:
    found = []
    for one in checked:
        where = f"row {one.listed.row}"
        if one.taken:
            found.append(_refusal(where, Invalid("agency_number_taken")))
        for finding in one.findings:
            unexplained = finding.severity is bank.Severity.WARN and finding.rule not in approval.reasons
            if finding.severity is bank.Severity.BLOCK or unexplained:
                reason = f"{finding.text} {finding.what_to_do}"
                found.append({"where": where, "code": finding.rule, "reason": reason})
    return found


def _warned(checked: Sequence[assessor.CheckedCandidate]) -> dict[str, int]:
    rules = [one.rule for row in checked for one in row.findings if one.severity is bank.Severity.WARN]
    return {rule: rules.count(rule) for rule in dict.fromkeys(rules)}


def _print(document: dict[str, Any]) -> None:
    click.echo(f"read {document['read']}, enrolled {document['enrolled']}", err=True)
    for one in document["refused"]:
        click.echo(f"refused: {one['where']}: {one['reason']} [{one['code']}]", err=True)
    for one in document["codes"]:
        click.echo(f"{one['code']}  {one['name']}")
