# SPDX-License-Identifier: Apache-2.0
"""Rules of sections for any times and any moves: nothing ends after the attempt, time given shortens nothing, order is all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assessor.attempts.model import Attempt, AttemptState, Verdict
from assessor.attempts.sections import (
    Clock,
    Move,
    MoveKind,
    Run,
    SectionState,
    clock_of,
    course,
    fold,
    gate,
    shares,
)
from assessor.attempts.timing import Allowance
from assessor.forms.sections import FormSection, Navigation
from tests.unit.assessor.world import GRACE, NOON

LIMITS = st.lists(st.none() | st.integers(1, 4000), min_size=1, max_size=6)
SECONDS_MORE = st.integers(0, 20_000)


def cut(limits: list[int | None]) -> list[FormSection]:
    """Sections with these times, two items each."""
    return [
        FormSection(
            id=f"s{number}",
            title=(("en", "x"),),
            items=(f"{number}a", f"{number}b"),
            seconds=limit,
            navigation=Navigation.FREE if number % 2 else Navigation.LINEAR,
            max_attempts=number % 3,
            allow_review=number % 2 == 0,
        )
        for number, limit in enumerate(limits)
    ]


def way(sections: list[FormSection], chance: Random, allowance: Allowance) -> list[Move]:
    """A learner's moves through the sections, with the account as it may have been at each of them."""
    at, credit, seq, made = 0, 0, 0, []
    for section in sections[: chance.randint(0, len(sections))]:
        kinds = [(MoveKind.ENTER_SECTION, section.id)]
        kinds += [
            (chance.choice([MoveKind.VISIT, MoveKind.CONFIRM]), chance.choice(section.items))
            for _ in range(chance.randint(0, 3))
        ]
        if chance.random() < 0.7:
            kinds.append((MoveKind.LEAVE_SECTION, section.id))
        for kind, target in kinds:
            at, seq = at + chance.randint(0, 400), seq + 1
            credit = min(allowance.credit_seconds, credit + chance.randint(0, 60))
            made.append(
                Move(
                    device="phone",
                    epoch=1,
                    seq=seq,
                    kind=kind,
                    target=target,
                    received_at=NOON + timedelta(seconds=at),
                    credit_seconds=credit,
                )
            )
    return made


def clock_at(seconds: int, allowance: Allowance) -> Clock:
    attempt = Attempt(state=AttemptState.RUNNING, allowance=allowance, started_at=NOON)
    return clock_of(attempt, now=NOON + timedelta(seconds=seconds), grace_seconds=GRACE)


def ends(runs: tuple[Run, ...], clock: Clock) -> list[Any]:
    return [run.ends_at(clock) for run in runs if run.entered]


@given(limits=LIMITS, extra=SECONDS_MORE, more=st.integers(0, 3600), limit=st.integers(1, 12_000))
def test_more_extra_time_takes_no_second_from_any_section(
    limits: list[int | None], extra: int, more: int, limit: int
) -> None:
    sections = cut(limits)
    limit = max(limit, sum(one or 0 for one in limits))
    allowance = Allowance(limit_seconds=limit, accommodation_seconds=extra)
    first = shares(sections, allowance)
    second = shares(sections, replace(allowance, accommodation_seconds=extra + more))
    assert all(late >= early for early, late in zip(first, second, strict=True))
    assert sum(first) <= extra
    assert None in limits or sum(first) == extra
    whole = sum(one or 0 for one in limits) if None not in limits else max(limit, 1)
    fair = [extra * (one or 0) // whole for one in limits]
    assert all(got >= least for got, least in zip(first, fair, strict=True))


@given(
    limits=LIMITS,
    chance=st.randoms(use_true_random=False),
    limit=st.integers(1, 12_000),
    given_back=st.tuples(*[st.integers(0, 3000)] * 4),
    now=st.integers(0, 20_000),
)
def test_no_section_ends_after_the_attempt_and_time_that_is_given_shortens_none(
    limits: list[int | None],
    chance: Random,
    limit: int,
    given_back: tuple[int, int, int, int],
    now: int,
) -> None:
    sections, (credit, extra, *longer) = cut(limits), given_back
    held = Allowance(limit_seconds=limit, credit_seconds=credit, accommodation_seconds=extra)
    given = replace(held, credit_seconds=credit + longer[0], accommodation_seconds=extra + longer[1])
    moves = way(sections, chance, held)
    before, after = (fold(sections, moves, allowance=one) for one in (held, given))
    early, late = clock_at(now, held), clock_at(now, given)
    assert all(end <= early.ends_at for end in ends(before, early))
    assert all(one <= other for one, other in zip(ends(before, early), ends(after, late), strict=True))
    for run in before:
        for item in run.section.items:
            taken = gate(before, item, order=(1, 99), clock=early)
            assert taken is not Verdict.STORED or gate(after, item, order=(1, 99), clock=late) is taken


@given(limits=LIMITS, chance=st.randoms(use_true_random=False), now=st.integers(0, 5000))
def test_moves_in_any_order_leave_one_course(limits: list[int | None], chance: Random, now: int) -> None:
    sections, held = cut(limits), Allowance(limit_seconds=4000, credit_seconds=300)
    moves = way(sections, chance, held)
    mixed = chance.sample(moves, len(moves))
    attempt = Attempt(state=AttemptState.RUNNING, allowance=held, started_at=NOON)
    at = NOON + timedelta(seconds=now)
    stands = course(fold(sections, moves, allowance=held), attempt, now=at)
    assert course(fold(sections, mixed, allowance=held), attempt, now=at) == stands
    opened = [one.id for one in stands.sections if one.state is SectionState.OPEN]
    assert opened == ([stands.current] if stands.current else [])
