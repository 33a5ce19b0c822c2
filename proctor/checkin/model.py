# SPDX-License-Identifier: Apache-2.0
"""The check-in: which steps a plan asks for, and the run of calm seconds and challenges. Pure: no storage, no network.

A machine only notes here. Whoever cannot do a challenge, or whom the camera cannot see, goes on all the same, and people are
told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from random import Random
from types import MappingProxyType
from typing import Protocol

from core.errors import Conflict
from proctor.checkin.movements import TURN_DEGREES, Challenge, Look, Own, own_of, turns, was_done
from proctor.rules.alerts import RuleName
from proctor.rules.baseline import FEWEST_FRAMES
from proctor.rules.exemptions import off_for
from proctor.rules.inputs import FaceBox, Sight


class Step(StrEnum):
    """What a learner is asked to do next."""

    ID_CARD = "id_card"
    PHOTO = "photo"
    CALIBRATION = "calibration"
    DONE = "done"


class Seen(StrEnum):
    """What a frame shows, for the words on the page."""

    GOOD = "good"
    DARK = "dark"
    BLURRED = "blurred"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    WALL_FACE = "wall_face"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    NOT_STRAIGHT = "not_straight"
    OTHER_WAY = "other_way"

    @property
    def usable(self) -> bool:
        """Whether such a frame counts for the calm seconds: a picture on the wall is learned, not refused."""
        return self in (Seen.GOOD, Seen.WALL_FACE)


class Phase(StrEnum):
    """Where the run stands."""

    CALM = "calm"
    CHALLENGES = "challenges"
    DONE = "done"


class Plan(Protocol):
    """What of a sitting's plan the check-in reads."""

    @property
    def id_card(self) -> bool: ...

    @property
    def calibration(self) -> bool: ...

    @property
    def liveness(self) -> bool: ...


SMALLEST_FACE, LARGEST_FACE = 0.17, 0.85
"""Height of a face in heights of the picture: outside, an embedding or the eyes are poor."""
STRAIGHT_DEGREES = 30.0
WALL_SHARE = 0.5
"""A face on the wall has at most this share of the area of the learner's own."""
WALL_DRIFT = 0.03
"""How far it may wander between two frames, in sides of the picture; a person moves more."""
LONGEST_GAP_SECONDS = 3.0
"""What one frame can count for: on a slow line fewer frames stand for the same time."""
MOST_LOOKS = 60
PATIENCE_SECONDS = 45.0
"""After so long the learner may go on without the rest."""
DIGITS = 4
MOST_TRIES = 3
LONGEST_TRY_SECONDS = 30.0
TRY: Mapping[Challenge, tuple[float, int]] = MappingProxyType(
    {
        Challenge.TURN_LEFT: (8.0, 4),
        Challenge.TURN_RIGHT: (8.0, 4),
        Challenge.BLINK: (5.0, 8),
        Challenge.READ_DIGITS: (8.0, 8),
    }
)
"""A try is over after so many seconds and, as lines are slow, so many looks."""
EVERY_MS: Mapping[Challenge, int] = MappingProxyType(
    {
        Challenge.TURN_LEFT: 700,
        Challenge.TURN_RIGHT: 700,
        Challenge.BLINK: 200,
        Challenge.READ_DIGITS: 400,
    }
)
"""How often a frame is asked for; eyes are shut for a moment only."""
CALM_EVERY_MS, FASTEST_EVERY_MS = 1000, 250
LEFT_OUT: Mapping[str, frozenset[Challenge]] = MappingProxyType(
    {
        "bed_ridden": frozenset({Challenge.TURN_LEFT, Challenge.TURN_RIGHT}),
        "low_vision_close": frozenset({Challenge.READ_DIGITS}),
    }
)
"""Challenges that a learner with this exemption is not asked for; where the rule itself is off, none is asked."""
COMPANY = "helper_present"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A challenge as it stands; `passed` is None while it is open. `digits` is "" but for reading."""

    challenge: Challenge
    digits: str = ""
    tries: int = 0
    passed: bool | None = None
    began_at: datetime | None = None
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The calm seconds and the challenges of one learner. `calm_seconds` of `seconds` have been seen."""

    seconds: float
    began_at: datetime
    phase: Phase
    phase_at: datetime
    tasks: tuple[Task, ...] = ()
    looks: tuple[Look, ...] = ()
    calm_seconds: float = 0.0
    last_at: datetime | None = None
    extras: tuple[FaceBox, ...] = ()
    seen: Seen | None = None
    given_up: bool = False
    company: bool = False
    own: Own = field(default_factory=Own)

    @property
    def task(self) -> Task | None:
        """The challenge in hand."""
        if self.phase is not Phase.CHALLENGES:
            return None
        return next((task for task in self.tasks if task.passed is None), None)

    @property
    def every_ms(self) -> int:
        """How long the page waits from one frame to the next."""
        task = self.task
        if task is not None:
            return EVERY_MS[task.challenge]
        return max(FASTEST_EVERY_MS, min(CALM_EVERY_MS, round(self.seconds * 1000 / FEWEST_FRAMES)))

    @property
    def calibrated(self) -> bool:
        """Whether the calm seconds were seen in full."""
        return self.phase is not Phase.CALM and not self.given_up

    @property
    def failed(self) -> tuple[Task, ...]:
        """The challenges that were not seen."""
        return tuple(task for task in self.tasks if task.passed is False)


