# SPDX-License-Identifier: Apache-2.0
"""Rules of planning and enrolling as data, allocations, particulars, re-assessment, accommodations and their times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from assessor.attempts.timetable import timetable
from assessor.scheduling.accommodations import (
    Accommodation,
    Aid,
    accommodations_of,
    check_accommodations,
)
from assessor.scheduling.allocation_model import (
    TRANSITIONS,
    AllocationCommand,
    AllocationPlan,
    AllocationState,
    check_allocation,
    decide,
    require_reason,
)
from assessor.scheduling.candidates import CandidatePlan, Guardian, Language, Pathway, Qualification
from assessor.scheduling.names import comparable, optional_text
from assessor.scheduling.particulars import Funding, Particulars, check_particulars, particulars_of
from assessor.scheduling.reassessment import AssessmentPolicy, check_policy, require_in_time
from assessor.scheduling.rules import EnrolFacts, PlanFacts, enrol_findings, plan_findings, weigh
from core.errors import Conflict, Invalid, KasautiError
from item_bank.api import Engagement, EntryRoute

NOON = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
CONTRACT = Engagement("e", "body", "agency", "credential", "IN-MH,IN-GA", NOON - DAY, NOON + 30 * DAY)
PLAN = AllocationPlan(
    name="NSC-1",
    candidates=20,
    place="Nashik",
    region="IN-MH",
    wanted_from=date(2026, 12, 1),
    wanted_until=date(2026, 12, 31),
    particulars=Particulars(),
)
FACTS = EnrolFacts(
    candidate=CandidatePlan(
        name="Asha", language=Language.HINDI, date_of_birth=date(2000, 1, 1), apaar="123456789012"
    ),
    engagement=CONTRACT,
    opens_at=NOON,
    closes_at=NOON + DAY,
    time_zone="Asia/Kolkata",
    training_minutes=450,
    already_in_batch=False,
    now=NOON - timedelta(hours=1),
)


def code_of(error: type[KasautiError], call: object, *args: object, **more: object) -> str:
    with pytest.raises(error) as info:
        call(*args, **more)  # type: ignore[operator]
    return info.value.code


# ---------------------------------------------------------------------------------------------- allocations


def test_an_allocation_is_answered_once() -> None:
    for state, command in product(AllocationState, AllocationCommand):
        if (state, command) in TRANSITIONS:
            assert decide(state, command) is TRANSITIONS[state, command]
        else:
            assert code_of(Conflict, decide, state, command) == "allocation_state"
    assert {state for state, _ in TRANSITIONS} == {AllocationState.OFFERED}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "name_malformed"),
        ({"place": " "}, "name_malformed"),
        ({"candidates": 0}, "candidates_out_of_range"),
        ({"candidates": 100_001}, "candidates_out_of_range"),
        ({"wanted_from": date(2027, 1, 1)}, "allocation_window"),
        ({"wanted_from": date(2026, 1, 1), "wanted_until": date(2026, 11, 21)}, "allocation_window"),
        ({"particulars": Particulars(empanelled=True)}, "partner_unnamed"),
    ],
)
def test_an_allocation_that_makes_no_sense_is_refused(changes: dict[str, object], code: str) -> None:
    assert code_of(Invalid, check_allocation, replace(PLAN, **changes), today=date(2026, 11, 22)) == code  # type: ignore[arg-type]
    check_allocation(PLAN, today=PLAN.wanted_until)


def test_a_refusal_has_a_reason() -> None:
    assert require_reason(" No assessor. ") == "No assessor."
    for text in ("", "  ", "x" * 501):
        assert code_of(Invalid, require_reason, text) == "reason_needed"


# ---------------------------------------------------------------------------------------------- particulars


def test_particulars_are_stored_and_read_back() -> None:
    given = Particulars(district="Nashik", sidh=False, funding=Funding.CSR, primary_language="hi")
    stored = given.to_document()
    assert stored == {"district": "Nashik", "sidh": False, "funding": "csr", "primary_language": "hi"}
    assert particulars_of({**stored, "of_a_later_version": 1}) == given
    assert "district" not in given.missing
    assert "centre_address" in given.missing
    assert "remarks" not in given.missing


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (Particulars(district="x" * 201), "name_malformed"),
        (Particulars(district="a\u202eb"), "name_malformed"),
        (Particulars(remarks="x" * 2_001), "name_malformed"),
        (Particulars(primary_language="xx"), "batch_language_unknown"),
        (Particulars(empanelled=True, training_partner=" "), "partner_unnamed"),
    ],
)
def test_particulars_that_make_no_sense_are_refused(given: Particulars, code: str) -> None:
    assert code_of(Invalid, check_particulars, given) == code


def test_remarks_may_have_several_lines() -> None:
    check_particulars(Particulars(remarks="First line\nSecond line", centre_address="Road 1\nNashik"))


def test_names_compare_as_readers_see_them() -> None:
    assert comparable("ASHA  Rao") == comparable("asha rao")
    assert optional_text(" ") == ""


# -------------------------------------------------------------------------------------- planning a batch


def planned(territory: str, region: str) -> list[str]:
    contract = replace(CONTRACT, territory=territory)
    found = plan_findings(PlanFacts(engagement=contract, region=region, region_name="Kerala"))
    return [f"{one.rule} {one.severity.value}" for one in found]


def test_a_region_outside_the_engagement_blocks() -> None:
    assert planned("IN-MH,IN-GA", "IN-KL") == ["engagement_territory H"]
    assert planned("IN-MH,IN-KL", "IN-KL") == []
    assert planned("IN", "IN-KL") == []
    assert planned("Kerala", "IN-KL") == []


def test_a_territory_in_words_that_no_list_knows_asks_for_a_reason() -> None:
    assert planned("The southern districts", "IN-KL") == ["territory_as_written W"]
    assert planned("Kerala, the southern districts", "IN-KL") == []
    assert planned("The southern districts", "") == []


# --------------------------------------------------------------------------------------------- enrolling


def enrolled(facts: EnrolFacts) -> list[str]:
    return [f"{one.rule} {one.severity.value}" for one in enrol_findings(facts)]


def test_a_candidate_of_whom_everything_is_known_breaks_no_rule() -> None:
    assert enrolled(FACTS) == []


def test_the_engagement_is_in_force_on_the_day_of_the_sitting() -> None:
    def opening(at: datetime) -> EnrolFacts:
        return replace(FACTS, opens_at=at, closes_at=at + timedelta(hours=1))

    assert enrolled(opening(CONTRACT.valid_until + DAY)) == ["engagement_on_the_day H"]
    assert enrolled(opening(CONTRACT.valid_from - DAY)) == ["engagement_on_the_day H"]
    assert enrolled(opening(CONTRACT.valid_from - timedelta(hours=2))) == [], "its first day counts whole"
    assert enrolled(opening(CONTRACT.valid_until)) == ["engagement_ends_first W"]
    assert enrolled(replace(FACTS, closes_at=CONTRACT.valid_until + DAY)) == ["engagement_ends_first W"]
    assert enrolled(replace(FACTS, closes_at=CONTRACT.valid_until)) == []


def test_nobody_is_enrolled_any_more_once_the_engagement_is_over() -> None:
    ended = replace(CONTRACT, valid_until=NOON + timedelta(minutes=10))
    facts = replace(FACTS, engagement=ended)
    assert enrolled(replace(facts, now=ended.valid_until - timedelta(seconds=1))) == [
        "engagement_ends_first W"
    ]
    assert enrolled(replace(facts, now=ended.valid_until)) == ["engagement_over H"]


def test_a_minor_without_a_guardian_is_blocked_by_the_day_where_the_sitting_is() -> None:
    minor = replace(FACTS.candidate, date_of_birth=date(2008, 11, 21))
    assert enrolled(replace(FACTS, candidate=minor)) == ["guardian_of_minor H"]
    of_age_there = replace(FACTS, candidate=minor, opens_at=datetime(2026, 11, 20, 18, 30, tzinfo=UTC))
    assert enrolled(of_age_there) == []
    kept = replace(minor, guardian=Guardian(name="Sita", contact="9876543210"))
    assert enrolled(replace(FACTS, candidate=kept)) == []


def test_training_hours_are_asked_of_the_trained_only() -> None:
    short = replace(FACTS.candidate, training_minutes=449)
    assert enrolled(replace(FACTS, candidate=short)) == ["training_hours_short W"]
    assert "7:29 of 7:30" in enrol_findings(replace(FACTS, candidate=short))[0].text
    assert enrolled(replace(FACTS, candidate=replace(short, pathway=Pathway.RPL))) == []
    assert enrolled(replace(FACTS, candidate=replace(short, training_minutes=450))) == []


ROUTES = (EntryRoute(school_class=10), EntryRoute(level=Decimal("2.5"), years=1, age=18))


@pytest.mark.parametrize(
    ("brought", "found"),
    [
        (Qualification(school_class=10), []),
        (Qualification(school_class=8, level="2.5", experience_years=1), []),
        (Qualification(level="3", experience_years=1), []),
        (Qualification(school_class=9, level="2", experience_years=5), ["entry_route_closed"]),
        (Qualification(school_class=9, experience_years=0), ["entry_route_closed"]),
        (Qualification(school_class=9, level="3"), ["entry_route_not_known"]),
        (Qualification(), ["entry_route_not_known"]),
    ],
)
def test_a_way_of_entry_is_open_closed_or_not_known(brought: Qualification, found: list[str]) -> None:
    facts = replace(FACTS, candidate=replace(FACTS.candidate, qualification=brought), entry_routes=ROUTES)
    told = enrol_findings(facts)
    assert [one.rule for one in told] == found
    assert all("class 10; level 2.5 + 1 year + age 18" in one.text for one in told)


def test_the_age_for_a_way_of_entry_is_that_on_the_day_of_the_sitting_where_it_is_held() -> None:
    tomorrow = date(2026, 11, 20)
    young = replace(FACTS.candidate, date_of_birth=tomorrow.replace(year=2005), qualification=Qualification())
    facts = replace(FACTS, candidate=young, entry_routes=(EntryRoute(age=21),))
    assert enrol_findings(facts) == []
    (closed,) = enrol_findings(replace(facts, opens_at=NOON - DAY))[-1:]
    assert closed.rule == "entry_route_closed"
    (unknown, _) = enrol_findings(replace(facts, candidate=replace(young, date_of_birth=None)))
    assert unknown.rule == "entry_route_not_known"


def test_what_is_not_said_is_stored_as_such() -> None:
    unknown = replace(FACTS.candidate, date_of_birth=None, apaar="")
    assert enrolled(replace(FACTS, candidate=unknown)) == ["age_not_known D", "apaar_not_given D"]


def test_a_warning_without_a_reason_stays_open_and_a_block_has_none() -> None:
    minor = replace(FACTS.candidate, date_of_birth=date(2015, 1, 1), apaar="")
    found = enrol_findings(replace(FACTS, candidate=minor, already_in_batch=True))
    open_ones = weigh(found, {"twice_in_batch": "  "})
    assert [one["rule"] for one in open_ones.blocking] == ["guardian_of_minor"]
    assert [one["rule"] for one in open_ones.unexplained] == ["twice_in_batch"]
    assert open_ones.recorded == ("apaar_not_given",)
    explained = weigh(found, {"twice_in_batch": "Twins.", "guardian_of_minor": "No.", "other": "x"})
    assert explained.reasons == {"twice_in_batch": "Twins."}
    assert not explained.unexplained
    assert len(explained.blocking) == 1
    assert explained.blocking[0]["text_hi"] != explained.blocking[0]["text"]


# ------------------------------------------------------------------------------------------ re-assessment


def test_the_periods_count_from_the_day_of_the_result() -> None:
    policy = AssessmentPolicy()
    assert policy.ask_by(date(2026, 11, 20)) == date(2026, 12, 5)
    assert policy.hold_by(date(2026, 11, 20)) == date(2027, 2, 20)
    assert policy.hold_by(date(2026, 11, 30)) == date(2027, 2, 28)
    assert AssessmentPolicy(hold_within_months=1).hold_by(date(2026, 12, 31)) == date(2027, 1, 31)


def test_the_last_day_still_counts_and_the_next_one_is_too_late() -> None:
    policy, result_on = AssessmentPolicy(), date(2026, 11, 20)
    days = {"result_on": result_on, "asked_on": date(2026, 12, 5), "held_until": date(2027, 2, 20)}
    today = date(2026, 12, 10)
    assert require_in_time(policy, **days, today=today) == date(2027, 2, 20)
    late = {**days, "asked_on": date(2026, 12, 6)}
    assert code_of(Conflict, require_in_time, policy, **late, today=today) == "reassessment_asked_late"
    held = {**days, "held_until": date(2027, 2, 21)}
    assert code_of(Conflict, require_in_time, policy, **held, today=today) == "reassessment_held_late"
    for asked_on in (date(2026, 11, 19), date(2026, 12, 11)):
        wrong = {**days, "asked_on": asked_on}
        assert code_of(Invalid, require_in_time, policy, **wrong, today=today) == "asked_on_malformed"


@pytest.mark.parametrize(("days", "months"), [(0, 3), (366, 3), (15, 0), (15, 25)])
def test_a_policy_has_bounds(days: int, months: int) -> None:
    policy = AssessmentPolicy(ask_within_days=days, hold_within_months=months)
    assert code_of(Invalid, check_policy, policy) == "policy_out_of_range"
    check_policy(AssessmentPolicy())


# ----------------------------------------------------------------------------------------- accommodations


def test_everything_granted_has_a_reason() -> None:
    extra, scribe = (Accommodation(aid=aid, reason=" Why ") for aid in (Aid.EXTRA_TIME, Aid.SCRIBE))
    kept = check_accommodations([scribe, extra], extra_minutes=10)
    assert [one.to_document() for one in kept] == [
        {"aid": "extra_time", "reason": "Why"},
        {"aid": "scribe", "reason": "Why"},
    ]
    assert accommodations_of(one.to_document() for one in kept) == kept
    empty = Accommodation(aid=Aid.BREAKS, reason=" ")
    assert code_of(Invalid, check_accommodations, [empty], extra_minutes=0) == "accommodation_reason"
    assert code_of(Invalid, check_accommodations, [scribe], extra_minutes=10) == "accommodation_reason"
    assert code_of(Invalid, check_accommodations, [extra], extra_minutes=0) == "accommodation_reason"
    assert code_of(Invalid, check_accommodations, [scribe, scribe], extra_minutes=0) == "accommodation_twice"


def test_the_preview_moves_the_end_of_the_window_and_of_every_attempt() -> None:
    plain = timetable(opens_at=NOON, closes_at=NOON + DAY, limit_seconds=1_800, extra_minutes=0)
    more = timetable(opens_at=NOON, closes_at=NOON + DAY, limit_seconds=1_800, extra_minutes=20)
    gained = timedelta(minutes=20)
    assert (plain.opens_at, plain.closes_at) == (NOON, NOON + DAY)
    assert plain.earliest_end == NOON + timedelta(minutes=30)
    assert (more.opens_at, more.closes_at - plain.closes_at) == (NOON, gained)
    assert more.earliest_end - plain.earliest_end == gained
    assert more.latest_end - plain.latest_end == 2 * gained
    assert more.seconds == 3_000
