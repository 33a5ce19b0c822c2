# SPDX-License-Identifier: Apache-2.0
"""From what a detector saw on a frame to what the rules are told of it. Pure; no rule and no schedule lives here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from proctor.monitoring.schedule import GAZE_DOWN, HEAD_DOWN, Seen
from proctor.monitoring.watching import Watching
from proctor.rules.baseline import POSTER_GROWTH, POSTER_SHIFT, same_place
from proctor.rules.inputs import FaceBox, SeenGaze, SeenPose, SeenThing, Sight
from proctor.vision.identity import SMALLEST_FACE, similarity
from proctor.vision.observation import Box, Face, Greys, Observation
from proctor.vision.tamper import change_between, fingerprint_of

SMALLEST_FOR_THINGS = 320
"""Pixels of the longer side below which a badge looks like a phone: nothing is said of things then."""


def sight_of(seen: Observation, watching: Watching, *, before: Greys | None, late: bool = False) -> Sight:
    """The sight of a frame; `before` is the small grey picture of the frame before, as far as there was one.

    A likeness is told only of a frame with one face beside those on the wall: with several nobody knows whose it is. Nor
    of a face too small to be like itself, as of somebody who sits far off, on a thin line: that accuses nobody.
    """
    pose, gaze, things = seen.pose, seen.gaze, seen.things
    boxes = tuple(
        FaceBox(
            face.box.x / seen.width,
            face.box.y / seen.height,
            face.box.width / seen.width,
            face.box.height / seen.height,
            face.score,
        )
        for face in seen.faces
    )
    alike = None
    if seen.embedding is not None and watching.enrolled is not None and _is_alone(boxes, watching):
        alike = similarity(seen.embedding, watching.enrolled) if is_near(seen.faces) else None
    return Sight(
        at=seen.at,
        seq=seen.seq,
        faces=len(seen.faces),
        boxes=boxes,
        covered=seen.tamper.covered,
        dark=seen.tamper.dark,
        blurred=seen.tamper.blurred,
        brightness=seen.tamper.mean,
        change=None if before is None else change_between(before, seen.greys),
        fingerprint=fingerprint_of(seen.greys),
        persons=seen.persons,
        things=None
        if things is None or max(seen.width, seen.height) < SMALLEST_FOR_THINGS
        else tuple(SeenThing(one.label.value, one.score) for one in things),
        pose=None if pose is None else SeenPose(pose.yaw, pose.pitch, pose.roll),
        gaze=None
        if gaze is None
        else SeenGaze(gaze.horizontal, gaze.vertical, gaze.left_open, gaze.right_open),
        similarity=alike,
        late=late,
    )


def seen_for_plan(seen: Observation, sight: Sight, watching: Watching) -> Seen:
    """What of the frame bears on what is looked for next; `sight` is without the faces that hang on the wall."""
    return Seen(
        faces=sight.faces,
        agreed=seen.agreed,
        change=sight.change,
        looks_down=_looks_down(sight, watching),
        face=max(sight.boxes, key=lambda box: box.width * box.height, default=None),
        found=len(seen.faces),
    )


def while_turning(sight: Sight, *, living: int) -> Sight | None:
    """What the rules are told of a frame while a turn of the head is asked for; None: nothing.

    Who was asked to turn neither looks away nor is gone, and a face from the side is like nobody's. `living`: faces of people.
    """
    if not living and not sight.covered and not sight.dark:
        return None
    return replace(sight, pose=None, gaze=None, similarity=None)


def is_near(faces: Sequence[Face]) -> bool:
    """Whether the largest face has pixels enough to be compared with another look at it."""
    return max((max(face.box.width, face.box.height) for face in faces), default=0.0) >= SMALLEST_FACE


def areas_of(seen: Observation) -> tuple[Box, ...]:
    """Every face, person and thing seen, in pixels of the frame: what stays sharp when the rest is blurred."""
    return tuple(face.box for face in seen.faces) + tuple(thing.box for thing in seen.things or ())


def _looks_down(sight: Sight, watching: Watching) -> bool:
    """Lower than this learner's usual; without a baseline nobody knows what is usual."""
    baseline = watching.baseline
    if baseline is None:
        return False
    pose, gaze = baseline.pose, baseline.gaze
    head = pose is not None and sight.pose is not None and sight.pose.pitch - pose.pitch <= HEAD_DOWN
    eyes = gaze is not None and sight.gaze is not None and sight.gaze.vertical - gaze.vertical <= GAZE_DOWN
    return head or eyes


def _is_alone(boxes: tuple[FaceBox, ...], watching: Watching) -> bool:
    """Whether one face is left when the pictures on this learner's wall are not counted, and is the largest."""
    posters = () if watching.baseline is None else watching.baseline.posters
    living = [
        box
        for box in boxes
        if not any(
            same_place(box, poster, shift=2 * POSTER_SHIFT, growth=2 * POSTER_GROWTH) for poster in posters
        )
    ]
    return len(living) == 1 and living[0] == max(boxes, key=lambda box: box.width * box.height)
