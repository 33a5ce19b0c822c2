# SPDX-License-Identifier: Apache-2.0
"""Commands on QTI. ``kasauti qti score`` runs the processing of one item or test and prints its outcomes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import click

from core.errors import KasautiError
from item_bank import api as bank
from scoring.api import Element, QtiError, program_of, run_item, score_test
from web.error_texts import plain_text_of

REFUSED = 3
MAX_RESPONSES = 10 * 1024 * 1024


@click.group()
def qti() -> None:
    """Items and tests in QTI."""


@qti.command("score")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--responses",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='A json file: {"responses": {…}} for an item, {"items": {…}} for a test.',
)
@click.option("--seed", type=int, default=0, show_default=True, help="Settles what the item draws by chance.")
@click.option("--trace", is_flag=True, help="Also print every step.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def score(
    file: Path,
    responses: Path,
    seed: int,
    trace: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Score the QTI item FILE, or process the outcomes of the QTI test FILE.

    Nothing is stored, and no database is needed.
    """
    try:
        document = _read_responses(responses)
        root = bank.parse_xml(file.read_bytes())
        bank.qti_version(root)
        found = _run(bank.element_of(root), document, seed=seed)
    except QtiError as error:
        _refuse(error.to_document(), as_json=as_json)
    except KasautiError as error:
        text = plain_text_of(error.code, error.facts)
        reason = f"{text.title} {text.advice}".rstrip()
        _refuse({"code": error.code, "reason": reason, "where": file.name}, as_json=as_json)
    if not trace:
        found.pop("trace", None)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, allow_nan=False))
    else:
        _print(found)


def _read_responses(file: Path) -> Mapping[str, object]:
    """The object in the file. Raises QtiError `responses_malformed`."""
    reason = "The file of responses is not an object in JSON."
    if file.stat().st_size > MAX_RESPONSES:
        raise QtiError(
            "responses_malformed", reason="The file of responses is larger than 10 MB.", where=file.name
        )
    try:
        document = json.loads(file.read_bytes().decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise QtiError("responses_malformed", reason=f"{reason[:-1]}: {error}.", where=file.name) from error
    if not isinstance(document, dict):
        raise QtiError("responses_malformed", reason=reason, where=file.name)
    return document


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _run(root: Element, document: Mapping[str, object], *, seed: int) -> dict[str, object]:
    """Outcomes, warnings and trace. Raises QtiError."""
    if root.name == "assessmentItem":
        return run_item(program_of(root), _member(document, "responses"), seed=seed).to_document()
    if root.name != "assessmentTest":
        raise QtiError(
            "document_unsupported",
            reason="The root of the document is neither an item nor a test of QTI.",
            where=root.name[:60],
        )
    return score_test(root, document, seed=seed).to_document()


def _member(document: Mapping[str, object], name: str) -> dict[str, object]:
    found = document.get(name)
    if not isinstance(found, dict):
        raise QtiError(
            "responses_malformed", reason=f"The member “{name}” is missing or no object.", where=name
        )
    return found


def _refuse(refusal: Mapping[str, str], *, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps({"refused": refusal}, ensure_ascii=False))
    place = f" ({refusal['where']})" if refusal["where"] else ""
    click.echo(f"kasauti: {refusal['reason']}{place} [{refusal['code']}]", err=True)
    raise click.exceptions.Exit(REFUSED)


def _print(found: Mapping[str, object]) -> None:
    outcomes, warnings, steps = (found.get(name) for name in ("outcomes", "warnings", "trace"))
    if isinstance(outcomes, dict):
        for name, value in outcomes.items():
            click.echo(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    for step in steps if isinstance(steps, list) else []:
        click.echo(f"  {step['where']}: {step['rule']} {step['variable']} {json.dumps(step['value'])}")
    for warning in warnings if isinstance(warnings, list) else []:
        click.echo(f"warning: {warning['reason']} ({warning['where']}) [{warning['code']}]", err=True)
