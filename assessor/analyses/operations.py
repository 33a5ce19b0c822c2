# SPDX-License-Identifier: Apache-2.0
"""Commands on reports: ordering, cancelling, and the steps of the job that makes one. The job itself runs in `web`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from assessor.analyses import events
from assessor.analyses.data import BatchData
from assessor.analyses.model import (
    LONGEST_STAGE,
    SILENCE,
    ReportKind,
    ReportState,
    document_digest,
    move_report,
    thousandths,
)
from assessor.analyses.queries import Report, load_report, report_of
from assessor.analyses.tables import ReportRow
from assessor.attempts.operations import require_person
from assessor.results.gathering import code_version
from assessor.scheduling.queries import load_batch
from core import ids
from core.errors import Forbidden, NotFound
from core.identity.model import Role
from core.uow import UnitOfWork

ORDERED_BY = frozenset({Role.MANAGER, Role.INTEGRITY_REVIEWER})
"""Who may order a report, stop one, and read those about the conduct of persons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A report whose turn has come."""

    report_id: str
    batch_id: str
    agency_id: str
    kind: ReportKind


def order_report(uow: UnitOfWork, batch_id: str, *, kind: ReportKind, organisation_id: str) -> Report:
    """Ask for a report on an agency's batch; one of that kind that is already under way is returned as it stands.

    Raises NotFound `batch_unknown`; Forbidden `person_needed`, `manager_or_reviewer_needed`.
    """
    _require_role(uow)
    batch = load_batch(uow, batch_id, organisation_id=organisation_id)
    standing = uow.db.scalar(
        select(ReportRow).where(
            ReportRow.batch_id == batch_id,
            ReportRow.kind == kind,
            ReportRow.state.in_([state for state in ReportState if state.under_way]),
        )
    )
    if standing is not None:
        return report_of(standing, batch)
    row = ReportRow(
        id=ids.new_id(),
        batch_id=batch.id,
        agency_id=batch.agency_id,
        awarding_body_id=batch.awarding_body_id,
        kind=kind,
        state=ReportState.QUEUED,
        ordered_by=uow.actor.id,
        ordered_at=uow.now,
        progress=0,
        stage="",
        cancel_asked=False,
        code="",
        code_version=code_version(),
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(events.ReportOrdered(**_subject(row)))
    return report_of(row, batch)


def cancel_report(uow: UnitOfWork, report_id: str, *, organisation_id: str) -> Report:
    """Take an ordered report back; one that is being made stops at its next step. Repeating it changes nothing.

    Raises NotFound `report_unknown`; Forbidden `person_needed`, `manager_or_reviewer_needed`; Conflict `report_settled`
    (facts state) for one that is done or failed.
    """
    _require_role(uow)
    row, batch = load_report(uow, report_id, organisation_id=organisation_id)
    if row.state is ReportState.CANCELLED or row.cancel_asked:
        return report_of(row, batch)
    move_report(row.state, ReportState.CANCELLED)
    if row.state is ReportState.RUNNING:
        row.cancel_asked = True
        uow.emit(events.ReportCancelAsked(**_subject(row)))
    else:
        _end(uow, row, ReportState.CANCELLED)
    uow.db.flush()
    return report_of(row, batch)


# ------------------------------------------------------------------------------------- the steps of a job


def has_waiting_report(uow: UnitOfWork) -> bool:
    """Whether a report waits for a job; asked often, so it reads no more than that."""
    return uow.db.scalar(select(ReportRow.id).where(_waiting(uow)).limit(1)) is not None


def take_report(uow: UnitOfWork) -> Taken | None:
    """Begin the report that waits longest, or one whose job was cut off; None where there is none."""
    row = uow.db.scalar(
        select(ReportRow).where(_waiting(uow)).order_by(ReportRow.id).limit(1).with_for_update()
    )
    if row is None:
        return None
    if row.state is ReportState.RUNNING:
        if row.cancel_asked:
            _end(uow, row, ReportState.CANCELLED)
            return take_report(uow)
        row.state = move_report(row.state, ReportState.QUEUED)
    row.state = move_report(row.state, ReportState.RUNNING)
    row.started_at = row.beat_at = uow.now
    row.progress, row.stage = 0, ""
    row.code_version = code_version()
    uow.db.flush()
    return Taken(report_id=row.id, batch_id=row.batch_id, agency_id=row.agency_id, kind=row.kind)


def note_progress(uow: UnitOfWork, report_id: str, *, share: float, stage: str) -> bool:
    """How far a report is (0 to 1, and the code of its stage), and that its job lives; whether it is to go on.

    It is not to go on where somebody asked it to stop, or where the report is not being made any more.
    """
    row = uow.db.get(ReportRow, report_id)
    if row is None or row.state is not ReportState.RUNNING:
        return False
    row.progress, row.stage, row.beat_at = thousandths(share), stage[:LONGEST_STAGE], uow.now
    uow.db.flush()
    return not row.cancel_asked


def finish_report(uow: UnitOfWork, report_id: str, *, data: BatchData, document: Mapping[str, Any]) -> None:
    """Keep a report's document with what it was made from; nothing where the report is not being made any more.

    Raises ValueError where the document holds what JSON cannot.
    """
    row = _running(uow, report_id)
    if row is None:
        return
    # As it will be read: a tuple is a list, a number of numpy is refused.
    row.document = json.loads(json.dumps(document, allow_nan=False))
    row.sha256 = document_digest(row.document or {})
    row.made_from, row.batch_closed, row.persons = data.sha256, data.closed, len(data.persons)
    row.progress = thousandths(1.0)
    _end(uow, row, ReportState.DONE)
    uow.emit(
        events.ReportDone(
            **_subject(row),
            made_from=row.made_from,
            sha256=row.sha256,
            batch_closed=row.batch_closed,
            persons=row.persons,
        )
    )


def fail_report(uow: UnitOfWork, report_id: str, *, code: str) -> None:
    """Give a report up for a reason that its page says in words; nothing where it is not being made any more."""
    row = _running(uow, report_id)
    if row is not None:
        row.code = code
        _end(uow, row, ReportState.FAILED)
        uow.emit(events.ReportFailed(**_subject(row), code=code))


def stop_report(uow: UnitOfWork, report_id: str) -> None:
    """End a report that somebody asked to stop; nothing where it is not being made any more."""
    row = _running(uow, report_id)
    if row is not None:
        _end(uow, row, ReportState.CANCELLED)


def put_back_report(uow: UnitOfWork, report_id: str) -> None:
    """Let a report wait again, because the program ends; nothing where it is not being made any more."""
    row = _running(uow, report_id)
    if row is not None:
        row.state = move_report(row.state, ReportState.QUEUED)
        row.started_at = row.beat_at = None
        row.progress, row.stage = 0, ""
        uow.db.flush()


def _waiting(uow: UnitOfWork) -> ColumnElement[bool]:
    return (ReportRow.state == ReportState.QUEUED) | (
        (ReportRow.state == ReportState.RUNNING) & (ReportRow.beat_at <= uow.now - SILENCE)
    )


def _running(uow: UnitOfWork, report_id: str) -> ReportRow | None:
    row = uow.db.get(ReportRow, report_id)
    if row is None:
        raise NotFound("report_unknown")
    return row if row.state is ReportState.RUNNING else None


def _end(uow: UnitOfWork, row: ReportRow, state: ReportState) -> None:
    row.state, row.ended_at = move_report(row.state, state), uow.now
    uow.db.flush()
    if state is ReportState.CANCELLED:
        uow.emit(events.ReportCancelled(**_subject(row)))


def _subject(row: ReportRow) -> dict[str, str]:
    return {
        "organisation_id": row.agency_id,
        "subject_id": row.id,
        "batch_id": row.batch_id,
        "kind": row.kind.value,
    }


def _require_role(uow: UnitOfWork) -> None:
    require_person(uow)
    if not ORDERED_BY & uow.actor.roles:
        raise Forbidden("manager_or_reviewer_needed")
