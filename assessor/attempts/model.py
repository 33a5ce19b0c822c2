# SPDX-License-Identifier: Apache-2.0
"""The attempt's state machine and the judgement of one saved answer. Pure: no clock, storage or content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from assessor.attempts.inputs import ResponseValue
from assessor.attempts.timing import (
    Allowance,
    Phase,
    Window,
    deadline_of,
    moment,
    paused_for,
    phase,
    remaining_ms,
    running_phase,
)
from core.errors import Conflict

DEFAULT_GRACE_SECONDS = 10


class AttemptState(StrEnum):
    """Where an attempt stands; why it ended is `EndedBy`."""

    CREATED = "created"
    RUNNING = "running"
    SUBMITTED = "submitted"


class EndedBy(StrEnum):
    """Who or what ended an attempt."""

    LEARNER = "learner"
    DEADLINE = "deadline"
    PROCTOR = "proctor"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Mapping[AttemptState, frozenset[AttemptState]] = MappingProxyType(
    {
        AttemptState.CREATED: frozenset({AttemptState.RUNNING, AttemptState.SUBMITTED}),
        AttemptState.RUNNING: frozenset({AttemptState.SUBMITTED}),
        AttemptState.SUBMITTED: frozenset(),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What the rules need to know of an attempt; instants are UTC. A pause is a condition of a running attempt."""

    state: AttemptState
    allowance: Allowance
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    paused_at: datetime | None = None
    ended_reason: str = ""

    @property
    def ends_at(self) -> datetime | None:
        """The deadline, or None before the start; of a paused attempt: what it was when the pause began."""
        return None if self.started_at is None else deadline_of(self.started_at, self.allowance)

    @property
    def paused(self) -> bool:
        """The time stands still."""
        return self.paused_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Begin the attempt; whether the window allows it is asked before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """Close the attempt; `reason` is a person's text, empty where nobody had to give one."""

    ended_by: EndedBy
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Set the seconds that the attempt has; a running attempt never loses any."""

    allowance: Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Let the time stand still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Let the time run on, with as much of it left as there was."""


Command = Start | Submit | Allow | Pause | Resume


def decide(attempt: Attempt, command: Command, *, now: datetime, grace_seconds: int) -> Attempt:
    """The attempt after `command`. Doing the same twice changes nothing: sending again is harmless.

    Raises Conflict: `attempt_closed`, `attempt_not_started`, `time_not_over`, `time_only_grows`, `time_is_up` (too late
    for a pause).
    """
    match command:
        case Start():
            return _start(attempt, now=now)
        case Submit():
            return _submit(attempt, command, now=now, grace_seconds=grace_seconds)
        case Allow():
            return _allow(attempt, allowance=command.allowance)
        case Pause():
            return _pause(attempt, now=now)
        case Resume():
            return _resume(attempt, now=now)
        case _:
            assert_never(command)


def closed(attempt: Attempt) -> Conflict:
    """The refusal for anything that comes after the end."""
    ended_at = None if attempt.ended_at is None else attempt.ended_at.isoformat()
    return Conflict("attempt_closed", ended_at=ended_at, ended_by=attempt.ended_by)


def require_running(attempt: Attempt) -> None:
    """Refuse what only a running attempt allows; raises Conflict `attempt_not_started`, `attempt_closed`."""
    if attempt.state is AttemptState.CREATED:
        raise Conflict("attempt_not_started")
    if attempt.state is AttemptState.SUBMITTED:
        raise closed(attempt)


def require_window(attempt: Attempt, *, now: datetime, window: Window, grace_seconds: int) -> None:
    """Refuse a first start outside of the window; raises Conflict `window_not_open` or `window_closed`."""
    match phase(
        now,
        window=window,
        started_at=attempt.started_at,
        allowance=attempt.allowance,
        grace_seconds=grace_seconds,
    ):
        case Phase.BEFORE_WINDOW:
            raise Conflict("window_not_open", opens_at=window.opens_at.isoformat())
        case Phase.WINDOW_CLOSED:
            raise Conflict("window_closed", closes_at=window.closes_at.isoformat())
        case _:
            return


