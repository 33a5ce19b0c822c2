# SPDX-License-Identifier: Apache-2.0
"""Reads of reports, and whether a batch is closed; rows stay inside. What a report is made from is read in `gathering`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import defer

from assessor.analyses.model import (
    WHOLE,
    BatchStanding,
    ReportKind,
    ReportState,
    document_digest,
    person_label,
)
from assessor.analyses.tables import ReportRow
from assessor.attempts.model import AttemptState
from assessor.attempts.tables import AttemptRow, LateDecisionRow
from assessor.results.tables import ResultRow
from assessor.scheduling.model import EntryState, SittingState
from assessor.scheduling.queries import load_batch
from assessor.scheduling.tables import BatchRow, EntryRow, SittingRow
from core.errors import Conflict, NotFound
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report without its document.

    `share` is how much is done, 0 to 1; `stage` the code of what is being done. Of a done report, `made_from` is the hash of
    its data, `persons` how many attempts they hold, `batch_closed` whether nobody could answer any more. `code` says why one
    failed. `stopping`: it is being made, and somebody asked it to stop.
    """

    id: str
    batch_id: str
    batch_name: str
    agency_id: str
    awarding_body_id: str
    kind: ReportKind
    state: ReportState
    ordered_by: str
    ordered_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    share: float
    stage: str
    stopping: bool
    made_from: str | None
    batch_closed: bool | None
    persons: int | None
    code: str
    code_version: str

    @property
    def certified(self) -> bool:
        """Done, of a closed batch: what it says of the batch is final."""
        return self.state is ReportState.DONE and self.batch_closed is True


@dataclass(frozen=True, slots=True, kw_only=True)
class KindStanding:
    """One kind of report on a batch: the newest order, and the newest that can be read; often the same one.

    `outdated`: attempts, decisions or results of the batch have changed since the readable one was made.
    """

    kind: ReportKind
    newest: Report | None
    readable: Report | None
    outdated: bool


def report(uow: UnitOfWork, report_id: str, *, organisation_id: str) -> Report:
    """One report of an agency; raises NotFound `report_unknown`."""
    return report_of(*load_report(uow, report_id, organisation_id=organisation_id))


def report_document(
    uow: UnitOfWork, report_id: str, *, organisation_id: str
) -> tuple[Report, dict[str, Any]]:
    """A done report of an agency with its document.

    Raises NotFound `report_unknown`; Conflict `report_not_done` (facts state), `report_altered` where the document does not
    make its hash.
    """
    row, batch = load_report(uow, report_id, organisation_id=organisation_id)
    return report_of(row, batch), _document(row)


def report_of_body(
    uow: UnitOfWork, report_id: str, *, awarding_body_id: str
) -> tuple[Report, dict[str, Any]]:
    """A done report on a credential of an awarding body with its document; none about the conduct of persons.

    Raises NotFound `report_unknown`; Conflict `report_altered`.
    """
    row = uow.db.get(ReportRow, report_id)
    if (
        row is None
        or row.awarding_body_id != awarding_body_id
        or row.state is not ReportState.DONE
        or row.kind.about_conduct
    ):
        raise NotFound("report_unknown")
    return report_of(row, uow.db.get_one(BatchRow, row.batch_id)), _document(row)


