# SPDX-License-Identifier: Apache-2.0
"""The rubric of a component, read off a credential document. Pure; judging by it is in `model`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessor.marking.model import Criterion, TaskComponent
from item_bank.api import CredentialDocument, Level, LocalText, PracticalCriterion, VivaQuestion
from scoring.api import format_mark


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricLevel:
    """One level of a line: its marks as an exact string, and what it looks like."""

    marks: str
    text: LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricLine:
    """A criterion to observe or a question to ask; `expected` is what a good answer holds, for a viva."""

    criterion: Criterion
    text: LocalText
    expected: LocalText | None
    levels: tuple[RubricLevel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """How a component is marked; `task` is what the learner is set to do, for a practical."""

    component: TaskComponent
    task: LocalText | None
    lines: tuple[RubricLine, ...]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The lines as the rules of marking need them."""
        return tuple(line.criterion for line in self.lines)

    @property
    def maximum(self) -> Fraction:
        """The marks of the best level in every line."""
        return sum((criterion.maximum for criterion in self.criteria), Fraction(0))


def rubric_of(document: CredentialDocument, component: TaskComponent) -> Rubric | None:
    """The rubric of a component, or None where the credential has none; that of theory lies in its paper (`answers`)."""
    if component is TaskComponent.THEORY or document.component(component.value) is None:
        return None
    if component is TaskComponent.VIVA:
        return _rubric(component, document.viva, task=None)
    if document.practical is None:
        return None
    return _rubric(component, document.practical.criteria, task=document.practical.task)


def rubrics_of(document: CredentialDocument) -> dict[TaskComponent, Rubric]:
    """The rubrics of every component that a person marks, in the order of the document."""
    order = [part.id for part in document.components]
    found = [rubric_of(document, component) for component in TaskComponent]
    known = [rubric for rubric in found if rubric is not None]
    return {rubric.component: rubric for rubric in sorted(known, key=lambda one: order.index(one.component))}


def _rubric(
    component: TaskComponent,
    parts: Sequence[PracticalCriterion | VivaQuestion],
    *,
    task: LocalText | None,
) -> Rubric | None:
    lines = tuple(
        RubricLine(
            criterion=Criterion(id=part.id, pc=part.pc, levels=_marks(part.levels)),
            text=part.text,
            expected=part.expected if isinstance(part, VivaQuestion) else None,
            levels=tuple(
                RubricLevel(marks=format_mark(level.marks), text=level.text) for level in part.levels
            ),
        )
        for part in parts
    )
    return Rubric(component=component, task=task, lines=lines) if lines else None


def _marks(levels: Sequence[Level]) -> tuple[str, ...]:
    return tuple(format_mark(level.marks) for level in levels)
