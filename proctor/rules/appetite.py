# SPDX-License-Identifier: Apache-2.0
"""Which dear looks the rules would rather have at the next frame, because something is half-grown. A wish, no order."""

from __future__ import annotations

from dataclasses import dataclass

from proctor.rules.alerts import RuleName
from proctor.rules.memory import Memory
from proctor.rules.parameters import Parameters
from proctor.rules.ruleset import RuleSetState


@dataclass(frozen=True, slots=True, kw_only=True)
class Appetite:
    """Identity after a doubtful probe, objects after a thing or a second person was seen once, or no face."""

    identity: bool = False
    objects: bool = False


def appetite(state: RuleSetState, parameters: Parameters) -> Appetite:
    """What would settle a doubt soon. For what is off nothing is urgent, and little while an alert is open."""
    return Appetite(
        identity=_doubts_identity(state, parameters),
        objects=any(
            _half_seen(state, rule, parameters) for rule in (RuleName.PHONE_POSSIBLE, RuleName.BOOK_POSSIBLE)
        )
        or _half_counted(state, parameters)
        or _half_gone(state, parameters),
    )


def _waiting(state: RuleSetState, rule: RuleName, parameters: Parameters) -> Memory | None:
    """The memory of a rule that works and has no open alert."""
    if rule in parameters.off or state.is_open(rule):
        return None
    return state.memories.get(rule)


def _doubts_identity(state: RuleSetState, parameters: Parameters) -> bool:
    """A strange look wants the next probe soon; so does a familiar one that may end an open alert."""
    memory = state.memories.get(RuleName.SOMEONE_ELSE)
    if memory is None or not memory.looks or RuleName.SOMEONE_ELSE in parameters.off:
        return False
    last = memory.looks[-1].value
    if memory.episode.alert is not None:
        return last >= parameters.someone_else.same_from
    return last < parameters.someone_else.different_below


def _half_seen(state: RuleSetState, rule: RuleName, parameters: Parameters) -> bool:
    memory = _waiting(state, rule, parameters)
    limits = parameters.phone_possible if rule is RuleName.PHONE_POSSIBLE else parameters.book_possible
    return memory is not None and bool(memory.looks) and memory.looks[-1].value >= limits.score


def _half_counted(state: RuleSetState, parameters: Parameters) -> bool:
    memory = _waiting(state, RuleName.SEVERAL_FACES, parameters)
    return memory is not None and memory.second_belief.run is not None


def _half_gone(state: RuleSetState, parameters: Parameters) -> bool:
    """Whether somebody is still there whose face is not to be seen."""
    memory = _waiting(state, RuleName.FACE_GONE, parameters)
    return memory is not None and memory.belief.run is not None