def reports_of_batch(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> list[KindStanding]:
    """Where every kind of report on an agency's batch stands, in the order of the kinds; raises NotFound `batch_unknown`."""
    load_batch(uow, batch_id, organisation_id=organisation_id)
    found = _without_documents(uow, _reports().where(ReportRow.batch_id == batch_id))
    changed_at = _changed_at(uow, batch_id)
    standings = []
    for kind in ReportKind:
        own = [one for one in found if one.kind is kind]
        readable = next((one for one in own if one.state is ReportState.DONE), None)
        began = None if readable is None else readable.started_at
        standings.append(
            KindStanding(
                kind=kind,
                newest=own[0] if own else None,
                readable=readable,
                outdated=began is not None and changed_at is not None and changed_at > began,
            )
        )
    return standings


def reports_of_body(uow: UnitOfWork, awarding_body_id: str) -> list[Report]:
    """The newest done report of each kind and batch on an awarding body's credentials, newest first; none about conduct."""
    query = _reports().where(
        ReportRow.awarding_body_id == awarding_body_id,
        ReportRow.state == ReportState.DONE,
        ReportRow.kind.in_([kind for kind in ReportKind if not kind.about_conduct]),
    )
    newest: dict[tuple[str, ReportKind], Report] = {}
    for one in _without_documents(uow, query):
        newest.setdefault((one.batch_id, one.kind), one)
    return list(newest.values())


def batch_standing(uow: UnitOfWork, batch_id: str) -> BatchStanding:
    """How far the entries and sittings of a batch are now. Callers have established whose it is."""

    def entries(state: EntryState) -> Any:
        return func.count(case((EntryRow.state == state, EntryRow.id)))

    handed_in = case(
        (
            (EntryRow.state == EntryState.ENROLLED) & (AttemptRow.state == AttemptState.SUBMITTED),
            EntryRow.id,
        )
    )
    counted = uow.db.execute(
        select(
            func.count(EntryRow.id),
            func.count(handed_in),
            entries(EntryState.ABSENT),
            entries(EntryState.WITHDRAWN),
        )
        .select_from(EntryRow)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
        .outerjoin(AttemptRow, AttemptRow.entry_id == EntryRow.id)
        .where(SittingRow.batch_id == batch_id)
    ).one()
    still_open = uow.db.scalar(
        select(func.count(SittingRow.id)).where(
            SittingRow.batch_id == batch_id,
            SittingRow.state == SittingState.PLANNED,
            SittingRow.closes_at > uow.now,
        )
    )
    everybody, done, absent, withdrawn = counted
    return BatchStanding(
        entries=everybody,
        handed_in=done,
        absent=absent,
        withdrawn=withdrawn,
        open_sittings=still_open or 0,
    )


def person_labels(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> dict[str, str]:
    """What reports call each entry of an agency's batch, by entry id; raises NotFound `batch_unknown`."""
    load_batch(uow, batch_id, organisation_id=organisation_id)
    return labels_of(uow, batch_id)


def labels_of(uow: UnitOfWork, batch_id: str) -> dict[str, str]:
    """The labels of a batch's entries in the order of their enrolment, by entry id. Callers know whose the batch is."""
    query = select(EntryRow.id).join(SittingRow, SittingRow.id == EntryRow.sitting_id)
    found = uow.db.scalars(query.where(SittingRow.batch_id == batch_id).order_by(EntryRow.id)).all()
    return {entry_id: person_label(number, of=len(found)) for number, entry_id in enumerate(found, 1)}


# ------------------------------------------------------------------------------------------ rows to values


def load_report(uow: UnitOfWork, report_id: str, *, organisation_id: str) -> tuple[ReportRow, BatchRow]:
    """The rows of an agency's report and its batch, for this slice; raises NotFound `report_unknown`."""
    row = uow.db.get(ReportRow, report_id)
    if row is None or row.agency_id != organisation_id:
        raise NotFound("report_unknown")
    return row, uow.db.get_one(BatchRow, row.batch_id)


def report_of(row: ReportRow, batch: BatchRow) -> Report:
    """The report that a row holds."""
    return Report(
        id=row.id,
        batch_id=row.batch_id,
        batch_name=batch.name,
        agency_id=row.agency_id,
        awarding_body_id=row.awarding_body_id,
        kind=row.kind,
        state=row.state,
        ordered_by=row.ordered_by,
        ordered_at=row.ordered_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        share=row.progress / WHOLE,
        stage=row.stage,
        stopping=row.cancel_asked and row.state is ReportState.RUNNING,
        made_from=row.made_from,
        batch_closed=row.batch_closed,
        persons=row.persons,
        code=row.code,
        code_version=row.code_version,
    )


def _document(row: ReportRow) -> dict[str, Any]:
    if row.document is None:
        raise Conflict("report_not_done", state=row.state.value)
    if document_digest(row.document) != row.sha256:
        raise Conflict("report_altered")
    return row.document


def _reports() -> Select[ReportRow, BatchRow]:
    return select(ReportRow, BatchRow).join(BatchRow, BatchRow.id == ReportRow.batch_id)


def _without_documents(uow: UnitOfWork, query: Select[ReportRow, BatchRow]) -> list[Report]:
    """Newest first; a document may have megabytes, and no list shows one."""
    rows = uow.db.execute(query.options(defer(ReportRow.document)).order_by(ReportRow.id.desc()))
    return [report_of(row, batch) for row, batch in rows]


def _changed_at(uow: UnitOfWork, batch_id: str) -> datetime | None:
    """When an attempt of a batch ended last, a late answer was decided or a result was computed; None before all that."""
    ended, decided, computed = uow.db.execute(
        select(
            func.max(AttemptRow.ended_at),
            func.max(LateDecisionRow.decided_at),
            func.max(ResultRow.created_at),
        )
        .select_from(EntryRow)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
        .join(AttemptRow, AttemptRow.entry_id == EntryRow.id)
        .outerjoin(LateDecisionRow, LateDecisionRow.attempt_id == AttemptRow.id)
        .outerjoin(ResultRow, ResultRow.entry_id == EntryRow.id)
        .where(SittingRow.batch_id == batch_id)
    ).one()
    return max((at for at in (ended, decided, computed) if at is not None), default=None)
