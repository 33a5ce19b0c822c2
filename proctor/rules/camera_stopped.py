# SPDX-License-Identifier: Apache-2.0
"""The rule for a camera that sends nothing although the learner's page is there.

A lost line never triggers it, and a slow one gets the time that it needs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from proctor.rules.alerts import AlertEnd, RuleName
from proctor.rules.episodes import Judged, close_episode, follow_episode, open_episode
from proctor.rules.inputs import CameraState, Event, Link, Sight, Tick, link_of
from proctor.rules.memory import Alerts, Look, Memory
from proctor.rules.parameters import Parameters

NO_FRAMES = "no_frames"
_SPACINGS_KEPT = 3


@dataclass(frozen=True, slots=True)
class CameraStopped:
    """Opens on a tick, closes on frames. Its memory's looks are the last distances between frames."""

    judged: Judged
    parameters: Parameters

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one frame or one tick in."""
        if isinstance(event, Tick):
            return self._tick(memory, event)
        return self._frame(memory, event.at) if isinstance(event, Sight) else (memory, ())

    def _tick(self, memory: Memory, tick: Tick) -> tuple[Memory, Alerts]:
        stopped = self._stopped(memory, tick)
        if stopped is None:
            return memory, ()
        cause, since = stopped
        if memory.episode.alert is not None:
            return Memory(follow_episode(memory.episode, at=tick.at, numbers={})), ()
        episode, alert = open_episode(
            memory.episode, self.judged, onset_at=since, at=tick.at, numbers={}, cause=cause
        )
        return Memory(episode), (alert,)

    def _frame(self, memory: Memory, at: datetime) -> tuple[Memory, Alerts]:
        if memory.episode.alert is None:
            return _spaced(memory, at), ()
        limits = self.parameters.camera_stopped
        since, last = memory.since, memory.last_at
        if since is None or last is None or (at - last).total_seconds() > limits.maximum_gap_seconds:
            since = at
        if (at - since).total_seconds() >= limits.clear_seconds:
            episode, ended = close_episode(memory.episode, at=since, because=AlertEnd.CLEARED)
            return Memory(episode), ended
        return replace(memory, since=since, last_at=at), ()

    def _stopped(self, memory: Memory, tick: Tick) -> tuple[str, datetime] | None:
        """Why and since when the camera counts as stopped, or None."""
        limits = self.parameters.camera_stopped
        link = link_of(tick, lost_seconds=self.parameters.lost_seconds)
        if tick.connected_at is None or tick.heard_at is None or link is not Link.ALIVE:
            return None
        if tick.camera is not CameraState.ON and tick.camera_since is not None:
            stands = (tick.at - tick.camera_since).total_seconds() >= limits.report_seconds
            return (tick.camera.value, tick.camera_since) if stands else None
        since = max(tick.connected_at, tick.last_frame_at or tick.connected_at)
        silent = (tick.heard_at - since).total_seconds() >= self._patience(memory, tick)
        return (NO_FRAMES, since) if silent else None

    def _patience(self, memory: Memory, tick: Tick) -> float:
        """Seconds of silence that say something at the rate at which frames come and are asked for."""
        limits = self.parameters.camera_stopped
        seen = max((look.value for look in memory.looks), default=0.0)
        spacing = min(max(seen, tick.spacing_seconds), limits.longest_spacing_seconds)
        return max(limits.silence_seconds, limits.spacings * spacing + limits.spare_seconds)


def camera_stopped(parameters: Parameters, model_sha256: str) -> CameraStopped:
    """The rule under these parameters."""
    thresholds = {**asdict(parameters.camera_stopped), "lost_seconds": parameters.lost_seconds}
    return CameraStopped(
        Judged(RuleName.CAMERA_STOPPED, thresholds, parameters.version, model_sha256), parameters
    )


def _spaced(memory: Memory, at: datetime) -> Memory:
    """The memory with the distance of one more frame."""
    looks = memory.looks
    if memory.last_at is not None and at > memory.last_at:
        looks = (*looks, Look(at, (at - memory.last_at).total_seconds()))[-_SPACINGS_KEPT:]
    return replace(memory, looks=looks, last_at=at)
