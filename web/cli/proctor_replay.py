# SPDX-License-Identifier: Apache-2.0
"""``kasauti proctor replay``: the rules over clips as if they were streamed, in clip time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.errors import KasautiError
from web.cli.proctoring import (
    LIVE_SIDE,
    REFUSED,
    EnrolRefused,
    GreedyCommand,
    as_watched,
    enrolled_face,
    networks_there,
    refusal_of,
)

if TYPE_CHECKING:
    from proctor import api as proctor_api


@click.command("replay", cls=GreedyCommand)
@click.argument("clips", nargs=-1, required=True, metavar="VIDEO...", type=click.Path(path_type=Path))
@click.option(
    "--mode",
    type=click.Choice(["full", "economy"]),
    default="full",
    show_default=True,
    help="How often the dear looks (head, identity, things) are taken.",
)
@click.option(
    "--spacing",
    type=click.FloatRange(min=0.2, max=10),
    default=1.0,
    show_default=True,
    help="Seconds of the clip between two pictures.",
)
@click.option(
    "--max-side",
    type=click.IntRange(min=32),
    default=LIVE_SIDE,
    show_default=True,
    help="Pixels of the longer side of the pictures as they are sent: 640, 320 or 160.",
)
@click.option(
    "--enrol",
    multiple=True,
    metavar="FILE...",
    type=click.Path(path_type=Path),
    help="Pictures of the person expected, one face in each.",
)
@click.option(
    "--calibrate",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Learn the baseline (and the face, without --enrol) from the start of each clip.",
)
@click.option(
    "--exempt", multiple=True, metavar="PROFILE", help="An exemption of the learner's; may be repeated."
)
@as_watched
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def replay(
    *,
    clips: tuple[Path, ...],
    mode: str,
    spacing: float,
    max_side: int,
    enrol: tuple[Path, ...],
    calibrate: float,
    exempt: tuple[str, ...],
    detector: str,
    identity: str | None,
    as_json: bool,
) -> None:
    """Run the rules over each VIDEO as if it were streamed, and print the alerts and incidents that they raise.

    A folder stands for the files in it. A file that cannot be read is refused by name, the others are still watched, and
    the command ends with 3.
    """
    from proctor import api as proctor

    networks, missing, compares = networks_there(identity, live=detector == "live")
    if missing:
        click.echo(f"not available: {', '.join(missing)} (kasauti models fetch)", err=True)
    refused = list[dict[str, Any]]()
    try:
        enrolled = enrolled_face(enrol, networks, max_side=None)
    except EnrolRefused as error:
        _print({"refused": [error.document]}, as_json=as_json)
        click.get_current_context().exit(REFUSED)
    watching = proctor.Watching(enrolled=enrolled, mode=proctor.Mode(mode), exemptions=frozenset(exempt))
    proctor.availability(watching)  # refuses an unknown exemption before anything is watched
    eyes, parameters = proctor.LookingDetector(networks), proctor.Parameters().comparing_by(compares)
    found: list[tuple[str, proctor_api.Replayed]] = []
    for path in (file for given in clips for file in proctor.files_below(given)):
        click.echo(f"replaying {path.as_posix()}", err=True)
        try:
            frames = proctor.read_frames(path, fps=1 / spacing)
            replayed = proctor.replay(
                frames,
                eyes,
                watching=watching,
                parameters=parameters,
                calibrate_seconds=calibrate,
                sent_side=max_side,
            )
            found.append((path.as_posix(), replayed))
        except KasautiError as error:
            refused.append(refusal_of(path, error))
    _print(
        {
            **_document(found, refused),
            "mode": mode,
            "max_side": max_side,
            "spacing_seconds": spacing,
            "not_available": missing,
            "detector": detector,
            "identity_network": compares,
        },
        as_json=as_json,
    )
    if refused:
        click.get_current_context().exit(REFUSED)


def _document(found: list[tuple[str, proctor_api.Replayed]], refused: list[dict[str, Any]]) -> dict[str, Any]:
    from proctor import api as proctor

    alerts = [proctor.describe_alert(path, alert) for path, replayed in found for alert in replayed.alerts]
    incidents = [alert for alert in alerts if alert["weight"] == "incident"]
    seconds = sum(replayed.watched_seconds for _, replayed in found)
    return {
        "clips": [proctor.describe_replay(path, replayed) for path, replayed in found],
        "refused": refused,
        "alerts": alerts,
        "incidents": incidents,
        "watched_seconds": round(seconds, 3),
        "learner_hours": round(seconds / 3600, 5),
        "false_alert_bound": proctor.describe_bound(len(alerts), seconds),
        "false_incident_bound": proctor.describe_bound(len(incidents), seconds),
        "rules": proctor.describe_rules([replayed.watching for _, replayed in found]),
    }


def _print(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))
        return
    for refusal in document["refused"]:
        click.echo(f"{refusal['path']}: {refusal['refused']['reason']}", err=True)
    for alert in document.get("alerts", ()):
        cause = f" ({alert['cause']})" if alert["cause"] else ""
        doubt = "" if alert["validated"] else ", not validated on people"
        numbers = ", ".join(f"{name} {value:g}" for name, value in alert["numbers"].items())
        click.echo(
            f"{alert['path']} {alert['start']:g}-{alert['end']:g} s: {alert['weight']} {alert['rule']}{cause}, "
            f"{numbers}{doubt}"
        )
    if "clips" in document:
        click.echo(f"watched {document['watched_seconds']:g} s ({document['learner_hours']:g} learner-hours)")
        click.echo(document["false_alert_bound"]["text"])
        for state in ("not_available", "exempted", "not_told", "mixed"):
            names = [name for name, rule in document["rules"].items() if rule["availability"] == state]
            if names:
                click.echo(f"{state.replace('_', ' ')}: {', '.join(names)}")