def deadline_now(attempt: Attempt, *, now: datetime, grace_seconds: int) -> tuple[datetime, Phase]:
    """A started attempt's deadline, and the phase that `now` falls in; raises Conflict `attempt_not_started`."""
    if attempt.ends_at is None:
        raise Conflict("attempt_not_started")
    shown = moment(now, paused_at=attempt.paused_at)
    return attempt.ends_at, running_phase(shown, ends_at=attempt.ends_at, grace_seconds=grace_seconds)


def time_left_ms(attempt: Attempt, *, now: datetime) -> int:
    """Milliseconds until the deadline: all of them before the start, as many as there were in a pause, none after the end."""
    if attempt.state is AttemptState.SUBMITTED:
        return 0
    shown = moment(now, paused_at=attempt.paused_at)
    return remaining_ms(shown, ends_at=deadline_of(attempt.started_at or now, attempt.allowance))


def _start(attempt: Attempt, *, now: datetime) -> Attempt:
    if attempt.state is AttemptState.RUNNING:
        return attempt
    return _move(attempt, replace(attempt, state=AttemptState.RUNNING, started_at=now))


def _submit(attempt: Attempt, command: Submit, *, now: datetime, grace_seconds: int) -> Attempt:
    match attempt.state:
        case AttemptState.SUBMITTED:
            return attempt
        case AttemptState.CREATED:
            if command.ended_by is not EndedBy.WITHDRAWN:
                raise Conflict("attempt_not_started")
            return _end(attempt, ended_at=now, ended_by=command.ended_by, reason=command.reason)
        case AttemptState.RUNNING:
            return _close(attempt, command, now=now, grace_seconds=grace_seconds)
        case _:
            assert_never(attempt.state)


def _close(attempt: Attempt, command: Submit, *, now: datetime, grace_seconds: int) -> Attempt:
    ends_at, at = deadline_now(attempt, now=now, grace_seconds=grace_seconds)
    ended_at, ended_by, reason = now, command.ended_by, command.reason
    if ended_by is EndedBy.DEADLINE and at.takes_answers:
        raise Conflict("time_not_over", ends_at=ends_at.isoformat())
    if not at.takes_answers and ended_by is not EndedBy.WITHDRAWN:
        # The time had run out before anybody closed it.
        ended_by, ended_at, reason = EndedBy.DEADLINE, ends_at, ""
    return _end(_run_on(attempt, now=now), ended_at=ended_at, ended_by=ended_by, reason=reason)


def _end(attempt: Attempt, *, ended_at: datetime, ended_by: EndedBy, reason: str) -> Attempt:
    after = replace(
        attempt,
        state=AttemptState.SUBMITTED,
        ended_at=ended_at,
        ended_by=ended_by,
        ended_reason=reason,
    )
    return _move(attempt, after)


def _pause(attempt: Attempt, *, now: datetime) -> Attempt:
    require_running(attempt)
    if attempt.paused:
        return attempt
    ends_at, at = deadline_now(attempt, now=now, grace_seconds=0)
    if at is not Phase.RUNNING:
        raise Conflict("time_is_up", ends_at=ends_at.isoformat())
    return replace(attempt, paused_at=now)


def _resume(attempt: Attempt, *, now: datetime) -> Attempt:
    require_running(attempt)
    return _run_on(attempt, now=now)


def _run_on(attempt: Attempt, *, now: datetime) -> Attempt:
    """The attempt with its pause, if there is one, added to the account."""
    if attempt.paused_at is None:
        return attempt
    paused = attempt.allowance.paused_seconds + paused_for(now, paused_at=attempt.paused_at)
    return replace(attempt, allowance=replace(attempt.allowance, paused_seconds=paused), paused_at=None)


def _move(before: Attempt, after: Attempt) -> Attempt:
    if after.state not in TRANSITIONS[before.state]:
        raise closed(before)
    return after


