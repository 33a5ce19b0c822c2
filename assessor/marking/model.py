# SPDX-License-Identifier: Apache-2.0
"""Rules of human marking: which marks a rubric allows, and when a task may be completed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from core.errors import Conflict, Invalid, NotFound
from scoring.api import MarkError, format_mark, parse_mark

MAXIMUM_NOTE = 2_000


class TaskComponent(StrEnum):
    """The components that a person marks; of the theory only the parts that no key can judge."""

    THEORY = "theory"
    PRACTICAL = "practical"
    VIVA = "viva"


class TaskState(StrEnum):
    """Where a marking task stands."""

    OPEN = "open"
    DONE = "done"


class TaskCommand(StrEnum):
    """What an assessor does to a task."""

    RECORD = "record"
    COMPLETE = "complete"


TRANSITIONS: Mapping[tuple[TaskState, TaskCommand], TaskState] = MappingProxyType(
    {
        (TaskState.OPEN, TaskCommand.RECORD): TaskState.OPEN,
        (TaskState.OPEN, TaskCommand.COMPLETE): TaskState.DONE,
        (TaskState.DONE, TaskCommand.COMPLETE): TaskState.DONE,  # sending it twice is the same completion
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One line of a rubric: the PC it judges and the marks that its levels allow, as exact strings."""

    id: str
    pc: str
    levels: tuple[str, ...]

    @property
    def maximum(self) -> Fraction:
        """The marks of the best level."""
        return max(parse_mark(level) for level in self.levels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One judgement; `number` counts the judgements of a task in the order in which they were made."""

    number: int
    criterion_id: str
    marks: str
    assessor_id: str
    at: datetime
    note: str


def decide(
    state: TaskState,
    command: TaskCommand,
    *,
    rubric: Iterable[Criterion],
    marks: Iterable[Mark],
    now: datetime,
    opens_at: datetime,
) -> TaskState:
    """The task's state after `command`, for the rubric and the marks recorded so far.

    Raises Conflict: `task_done`, `marking_not_open` (facts opens_at), `marks_missing` (facts criteria).
    """
    after = TRANSITIONS.get((state, command))
    if after is None:
        raise Conflict("task_done")
    if now < opens_at:
        raise Conflict("marking_not_open", opens_at=opens_at.isoformat())
    if command is TaskCommand.COMPLETE:
        marked = last_marks(marks)
        missing = [criterion.id for criterion in rubric if criterion.id not in marked]
        if missing:
            raise Conflict("marks_missing", criteria=missing)
    return after


def require_handed_in(component: TaskComponent, *, handed_in: bool) -> None:
    """Refuse to judge answers that may still change; raises Conflict `answers_not_handed_in`."""
    if component is TaskComponent.THEORY and not handed_in:
        raise Conflict("answers_not_handed_in")


def last_marks(marks: Iterable[Mark]) -> dict[str, Mark]:
    """The judgement that counts for every criterion: the one made last."""
    last: dict[str, Mark] = {}
    for mark in sorted(marks, key=lambda mark: mark.number):
        last[mark.criterion_id] = mark
    return last


def parse_judgement(rubric: Iterable[Criterion], criterion_id: str, marks: str) -> str:
    """`marks` as the exact string of one of the criterion's levels.

    Raises NotFound `criterion_unknown`, Invalid `mark_not_in_levels` (facts levels).
    """
    criterion = next((line for line in rubric if line.id == criterion_id), None)
    if criterion is None:
        raise NotFound("criterion_unknown")
    try:
        given = parse_mark(marks)
    except MarkError as error:
        raise Invalid("mark_not_in_levels", levels=list(criterion.levels)) from error
    if given not in {parse_mark(level) for level in criterion.levels}:
        raise Invalid("mark_not_in_levels", levels=list(criterion.levels))
    return format_mark(given)


def require_note(note: str) -> str:
    """`note` without surrounding space, at most 2,000 characters; raises Invalid `note_too_long`."""
    text = note.strip()
    if len(text) > MAXIMUM_NOTE:
        raise Invalid("note_too_long", length=len(text), limit=MAXIMUM_NOTE)
    return text
