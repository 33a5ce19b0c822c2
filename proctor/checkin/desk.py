# SPDX-License-Identifier: Apache-2.0
"""The check-ins that are going on, in the memory of this process: frames in, words for the page out.

Nothing is stored here; a check-in that is interrupted begins again. Frames are looked at one at a time, and when many learners
check in at once each page is asked to send more rarely.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from core.errors import Conflict, Invalid, Unavailable
from core.ids import seed, seeded
from core.turns import TURNS
from proctor.checkin.enrolling import MOST_CANDIDATES, Candidate, Learned, choose
from proctor.checkin.looking import CardFace, Looker, Seeing
from proctor.checkin.model import Phase, Plan, Run, Seen, begin_run, give_up, look, may_give_up
from proctor.evidence.model import CapturedFrame, KeptFrame
from proctor.evidence.model import EvidenceKind as Kind
from proctor.monitoring.flow import TokenBucket
from proctor.rules.baseline import learn
from proctor.vision.frames import decode_jpeg
from proctor.vision.observation import Box, Greys
from proctor.vision.tamper import measure_tamper

MAXIMUM_FRAME = 96 * 1024
"""Bytes of one frame of a check-in; the page sends about 15,000."""
FORGOTTEN_AFTER = timedelta(minutes=15)
IDENTIFY_SECONDS = 1.2
"""How far apart the looks are of which a face is enrolled."""
PATIENCE_SECONDS = 4.0
STILL_CHANGE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page is told after a frame; `progress` is 0 to 1, `digits` only while they are to be read.

    `every_ms`: how long to wait for the next frame; `unseen`: how much of it the camera did not see.
    """

    phase: Phase
    seen: Seen | None
    progress: float
    seconds_left: int
    challenge: str | None
    digits: str
    tries: int
    number: int
    of: int
    every_ms: int
    may_skip: bool
    unseen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a finished run leaves; `pictures` are those of challenges that were not seen."""

    began_at: datetime
    calibrated: bool
    learned: Learned
    challenges: tuple[dict[str, Any], ...]
    measures: dict[str, Any]
    pictures: tuple[KeptFrame, ...]
    model_sha256: str


@dataclass(slots=True)
class _Going:
    run: Run
    plan: Plan
    heard_at: datetime
    lock: threading.Lock = field(default_factory=threading.Lock)
    bucket: TokenBucket = field(default_factory=lambda: TokenBucket(per_second=8.0, burst=24.0))
    candidates: list[Candidate] = field(default_factory=list)
    identified_at: datetime | None = None
    greys: Greys | None = None
    changes: list[float] = field(default_factory=list)
    pictures: dict[str, KeptFrame] = field(default_factory=dict)
    frames: int = 0


class CheckInDesk:
    """All check-ins of this process. `make_looker` is called once, when the first frame comes.

    `seconds` is the length of the calm part.
    """

    def __init__(self, make_looker: Callable[[], Looker], *, seconds: float) -> None:
        self._make, self._seconds = make_looker, seconds
        self._looker: Looker | None = None
        self._looking = threading.Lock()
        self._waiting = 0
        self._guard = threading.Lock()
        self._going = dict[str, _Going]()
        self._cards = dict[str, TokenBucket]()

    def show(self, session_id: str, *, at: datetime) -> View | None:
        """Where a run stands, or None when none has begun."""
        with self._guard:
            going = self._going.get(session_id)
        return None if going is None else self._view(going.run, at)

    def take(
        self, session_id: str, jpeg: bytes, *, plan: Plan, exemptions: frozenset[str], at: datetime
    ) -> View:
        """Look at one frame of a run, which begins with its first.

        Raises Invalid (the codes of a refused frame), Conflict(`frame_too_fast`), Unavailable(`check_in_busy`) and what the
        networks' loading raises.
        """
        going = self._one(session_id, plan, exemptions, at)
        with going.lock:
            if not going.bucket.take(at):
                raise Conflict("frame_too_fast")
            pixels = decode_jpeg(jpeg)
            due = (
                going.identified_at is None or (at - going.identified_at).total_seconds() >= IDENTIFY_SECONDS
            )
            identify = going.run.phase is Phase.CALM and due and len(going.candidates) < MOST_CANDIDATES
            seeing = self._look(lambda eyes: eyes.look(pixels, at, before=going.greys, identify=identify))
            self._note(going, seeing, CapturedFrame(going.frames, at, jpeg))
            return self._view(going.run, at)

    def skip(self, session_id: str, *, at: datetime) -> View:
        """Go on without the rest. Raises Conflict `check_in_too_early`, `check_in_not_begun`."""
        going = self._known(session_id)
        with going.lock:
            going.run = give_up(going.run, at=at)
            return self._view(going.run, at)

    def outcome(self, session_id: str) -> Outcome | None:
        """What a run left that is over; None while it goes on."""
        with self._guard:
            going = self._going.get(session_id)
        if going is None or going.run.phase is not Phase.DONE:
            return None
        return self._outcome(going)

    def forget(self, session_id: str) -> None:
        """Drop a run and its pictures; an unknown one changes nothing."""
        with self._guard:
            self._going.pop(session_id, None)
            self._cards.pop(session_id, None)

    def find_card_face(self, session_id: str, jpeg: bytes, *, plan: Plan, at: datetime) -> CardFace | None:
        """The face on the card in a picture, or None; its numbers only where the plan compares faces.

        Raises as `take`, and Invalid(`photo_too_dark`).
        """
        with self._guard:
            self._cards = {
                name: one
                for name, one in self._cards.items()
                if one.at is None or at - one.at < FORGOTTEN_AFTER
            }
            if not self._cards.setdefault(session_id, TokenBucket(per_second=0.2, burst=6.0)).take(at):
                raise Conflict("frame_too_fast")
        pixels = decode_jpeg(jpeg)
        tamper = measure_tamper(pixels)
        if tamper.dark:
            raise Invalid("photo_too_dark", mean=round(tamper.mean, 1))
        found: CardFace | None = self._look(
            lambda eyes: eyes.find_card_face(pixels, identify=plan.calibration)
        )
        return found

    def _one(self, session_id: str, plan: Plan, exemptions: frozenset[str], at: datetime) -> _Going:
        can_measure = self._look(lambda eyes: eyes.can_measure)
        with self._guard:
            self._going = {
                name: one for name, one in self._going.items() if at - one.heard_at < FORGOTTEN_AFTER
            }
            going = self._going.get(session_id)
            if going is None:
                run = begin_run(
                    plan,
                    exemptions=exemptions,
                    can_measure=can_measure,
                    seconds=self._seconds,
                    at=at,
                    draw=seeded(seed()),
                )
                going = self._going[session_id] = _Going(run, plan, at)
            going.heard_at = at
            return going

    def _known(self, session_id: str) -> _Going:
        with self._guard:
            going = self._going.get(session_id)
        if going is None:
            raise Conflict("check_in_not_begun")
        return going

    def _look(self, act: Callable[[Looker], Any]) -> Any:
        self._waiting += 1
        try:
            with TURNS.aside():  # what is looked at here must not hold up an answer
                if not self._looking.acquire(timeout=PATIENCE_SECONDS):
                    raise Unavailable("check_in_busy")
                try:
                    if self._looker is None:
                        self._looker = self._make()
                    return act(self._looker)
                finally:
                    self._looking.release()
        finally:
            self._waiting -= 1

    def _note(self, going: _Going, seeing: Seeing, frame: CapturedFrame) -> None:
        before, at = going.run, frame.at
        going.frames += 1
        going.greys = seeing.greys
        if seeing.look.sight.change is not None:
            going.changes.append(seeing.look.sight.change)
        task = before.task
        if task is not None:
            going.pictures[task.challenge.value] = KeptFrame(
                Kind.CHECK_IN, frame, tuple(map(_all_of, seeing.faces))
            )
        going.run = look(before, seeing.look)
        usable = going.run.seen is not None and going.run.seen.usable
        if seeing.vector is not None and before.phase is Phase.CALM and usable:
            going.candidates.append(Candidate(seeing.look.sharpness, seeing.vector))
            going.identified_at = at
        if going.run.phase is Phase.DONE:
            failed = {task.challenge.value for task in going.run.failed}
            going.pictures = {name: kept for name, kept in going.pictures.items() if name in failed}

    def _outcome(self, going: _Going) -> Outcome:
        run = going.run
        calibration = going.plan.calibration
        baseline = learn([one.sight for one in run.looks]) if calibration else None
        vectors = choose(going.candidates) if calibration else ()
        changes = going.changes
        return Outcome(
            began_at=run.began_at,
            calibrated=run.calibrated and baseline is not None,
            learned=Learned(baseline, vectors, self._look(lambda eyes: eyes.identity_sha256)),
            challenges=tuple(
                {"challenge": task.challenge.value, "tries": task.tries, "passed": bool(task.passed)}
                for task in run.tasks
            ),
            measures={
                "frames": going.frames,
                "median_change": round(median(changes), 2) if changes else None,
                "still_frames": sum(change < STILL_CHANGE for change in changes),
            },
            pictures=tuple(going.pictures.values()),
            model_sha256=self._look(lambda eyes: eyes.model_sha256),
        )

    def _view(self, run: Run, at: datetime) -> View:
        task = run.task
        crowd = 1 + self._waiting // 4
        return View(
            phase=run.phase,
            seen=run.seen,
            progress=1.0 if run.phase is not Phase.CALM else round(run.calm_seconds / run.seconds, 3),
            seconds_left=max(0, round(run.seconds - run.calm_seconds)),
            challenge=None if task is None else task.challenge.value,
            digits="" if task is None else task.digits,
            tries=0 if task is None else task.tries,
            number=0 if task is None else run.tasks.index(task) + 1,
            of=len(run.tasks),
            every_ms=run.every_ms * crowd,
            may_skip=may_give_up(run, at=at),
            unseen=len(run.failed) + run.given_up,
        )


def _all_of(box: Box) -> Box:
    """The box of a face with the hair and chin around it."""
    return replace(
        box,
        x=box.x - box.width * 0.2,
        y=box.y - box.height * 0.3,
        width=box.width * 1.4,
        height=box.height * 1.5,
    )
