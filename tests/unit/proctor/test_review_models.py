# SPDX-License-Identifier: Apache-2.0
"""Which attempts a sample draws, what the answers say, and who may explain, appeal and hear an appeal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, Forbidden, Invalid, KasautiError
from core.ids import seeded
from proctor.appeals.model import (
    MAXIMUM_TEXT,
    TERMS,
    Appeal,
    AppealOutcome,
    Explanation,
    appeal_until,
    require_appeal,
    require_explanation,
    why_not_hear,
)
from proctor.incidents.model import IncidentState, IncidentSummary
from proctor.rates import Rate
from proctor.reviews.model import Answer, Reading, draw, estimate, require_percent
from proctor.rules.alerts import RuleName

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
UPHELD = IncidentSummary(
    id="i",
    organisation_id="o",
    sitting_id="s",
    session_id="p",
    attempt_id="a",
    rule=RuleName.FACE_GONE,
    number=1,
    state=IncidentState.UPHELD,
    cause=None,
    onset_at=NOW,
    raised_at=NOW,
    ended_at=None,
    ended_because=None,
    numbers={},
    decided_at=NOW,
)
APPEAL = Appeal(
    id="x",
    incident_id="i",
    organisation_id="o",
    attempt_id="a",
    text="No.",
    asked_at=NOW,
    upheld_by=frozenset({"first", "second"}),
)


def code_of(kind: type[KasautiError], act: object) -> str:
    with pytest.raises(kind) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


@given(
    clean=st.sets(st.text("abcdef", min_size=1, max_size=4), max_size=60),
    percent=st.integers(1, 100),
    seed=st.integers(0, 2**63 - 1),
)
def test_a_sample_takes_its_share_at_least_one_and_the_seed_repeats_it(
    clean: set[str], percent: int, seed: int
) -> None:
    flagged = {f"flagged-{number}" for number in range(5)}
    sample = draw(clean, flagged, percent=percent, generator=seeded(seed))
    assert sample == draw(sorted(clean), sorted(flagged), percent=percent, generator=seeded(seed))
    chosen = [one.attempt_id for one in sample if one.clean]
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= clean
    assert len(chosen) >= min(len(clean), max(1, len(clean) * percent / 100))
    assert len(chosen) < len(clean) * percent / 100 + 1 or len(chosen) == 1
    mixed = [one for one in sample if not one.clean]
    assert len(mixed) == min(5, max(1, len(chosen)))
    assert not sample or sample[0].readers == 2


def test_nothing_to_draw_from_gives_nothing() -> None:
    assert draw((), (), percent=5, generator=seeded(1)) == ()


def reading(
    task: str,
    answer: Answer,
    *,
    clean: bool = True,
    by: str = "r",
    truth: IncidentState | None = None,
    raised: IncidentState | None = None,
    sample: str = "first",
) -> Reading:
    return Reading(
        task_id=task,
        sample_id=sample,
        clean=clean,
        answer=answer,
        reviewer_id=by,
        at=NOW,
        raised=raised,
        truth=frozenset() if truth is None else frozenset({truth}),
    )


def test_answers_count_each_attempt_once() -> None:
    nothing, marked = Answer.NOTHING, Answer.MARKED
    found = estimate(
        [
            reading("clean-1", nothing),
            reading("clean-1", marked, by="s"),
            reading("clean-2", marked, raised=IncidentState.UPHELD, truth=IncidentState.UPHELD),
            reading("clean-3", nothing),
            reading("clean-3", nothing, by="s"),
            reading("flagged-1", marked, clean=False, truth=IncidentState.UPHELD),
            reading("flagged-2", nothing, clean=False, truth=IncidentState.UPHELD),
            reading("flagged-3", marked, clean=False, truth=IncidentState.DISMISSED),
        ],
        clean={"first": 60, "not looked at": 40},
    )
    assert (found.missed, found.confirmed) == (Rate(2, 3), Rate(1, 3))
    assert (found.found, found.agreed) == (Rate(1, 2), Rate(1, 2))
    assert (found.expected, found.clean) == (40.0, 60), (
        "two of three of what was drawn from, not of what nobody saw"
    )
    none = estimate([], clean={})
    assert (none.missed.interval(), none.expected, none.clean) == (None, None, 0)


def test_confirmed_is_what_was_marked_and_upheld_itself() -> None:
    upheld, dismissed, marked = IncidentState.UPHELD, IncidentState.DISMISSED, Answer.MARKED
    found = estimate(
        [
            reading("another thing was upheld", marked, raised=dismissed, truth=upheld),
            reading("nobody made it an incident", marked, truth=upheld),
            reading("the second reader's was upheld", marked),
            reading("the second reader's was upheld", marked, by="s", raised=upheld, truth=upheld),
        ],
        clean={"first": 9},
    )
    assert (found.missed, found.confirmed) == (Rate(3, 3), Rate(1, 3))


def test_each_sample_speaks_for_the_attempts_that_it_was_drawn_from() -> None:
    nothing, marked = Answer.NOTHING, Answer.MARKED
    found = estimate(
        [
            reading("a", marked, sample="small"),
            reading("b", nothing, sample="large"),
            reading("c", nothing, sample="large"),
            reading("d", marked, sample="flagged alone", clean=False),
        ],
        clean={"small": 2, "large": 200, "flagged alone": 50},
    )
    assert (found.missed, found.expected, found.clean) == (Rate(1, 3), 2.0, 202), "not a third of 202"


@pytest.mark.parametrize("typed", ["", "0", "101", "1000", "-5", "five", "5.5", "\u0665"])
def test_a_share_is_a_whole_number_of_per_cent(typed: str) -> None:
    assert code_of(Invalid, lambda: require_percent(typed)) == "review_settings_malformed"
    assert [require_percent(one) for one in ("1", "5", "100")] == [1, 5, 100]


def test_an_explanation_is_a_tap_or_words_and_not_too_often() -> None:
    assert require_explanation(Explanation.THINKING, " ", given=4) == ""
    assert require_explanation(Explanation.OTHER, " My cat. ", given=0) == "My cat."
    say = require_explanation
    assert code_of(Invalid, lambda: say(Explanation.OTHER, " ", given=0)) == "explanation_empty"
    long = "x" * (MAXIMUM_TEXT + 1)
    assert code_of(Invalid, lambda: say(Explanation.UNWELL, long, given=0)) == "explanation_too_long"
    often = TERMS.explanations_each
    assert code_of(Conflict, lambda: say(Explanation.UNWELL, "", given=often)) == "explained_enough"


def test_an_appeal_is_taken_once_in_time_against_what_is_upheld() -> None:
    until = NOW + timedelta(days=TERMS.appeal_days)
    assert appeal_until(UPHELD) == until
    assert require_appeal(UPHELD, " No. ", appealed=0, now=until) == "No."
    ask = require_appeal
    late = until + timedelta(seconds=1)
    assert code_of(Conflict, lambda: ask(UPHELD, "No.", appealed=0, now=late)) == "appeal_too_late"
    assert code_of(Conflict, lambda: ask(UPHELD, "No.", appealed=1, now=NOW)) == "appeal_asked"
    assert code_of(Invalid, lambda: ask(UPHELD, " ", appealed=0, now=NOW)) == "appeal_empty"
    long = "x" * (MAXIMUM_TEXT + 1)
    assert code_of(Invalid, lambda: ask(UPHELD, long, appealed=0, now=NOW)) == "appeal_too_long"
    for state in set(IncidentState) - {IncidentState.UPHELD}:
        other = replace(UPHELD, state=state)
        assert appeal_until(other) is None
        assert code_of(Conflict, lambda it=other: ask(it, "No.", appealed=0, now=NOW)) == "appeal_not_open"


def test_an_appeal_is_heard_by_somebody_who_had_no_part_in_it() -> None:
    def no(reviewer: str, appeal: Appeal = APPEAL) -> str | None:
        error = why_not_hear(appeal, reviewer, watchers={"watcher"}, raised_by="raiser", marked_by={"marker"})
        assert error is None or isinstance(error, Conflict | Forbidden)
        return None if error is None else error.code

    assert no("third") is None
    assert no("watcher") == "reviewer_was_proctor"
    assert [no("raiser"), no("marker")] == ["reviewer_raised_it"] * 2
    assert [no("first"), no("second")] == ["appeal_needs_another"] * 2
    assert no("third", replace(APPEAL, outcome=AppealOutcome.REFUSED)) == "appeal_decided"