def steps_of(plan: Plan) -> tuple[Step, ...]:
    """The steps that a plan asks for, in order."""
    steps = [Step.PHOTO]
    if plan.id_card:
        steps.insert(0, Step.ID_CARD)
    if plan.calibration or plan.liveness:
        steps.append(Step.CALIBRATION)
    return tuple(steps)


def due_step(plan: Plan, *, card: bool, photo: bool, learned: bool) -> Step:
    """The first step that is not taken; DONE when none is left."""
    taken = {Step.ID_CARD: card, Step.PHOTO: photo, Step.CALIBRATION: learned}
    return next((step for step in steps_of(plan) if not taken[step]), Step.DONE)


def require_step(plan: Plan, due: Step, wanted: Step) -> None:
    """Whether a step may be taken now: what is due, or a picture of before again.

    Raises Conflict `check_in_not_needed`, `check_in_wrong_step` (due=…), `check_in_done` when none is due.
    """
    steps = steps_of(plan)
    if wanted not in steps:
        raise Conflict("check_in_not_needed")
    if due is Step.DONE:
        raise Conflict("check_in_done")
    if steps.index(wanted) > steps.index(due):
        raise Conflict("check_in_wrong_step", due=due.value)


def challenges_for(exemptions: frozenset[str]) -> tuple[Challenge, ...]:
    """The challenges that somebody with these exemptions can be asked for. Raises Invalid(`exemption_unknown`)."""
    if RuleName.LIVENESS_FAILED in off_for(exemptions):
        return ()
    left_out = frozenset[Challenge]().union(*(LEFT_OUT.get(name, frozenset()) for name in exemptions))
    return tuple(challenge for challenge in Challenge if challenge not in left_out)


def begin_run(
    plan: Plan, *, exemptions: frozenset[str], can_measure: bool, seconds: float, at: datetime, draw: Random
) -> Run:
    """A run from its start; the order of the challenges and the digits are drawn.

    Without the network that measures faces (`can_measure`) there are no challenges.
    """
    tasks = list[Task]()
    if plan.liveness and can_measure:
        order = list(challenges_for(exemptions))
        draw.shuffle(order)
        tasks = [
            Task(challenge=one, digits=_digits(draw) if one is Challenge.READ_DIGITS else "") for one in order
        ]
    return Run(
        seconds=seconds,
        began_at=at,
        phase=Phase.CALM,
        phase_at=at,
        tasks=tuple(tasks),
        company=COMPANY in exemptions,
    )


def look(run: Run, seen: Look) -> Run:
    """The run after one more frame; frames come in the order in which they were taken."""
    if run.phase is Phase.DONE:
        return run
    found, extras = judge(seen.sight, run.extras, company=run.company)
    run = replace(run, seen=found, extras=extras)
    return _calm(run, seen) if run.phase is Phase.CALM else _challenge(run, seen)


def judge(
    sight: Sight, extras: tuple[FaceBox, ...], *, company: bool = False
) -> tuple[Seen, tuple[FaceBox, ...]]:
    """What a frame shows, and the faces beside the largest; `extras` are those of the frame before.

    With `company` a helper was granted, so other faces are in order.
    """
    boxes = sorted(sight.boxes, key=lambda box: -box.width * box.height)
    if not boxes:
        return (Seen.DARK if sight.dark or sight.covered else Seen.NO_FACE), ()
    own, others = boxes[0], tuple(boxes[1:])
    if not company and any(not _on_the_wall(other, own, extras) for other in others):
        return Seen.SEVERAL_FACES, others
    if own.height < SMALLEST_FACE:
        return Seen.TOO_FAR, others
    if own.height > LARGEST_FACE:
        return Seen.TOO_NEAR, others
    if sight.blurred:
        return Seen.BLURRED, others
    if sight.pose is not None and abs(sight.pose.yaw) > STRAIGHT_DEGREES:
        return Seen.NOT_STRAIGHT, others
    return (Seen.WALL_FACE if others else Seen.GOOD), others


