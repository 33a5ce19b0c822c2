# SPDX-License-Identifier: Apache-2.0
"""Looks at labelled pictures and clips, one after the other. What the looks are worth is counted in `evaluation_report`.

A file that cannot be read is named and counted; the others are still looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from core.errors import Invalid
from proctor.labels import Label
from proctor.monitoring.sights import is_near
from proctor.monitoring.watching import Watching
from proctor.picture_files import Frame, read_file, read_frames
from proctor.replaying import SENT_SIDE, Replayed, replay
from proctor.rules.parameters import Parameters
from proctor.vision.analysis import MESH_SCORE, Networks, analyse, enrol, largest_of
from proctor.vision.identity import mean_of
from proctor.vision.looking import LookingDetector
from proctor.vision.observation import Floats, Thing
from proctor.vision.observation import Label as ThingLabel
from proctor.vision.pictures import decode_picture

LARGEST_SIDE = 1920
"""Pictures are shrunk to this in any case: no network sees more of them, and a giant one must not fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPicture:
    """What was seen in one labelled picture; None means that the network is not there.

    `vector` is that of the only face; `turned` how many degrees that head is off the camera; `near` whether the face is
    large enough to be compared.
    """

    label: Label
    longer_side: int
    brightness: float
    faces: int
    persons: int | None
    phone: float | None
    book: float | None
    covered: bool
    dark: bool
    blurred: bool
    vector: Floats | None = None
    turned: float | None = None
    near: bool = True


@dataclass(frozen=True, slots=True)
class SeenClip:
    """What the rules said of one labelled clip."""

    label: Label
    replayed: Replayed


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A labelled file that could not be looked at."""

    label: Label
    error: Invalid


@dataclass(slots=True)
class Evaluated:
    """All that was looked at; `side` is the longest that a picture's longer side may have been, in pixels."""

    pictures: list[SeenPicture] = field(default_factory=list)
    clips: list[SeenClip] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    networks: frozenset[str] = frozenset()
    side: int = LARGEST_SIDE


def evaluate(
    labels: Sequence[Label],
    networks: Networks,
    *,
    max_side: int | None,
    parameters: Parameters | None = None,
    progress: Callable[[int, Label], None],
) -> Evaluated:
    """Look at every labelled file, in order; `progress` is told before each, with its number from 1."""
    detector = LookingDetector(networks)
    found = Evaluated(networks=frozenset(detector.models), side=min(max_side or LARGEST_SIDE, LARGEST_SIDE))
    for number, label in enumerate(labels, start=1):
        progress(number, label)
        try:
            _look(
                label,
                networks=networks,
                detector=detector,
                found=found,
                parameters=parameters,
            )
        except Invalid as error:
            found.unreadable.append(Unreadable(label, error))
    return found


def _look(
    label: Label,
    *,
    networks: Networks,
    detector: LookingDetector,
    found: Evaluated,
    parameters: Parameters | None,
) -> None:
    frames = read_frames(label.path, max_side=found.side, fps=1.0)
    first = next(frames, None)
    if first is None:
        raise Invalid("clip_unreadable", reason="no frames")
    second = None if first.at_seconds is None else next(frames, None)
    if second is None and (first.at_seconds is None or label.path.suffix.lower() == ".gif"):
        found.pictures.append(_see(label, first, networks))
        return
    watching = Watching(enrolled=_enrolled(label.enrol, networks))
    replayed = replay(
        chain((first,) if second is None else (first, second), frames),
        detector,
        watching=watching,
        parameters=parameters,
        calibrate_seconds=label.calibrate_seconds,
        sent_side=min(found.side, SENT_SIDE),
    )
    found.clips.append(SeenClip(label, replayed))


def _see(label: Label, frame: Frame, networks: Networks) -> SeenPicture:
    pixels = frame.picture.pixels
    seen = analyse(pixels, networks)
    vector = turned = None
    if label.same_as is not None and len(seen.faces) == 1 and networks.identity and networks.mesh:
        mesh = networks.mesh.find_points(pixels, largest_of(seen.faces))
        if mesh.score >= MESH_SCORE:
            vector = networks.identity.embed(pixels, mesh)
            turned = None if seen.pose is None else max(abs(seen.pose.yaw), abs(seen.pose.pitch))
    return SeenPicture(
        label=label,
        longer_side=max(pixels.shape[:2]),
        brightness=seen.tamper.mean,
        faces=len(seen.faces),
        persons=seen.persons,
        phone=_best(seen.things, ThingLabel.PHONE),
        book=_best(seen.things, ThingLabel.BOOK),
        covered=seen.tamper.covered,
        dark=seen.tamper.dark,
        blurred=seen.tamper.blurred,
        vector=vector,
        turned=turned,
        near=is_near(seen.faces),
    )


def _best(things: Sequence[Thing] | None, label: ThingLabel) -> float | None:
    """The highest score of a kind, 0 where none was seen."""
    if things is None:
        return None
    return max((thing.score for thing in things if thing.label is label), default=0.0)


def _enrolled(files: Sequence[Path], networks: Networks) -> Floats | None:
    """The mean vector of pictures with one face each. Raises Invalid(`enrol_not_one_face`) and what reading raises."""
    vectors = list[Floats]()
    for file in files:
        count, vector = enrol(decode_picture(read_file(file), max_side=LARGEST_SIDE).pixels, networks)
        if count != 1:
            raise Invalid("enrol_not_one_face", faces=count)
        if vector is not None:
            vectors.append(vector)
    return mean_of(vectors) if vectors else None
