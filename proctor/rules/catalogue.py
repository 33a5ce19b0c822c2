# SPDX-License-Identifier: Apache-2.0
"""What is known of each rule as such: its weight, whether pictures could exercise it, what it needs, what silences it.

The one table of these facts. Thresholds are in `parameters`, words for people are not here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from proctor.rules.alerts import RuleName, Weight
from proctor.rules.baseline import Baseline
from proctor.rules.exemptions import off_for


class Need(StrEnum):
    """What a rule cannot work without. The first five are networks, by the names that detectors give them.

    `size`: pictures large enough to tell a phone from a badge. `every_picture`: the server looks at each, not at one in ten.
    `movements`: some are asked for during the test; those of the check-in say nothing about the hours after it.
    """

    FACES = "faces"
    MESH = "mesh"
    IRIS = "iris"
    IDENTITY = "identity"
    OBJECTS = "objects"
    CALIBRATION = "calibration"
    ENROLMENT = "enrolment"
    VOICE = "voice"
    PREFILTER = "prefilter"
    OBJECTS_PLANNED = "objects_planned"
    SIZE = "size"
    EVERY_PICTURE = "every_picture"
    MOVEMENTS = "movements"


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One rule: what its alert leads to, whether real pictures exercised it (and which, or why none), what it needs.

    `network` is the one whose weights decide, so that its hash goes into the alert.
    """

    weight: Weight
    ground: str
    needs: frozenset[Need] = frozenset()
    network: Need = Need.FACES
    validated: bool = True


class Availability(StrEnum):
    """Whether a rule works for one learner. What is not available or exempted is never called clean."""

    AVAILABLE = "available"
    NOT_AVAILABLE = "not_available"
    EXEMPTED = "exempted"


class Watched(Protocol):
    """What is known of how one learner is watched."""

    @property
    def baseline(self) -> Baseline | None: ...
    @property
    def enrolled(self) -> object | None: ...
    @property
    def exemptions(self) -> Collection[str]: ...
    @property
    def missing(self) -> Collection[str]: ...
    @property
    def voice(self) -> bool: ...
    @property
    def prefilter(self) -> bool: ...
    @property
    def objects(self) -> bool: ...
    @property
    def thin(self) -> bool: ...
    @property
    def movements(self) -> bool: ...


_SEEN = frozenset({Need.FACES})
_THINGS = frozenset({Need.OBJECTS, Need.OBJECTS_PLANNED, Need.SIZE})
_LABELLED = "pictures of faces, groups and empty rooms"
_NO_STREAM = "no recorded people available"

CATALOGUE: Mapping[RuleName, RuleFacts] = MappingProxyType(
    {
        RuleName.FACE_GONE: RuleFacts(Weight.INCIDENT, _LABELLED, _SEEN),
        RuleName.SEVERAL_FACES: RuleFacts(Weight.INCIDENT, _LABELLED, _SEEN),
        RuleName.SOMEONE_ELSE: RuleFacts(
            Weight.INCIDENT,
            "the network was measured on pairs of pictures, the rule on no people",
            frozenset({Need.MESH, Need.IDENTITY, Need.ENROLMENT}),
            Need.IDENTITY,
            validated=False,
        ),
        RuleName.LOOKING_AWAY: RuleFacts(
            Weight.NOTE,
            _NO_STREAM,
            frozenset({Need.MESH, Need.CALIBRATION, Need.EVERY_PICTURE}),
            Need.MESH,
            validated=False,
        ),
        RuleName.PHONE_POSSIBLE: RuleFacts(
            Weight.NOTE,
            "too few pictures of phones",
            _THINGS,
            Need.OBJECTS,
            validated=False,
        ),
        RuleName.BOOK_POSSIBLE: RuleFacts(
            Weight.NOTE,
            "too few pictures of books",
            _THINGS,
            Need.OBJECTS,
            validated=False,
        ),
        RuleName.CAMERA_COVERED: RuleFacts(Weight.INCIDENT, "covered and near-uniform pictures"),
        RuleName.CAMERA_DARK: RuleFacts(Weight.NOTE, "darkened pictures"),
        RuleName.CAMERA_BLURRED: RuleFacts(Weight.NOTE, "blurred pictures"),
        RuleName.CAMERA_FROZEN: RuleFacts(
            Weight.INCIDENT, "webcam frames against one picture encoded anew", _SEEN
        ),
        RuleName.CAMERA_LOOPED: RuleFacts(
            Weight.NOTE, _NO_STREAM, _SEEN | {Need.EVERY_PICTURE}, validated=False
        ),
        RuleName.CAMERA_STOPPED: RuleFacts(Weight.INCIDENT, "no picture is needed"),
        RuleName.VIRTUAL_CAMERA: RuleFacts(
            Weight.NOTE, "weak evidence: a camera's name can be forged", validated=False
        ),
        RuleName.SPEECH: RuleFacts(Weight.NOTE, _NO_STREAM, frozenset({Need.VOICE}), validated=False),
        RuleName.FOCUS_LOST: RuleFacts(Weight.NOTE, "no picture is needed"),
        RuleName.PASTED: RuleFacts(Weight.NOTE, "no picture is needed"),
        RuleName.HAND_RAISED: RuleFacts(Weight.NOTE, "no picture is needed"),
        RuleName.PICTURES_MISSING: RuleFacts(Weight.NOTE, "no picture is needed"),
        RuleName.PICTURES_ALTERED: RuleFacts(Weight.INCIDENT, "no picture is needed"),
        RuleName.PREFILTER_DISAGREES: RuleFacts(
            Weight.NOTE, _LABELLED, frozenset({Need.FACES, Need.PREFILTER})
        ),
        RuleName.LIVENESS_FAILED: RuleFacts(
            Weight.NOTE, _NO_STREAM, frozenset({Need.MESH, Need.MOVEMENTS}), Need.MESH, validated=False
        ),
    }
)

