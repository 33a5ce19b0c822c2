# SPDX-License-Identifier: Apache-2.0
"""What is wanted of the next frame of one learner: by the mode, by the time since the last look, by what was just seen.

Pure. The load of many learners is even because each begins at a place of its own within every period. Whether a claim
of the browser is checked can be told only by who knows the secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from proctor.monitoring.watching import Mode
from proctor.rules.appetite import Appetite
from proctor.rules.inputs import FaceBox
from proctor.vision.observation import Wanted

AUDITED_ONE_IN = 10
"""Of this many frames that the learner's browser judged, the server looks at one of its own choice."""
SETTLED_SECONDS = 5.0
"""So long two networks that agreed on a number of faces need not be asked again about the same number."""
FINE_SECONDS = 10.0
"""So long after another number of faces than one no frame is looked at coarsely."""
LIGHT_CHANGE = 25.0
"""Grey levels, mean over the picture: a hand before the camera, a lamp, somebody who passes."""
GAZE_DOWN = -0.04
"""Widths of the eye that the iris stands below the learner's usual place."""
HEAD_DOWN = -15.0
"""Degrees of pitch below the learner's usual."""
JUMP = 2.0
"""And so many times the change before: whoever moves all the time, or whose camera does, calls for nothing."""
SOON_SECONDS = 10.0
"""Changes of the picture and lowered eyes ask for no more than one extra look in this time."""
LEAP_OVERLAP = 0.6
"""A face whose box shares less than this with that of the frame before (of the area of both) may be another's."""
LEAP_SECONDS = 5.0
"""So long after a look at whose face it is no leap asks again; it is not forgotten meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """Seconds between two looks of a kind; zero means on every frame.

    Of `second_one_in` frames with one sure face a second network looks at one. Of `fine_one_in` frames one is looked at
    in full size; the others coarsely first, as long as there is one face and has been for FINE_SECONDS.
    """

    mesh: float
    gaze: float
    identity: float
    objects: float
    second_one_in: int = 20
    fine_one_in: int = 1


PERIODS: Mapping[Mode, Periods] = {
    Mode.FULL: Periods(mesh=0.0, gaze=5.0, identity=15.0, objects=5.0),
    Mode.ECONOMY: Periods(mesh=3.0, gaze=12.0, identity=30.0, objects=10.0, second_one_in=120, fine_one_in=5),
    Mode.PREFILTERED: Periods(mesh=0.0, gaze=20.0, identity=30.0, objects=60.0),
}
EACH = Periods(mesh=0.0, gaze=0.0, identity=0.0, objects=0.0, second_one_in=1)
"""Everything on every frame: what watching costs without any of these tricks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The plan of one learner: when each kind of look is due next, and what calls for one at once."""

    mesh_at: datetime
    gaze_at: datetime
    identity_at: datetime
    objects_at: datetime
    faces: int | None = None
    settled: int | None = None
    settled_until: datetime | None = None
    until_second: int = 0
    until_fine: int = 0
    fine_until: datetime | None = None
    identity_called: bool = False
    objects_called: bool = False
    called_at: datetime | None = None
    change: float | None = None
    face: FaceBox | None = None
    leapt: bool = False
    identified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What of an observation bears on the next plan.

    `faces` are those of people, `found` with those that hang on the wall (None: none do). `agreed`: both networks saw as
    many faces (None: one was asked). `change`: mean difference in grey levels to the frame before. `looks_down`: the eyes
    or the head are lower than this learner's usual. `face`: the largest.
    """

    faces: int
    agreed: bool | None = None
    change: float | None = None
    looks_down: bool = False
    face: FaceBox | None = None
    found: int | None = None


def begin(at: datetime, *, place: float, periods: Periods) -> Due:
    """The first plan: each kind of look is first due at its learner's `place` (0 to 1) within its period."""

    def first(seconds: float) -> datetime:
        return at + timedelta(seconds=seconds * place)

    return Due(
        mesh_at=first(periods.mesh),
        gaze_at=first(periods.gaze),
        identity_at=first(periods.identity),
        objects_at=first(periods.objects),
        until_second=int(place * periods.second_one_in),
    )


def place_of(session_id: str) -> float:
    """A learner's place within every period: 0 to 1, spread evenly over sessions."""
    return int.from_bytes(hashlib.sha256(session_id.encode()).digest()[:4]) / 2**32


