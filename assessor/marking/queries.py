# SPDX-License-Identifier: Apache-2.0
"""Reads of marking; rows stay inside. An assessor sees the tasks of assigned sittings only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from assessor.attempts.uploads import ResponseFile, response_file_data
from assessor.forms import queries as forms
from assessor.marking.answers import HandAnswer, hand_answers, hand_marks, theory_criteria, theory_rubric
from assessor.marking.model import Mark, TaskComponent, TaskState, last_marks
from assessor.marking.rubrics import Rubric, rubrics_of
from assessor.marking.tables import MarkingTaskRow, MarkRow
from assessor.scheduling import queries as scheduling
from assessor.scheduling.model import Duty, require_free_of_conflict
from assessor.scheduling.queries import Entry
from core.blobs import BlobStore
from core.errors import NotFound
from core.uow import UnitOfWork
from item_bank.api import credential_version


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOverview:
    """A marking task in a list; `marked` of its `criteria` are judged."""

    id: str
    component: TaskComponent
    state: TaskState
    entry: Entry
    marked: int
    criteria: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStanding:
    """Whether a component of an entry is marked."""

    id: str
    component: TaskComponent
    state: TaskState
    completed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A marking task with its rubric and, by criterion, the judgement that counts.

    `answers` has what was answered, by criterion, for theory that is handed in; else it is None.
    """

    id: str
    component: TaskComponent
    state: TaskState
    entry: Entry
    rubric: Rubric
    marks: dict[str, Mark]
    completed_at: datetime | None
    answers: dict[str, HandAnswer] | None = None


def tasks_of_assessor(uow: UnitOfWork, person_id: str, *, organisation_id: str) -> list[TaskOverview]:
    """The tasks of the sittings to which an assessor is assigned, by sitting and candidate."""
    sittings = scheduling.sittings_of_person(
        uow, person_id, organisation_id=organisation_id, duty=Duty.ASSESSOR
    )
    entries = {
        entry.id: entry for entry in scheduling.entries_of_sittings(uow, {sitting.id for sitting in sittings})
    }
    rows = list(uow.db.scalars(select(MarkingTaskRow).where(MarkingTaskRow.entry_id.in_(entries))))
    marks = _marks(uow, [row.id for row in rows])
    order = {entry_id: place for place, entry_id in enumerate(entries)}
    rubrics = {entry.assessment_id: _rubrics(uow, entry) for entry in _one_per_assessment(entries.values())}
    papers = {entries[row.entry_id].form_id for row in rows if row.component is TaskComponent.THEORY}
    by_hand = {form_id: theory_criteria(uow, form_id) for form_id in papers}
    counts = {
        row.id: by_hand[entries[row.entry_id].form_id]
        if row.component is TaskComponent.THEORY
        else len(rubrics[entries[row.entry_id].assessment_id][row.component].lines)
        for row in rows
    }
    return [
        TaskOverview(
            id=row.id,
            component=row.component,
            state=row.state,
            entry=entries[row.entry_id],
            marked=len(last_marks(marks.get(row.id, ()))),
            criteria=counts[row.id],
        )
        for row in sorted(rows, key=lambda row: (order[row.entry_id], row.component))
    ]


def task(uow: UnitOfWork, task_id: str, *, person_id: str, organisation_id: str) -> Task:
    """One task for the assessor of its sitting.

    Raises NotFound `task_unknown` (also when not assigned); Conflict `assessor_conflict`.
    """
    row, entry = load_task(uow, task_id, person_id=person_id, organisation_id=organisation_id)
    return task_of(uow, row, entry)


# Built once: every hand-in asks them.
_OPEN = (
    select(MarkingTaskRow.id)
    .where(MarkingTaskRow.entry_id == bindparam("entry_id"), MarkingTaskRow.state == TaskState.OPEN)
    .limit(1)
)
_STANDINGS = (
    select(
        MarkingTaskRow.entry_id,
        MarkingTaskRow.id,
        MarkingTaskRow.component,
        MarkingTaskRow.state,
        MarkingTaskRow.completed_at,
    )
    .where(MarkingTaskRow.entry_id.in_(bindparam("entry_ids", expanding=True)))
    .order_by(MarkingTaskRow.entry_id, MarkingTaskRow.component)
)


def has_open_tasks(uow: UnitOfWork, entry_id: str) -> bool:
    """Whether a person has still to mark something of an entry. Callers have established whose it is."""
    uow.db.flush()
    return uow.db.connection().execute(_OPEN, {"entry_id": entry_id}).first() is not None


def standings(uow: UnitOfWork, entry_ids: Collection[str]) -> dict[str, tuple[TaskStanding, ...]]:
    """How far the marking of some entries is, by entry id. Callers have established whose they are."""
    uow.db.flush()
    found: dict[str, tuple[TaskStanding, ...]] = {}
    for row in uow.db.connection().execute(_STANDINGS, {"entry_ids": list(entry_ids)}):
        standing = TaskStanding(
            id=row.id, component=row.component, state=row.state, completed_at=row.completed_at
        )
        found[row.entry_id] = (*found.get(row.entry_id, ()), standing)
    return found


