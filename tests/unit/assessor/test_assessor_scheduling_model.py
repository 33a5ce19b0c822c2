# SPDX-License-Identifier: Apache-2.0
"""Rules of scheduling at their edges."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assessor.scheduling.model import (
    MAXIMUM_EXTRA_MINUTES,
    EntryState,
    SittingPlan,
    check_sitting,
    codes_expire_at,
    draw_form,
    require_enrolled,
    require_extra_minutes,
    require_free_of_conflict,
    require_name,
)
from core.errors import Conflict, Invalid

OPENS = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
PLAN = SittingPlan(
    opens_at=OPENS,
    closes_at=OPENS + timedelta(hours=2),
    time_zone="Asia/Kolkata",
    place="Pune",
    proctored=True,
)


def test_a_sound_sitting_passes_and_a_window_may_be_an_instant_long() -> None:
    check_sitting(PLAN)
    check_sitting(replace(PLAN, closes_at=OPENS + timedelta(microseconds=1), retention_days=3650))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"closes_at": OPENS}, "window_empty"),
        ({"time_zone": ""}, "time_zone_unknown"),
        ({"time_zone": "/etc/localtime"}, "time_zone_unknown"),
        ({"time_zone": "a\0b"}, "time_zone_unknown"),
        ({"retention_days": 3651}, "retention_out_of_range"),
        ({"place": ""}, "name_malformed"),
    ],
)
def test_other_sittings_are_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_sitting(replace(PLAN, **change))
    assert refusal.value.code == code


def test_a_name_loses_its_outer_space_and_keeps_its_joiners() -> None:
    assert require_name("  Asha Rao ") == "Asha Rao"
    assert require_name("श्री\u200c\u200d") == "श्री\u200c\u200d"
    assert require_name("x" * 200) == "x" * 200


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb", "a\u202eb", "a\ud800"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        require_name(name)
    assert refusal.value.code == "name_malformed"


def test_extra_minutes_run_from_none_to_a_day() -> None:
    assert [require_extra_minutes(minutes) for minutes in (0, MAXIMUM_EXTRA_MINUTES)] == [0, 1440]
    for minutes in (-1, MAXIMUM_EXTRA_MINUTES + 1):
        with pytest.raises(Invalid):
            require_extra_minutes(minutes)


def test_codes_last_as_long_as_results_are_kept() -> None:
    assert codes_expire_at(closes_at=OPENS, retention_days=2) == OPENS + timedelta(days=2)


def test_a_withdrawn_entry_and_a_declared_conflict_are_refused() -> None:
    require_enrolled(EntryState.ENROLLED)
    require_free_of_conflict(declared=False)
    with pytest.raises(Conflict) as withdrawn:
        require_enrolled(EntryState.WITHDRAWN)
    with pytest.raises(Conflict) as conflict:
        require_free_of_conflict(declared=True)
    assert (withdrawn.value.code, conflict.value.code) == ("entry_withdrawn", "assessor_conflict")


def test_the_draw_is_among_the_forms_that_were_given_out_least() -> None:
    drawn = {draw_form({"a": 2, "b": 1, "c": 1}, seed=seed).form_id for seed in range(40)}
    assert drawn == {"b", "c"}


def test_the_draw_replays_whatever_the_order_of_the_forms() -> None:
    one, other = draw_form({"a": 0, "b": 0, "c": 0}, seed=5), draw_form({"c": 0, "b": 0, "a": 0}, seed=5)
    assert one.form_id == other.form_id


def test_forms_are_given_out_evenly() -> None:
    counts = {"a": 0, "b": 0, "c": 0}
    for seed in range(31):
        counts[draw_form(counts, seed=seed).form_id] += 1
    assert sorted(Counter(counts).values()) == [10, 10, 11]


def test_a_batch_without_forms_draws_nothing() -> None:
    with pytest.raises(Conflict) as refusal:
        draw_form({}, seed=1)
    assert refusal.value.code == "batch_without_forms"