def _allow(attempt: Attempt, *, allowance: Allowance) -> Attempt:
    if attempt.state is AttemptState.SUBMITTED:
        raise closed(attempt)
    after = replace(attempt, allowance=allowance)
    if attempt.ends_at is not None and after.ends_at is not None and after.ends_at < attempt.ends_at:
        raise Conflict("time_only_grows", ends_at=attempt.ends_at.isoformat())
    return after


# ------------------------------------------------------------------------------------ one saved answer


class Numbered(StrEnum):
    """What the log holds under the save's (device, sequence number)."""

    UNUSED = "unused"
    SAME = "same"
    OTHER = "other"


class Verdict(StrEnum):
    """What becomes of a save. All but the first two: kept as a copy, refused, the value is the code."""

    STORED = "stored"
    REPEATED = "repeated"
    SEQUENCE_CONFLICT = "sequence_conflict"
    ATTEMPT_CLOSED = "attempt_closed"
    LATE_ANSWER = "late_answer"
    LEASE_LOST = "lease_lost"
    SECTION_CLOSED = "section_closed"
    SECTION_ORDER = "section_order"
    ITEM_CLOSED = "item_closed"
    ATTEMPTS_USED_UP = "attempts_used_up"
    SKIPPING_NOT_ALLOWED = "skipping_not_allowed"
    ANSWER_INCOMPLETE = "answer_incomplete"

    @property
    def late(self) -> bool:
        """The value came when nothing could be answered any more; a named person may still let it count."""
        return self in (Verdict.LATE_ANSWER, Verdict.ATTEMPT_CLOSED, Verdict.SECTION_CLOSED)

    @property
    def acknowledged(self) -> bool:
        """The value is held and counts, so the learner gets a receipt."""
        return self in (Verdict.STORED, Verdict.REPEATED)


class LateState(StrEnum):
    """Where an answer that came too late stands; it counts only when it was admitted."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    REFUSED = "refused"


class LateDecision(StrEnum):
    """What a named person decided about an answer that came too late."""

    ADMITTED = "admitted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The lease under which a save came, beside what the log knows of its item."""

    epoch: int
    granted: bool
    newest_epoch_on_item: int

    @property
    def counts(self) -> bool:
        """True for a granted lease whose item no newer lease has touched."""
        return self.granted and self.newest_epoch_on_item <= self.epoch


def judge_save(
    attempt: Attempt, *, now: datetime, grace_seconds: int, numbered: Numbered, lease: Lease
) -> Verdict:
    """What becomes of a well-formed save that is received at `now`.

    A repeat is acknowledged even after the end, because it was durable before.
    Raises Conflict `attempt_not_started`.
    """
    if attempt.state is AttemptState.CREATED:
        raise Conflict("attempt_not_started")
    match numbered:
        case Numbered.SAME:
            return Verdict.REPEATED
        case Numbered.OTHER:
            return Verdict.SEQUENCE_CONFLICT
        case Numbered.UNUSED:
            pass
        case _:
            assert_never(numbered)
    if attempt.state is AttemptState.SUBMITTED:
        return Verdict.ATTEMPT_CLOSED
    _, at = deadline_now(attempt, now=now, grace_seconds=grace_seconds)
    if not at.takes_answers:
        return Verdict.LATE_ANSWER
    return Verdict.STORED if lease.counts else Verdict.LEASE_LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One stored answer, as far as replay needs it."""

    item_version_id: str
    epoch: int
    seq: int
    value: ResponseValue
    revision: int
    received_at: datetime


def last_answers(answers: Iterable[Answer]) -> dict[str, Answer]:
    """The answer that counts for every item, by (epoch, seq); the order of arrival plays no part."""
    last: dict[str, Answer] = {}
    for answer in answers:
        held = last.get(answer.item_version_id)
        if held is None or (held.epoch, held.seq) < (answer.epoch, answer.seq):
            last[answer.item_version_id] = answer
    return last
