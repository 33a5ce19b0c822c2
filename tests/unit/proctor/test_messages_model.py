# SPDX-License-Identifier: Apache-2.0
"""Messages, hints and hand-overs as pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, Invalid, NotFound
from proctor.messages import model as messages
from proctor.messages.model import Hint
from proctor.rules.alerts import RuleName
from proctor.shifts import model as shifts
from proctor.shifts.model import Answer, HandOver, HandOverState

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OFFER = HandOver(
    id="h",
    sitting_id="s",
    from_id="first",
    to_id="next",
    note="Look after Asha",
    attempt_ids=("a",),
    state=HandOverState.OFFERED,
    offered_at=NOW,
)


def test_a_hint_is_due_once_a_rule_has_seen_something_for_three_seconds() -> None:
    beginning = {RuleName.FACE_GONE: NOW}
    assert messages.due_hints(beginning, now=NOW + 2 * SECOND) == ()
    assert messages.due_hints(beginning, now=NOW + 3 * SECOND) == (Hint.SHOW_FACE,)


def test_two_rules_that_ask_for_the_same_give_one_hint_and_some_give_none() -> None:
    beginning = dict.fromkeys(
        (RuleName.CAMERA_COVERED, RuleName.CAMERA_STOPPED, RuleName.SOMEONE_ELSE, RuleName.HAND_RAISED), NOW
    )
    assert messages.due_hints(beginning, now=NOW + 9 * SECOND) == (Hint.FREE_CAMERA,)


def test_no_hint_is_given_for_what_an_honest_learner_cannot_put_right() -> None:
    silent = {rule for rule in RuleName if messages.nudge_for(rule) is None}
    assert {RuleName.SOMEONE_ELSE, RuleName.CAMERA_LOOPED, RuleName.PICTURES_ALTERED} <= silent
    assert messages.nudge_for(RuleName.LOOKING_AWAY) is Hint.LOOK_AT_SCREEN


def test_the_same_hint_waits_a_minute_and_another_does_not() -> None:
    given = {Hint.SHOW_FACE: NOW}
    assert not messages.may_hint(Hint.SHOW_FACE, given, now=NOW + 59 * SECOND)
    assert messages.may_hint(Hint.SHOW_FACE, given, now=NOW + 60 * SECOND)
    assert messages.may_hint(Hint.MORE_LIGHT, given, now=NOW)


def test_five_messages_a_minute_are_taken_and_two_hundred_in_a_test() -> None:
    five = [NOW - number * SECOND for number in range(5)]
    messages.require_pace(five[:4], now=NOW)
    with pytest.raises(Conflict, match="messages_too_fast"):
        messages.require_pace(five, now=NOW)
    messages.require_pace(five, now=NOW + 60 * SECOND)
    with pytest.raises(Conflict, match="messages_too_many"):
        messages.require_pace([NOW - timedelta(hours=1)] * 200, now=NOW)


@pytest.mark.parametrize("number", [0, -1, 2**53, 1.5, True, "7", None])
def test_a_message_needs_a_whole_number_of_its_own(number: object) -> None:
    with pytest.raises(Invalid, match="message_number_malformed"):
        messages.require_number(number)
    assert messages.require_number(2**53 - 1) == 2**53 - 1


def test_an_unknown_hint_or_answer_is_refused_by_name() -> None:
    assert messages.require_hint("show_face") is Hint.SHOW_FACE
    assert shifts.require_answer("accept") is Answer.ACCEPT
    with pytest.raises(Invalid, match="hint_unknown"):
        messages.require_hint("shout")
    with pytest.raises(Invalid, match="hand_over_answer_unknown"):
        shifts.require_answer("maybe")


@pytest.mark.parametrize(
    ("said", "by", "state"),
    [
        (Answer.ACCEPT, "next", HandOverState.ACCEPTED),
        (Answer.DECLINE, "next", HandOverState.DECLINED),
        (Answer.WITHDRAW, "first", HandOverState.WITHDRAWN),
    ],
)
def test_a_hand_over_is_answered_once_by_whom_it_concerns(
    said: Answer, by: str, state: HandOverState
) -> None:
    after = shifts.answer(OFFER, said, by=by, now=NOW + SECOND)
    assert (after.state, after.answered_at) == (state, NOW + SECOND)
    with pytest.raises(Conflict, match="hand_over_answered"):
        shifts.answer(after, said, by=by, now=NOW)
    with pytest.raises(NotFound, match="hand_over_unknown"):
        shifts.answer(OFFER, said, by="a stranger", now=NOW)


def test_learners_are_shared_out_in_runs_that_differ_by_one_at_most() -> None:
    shares = shifts.share_evenly([str(number) for number in range(7)], ["p", "q", "r"])
    assert [list(shares.values()).count(one) for one in "pqr"] == [3, 2, 2]
    assert shifts.share_evenly(["a"], []) == {}
    assert shifts.share_evenly([], ["p"]) == {}


def test_a_hand_over_goes_to_a_colleague_with_a_note_about_learners_of_this_sitting() -> None:
    assert shifts.require_colleague("next", by="first", crew={"first", "next"}) == "next"
    for person in ("first", "stranger", ""):
        with pytest.raises(Invalid, match="hand_over_to_nobody"):
            shifts.require_colleague(person, by="first", crew={"first", "next"})
    assert shifts.require_learners(["b", "a", "b"], roster={"a", "b"}) == ("a", "b")
    for chosen in ([], ["c"]):
        with pytest.raises(Invalid, match="hand_over_learners"):
            shifts.require_learners(chosen, roster={"a", "b"})
    assert shifts.require_note(" Asha  is unwell \n\n Seat 4 ") == "Asha is unwell\n\nSeat 4"
    for note in ("", "ab", "x" * 1001, "bad\x07bell"):
        with pytest.raises(Invalid, match="hand_over_note_malformed"):
            shifts.require_note(note)


def test_a_wall_that_is_silent_for_long_was_left() -> None:
    assert shifts.goes_on(NOW, now=NOW + 150 * SECOND)
    assert not shifts.goes_on(NOW, now=NOW + 151 * SECOND)
