# SPDX-License-Identifier: Apache-2.0
"""Commands of marking. The acting assessor is the unit of work's actor; results are refreshed by `assessor.api`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from assessor.marking import events
from assessor.marking.model import (
    TaskCommand,
    TaskComponent,
    TaskState,
    decide,
    parse_judgement,
    require_note,
)
from assessor.marking.queries import Task, load_task, task_of
from assessor.marking.tables import MarkingTaskRow, MarkRow
from assessor.scheduling.model import require_enrolled
from assessor.scheduling.queries import Entry
from core import ids
from core.uow import UnitOfWork


def create_tasks(uow: UnitOfWork, entry: Entry, *, components: Iterable[TaskComponent]) -> None:
    """Open the marking tasks of a new entry."""
    uow.db.add_all(
        MarkingTaskRow(id=ids.new_id(), entry_id=entry.id, component=component, state=TaskState.OPEN)
        for component in components
    )
    uow.db.flush()


def record_mark(
    uow: UnitOfWork, task_id: str, *, organisation_id: str, criterion_id: str, marks: str, note: str = ""
) -> Task:
    """Add the actor's judgement of one criterion; the last one counts.

    Raises NotFound `task_unknown`, `criterion_unknown`; Invalid `mark_not_in_levels`, `note_too_long`; Conflict
    `assessor_conflict`, `task_done`, `marking_not_open`.
    """
    row, task = _act(uow, task_id, TaskCommand.RECORD, organisation_id=organisation_id)
    exact = parse_judgement(task.rubric.criteria, criterion_id, marks)
    number = (uow.db.scalar(select(func.max(MarkRow.number)).where(MarkRow.task_id == row.id)) or 0) + 1
    uow.db.add(
        MarkRow(
            task_id=row.id,
            number=number,
            criterion_id=criterion_id,
            marks=exact,
            assessor_id=uow.actor.id,
            at=uow.now,
            note=require_note(note),
        )
    )
    uow.db.flush()
    uow.emit(
        events.MarkRecorded(
            organisation_id=organisation_id, subject_id=row.id, criterion_id=criterion_id, number=number
        )
    )
    return task_of(uow, row, task.entry)


def complete_task(uow: UnitOfWork, task_id: str, *, organisation_id: str) -> Task:
    """Close a task of which every criterion is judged; repeating it changes nothing.

    Raises NotFound `task_unknown`; Conflict `assessor_conflict`, `marking_not_open`, `marks_missing`.
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
    return task_of(uow, row, task.entry)


def _act(
    uow: UnitOfWork, task_id: str, command: TaskCommand, *, organisation_id: str
) -> tuple[MarkingTaskRow, Task]:
    row, entry = load_task(uow, task_id, person_id=uow.actor.id, organisation_id=organisation_id)
    require_enrolled(entry.state)
    task = task_of(uow, row, entry)
    decide(
        row.state,
        command,
        rubric=task.rubric.criteria,
        marks=task.marks.values(),
        now=uow.now,
        opens_at=entry.sitting.opens_at,
    )
    return row, task
