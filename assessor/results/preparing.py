# SPDX-License-Identifier: Apache-2.0
"""Puts a computed result in its place: the row, the one before superseded, the score record. Computing lives elsewhere."""

from __future__ import annotations

from assessor.results import events
from assessor.results.document import Computed
from assessor.results.model import ResultState, supersede
from assessor.results.queries import result_of_entry
from assessor.results.records import append_record
from assessor.results.tables import ResultRow
from assessor.scheduling.queries import Entry
from core import ids
from core.uow import UnitOfWork


def prepare(
    uow: UnitOfWork, entry: Entry, computed: Computed, *, correction_id: str | None = None
) -> ResultRow:
    """A new provisional result with its record; an earlier provisional one is superseded."""
    before = result_of_entry(uow, entry.id, state=ResultState.PROVISIONAL)
    if before is not None:
        replace_result(uow, before, correction_id=correction_id)
    row = ResultRow(
        id=ids.new_id(),
        entry_id=entry.id,
        agency_id=entry.agency_id,
        awarding_body_id=entry.awarding_body_id,
        state=ResultState.PROVISIONAL,
        passed=computed.passed,
        document=computed.document,
        sha256=computed.sha256,
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    append_record(uow, entry, result_id=row.id, replay=computed.replay)
    uow.emit(
        events.ResultPrepared(
            organisation_id=entry.agency_id, subject_id=row.id, entry_id=entry.id, sha256=row.sha256
        )
    )
    return row


def replace_result(uow: UnitOfWork, row: ResultRow, *, correction_id: str | None = None) -> None:
    """Supersede a result; raises Conflict `result_superseded` for one that is superseded already."""
    row.state = supersede(row.state)
    row.corrected_by_id = correction_id
    uow.db.flush()  # before the successor: an entry has one result of each standing
    uow.emit(events.ResultSuperseded(organisation_id=row.agency_id, subject_id=row.id, entry_id=row.entry_id))
