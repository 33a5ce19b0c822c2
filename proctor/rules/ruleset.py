# SPDX-License-Identifier: Apache-2.0
"""All rules as one fold, with what suppresses what.

A stopped camera silences the pictures, a covered one the missing face: the table is in `catalogue`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from proctor.rules import looks, occurrences, picture_rules
from proctor.rules.alerts import Alert, AlertEnd, RuleName
from proctor.rules.baseline import Baseline
from proctor.rules.camera_stopped import camera_stopped
from proctor.rules.catalogue import CATALOGUE, SILENCED_BY
from proctor.rules.episodes import Episode
from proctor.rules.face_gone import face_gone
from proctor.rules.inputs import CameraState, Event, Sight, Tick
from proctor.rules.looped import camera_looped
from proctor.rules.memory import Alerts, Memory, Rule, stop
from proctor.rules.parameters import Parameters
from proctor.rules.posters import Places, without_posters
from proctor.rules.several import several_faces

PICTURE_RULES = (
    RuleName.CAMERA_COVERED,
    RuleName.SEVERAL_FACES,
    RuleName.FACE_GONE,
    RuleName.CAMERA_DARK,
    RuleName.CAMERA_FROZEN,
    RuleName.CAMERA_BLURRED,
    RuleName.CAMERA_LOOPED,
    RuleName.SOMEONE_ELSE,
    RuleName.LOOKING_AWAY,
    RuleName.PHONE_POSSIBLE,
    RuleName.BOOK_POSSIBLE,
)
"""The rules that look at pictures, those that silence others first."""
OTHER_RULES = (
    RuleName.VIRTUAL_CAMERA,
    RuleName.SPEECH,
    RuleName.FOCUS_LOST,
    RuleName.PASTED,
    RuleName.HAND_RAISED,
    RuleName.PICTURES_MISSING,
    RuleName.PICTURES_ALTERED,
    RuleName.PREFILTER_DISAGREES,
    RuleName.LIVENESS_FAILED,
)
LATE_QUIET_SECONDS = 30.0
"""After so long without a late picture no more are expected, and what they had open ends."""
_SILENCERS: Mapping[RuleName, tuple[RuleName, ...]] = {
    rule: tuple(loud for loud in PICTURE_RULES if rule in SILENCED_BY.get(loud, ())) for rule in PICTURE_RULES
}

Memories = Mapping[RuleName, Memory]
_NOTHING = Memory()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetState:
    """What the rules remember of one proctoring session.

    Pictures that came late, in proven order, have `late` memories of their own: they are older than what was seen since.
    `camera_off`: the browser says that its camera gives nothing now, so that black pictures say no more than that.
    """

    memories: Memories = field(default_factory=dict)
    late: Memories = field(default_factory=dict)
    posters: Places = ()
    late_at: datetime | None = None
    late_quiet_since: datetime | None = None
    camera_off: bool = False

    @classmethod
    def resumed(cls, counts: Mapping[RuleName, int]) -> RuleSetState:
        """A fresh state that goes on numbering after the alerts raised before a restart."""
        return cls(memories={rule: Memory(Episode(count)) for rule, count in counts.items()})

    @property
    def open_alerts(self) -> Alerts:
        """The alerts that have not ended, with their numbers so far."""
        memories = (*self.memories.values(), *self.late.values())
        return tuple(memory.episode.alert for memory in memories if memory.episode.alert is not None)

    @property
    def beginning(self) -> dict[RuleName, datetime]:
        """Since when a rule sees what may become an alert, or is one: for telling the learner before anybody else."""
        since = {
            rule: run.since
            for rule, memory in self.memories.items()
            if (run := memory.belief.run) is not None and not memory.belief.held and memory.belief.last_signal
        }
        opened = {
            rule: memory.episode.alert.onset_at
            for rule, memory in self.memories.items()
            if memory.episode.alert is not None
        }
        return since | opened

    def is_open(self, rule: RuleName) -> bool:
        """Whether an alert of this rule has not ended."""
        return self.memories.get(rule, _NOTHING).episode.alert is not None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules that work for one learner; a rule that is off, or lacks its baseline, is not among them."""

    rules: Mapping[RuleName, Rule]
    baseline: Baseline | None = None

    @classmethod
    def under(
        cls,
        parameters: Parameters,
        *,
        model_sha256: str,
        models: Mapping[str, str] | None = None,
        baseline: Baseline | None = None,
    ) -> RuleSet:
        """Build the rules.

        The hash of the weights that decide goes into every alert: that of the rule's network in `models`, which are
        named as detectors name them, else `model_sha256`.
        """
        known = models or {}
        sha256 = {rule: known.get(facts.network.value, model_sha256) for rule, facts in CATALOGUE.items()}
        built = _build(parameters, sha256, baseline)
        return cls({rule: made for rule, made in built.items() if rule not in parameters.off}, baseline)

    def step(self, state: RuleSetState, event: Event) -> tuple[RuleSetState, Alerts]:
        """Fold one event in.

        Return the alerts that opened (`ended_at` None) and closed, ends first.
        """
        if isinstance(event, Sight):
            return self._late(state, event) if event.late else self._live(state, event)
        if isinstance(event, Tick):
            return self._tick(state, event)
        memories, alerts = self._others(state.memories, event)
        return replace(state, memories=memories), _ends_first(alerts)

    def finish(self, state: RuleSetState, *, at: datetime, because: AlertEnd) -> tuple[RuleSetState, Alerts]:
        """End every open alert, as when the attempt is over."""
        late, ended_late = _stop(state.late, tuple(RuleName), at=state.late_at or at, because=because)
        memories, ended = _stop(state.memories, tuple(RuleName), at=at, because=because)
        return replace(state, memories=memories, late=late), _marked(ended_late) + ended

    def _live(self, state: RuleSetState, sight: Sight) -> tuple[RuleSetState, Alerts]:
        if state.camera_off and sight.covered:
            return state, ()
        memories, alerts = self._one(state.memories, RuleName.CAMERA_STOPPED, sight)
        state = replace(state, memories=memories)
        if state.is_open(RuleName.CAMERA_STOPPED):
            return state, alerts
        counted, posters = without_posters(sight, self.baseline, state.posters)
        memories, seen = self._look(memories, state.late, counted)
        return replace(state, memories=memories, posters=posters), alerts + _ends_first(seen)

    def _late(self, state: RuleSetState, sight: Sight) -> tuple[RuleSetState, Alerts]:
        counted, _ = without_posters(sight, self.baseline, ())
        late, seen = self._look(state.late, state.memories, counted)
        state = replace(state, late=late, late_at=sight.at, late_quiet_since=None)
        return state, _marked(_ends_first(seen))

    def _tick(self, state: RuleSetState, tick: Tick) -> tuple[RuleSetState, Alerts]:
        memories, stopped = self._one(state.memories, RuleName.CAMERA_STOPPED, tick)
        ended: Alerts = ()
        if stopped:
            silenced = tuple(SILENCED_BY[RuleName.CAMERA_STOPPED])
            memories, ended = _stop(memories, silenced, at=stopped[0].onset_at, because=AlertEnd.SUPPRESSED)
        memories, others = self._others(memories, tick)
        off = tick.camera is not CameraState.ON
        state, late = _quieten(replace(state, memories=memories, camera_off=off), tick.at)
        return state, _ends_first(late + ended + stopped + others)

    def _look(self, memories: Memories, beside: Memories, sight: Sight) -> tuple[Memories, Alerts]:
        """Fold one picture into the rules that look at pictures; numbers go on after those of `beside`."""
        after, changes = dict(memories), list[Alert]()
        for name in PICTURE_RULES:
            rule = self.rules.get(name)
            if rule is None:
                continue
            memory = _numbered(after.get(name, _NOTHING), beside.get(name, _NOTHING))
            loud = _loud(after, name)
            if loud is None:
                after[name], alerts = rule.step(memory, sight)
            else:
                after[name], alerts = stop(memory, at=loud.onset_at, because=AlertEnd.SUPPRESSED)
            changes.extend(alerts)
        return after, tuple(changes)

    def _others(self, memories: Memories, event: Event) -> tuple[Memories, Alerts]:
        changes: Alerts = ()
        for name in OTHER_RULES:
            memories, alerts = self._one(memories, name, event)
            changes += alerts
        return memories, changes

    def _one(self, memories: Memories, name: RuleName, event: Event) -> tuple[Memories, Alerts]:
        rule = self.rules.get(name)
        if rule is None:
            return memories, ()
        before = memories.get(name, _NOTHING)
        after, alerts = rule.step(before, event)
        return (memories if after is before else {**memories, name: after}), alerts


