# SPDX-License-Identifier: Apache-2.0
"""What the answers to an adaptive section settle: every way that an item can go, and the same marks for all."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from itertools import product

import pytest

from assessor.attempts.sections import Move, MoveKind, Run
from assessor.attempts.settling import passed_of, settle, withheld
from assessor.forms.sections import FormSection, Navigation, parse_section
from scoring.adaptive.model import Ruling
from scoring.adaptive.stops import curtailed, fixed_table

SHARE = Fraction(7, 10)
ITEMS = ("a1", "b1", "a2", "b2", "a3", "b3")
PCS = {item: item[0].upper() for item in ITEMS}
TABLE = curtailed(fixed_table(3, share=SHARE))  # all three right, or one wrong
SECTION = FormSection(
    id="s1",
    title=(("en", "Tools"),),
    items=ITEMS,
    seconds=None,
    navigation=Navigation.LINEAR,
    allow_skipping=False,
    allow_review=False,
    stops=(("A", TABLE), ("B", TABLE)),
)


def move(kind: MoveKind, target: str, seq: int = 1) -> Move:
    return Move(
        device="phone",
        epoch=1,
        seq=seq,
        kind=kind,
        target=target,
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_an_adaptive_section_comes_back_from_its_document_and_a_fixed_one_says_nothing_of_stops() -> None:
    assert parse_section(SECTION.to_document()) == SECTION
    fixed = parse_section({name: one for name, one in SECTION.to_document().items() if name != "stops"})
    assert "stops" not in fixed.to_document()
    assert (SECTION.adaptive, fixed.adaptive) == (True, False)


def test_only_what_was_left_behind_is_looked_at() -> None:
    one, other = settle(SECTION, PCS, {"a1": False, "b1": True}, passed=1)
    assert (one.ruling, one.counted, one.ahead) == (Ruling.NOT_MET, ("a1",), ("a2", "a3"))
    assert (other.ruling, other.counted, other.ahead) == (Ruling.GO_ON, (), ("b1", "b2", "b3"))
    assert (one.settled, other.settled) == (True, False)


def test_items_of_a_settled_criterion_are_withheld_unless_they_are_answered_or_behind() -> None:
    right = {"a1": False, "b1": True}
    settled = settle(SECTION, PCS, right, passed=1)
    assert withheld(SECTION, settled, right) == ("a2", "a3")
    assert withheld(SECTION, settled, {**right, "a2": True}) == ("a3",)


def test_an_item_that_was_not_asked_stays_withheld_after_it_and_after_the_section_is_finished() -> None:
    right = {"a1": False, "b1": True, "b2": True}
    for passed in (3, 4, 6):
        assert withheld(SECTION, settle(SECTION, PCS, right, passed=passed), right)[:2] == ("a2", "a3")
    # b3 was left behind without an answer only because the server had seen B settled then.
    assert withheld(SECTION, settle(SECTION, PCS, right, passed=6), right) == ("a2", "a3", "b3")
    # Where the time ended the section, what was still needed is no unasked question.
    assert withheld(SECTION, settle(SECTION, PCS, right, passed=4), right) == ("a2", "a3")


def test_answers_after_the_end_are_kept_apart_and_unasked_items_do_not_count() -> None:
    right = {"a1": False, "b1": True, "a2": True, "b2": True, "b3": True}
    one, other = settle(SECTION, PCS, right, passed=6, ended=True)
    assert (one.counted, one.extra, one.spared, one.missed, one.right) == (("a1",), ("a2",), ("a3",), (), 0)
    assert (other.ruling, other.counted, other.right) == (Ruling.MET, ("b1", "b2", "b3"), 3)
    assert one.to_document() == {
        "section": "s1",
        "pc": "A",
        "ruling": "not_met",
        "right": 0,
        "counted": ["a1"],
        "not_asked": ["a3"],
        "after_the_end": ["a2"],
    }


def test_what_was_not_reached_counts_as_wrong_until_that_settles_it() -> None:
    one, other = settle(SECTION, PCS, {"a1": True}, passed=0, ended=True)
    assert (one.ruling, one.right, one.counted, one.spared) == (Ruling.NOT_MET, 1, ("a1", "a2"), ("a3",))
    assert (other.ruling, other.counted) == (Ruling.NOT_MET, ("b1",))


def test_an_item_that_the_server_let_pass_never_counts_against_the_learner() -> None:
    # a1 was wrong when a2 and a3 were spared; a late answer, admitted since, makes it right.
    one, _ = settle(SECTION, PCS, {"a1": True, "b1": False}, passed=6, ended=True)
    assert (one.ruling, one.right, one.counted, one.missed) == (Ruling.GO_ON, 1, ("a1",), ("a2", "a3"))
    assert one.to_document()["not_asked"] == ["a2", "a3"]


@pytest.mark.parametrize("answers", list(product((False, True), repeat=6)))
def test_whoever_heard_the_server_and_whoever_did_not_have_the_same_items_counted(
    answers: tuple[bool, ...],
) -> None:
    given = dict(zip(ITEMS, answers, strict=True))
    far = settle(SECTION, PCS, given, passed=6, ended=True)
    heard: dict[str, bool] = {}
    for place, item in enumerate(ITEMS):
        settled = settle(SECTION, PCS, heard, passed=place)
        if item not in withheld(SECTION, settled, heard):
            heard[item] = given[item]
    near = settle(SECTION, PCS, heard, passed=6, ended=True)
    for one, other in zip(near, far, strict=True):
        assert (one.ruling, one.right, one.counted) == (other.ruling, other.right, other.counted)
        assert (one.ruling is Ruling.MET) == (one.right >= SHARE * len(one.counted))
        assert (one.extra, one.missed, other.missed) == ((), (), ())


def test_a_section_that_was_finished_is_behind_as_a_whole_and_one_that_was_cut_short_up_to_its_item() -> None:
    entered = move(MoveKind.ENTER_SECTION, "s1")
    visit = move(MoveKind.VISIT, "a2", 2)
    run = Run(section=SECTION, share_seconds=0, entered=entered, visits=(visit,))
    assert passed_of(Run(section=SECTION, share_seconds=0)) == 0
    assert passed_of(run) == 2
    for kind, target, wanted in ((MoveKind.LEAVE_SECTION, "s1", 6), (MoveKind.ENTER_SECTION, "s2", 2)):
        left = Run(
            section=SECTION, share_seconds=0, entered=entered, visits=(visit,), left=move(kind, target, 3)
        )
        assert passed_of(left) == wanted
