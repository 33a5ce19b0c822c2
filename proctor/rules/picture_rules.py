# SPDX-License-Identifier: Apache-2.0
"""The three rules that look at pictures: face gone, several faces, camera covered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from proctor.rules.alerts import Alert, AlertEnd, RuleName
from proctor.rules.episodes import Episode, Judged, close_episode, follow_episode, open_episode
from proctor.rules.hysteresis import Belief, forget, weigh
from proctor.rules.inputs import Sight
from proctor.rules.parameters import Hysteresis, Parameters


@dataclass(frozen=True, slots=True)
class PictureState:
    """What one rule remembers.

    Its belief, its alerts, and the most faces of the run that may become an alert.
    """

    belief: Belief = field(default_factory=Belief)
    episode: Episode = field(default_factory=Episode)
    peak: int = 0


@dataclass(frozen=True, slots=True)
class PictureRule:
    """A signal read off single frames, believed with hysteresis.

    `signal` gives None where a frame says nothing.
    """

    judged: Judged
    hysteresis: Hysteresis
    signal: Callable[[Sight], bool | None]
    counts_faces: bool = False

    def step(self, state: PictureState, sight: Sight) -> tuple[PictureState, tuple[Alert, ...]]:
        """Fold one frame in; return the alert that it opened or closed, if any."""
        signal = self.signal(sight)
        if signal is None:
            return PictureState(forget(state.belief), state.episode), ()
        belief, turned_at = weigh(state.belief, at=sight.at, signal=signal, parameters=self.hysteresis)
        fresh = belief.run is not None and belief.run.since == sight.at
        peak = max(0 if fresh else state.peak, sight.faces) if signal else state.peak
        if turned_at is None:
            growing = belief.held or belief.run is not None
            episode = (
                follow_episode(state.episode, at=sight.at, numbers=self._numbers(peak))
                if signal
                else state.episode
            )
            return PictureState(belief, episode, peak if growing else 0), ()
        if belief.held:
            episode, alert = open_episode(
                state.episode, self.judged, onset_at=turned_at, at=sight.at, numbers=self._numbers(peak)
            )
            return PictureState(belief, episode, peak), (alert,)
        episode, ended = close_episode(state.episode, at=turned_at, because=AlertEnd.CLEARED)
        return PictureState(belief, episode), ended

    def stop(
        self, state: PictureState, *, at: datetime, because: AlertEnd
    ) -> tuple[PictureState, tuple[Alert, ...]]:
        """Forget what was growing and end what is open."""
        episode, ended = close_episode(state.episode, at=at, because=because)
        return PictureState(episode=episode), ended

    def _numbers(self, peak: int) -> Mapping[str, float]:
        return {"max_faces": peak} if self.counts_faces else {}


def face_gone(parameters: Parameters, model_sha256: str) -> PictureRule:
    """Nobody is to be seen, in a picture that shows something."""
    return PictureRule(
        _judged(RuleName.FACE_GONE, parameters.face_gone, parameters, model_sha256),
        parameters.face_gone,
        lambda sight: None if _covered(sight) else sight.faces == 0,
    )


def several_faces(parameters: Parameters, model_sha256: str) -> PictureRule:
    """More people than the learner."""
    many = parameters.several_from
    judged = _judged(RuleName.SEVERAL_FACES, parameters.several_faces, parameters, model_sha256, faces=many)
    return PictureRule(judged, parameters.several_faces, lambda sight: sight.faces >= many, counts_faces=True)


def camera_covered(parameters: Parameters, model_sha256: str) -> PictureRule:
    """The picture shows nothing at all, as with a hand or tape before the lens."""
    return PictureRule(
        _judged(RuleName.CAMERA_COVERED, parameters.camera_covered, parameters, model_sha256),
        parameters.camera_covered,
        _covered,
    )


def _covered(sight: Sight) -> bool:
    return sight.covered and sight.faces == 0  # a face in a near-dark picture is a face


def _judged(
    rule: RuleName, hysteresis: Hysteresis, parameters: Parameters, model_sha256: str, **more: float
) -> Judged:
    return Judged(rule, {**asdict(hysteresis), **more}, parameters.version, model_sha256)
