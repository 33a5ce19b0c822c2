# SPDX-License-Identifier: Apache-2.0
"""All rules as one fold, with what suppresses what.

A stopped camera silences the pictures, a covered one the missing face.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from proctor.rules.alerts import Alert, AlertEnd, RuleName
from proctor.rules.camera_stopped import CameraStopped, StoppedState, camera_stopped
from proctor.rules.episodes import Episode
from proctor.rules.inputs import Sight, Tick
from proctor.rules.parameters import Parameters
from proctor.rules.picture_rules import PictureRule, PictureState, camera_covered, face_gone, several_faces

Alerts = tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetState:
    """What the rules remember of one proctoring session."""

    face_gone: PictureState = field(default_factory=PictureState)
    several_faces: PictureState = field(default_factory=PictureState)
    camera_covered: PictureState = field(default_factory=PictureState)
    camera_stopped: StoppedState = field(default_factory=StoppedState)

    @classmethod
    def resumed(cls, counts: Mapping[RuleName, int]) -> RuleSetState:
        """A fresh state that goes on numbering after the alerts raised before a restart."""
        episodes = {rule: Episode(counts.get(rule, 0)) for rule in RuleName}
        return cls(
            face_gone=PictureState(episode=episodes[RuleName.FACE_GONE]),
            several_faces=PictureState(episode=episodes[RuleName.SEVERAL_FACES]),
            camera_covered=PictureState(episode=episodes[RuleName.CAMERA_COVERED]),
            camera_stopped=StoppedState(episodes[RuleName.CAMERA_STOPPED]),
        )

    @property
    def open_alerts(self) -> Alerts:
        """The alerts that have not ended, with their numbers so far."""
        states = (self.face_gone, self.several_faces, self.camera_covered, self.camera_stopped)
        return tuple(state.episode.alert for state in states if state.episode.alert is not None)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules under one set of parameters and one model."""

    face_gone: PictureRule
    several_faces: PictureRule
    camera_covered: PictureRule
    camera_stopped: CameraStopped

    @classmethod
    def under(cls, parameters: Parameters, *, model_sha256: str) -> RuleSet:
        """Build the rules; the hash of the weights goes into every alert."""
        return cls(
            face_gone(parameters, model_sha256),
            several_faces(parameters, model_sha256),
            camera_covered(parameters, model_sha256),
            camera_stopped(parameters, model_sha256),
        )

    def step(self, state: RuleSetState, event: Sight | Tick) -> tuple[RuleSetState, Alerts]:
        """Fold one frame or one tick in.

        Return the alerts that opened (`ended_at` None) and closed, ends first.
        """
        stopped, alerts = self.camera_stopped.step(state.camera_stopped, event)
        state = replace(state, camera_stopped=stopped)
        if isinstance(event, Tick):
            if not alerts:
                return state, ()
            state, ended = self._stop_pictures(state, at=alerts[0].onset_at, because=AlertEnd.SUPPRESSED)
            return state, ended + alerts
        if stopped.episode.alert is not None:
            return state, ()
        state, seen = self._look(state, event)
        return state, alerts + seen

    def finish(self, state: RuleSetState, *, at: datetime, because: AlertEnd) -> tuple[RuleSetState, Alerts]:
        """End every open alert, as when the attempt is over."""
        stopped, last = self.camera_stopped.stop(state.camera_stopped, at=at, because=because)
        state, ended = self._stop_pictures(state, at=at, because=because)
        return replace(state, camera_stopped=stopped), ended + last

    def _look(self, state: RuleSetState, sight: Sight) -> tuple[RuleSetState, Alerts]:
        covered, of_covered = self.camera_covered.step(state.camera_covered, sight)
        several, of_several = self.several_faces.step(state.several_faces, sight)
        if covered.episode.alert is not None:
            since = covered.episode.alert.onset_at
            gone, of_gone = self.face_gone.stop(state.face_gone, at=since, because=AlertEnd.SUPPRESSED)
        else:
            gone, of_gone = self.face_gone.step(state.face_gone, sight)
        state = replace(state, camera_covered=covered, several_faces=several, face_gone=gone)
        changes = of_gone + of_several + of_covered
        return state, tuple(sorted(changes, key=lambda alert: alert.ended_at is None))

    def _stop_pictures(
        self, state: RuleSetState, *, at: datetime, because: AlertEnd
    ) -> tuple[RuleSetState, Alerts]:
        gone, of_gone = self.face_gone.stop(state.face_gone, at=at, because=because)
        several, of_several = self.several_faces.stop(state.several_faces, at=at, because=because)
        covered, of_covered = self.camera_covered.stop(state.camera_covered, at=at, because=because)
        state = replace(state, face_gone=gone, several_faces=several, camera_covered=covered)
        return state, of_gone + of_several + of_covered
