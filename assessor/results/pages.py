# SPDX-License-Identifier: Apache-2.0
"""Reads that join every slice for a screen of an agency. No learner and no awarding body reads these."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, select

from assessor.attempts import queries as attempts
from assessor.attempts.model import AttemptState
from assessor.attempts.queries import AttemptOverview
from assessor.attempts.tables import AttemptRow
from assessor.marking import queries as marking
from assessor.marking.queries import TaskStanding
from assessor.results import queries as results
from assessor.results.model import HoldState, ResultState
from assessor.results.queries import Hold, ResultSummary
from assessor.results.tables import HoldRow, ResultRow
from assessor.scheduling import queries as scheduling
from assessor.scheduling.model import EntryState
from assessor.scheduling.queries import Batch, Entry, Sitting
from assessor.scheduling.tables import EntryRow, SittingRow
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One entry on a batch's page."""

    entry: Entry
    attempt: AttemptOverview
    tasks: tuple[TaskStanding, ...]
    holds: tuple[Hold, ...]
    result: ResultSummary | None

    @property
    def blocked(self) -> bool:
        """Whether a hold keeps the result from being declared."""
        return any(hold.state.blocks for hold in self.holds)

    @property
    def can_be_declared(self) -> bool:
        """Whether a manager may declare the result now."""
        standing = self.entry.state is EntryState.ENROLLED and not self.blocked
        return standing and self.result is not None and self.result.state is ResultState.PROVISIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage:
    """A batch with its sittings and entries."""

    batch: Batch
    sittings: tuple[Sitting, ...]
    lines: tuple[BatchLine, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many standing entries of a batch are how far; `held` has a hold that is not released.

    `upheld_late`: their hold was confirmed although the result is declared, so that only a person can tell those who have it.
    """

    entries: int = 0
    handed_in: int = 0
    held: int = 0
    provisional: int = 0
    declared: int = 0
    upheld_late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOverview:
    """A batch in a list, with how far its standing entries are."""

    batch: Batch
    sittings: tuple[Sitting, ...]
    counts: Counts


def batch_page(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> BatchPage:
    """An agency's batch with everything that a manager acts on; raises NotFound `batch_unknown`."""
    entries = scheduling.entries_of_batch(uow, batch_id, organisation_id=organisation_id)
    return BatchPage(
        batch=scheduling.batch(uow, batch_id, organisation_id=organisation_id),
        sittings=tuple(scheduling.sittings_of_batches(uow, [batch_id])),
        lines=_lines(uow, entries),
    )


def batch_overviews(uow: UnitOfWork, *, organisation_id: str) -> list[BatchOverview]:
    """An agency's batches with counts, newest first."""
    batches = scheduling.batches(uow, organisation_id=organisation_id)
    sittings = scheduling.sittings_of_batches(uow, [batch.id for batch in batches])
    counts = _counts(uow, organisation_id=organisation_id)
    return [
        BatchOverview(
            batch=batch,
            sittings=tuple(sitting for sitting in sittings if sitting.batch_id == batch.id),
            counts=counts.get(batch.id, Counts()),
        )
        for batch in batches
    ]


def entry_line(uow: UnitOfWork, entry_id: str, *, organisation_id: str) -> BatchLine:
    """One entry of an agency with everything about it; raises NotFound `entry_unknown`."""
    return _lines(uow, [scheduling.entry(uow, entry_id, organisation_id=organisation_id)])[0]


def _lines(uow: UnitOfWork, entries: list[Entry]) -> tuple[BatchLine, ...]:
    ids = [entry.id for entry in entries]
    overviews = attempts.overviews(uow, ids)
    tasks = marking.standings(uow, ids)
    holds = results.holds_of_entries(uow, ids)
    newest = results.newest_results(uow, ids)
    return tuple(
        BatchLine(
            entry=entry,
            attempt=overviews[entry.id],
            tasks=tasks.get(entry.id, ()),
            holds=holds.get(entry.id, ()),
            result=newest.get(entry.id),
        )
        for entry in entries
    )


def _counts(uow: UnitOfWork, *, organisation_id: str) -> dict[str, Counts]:
    def entries_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((condition, EntryRow.id)).distinct())

    query = (
        select(
            SittingRow.batch_id,
            func.count(EntryRow.id.distinct()),
            entries_where(AttemptRow.state == AttemptState.SUBMITTED),
            entries_where(HoldRow.state.in_([state for state in HoldState if state.blocks])),
            entries_where(ResultRow.state == ResultState.PROVISIONAL),
            entries_where(ResultRow.state == ResultState.DECLARED),
            entries_where(
                and_(HoldRow.state == HoldState.CONFIRMED, ResultRow.state == ResultState.DECLARED)
            ),
        )
        .join(EntryRow, EntryRow.sitting_id == SittingRow.id)
        .join(AttemptRow, AttemptRow.entry_id == EntryRow.id)
        .outerjoin(HoldRow, HoldRow.attempt_id == AttemptRow.id)
        .outerjoin(ResultRow, ResultRow.entry_id == EntryRow.id)
        .where(EntryRow.agency_id == organisation_id, EntryRow.state == EntryState.ENROLLED)
        .group_by(SittingRow.batch_id)
    )
    return {batch_id: Counts(*numbers) for batch_id, *numbers in uow.db.execute(query)}
