# SPDX-License-Identifier: Apache-2.0
"""The movements that are asked for, and whether looks show one against the learner's own middle. Pure; asks nobody itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import assert_never

from proctor.rules.inputs import Sight

TURN_DEGREES = 15.0
SHUT_SHARE, OPEN_SHARE = 0.6, 0.75
"""Openings of the eyes in shares of the learner's own."""
MOUTH_RANGE, MOUTH_WAY = 0.08, 0.2
"""How far the lips part, and how much they move in all while digits are read, in widths of the mouth."""


class Challenge(StrEnum):
    """A movement on request; left and right are the learner's own."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    BLINK = "blink"
    READ_DIGITS = "digits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One frame: what the rules would be told of it, and what only the check-in measures.

    `mouth`: distance of the lips in widths of the mouth; `sharpness`: of the face, 0 for none; None where no mesh was found.
    """

    sight: Sight
    mouth: float | None = None
    sharpness: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The learner's own middle: degrees of turning, opening of the eyes; None where it could not be measured."""

    yaw: float | None = None
    eyes: float | None = None


def own_of(looks: tuple[Look, ...]) -> Own:
    """The learner's own middle in the calm looks."""
    yaws = [one.sight.pose.yaw for one in looks if one.sight.pose is not None]
    eyes = [opening for one in looks if (opening := _eyes(one)) is not None]
    return Own(yaw=median(yaws) if yaws else None, eyes=median(eyes) if eyes else None)


def was_done(challenge: Challenge, looks: tuple[Look, ...], own: Own) -> bool:
    """Whether the looks of one try show the movement, against the learner's own middle."""
    match challenge:
        case Challenge.TURN_LEFT:
            return any(turn >= TURN_DEGREES for turn in turns(looks, own))
        case Challenge.TURN_RIGHT:
            return any(turn <= -TURN_DEGREES for turn in turns(looks, own))
        case Challenge.BLINK:
            return _blinked(looks, own)
        case Challenge.READ_DIGITS:
            return _spoke(looks)
        case _:
            assert_never(challenge)


def turns(looks: tuple[Look, ...], own: Own) -> list[float]:
    """Degrees away from the own middle, positive to the learner's left, which is right in the camera's picture."""
    if own.yaw is None:
        return []
    return [one.sight.pose.yaw - own.yaw for one in looks if one.sight.pose is not None]


def _blinked(looks: tuple[Look, ...], own: Own) -> bool:
    """Shut, and open again later; with the head straight, because turned eyes look narrow."""
    if own.eyes is None or own.yaw is None:
        return False
    shut = False
    for one in looks:
        opening = _eyes(one)
        if opening is None or one.sight.pose is None or abs(one.sight.pose.yaw - own.yaw) > TURN_DEGREES:
            continue
        if opening <= SHUT_SHARE * own.eyes:
            shut = True
        elif shut and opening >= OPEN_SHARE * own.eyes:
            return True
    return False


def _spoke(looks: tuple[Look, ...]) -> bool:
    openings = [one.mouth for one in looks if one.mouth is not None]
    if not openings:
        return False
    way = sum(abs(later - earlier) for earlier, later in pairwise(openings))
    return max(openings) - min(openings) >= MOUTH_RANGE and way >= MOUTH_WAY


def _eyes(one: Look) -> float | None:
    gaze = one.sight.gaze
    return None if gaze is None else (gaze.left_open + gaze.right_open) / 2
