# SPDX-License-Identifier: Apache-2.0
"""Rules that read one signal off single frames and believe it with hysteresis.

Camera covered, dark, blurred, frozen, looking away. What the server did not look at itself tells them nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from proctor.rules.alerts import AlertEnd, RuleName
from proctor.rules.baseline import Baseline
from proctor.rules.episodes import Judged, close_episode, follow_episode, open_episode
from proctor.rules.hysteresis import forget, weigh
from proctor.rules.inputs import Event, SeenGaze, SeenPose, Sight
from proctor.rules.memory import Alerts, Memory
from proctor.rules.parameters import Hysteresis, Parameters, Turn

Measure = Callable[[Sight], float]


@dataclass(frozen=True, slots=True)
class PictureRule:
    """A signal read off single frames, believed with hysteresis.

    `signal` gives None where a frame says nothing, which drops a half-grown onset; a frame at which nobody looked for
    the signal (`looked`) changes nothing. `measured` names a number whose largest value the alert carries.
    """

    judged: Judged
    hysteresis: Hysteresis
    signal: Callable[[Sight], bool | None]
    looked: Callable[[Sight], bool] | None = None
    measured: tuple[str, Measure] | None = None

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one frame in; return the alert that it opened or closed, if any."""
        if (
            not isinstance(event, Sight)
            or event.claimed
            or (self.looked is not None and not self.looked(event))
        ):
            return memory, ()
        signal = self.signal(event)
        if signal is None:
            return Memory(memory.episode, forget(memory.belief)), ()
        belief, turned_at = weigh(memory.belief, at=event.at, signal=signal, parameters=self.hysteresis)
        fresh = belief.run is not None and belief.run.since == event.at
        peak = max(0.0 if fresh else memory.peak, self._value(event)) if signal else memory.peak
        if turned_at is None:
            episode = memory.episode
            if signal:
                episode = follow_episode(episode, at=event.at, numbers=self._numbers(peak))
            growing = belief.held or belief.run is not None
            return Memory(episode, belief, peak=peak if growing else 0.0), ()
        if belief.held:
            episode, alert = open_episode(
                memory.episode, self.judged, onset_at=turned_at, at=event.at, numbers=self._numbers(peak)
            )
            return Memory(episode, belief, peak=peak), (alert,)
        episode, ended = close_episode(memory.episode, at=turned_at, because=AlertEnd.CLEARED)
        return Memory(episode, belief), ended

    def _value(self, sight: Sight) -> float:
        return 0.0 if self.measured is None else round(self.measured[1](sight), 2)

    def _numbers(self, peak: float) -> Mapping[str, float]:
        return {} if self.measured is None else {self.measured[0]: peak}


def camera_covered(parameters: Parameters, model_sha256: str) -> PictureRule:
    """The picture shows nothing at all, as with a hand or tape before the lens."""
    return _rule(RuleName.CAMERA_COVERED, parameters.camera_covered, parameters, model_sha256, is_covered)


def camera_dark(parameters: Parameters, model_sha256: str) -> PictureRule:
    """There is too little light to rely on what is seen. A warning: many a room is dark."""
    return _rule(
        RuleName.CAMERA_DARK,
        parameters.camera_dark,
        parameters,
        model_sha256,
        lambda sight: None if is_covered(sight) else sight.dark,
    )


def camera_blurred(parameters: Parameters, model_sha256: str) -> PictureRule:
    """Nothing is sharp, as with a smeared lens or milk glass before it."""
    return _rule(
        RuleName.CAMERA_BLURRED,
        parameters.camera_blurred,
        parameters,
        model_sha256,
        lambda sight: None if is_covered(sight) or sight.dark else sight.blurred,
    )


def camera_frozen(parameters: Parameters, model_sha256: str) -> PictureRule:
    """The same picture again and again, without even a sensor's noise. An empty room is calm: only faces are judged."""
    still = parameters.still_change
    return _rule(
        RuleName.CAMERA_FROZEN,
        parameters.camera_frozen,
        parameters,
        model_sha256,
        lambda sight: None if sight.change is None or sight.faces == 0 else sight.change < still,
        measured=("max_change", lambda sight: sight.change or 0.0),
        thresholds={"still_change": still},
    )


def looking_away(parameters: Parameters, model_sha256: str, baseline: Baseline) -> PictureRule:
    """The head or the eyes are far from the learner's own middle, for long."""
    turn = parameters.away
    return _rule(
        RuleName.LOOKING_AWAY,
        parameters.looking_away,
        parameters,
        model_sha256,
        lambda sight: None if sight.faces != 1 else _is_away(sight, baseline, turn),
        looked=lambda sight: sight.faces != 1 or sight.pose is not None,
        measured=("max_degrees", lambda sight: _degrees(sight, baseline)),
        thresholds=asdict(turn),
    )


def is_covered(sight: Sight) -> bool:
    """Whether the picture shows nothing at all."""
    return sight.covered and sight.faces == 0  # a face in a near-dark picture is a face


def degrees_off(pose: SeenPose, baseline: Baseline | None) -> tuple[float, float]:
    """How far a head is turned right and up from the learner's own middle, or from the camera where none is known."""
    middle = None if baseline is None else baseline.pose
    if middle is None:
        return pose.yaw, pose.pitch
    return pose.yaw - middle.yaw, pose.pitch - middle.pitch


def _is_away(sight: Sight, baseline: Baseline, turn: Turn) -> bool:
    pose, spread = sight.pose, baseline.pose_spread
    if pose is None or spread is None:
        return False
    right, up = degrees_off(pose, baseline)
    yaw_limit = max(turn.yaw_degrees, turn.spreads * spread.yaw)
    pitch_spread = turn.spreads * spread.pitch
    turned = (
        abs(right) > yaw_limit
        or up > max(turn.up_degrees, pitch_spread)
        or -up > max(turn.down_degrees, pitch_spread)
    )
    return turned or (sight.gaze is not None and _looks_aside(sight.gaze, baseline, turn))


def _looks_aside(gaze: SeenGaze, baseline: Baseline, turn: Turn) -> bool:
    """Whether open eyes look far aside; shut ones look nowhere."""
    middle, spread, opening = baseline.gaze, baseline.gaze_spread, baseline.eyes_open
    if middle is None or spread is None or opening is None:
        return False
    if (gaze.left_open + gaze.right_open) / 2 < opening / 2:
        return False
    across = abs(gaze.horizontal - middle.horizontal)
    along = abs(gaze.vertical - middle.vertical)
    return across > max(turn.gaze_across, turn.spreads * spread.horizontal) or along > max(
        turn.gaze_up_down, turn.spreads * spread.vertical
    )


def _degrees(sight: Sight, baseline: Baseline) -> float:
    return 0.0 if sight.pose is None else max(abs(value) for value in degrees_off(sight.pose, baseline))


def _rule(
    rule: RuleName,
    hysteresis: Hysteresis,
    parameters: Parameters,
    model_sha256: str,
    signal: Callable[[Sight], bool | None],
    *,
    looked: Callable[[Sight], bool] | None = None,
    measured: tuple[str, Measure] | None = None,
    thresholds: Mapping[str, float] | None = None,
) -> PictureRule:
    judged = Judged(rule, {**asdict(hysteresis), **(thresholds or {})}, parameters.version, model_sha256)
    return PictureRule(judged, hysteresis, signal, looked, measured)
