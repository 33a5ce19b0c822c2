# SPDX-License-Identifier: Apache-2.0
"""Rules over what happens now and then: speech, focus, paste, gaps in the chain, audits, challenges, camera facts, a hand.

Each reads an amount off an event; how many, or how much, is worth a look is in the parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from proctor.rules.alerts import AlertEnd, RuleName
from proctor.rules.episodes import Judged, close_episode, follow_episode, open_episode
from proctor.rules.inputs import (
    AuditDisagreed,
    BrowserNoted,
    CameraFacts,
    ChainBreak,
    ChainBroken,
    Event,
    HandRaised,
    LivenessChecked,
    SpeechHeard,
    Tick,
)
from proctor.rules.looks import recent
from proctor.rules.memory import Alerts, Look, Memory
from proctor.rules.parameters import Burst, Parameters

REGULAR_JITTER_MS = 0.3
"""A real camera's frames come less regularly than this."""
_AWAY = frozenset({"hidden", "blur"})
_BACK = "focus"
_PASTES = frozenset({"paste", "paste_refused"})
_TAKEN = frozenset({"copy", "cut"})


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What an event amounts to, since when it goes back, and which of several things it was."""

    amount: float
    since: datetime
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class BurstRule:
    """Opens when occurrences add up, closes when it has been quiet for a while."""

    judged: Judged
    burst: Burst
    occurrence: Callable[[Event], Occurrence | None]
    unit: str

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one event in; a tick may end what is open."""
        memory, ended = self._quieten(memory, event.at)
        found = self.occurrence(event)
        if found is None or found.amount < self.burst.least:
            return memory, ended
        began = Look(min(found.since, event.at), found.amount)
        looks = recent((*memory.looks, began), self.burst.window_seconds)
        memory = replace(memory, looks=looks, last_at=event.at)
        total = sum(look.value for look in looks)
        numbers = {"count": float(len(looks)), self.unit: round(total, 2)}
        if memory.episode.alert is not None:
            episode = follow_episode(memory.episode, at=event.at, numbers=numbers)
            return replace(memory, episode=episode), ended
        if len(looks) < self.burst.count and (self.burst.total is None or total < self.burst.total):
            return memory, ended
        episode, alert = open_episode(
            memory.episode,
            self.judged,
            onset_at=looks[0].at,
            at=event.at,
            numbers=numbers,
            cause=found.cause,
        )
        return replace(memory, episode=episode), (*ended, alert)

    def _quieten(self, memory: Memory, at: datetime) -> tuple[Memory, Alerts]:
        last = memory.last_at
        if memory.episode.alert is None or last is None:
            return memory, ()
        if (at - last).total_seconds() < self.burst.quiet_seconds:
            return memory, ()
        episode, ended = close_episode(memory.episode, at=last, because=AlertEnd.CLEARED)
        return Memory(episode), ended


@dataclass(frozen=True, slots=True)
class FocusLost:
    """A burst of times away from the page; one that is still going on grows with every tick.

    `second_belief.last_at` is since when the page has been left.
    """

    bursts: BurstRule

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one event in."""
        left = memory.second_belief.last_at
        if isinstance(event, BrowserNoted) and event.cause == "none":
            if event.kind in _AWAY and event.seconds is None:
                return self._left(memory, left or event.at), ()
            if left is not None and (event.kind == _BACK or event.kind in _AWAY):
                memory = self._left(memory, None)
                if event.seconds is None:
                    away = (event.at - left).total_seconds()
                    event = replace(event, kind="hidden", seconds=away)
        elif isinstance(event, Tick) and left is not None and memory.episode.alert is None:
            away = (event.at - left).total_seconds()
            total = self.bursts.burst.total
            if total is not None and away >= total:
                event = BrowserNoted(at=event.at, kind="hidden", seconds=away)
                memory = self._left(memory, event.at)
        after, alerts = self.bursts.step(memory, event)
        if after.second_belief != memory.second_belief:
            after = replace(after, second_belief=memory.second_belief)
        return after, alerts

    def _left(self, memory: Memory, at: datetime | None) -> Memory:
        return replace(memory, second_belief=replace(memory.second_belief, last_at=at))


@dataclass(frozen=True, slots=True)
class Pasted:
    """Something was pasted that was not taken from this page: what was copied or cut here, without leaving, is the learner's.

    `since` of the memory is when something was last taken on this page; leaving the page forgets it.
    """

    bursts: BurstRule

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one event in."""
        taken = memory.since
        if isinstance(event, BrowserNoted):
            if event.kind in _TAKEN:
                taken = event.at
            elif event.kind in _AWAY and event.cause == "none":
                taken = None
            elif event.kind in _PASTES and taken is not None:
                return memory, ()
        after, alerts = self.bursts.step(memory, event)
        return (after if after.since == taken else replace(after, since=taken)), alerts


