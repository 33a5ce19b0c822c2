# SPDX-License-Identifier: Apache-2.0
"""What a pause means for the rules: whatever lies in it is held against nobody. Pure; who may pause is not decided here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from proctor.rules.alerts import AlertEnd, RuleName
from proctor.rules.inputs import Event, HandRaised, SpeechHeard
from proctor.rules.memory import Alerts
from proctor.rules.ruleset import RuleSet, RuleSetState

Pauses = tuple[tuple[datetime, datetime | None], ...]
"""From when to when the learner's time stood still; a pause that goes on has no end."""


def is_paused(pauses: Pauses, at: datetime) -> bool:
    """Whether an instant lies in a pause."""
    return any(begin <= at and (end is None or at < end) for begin, end in pauses)


def resumed_at(pauses: Pauses, at: datetime) -> datetime | None:
    """The end of the last pause that was over at an instant, or None."""
    return max((end for _, end in pauses if end is not None and end <= at), default=None)


def is_judged(event: Event, pauses: Pauses) -> bool:
    """Whether the rules hear of an event: of what began or came in a pause only that somebody asks for help."""
    if isinstance(event, HandRaised):
        return True
    began = event.started_at if isinstance(event, SpeechHeard) else event.at
    return not is_paused(pauses, event.at) and not is_paused(pauses, began)


def put_down(rules: RuleSet, state: RuleSetState, *, at: datetime) -> tuple[RuleSetState, Alerts]:
    """End what is open and forget what was growing; what was copied on the page stays the learner's own to paste."""
    after, ended = rules.finish(state, at=at, because=AlertEnd.WATCH_ENDED)
    copied = state.memories.get(RuleName.PASTED)
    if copied is not None:
        kept = replace(after.memories[RuleName.PASTED], since=copied.since)
        after = replace(after, memories={**after.memories, RuleName.PASTED: kept})
    return after, ended
