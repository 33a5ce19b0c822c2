# SPDX-License-Identifier: Apache-2.0
"""Commands on what a camera saw. ``kasauti proctor analyse`` says what the detectors see in pictures and clips.

What several of them share is here too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from core.errors import Invalid, KasautiError
from web.error_texts import plain_text_of
from web.wiring import read_config

if TYPE_CHECKING:
    from proctor import api as proctor_api

Callback = TypeVar("Callback", bound=Callable[..., Any])
REFUSED = 3
STILL_SECONDS = 1.0
LIVE_SIDE = 640
"""Pixels of the longer side of the largest pictures that a learner's page sends; most have 320, on a thin line 160."""


class GreedyCommand(click.Command):
    """Lets ``--enrol`` take several files: every argument up to the next option belongs to it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _spread(args, "--enrol"))


def _spread(arguments: Iterable[str], option: str) -> list[str]:
    spread, within = list[str](), False
    for argument in arguments:
        if argument == option:
            within = True
        elif argument.startswith("-") or not within:
            within = False
            spread.append(argument)
        else:
            spread += [option, argument]
    return spread


@click.group("proctor")
def proctor_group() -> None:
    """What the detectors see."""


@proctor_group.command("analyse", cls=GreedyCommand)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--max-side", type=click.IntRange(min=32), help="Shrink so that the longer side has N pixels.")
@click.option(
    "--enrol",
    multiple=True,
    metavar="FILE...",
    type=click.Path(path_type=Path),
    help="Pictures of the person expected, one face in each; adds identity.",
)
@click.option(
    "--identity",
    type=click.Choice(["mobilefacenet", "dlib-resnet"]),
    default="mobilefacenet",
    show_default=True,
    help="The network that compares faces.",
)
@click.option(
    "--fps", type=click.FloatRange(min=0, min_open=True), help="Look at so many frames a second of a clip."
)
@click.option("--json-lines", is_flag=True, help="Print one JSON object a picture or frame.")
def analyse(
    *,
    paths: tuple[Path, ...],
    max_side: int | None,
    enrol: tuple[Path, ...],
    identity: str,
    fps: float | None,
    json_lines: bool,
) -> None:
    """Say what the detectors see in each picture, in each frame of a clip, and in the files of a folder.

    Give the PATHs first: --enrol takes every FILE up to the next option. A file that cannot be read is refused by
    name, the others are still looked at, and the command ends with 3.
    """
    networks, missing, _ = networks_there(identity)
    if missing:
        click.echo(f"not available: {', '.join(missing)} (kasauti models fetch)", err=True)
    refused = False
    try:
        enrolled = enrolled_face(enrol, networks, max_side=max_side)
        for document in _documents(paths, networks, enrolled, max_side=max_side, fps=fps):
            refused |= "refused" in document
            _print(document | ({"not_available": missing} if missing else {}), json_lines=json_lines)
    except EnrolRefused as error:
        _print(error.document, json_lines=json_lines)
        refused = True
    if refused:
        click.get_current_context().exit(REFUSED)


class EnrolRefused(Exception):
    """A picture to enrol was refused; `document` says which and why."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__()
        self.document = document


def networks_there(
    identity: str | None, *, live: bool = False
) -> tuple[proctor_api.Networks, list[str], str]:
    """The networks whose weights are there, the names of the others, and which compares faces (else the configured one).

    `live`: shown pictures as on the live line, else as large as does them good. Faces are needed in any case.
    """
    from proctor import api as proctor

    config = read_config()
    identity = identity or config.identity_network.value
    load = proctor.load_live_networks if live else proctor.load_networks
    return *load(config.models, identity=identity), identity


def as_watched(command: Callback) -> Callback:
    """The options of commands that tell what the live line is worth: by default they look as it does."""
    detector = click.option(
        "--detector",
        type=click.Choice(["live", "best"]),
        default="live",
        show_default=True,
        help="Look as the live line does, or as large as does the networks good.",
    )
    identity = click.option(
        "--identity",
        type=click.Choice(["mobilefacenet", "dlib-resnet"]),
        help="The network that compares faces.  [default: the configured one]",
    )
    return detector(identity(command))


def enrolled_face(
    files: Sequence[Path], networks: proctor_api.Networks, *, max_side: int | None
) -> proctor_api.Embedding | None:
    """The mean vector of pictures with one face each; None without any. Raises EnrolRefused."""
    from proctor import api as proctor

    vectors = []
    for file in files:
        try:
            picture = proctor.decode_picture(proctor.read_file(file), max_side=max_side)
            count, vector = proctor.enrol(picture.pixels, networks)
            if count != 1:
                raise Invalid("enrol_not_one_face", faces=count)
        except KasautiError as error:
            raise EnrolRefused(refusal_of(file, error)) from error
        if vector is not None:
            vectors.append(vector)
    return proctor.mean_of(vectors) if vectors else None


def _documents(
    paths: Sequence[Path],
    networks: proctor_api.Networks,
    enrolled: proctor_api.Embedding | None,
    *,
    max_side: int | None,
    fps: float | None,
) -> Iterable[dict[str, Any]]:
    """What is printed, in order; a refusal among it is an object with `refused`."""
    from proctor import api as proctor

    for path in (file for given in paths for file in proctor.files_below(given)):
        earlier = list[tuple[float, proctor.Greys]]()
        try:
            for frame in proctor.read_frames(path, max_side=max_side, fps=fps):
                analysis = proctor.analyse(frame.picture.pixels, networks, enrolled=enrolled)
                still = _is_still(frame, earlier)
                yield proctor.describe(path.as_posix(), frame, analysis, still=still)
        except KasautiError as error:
            yield refusal_of(path, error)


def _is_still(frame: proctor_api.PictureFrame, earlier: list[tuple[float, proctor_api.Greys]]) -> bool | None:
    """Whether nothing, not even noise, changed since the frame a second before; None where there is none."""
    from proctor import api as proctor

    if frame.at_seconds is None:
        return None
    grey = proctor.small_grey(frame.picture.pixels)
    while len(earlier) > 1 and earlier[1][0] <= frame.at_seconds - STILL_SECONDS + 1e-6:
        earlier.pop(0)
    known = bool(earlier) and earlier[0][0] <= frame.at_seconds - STILL_SECONDS + 1e-6
    still = proctor.change_between(earlier[0][1], grey) < proctor.STILL_CHANGE if known else None
    earlier.append((frame.at_seconds, grey))
    return still


def refusal_of(path: Path, error: KasautiError) -> dict[str, Any]:
    """A refused file as it is printed."""
    text = plain_text_of(error.code, error.facts)
    reason = f"{text.title} {text.advice}".rstrip()
    return {"path": path.as_posix(), "refused": {"code": error.code, "reason": reason, "facts": error.facts}}


def _print(document: dict[str, Any], *, json_lines: bool) -> None:
    if json_lines:
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
    elif "refused" in document:
        click.echo(f"{document['path']}: {document['refused']['reason']}", err=True)
    else:
        pose, identity = document["pose"], document["identity"]
        parts = [
            f"{document['path']} frame {document['frame']}: faces {document['face_count']}",
            f"persons {'not available' if document['persons'] is None else document['persons']}",
            *(f"{thing['label']} {thing['score']}" for thing in document["objects"] or ()),
            *([f"yaw {pose['yaw']} pitch {pose['pitch']} roll {pose['roll']}"] if pose else []),
            *([f"similarity {identity['similarity']}"] if identity else []),
            *(name for name, found in document["tamper"].items() if found),
        ]
        click.echo(", ".join(parts))
