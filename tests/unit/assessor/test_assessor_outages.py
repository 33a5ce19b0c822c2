# SPDX-License-Identifier: Apache-2.0
"""How much time outages took: clipped, without pauses, and nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assessor.attempts.outages import LOST_AFTER, Outage, Span, is_lost, merged, suggested_credit

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def outage(lost: float, back: float) -> Outage:
    return Outage(device="phone", lost_at=at(lost), back_at=at(back))


def span(start: float, end: float) -> Span:
    return Span(start=at(start), end=at(end))


def suggested(*outages: Outage, ended: float | None = None, pauses: tuple[Span, ...] = ()) -> int:
    return suggested_credit(
        outages, started_at=START, ended_at=None if ended is None else at(ended), pauses=pauses
    )


def test_without_an_outage_nothing_is_suggested() -> None:
    assert suggested() == 0


def test_what_an_outage_took_is_rounded_up_to_whole_seconds() -> None:
    assert suggested(outage(100, 130)) == 30
    assert suggested(outage(100, 130.001)) == 31


def test_only_the_time_of_the_attempt_counts() -> None:
    assert suggested(outage(-50, 20)) == 20
    assert suggested(outage(-50, -20)) == 0
    assert suggested(outage(100, 200), ended=140) == 40
    assert suggested(outage(100, 200), ended=90) == 0


def test_what_two_outages_share_counts_once() -> None:
    assert suggested(outage(100, 200), outage(150, 250), outage(160, 170)) == 150


def test_an_outage_in_a_pause_took_nothing() -> None:
    assert suggested(outage(100, 200), pauses=(span(90, 210),)) == 0
    assert suggested(outage(100, 200), pauses=(span(150, 400), span(120, 130))) == 40
    assert suggested(outage(100, 200), pauses=(span(120, 160), span(140, 170))) == 50


def test_a_gap_of_fifteen_seconds_is_not_lost_contact_and_a_longer_one_is() -> None:
    assert not is_lost(seen_at=START, back_at=START + LOST_AFTER)
    assert is_lost(seen_at=START, back_at=START + LOST_AFTER + timedelta(microseconds=1))


def test_merged_spans_touch_nowhere() -> None:
    assert merged([span(5, 7), span(1, 3), span(3, 4), span(9, 9), span(8, 6)]) == [span(1, 4), span(5, 7)]


SPANS = st.lists(st.tuples(st.integers(-50, 200), st.integers(0, 90)), max_size=8)


@given(outages=SPANS, pauses=SPANS, ended=st.none() | st.integers(0, 200))
def test_the_arithmetic_counts_the_seconds_one_by_one(
    outages: list[tuple[int, int]], pauses: list[tuple[int, int]], ended: int | None
) -> None:
    def holds(spans: list[tuple[int, int]], second: int) -> bool:
        return any(start <= second < start + length for start, length in spans)

    expected = sum(
        holds(outages, second) and not holds(pauses, second)
        for second in range(400 if ended is None else ended)
    )
    found = suggested(
        *(outage(start, start + length) for start, length in outages),
        ended=ended,
        pauses=tuple(span(start, start + length) for start, length in pauses),
    )
    assert found == expected
