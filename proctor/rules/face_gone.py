# SPDX-License-Identifier: Apache-2.0
"""No face is to be seen. Whether somebody is there all the same, another network says: who writes bends down."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import datetime

from proctor.rules.alerts import AlertEnd, RuleName
from proctor.rules.baseline import Baseline
from proctor.rules.episodes import Judged, close_episode, follow_episode, open_episode
from proctor.rules.hysteresis import forget, weigh
from proctor.rules.inputs import Event, Sight
from proctor.rules.memory import Alerts, Memory
from proctor.rules.parameters import Hysteresis, Parameters
from proctor.rules.picture_rules import is_covered

NOBODY = "nobody"
HIDDEN = "face_hidden"
PERSON_SECONDS = 16.0
"""So long a person that was seen counts as there without another look."""


@dataclass(frozen=True, slots=True)
class FaceGone:
    """Opens after a while without a face, after much longer while a person is still seen; the cause says which.

    Where nobody looks for persons the faces decide alone, and no cause is given. Where a person is enough, as behind a
    veil, it opens only after a look that found nobody. `last_at` of the memory is when a person without a face was last
    seen, `since` when a look found nobody.
    """

    judged: Judged
    gone: Hysteresis
    hidden: Hysteresis
    extra_persons: int
    person_is_enough: bool = False

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one frame in; return the alert that it opened or closed, if any."""
        if not isinstance(event, Sight):
            return memory, ()
        if is_covered(event):
            return Memory(memory.episode, forget(memory.belief)), ()
        person_at, empty_at = self._looked(memory, event)
        hidden = person_at is not None and (event.at - person_at).total_seconds() <= PERSON_SECONDS
        away = event.faces == 0 and not (hidden and self.person_is_enough)
        limits = self.hidden if hidden or (self.person_is_enough and empty_at is None) else self.gone
        belief, turned_at = weigh(memory.belief, at=event.at, signal=away, parameters=limits)
        episode = memory.episode
        if belief.run is None and not belief.held:
            person_at, empty_at = person_at if self.person_is_enough else None, None
        kept = (person_at, empty_at)
        if turned_at is None:
            if away:
                episode = follow_episode(episode, at=event.at, numbers={})
            return Memory(episode, belief, last_at=kept[0], since=kept[1]), ()
        if not belief.held:
            episode, ended = close_episode(episode, at=turned_at, because=AlertEnd.CLEARED)
            return Memory(episode, belief), ended
        cause = HIDDEN if hidden else NOBODY if empty_at is not None else None
        episode, alert = open_episode(
            episode, self.judged, onset_at=turned_at, at=event.at, numbers={}, cause=cause
        )
        return Memory(episode, belief, last_at=kept[0], since=kept[1]), (alert,)

    def _looked(self, memory: Memory, sight: Sight) -> tuple[datetime | None, datetime | None]:
        """When a person without a face was last seen, and when a look found nobody since."""
        if sight.faces or sight.persons is None:
            return memory.last_at, memory.since
        return (sight.at, None) if sight.persons > self.extra_persons else (None, sight.at)


def face_gone(parameters: Parameters, model_sha256: str, baseline: Baseline | None) -> FaceGone:
    """The rule under these parameters; persons that the empty room shows are nobody."""
    gone = parameters.face_gone
    never = parameters.person_is_enough
    hidden = gone.patient(math.inf if never else parameters.hidden_factor)
    thresholds = asdict(gone) | ({} if never else {"hidden_onset_seconds": hidden.onset_seconds})
    judged = Judged(RuleName.FACE_GONE, thresholds, parameters.version, model_sha256)
    return FaceGone(judged, gone, hidden, 0 if baseline is None else baseline.extra_persons, never)
