# SPDX-License-Identifier: Apache-2.0
"""The attempt's state machine and the judgement of one saved answer. Pure: no clock, storage or content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, assert_never

from assessor.attempts.timing import (
    Allowance,
    Phase,
    Window,
    deadline_of,
    phase,
    remaining_ms,
    running_phase,
)
from core.errors import Conflict, Invalid
from scoring.api import Interaction

MAXIMUM_NUMBER = 2**31 - 1
"""The largest sequence number, epoch or revision: what an INTEGER column of every engine holds."""
MAXIMUM_TEXT = 2_000
MAXIMUM_DEVICE = 64
MAXIMUM_CLIENT_TIME = 40
MAXIMUM_CREDIT = 24 * 3600
MAXIMUM_SECONDS = 30 * 24 * 3600
"""More than any assessment takes, and well inside an INTEGER."""
DEFAULT_GRACE_SECONDS = 10

ResponseValue = None | str | tuple[str, ...] | dict[str, Any]
"""A value: None (cleared), a text, the true identifiers of the chosen options in the item's order, or by part (`shapes`)."""


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
    """What the rules need to know of an attempt; instants are UTC."""

    state: AttemptState
    allowance: Allowance
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None

    @property
    def ends_at(self) -> datetime | None:
        """The deadline, or None before the start."""
        return None if self.started_at is None else deadline_of(self.started_at, self.allowance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Begin the attempt; whether the window allows it is asked before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """Close the attempt."""

    ended_by: EndedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Set the seconds that the attempt has; a running attempt never loses any."""

    allowance: Allowance


Command = Start | Submit | Allow


def decide(attempt: Attempt, command: Command, *, now: datetime, grace_seconds: int) -> Attempt:
    """The attempt after `command`. Starting or closing twice changes nothing: sending again is harmless.

    Raises Conflict: `attempt_closed`, `attempt_not_started`, `time_not_over`, `time_only_grows`.
    """
    match command:
        case Start():
            return _start(attempt, now=now)
        case Submit():
            return _submit(attempt, ended_by=command.ended_by, now=now, grace_seconds=grace_seconds)
        case Allow():
            return _allow(attempt, allowance=command.allowance)
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
    return attempt.ends_at, running_phase(now, ends_at=attempt.ends_at, grace_seconds=grace_seconds)


def time_left_ms(attempt: Attempt, *, now: datetime) -> int:
    """Milliseconds until the deadline: all of them before the start, none after the end."""
    if attempt.state is AttemptState.SUBMITTED:
        return 0
    return remaining_ms(now, ends_at=deadline_of(attempt.started_at or now, attempt.allowance))


def _start(attempt: Attempt, *, now: datetime) -> Attempt:
    if attempt.state is AttemptState.RUNNING:
        return attempt
    return _move(attempt, replace(attempt, state=AttemptState.RUNNING, started_at=now))


def _submit(attempt: Attempt, *, ended_by: EndedBy, now: datetime, grace_seconds: int) -> Attempt:
    match attempt.state:
        case AttemptState.SUBMITTED:
            return attempt
        case AttemptState.CREATED:
            if ended_by is not EndedBy.WITHDRAWN:
                raise Conflict("attempt_not_started")
            return _end(attempt, ended_at=now, ended_by=ended_by)
        case AttemptState.RUNNING:
            return _close(attempt, ended_by=ended_by, now=now, grace_seconds=grace_seconds)
        case _:
            assert_never(attempt.state)


def _close(attempt: Attempt, *, ended_by: EndedBy, now: datetime, grace_seconds: int) -> Attempt:
    ends_at, at = deadline_now(attempt, now=now, grace_seconds=grace_seconds)
    ended_at = now
    if ended_by is EndedBy.DEADLINE and at.takes_answers:
        raise Conflict("time_not_over", ends_at=ends_at.isoformat())
    if not at.takes_answers and ended_by is not EndedBy.WITHDRAWN:
        ended_by, ended_at = EndedBy.DEADLINE, ends_at  # the time had run out before anybody closed it
    return _end(attempt, ended_at=ended_at, ended_by=ended_by)


def _end(attempt: Attempt, *, ended_at: datetime, ended_by: EndedBy) -> Attempt:
    return _move(
        attempt, replace(attempt, state=AttemptState.SUBMITTED, ended_at=ended_at, ended_by=ended_by)
    )


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

    @property
    def acknowledged(self) -> bool:
        """The value is held and counts, so the learner gets a receipt."""
        return self in (Verdict.STORED, Verdict.REPEATED)


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


# ------------------------------------------------------------------------------------- shapes of input


def parse_value(raw: object, *, interaction: Interaction, options: Mapping[str, str]) -> ResponseValue:
    """A learner's value in true identifiers; `options` maps the opaque ids to them, in the item's order.

    An empty text or list means cleared.
    Raises Invalid: `answer_malformed`, `answer_too_long`, `option_unknown`, `too_many_options`.
    """
    if raw is None:
        return None
    match interaction:
        case Interaction.TEXT_ENTRY:
            return _parse_text(raw)
        case Interaction.CHOICE_SINGLE | Interaction.CHOICE_MULTIPLE:
            return _parse_choice(raw, options=options, single=interaction is Interaction.CHOICE_SINGLE)
        case _:
            raise Invalid("answer_malformed")  # such an item has parts, see `shapes`


def require_number(value: object, *, name: str) -> int:
    """`value` as an integer from 1 to 2^31 - 1; raises Invalid `number_out_of_range`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAXIMUM_NUMBER:
        raise Invalid("number_out_of_range", name=name, lowest=1, highest=MAXIMUM_NUMBER)
    return value


def require_credit(seconds: int, *, held: int) -> int:
    """The credit after granting `seconds` more: 1 to a day at once, 30 days in all.

    Raises Invalid `credit_out_of_range`.
    """
    if not 1 <= seconds <= MAXIMUM_CREDIT or held + seconds > MAXIMUM_SECONDS:
        raise Invalid("credit_out_of_range", lowest=1, highest=MAXIMUM_CREDIT)
    return held + seconds


def require_device(value: object) -> str:
    """`value` as a device's name: 1 to 64 of A-Z a-z 0-9 - _; raises Invalid `device_malformed`."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAXIMUM_DEVICE:
        raise Invalid("device_malformed")
    if not (value.isascii() and value.replace("-", "").replace("_", "").isalnum()):
        raise Invalid("device_malformed")
    return value


def tidy_client_time(text: str) -> str:
    """The browser's own time as it is kept: up to 40 visible ASCII characters. Nothing is decided by it."""
    return "".join(character for character in text[:MAXIMUM_CLIENT_TIME] if "!" <= character <= "~")


def _parse_text(raw: object) -> ResponseValue:
    if not isinstance(raw, str):
        raise Invalid("answer_malformed")
    if len(raw) > MAXIMUM_TEXT:
        raise Invalid("answer_too_long", length=len(raw), limit=MAXIMUM_TEXT)
    if "\0" in raw or any("\ud800" <= character <= "\udfff" for character in raw):
        raise Invalid("answer_malformed")  # NUL and lone surrogates: no database can hold them
    return raw or None


def _parse_choice(raw: object, *, options: Mapping[str, str], single: bool) -> ResponseValue:
    if not isinstance(raw, list | tuple) or not all(isinstance(choice, str) for choice in raw):
        raise Invalid("answer_malformed")
    chosen = frozenset(raw)
    if len(chosen) != len(raw):
        raise Invalid("answer_malformed")
    if chosen - options.keys():
        raise Invalid("option_unknown")
    if single and len(chosen) > 1:
        raise Invalid("too_many_options", limit=1)
    return tuple(true for opaque, true in options.items() if opaque in chosen) or None
