# SPDX-License-Identifier: Apache-2.0
"""Sharing learners between proctors, and the hand-over of a shift. Pure; no storage here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from core.errors import Conflict, Invalid, NotFound

LONGEST_NOTE = 1000
STILL_THERE = timedelta(seconds=150)
"""A wall that was heard of within this goes on being watched: it says so once a minute."""


class HandOverState(StrEnum):
    """Where a hand-over stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What is done with an offer: the next proctor takes it or not, the first one takes it back."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"

    @property
    def leads_to(self) -> HandOverState:
        """The state of a hand-over after this answer."""
        return _LEADS_TO[self]


_LEADS_TO: Mapping[Answer, HandOverState] = MappingProxyType(
    {
        Answer.ACCEPT: HandOverState.ACCEPTED,
        Answer.DECLINE: HandOverState.DECLINED,
        Answer.WITHDRAW: HandOverState.WITHDRAWN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """One proctor offers learners to another, with a note; `attempt_ids` are whom it is about."""

    id: str
    sitting_id: str
    from_id: str
    to_id: str
    note: str
    attempt_ids: tuple[str, ...]
    state: HandOverState
    offered_at: datetime
    answered_at: datetime | None = None


def answer(hand_over: HandOver, said: Answer, *, by: str, now: datetime) -> HandOver:
    """The hand-over after somebody's answer.

    Raises NotFound `hand_over_unknown` for whomever it is no business of; Conflict `hand_over_answered`.
    """
    if by != (hand_over.from_id if said is Answer.WITHDRAW else hand_over.to_id):
        raise NotFound("hand_over_unknown")
    if hand_over.state is not HandOverState.OFFERED:
        raise Conflict("hand_over_answered", state=hand_over.state.value)
    return replace(hand_over, state=said.leads_to, answered_at=now)


def require_answer(text: str) -> Answer:
    """The answer of this name, unless Invalid `hand_over_answer_unknown`."""
    try:
        return Answer(text)
    except ValueError as error:
        raise Invalid("hand_over_answer_unknown") from error


def require_note(text: str) -> str:
    """The note of a hand-over: 3 to 1000 visible characters, unless Invalid `hand_over_note_malformed`."""
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    kept = "\n".join(lines)
    if not 3 <= len(kept) <= LONGEST_NOTE or not all(line == "" or line.isprintable() for line in lines):
        raise Invalid("hand_over_note_malformed", lowest=3, highest=LONGEST_NOTE)
    return kept


def require_colleague(person_id: str, *, by: str, crew: Collection[str]) -> str:
    """Another proctor of the sitting, unless Invalid `hand_over_to_nobody`."""
    if person_id == by or person_id not in crew:
        raise Invalid("hand_over_to_nobody")
    return person_id


def require_learners(chosen: Sequence[str], *, roster: Collection[str]) -> tuple[str, ...]:
    """The chosen learners in one order, each once, all of this sitting; unless Invalid `hand_over_learners`."""
    found = tuple(sorted(set(chosen)))
    if not found or not set(found) <= set(roster):
        raise Invalid("hand_over_learners")
    return found


def share_evenly(attempt_ids: Sequence[str], proctor_ids: Sequence[str]) -> dict[str, str]:
    """Who looks after whom when learners are shared out in their order, in runs that differ by one at most.

    Nobody is shared out where there is no proctor.
    """
    if not proctor_ids:
        return {}
    whole, more = divmod(len(attempt_ids), len(proctor_ids))
    shares: dict[str, str] = {}
    start = 0
    for number, proctor_id in enumerate(proctor_ids):
        end = start + whole + (number < more)
        shares.update(dict.fromkeys(attempt_ids[start:end], proctor_id))
        start = end
    return shares


def goes_on(last_at: datetime, *, now: datetime) -> bool:
    """Whether a wall that was last heard of then has been watched without a break until now."""
    return now - last_at <= STILL_THERE