SILENCED_BY: Mapping[RuleName, frozenset[RuleName]] = MappingProxyType(
    {
        RuleName.CAMERA_STOPPED: frozenset(
            {
                RuleName.FACE_GONE,
                RuleName.SEVERAL_FACES,
                RuleName.SOMEONE_ELSE,
                RuleName.LOOKING_AWAY,
                RuleName.PHONE_POSSIBLE,
                RuleName.BOOK_POSSIBLE,
                RuleName.CAMERA_COVERED,
                RuleName.CAMERA_DARK,
                RuleName.CAMERA_BLURRED,
                RuleName.CAMERA_FROZEN,
                RuleName.CAMERA_LOOPED,
            }
        ),
        RuleName.CAMERA_COVERED: frozenset(
            {
                RuleName.FACE_GONE,
                RuleName.SOMEONE_ELSE,
                RuleName.LOOKING_AWAY,
                RuleName.PHONE_POSSIBLE,
                RuleName.BOOK_POSSIBLE,
                RuleName.CAMERA_DARK,
                RuleName.CAMERA_BLURRED,
                RuleName.CAMERA_FROZEN,
                RuleName.CAMERA_LOOPED,
            }
        ),
        RuleName.FACE_GONE: frozenset({RuleName.SOMEONE_ELSE, RuleName.LOOKING_AWAY, RuleName.CAMERA_FROZEN}),
        RuleName.CAMERA_FROZEN: frozenset({RuleName.LOOKING_AWAY, RuleName.CAMERA_LOOPED}),
        RuleName.CAMERA_DARK: frozenset({RuleName.CAMERA_BLURRED}),
    }
)
"""While the first has an open alert, the others say nothing, and what they had open ends as suppressed."""


INCIDENT_RULES = tuple(rule for rule, facts in CATALOGUE.items() if facts.weight is Weight.INCIDENT)
"""The rules whose alerts a machine may make incidents of; see decision 0011."""


def weight_of(rule: RuleName) -> Weight:
    """What an alert of this rule leads to."""
    return CATALOGUE[rule].weight


def is_validated(rule: RuleName) -> bool:
    """Whether available pictures could exercise the rule; if not, it says "not validated on people" where it is shown."""
    return CATALOGUE[rule].validated


def unmet_needs(rule: RuleName, watched: Watched) -> frozenset[Need]:
    """What the rule lacks for this learner."""
    return frozenset(need for need in CATALOGUE[rule].needs if not _met(need, watched))


def availability(watched: Watched) -> dict[RuleName, Availability]:
    """Of each rule, whether it works for this learner. Raises Invalid(`exemption_unknown`)."""
    sees_persons = _met(Need.OBJECTS, watched) and _met(Need.OBJECTS_PLANNED, watched)
    off = off_for(watched.exemptions, sees_persons=sees_persons)
    return {
        rule: Availability.EXEMPTED
        if rule in off
        else Availability.NOT_AVAILABLE
        if unmet_needs(rule, watched)
        else Availability.AVAILABLE
        for rule in RuleName
    }


def _met(need: Need, watched: Watched) -> bool:
    match need:
        case Need.CALIBRATION:
            return watched.baseline is not None and watched.baseline.pose is not None
        case Need.ENROLMENT:
            return watched.enrolled is not None
        case Need.VOICE:
            return watched.voice
        case Need.PREFILTER:
            return watched.prefilter
        case Need.OBJECTS_PLANNED:
            return watched.objects
        case Need.SIZE:
            return not watched.thin
        case Need.EVERY_PICTURE:
            return not watched.prefilter
        case Need.MOVEMENTS:
            return watched.movements
        case _:
            return need.value not in watched.missing