def marks_of_entry(uow: UnitOfWork, entry_id: str) -> dict[TaskComponent, dict[str, Mark]]:
    """The judgements that count, by component and criterion. Callers have established whose the entry is."""
    rows = list(uow.db.scalars(select(MarkingTaskRow).where(MarkingTaskRow.entry_id == entry_id)))
    marks = _marks(uow, [row.id for row in rows])
    return {row.component: last_marks(marks.get(row.id, ())) for row in rows}


def theory_marks(uow: UnitOfWork, entry_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """The marks that count for theory, by entry and criterion, as exact strings. Callers have established whose they are."""
    query = select(MarkingTaskRow.id, MarkingTaskRow.entry_id).where(
        MarkingTaskRow.entry_id.in_(entry_ids), MarkingTaskRow.component == TaskComponent.THEORY
    )
    tasks = dict(uow.db.execute(query).all())
    return {
        tasks[task_id]: {criterion: mark.marks for criterion, mark in last_marks(marks).items()}
        for task_id, marks in _marks(uow, tasks).items()
    }


def items_marked(uow: UnitOfWork, entry_id: str, *, form_id: str) -> frozenset[str]:
    """The item versions of a theory paper that a person has judged. Callers have established whose the entry is."""
    held = marks_of_entry(uow, entry_id).get(TaskComponent.THEORY, {})
    marks = {criterion: mark.marks for criterion, mark in held.items()}
    return frozenset(hand_marks(forms.form(uow, form_id).content, marks)) if marks else frozenset()


# ------------------------------------------------------------------------------------------ rows to values


def load_task(
    uow: UnitOfWork, task_id: str, *, person_id: str, organisation_id: str
) -> tuple[MarkingTaskRow, Entry]:
    """The row of a task and its entry, for the assessor of the sitting; raises as `task`."""
    row = uow.db.get(MarkingTaskRow, task_id)
    if row is None:
        raise NotFound("task_unknown")
    try:
        entry = scheduling.entry(uow, row.entry_id, organisation_id=organisation_id)
    except NotFound as error:
        raise NotFound("task_unknown") from error
    member = scheduling.assignment(uow, entry.sitting.id, person_id=person_id, duty=Duty.ASSESSOR)
    if member is None:
        raise NotFound("task_unknown")
    require_free_of_conflict(declared=member.conflict_declared)
    return row, entry


def task_of(uow: UnitOfWork, row: MarkingTaskRow, entry: Entry) -> Task:
    """The task that a row holds, with its rubric."""
    return Task(
        id=row.id,
        component=row.component,
        state=row.state,
        entry=entry,
        rubric=_rubric(uow, row, entry),
        marks=last_marks(_marks(uow, [row.id]).get(row.id, ())),
        completed_at=row.completed_at,
        answers=hand_answers(uow, entry.id) if row.component is TaskComponent.THEORY else None,
    )


def answer_file(
    uow: UnitOfWork, task_id: str, file_id: str, *, person_id: str, organisation_id: str, blobs: BlobStore
) -> tuple[ResponseFile, bytes]:
    """A file that is judged in a task, with its bytes, for the assessor of the sitting; the view is logged.

    Raises as `task`; NotFound `answer_file_unknown` for a file that is no answer of this task.
    """
    found = task(uow, task_id, person_id=person_id, organisation_id=organisation_id)
    files = {answer.file.id for answer in (found.answers or {}).values() if answer.file is not None}
    if file_id not in files:
        raise NotFound("answer_file_unknown")
    return response_file_data(uow, file_id, organisation_id=organisation_id, blobs=blobs)


def _rubric(uow: UnitOfWork, row: MarkingTaskRow, entry: Entry) -> Rubric:
    """The rubric of a task; it exists only where there is one, for credentials and sealed forms never change."""
    if row.component is not TaskComponent.THEORY:
        return _rubrics(uow, entry)[row.component]
    rubric = theory_rubric(uow, entry.form_id)
    if rubric is None:
        raise NotFound("task_unknown")
    return rubric


def _rubrics(uow: UnitOfWork, entry: Entry) -> dict[TaskComponent, Rubric]:
    """The rubrics of an entry; a task exists only where there is one, for a live credential never changes."""
    definition = forms.assessment(uow, entry.assessment_id, organisation_id=entry.agency_id)
    return rubrics_of(credential_version(uow, definition.credential_version_id).document)


def _one_per_assessment(entries: Iterable[Entry]) -> Iterable[Entry]:
    return {entry.assessment_id: entry for entry in entries}.values()


def _marks(uow: UnitOfWork, task_ids: Collection[str]) -> dict[str, list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for row in uow.db.scalars(select(MarkRow).where(MarkRow.task_id.in_(task_ids))):
        found.setdefault(row.task_id, []).append(
            Mark(
                number=row.number,
                criterion_id=row.criterion_id,
                marks=row.marks,
                assessor_id=row.assessor_id,
                at=row.at,
                note=row.note,
            )
        )
    return found