def may_give_up(run: Run, *, at: datetime) -> bool:
    """Whether the learner has tried long enough to go on without the rest."""
    return run.phase is not Phase.DONE and (at - run.phase_at).total_seconds() >= PATIENCE_SECONDS


def give_up(run: Run, *, at: datetime) -> Run:
    """Leave the rest of the present phase. Raises Conflict `check_in_too_early` (seconds=… still to try)."""
    if not may_give_up(run, at=at):
        waited = (at - run.phase_at).total_seconds()
        raise Conflict("check_in_too_early", seconds=max(0, round(PATIENCE_SECONDS - waited)))
    if run.phase is Phase.CALM:
        return _after_calm(replace(run, given_up=True), at)
    tasks = tuple(
        task if task.passed is not None else replace(task, passed=False, tries=task.tries + 1)
        for task in run.tasks
    )
    return replace(run, tasks=tasks, phase=Phase.DONE, phase_at=at)


def _on_the_wall(other: FaceBox, own: FaceBox, extras: tuple[FaceBox, ...]) -> bool:
    if other.width * other.height > WALL_SHARE * own.width * own.height:
        return False
    return any(
        max(
            abs(other.x - one.x),
            abs(other.y - one.y),
            abs(other.width - one.width),
            abs(other.height - one.height),
        )
        <= WALL_DRIFT
        for one in extras
    )


def _calm(run: Run, seen: Look) -> Run:
    if run.seen is None or not run.seen.usable:
        return replace(run, last_at=None)
    at = seen.sight.at
    gap = 1.0 if run.last_at is None else max(0.0, (at - run.last_at).total_seconds())
    looks = (*run.looks, seen)[-MOST_LOOKS:]
    calm_seconds = min(run.seconds, run.calm_seconds + min(gap, LONGEST_GAP_SECONDS))
    run = replace(run, looks=looks, last_at=at, calm_seconds=calm_seconds)
    enough = calm_seconds >= run.seconds and len(looks) >= FEWEST_FRAMES
    return _after_calm(run, at) if enough else run


def _after_calm(run: Run, at: datetime) -> Run:
    phase = Phase.CHALLENGES if run.tasks else Phase.DONE
    return replace(run, phase=phase, phase_at=at, own=own_of(run.looks))


def _challenge(run: Run, seen: Look) -> Run:
    at = seen.sight.at
    task = next(task for task in run.tasks if task.passed is None)  # the phase ends with the last one
    own = run.own if run.own.yaw is not None else own_of((seen,))
    began_at = task.began_at or at
    if run.seen in (Seen.GOOD, Seen.WALL_FACE, Seen.NOT_STRAIGHT, Seen.BLURRED):
        task = replace(task, looks=(*task.looks, seen)[-MOST_LOOKS:])
    task = replace(task, began_at=began_at)
    if was_done(task.challenge, task.looks, own):
        task = replace(task, passed=True, tries=task.tries + 1, looks=(), began_at=None)
    else:
        run = replace(run, seen=_hint(run.seen, task.challenge, seen, own))
        task = _after_a_try(task, at)
    tasks = tuple(task if one.challenge is task.challenge else one for one in run.tasks)
    over = all(one.passed is not None for one in tasks)
    phase_at = at if task.passed is not None else run.phase_at
    return replace(run, tasks=tasks, own=own, phase=Phase.DONE if over else run.phase, phase_at=phase_at)


def _after_a_try(task: Task, at: datetime) -> Task:
    """The task, its try counted when it is over."""
    lasted = (at - (task.began_at or at)).total_seconds()
    seconds, looks = TRY[task.challenge]
    if lasted < LONGEST_TRY_SECONDS and (lasted < seconds or len(task.looks) < looks):
        return task
    tries = task.tries + 1
    return replace(task, tries=tries, began_at=None, looks=(), passed=False if tries >= MOST_TRIES else None)


def _hint(seen: Seen | None, challenge: Challenge, last: Look, own: Own) -> Seen | None:
    """The word for the page: turning is asked for, so it is not called crooked; the wrong way is told."""
    if challenge not in (Challenge.TURN_LEFT, Challenge.TURN_RIGHT):
        return seen
    wanted = 1 if challenge is Challenge.TURN_LEFT else -1
    if any(turn * wanted <= -TURN_DEGREES for turn in turns((last,), own)):
        return Seen.OTHER_WAY
    return Seen.GOOD if seen is Seen.NOT_STRAIGHT else seen


def _digits(draw: Random) -> str:
    return "".join(draw.choices("0123456789", k=DIGITS))
