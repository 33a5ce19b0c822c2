# SPDX-License-Identifier: Apache-2.0
"""Sections of a running attempt: which is open, until when, and whether it takes an answer or a move. Pure; no storage.

A move closes by its place in the sequence: what was answered before it counts, whenever it arrives in the section's time. Time
closes by reception. Whether the attempt and its lease take anything at all is judged before, in `model`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from assessor.attempts.model import Attempt, AttemptState, Verdict
from assessor.attempts.timing import Allowance, deadline, deadline_of, moment, remaining_ms
from assessor.forms.sections import FormSection

Order = tuple[int, int]
"""The place of an answer or a move among all of its attempt: epoch and sequence number."""


class MoveKind(StrEnum):
    """What a learner can do besides answering."""

    ENTER_SECTION = "enter_section"
    LEAVE_SECTION = "leave_section"
    VISIT = "visit"
    CONFIRM = "confirm"

    @property
    def of_section(self) -> bool:
        """The target is a section; else it is an item."""
        return self in (MoveKind.ENTER_SECTION, MoveKind.LEAVE_SECTION)


class Given(StrEnum):
    """How much of an item is answered."""

    NOTHING = "nothing"
    PART = "part"
    WHOLE = "whole"


class SectionState(StrEnum):
    """Where a section stands."""

    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move as it was received.

    `target` is a section's id or an item's version. `credit_seconds` and `paused_seconds` are what the attempt had been given
    back and had stood still for by then.
    """

    device: str
    epoch: int
    seq: int
    kind: MoveKind
    target: str
    received_at: datetime
    credit_seconds: int = 0
    paused_seconds: int = 0

    @property
    def order(self) -> Order:
        """Its place in the sequence."""
        return self.epoch, self.seq


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time of an attempt: the instant that its clock shows, its deadline, and the account that this comes from."""

    shown: datetime
    ends_at: datetime
    allowance: Allowance
    grace_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One section as its moves left it; `left` is the move that closed it: its own leaving, or entering a later section."""

    section: FormSection
    share_seconds: int
    entered: Move | None = None
    left: Move | None = None
    visits: tuple[Move, ...] = ()
    confirms: tuple[Move, ...] = ()

    def place(self, item: str) -> int:
        """The place of an item in the section, from 0."""
        return self.section.items.index(item)

    @property
    def position(self) -> int:
        """The place of the item that was visited last; the first one after entering."""
        return self.place(self.visits[-1].target) if self.visits else 0

    @property
    def reached(self) -> int:
        """The place of the furthest item that was visited."""
        return max((self.place(visit.target) for visit in self.visits), default=0)

    def ends_at(self, clock: Clock) -> datetime:
        """When the time of an entered section is up: never after the attempt's. Raises ValueError for one not entered."""
        own = self.own_end(clock)
        return clock.ends_at if own is None else min(own, clock.ends_at)

    def own_end(self, clock: Clock) -> datetime | None:
        """The end by the section's own limit, None without one; what the section was given back stays with it."""
        if self.entered is None:
            raise ValueError("a section that was not entered has no end")
        if self.section.seconds is None:
            return None
        upto = self.left or clock.allowance
        # While the pause lasts in which a section was entered, its account is ahead of the attempt's.
        return deadline(
            self.entered.received_at,
            self.section.seconds,
            self.share_seconds,
            upto.credit_seconds - self.entered.credit_seconds,
            upto.paused_seconds - self.entered.paused_seconds,
        )

    def state(self, clock: Clock) -> SectionState:
        """Where it stands now: it closes by itself in the instant at which its time is up."""
        if self.entered is None:
            return SectionState.WAITING
        over = self.left is not None or clock.shown >= self.ends_at(clock)
        return SectionState.CLOSED if over else SectionState.OPEN

    def takes(self, clock: Clock) -> bool:
        """Whether what is received now is in its time or in the grace after it."""
        return clock.shown < self.ends_at(clock) + timedelta(seconds=clock.grace_seconds)

    def confirmed(self, item: str, *, before: Order | None = None) -> int:
        """How often an item was confirmed, up to a place in the sequence."""
        return sum(move.target == item and (before is None or move.order < before) for move in self.confirms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A section as the learner's page shows it; None milliseconds: it has no limit of its own."""

    id: str
    state: SectionState
    remaining_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where an attempt stands in its sections: the open one, in a linear one the item, and the confirmed items by version.

    `withheld` are the items of adaptive sections that were not asked or need not be asked any more; `course` leaves them out.
    """

    sections: tuple[Standing, ...] = ()
    current: str | None = None
    position: str | None = None
    confirmed: tuple[tuple[str, int], ...] = ()
    withheld: tuple[str, ...] = ()


NO_SECTIONS = Course()


def clock_of(attempt: Attempt, *, now: datetime, grace_seconds: int = 0) -> Clock:
    """The clock of an attempt; before the start it shows all of the time."""
    return Clock(
        shown=moment(now, paused_at=attempt.paused_at),
        ends_at=deadline_of(attempt.started_at or now, attempt.allowance),
        allowance=attempt.allowance,
        grace_seconds=grace_seconds,
    )


def shares(sections: Sequence[FormSection], allowance: Allowance) -> tuple[int, ...]:
    """The part of the accommodation that each section gets, in proportion to its time, in whole seconds.

    What the limited sections leave of the paper's time counts for those without a limit of their own. Seconds go one by one
    to the greatest time / (seconds held + 1) (V. D'Hondt, 1882): unlike the largest remainder, more time in all then takes
    no second away from anybody.
    """
    weights = [section.seconds or 0 for section in sections]
    unlimited = any(section.seconds is None for section in sections)
    rest = max(0, allowance.limit_seconds - sum(weights)) if unlimited else 0
    weights.append(rest)
    total, whole = allowance.accommodation_seconds, sum(weights)
    if not whole:
        return (0,) * len(sections)
    held = [total * weight // whole for weight in weights]
    for _ in range(total - sum(held)):
        best = max(range(len(weights)), key=lambda one: (Fraction(weights[one], held[one] + 1), -one))
        held[best] += 1
    return tuple(held[:-1])


def fold(sections: Sequence[FormSection], moves: Iterable[Move], *, allowance: Allowance) -> tuple[Run, ...]:
    """What the moves made of the sections; the order of arrival plays no part. Raises KeyError for a move of another form."""
    extra = shares(sections, allowance)
    runs = [Run(section=one, share_seconds=share) for one, share in zip(sections, extra, strict=True)]
    places = {section.id: place for place, section in enumerate(sections)}
    of_items = {item: place for place, section in enumerate(sections) for item in section.items}
    done: dict[MoveKind, list[list[Move]]] = {kind: [[] for _ in sections] for kind in MoveKind}
    for move in sorted(moves, key=lambda one: one.order):
        place = (places if move.kind.of_section else of_items)[move.target]
        done[move.kind][place].append(move)
        if move.kind is MoveKind.ENTER_SECTION:
            runs[:place] = [_left(earlier, move) for earlier in runs[:place]]
            runs[place] = runs[place] if runs[place].entered else replace(runs[place], entered=move)
        elif move.kind is MoveKind.LEAVE_SECTION:
            runs[place] = _left(runs[place], move)
    return tuple(
        replace(run, visits=tuple(done[MoveKind.VISIT][place]), confirms=tuple(done[MoveKind.CONFIRM][place]))
        for place, run in enumerate(runs)
    )


def _left(run: Run, move: Move) -> Run:
    return replace(run, left=move) if run.entered and not run.left else run


def section_of(sections: Sequence[FormSection], move: Move) -> FormSection:
    """The section that a move is about. Raises StopIteration for a target that the form does not have."""
    if move.kind.of_section:
        return next(section for section in sections if section.id == move.target)
    return next(section for section in sections if move.target in section.items)


def course(runs: Sequence[Run], attempt: Attempt, *, now: datetime) -> Course:
    """Where an attempt stands; after its end everything that was entered is closed."""
    clock = clock_of(attempt, now=now)
    if attempt.state is AttemptState.SUBMITTED:
        clock = replace(clock, ends_at=min(clock.ends_at, clock.shown))
    standings = tuple(_standing(run, clock) for run in runs)
    opened = next((run for run in runs if run.state(clock) is SectionState.OPEN), None)
    linear = opened is not None and opened.section.linear and bool(opened.section.items)
    confirmed = {move.target: run.confirmed(move.target) for run in runs for move in run.confirms}
    return Course(
        sections=standings,
        current=opened.section.id if opened else None,
        position=opened.section.items[opened.position] if opened and linear else None,
        confirmed=tuple(sorted(confirmed.items())),
    )


def _standing(run: Run, clock: Clock) -> Standing:
    state, left = run.state(clock), remaining_ms(clock.shown, ends_at=clock.ends_at)
    match state:
        case SectionState.CLOSED:
            remaining: int | None = 0
        case _ if run.section.seconds is None:
            remaining = None
        case SectionState.OPEN:
            remaining = remaining_ms(clock.shown, ends_at=run.ends_at(clock))
        case SectionState.WAITING:
            remaining = min(left, (run.section.seconds + run.share_seconds) * 1000)
        case _:
            assert_never(state)
    return Standing(id=run.section.id, state=state, remaining_ms=remaining)


def gate(runs: Sequence[Run], item: str, *, order: Order, clock: Clock) -> Verdict:
    """What becomes of an answer at this place in the sequence, received now: STORED, or why its item does not take it."""
    run = next(one for one in runs if item in one.section.items)
    if run.entered is None:
        return Verdict.SECTION_ORDER
    if (run.left is not None and run.left.order < order) or not run.takes(clock):
        return Verdict.SECTION_CLOSED
    place, limit = run.place(item), run.section.max_attempts
    if run.section.linear and place > run.reached:
        return Verdict.SECTION_ORDER
    if _passed(run, place, before=order):
        return Verdict.ITEM_CLOSED
    if limit and run.confirmed(item, before=order) >= limit:
        return Verdict.ATTEMPTS_USED_UP
    return Verdict.STORED


def _passed(run: Run, place: int, *, before: Order) -> bool:
    """Whether a later item was visited where there is no way back."""
    no_way_back = run.section.linear and not run.section.allow_review
    return no_way_back and any(
        run.place(visit.target) > place and visit.order < before for visit in run.visits
    )


def judge_move(runs: Sequence[Run], move: Move, *, clock: Clock, given: Mapping[str, Given]) -> Verdict:
    """What becomes of a move: STORED, or why it is refused.

    `runs` are the sections as the moves before this one left them; `given` is how much was answered before it, by item version
    (an item that is not there is not answered), and is needed only where `asks_for_answers`.
    """
    sections = [one.section for one in runs]
    place = sections.index(section_of(sections, move))
    run = runs[place]
    state = run.state(clock)
    match move.kind:
        case MoveKind.ENTER_SECTION:
            if state is SectionState.CLOSED:
                return Verdict.SECTION_CLOSED
            waits = any(one.state(clock) is not SectionState.CLOSED for one in runs[:place])
            return Verdict.SECTION_ORDER if waits else Verdict.STORED
        case MoveKind.LEAVE_SECTION:
            if state is SectionState.WAITING:
                return Verdict.SECTION_ORDER
            items = run.section.items if state is SectionState.OPEN else ()
            return _unfinished(run, items, given)
        case MoveKind.VISIT | MoveKind.CONFIRM:
            if state is SectionState.WAITING or run.entered is None:
                return Verdict.SECTION_ORDER
            if run.left is not None or not run.takes(clock):
                return Verdict.SECTION_CLOSED
            return _judge_item(run, move, given)
        case _:
            assert_never(move.kind)


def asks_for_answers(section: FormSection) -> bool:
    """Whether a section's moves are judged by what was answered."""
    return not section.allow_skipping or section.validate


def _judge_item(run: Run, move: Move, given: Mapping[str, Given]) -> Verdict:
    place, items, limit = run.place(move.target), run.section.items, run.section.max_attempts
    if _passed(run, place, before=move.order):
        return Verdict.ITEM_CLOSED
    if move.kind is MoveKind.VISIT:
        forward = run.section.linear and place > run.position
        return _unfinished(run, items[:place] if forward else (), given)
    if run.section.linear and place > run.reached:
        return Verdict.SECTION_ORDER
    if limit and run.confirmed(move.target) >= limit:
        return Verdict.ATTEMPTS_USED_UP
    return _unfinished(run, (move.target,), given)


def _unfinished(run: Run, items: Iterable[str], given: Mapping[str, Given]) -> Verdict:
    """Why items cannot be left behind as they are."""
    for item in items:
        found = given.get(item, Given.NOTHING)
        if found is Given.NOTHING and not run.section.allow_skipping:
            return Verdict.SKIPPING_NOT_ALLOWED
        if found is Given.PART and run.section.validate:
            return Verdict.ANSWER_INCOMPLETE
    return Verdict.STORED
