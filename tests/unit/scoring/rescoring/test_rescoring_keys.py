# SPDX-License-Identifier: Apache-2.0
"""Corrected keys, the policies, and who changes by them."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import StatisticsError
from scoring.rescoring.api import (
    ItemKey,
    Key,
    Policy,
    Treatment,
    canonical_bytes,
    changed_items,
    choice_key,
    corrected,
    difference,
    digest,
    score_all,
    scorer,
    simple_paper,
)
from scoring.verdicts import Verdict

ONE = Fraction(1)
OLD = choice_key({"q1": ("A",), "q2": ("B",), "q3": ("C",), "q4": ("D",)})
NEW = choice_key({"q1": ("A",), "q2": ("C",), "q3": ("C",), "q4": ("D",)})
PERSONS = {
    "falls": {"q1": "A", "q2": "B", "q3": "C", "q4": "A"},
    "rises": {"q1": "A", "q2": "C", "q3": "C", "q4": "A"},
    "still": {"q1": "A", "q2": "A", "q3": "C", "q4": "D"},
    "blank": {},
}


def compared(policy: Policy, old: Key = OLD, new: Key = NEW) -> dict[str, tuple[str, str, Verdict, Verdict]]:
    after = corrected(old, new, policy)
    scored = [
        score_all(scorer(key, simple_paper(_maximum(key), cut="3/4")), PERSONS.items())
        for key in (old, after)
    ]
    found = difference(scored[0], scored[1])
    return {
        one.person: (str(one.before.share), str(one.after.share), one.before.verdict, one.after.verdict)
        for one in found.changes
    }


def _maximum(key: Key) -> Fraction:
    return sum(
        (one.maximum for one in key.items.values() if one.treatment is not Treatment.DROPPED), Fraction(0)
    )


def test_the_full_policy_moves_people_up_and_down() -> None:
    assert compared(Policy.FULL) == {
        "falls": ("3/4", "1/2", Verdict.PASS, Verdict.FAIL),
        "rises": ("1/2", "3/4", Verdict.FAIL, Verdict.PASS),
    }


def test_the_harm_free_policy_moves_nobody_down() -> None:
    assert compared(Policy.HARM_FREE) == {"rises": ("1/2", "3/4", Verdict.FAIL, Verdict.PASS)}


def test_a_dropped_item_counts_neither_above_nor_below_the_line() -> None:
    assert compared(Policy.DROP) == {
        "falls": ("3/4", "2/3", Verdict.PASS, Verdict.FAIL),
        "rises": ("1/2", "2/3", Verdict.FAIL, Verdict.FAIL),
        "still": ("3/4", "1", Verdict.PASS, Verdict.PASS),
        "blank": ("0", "0", Verdict.FAIL, Verdict.FAIL),
    }


def test_the_difference_counts_and_weighs_those_who_change_and_says_why() -> None:
    scored = [score_all(scorer(key, simple_paper(4, cut="3/4")), PERSONS.items()) for key in (OLD, NEW)]
    found = difference(scored[0], scored[1], weights={"rises": Fraction(3), "blank": Fraction(1, 2)})
    assert (found.n, found.up, found.down, found.totals_changed) == (Fraction(11, 2), 3, 1, 4)
    assert found.moved(Verdict.FAIL, Verdict.PASS) == 3
    assert found.moved(Verdict.PASS, Verdict.FAIL) == 1
    assert found.changes[0].to_document() == {
        "person": "falls",
        "total_before": "3",
        "total_after": "2",
        "maximum_before": "4",
        "maximum_after": "4",
        "share_change": "-1/4",
        "verdict_before": "pass",
        "verdict_after": "fail",
        "bands_before": {},
        "bands_after": {},
        "items": [{"item": "q2", "before": "1", "after": "0"}],
    }
    assert all(one.verdict_changes for one in found.changes)


def test_a_dropped_item_has_no_mark_in_the_difference() -> None:
    scored = [
        score_all(scorer(key, simple_paper(_maximum(key), cut=1)), PERSONS.items())
        for key in (OLD, corrected(OLD, NEW, Policy.DROP))
    ]
    change = difference(scored[0], scored[1]).changes[0].to_document()
    assert change["items"] == [{"item": "q2", "before": "1", "after": None}]
    change = difference(scored[1], scored[0]).changes[0].to_document()
    assert change["items"] == [{"item": "q2", "before": None, "after": "1"}]


def test_full_marks_for_everybody_reach_those_who_left_the_item_blank() -> None:
    everybody = Key({**OLD.items, "q2": ItemKey(ONE, (0,), {}, Treatment.EVERYBODY)})
    after = compared(Policy.FULL, OLD, everybody)
    assert after["blank"] == ("0", "1/4", Verdict.FAIL, Verdict.FAIL)
    assert "falls" not in after
    assert compared(Policy.HARM_FREE, OLD, everybody) == after


def test_an_item_that_is_to_be_dropped_is_given_to_everybody_where_nobody_may_be_harmed() -> None:
    dropped = Key({**OLD.items, "q2": ItemKey(ONE, (0,), {}, Treatment.DROPPED)})
    key = corrected(OLD, dropped, Policy.HARM_FREE)
    assert key.items["q2"].treatment is Treatment.EVERYBODY


def test_no_correction_changes_what_an_item_is_worth_or_which_items_there_are() -> None:
    dearer = Key({**OLD.items, "q2": ItemKey(Fraction(2), (0,), {"B": ONE})})
    moved = Key({**OLD.items, "q2": ItemKey(ONE, (1,), {"B": ONE})})
    for other in (dearer, moved):
        with pytest.raises(StatisticsError, match=r"replay_maximum .*q2"):
            corrected(OLD, other, Policy.FULL)
    fewer = Key({item: one for item, one in OLD.items.items() if item != "q4"})
    with pytest.raises(StatisticsError, match=r"replay_keys_differ .*q4"):
        changed_items(OLD, fewer)


def test_a_mark_that_a_person_gave_has_no_better_key() -> None:
    hand = Key({**OLD.items, "q2": ItemKey(ONE, (0,), {}, Treatment.GIVEN)})
    with pytest.raises(StatisticsError, match="replay_given"):
        corrected(OLD, hand, Policy.HARM_FREE)


def test_the_version_of_a_key_is_its_content() -> None:
    again = choice_key({"q1": ("A",), "q2": ("B",), "q3": ("C",), "q4": ("D",)})
    assert again.sha256 == OLD.sha256 != NEW.sha256
    assert changed_items(OLD, NEW) == ("q2",)
    assert changed_items(OLD, again) == ()


MARKS = st.dictionaries(st.sampled_from("ABCD"), st.fractions(0, 2, max_denominator=4), max_size=3)


@given(old=MARKS, new=MARKS, response=st.sampled_from([*"ABCD", None]))
def test_the_harm_free_key_gives_the_better_of_both_marks(
    old: dict[str, Fraction], new: dict[str, Fraction], response: str | None
) -> None:
    before, after = (Key({"q": ItemKey(Fraction(2), (0,), marks)}) for marks in (old, new))
    free = corrected(before, after, Policy.HARM_FREE).items["q"].mark(response)
    assert free == max(before.items["q"].mark(response) or 0, after.items["q"].mark(response) or 0)


@pytest.mark.parametrize("cut", ["0", "5/4", 2])
def test_a_cut_outside_of_the_marks_is_refused(cut: str | int) -> None:
    with pytest.raises(StatisticsError, match="cut_range"):
        simple_paper(4, cut=cut)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXTS, below, max_size=4),
    max_leaves=12,
)


@settings(max_examples=40)
@given(DOCUMENTS)
def test_the_canonical_form_is_that_of_rfc_8785(document: object) -> None:
    assert canonical_bytes(document) == rfc8785.dumps(document)
    assert json.loads(canonical_bytes(document)) == document
    assert len(digest(document)) == 64


@pytest.mark.parametrize("value", [0.5, float("nan"), 2**53, "\ud800", {"\udfff": 1}, {1: 2}, b"x", object()])
def test_what_has_no_canonical_form_is_refused_by_its_place(value: object) -> None:
    with pytest.raises(StatisticsError) as refused:
        canonical_bytes({"a": [1, value]})
    assert refused.value.facts == {"where": "$.a[1]"}


def test_a_key_as_a_document_names_its_marks_or_where_they_come_from() -> None:
    keyed = ItemKey(Fraction(2), (0, 1), {"B": ONE, "A": Fraction(1, 3)})
    assert keyed.to_document() == {
        "treatment": "keyed",
        "maximum": "2",
        "cells": [0, 1],
        "marks": {"A": "1/3", "B": "1"},
    }
    given = ItemKey(ONE, (0,), treatment=Treatment.GIVEN, source=("program 1", "rater"))
    assert given.to_document() == {
        "treatment": "given",
        "maximum": "1",
        "cells": [0],
        "source": ["program 1", "rater"],
    }
