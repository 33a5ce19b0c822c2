# SPDX-License-Identifier: Apache-2.0
"""What a panel may do when, what a judgement may be, and what a recommendation needs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from core.errors import Conflict, Forbidden, Invalid
from item_bank.panels.model import (
    JudgeState,
    ObjectFacts,
    PanelCommand,
    PanelMethod,
    PanelState,
    Round,
    decide,
    number_objects,
    read_expertise,
    read_name,
    read_notes,
    read_portrait,
    read_recommended,
    read_value,
    require_box,
    require_chair,
    require_ready,
    require_state,
)
from scoring.api import CREDENTIAL, pc_scope
from tests.unit.item_bank.panels.made import NOON, a_panel, an_object


def test_a_panel_goes_only_the_ways_of_its_table() -> None:
    ways = {
        (PanelState.SETUP, PanelCommand.OPEN_ROUND): PanelState.JUDGING,
        (PanelState.DISCUSSING, PanelCommand.OPEN_ROUND): PanelState.JUDGING,
        (PanelState.JUDGING, PanelCommand.CLOSE_ROUND): PanelState.DISCUSSING,
        (PanelState.DISCUSSING, PanelCommand.CONCLUDE): PanelState.CONCLUDED,
    }
    for state in PanelState:
        for command in PanelCommand:
            if command is PanelCommand.CANCEL and not state.over:
                assert decide(state, command) is PanelState.CANCELLED
            elif (state, command) in ways:
                assert decide(state, command) is ways[state, command]
            else:
                with pytest.raises(Conflict, match="panel_state"):
                    decide(state, command)


@pytest.mark.parametrize(
    ("method", "text", "stored"),
    [
        (PanelMethod.ANGOFF, " 007 ", "7"),
        (PanelMethod.ANGOFF, "0", "0"),
        (PanelMethod.ANGOFF, "100", "100"),
        (PanelMethod.YES_NO, "1", "1"),
        (PanelMethod.BOOKMARK, "3", "3"),
        (PanelMethod.CONTRASTING_GROUPS, "1/2", "1/2"),
        (PanelMethod.CONTRASTING_GROUPS, "-", "-"),
        (PanelMethod.BORDERLINE_GROUP, "1/2", "1/2"),
        (PanelMethod.HOFSTEE, "100", "100"),
        (PanelMethod.BEUK, "07", "7"),
    ],
)
def test_a_judgement_is_stored_in_one_form(method: PanelMethod, text: str, stored: str) -> None:
    assert read_value(text, method=method, pages=3) == stored


@pytest.mark.parametrize(
    ("method", "text"),
    [
        (PanelMethod.ANGOFF, "101"),
        (PanelMethod.ANGOFF, "-1"),
        (PanelMethod.ANGOFF, "1.5"),
        (PanelMethod.ANGOFF, "\u0967"),
        (PanelMethod.YES_NO, "2"),
        (PanelMethod.BOOKMARK, "0"),
        (PanelMethod.BOOKMARK, "4"),
        (PanelMethod.CONTRASTING_GROUPS, "2"),
        (PanelMethod.CONTRASTING_GROUPS, ""),
        (PanelMethod.BORDERLINE_GROUP, "1/3"),
        (PanelMethod.HOFSTEE, "101"),
        (PanelMethod.BEUK, "-"),
    ],
)
def test_anything_else_is_no_judgement(method: PanelMethod, text: str) -> None:
    with pytest.raises(Invalid, match="panel_value"):
        read_value(text, method=method, pages=3)


def test_names_and_words_are_plain_and_of_a_length() -> None:
    assert read_name("  Cut   of 2027 ") == "Cut of 2027"
    for wrong in ("ab", "x" * 121, "<b>x</b>"):
        with pytest.raises(Invalid, match="panel_name"):
            read_name(wrong)
    assert read_notes("") == ""
    assert read_expertise(" Ten years. ", fewest=5) == "Ten years."
    assert read_portrait("x" * 30) == "x" * 30
    for wrong in ("", "x" * 29, "x" * 4001, f"<i>{'x' * 30}</i>"):
        with pytest.raises(Invalid, match="panel_portrait"):
            read_portrait(wrong)
    with pytest.raises(Invalid, match="panel_expertise"):
        read_expertise("Some", fewest=5)
    with pytest.raises(Invalid, match="panel_notes"):
        read_notes("x" * 4001)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("65", "13/20"),
        ("65 %", "13/20"),
        ("65.5%", "131/200"),
        ("13/20", "13/20"),
        ("100", "1"),
        ("1/1", "1"),
    ],
)
def test_a_share_is_exact_however_it_is_written(text: str, share: str) -> None:
    made = read_recommended(CREDENTIAL, text, computed=float(Fraction(share)), reason="", known=[CREDENTIAL])
    assert made.share == Fraction(share)
    assert made.to_document()["share"] == share


@pytest.mark.parametrize("text", ["0", "0/3", "101", "2/1", "a", "", "1/0", "-5", "65,5"])
def test_what_is_no_share_is_not_recommended(text: str) -> None:
    with pytest.raises(Invalid, match="panel_share"):
        read_recommended(CREDENTIAL, text, computed=0.5, reason="a long reason", known=[CREDENTIAL])


def test_half_a_point_is_rounding_and_more_needs_a_reason() -> None:
    for share, computed, fits in (
        ("65", 0.645, True),
        ("65", 0.655, True),
        ("65", 0.6449, False),
        ("66", 0.65, False),
    ):
        if fits:
            read_recommended(CREDENTIAL, share, computed=computed, reason="", known=[CREDENTIAL])
        else:
            with pytest.raises(Invalid, match="panel_reason"):
                read_recommended(CREDENTIAL, share, computed=computed, reason="too short", known=[CREDENTIAL])
    for reason in ("x" * 4001, "<script>alert(1)</script>"):
        with pytest.raises(Invalid, match="panel_reason"):
            read_recommended(CREDENTIAL, "65", computed=0.65, reason=reason, known=[CREDENTIAL])
    with pytest.raises(Invalid, match="panel_scope"):
        read_recommended(pc_scope("PC1"), "65", computed=0.65, reason="", known=[CREDENTIAL])


def test_only_the_chair_leads_and_only_as_a_person() -> None:
    panel = a_panel()
    require_chair(panel, actor_id="chair", is_person=True)
    with pytest.raises(Forbidden, match="panel_chair_only"):
        require_chair(panel, actor_id="other", is_person=True)
    with pytest.raises(Forbidden, match="person_needed"):
        require_chair(panel, actor_id="chair", is_person=False)
    require_state(panel, PanelState.SETUP)
    with pytest.raises(Conflict, match="panel_state"):
        require_state(panel, PanelState.JUDGING)


def test_a_round_needs_judges_objects_and_for_a_bookmark_their_parameters() -> None:
    ready = a_panel(objects=[an_object(1), an_object(2)])
    require_ready(ready)
    with pytest.raises(Conflict, match="panel_judges_few"):
        require_ready(replace(ready, judges=ready.judges[:1]))
    with pytest.raises(Conflict, match="panel_objects_few"):
        require_ready(replace(ready, objects=()))
    nine = tuple(
        Round(number=number, opened_at=NOON, closed_at=NOON, counted=(), notes="") for number in range(1, 10)
    )
    with pytest.raises(Conflict, match="panel_round_many"):
        require_ready(replace(ready, rounds=nine))
    assert replace(ready, rounds=nine).round == nine[-1]
    assert ready.round is None
    marked = replace(ready, method=PanelMethod.BOOKMARK)
    with pytest.raises(Conflict, match="panel_parameters_missing"):
        require_ready(marked)
    facts = ObjectFacts(slope="1", difficulties=("0",))
    require_ready(replace(marked, objects=tuple(replace(one, facts=facts) for one in marked.objects)))
    people = replace(ready, method=PanelMethod.CONTRASTING_GROUPS)
    with pytest.raises(Conflict, match="panel_objects_few"):
        require_ready(people)
    require_ready(replace(ready, method=PanelMethod.BORDERLINE_GROUP))


@pytest.mark.parametrize("method", list(PanelMethod))
def test_a_method_is_of_items_of_people_or_of_the_whole_test(method: PanelMethod) -> None:
    assert [method.of_items, method.of_people, bool(method.numbers)].count(True) == 1
    assert [one.reference for one in number_objects(method)] == list(method.numbers)
    assert [one.number for one in number_objects(method)] == list(range(1, len(method.numbers) + 1))


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        (("40", "60", "5", "30"), True),
        (("60", "60", "5", "30"), False),
        (("40", "60", "30", "30"), False),
        (("100", "40", "5", "30"), False),
    ],
)
def test_the_limits_of_hofstees_method_stand_the_right_way_round(said: tuple[str, ...], fits: bool) -> None:
    panel = a_panel(method=PanelMethod.HOFSTEE, objects=number_objects(PanelMethod.HOFSTEE))
    values = dict(enumerate(said, start=1))
    if fits:
        require_box(panel, values)
    else:
        with pytest.raises(Invalid, match="panel_box"):
            require_box(panel, values)
    require_box(replace(panel, method=PanelMethod.ANGOFF), {})


def test_a_key_is_known_only_to_who_sits_and_was_counted() -> None:
    held = Round(number=1, opened_at=NOON, closed_at=NOON, counted=("judge1", "judge2"), notes="")
    panel = a_panel(rounds=(held,))
    assert [panel.knows_keys(judge) for judge in panel.judges] == [True, True, False]
    assert not panel.knows_keys(replace(panel.judges[0], state=JudgeState.RELEASED))
    assert not a_panel().knows_keys(a_panel().judges[0])


def test_a_seat_that_was_taken_back_is_none() -> None:
    panel = a_panel()
    assert panel.judge_of("person1") == panel.judges[0]
    released = replace(panel, judges=(replace(panel.judges[0], state=JudgeState.RELEASED),))
    assert released.judge_of("person1") is None
    assert released.sitting == ()


def test_facts_say_only_what_is_known() -> None:
    assert ObjectFacts().to_document() == {}
    assert ObjectFacts(facility="0.5", people=3, difficulties=("1",)).to_document() == {
        "facility": "0.5", "people": 3, "difficulties": ["1"],
    }  # fmt: skip
