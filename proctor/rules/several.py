# SPDX-License-Identifier: Apache-2.0
"""More people than the learner, by two signals: faces, on which two detectors agree, and persons, faces or not."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from proctor.rules.alerts import AlertEnd, RuleName
from proctor.rules.baseline import Baseline
from proctor.rules.episodes import Judged, close_episode, follow_episode, open_episode
from proctor.rules.hysteresis import Belief, weigh
from proctor.rules.inputs import Event, Sight
from proctor.rules.memory import Alerts, Memory
from proctor.rules.parameters import Hysteresis, Parameters

FACES = "faces"
PERSONS = "persons"
BOTH = "faces_and_persons"


@dataclass(frozen=True, slots=True)
class SeveralFaces:
    """Opens when either signal is believed, closes when neither is; the cause says which it was.

    Persons alone must be seen for longer than faces, and count without those that the empty room shows.
    """

    judged: Judged
    faces: Hysteresis
    persons: Hysteresis
    several_from: int
    extra_persons: int

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one frame in; return the alert that it opened or closed, if any."""
        if not isinstance(event, Sight):
            return memory, ()
        several = event.faces >= self.several_from
        belief, faces_turned = weigh(memory.belief, at=event.at, signal=several, parameters=self.faces)
        second, persons_turned = self._persons(memory.second_belief, event)
        fresh = belief.run is not None and belief.run.since == event.at
        kept = 0.0 if fresh and not second.held else memory.peak
        peak = max(kept, float(event.faces)) if several else memory.peak
        growing = belief.held or second.held or belief.run is not None
        memory = replace(memory, belief=belief, second_belief=second, peak=peak if growing else 0.0)
        return self._told(memory, event, faces_turned, persons_turned)

    def _told(
        self, memory: Memory, sight: Sight, faces_turned: datetime | None, persons_turned: datetime | None
    ) -> tuple[Memory, Alerts]:
        held = memory.belief.held or memory.second_belief.held
        numbers = {"max_faces": memory.peak}
        if sight.persons is not None:
            numbers["max_persons"] = float(sight.persons)
        turned = faces_turned or persons_turned
        if memory.episode.alert is None and held and turned is not None:
            episode, alert = open_episode(
                memory.episode,
                self.judged,
                onset_at=turned,
                at=sight.at,
                numbers=numbers,
                cause=self._cause(memory, sight),
            )
            return replace(memory, episode=episode), (alert,)
        lingers = memory.second_belief.run is not None and memory.second_belief.last_signal
        if memory.episode.alert is not None and not held and not lingers:
            episode, ended = close_episode(memory.episode, at=turned or sight.at, because=AlertEnd.CLEARED)
            return replace(memory, episode=episode), ended
        if sight.faces >= self.several_from or self._too_many(sight):
            episode = follow_episode(memory.episode, at=sight.at, numbers=numbers)
            return replace(memory, episode=episode), ()
        return memory, ()

    def _persons(self, belief: Belief, sight: Sight) -> tuple[Belief, datetime | None]:
        if sight.persons is None:
            return belief, None
        return weigh(belief, at=sight.at, signal=self._too_many(sight), parameters=self.persons)

    def _too_many(self, sight: Sight) -> bool:
        return sight.persons is not None and sight.persons - self.extra_persons >= self.several_from

    def _cause(self, memory: Memory, sight: Sight) -> str:
        if not memory.belief.held:
            return PERSONS
        seen = memory.second_belief.held or memory.second_belief.last_signal or self._too_many(sight)
        return BOTH if seen else FACES


def several_faces(parameters: Parameters, model_sha256: str, baseline: Baseline | None) -> SeveralFaces:
    """The rule under these parameters; what the empty room shows is known from the baseline."""
    persons = parameters.several_persons
    if baseline is None:
        persons = persons.patient(parameters.unlearned_factor)
    thresholds = {
        **asdict(parameters.several_faces),
        "faces": parameters.several_from,
        "persons_onset_seconds": persons.onset_seconds,
    }
    judged = Judged(RuleName.SEVERAL_FACES, thresholds, parameters.version, model_sha256)
    extra = 0 if baseline is None else baseline.extra_persons
    return SeveralFaces(judged, parameters.several_faces, persons, parameters.several_from, extra)
