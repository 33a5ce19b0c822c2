# SPDX-License-Identifier: Apache-2.0
"""What the learner's browser claims to see, and the server's own look at frames that it picks. Pure.

A browser is not to be trusted: the claims only save work, and one that proves wrong ends that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from proctor.evidence.model import CapturedFrame
from proctor.monitoring.live import LiveSession
from proctor.monitoring.schedule import AUDITED_ONE_IN, is_audited
from proctor.monitoring.watch_record import Trust
from proctor.monitoring.watching import Mode
from proctor.rules.inputs import AuditDisagreed, Sight

MOST_DEMANDED = 5
"""So many frames may be asked for and not come before the browser's claims count no more."""
SAME_SECONDS = 5.0
"""Claims that prove wrong within so short a time are one disagreement: a face at the border of the picture is no lie."""


@dataclass(frozen=True, slots=True)
class Claim:
    """So many faces, says the browser, are on its frame of this number, which the server heard of at `at`."""

    seq: int
    faces: int
    at: datetime


def admit_claim(
    live: LiveSession, claim: Claim, *, connection: int | None, awaited: bool = False
) -> tuple[str | None, bool]:
    """Take a claim in: the code under which it is refused, and whether the frame itself is wanted.

    Of a learner who is watched in full every frame is wanted, and so is one on which the page counts anything but one
    face: no alert rests on a claim alone. While a movement is `awaited` every frame is wanted too, and the claim on it is
    not held against what is seen: two networks differ most on a head that turns.
    """
    if live.mode is not Mode.PREFILTERED:
        return None, True
    asked_for = claim.seq in live.demanded  # who knows that a picture is looked at takes nothing back
    code = live.refusal(claim.seq, claim.at, connection) or ("frame_out_of_order" if asked_for else None)
    if code is not None:
        live.counters.count_refusal(code)
        return code, False
    live.claimed_at = claim.at
    checked = claim.faces != 1 or _is_checked(live, claim)
    if checked or awaited:
        live.demanded[claim.seq] = claim.faces if checked else None
        if live.undelivered + live.claims_in_doubt() > MOST_DEMANDED:
            watch_in_full(live)
        return None, True
    live.counters.accepted += 1
    live.counters.claimed += 1
    live.faces, live.last_frame_at = claim.faces, claim.at
    live.told.append(Sight(at=claim.at, seq=claim.seq, faces=claim.faces, covered=False, claimed=True))
    return None, False


def judge_claim(
    live: LiveSession, frame: CapturedFrame, *, seen: int, living: int | None = None
) -> AuditDisagreed | None:
    """Hold the claim on a frame that the server asked for against what it saw: None where they agree, or did a moment ago.

    A claim is wrong that names one face where the server sees another number: any other claim hides nothing, since the
    server looks at the frame itself. Of `seen` faces some may hang on the wall, so that as many as are `living` is as
    true a claim. A wrong one makes the server look at everything for a while, a second one for good.
    """
    claimed = live.unjudged.pop(frame.seq, None)
    if claimed is None:
        return None
    live.counters.audited += 1
    if claimed in (seen, living) or claimed != 1:
        return None
    if live.doubted_at is not None and (frame.at - live.doubted_at).total_seconds() < SAME_SECONDS:
        return None
    live.doubted_at = frame.at
    live.counters.disagreed += 1
    if live.counters.disagreed > 1:
        watch_in_full(live)
    return AuditDisagreed(at=frame.at, claimed=claimed, seen=seen)


def _is_checked(live: LiveSession, claim: Claim) -> bool:
    """One in ten, one in five of a page that was wrong before, all while it is doubted."""
    one_in = AUDITED_ONE_IN // 2 if live.counters.disagreed else AUDITED_ONE_IN
    return live.doubts(claim.at) or is_audited(live.secret, claim.seq, one_in=one_in)


def watch_in_full(live: LiveSession) -> None:
    """From now on the server looks at every frame itself; those that it has asked for may still come."""
    live.mode = Mode.FULL
    live.demanded = dict.fromkeys(live.demanded)
    live.unjudged.clear()


def trust_in(live: LiveSession) -> Trust:
    """How far this page is believed now."""
    ended = live.watching.mode is Mode.PREFILTERED and live.mode is Mode.FULL
    return Trust(ended=ended, disagreed=live.counters.disagreed, doubted_at=live.doubted_at)


def take_up(live: LiveSession, trust: Trust) -> None:
    """A page that lied before a restart is believed no more after it, and its next lie is not the first."""
    live.counters.disagreed, live.doubted_at = trust.disagreed, trust.doubted_at
    if trust.ended and live.mode is Mode.PREFILTERED:
        watch_in_full(live)
    if trust.disagreed == 1 and trust.doubted_at is not None:
        live.told.append(AuditDisagreed(at=trust.doubted_at, claimed=1, seen=0))
