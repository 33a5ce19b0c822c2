# SPDX-License-Identifier: Apache-2.0
"""Believing a flickering signal only after it has held for a while. Counts seconds, never frames alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from proctor.rules.parameters import Hysteresis


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of frames that mostly contradict what is believed.

    Since when, how many, and the seconds against it.
    """

    since: datetime
    frames: int = 1
    against_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Belief:
    """Whether the signal is believed, the run that may overturn that, and the last frame that was judged."""

    held: bool = False
    run: Run | None = None
    last_at: datetime | None = None
    last_signal: bool = False


def weigh(
    belief: Belief, *, at: datetime, signal: bool, parameters: Hysteresis
) -> tuple[Belief, datetime | None]:
    """Fold one frame in; when the belief turns over, also return the instant at which the new state began.

    Each interval between two frames is shared by halves between what they say. A run of single frames that
    each stand alone therefore never gathers more than half of its own time, and `forgiven_share` is below
    one half.
    """
    gap = 0.0 if belief.last_at is None else max(0.0, (at - belief.last_at).total_seconds())
    run = belief.run if gap <= parameters.maximum_gap_seconds else None
    contradicts = signal is not belief.held
    needed = parameters.clear_seconds if belief.held else parameters.onset_seconds
    if run is not None:
        run = _extend(
            run, gap, against=2 - contradicts - (belief.last_signal is not belief.held), frames=contradicts
        )
        if run.against_seconds >= parameters.forgiven_seconds:
            run = None
    if run is None:
        # What stood when the line broke and does not stand any more ended, for all we know, where it was seen last.
        unseen = belief.held and gap > parameters.maximum_gap_seconds
        since = belief.last_at if unseen and belief.last_at is not None else at
        run = Run(since) if contradicts else None
    elif contradicts and _convinces(run, at, needed, parameters):
        return Belief(not belief.held, None, at, signal), run.since
    return Belief(belief.held, run, at, signal), None


def forget(belief: Belief) -> Belief:
    """After a frame that says nothing: a half-grown onset is dropped, a standing belief stays."""
    return Belief(belief.held)


def _extend(run: Run, gap: float, *, against: int, frames: int) -> Run:
    """The run over one more interval, of whose two ends `against` (0 to 2) speak against it."""
    return Run(run.since, run.frames + frames, run.against_seconds + gap * against / 2)


def _convinces(run: Run, at: datetime, needed: float, parameters: Hysteresis) -> bool:
    elapsed = (at - run.since).total_seconds()
    return (
        elapsed >= needed
        and run.frames >= parameters.minimum_frames
        and run.against_seconds <= parameters.forgiven_share * elapsed
    )
