# SPDX-License-Identifier: Apache-2.0
"""``kasauti proctor evaluate``: what the detectors and rules are worth on pictures that people have labelled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.errors import KasautiError
from web.cli.proctoring import LIVE_SIDE, REFUSED, as_watched, networks_there
from web.error_texts import plain_text_of

if TYPE_CHECKING:
    from proctor import api as proctor_api

TOLD_EVERY = 25


@click.command("evaluate")
@click.argument("labels", type=click.Path(path_type=Path))
@click.option(
    "--max-side",
    type=click.IntRange(min=32),
    help="Shrink so that the longer side has N pixels.  [default: 640, the line's largest; with --detector best 1920]",
)
@as_watched
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(
    *, labels: Path, max_side: int | None, detector: str, identity: str | None, as_json: bool
) -> None:
    """Look at the pictures and clips that the table LABELS names, and print how often each rule is right.

    docs/proctoring-rules.md describes the columns. A line or a file that cannot be used is refused by name, the others
    still count, and the command ends with 3.
    """
    from proctor import api as proctor

    table = proctor.read_labels(labels)
    networks, missing, compares = networks_there(identity, live=detector == "live")
    parameters = proctor.Parameters().comparing_by(compares)
    total, side = len(table.rows), max_side or (LIVE_SIDE if detector == "live" else None)

    def progress(number: int, label: proctor_api.PictureLabel) -> None:
        if number % TOLD_EVERY == 1 or number == total:
            click.echo(f"{number} of {total}: {label.shown}", err=True)

    evaluated = proctor.evaluate(
        table.rows, networks, max_side=side, parameters=parameters, progress=progress
    )
    refused = [_refusal(row.line, row.shown, row.error) for row in table.refused]
    refused += [_refusal(one.label.line, one.label.shown, one.error) for one in evaluated.unreadable]
    document = {
        "labels": labels.as_posix(),
        "rows": total + len(table.refused),
        "max_side": evaluated.side,
        "not_available": missing,
        "refused": sorted(refused, key=lambda refusal: refusal["line"]),
        "detector": detector,
        "identity_network": compares,
        **proctor.describe_evaluation(evaluated, table.group_columns, parameters=parameters),
    }
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))
    else:
        _print(document)
    if refused:
        click.get_current_context().exit(REFUSED)


def _refusal(line: int, path: str, error: KasautiError) -> dict[str, Any]:
    text = plain_text_of(error.code, error.facts)
    reason = f"{text.title} {text.advice}".rstrip()
    return {"line": line, "path": path, "code": error.code, "reason": reason, "facts": error.facts}


def _print(document: Mapping[str, Any]) -> None:
    for refusal in document["refused"]:
        click.echo(f"line {refusal['line']}: {refusal['path']}: {refusal['reason']}", err=True)
    if document["not_available"]:
        click.echo(f"not available: {', '.join(document['not_available'])} (kasauti models fetch)", err=True)
    click.echo(
        f"{document['pictures']} pictures, {document['clips']} clips, {len(document['refused'])} refused "
        f"(shares with 95 % intervals; looked at up to {document['max_side']} pixels)"
    )
    _print_figures(document, indent="")
    if document["calm"]["clips"]:
        click.echo(f"calm clips: {document['calm']['false_alerts']['text']}")
    for column, values in document["groups"].items():
        if "left_out" in values:
            click.echo(f"{column}: {values['left_out']}")
            continue
        for value, figures in values.items():
            click.echo(f"{column} = {value} ({figures['pictures']} pictures, {figures['clips']} clips)")
            _print_figures(figures, indent="  ")


def _print_figures(figures: Mapping[str, Any], *, indent: str) -> None:
    for name, rate in (figures["faces"] or {}).items():
        click.echo(f"{indent}faces: {name.replace('_', ' ')} {_shown(rate)}")
    for name, rule in figures["rules"].items():
        parts = [] if rule["note"] is None else [rule["note"]]
        if rule["labelled"]:
            parts.insert(0, f"detection {_shown(rule['detection'])}")
            parts.insert(1, f"false alarm {_shown(rule['false_alarm'])}")
        click.echo(f"{indent}{name}: {'; '.join(parts)}")
    identity = figures["identity"]
    for name, measured in () if identity is None else identity.items():
        if not isinstance(measured, Mapping) or "true_accepts" not in measured:
            continue
        at_rate = measured["at_false_accepts_0_001"]
        click.echo(
            f"{indent}identity, {name.replace('_', ' ')}: true accepts {_shown(measured['true_accepts'])}, false accepts "
            f"{_shown(measured['false_accepts'])} at {measured['threshold']}"
        )
        if at_rate is not None:
            doubt = "" if at_rate["resolved"] else " (fewer than 1000 comparisons cannot show that rate)"
            click.echo(
                f"{indent}  at a false-accept rate of 0.1 %: {_shown(at_rate['true_accepts'])}, threshold "
                f"{at_rate['threshold']}{doubt}"
            )


def _shown(rate: Mapping[str, Any]) -> str:
    if rate["rate"] is None:
        return "no labelled pictures"
    return (
        f"{rate['hits']}/{rate['of']} = {100 * rate['rate']:.1f} % "
        f"({100 * rate['low']:.1f}-{100 * rate['high']:.1f})"
    )