def _build(
    parameters: Parameters, sha256: Mapping[RuleName, str], baseline: Baseline | None
) -> dict[RuleName, Rule]:
    """Every rule that can work with this baseline."""
    built: dict[RuleName, Rule] = {
        RuleName.CAMERA_STOPPED: camera_stopped(parameters, sha256[RuleName.CAMERA_STOPPED]),
        RuleName.SEVERAL_FACES: several_faces(parameters, sha256[RuleName.SEVERAL_FACES], baseline),
        RuleName.FACE_GONE: face_gone(parameters, sha256[RuleName.FACE_GONE], baseline),
        RuleName.SOMEONE_ELSE: looks.someone_else(parameters, sha256[RuleName.SOMEONE_ELSE], baseline),
        RuleName.CAMERA_LOOPED: camera_looped(parameters, sha256[RuleName.CAMERA_LOOPED]),
    }
    simple = {
        RuleName.CAMERA_COVERED: picture_rules.camera_covered,
        RuleName.CAMERA_DARK: picture_rules.camera_dark,
        RuleName.CAMERA_BLURRED: picture_rules.camera_blurred,
        RuleName.CAMERA_FROZEN: picture_rules.camera_frozen,
    }
    built |= {name: make(parameters, sha256[name]) for name, make in simple.items()}
    rare = {
        RuleName.VIRTUAL_CAMERA: occurrences.virtual_camera,
        RuleName.SPEECH: occurrences.speech,
        RuleName.PICTURES_MISSING: occurrences.pictures_missing,
        RuleName.PICTURES_ALTERED: occurrences.pictures_altered,
        RuleName.PREFILTER_DISAGREES: occurrences.prefilter_disagrees,
        RuleName.LIVENESS_FAILED: occurrences.liveness_failed,
    }
    built |= {name: make_rare(parameters, sha256[name]) for name, make_rare in rare.items()}
    built[RuleName.PASTED] = occurrences.pasted(parameters, sha256[RuleName.PASTED])
    built[RuleName.FOCUS_LOST] = occurrences.focus_lost(parameters, sha256[RuleName.FOCUS_LOST])
    built[RuleName.HAND_RAISED] = occurrences.hand_raised(parameters, sha256[RuleName.HAND_RAISED])
    if baseline is not None and baseline.pose is not None:
        built[RuleName.LOOKING_AWAY] = picture_rules.looking_away(
            parameters, sha256[RuleName.LOOKING_AWAY], baseline
        )
    things = {
        RuleName.PHONE_POSSIBLE: looks.phone_possible,
        RuleName.BOOK_POSSIBLE: looks.book_possible,
    }
    built |= {name: make_thing(parameters, sha256[name], baseline) for name, make_thing in things.items()}
    return built


