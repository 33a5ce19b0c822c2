# SPDX-License-Identifier: Apache-2.0
"""Marking on a real database: the rubric, who may mark, and when."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from assessor import api
from assessor.marking.tables import MarkRow
from core.errors import Conflict, Invalid, NotFound
from tests.db.results import PRACTICAL, VIVA
from tests.unit.assessor.world import OPENS, World, refused


def test_an_assessor_marks_every_criterion_and_completes(world: World) -> None:
    enrolled = world.sat()
    task_id = world.tasks(enrolled)[VIVA]
    agency = world.ids.agency
    with world.store.write(world.assessor) as uow:
        task = api.record_marks(
            uow, task_id, organisation_id=agency, marks={"PC1-V1": "1"}, note=" Knew the parts. "
        )
        assert task.marks["PC1-V1"].note == "Knew the parts."
        with refused(Conflict, "marks_missing") as info:
            api.complete_task(uow, task_id, organisation_id=agency)
        assert info.value.facts == {"criteria": [f"PC{number}-V1" for number in range(2, 7)]}
        for number in range(2, 7):
            api.record_marks(uow, task_id, organisation_id=agency, marks={f"PC{number}-V1": "2"})
        task = api.record_marks(uow, task_id, organisation_id=agency, marks={"PC1-V1": "2.0"})
        assert task.marks["PC1-V1"].marks == "2"
        done = api.complete_task(uow, task_id, organisation_id=agency)
        assert done.state is api.TaskState.DONE
        assert api.complete_task(uow, task_id, organisation_id=agency) == done
        with refused(Conflict, "task_done"):
            api.record_marks(uow, task_id, organisation_id=agency, marks={"PC1-V1": "0"})
        assert len(list(uow.db.scalars(select(MarkRow).where(MarkRow.task_id == task_id)))) == 7


def test_a_form_that_is_sent_again_adds_only_what_is_different(world: World) -> None:
    task_id = world.tasks(world.enrol())[VIVA]
    sent = [
        ({"PC1-V1": "1", "PC2-V1": "2"}, "Calm.", {"PC1-V1": 1, "PC2-V1": 2}),
        ({"PC1-V1": "1", "PC2-V1": "2.0"}, " Calm. ", {"PC1-V1": 1, "PC2-V1": 2}),
        ({"PC1-V1": "2", "PC2-V1": "2"}, "Calm.", {"PC1-V1": 3, "PC2-V1": 2}),
    ]
    for marks, note, numbers in sent:
        with world.store.write(world.assessor) as uow:
            task = api.record_marks(uow, task_id, organisation_id=world.ids.agency, marks=marks, note=note)
        assert {criterion: mark.number for criterion, mark in task.marks.items()} == numbers
        with world.store.read(world.assessor) as uow:
            assert task == api.task(
                uow, task_id, person_id=world.ids.assessor, organisation_id=world.ids.agency
            )


@pytest.mark.parametrize(
    ("criterion", "marks", "error", "code"),
    [
        ("PC1-V1", "3", Invalid, "mark_not_in_levels"),
        ("PC1-V1", "1.5", Invalid, "mark_not_in_levels"),
        ("PC1-V1", "-1", Invalid, "mark_not_in_levels"),
        ("PC1-V1", "two", Invalid, "mark_not_in_levels"),
        ("PC1-P1", "1", NotFound, "criterion_unknown"),
        ("", "1", NotFound, "criterion_unknown"),
    ],
)
def test_marks_outside_the_rubric_are_refused(
    world: World, criterion: str, marks: str, error: type[Invalid | NotFound], code: str
) -> None:
    task_id = world.tasks(world.enrol())[VIVA]
    with refused(error, code), world.store.write(world.assessor) as uow:
        api.record_marks(uow, task_id, organisation_id=world.ids.agency, marks={criterion: marks})


def test_a_note_has_its_limit(world: World) -> None:
    task_id = world.tasks(world.enrol())[VIVA]
    with refused(Invalid, "note_too_long"), world.store.write(world.assessor) as uow:
        api.record_marks(
            uow,
            task_id,
            organisation_id=world.ids.agency,
            marks={"PC1-V1": "1"},
            note="x" * 2001,
        )


def test_nobody_is_marked_before_the_window_opens(world: World) -> None:
    task_id = world.tasks(world.enrol())[PRACTICAL]
    world.clock.advance((OPENS - world.clock.now()).total_seconds() - 1)
    with refused(Conflict, "marking_not_open") as info, world.store.write(world.assessor) as uow:
        api.record_marks(uow, task_id, organisation_id=world.ids.agency, marks={"PC1-P1": "1"})
    assert info.value.facts == {"opens_at": OPENS.isoformat()}


def test_only_an_assigned_assessor_without_conflict_marks(world: World) -> None:
    enrolled = world.enrol()
    task_id = world.tasks(enrolled)[VIVA]
    agency = world.ids.agency
    for person in (world.ids.second_assessor, world.ids.manager):
        with world.store.write(world.staff(person)) as uow:
            with refused(NotFound, "task_unknown"):
                api.task(uow, task_id, person_id=person, organisation_id=agency)
            with refused(NotFound, "task_unknown"):
                api.record_marks(uow, task_id, organisation_id=agency, marks={"PC1-V1": "1"})
    other, stranger = world.ids.other_agency, world.ids.stranger
    with (
        refused(NotFound, "task_unknown"),
        world.store.read(world.staff(stranger, organisation_id=other)) as uow,
    ):
        api.task(uow, task_id, person_id=stranger, organisation_id=other)
    with world.store.write(world.manager) as uow:
        api.declare_conflict(
            uow,
            world.ids.sitting,
            organisation_id=agency,
            person_id=world.ids.assessor,
            duty=api.Duty.ASSESSOR,
        )
    with refused(Conflict, "assessor_conflict"), world.store.write(world.assessor) as uow:
        api.record_marks(uow, task_id, organisation_id=agency, marks={"PC1-V1": "1"})


def test_an_unknown_task_is_not_found(world: World) -> None:
    with refused(NotFound, "task_unknown"), world.store.read(world.assessor) as uow:
        api.task(uow, "0" * 26, person_id=world.ids.assessor, organisation_id=world.ids.agency)


def test_a_withdrawn_candidate_is_not_marked(world: World) -> None:
    enrolled = world.enrol()
    task_id = world.tasks(enrolled)[VIVA]
    with world.store.write(world.manager) as uow:
        api.withdraw_entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
    with refused(Conflict, "entry_withdrawn"), world.store.write(world.assessor) as uow:
        api.record_marks(uow, task_id, organisation_id=world.ids.agency, marks={"PC1-V1": "1"})


def test_an_assessor_sees_the_tasks_of_assigned_sittings_with_how_far_they_are(world: World) -> None:
    enrolled = world.sat()
    world.mark(world.tasks(enrolled)[VIVA])
    with world.store.read(world.assessor) as uow:
        found = api.tasks_of_assessor(uow, world.ids.assessor, organisation_id=world.ids.agency)
    assert [(task.component, task.state, task.marked, task.criteria) for task in found] == [
        (PRACTICAL, api.TaskState.OPEN, 0, 12),
        (VIVA, api.TaskState.DONE, 6, 6),
    ]
    with world.store.read(world.staff(world.ids.second_assessor)) as uow:
        assert api.tasks_of_assessor(uow, world.ids.second_assessor, organisation_id=world.ids.agency) == []
