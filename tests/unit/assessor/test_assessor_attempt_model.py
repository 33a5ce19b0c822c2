# SPDX-License-Identifier: Apache-2.0
"""The attempt's state machine, the judgement of a save, and the shapes of input."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from assessor.attempts.inputs import (
    MAXIMUM_CREDIT,
    MAXIMUM_NUMBER,
    MAXIMUM_SECONDS,
    MAXIMUM_TEXT,
    parse_value,
    require_credit,
    require_device,
    require_number,
    tidy_client_time,
)
from assessor.attempts.model import (
    TRANSITIONS,
    Allow,
    Answer,
    Attempt,
    AttemptState,
    Command,
    EndedBy,
    Lease,
    Numbered,
    Start,
    Submit,
    Verdict,
    deadline_now,
    decide,
    judge_save,
    last_answers,
    require_running,
    require_window,
    time_left_ms,
)
from assessor.attempts.timing import Allowance, Window
from core.errors import Conflict, Invalid
from scoring.api import Interaction

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LIMIT = timedelta(seconds=900)
GRACE = timedelta(seconds=10)
TICK = timedelta(microseconds=1)
ALLOWANCE = Allowance(limit_seconds=900)

CREATED = Attempt(state=AttemptState.CREATED, allowance=ALLOWANCE)
RUNNING = Attempt(state=AttemptState.RUNNING, allowance=ALLOWANCE, started_at=START)
SUBMITTED = Attempt(
    state=AttemptState.SUBMITTED,
    allowance=ALLOWANCE,
    started_at=START,
    ended_at=START + timedelta(seconds=60),
    ended_by=EndedBy.LEARNER,
)
NEVER_STARTED = Attempt(
    state=AttemptState.SUBMITTED, allowance=ALLOWANCE, ended_at=START, ended_by=EndedBy.WITHDRAWN
)


def act(attempt: Attempt, command: Command, *, after: timedelta = timedelta(seconds=60)) -> Attempt:
    return decide(attempt, command, now=START + after, grace_seconds=10)


# ------------------------------------------------------------------------------------- the state machine


def test_a_start_sets_the_instant_from_which_the_deadline_follows() -> None:
    after = act(CREATED, Start())
    assert after.state is AttemptState.RUNNING
    assert after.ends_at == START + timedelta(seconds=960)


def test_starting_twice_resumes_with_the_first_start() -> None:
    assert act(RUNNING, Start(), after=timedelta(seconds=300)) == RUNNING


def test_a_closed_attempt_does_not_start_again() -> None:
    with pytest.raises(Conflict) as refusal:
        act(SUBMITTED, Start())
    assert refusal.value.code == "attempt_closed"
    assert refusal.value.facts == {"ended_at": "2026-11-20T04:01:00+00:00", "ended_by": "learner"}


@pytest.mark.parametrize("ended_by", [EndedBy.LEARNER, EndedBy.PROCTOR, EndedBy.WITHDRAWN])
def test_people_close_a_running_attempt_at_once(ended_by: EndedBy) -> None:
    after = act(RUNNING, Submit(ended_by=ended_by))
    assert (after.state, after.ended_by) == (AttemptState.SUBMITTED, ended_by)
    assert after.ended_at == START + timedelta(seconds=60)


def test_the_deadline_closes_only_when_the_grace_is_over() -> None:
    with pytest.raises(Conflict) as refusal:
        act(RUNNING, Submit(ended_by=EndedBy.DEADLINE), after=LIMIT + GRACE - TICK)
    assert refusal.value.code == "time_not_over"
    after = act(RUNNING, Submit(ended_by=EndedBy.DEADLINE), after=LIMIT + GRACE)
    assert (after.ended_by, after.ended_at) == (EndedBy.DEADLINE, START + LIMIT)


def test_a_hand_in_within_the_grace_is_the_learners() -> None:
    after = act(RUNNING, Submit(ended_by=EndedBy.LEARNER), after=LIMIT + GRACE - TICK)
    assert after.ended_by is EndedBy.LEARNER


@pytest.mark.parametrize("ended_by", [EndedBy.LEARNER, EndedBy.PROCTOR])
def test_closing_after_the_grace_says_that_time_had_run_out(ended_by: EndedBy) -> None:
    after = act(RUNNING, Submit(ended_by=ended_by), after=LIMIT + GRACE)
    assert (after.ended_by, after.ended_at) == (EndedBy.DEADLINE, START + LIMIT)


def test_a_withdrawal_after_the_grace_stays_a_withdrawal() -> None:
    after = act(RUNNING, Submit(ended_by=EndedBy.WITHDRAWN), after=LIMIT + GRACE)
    assert after.ended_by is EndedBy.WITHDRAWN


@pytest.mark.parametrize("ended_by", [EndedBy.LEARNER, EndedBy.PROCTOR, EndedBy.DEADLINE])
def test_what_never_began_cannot_be_handed_in(ended_by: EndedBy) -> None:
    with pytest.raises(Conflict) as refusal:
        act(CREATED, Submit(ended_by=ended_by))
    assert refusal.value.code == "attempt_not_started"


def test_an_attempt_can_be_withdrawn_before_it_begins() -> None:
    after = act(CREATED, Submit(ended_by=EndedBy.WITHDRAWN))
    assert (after.state, after.started_at) == (AttemptState.SUBMITTED, None)
    assert after.ends_at is None


@pytest.mark.parametrize("ended_by", list(EndedBy))
def test_handing_in_twice_is_the_same_hand_in(ended_by: EndedBy) -> None:
    assert act(SUBMITTED, Submit(ended_by=ended_by)) == SUBMITTED


def test_every_move_that_can_happen_is_in_the_table_and_no_other() -> None:
    commands: list[Command] = [Start(), Allow(allowance=ALLOWANCE), *(Submit(ended_by=by) for by in EndedBy)]
    moves = set()
    for before in (CREATED, RUNNING, SUBMITTED, NEVER_STARTED):
        for command in commands:
            for late in (timedelta(0), LIMIT + GRACE):
                try:
                    moves.add((before.state, act(before, command, after=late).state))
                except Conflict:
                    continue
    table = {(before, after) for before, allowed in TRANSITIONS.items() for after in allowed}
    assert {move for move in moves if move[0] is not move[1]} == table


def test_a_running_attempt_gains_time_and_never_loses_any() -> None:
    longer = Allowance(limit_seconds=900, accommodation_seconds=300)
    assert act(RUNNING, Allow(allowance=longer)).ends_at == START + timedelta(seconds=1200)
    generous = act(RUNNING, Allow(allowance=longer))
    with pytest.raises(Conflict) as refusal:
        act(generous, Allow(allowance=ALLOWANCE))
    assert refusal.value.code == "time_only_grows"


def test_before_the_start_an_allowance_may_shrink() -> None:
    longer = Allowance(limit_seconds=900, accommodation_seconds=300)
    assert act(act(CREATED, Allow(allowance=longer)), Allow(allowance=ALLOWANCE)) == CREATED


def test_a_closed_attempt_gets_no_more_time() -> None:
    with pytest.raises(Conflict) as refusal:
        act(SUBMITTED, Allow(allowance=ALLOWANCE))
    assert refusal.value.code == "attempt_closed"


def test_an_attempt_that_has_not_begun_has_no_end() -> None:
    with pytest.raises(Conflict) as refusal:
        deadline_now(CREATED, now=START, grace_seconds=10)
    assert refusal.value.code == "attempt_not_started"


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (START - TICK, "window_not_open"),
        (START, None),
        (START + timedelta(hours=1) - TICK, None),
        (START + timedelta(hours=1), "window_closed"),
    ],
)
def test_a_first_start_waits_for_the_window(now: datetime, code: str | None) -> None:
    window = Window(opens_at=START, closes_at=START + timedelta(hours=1))
    found = None
    try:
        require_window(CREATED, now=now, window=window, grace_seconds=10)
    except Conflict as refusal:
        found = refusal.code
    assert found == code


def test_a_running_attempt_needs_no_window() -> None:
    window = Window(opens_at=START, closes_at=START + timedelta(seconds=1))
    require_window(RUNNING, now=START + timedelta(days=1), window=window, grace_seconds=10)


def test_time_left_is_all_before_the_start_and_none_after_the_end() -> None:
    assert time_left_ms(CREATED, now=START) == 900_000
    assert time_left_ms(RUNNING, now=START + timedelta(seconds=60)) == 840_000
    assert time_left_ms(SUBMITTED, now=START + timedelta(seconds=60)) == 0
    assert time_left_ms(NEVER_STARTED, now=START) == 0


# --------------------------------------------------------------------------------------- judging one save

HOLDER = Lease(epoch=2, granted=True, newest_epoch_on_item=2)


def judge(
    attempt: Attempt = RUNNING,
    *,
    after: timedelta = timedelta(seconds=60),
    numbered: Numbered = Numbered.UNUSED,
    lease: Lease = HOLDER,
) -> Verdict:
    return judge_save(attempt, now=START + after, grace_seconds=10, numbered=numbered, lease=lease)


def test_the_holder_of_the_lease_saves() -> None:
    assert judge() is Verdict.STORED
    assert judge(after=LIMIT + GRACE - TICK) is Verdict.STORED


def test_an_answer_after_the_grace_is_late() -> None:
    assert judge(after=LIMIT + GRACE) is Verdict.LATE_ANSWER


def test_an_answer_after_the_hand_in_is_refused() -> None:
    assert judge(SUBMITTED) is Verdict.ATTEMPT_CLOSED
    assert judge(NEVER_STARTED) is Verdict.ATTEMPT_CLOSED


def test_there_is_nothing_to_answer_before_the_start() -> None:
    with pytest.raises(Conflict) as refusal:
        judge(CREATED)
    assert refusal.value.code == "attempt_not_started"


@pytest.mark.parametrize("attempt", [RUNNING, SUBMITTED])
def test_a_repeat_is_acknowledged_whenever_it_comes(attempt: Attempt) -> None:
    lost = Lease(epoch=1, granted=True, newest_epoch_on_item=2)
    assert judge(attempt, after=timedelta(days=1), numbered=Numbered.SAME, lease=lost) is Verdict.REPEATED


@pytest.mark.parametrize("attempt", [RUNNING, SUBMITTED])
def test_a_number_holds_one_value(attempt: Attempt) -> None:
    assert judge(attempt, numbered=Numbered.OTHER) is Verdict.SEQUENCE_CONFLICT


def test_the_older_device_counts_only_where_the_newer_touched_nothing() -> None:
    assert judge(lease=Lease(epoch=1, granted=True, newest_epoch_on_item=0)) is Verdict.STORED
    assert judge(lease=Lease(epoch=1, granted=True, newest_epoch_on_item=1)) is Verdict.STORED
    assert judge(lease=Lease(epoch=1, granted=True, newest_epoch_on_item=2)) is Verdict.LEASE_LOST


def test_a_lease_that_was_never_granted_is_lost() -> None:
    assert judge(lease=Lease(epoch=9, granted=False, newest_epoch_on_item=0)) is Verdict.LEASE_LOST


def test_only_what_is_held_and_counts_is_acknowledged() -> None:
    assert {found for found in Verdict if found.acknowledged} == {Verdict.STORED, Verdict.REPEATED}


def answer(item: str, epoch: int, seq: int) -> Answer:
    return Answer(
        item_version_id=item, epoch=epoch, seq=seq, value=f"{epoch}/{seq}", revision=1, received_at=START
    )


def test_the_last_answer_is_by_epoch_and_number_in_whatever_order_they_arrive() -> None:
    answers = [answer("a", 1, 7), answer("a", 1, 6), answer("a", 2, 1), answer("b", 1, 9)]
    for order in permutations(answers):
        assert {item: held.value for item, held in last_answers(order).items()} == {"a": "2/1", "b": "1/9"}


# ---------------------------------------------------------------------------------------- shapes of input

OPTIONS = {"x9": "B", "q2": "A", "m4": "C"}


def parse(raw: object, interaction: Interaction) -> object:
    return parse_value(raw, interaction=interaction, options=OPTIONS)


@pytest.mark.parametrize("interaction", list(Interaction))
def test_nothing_is_a_cleared_answer(interaction: Interaction) -> None:
    assert parse(None, interaction) is None


def test_an_empty_text_or_list_is_a_cleared_answer() -> None:
    assert parse("", Interaction.TEXT_ENTRY) is None
    assert parse([], Interaction.CHOICE_SINGLE) is None
    assert parse([], Interaction.CHOICE_MULTIPLE) is None


def test_choices_are_stored_by_their_true_identifiers_in_the_items_own_order() -> None:
    assert parse(["x9"], Interaction.CHOICE_SINGLE) == ("B",)
    assert parse(["m4", "x9"], Interaction.CHOICE_MULTIPLE) == ("B", "C")


def test_a_text_is_stored_as_typed() -> None:
    assert parse("  १९३० ", Interaction.TEXT_ENTRY) == "  १९३० "
    assert parse("x" * MAXIMUM_TEXT, Interaction.TEXT_ENTRY) == "x" * MAXIMUM_TEXT


@pytest.mark.parametrize(
    ("raw", "interaction", "code"),
    [
        (["x9"], Interaction.TEXT_ENTRY, "answer_malformed"),
        (1930, Interaction.TEXT_ENTRY, "answer_malformed"),
        ("a\0b", Interaction.TEXT_ENTRY, "answer_malformed"),
        ("a\ud800b", Interaction.TEXT_ENTRY, "answer_malformed"),
        ("x" * (MAXIMUM_TEXT + 1), Interaction.TEXT_ENTRY, "answer_too_long"),
        ("x9", Interaction.CHOICE_SINGLE, "answer_malformed"),
        ([1], Interaction.CHOICE_SINGLE, "answer_malformed"),
        ({"x9": 1}, Interaction.CHOICE_MULTIPLE, "answer_malformed"),
        (["x9", "x9"], Interaction.CHOICE_MULTIPLE, "answer_malformed"),
        (["x9", "q2"], Interaction.CHOICE_SINGLE, "too_many_options"),
        (["B"], Interaction.CHOICE_SINGLE, "option_unknown"),
    ],
)
def test_a_value_that_does_not_fit_its_item_is_refused(
    raw: object, interaction: Interaction, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(raw, interaction)
    assert refusal.value.code == code


def test_numbers_stay_within_what_a_column_holds() -> None:
    assert require_number(1, name="seq") == 1
    assert require_number(MAXIMUM_NUMBER, name="seq") == MAXIMUM_NUMBER


@pytest.mark.parametrize("value", [0, -1, MAXIMUM_NUMBER + 1, 2**70, "1", 1.0, True, None])
def test_other_numbers_are_refused(value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        require_number(value, name="seq")
    assert refusal.value.code == "number_out_of_range"


def test_a_device_has_a_short_plain_name() -> None:
    assert require_device("Tab-7_q") == "Tab-7_q"


@pytest.mark.parametrize("value", ["", "x" * 65, "tab 7", "कसौटी", "-_", None, 7])
def test_other_device_names_are_refused(value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        require_device(value)
    assert refusal.value.code == "device_malformed"


def test_credit_adds_up_within_its_bounds() -> None:
    assert require_credit(60, held=30) == 90
    assert require_credit(MAXIMUM_CREDIT, held=0) == MAXIMUM_CREDIT


@pytest.mark.parametrize(
    ("seconds", "held"), [(0, 0), (-60, 100), (MAXIMUM_CREDIT + 1, 0), (60, MAXIMUM_SECONDS)]
)
def test_other_credit_is_refused(seconds: int, held: int) -> None:
    with pytest.raises(Invalid) as refusal:
        require_credit(seconds, held=held)
    assert refusal.value.code == "credit_out_of_range"


def test_the_browsers_time_is_cut_to_what_can_be_stored() -> None:
    assert tidy_client_time("2026-11-20T04:00:00Z") == "2026-11-20T04:00:00Z"
    assert tidy_client_time("a b\0c\ud800" + "x" * 90) == "abc" + "x" * 34


def test_a_rich_item_has_no_answer_of_a_simple_shape() -> None:
    for interaction in (Interaction.COMPOSITE, Interaction.MATCH):
        with pytest.raises(Invalid) as refusal:
            parse(["x9"], interaction)
        assert refusal.value.code == "answer_malformed"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (AttemptState.CREATED, "attempt_not_started"),
        (AttemptState.RUNNING, None),
        (AttemptState.SUBMITTED, "attempt_closed"),
    ],
)
def test_what_a_running_attempt_alone_allows_is_refused_before_and_after(
    state: AttemptState, code: str | None
) -> None:
    attempt = Attempt(state=state, allowance=Allowance(limit_seconds=60))
    if code is None:
        require_running(attempt)
    else:
        with pytest.raises(Conflict) as refusal:
            require_running(attempt)
        assert refusal.value.code == code
