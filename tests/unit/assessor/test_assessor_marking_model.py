# SPDX-License-Identifier: Apache-2.0
"""Rules of human marking at their edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import permutations

import pytest

from assessor.forms.items import form_item
from assessor.forms.model import FormContent
from assessor.marking.answers import HandAnswer, half_marks, hand_marks, hand_places
from assessor.marking.model import (
    TRANSITIONS,
    Criterion,
    Mark,
    TaskCommand,
    TaskComponent,
    TaskState,
    decide,
    last_marks,
    parse_judgement,
    require_handed_in,
    require_note,
)
from core.errors import Conflict, Invalid, NotFound
from tests.unit.item_bank.builders import item, read, version_of
from tests.unit.item_bank.rich_items import document, rich

OPENS = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
RUBRIC = (
    Criterion(id="P1", pc="PC1", levels=("0", "1", "2")),
    Criterion(id="P2", pc="PC1", levels=("0", "0.5", "1/3")),
)


def mark(number: int, criterion: str, marks: str = "1") -> Mark:
    return Mark(number=number, criterion_id=criterion, marks=marks, assessor_id="a", at=OPENS, note="")


def act(state: TaskState, command: TaskCommand, *marks: Mark, now: datetime = OPENS) -> TaskState:
    return decide(state, command, rubric=RUBRIC, marks=marks, now=now, opens_at=OPENS)


def test_a_task_is_completed_when_every_criterion_is_judged() -> None:
    assert act(TaskState.OPEN, TaskCommand.RECORD) is TaskState.OPEN
    assert act(TaskState.OPEN, TaskCommand.COMPLETE, mark(1, "P2"), mark(2, "P1")) is TaskState.DONE


def test_completing_twice_is_the_same_completion() -> None:
    assert act(TaskState.DONE, TaskCommand.COMPLETE, mark(1, "P2"), mark(2, "P1")) is TaskState.DONE


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Conflict) as refusal:
        act(TaskState.OPEN, TaskCommand.COMPLETE, mark(1, "P2"))
    assert (refusal.value.code, refusal.value.facts) == ("marks_missing", {"criteria": ["P1"]})


def test_a_completed_task_takes_no_mark() -> None:
    assert (TaskState.DONE, TaskCommand.RECORD) not in TRANSITIONS
    with pytest.raises(Conflict) as refusal:
        act(TaskState.DONE, TaskCommand.RECORD)
    assert refusal.value.code == "task_done"


@pytest.mark.parametrize("command", list(TaskCommand))
def test_nothing_is_marked_before_the_window_opens(command: TaskCommand) -> None:
    with pytest.raises(Conflict) as refusal:
        act(TaskState.OPEN, command, now=OPENS - timedelta(microseconds=1))
    assert refusal.value.code == "marking_not_open"


def test_the_last_judgement_counts_whatever_the_order_of_reading() -> None:
    marks = [mark(1, "P1", "0"), mark(2, "P1", "2"), mark(3, "P2", "0.5")]
    for order in permutations(marks):
        assert {key: held.marks for key, held in last_marks(order).items()} == {"P1": "2", "P2": "0.5"}


@pytest.mark.parametrize(
    ("criterion", "given", "exact"),
    [("P1", "2", "2"), ("P1", "2.0", "2"), ("P2", "1/2", "0.5"), ("P2", "2/6", "1/3")],
)
def test_a_judgement_is_one_of_the_levels_exactly(criterion: str, given: str, exact: str) -> None:
    assert parse_judgement(RUBRIC, criterion, given) == exact


@pytest.mark.parametrize("given", ["3", "0.33", "1e0", "", "NaN", "२", "-0"])
def test_other_judgements_are_refused_with_the_levels(given: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_judgement(RUBRIC, "P2", given)
    assert refusal.value.facts == {"levels": ["0", "0.5", "1/3"]}


def test_an_unknown_criterion_is_not_found() -> None:
    with pytest.raises(NotFound):
        parse_judgement(RUBRIC, "P3", "1")


def test_the_maximum_of_a_criterion_is_its_best_level() -> None:
    assert [criterion.maximum for criterion in RUBRIC] == [Fraction(2), Fraction(1, 2)]


def test_a_note_is_tidied_and_bounded() -> None:
    assert require_note("  Calm. ") == "Calm."
    assert require_note("x" * 2000) == "x" * 2000
    with pytest.raises(Invalid):
        require_note("x" * 2001)


# ------------------------------------------------------------------------------------- written answers of theory


def test_answers_are_judged_after_the_hand_in_alone() -> None:
    require_handed_in(TaskComponent.THEORY, handed_in=True)
    require_handed_in(TaskComponent.VIVA, handed_in=False)
    with pytest.raises(Conflict) as refusal:
        require_handed_in(TaskComponent.THEORY, handed_in=False)
    assert refusal.value.code == "answers_not_handed_in"


@pytest.mark.parametrize(
    ("maximum", "levels"),
    [
        ("1", ("0", "0.5", "1")),
        ("1.5", ("0", "0.5", "1", "1.5")),
        ("1/3", ("0", "1/3")),
        ("0.75", ("0", "0.5", "0.75")),
    ],
)
def test_marks_are_given_in_halves_up_to_the_maximum(maximum: str, levels: tuple[str, ...]) -> None:
    assert half_marks(Fraction(maximum)) == levels


def paper() -> FormContent:
    """A simple item, an essay, and an item with two essays."""
    two = document(
        "composite",
        [{"id": name, "kind": "extended_text"} for name in ("E1", "E2")],
        [{"part": name} for name in ("E1", "E2")],
        stem=("[[E1]][[E2]]", "[[E1]][[E2]]"),
        marks="2",
    )
    documents = [read(item()), rich("extended_text"), read(two)]
    return FormContent(
        assessment_id="a",
        seed=1,
        limit_seconds=60,
        items=tuple(
            form_item(version_of(one, version_id=f"v{number}")) for number, one in enumerate(documents, 1)
        ),
    )


def test_a_criterion_is_named_by_its_place_in_the_paper() -> None:
    places = {name: (place.version_id, place.part) for name, place in hand_places(paper()).items()}
    assert places == {"Q2": ("v2", "RESPONSE"), "Q3.1": ("v3", "E1"), "Q3.2": ("v3", "E2")}


def test_marks_by_criterion_become_marks_by_part() -> None:
    marks = hand_marks(paper(), {"Q2": "1.5", "Q3.2": "1", "Q9": "7"})
    assert marks == {"v2": {"RESPONSE": Fraction(3, 2)}, "v3": {"E2": Fraction(1)}}


def test_an_answer_is_given_when_there_is_a_text_or_a_file() -> None:
    assert not HandAnswer().given
    assert HandAnswer(text="x").given