def wanted_at(due: Due, at: datetime, *, objects: bool = True, identity: bool = True) -> Wanted:
    """What is to be looked for in the frame received at this instant; `identity` and `objects` may be no part of the plan."""
    identity = identity and (at >= due.identity_at or due.identity_called or _leap_is_due(due, at))
    gaze = at >= due.gaze_at
    settled = due.settled if due.settled_until is not None and at < due.settled_until else None
    return Wanted(
        mesh=at >= due.mesh_at or identity or gaze,
        gaze=gaze,
        identity=identity,
        objects=objects and (at >= due.objects_at or due.objects_called),
        second_opinion=due.until_second <= 0,
        settled=settled,
        coarsely=due.until_fine > 0 and due.faces == 1 and (due.fine_until is None or at >= due.fine_until),
    )


def after(due: Due, at: datetime, wanted: Wanted, seen: Seen, *, periods: Periods) -> Due:
    """The plan after a frame: what was looked for is due a period later, and what was seen may call for more.

    A face that was gone, or one of several, or a number that changed calls for identity on the next frame with one
    face, and so does a face that leapt; eyes or a head turned down for things, a sudden change of the picture for both,
    once in SOON_SECONDS.
    """
    one = seen.faces == 1
    changed = due.faces is not None and seen.faces != due.faces
    identity_done = wanted.identity and one
    quiet = due.called_at is None or (at - due.called_at).total_seconds() >= SOON_SECONDS
    jumped = quiet and _jumped(due.change, seen.change)
    calls = jumped or (quiet and seen.looks_down)
    called = due.identity_called or changed or not one
    settled, until = due.settled, due.settled_until
    if seen.agreed is not None:
        settled = (seen.faces if seen.found is None else seen.found) if seen.agreed else None
        until = at + timedelta(seconds=SETTLED_SECONDS) if seen.agreed else None
    return replace(
        due,
        mesh_at=_next(due.mesh_at, at, periods.mesh) if wanted.mesh and seen.faces else due.mesh_at,
        gaze_at=_next(due.gaze_at, at, periods.gaze) if wanted.gaze and seen.faces else due.gaze_at,
        identity_at=_next(due.identity_at, at, periods.identity) if identity_done else due.identity_at,
        objects_at=_next(due.objects_at, at, periods.objects) if wanted.objects else due.objects_at,
        faces=seen.faces,
        settled=settled,
        settled_until=until,
        until_second=periods.second_one_in - 1 if wanted.second_opinion else due.until_second - 1,
        until_fine=due.until_fine - 1 if wanted.coarsely else periods.fine_one_in - 1,
        fine_until=due.fine_until if one and not jumped else at + timedelta(seconds=FINE_SECONDS),
        identity_called=jumped or (called and not identity_done),
        objects_called=calls,
        called_at=at if calls else due.called_at,
        change=seen.change,
        face=seen.face,
        leapt=not identity_done and (due.leapt or (one and _leapt(due.face, seen.face))),
        identified_at=at if identity_done else due.identified_at,
    )


def sooner(due: Due, appetite: Appetite) -> Due:
    """The plan with what the rules would rather know at once, because something is half-grown."""
    if not appetite.identity and not appetite.objects:
        return due
    return replace(
        due,
        identity_called=due.identity_called or appetite.identity,
        objects_called=due.objects_called or appetite.objects,
    )


def is_audited(secret: bytes, number: int, *, one_in: int = AUDITED_ONE_IN) -> bool:
    """Whether the server checks the learner's frame of this number: one in so many, by a secret that it keeps.

    Every frame is drawn by itself, so that nothing follows from those drawn before.
    """
    digest = hashlib.blake2b(number.to_bytes(8), key=secret[:64], digest_size=8).digest()
    return int.from_bytes(digest) % one_in == 0


def _jumped(before: float | None, now: float | None) -> bool:
    return now is not None and now >= LIGHT_CHANGE and now >= JUMP * (before or 0.0)


def _leap_is_due(due: Due, at: datetime) -> bool:
    last = due.identified_at
    return due.leapt and (last is None or (at - last).total_seconds() >= LEAP_SECONDS)


def _leapt(before: FaceBox | None, now: FaceBox | None) -> bool:
    """Whether one face took the place of another, or came much nearer, from one frame to the next."""
    if before is None or now is None:
        return False
    across = min(before.x + before.width, now.x + now.width) - max(before.x, now.x)
    down = min(before.y + before.height, now.y + now.height) - max(before.y, now.y)
    shared = max(0.0, across) * max(0.0, down)
    both = before.width * before.height + now.width * now.height - shared
    return shared < LEAP_OVERLAP * both


def _next(due_at: datetime, at: datetime, seconds: float) -> datetime:
    """A period after the look was due, so that the learner keeps the place; after a gap or an early look, after that."""
    step = timedelta(seconds=seconds)
    return due_at + step if due_at <= at < due_at + step else at + step