@dataclass(frozen=True, slots=True)
class RaisedHand:
    """The learner asks for a person. It accuses nobody."""

    judged: Judged

    def step(self, memory: Memory, event: Event) -> tuple[Memory, Alerts]:
        """Fold one event in."""
        if not isinstance(event, HandRaised):
            return memory, ()
        if not event.raised:
            episode, ended = close_episode(memory.episode, at=event.at, because=AlertEnd.CLEARED)
            return Memory(episode), ended
        if memory.episode.alert is not None:
            return Memory(follow_episode(memory.episode, at=event.at, numbers={})), ()
        episode, alert = open_episode(memory.episode, self.judged, onset_at=event.at, at=event.at, numbers={})
        return Memory(episode), (alert,)


def hand_raised(parameters: Parameters, model_sha256: str) -> RaisedHand:
    """The rule that passes on a raised hand."""
    return RaisedHand(Judged(RuleName.HAND_RAISED, {}, parameters.version, model_sha256))


def speech(parameters: Parameters, model_sha256: str) -> BurstRule:
    """Somebody speaks, several times or for long."""
    return _burst(RuleName.SPEECH, _spoken, "speech_seconds", parameters, model_sha256)


def focus_lost(parameters: Parameters, model_sha256: str) -> FocusLost:
    """The page was left, often or for long."""
    burst = _burst(RuleName.FOCUS_LOST, _away, "away_seconds", parameters, model_sha256)
    return FocusLost(burst)


def pasted(parameters: Parameters, model_sha256: str) -> Pasted:
    """Something was pasted that does not come from this page, or was to be."""
    return Pasted(_burst(RuleName.PASTED, _paste, "pastes", parameters, model_sha256))


def pictures_missing(parameters: Parameters, model_sha256: str) -> BurstRule:
    """Pictures that the page committed to never came."""
    return _burst(
        RuleName.PICTURES_MISSING,
        lambda event: _broken(event, ChainBreak.MISSING),
        "frames",
        parameters,
        model_sha256,
    )


def pictures_altered(parameters: Parameters, model_sha256: str) -> BurstRule:
    """Pictures came that are not those to which the page committed."""
    return _burst(
        RuleName.PICTURES_ALTERED,
        lambda event: _broken(event, ChainBreak.ALTERED),
        "frames",
        parameters,
        model_sha256,
    )


def prefilter_disagrees(parameters: Parameters, model_sha256: str) -> BurstRule:
    """The page's claims and the server's own looks differ, more than once."""
    return _burst(
        RuleName.PREFILTER_DISAGREES,
        _disagreed,
        "audits",
        parameters,
        model_sha256,
    )


def liveness_failed(parameters: Parameters, model_sha256: str) -> BurstRule:
    """A challenge was not met in several tries."""
    return _burst(RuleName.LIVENESS_FAILED, _unmet, "tries", parameters, model_sha256)


def virtual_camera(parameters: Parameters, model_sha256: str) -> BurstRule:
    """What the page says of its camera is what a virtual one would say. Weak evidence."""
    return _burst(RuleName.VIRTUAL_CAMERA, _virtual, "signs", parameters, model_sha256)


def _spoken(event: Event) -> Occurrence | None:
    if not isinstance(event, SpeechHeard):
        return None
    return Occurrence((event.ended_at - event.started_at).total_seconds(), event.started_at)


def _away(event: Event) -> Occurrence | None:
    if not isinstance(event, BrowserNoted) or event.kind not in _AWAY or event.cause != "none":
        return None
    if event.seconds is None:
        return None
    return Occurrence(event.seconds, event.at - timedelta(seconds=event.seconds))


def _paste(event: Event) -> Occurrence | None:
    if isinstance(event, BrowserNoted) and event.kind in _PASTES and event.cause == "none":
        return Occurrence(1.0, event.at, event.kind)
    return None


def _broken(event: Event, kind: ChainBreak) -> Occurrence | None:
    if isinstance(event, ChainBroken) and event.kind is kind:
        return Occurrence(event.frames, event.at)
    return None


def _disagreed(event: Event) -> Occurrence | None:
    if isinstance(event, AuditDisagreed) and event.claimed != event.seen:
        return Occurrence(1.0, event.at)
    return None


def _unmet(event: Event) -> Occurrence | None:
    if isinstance(event, LivenessChecked) and not event.passed:
        return Occurrence(event.tries, event.at, event.challenge)
    return None


def _virtual(event: Event) -> Occurrence | None:
    """Two signs for a name, one for frames that come more regularly than light falls: that supports a name, never more.

    Good cameras are regular too, so that regularity alone says nothing.
    """
    if not isinstance(event, CameraFacts):
        return None
    regular = event.jitter_ms is not None and event.jitter_ms < REGULAR_JITTER_MS
    cause = "name_and_regular" if regular else "name"
    return Occurrence(2.0 * event.virtual_name + regular, event.at, cause if event.virtual_name else None)


def _burst(
    rule: RuleName,
    occurrence: Callable[[Event], Occurrence | None],
    unit: str,
    parameters: Parameters,
    model_sha256: str,
) -> BurstRule:
    burst: Burst = getattr(parameters, rule.value)
    thresholds = {name: value for name, value in asdict(burst).items() if value is not None}
    return BurstRule(Judged(rule, thresholds, parameters.version, model_sha256), burst, occurrence, unit)
