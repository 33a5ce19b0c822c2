# SPDX-License-Identifier: Apache-2.0
"""Gathers what a result is computed from. The computation itself is `document.compute`, which is pure."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from assessor.attempts.answer_log import answers
from assessor.attempts.lateness import late_of
from assessor.attempts.model import AttemptState, LateState, last_answers
from assessor.attempts.queries import load_attempt_of_entry
from assessor.attempts.tables import AttemptRow
from assessor.forms import queries as forms
from assessor.marking.answers import hand_marks
from assessor.marking.model import TaskComponent, TaskState
from assessor.marking.queries import marks_of_entry, standings
from assessor.marking.rubrics import rubrics_of
from assessor.results.document import Admitted, Computed, Evidence, Judged, Subject, compute, item_outcomes
from assessor.scheduling.model import EntryState
from assessor.scheduling.queries import Entry
from core.errors import Conflict, NotFound
from core.uow import UnitOfWork
from item_bank.api import blueprint, credential_version, scoring_view
from scoring.api import ItemOutcome, ScoringError


def compute_entry(uow: UnitOfWork, entry: Entry) -> Computed | tuple[str, ...]:
    """An entry's result, or what stands in the way: component ids that are not complete, or one error code."""
    if entry.state is EntryState.WITHDRAWN:
        return ("entry_withdrawn",)
    if entry.state is EntryState.ABSENT:
        return ("entry_absent",)
    attempt = load_attempt_of_entry(uow, entry.id)
    missing = _incomplete(uow, entry, attempt)
    if missing:
        return missing
    try:
        return compute(_evidence(uow, entry, attempt))
    except (Conflict, NotFound) as error:
        return (error.code,)


def same_outcome(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two result documents say the same; which version of the program said it plays no part."""
    return {**one, "code_version": None} == {**other, "code_version": None}


def _incomplete(uow: UnitOfWork, entry: Entry, attempt: AttemptRow) -> tuple[str, ...]:
    tasks = standings(uow, [entry.id]).get(entry.id, ())
    open_tasks = [task.component.value for task in tasks if task.state is TaskState.OPEN]
    running = [] if attempt.state is AttemptState.SUBMITTED else [TaskComponent.THEORY.value]
    return tuple(dict.fromkeys(running + open_tasks))


def entry_outcomes(uow: UnitOfWork, entry: Entry) -> dict[str, ItemOutcome]:
    """Every item's outcome with its trace, computed again for an auditor; it quotes answers. By item version, in form order.

    What is not marked yet counts as 0. Raises Conflict `attempt_not_started`, `form_altered`, `result_not_computable`.
    """
    attempt = load_attempt_of_entry(uow, entry.id)
    if attempt.state is AttemptState.CREATED:
        raise Conflict("attempt_not_started")
    try:
        return item_outcomes(_evidence(uow, entry, attempt))
    except ScoringError as error:
        raise Conflict("result_not_computable", cause=error.code) from error


def _evidence(uow: UnitOfWork, entry: Entry, attempt: AttemptRow) -> Evidence:
    definition = forms.assessment(uow, entry.assessment_id, organisation_id=entry.agency_id)
    credential = credential_version(uow, definition.credential_version_id)
    form = forms.unaltered_form(uow, attempt.form_id)
    marks = marks_of_entry(uow, entry.id)
    return Evidence(
        subject=Subject(
            entry_id=entry.id,
            candidate_id=entry.candidate_id,
            attempt_id=attempt.id,
            form_id=form.id,
            form_sha256=form.content.sha256,
        ),
        credential=credential.document,
        credential_sha256=credential.sha256,
        theory_component=blueprint(uow, definition.blueprint_id).blueprint.component,
        form=form.content,
        scoring=scoring_view(uow, {item.version_id: item.sha256 for item in form.content.items}),
        values={
            version_id: answer.value for version_id, answer in last_answers(answers(uow, attempt.id)).items()
        },
        judged={
            component.value: Judged(
                rubric=rubric.criteria,
                marks={criterion: mark.marks for criterion, mark in marks[component].items()},
            )
            for component, rubric in rubrics_of(credential.document).items()
        },
        code_version=code_version(),
        hand=hand_marks(
            form.content,
            {criterion: mark.marks for criterion, mark in marks.get(TaskComponent.THEORY, {}).items()},
        ),
        late=_admitted(uow, attempt),
    )


def _admitted(uow: UnitOfWork, attempt: AttemptRow) -> tuple[Admitted, ...]:
    return tuple(
        Admitted(
            item=one.item_version_id,
            device=one.device,
            seq=one.seq,
            received_at=one.received_at,
            by=one.decided_by or "",
            at=one.decided_at,
            reason=one.reason,
        )
        for one in late_of(uow, attempt)
        if one.state is LateState.ADMITTED and one.decided_at is not None
    )


@lru_cache
def code_version() -> str:
    """The version of this program, as a result records it."""
    try:
        return f"kasauti {version('kasauti')}"
    except PackageNotFoundError:
        return "kasauti (not installed)"
