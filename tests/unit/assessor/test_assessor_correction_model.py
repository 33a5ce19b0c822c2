# SPDX-License-Identifier: Apache-2.0
"""The rules of corrected keys: steps, the second person, what an item counts by under each policy."""

from __future__ import annotations

from fractions import Fraction

import pytest

from assessor.results.correction_model import (
    AppliedCorrection,
    CorrectionCommand,
    CorrectionState,
    Counting,
    ItemRule,
    NewKey,
    NewKeyKind,
    corrected_rule,
    decide,
    keyed_alternatives,
    require_second_person,
)
from assessor.results.replaying import item_key, simple_of
from core.errors import Conflict, Forbidden, Invalid
from scoring.api import Interaction, ItemScoring, Normalisation, Reason
from scoring.rescoring.api import Policy, Treatment
from tests.unit.assessor.world import refused

SINGLE = ItemScoring(Interaction.CHOICE_SINGLE, ("A",), options=("A", "B", "C"))
SEVERAL = ItemScoring(Interaction.CHOICE_MULTIPLE, ("A", "B"), options=("A", "B", "C"))
TEXT = ItemScoring(Interaction.TEXT_ENTRY, ("six",), (Normalisation.CASEFOLD,))
OLD = ItemRule((SINGLE,))
NEW = ItemRule(keyed_alternatives(SINGLE, (("B",),)), source=("new",))
EVERYBODY = ItemRule((SINGLE,), Counting.EVERYBODY)
DROPPED = ItemRule((SINGLE,), Counting.DROPPED)


def marks(rule: ItemRule) -> dict[str, Fraction]:
    return {option: rule.score([option], seed=1, hand={}).score for option in ("A", "B", "C")}


def test_a_correction_goes_from_asked_to_one_end() -> None:
    asked = CorrectionState.ASKED
    assert decide(asked, CorrectionCommand.APPROVE) is CorrectionState.APPROVED
    assert decide(asked, CorrectionCommand.REFUSE) is CorrectionState.REFUSED
    assert decide(asked, CorrectionCommand.WITHDRAW) is CorrectionState.WITHDRAWN
    assert decide(CorrectionState.APPROVED, CorrectionCommand.FINISH) is CorrectionState.APPLIED
    with refused(Conflict, "correction_state"):
        decide(CorrectionState.REFUSED, CorrectionCommand.APPROVE)


def test_a_correction_counts_from_its_approval_on_and_is_open_until_it_is_carried_out() -> None:
    assert [state.value for state in CorrectionState if state.counts] == ["approved", "applied"]
    assert [state.value for state in CorrectionState if state.is_open] == ["asked", "approved"]


@pytest.mark.parametrize("person", ["asker", "author"])
def test_who_asked_or_wrote_the_item_does_not_decide(person: str) -> None:
    with refused(Forbidden, "correction_own"):
        require_second_person(person, asked_by="asker", author_id="author")
    require_second_person("somebody else", asked_by="asker", author_id="author")


def test_each_policy_gives_other_marks() -> None:
    assert marks(corrected_rule(OLD, NEW, Policy.FULL)) == {"A": 0, "B": 1, "C": 0}
    assert marks(corrected_rule(OLD, NEW, Policy.HARM_FREE)) == {"A": 1, "B": 1, "C": 0}
    assert corrected_rule(OLD, NEW, Policy.DROP).dropped
    assert corrected_rule(OLD, EVERYBODY, Policy.FULL).counting is Counting.EVERYBODY


@pytest.mark.parametrize(("before", "after"), [(OLD, DROPPED), (DROPPED, NEW), (EVERYBODY, NEW)])
def test_harm_free_gives_the_marks_to_everybody_where_responses_do_not_compare(
    before: ItemRule, after: ItemRule
) -> None:
    rule = corrected_rule(before, after, Policy.HARM_FREE)
    assert marks(rule) == {"A": 1, "B": 1, "C": 1}
    assert rule.score(None, seed=1, hand={}).reason is Reason.MATCHED


def test_harm_free_twice_is_harm_free_once() -> None:
    once = corrected_rule(OLD, NEW, Policy.HARM_FREE)
    assert corrected_rule(once, NEW, Policy.HARM_FREE).alternatives == once.alternatives


def test_an_item_of_other_worth_is_no_correction() -> None:
    worth_two = ItemRule((ItemScoring(Interaction.CHOICE_SINGLE, ("A",), maximum=Fraction(2)),))
    with refused(Conflict, "correction_other_item"):
        corrected_rule(OLD, worth_two, Policy.FULL)


def test_right_responses_are_options_alone_options_together_or_texts() -> None:
    assert [one.correct for one in keyed_alternatives(SINGLE, (("A",), ("C",), ("A",)))] == [("A",), ("C",)]
    assert [one.correct for one in keyed_alternatives(SEVERAL, (("C", "A"),))] == [("A", "C")]
    assert [one.correct for one in keyed_alternatives(TEXT, ((" six ",), ("6",)))] == [("six", "6")]


@pytest.mark.parametrize(
    ("base", "accepted"),
    [
        (SINGLE, ()),
        (SINGLE, (("Z",),)),
        (SINGLE, ((),)),
        (SINGLE, (("A", "B"),)),
        (TEXT, (("",),)),
        (TEXT, (("a\nb",),)),
        (TEXT, (("x" * 501,),)),
        (TEXT, tuple((str(number),) for number in range(21))),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    base: ItemScoring, accepted: tuple[tuple[str, ...], ...]
) -> None:
    with refused(Invalid, "correction_key"):
        keyed_alternatives(base, accepted)


def test_a_result_names_a_correction_without_its_key() -> None:
    key = NewKey(kind=NewKeyKind.KEYED, accepted=(("B",),))
    one = AppliedCorrection(id="c", version_id="v", new_key=key, policy=Policy.FULL, sha256="h")
    assert one.to_document() == {"id": "c", "item": "v", "kind": "keyed", "policy": "full", "sha256": "h"}
    assert key.to_document() == {"kind": "keyed", "accepted": [["B"]], "as_version": None}


def test_the_key_of_a_record_says_how_the_item_counts() -> None:
    both = item_key(corrected_rule(OLD, NEW, Policy.HARM_FREE), (0,), source=())
    assert (both.treatment, dict(both.marks)) == (Treatment.KEYED, {"A": 1, "B": 1})
    texts = item_key(ItemRule(keyed_alternatives(TEXT, (("SIX",), ("6",)))), (0,), source=())
    assert dict(texts.marks) == {"six": 1, "6": 1}
    several = item_key(ItemRule((SEVERAL,)), (0,), source=())
    assert dict(several.marks) == {"A B": 1}
    assert item_key(EVERYBODY, (0,), source=()).treatment is Treatment.EVERYBODY
    assert item_key(DROPPED, (0,), source=()).treatment is Treatment.DROPPED


def test_alternatives_that_read_a_text_in_other_ways_are_marked_and_not_keyed() -> None:
    other = ItemScoring(Interaction.TEXT_ENTRY, ("six",))
    rule = ItemRule((TEXT, other))
    assert simple_of(rule) is None
    given = item_key(rule, (0,), source=("h",))
    assert (given.treatment, given.source) == (Treatment.GIVEN, ("h",))
