# SPDX-License-Identifier: Apache-2.0
"""From an entry to its result, or to what stands in the way. The computation itself is `document.compute`, which is pure."""

from __future__ import annotations

from typing import Any

from assessor.attempts.model import AttemptState
from assessor.attempts.queries import load_attempt_of_entry
from assessor.attempts.tables import AttemptRow
from assessor.marking.model import TaskComponent, TaskState
from assessor.marking.queries import standings
from assessor.results.document import Computed, compute, item_outcomes
from assessor.results.gathering import Gatherer, code_version
from assessor.scheduling.model import EntryState
from assessor.scheduling.names import ERASED_NAME
from assessor.scheduling.queries import Entry
from core.errors import Conflict, NotFound
from core.uow import UnitOfWork
from scoring.api import ItemOutcome, ScoringError

__all__ = ["code_version", "compute_entry", "entry_outcomes", "same_outcome"]


def compute_entry(
    uow: UnitOfWork, entry: Entry, gatherer: Gatherer | None = None
) -> Computed | tuple[str, ...]:
    """An entry's result, or what stands in the way: component ids that are not complete, or one error code."""
    if entry.candidate_name == ERASED_NAME:
        return ("entry_erased",)
    if entry.state is EntryState.WITHDRAWN:
        return ("entry_withdrawn",)
    if entry.state is EntryState.ABSENT:
        return ("entry_absent",)
    attempt = load_attempt_of_entry(uow, entry.id)
    missing = _incomplete(uow, entry, attempt)
    if missing:
        return missing
    try:
        return compute((gatherer or Gatherer(uow)).evidence(entry, attempt))
    except (Conflict, NotFound) as error:
        return (error.code,)


def same_outcome(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two result documents say the same; which version of the program said it plays no part.

    Nor does a correction of a key that changes nothing for this person.
    """
    silent = {"code_version": None, "corrections": None}
    return {**one, **silent} == {**other, **silent}


def _incomplete(uow: UnitOfWork, entry: Entry, attempt: AttemptRow) -> tuple[str, ...]:
    tasks = standings(uow, [entry.id]).get(entry.id, ())
    open_tasks = [task.component.value for task in tasks if task.state is TaskState.OPEN]
    running = [] if attempt.state is AttemptState.SUBMITTED else [TaskComponent.THEORY.value]
    return tuple(dict.fromkeys(running + open_tasks))


def entry_outcomes(uow: UnitOfWork, entry: Entry) -> dict[str, ItemOutcome]:
    """Every item's outcome with its trace, computed again for an auditor; it quotes answers. By item version, in form order.

    What is not marked yet counts as 0. Raises Conflict `attempt_not_started`, `entry_erased`, `form_altered`,
    `result_not_computable`.
    """
    if entry.candidate_name == ERASED_NAME:
        raise Conflict("entry_erased")
    attempt = load_attempt_of_entry(uow, entry.id)
    if attempt.state is AttemptState.CREATED:
        raise Conflict("attempt_not_started")
    try:
        return item_outcomes(Gatherer(uow).evidence(entry, attempt))
    except ScoringError as error:
        raise Conflict("result_not_computable", cause=error.code) from error
