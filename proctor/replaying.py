# SPDX-License-Identifier: Apache-2.0
"""The rules over a clip as if it were streamed: the frames a page would send, the looks a server would take, in clip time.

The schedule, the detectors and the rules are those of the live line. Nothing is stored; no clock is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np

from core.errors import Invalid
from proctor.monitoring import schedule
from proctor.monitoring.schedule import PERIODS
from proctor.monitoring.sights import SMALLEST_FOR_THINGS, is_near, seen_for_plan, sight_of
from proctor.monitoring.watching import Watching
from proctor.picture_files import Frame
from proctor.rules.alerts import Alert, AlertEnd
from proctor.rules.appetite import appetite
from proctor.rules.baseline import Baseline, learn
from proctor.rules.exemptions import exempt
from proctor.rules.inputs import Sight, Tick
from proctor.rules.parameters import Parameters
from proctor.rules.posters import without_posters
from proctor.rules.ruleset import RuleSet, RuleSetState
from proctor.vision.frames import Pixels, decode_jpeg
from proctor.vision.identity import mean_of
from proctor.vision.observation import EVERYTHING, Detector, Floats, Greys, Observation
from proctor.vision.pictures import shrunk

START = datetime(2000, 1, 1, tzinfo=UTC)
SENT_SIDE = 640
SENT_QUALITY = 70
ENROLLED_FRAMES = 5
NETWORKS = frozenset({"faces", "second_opinion", "mesh", "iris", "identity", "objects"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What the rules said of one clip; instants are START and the second in the clip.

    `watched_seconds` leave out the calibration. `alerts` are whole episodes, in the order in which they were raised.
    """

    frames: int
    seconds: float
    watched_seconds: float
    alerts: tuple[Alert, ...]
    watching: Watching
    baseline: Baseline | None


@dataclass(slots=True)
class _Stream:
    """One clip half-way through."""

    detector: Detector
    parameters: Parameters
    watching: Watching
    state: RuleSetState
    rules: RuleSet | None = None
    due: schedule.Due | None = None
    before: Greys | None = None
    changes: tuple[Alert, ...] = ()

    def watch(self, pixels: Pixels, at: datetime, seq: int) -> None:
        """Look at a frame as the live line would, and fold it."""
        rules, periods = self._rules(), PERIODS[self.watching.mode]
        due = self.due or schedule.begin(at, place=0.0, periods=periods)
        wanted = schedule.wanted_at(due, at, objects=self.watching.objects)
        seen = self.detector.observe(pixels, at, seq, wanted)
        sight = sight_of(seen, self.watching, before=self.before)
        self.before = seen.greys
        living, _ = without_posters(sight, self.watching.baseline, self.state.posters)
        due = schedule.after(due, at, wanted, seen_for_plan(seen, living, self.watching), periods=periods)
        for event in (sight, Tick(at=at, connected_at=START, heard_at=at, last_frame_at=at)):
            self.state, alerts = rules.step(self.state, event)
            self.changes += alerts
        self.due = schedule.sooner(due, appetite(self.state, self.parameters))

    def end(self, at: datetime) -> None:
        """The watching is over."""
        self.state, alerts = self._rules().finish(self.state, at=at, because=AlertEnd.WATCH_ENDED)
        self.changes += alerts

    def _rules(self) -> RuleSet:
        if self.rules is None:
            self.rules = RuleSet.under(
                exempt(self.parameters, self.watching.exemptions),
                model_sha256=self.detector.model_sha256,
                models=self.detector.models,
                baseline=self.watching.baseline,
            )
        return self.rules


def replay(
    frames: Iterable[Frame],
    detector: Detector,
    *,
    watching: Watching,
    parameters: Parameters | None = None,
    calibrate_seconds: float = 0.0,
    sent_side: int = SENT_SIDE,
) -> Replayed:
    """Run the rules over the frames of a clip, already as far apart as a page would send them.

    The first `calibrate_seconds` teach the baseline and, where nobody is enrolled, the face; no rule judges them.
    Raises Invalid: `replay_needs_a_clip`, `replay_no_frames`, and what reading the clip raises.
    """
    there = frozenset(detector.models)
    watching = replace(
        watching,
        missing=watching.missing | (NETWORKS - there),
        thin=watching.thin or sent_side < SMALLEST_FOR_THINGS,
    )
    stream = _Stream(detector, parameters or Parameters(), watching, RuleSetState())
    learned, count, last, began = list[tuple[Sight, Observation]](), 0, 0.0, 0.0
    for frame in frames:
        if frame.at_seconds is None:
            raise Invalid("replay_needs_a_clip")
        at, count, last = START + timedelta(seconds=frame.at_seconds), count + 1, frame.at_seconds
        pixels = as_sent(frame.picture.pixels, sent_side)
        if frame.at_seconds < calibrate_seconds:
            seen = detector.observe(pixels, at, count, EVERYTHING)
            learned.append((sight_of(seen, stream.watching, before=None), seen))
            began = calibrate_seconds
            continue
        if learned:
            stream.watching, learned = calibrated(stream.watching, learned), []
        stream.watch(pixels, at, count)
    if count == 0:
        raise Invalid("replay_no_frames")
    stream.end(START + timedelta(seconds=last))
    return Replayed(
        frames=count,
        seconds=last,
        watched_seconds=max(0.0, last - began),
        alerts=_whole(stream.changes),
        watching=stream.watching,
        baseline=stream.watching.baseline,
    )


def as_sent(pixels: Pixels, side: int = SENT_SIDE) -> Pixels:
    """The picture as it arrives: shrunk to `side` pixels on its longer side and encoded as JPEG."""
    small = shrunk(pixels, side)
    done, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, SENT_QUALITY])
    if not done:
        raise Invalid("frame_corrupt", reason="encode")
    return np.asarray(decode_jpeg(data.tobytes()), np.uint8)


def calibrated(watching: Watching, learned: Sequence[tuple[Sight, Observation]]) -> Watching:
    """The watching with the baseline and, where nobody is enrolled, the face of these frames."""
    enrolled: Floats | None = watching.enrolled
    if enrolled is None:
        alone = [
            seen.embedding
            for sight, seen in learned
            if sight.faces == 1 and seen.embedding is not None and is_near(seen.faces)
        ]
        step = max(1, len(alone) // ENROLLED_FRAMES)
        enrolled = mean_of(alone[::step][:ENROLLED_FRAMES]) if len(alone) >= 3 else None
    return replace(watching, baseline=learn([sight for sight, _ in learned]), enrolled=enrolled)


def _whole(changes: Sequence[Alert]) -> tuple[Alert, ...]:
    """The alerts as they ended, in the order in which they were raised."""
    ended = {(alert.rule, alert.number): alert for alert in changes if alert.ended_at is not None}
    return tuple(ended[alert.rule, alert.number] for alert in changes if alert.ended_at is None)
