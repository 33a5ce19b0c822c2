# SPDX-License-Identifier: Apache-2.0
"""The rule for a camera that sends nothing although the learner's page is there.

A lost line never triggers it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime

from proctor.rules.alerts import Alert, AlertEnd, RuleName
from proctor.rules.episodes import Episode, Judged, close_episode, follow_episode, open_episode
from proctor.rules.inputs import CameraState, Link, Sight, Tick, link_of
from proctor.rules.parameters import Parameters

NO_FRAMES = "no_frames"


@dataclass(frozen=True, slots=True)
class StoppedState:
    """What the rule remembers: its alerts, and the run of frames that may end the open one."""

    episode: Episode = field(default_factory=Episode)
    frames_since: datetime | None = None
    last_frame_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CameraStopped:
    """Opens on a tick, closes on frames."""

    judged: Judged
    parameters: Parameters

    def step(self, state: StoppedState, event: Sight | Tick) -> tuple[StoppedState, tuple[Alert, ...]]:
        """Fold one frame or one tick in."""
        if isinstance(event, Tick):
            return self._tick(state, event)
        return self._frame(state, event.at)

    def stop(
        self, state: StoppedState, *, at: datetime, because: AlertEnd
    ) -> tuple[StoppedState, tuple[Alert, ...]]:
        """End what is open."""
        episode, ended = close_episode(state.episode, at=at, because=because)
        return StoppedState(episode), ended

    def _tick(self, state: StoppedState, tick: Tick) -> tuple[StoppedState, tuple[Alert, ...]]:
        stopped = self._stopped(tick)
        if stopped is None:
            return state, ()
        cause, since = stopped
        if state.episode.alert is not None:
            return StoppedState(follow_episode(state.episode, at=tick.at, numbers={})), ()
        episode, alert = open_episode(
            state.episode, self.judged, onset_at=since, at=tick.at, numbers={}, cause=cause
        )
        return StoppedState(episode), (alert,)

    def _frame(self, state: StoppedState, at: datetime) -> tuple[StoppedState, tuple[Alert, ...]]:
        if state.episode.alert is None:
            return state, ()
        limits = self.parameters.camera_stopped
        since, last = state.frames_since, state.last_frame_at
        if since is None or last is None or (at - last).total_seconds() > limits.maximum_gap_seconds:
            since = at
        if (at - since).total_seconds() >= limits.clear_seconds:
            episode, ended = close_episode(state.episode, at=since, because=AlertEnd.CLEARED)
            return StoppedState(episode), ended
        return StoppedState(state.episode, since, at), ()

    def _stopped(self, tick: Tick) -> tuple[str, datetime] | None:
        """Why and since when the camera counts as stopped, or None."""
        limits = self.parameters.camera_stopped
        link = link_of(tick, lost_seconds=self.parameters.lost_seconds)
        if tick.connected_at is None or tick.heard_at is None or link is not Link.ALIVE:
            return None
        if tick.camera is not CameraState.ON and tick.camera_since is not None:
            stands = (tick.at - tick.camera_since).total_seconds() >= limits.report_seconds
            return (tick.camera.value, tick.camera_since) if stands else None
        since = max(tick.connected_at, tick.last_frame_at or tick.connected_at)
        silent = (tick.heard_at - since).total_seconds() >= limits.silence_seconds
        return (NO_FRAMES, since) if silent else None


def camera_stopped(parameters: Parameters, model_sha256: str) -> CameraStopped:
    """The rule under these parameters."""
    thresholds = {**asdict(parameters.camera_stopped), "lost_seconds": parameters.lost_seconds}
    return CameraStopped(
        Judged(RuleName.CAMERA_STOPPED, thresholds, parameters.version, model_sha256), parameters
    )
