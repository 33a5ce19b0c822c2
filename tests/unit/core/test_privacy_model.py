# SPDX-License-Identifier: Apache-2.0
"""When a class of data is due, what holds it, and the course of an erasure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, Invalid
from core.privacy.model import (
    A_YEAR,
    NOTICE_AHEAD,
    PERIODS,
    STATUTORY,
    DataClass,
    ErasureState,
    ErasureStep,
    Facts,
    Hold,
    Mode,
    Settings,
    check_settings,
    decide,
    due_at,
    erase_at,
    is_held,
    require_reason,
)

CLOSED = datetime(2026, 11, 20, 8, tzinfo=UTC)
DECLARED = CLOSED + timedelta(days=10)
DAY = timedelta(days=1)


def facts(*, declared: datetime | None = DECLARED, promised: int = 180) -> Facts:
    return Facts(closed_at=CLOSED, declared_at=declared, promised_days=promised)


def test_every_class_has_an_end_by_the_clock_or_by_an_erasure_or_stays_by_law() -> None:
    by_erasure = {DataClass.ANSWERS, DataClass.PRACTICE, DataClass.PARTICULARS}
    assert set(PERIODS) | by_erasure | set(STATUTORY) == set(DataClass)
    for period in PERIODS.values():
        assert period.lowest <= period.days <= period.highest


@pytest.mark.parametrize(
    ("data_class", "days"),
    [
        (DataClass.SAMPLES, 14),
        (DataClass.SYSTEM_CHECKS, 30),
        (DataClass.IDENTITY, 25),
        (DataClass.BASELINE, 25),
        (DataClass.INCIDENTS, 25),
        (DataClass.NOTES, 25),
        (DataClass.MESSAGES, 55),
        (DataClass.DEVICE_NOTES, 55),
    ],
)
def test_each_class_ends_at_its_time(data_class: DataClass, days: int) -> None:
    assert due_at(data_class, facts(), Settings()) == CLOSED + days * DAY


def test_clean_samples_end_first() -> None:
    dues = {one: due_at(one, facts(), Settings()) for one in PERIODS}
    assert min(dues, key=dues.__getitem__) is DataClass.SAMPLES


def test_nothing_stays_longer_than_the_consent_promised() -> None:
    settings = Settings(days={DataClass.INCIDENTS: 365}, appeal_days=90)
    assert due_at(DataClass.INCIDENTS, facts(promised=20), settings) == CLOSED + 20 * DAY


def test_without_a_result_the_promise_is_the_end() -> None:
    assert due_at(DataClass.IDENTITY, facts(declared=None), Settings()) == CLOSED + 180 * DAY


def test_a_notice_says_the_longer_of_the_two_spans() -> None:
    assert (Mode.DELETE_EARLY.longest(180), Mode.KEEP_A_YEAR.longest(180)) == (180, 365)
    assert Mode.KEEP_A_YEAR.longest(400) == 400


def test_who_keeps_a_year_deletes_nothing_before_and_names_the_clause() -> None:
    settings = Settings(mode=Mode.KEEP_A_YEAR)
    assert {due_at(one, facts(), settings) for one in PERIODS} == {CLOSED + A_YEAR}
    assert "8(3)" in Mode.KEEP_A_YEAR.clause
    assert "8(7)" in Mode.DELETE_EARLY.clause


@pytest.mark.parametrize(
    "hold", [Hold.INCIDENT_OPEN, Hold.APPEAL_OPEN, Hold.APPEAL_POSSIBLE, Hold.TEST_NOT_OVER]
)
def test_an_open_case_keeps_what_shows_it(hold: Hold) -> None:
    assert is_held(DataClass.INCIDENTS, frozenset({hold}))
    assert is_held(DataClass.SAMPLES, frozenset({hold}))
    assert is_held(DataClass.SYSTEM_CHECKS, frozenset({hold})) is (hold is Hold.TEST_NOT_OVER)
    assert not is_held(DataClass.INCIDENTS, frozenset({Hold.RESULT_NOT_DECLARED}))


def test_a_blind_look_that_is_not_done_keeps_the_samples_alone() -> None:
    looked_at = frozenset({Hold.LOOK_OPEN})
    assert [one for one in PERIODS if is_held(one, looked_at)] == [DataClass.SAMPLES]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (Settings(appeal_days=-1), "retention_days_out_of_range"),
        (Settings(appeal_days=91), "retention_days_out_of_range"),
        (Settings(days={DataClass.SAMPLES: 0}), "retention_days_out_of_range"),
        (Settings(days={DataClass.SAMPLES: 91}), "retention_days_out_of_range"),
        (Settings(days={DataClass.ACCESS_LOG: 400}), "retention_class_unknown"),
    ],
)
def test_days_outside_the_limits_are_refused(settings: Settings, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_settings(settings)
    assert refusal.value.code == code


def test_days_inside_the_limits_are_taken() -> None:
    settings = Settings(days={DataClass.SAMPLES: 90, DataClass.BASELINE: 0})
    check_settings(settings)
    assert settings.days_of(DataClass.SAMPLES) == 90
    assert settings.days_of(DataClass.MESSAGES) == PERIODS[DataClass.MESSAGES].days


def test_an_erasure_is_told_48_hours_ahead_and_waits_a_year_where_the_law_is_read_so() -> None:
    now = CLOSED + 5 * DAY
    assert erase_at(now=now, closed_at=CLOSED, mode=Mode.DELETE_EARLY) == now + NOTICE_AHEAD
    assert erase_at(now=now, closed_at=CLOSED, mode=Mode.KEEP_A_YEAR) == CLOSED + A_YEAR
    late = CLOSED + 400 * DAY
    assert erase_at(now=late, closed_at=CLOSED, mode=Mode.KEEP_A_YEAR) == late + NOTICE_AHEAD


STEPS = {
    (ErasureState.ASKED, ErasureStep.CONFIRM): ErasureState.CONFIRMED,
    (ErasureState.ASKED, ErasureStep.REFUSE): ErasureState.REFUSED,
    (ErasureState.ASKED, ErasureStep.TAKE_BACK): ErasureState.TAKEN_BACK,
    (ErasureState.CONFIRMED, ErasureStep.TAKE_BACK): ErasureState.TAKEN_BACK,
    (ErasureState.CONFIRMED, ErasureStep.CARRY_OUT): ErasureState.DONE,
}


@pytest.mark.parametrize("state", list(ErasureState))
@pytest.mark.parametrize("step", list(ErasureStep))
def test_a_request_goes_only_the_drawn_ways(state: ErasureState, step: ErasureStep) -> None:
    if (state, step) in STEPS:
        assert decide(state, step, erase_at=CLOSED, now=CLOSED) is STEPS[state, step]
        return
    with pytest.raises(Conflict) as refusal:
        decide(state, step, erase_at=CLOSED, now=CLOSED)
    assert refusal.value.code == "erasure_over"
    assert state.open is (state in (ErasureState.ASKED, ErasureState.CONFIRMED))


@pytest.mark.parametrize("at", [None, CLOSED + timedelta(microseconds=1)])
def test_nothing_is_erased_before_its_instant(at: datetime | None) -> None:
    with pytest.raises(Conflict) as refusal:
        decide(ErasureState.CONFIRMED, ErasureStep.CARRY_OUT, erase_at=at, now=CLOSED)
    assert refusal.value.code == "erasure_too_early"


def test_a_reason_is_said_and_fits() -> None:
    assert require_reason("  By   letter. ") == "By letter."
    for text, code in ((" \n", "reason_required"), ("x" * 501, "reason_too_long")):
        with pytest.raises(Invalid) as refusal:
            require_reason(text)
        assert refusal.value.code == code
