# SPDX-License-Identifier: Apache-2.0
"""Commands of marking. The acting assessor is the unit of work's actor; results are refreshed by `assessor.api`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import func, select

from assessor.marking import events
from assessor.marking.answers import theory_criteria
from assessor.marking.model import (
    Mark,
    TaskCommand,
    TaskComponent,
    TaskState,
    decide,
    parse_judgement,
    require_handed_in,
    require_note,
)
from assessor.marking.queries import Task, load_task, task_of
from assessor.marking.tables import MarkingTaskRow, MarkRow
from assessor.scheduling.model import require_enrolled
from assessor.scheduling.queries import Entry
from core import ids
from core.uow import UnitOfWork


def create_tasks(uow: UnitOfWork, entry: Entry, *, components: Iterable[TaskComponent]) -> None:
    """Open the marking tasks of a new entry: of these components, and of theory where its paper has parts for a person."""
    theory = (TaskComponent.THEORY,) if theory_criteria(uow, entry.form_id) else ()
    uow.db.add_all(
        MarkingTaskRow(id=ids.new_id(), entry_id=entry.id, component=component, state=TaskState.OPEN)
        for component in (*theory, *components)
    )
    uow.db.flush()


def record_marks(
    uow: UnitOfWork, task_id: str, *, organisation_id: str, marks: Mapping[str, str], note: str = ""
) -> Task:
    """Add the actor's judgements by criterion, with one note; the last one of a criterion counts.

    A judgement that says what is held already is not added again. Raises NotFound `task_unknown`,
    `criterion_unknown`; Invalid `mark_not_in_levels`, `note_too_long`; Conflict `assessor_conflict`, `task_done`,
    `marking_not_open`, `answers_not_handed_in`, `entry_withdrawn`.
    """
    row, task = _act(uow, task_id, TaskCommand.RECORD, organisation_id=organisation_id)
    text = require_note(note)
    held = dict(task.marks)
    last = uow.db.scalar(select(func.max(MarkRow.number)).where(MarkRow.task_id == row.id)) or 0
    for criterion_id, given in marks.items():
        exact = parse_judgement(task.rubric.criteria, criterion_id, given)
        before = held.get(criterion_id)
        if before is not None and (before.marks, before.note) == (exact, text):
            continue
        last += 1
        held[criterion_id] = Mark(
            number=last,
            criterion_id=criterion_id,
            marks=exact,
            assessor_id=uow.actor.id,
            at=uow.now,
            note=text,
        )
        _add_mark(uow, row, held[criterion_id], organisation_id=organisation_id)
    uow.db.flush()
    return replace(task, marks=held)


def complete_task(uow: UnitOfWork, task_id: str, *, organisation_id: str) -> Task:
    """Close a task of which every criterion is judged; repeating it changes nothing.

    Raises NotFound `task_unknown`; Conflict `assessor_conflict`, `marking_not_open`, `answers_not_handed_in`,
    `marks_missing`.
    """
    row, task = _act(uow, task_id, TaskCommand.COMPLETE, organisation_id=organisation_id)
    if row.state is TaskState.DONE:
        return task
    row.state = TaskState.DONE
    row.completed_at = uow.now
    row.completed_by = uow.actor.id
    uow.db.flush()
    uow.emit(
        events.MarkingCompleted(
            organisation_id=organisation_id,
            subject_id=row.id,
            entry_id=row.entry_id,
            component=row.component.value,
        )
    )
    return replace(task, state=row.state, completed_at=row.completed_at)


def _add_mark(uow: UnitOfWork, row: MarkingTaskRow, mark: Mark, *, organisation_id: str) -> None:
    uow.db.add(
        MarkRow(
            task_id=row.id,
            number=mark.number,
            criterion_id=mark.criterion_id,
            marks=mark.marks,
            assessor_id=mark.assessor_id,
            at=mark.at,
            note=mark.note,
        )
    )
    uow.emit(
        events.MarkRecorded(
            organisation_id=organisation_id,
            subject_id=row.id,
            criterion_id=mark.criterion_id,
            number=mark.number,
        )
    )


def _act(
    uow: UnitOfWork, task_id: str, command: TaskCommand, *, organisation_id: str
) -> tuple[MarkingTaskRow, Task]:
    row, entry = load_task(uow, task_id, person_id=uow.actor.id, organisation_id=organisation_id)
    require_enrolled(entry.state)
    task = task_of(uow, row, entry)
    require_handed_in(row.component, handed_in=task.answers is not None)
    decide(
        row.state,
        command,
        rubric=task.rubric.criteria,
        marks=task.marks.values(),
        now=uow.now,
        opens_at=entry.sitting.opens_at,
    )
    return row, task
