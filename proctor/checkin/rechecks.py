# SPDX-License-Identifier: Apache-2.0
"""Small movements that are asked for during the test, at moments that nobody can foresee. Pure; nothing here shows or stores.

A recheck never stops the test. One that was not seen is asked for once more; then people are told, and nothing else happens.
Missed is only what a learner could read about on the screen, and what the server would have seen: see CLOSE and PATIENCE.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from proctor.checkin.model import challenges_for
from proctor.checkin.movements import TURN_DEGREES, Challenge
from proctor.rules.inputs import LivenessChecked, Sight

FEWEST, MOST = 2, 4
QUIET = timedelta(minutes=3)
"""At the beginning and at the end of a test nothing is asked."""
WINDOW = timedelta(seconds=45)
"""How long a movement is waited for once its card is on the screen."""
PATIENCE = timedelta(minutes=3)
"""How long the page may let the learner finish typing before it shows the card; then it is asked for later, uncounted."""
CLOSE = timedelta(seconds=1.8)
"""Looks at the head further apart say nothing, as on a slow line, in a pause, or at a head turned out of sight: a turn may
lie between them. It is asked for later, uncounted."""
MOST_PUT_OFF = 2
"""After so many of these the moment is given up, and nobody is told: neither a slow line nor long typing is anybody's fault."""
AGAIN = timedelta(seconds=90)
REST = timedelta(seconds=60)
"""Between two movements, however close their moments were drawn."""
MOST_TRIES = 2
TURNS = (Challenge.TURN_LEFT, Challenge.TURN_RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecks:
    """What one learner will be asked for: the instants that are left, and what is asked for now.

    `yaw` is the learner's own middle in degrees. `asked_at` is None while nothing is asked for, `shown_at` until the page
    shows it. `read_at` is the last look at the head since, `gap` the longest time between two of them.
    """

    yaw: float
    draw: Random
    challenges: tuple[Challenge, ...]
    due: tuple[datetime, ...]
    challenge: Challenge | None = None
    asked_at: datetime | None = None
    shown_at: datetime | None = None
    read_at: datetime | None = None
    gap: timedelta = timedelta()
    tries: int = 0
    put_off: int = 0

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
    return replace(_idle(state), challenge=challenge, asked_at=at, due=state.due[1:])


def show(state: Rechecks, *, at: datetime) -> Rechecks:
    """The state when the page says that the card is on the screen; a second time, or with nothing asked for, as before."""
    if state.asked_at is None or state.shown_at is not None:
        return state
    return replace(state, shown_at=at, read_at=at)


def see(state: Rechecks, sight: Sight) -> tuple[Rechecks, LivenessChecked | None]:
    """The state after a frame, and what people are told: a movement was seen, or was not after two tries."""
    asked_at = state.asked_at
    if asked_at is None or state.challenge is None or sight.late or sight.at < asked_at:
        return state, None
    if sight.pose is not None and sight.faces:
        way = 1 if state.challenge is Challenge.TURN_LEFT else -1
        if (sight.pose.yaw - state.yaw) * way >= TURN_DEGREES:
            return _settled(state, sight.at), _told(state, sight.at, passed=True)
        if state.read_at is not None:
            gap = max(state.gap, sight.at - state.read_at)
            state = replace(state, read_at=max(state.read_at, sight.at), gap=gap)
    if state.shown_at is None or state.read_at is None:
        over = sight.at - asked_at >= PATIENCE
        return _put_off(state, sight.at) if over else state, None
    if sight.at - state.shown_at < WINDOW:
        return state, None
    if max(state.gap, sight.at - state.read_at) > CLOSE:
        return _put_off(state, sight.at), None
    return _missed(state, sight.at)


def _missed(state: Rechecks, at: datetime) -> tuple[Rechecks, LivenessChecked | None]:
    if state.tries + 1 < MOST_TRIES:
        return replace(_later(state, at), tries=state.tries + 1), None
    return _settled(state, at), _told(state, at, passed=False)


def _put_off(state: Rechecks, at: datetime) -> Rechecks:
    if state.put_off + 1 > MOST_PUT_OFF:
        return _settled(state, at)
    return replace(_later(state, at), put_off=state.put_off + 1)


def _later(state: Rechecks, at: datetime) -> Rechecks:
    return replace(_idle(state), due=(at + AGAIN * (0.5 + state.draw.random()), *state.due))


def _settled(state: Rechecks, at: datetime) -> Rechecks:
    rested = tuple(max(one, at + REST) for one in state.due[:1])
    return replace(_idle(state), challenge=None, tries=0, put_off=0, due=(*rested, *state.due[1:]))


def _idle(state: Rechecks) -> Rechecks:
    return replace(state, asked_at=None, shown_at=None, read_at=None, gap=timedelta())


def _told(state: Rechecks, at: datetime, *, passed: bool) -> LivenessChecked:
    name = "" if state.challenge is None else state.challenge.value
    return LivenessChecked(at=at, passed=passed, challenge=name, tries=state.tries + 1)
