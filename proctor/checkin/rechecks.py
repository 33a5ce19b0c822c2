# SPDX-License-Identifier: Apache-2.0
"""Small movements that are asked for during the test, at moments that nobody can foresee. Pure; nothing here shows or stores.

A recheck never stops the test. One that was not seen is asked for once more; then people are told, and nothing else happens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from proctor.checkin.model import TURN_DEGREES, Challenge, challenges_for
from proctor.rules.inputs import LivenessChecked, Sight

FEWEST, MOST = 2, 4
QUIET = timedelta(minutes=3)
"""At the beginning and at the end of a test nothing is asked."""
WINDOW = timedelta(seconds=45)
"""How long a movement is waited for: the page first lets the learner finish typing."""
FEWEST_LOOKS = 3
"""With fewer looks at the head nothing can be said, as in a pause or without a line: it is asked for later, uncounted."""
AGAIN = timedelta(seconds=90)
MOST_TRIES = 2
TURNS = (Challenge.TURN_LEFT, Challenge.TURN_RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecks:
    """What one learner will be asked for: the instants that are left, and what is asked for now.

    `yaw` is the learner's own middle in degrees. `asked_at` is None while nothing is asked for.
    """

    yaw: float
    draw: Random
    challenges: tuple[Challenge, ...]
    due: tuple[datetime, ...]
    challenge: Challenge | None = None
    asked_at: datetime | None = None
    tries: int = 0
    looks: int = 0

    @property
    def asked(self) -> Challenge | None:
        """The movement that is asked for now."""
        return self.challenge if self.asked_at is not None else None


def plan_rechecks(
    *, yaw: float | None, exemptions: frozenset[str], starts_at: datetime, ends_at: datetime, draw: Random
) -> Rechecks | None:
    """Two to four moments of a test that runs from `starts_at` to `ends_at`, each in a part of its own.

    None where no turn can be judged (`yaw` unknown), the learner is exempted, or the test is too short.
    """
    challenges = tuple(one for one in TURNS if one in challenges_for(exemptions))
    first, last = starts_at + QUIET, ends_at - QUIET
    if yaw is None or not challenges or last - first < FEWEST * AGAIN:
        return None
    count = min(draw.randint(FEWEST, MOST), int((last - first) / AGAIN))
    part = (last - first) / count
    due = tuple(first + part * (number + draw.random()) for number in range(count))
    return Rechecks(yaw=yaw, draw=draw, challenges=challenges, due=due)


def ask(state: Rechecks, *, at: datetime) -> Rechecks:
    """The state when the page can be told something: what is due is asked for from now on."""
    if state.asked_at is not None or not state.due or at < state.due[0]:
        return state
    challenge = state.challenge or state.draw.choice(state.challenges)
    return replace(state, challenge=challenge, asked_at=at, looks=0, due=state.due[1:])


def see(state: Rechecks, sight: Sight) -> tuple[Rechecks, LivenessChecked | None]:
    """The state after a frame, and what people are told: a movement was seen, or was not after two tries."""
    if state.asked_at is None or state.challenge is None or sight.late or sight.at < state.asked_at:
        return state, None
    if sight.pose is not None:
        state = replace(state, looks=state.looks + 1)
        way = 1 if state.challenge is Challenge.TURN_LEFT else -1
        if (sight.pose.yaw - state.yaw) * way >= TURN_DEGREES:
            return _settled(state), _told(state, sight.at, passed=True)
    if sight.at - (state.asked_at or sight.at) < WINDOW:
        return state, None
    return _missed(state, sight.at)


def _missed(state: Rechecks, at: datetime) -> tuple[Rechecks, LivenessChecked | None]:
    again = (at + AGAIN * (0.5 + state.draw.random()), *state.due)
    if state.looks < FEWEST_LOOKS:
        return replace(state, asked_at=None, due=again), None
    if state.tries + 1 < MOST_TRIES:
        return replace(state, asked_at=None, tries=state.tries + 1, due=again), None
    return _settled(state), _told(state, at, passed=False)


def _settled(state: Rechecks) -> Rechecks:
    return replace(state, challenge=None, asked_at=None, tries=0, looks=0)


def _told(state: Rechecks, at: datetime, *, passed: bool) -> LivenessChecked:
    name = "" if state.challenge is None else state.challenge.value
    return LivenessChecked(at=at, passed=passed, challenge=name, tries=state.tries + 1)
