# SPDX-License-Identifier: Apache-2.0
"""Exemptions as data: which rules do not fit a learner, and which must be more patient. Who grants one is not known here.

A rule that is off for a learner is listed as exempted, never as clean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.errors import Invalid
from proctor.rules.alerts import RuleName
from proctor.rules.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Profile:
    """One exemption: rules that are off, and rules that wait longer (by a factor above 1) before they believe a signal.

    With `person_is_enough` a missing face means nothing as long as somebody is there: a veil may hide it for good.
    """

    name: str
    off: frozenset[RuleName] = frozenset()
    relaxed: Mapping[RuleName, float] = field(default_factory=dict)
    person_is_enough: bool = False

    def __post_init__(self) -> None:
        if any(factor <= 1 for factor in self.relaxed.values()):
            raise ValueError("an exemption only makes a rule more patient")


def _profile(
    name: str,
    *off: RuleName,
    relaxed: Mapping[RuleName, float] | None = None,
    person_is_enough: bool = False,
) -> Profile:
    return Profile(name, frozenset(off), MappingProxyType(dict(relaxed or {})), person_is_enough)


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            _profile(
                "veil",
                RuleName.SOMEONE_ELSE,
                RuleName.LOOKING_AWAY,
                RuleName.LIVENESS_FAILED,
                relaxed={RuleName.FACE_GONE: 4.0},
                person_is_enough=True,
            ),
            _profile(
                "tics",
                RuleName.LOOKING_AWAY,
                RuleName.LIVENESS_FAILED,
                relaxed={RuleName.FACE_GONE: 3.0, RuleName.SPEECH: 3.0},
            ),
            _profile("screen_reader", RuleName.SPEECH, relaxed={RuleName.FOCUS_LOST: 3.0}),
            _profile(
                "blind",
                RuleName.LOOKING_AWAY,
                RuleName.SPEECH,
                RuleName.LIVENESS_FAILED,
                RuleName.CAMERA_DARK,
                relaxed={RuleName.FACE_GONE: 3.0, RuleName.FOCUS_LOST: 3.0},
            ),
            _profile(
                "low_vision_close",
                RuleName.LOOKING_AWAY,
                relaxed={RuleName.FACE_GONE: 3.0, RuleName.CAMERA_COVERED: 3.0, RuleName.SOMEONE_ELSE: 2.0},
            ),
            _profile(
                "bed_ridden",
                RuleName.LOOKING_AWAY,
                relaxed={RuleName.FACE_GONE: 3.0, RuleName.CAMERA_FROZEN: 3.0},
            ),
            _profile("reads_aloud", RuleName.SPEECH),
            _profile("helper_present", RuleName.SEVERAL_FACES, RuleName.SPEECH, RuleName.PREFILTER_DISAGREES),
            _profile(
                "movement",
                RuleName.LIVENESS_FAILED,
                relaxed={RuleName.LOOKING_AWAY: 3.0, RuleName.FACE_GONE: 3.0},
            ),
        )
    }
)


def off_for(names: Collection[str], *, sees_persons: bool = True) -> frozenset[RuleName]:
    """The rules that are off under these profiles; that of the face too where a person would be enough and none is sought.

    Raises Invalid(`exemption_unknown`).
    """
    off = frozenset(rule for name in names for rule in profile(name).off)
    return off if sees_persons or not person_is_enough(names) else off | {RuleName.FACE_GONE}


def person_is_enough(names: Collection[str]) -> bool:
    """Whether a missing face means nothing as long as somebody is there. Raises Invalid(`exemption_unknown`)."""
    return any(profile(name).person_is_enough for name in names)


def exempt(parameters: Parameters, names: Collection[str]) -> Parameters:
    """The parameters for a learner with these profiles; of several factors for one rule the largest counts.

    Raises Invalid(`exemption_unknown`).
    """
    factors = dict[RuleName, float]()
    for name in names:
        for rule, factor in profile(name).relaxed.items():
            factors[rule] = max(factor, factors.get(rule, 1.0))
    patient = parameters.relaxed(factors)
    return replace(patient, off=parameters.off | off_for(names), person_is_enough=person_is_enough(names))


def profile(name: str) -> Profile:
    """The profile of this name. Raises Invalid(`exemption_unknown`)."""
    found = PROFILES.get(name)
    if found is None:
        raise Invalid("exemption_unknown", name=name, known=sorted(PROFILES))
    return found