def _loud(memories: Memories, name: RuleName) -> Alert | None:
    """An open alert that silences this rule."""
    for silencer in _SILENCERS[name]:
        alert = memories.get(silencer, _NOTHING).episode.alert
        if alert is not None:
            return alert
    return None


def _numbered(memory: Memory, beside: Memory) -> Memory:
    """The memory, whose next alert is numbered after those of the other one too."""
    if beside.episode.count <= memory.episode.count:
        return memory
    return replace(memory, episode=replace(memory.episode, count=beside.episode.count))


def _stop(
    memories: Memories, names: Sequence[RuleName], *, at: datetime, because: AlertEnd
) -> tuple[Memories, Alerts]:
    after, changes = dict(memories), list[Alert]()
    for name in names:
        if name in after:
            after[name], ended = stop(after[name], at=at, because=because)
            changes.extend(ended)
    return after, tuple(changes)


def _quieten(state: RuleSetState, at: datetime) -> tuple[RuleSetState, Alerts]:
    """End what late pictures left open once no more of them come."""
    if not state.late or state.late_at is None:
        return state, ()
    since = state.late_quiet_since or at
    if (at - since).total_seconds() < LATE_QUIET_SECONDS:
        return replace(state, late_quiet_since=since), ()
    late, ended = _stop(state.late, PICTURE_RULES, at=state.late_at, because=AlertEnd.CLEARED)
    return replace(state, late=late, late_at=None, late_quiet_since=None), _marked(ended)


def _marked(alerts: Alerts) -> Alerts:
    return tuple(replace(alert, numbers={**alert.numbers, "late": 1.0}) for alert in alerts)


def _ends_first(alerts: Alerts) -> Alerts:
    return tuple(sorted(alerts, key=lambda alert: alert.ended_at is None))
