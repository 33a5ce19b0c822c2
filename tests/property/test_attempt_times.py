# SPDX-License-Identifier: Apache-2.0
"""Deadlines, pauses and phases of attempts for any times at all."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assessor.attempts.model import Attempt, AttemptState, Pause, Resume, decide, time_left_ms
from assessor.attempts.timing import Allowance, Phase, Window, deadline, phase
from tests.unit.assessor.world import GRACE, NOON

INSTANTS = st.integers(0, 10**7).map(lambda seconds: NOON + timedelta(seconds=seconds))
SECONDS = st.integers(0, 30 * 24 * 3600)


@given(
    started_at=INSTANTS,
    limit=st.integers(1, 10**6),
    extra=SECONDS,
    credit=SECONDS,
    paused=SECONDS,
    more=SECONDS,
)
def test_extra_time_credit_and_pauses_never_end_an_attempt_earlier(
    *, started_at: datetime, limit: int, extra: int, credit: int, paused: int, more: int
) -> None:
    ends_at = deadline(started_at, limit, extra, credit, paused)
    assert ends_at == started_at + timedelta(seconds=limit + extra + credit + paused)
    for longer in (
        deadline(started_at, limit, extra + more, credit, paused),
        deadline(started_at, limit, extra, credit + more, paused),
        deadline(started_at, limit, extra, credit, paused + more),
    ):
        assert longer == ends_at + timedelta(seconds=more)


@given(
    started_at=INSTANTS,
    limit=st.integers(1, 10**5),
    steps=st.lists(st.tuples(st.floats(0, 3000), st.floats(0, 3000)), max_size=6),
)
def test_whatever_is_paused_leaves_as_much_time_as_there_was(
    started_at: datetime, limit: int, steps: list[tuple[float, float]]
) -> None:
    attempt = Attempt(
        state=AttemptState.RUNNING, allowance=Allowance(limit_seconds=limit), started_at=started_at
    )
    now = started_at
    for working, standing in steps:
        now += timedelta(seconds=working)
        left = time_left_ms(attempt, now=now)
        if left == 0:
            return
        ends_at = attempt.ends_at
        assert ends_at is not None
        before = ends_at - now
        attempt = decide(attempt, Pause(), now=now, grace_seconds=GRACE)
        now += timedelta(seconds=standing)
        assert time_left_ms(attempt, now=now) == left
        attempt = decide(attempt, Resume(), now=now, grace_seconds=GRACE)
        assert attempt.ends_at is not None
        assert before <= attempt.ends_at - now < before + timedelta(seconds=1)
        assert attempt.ends_at >= ends_at


@given(
    now=INSTANTS,
    window=st.builds(Window, opens_at=INSTANTS, closes_at=INSTANTS),
    started_at=st.none() | INSTANTS,
    limit=st.integers(1, 10**6),
    more=SECONDS,
)
def test_more_time_never_moves_an_instant_to_a_later_phase(
    now: datetime, window: Window, started_at: datetime | None, limit: int, more: int
) -> None:

    def at(allowance: Allowance) -> Phase:
        return phase(now, window=window, started_at=started_at, allowance=allowance, grace_seconds=GRACE)

    order = list(Phase)
    longer = Allowance(limit_seconds=limit, accommodation_seconds=more)
    assert order.index(at(longer)) <= order.index(at(Allowance(limit_seconds=limit)))
