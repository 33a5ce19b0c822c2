# SPDX-License-Identifier: Apache-2.0
"""Rules that decide over a few rare and dear looks: someone else, phone possible, book possible. Never over one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from proctor.rules.alerts import AlertEnd, RuleName
from proctor.rules.baseline import Baseline
from proctor.rules.episodes import Judged, close_episode, follow_episode, open_episode
from proctor.rules.inputs import Event, Sight
from proctor.rules.memory import Alerts, Look, Memory
from proctor.rules.parameters import Looks, Parameters, Probes
from proctor.rules.picture_rules import degrees_off


@dataclass(frozen=True, slots=True)
class SomeoneElse:
    """The mean of several probes is far below what the same person gives."""

    judged: Judged
    probes: Probes
    baseline: Baseline | None

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one frame in; only a sharp, lit, single face that looks ahead is a probe."""
        if not isinstance(event, Sight) or event.similarity is None or not self._is_probe(event):
            return memory, ()
        looks = recent((*memory.looks, Look(event.at, event.similarity)), self.probes.window_seconds)
        looks = looks[-self.probes.least :]
        memory = replace(memory, looks=looks)
        if len(looks) < self.probes.least:
            return memory, ()
        mean = sum(look.value for look in looks) / len(looks)
        if memory.episode.alert is not None:
            if mean >= self.probes.same_from and looks[0].value >= self.probes.different_below:
                episode, ended = close_episode(memory.episode, at=looks[0].at, because=AlertEnd.CLEARED)
                return replace(memory, episode=episode), ended
            episode = follow_episode(memory.episode, at=event.at, numbers={})
            return replace(memory, episode=episode), ()
        if not self._differs(looks, mean):
            return memory, ()
        episode, alert = open_episode(
            memory.episode,
            self.judged,
            onset_at=looks[0].at,
            at=event.at,
            numbers={"similarity": round(mean, 4), "probes": len(looks)},
        )
        return replace(memory, episode=episode), (alert,)

    def _is_probe(self, sight: Sight) -> bool:
        if sight.faces != 1 or sight.dark or sight.blurred:
            return False
        if sight.pose is None:
            return True
        return (
            max(abs(value) for value in degrees_off(sight.pose, self.baseline)) <= self.probes.turned_degrees
        )

    def _differs(self, looks: Sequence[Look], mean: float) -> bool:
        spans = (looks[-1].at - looks[0].at).total_seconds() >= self.probes.span_seconds
        unlike = all(look.value < self.probes.same_from for look in looks)
        return spans and unlike and mean < self.probes.different_below


@dataclass(frozen=True, slots=True)
class ThingPossible:
    """A thing was seen in most of the last looks for things."""

    judged: Judged
    looks: Looks
    label: str

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one look in; a frame at which nobody looked, or with nobody in it, changes nothing."""
        if not isinstance(event, Sight) or event.things is None or not (event.faces or event.persons):
            return memory, ()
        best = max((thing.score for thing in event.things if thing.label == self.label), default=0.0)
        looks = recent((*memory.looks, Look(event.at, best)), self.looks.window_seconds)[-self.looks.looks :]
        memory = replace(memory, looks=looks)
        seen = [look for look in looks if look.value >= self.looks.score]
        if memory.episode.alert is not None:
            if not seen and len(looks) == self.looks.looks:
                episode, ended = close_episode(memory.episode, at=looks[0].at, because=AlertEnd.CLEARED)
                return replace(memory, episode=episode), ended
            if best >= self.looks.score:
                numbers = {"max_score": round(best, 3)}
                episode = follow_episode(memory.episode, at=event.at, numbers=numbers)
                return replace(memory, episode=episode), ()
            return memory, ()
        if best < self.looks.score or len(seen) < self.looks.needed:
            return memory, ()
        episode, alert = open_episode(
            memory.episode,
            self.judged,
            onset_at=seen[0].at,
            at=event.at,
            numbers={"max_score": round(max(look.value for look in seen), 3), "looks": len(seen)},
        )
        return replace(memory, episode=episode), (alert,)


def recent(looks: tuple[Look, ...], window_seconds: float) -> tuple[Look, ...]:
    """The looks within a window that ends with the last of them."""
    last = looks[-1].at
    return tuple(look for look in looks if 0 <= (last - look.at).total_seconds() <= window_seconds)


def someone_else(parameters: Parameters, model_sha256: str, baseline: Baseline | None) -> SomeoneElse:
    """The rule under these parameters."""
    probes = parameters.someone_else
    judged = Judged(RuleName.SOMEONE_ELSE, asdict(probes), parameters.version, model_sha256)
    return SomeoneElse(judged, probes, baseline)


def phone_possible(parameters: Parameters, model_sha256: str, baseline: Baseline | None) -> ThingPossible:
    """What may be a phone."""
    return _thing(RuleName.PHONE_POSSIBLE, "phone", parameters, model_sha256, baseline)


def book_possible(parameters: Parameters, model_sha256: str, baseline: Baseline | None) -> ThingPossible:
    """What may be a book."""
    return _thing(RuleName.BOOK_POSSIBLE, "book", parameters, model_sha256, baseline)


def _thing(
    rule: RuleName, label: str, parameters: Parameters, model_sha256: str, baseline: Baseline | None
) -> ThingPossible:
    """The rule for one label; what stood about at the calibration must be seen more surely than then."""
    looks = parameters.phone_possible if rule is RuleName.PHONE_POSSIBLE else parameters.book_possible
    standing = () if baseline is None else baseline.things
    before = max((thing.score for thing in standing if thing.label == label), default=None)
    if before is not None:
        looks = replace(looks, score=max(looks.score, before + looks.rise))
    return ThingPossible(Judged(rule, asdict(looks), parameters.version, model_sha256), looks, label)
