# SPDX-License-Identifier: Apache-2.0
"""Keeping and reading what is known of assessors. Who may assess at which sitting is decided in ``operations``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from assessor.scheduling import events
from assessor.scheduling.assessors import AssessorRecord, BatchAssessor, Proficiency, check_record
from assessor.scheduling.model import Duty, SittingState
from assessor.scheduling.queries import load_batch
from assessor.scheduling.tables import AssessorRecordRow, SittingRow, SittingStaffRow
from core.errors import NotFound
from core.identity import queries as identity
from core.uow import UnitOfWork


def assessor_records(uow: UnitOfWork, person_ids: Collection[str]) -> dict[str, AssessorRecord]:
    """What is known of these people; an empty record of whom nothing is."""
    rows = uow.db.scalars(select(AssessorRecordRow).where(AssessorRecordRow.person_id.in_(person_ids)))
    known = {row.person_id: _record(row) for row in rows}
    return {person_id: known.get(person_id, AssessorRecord()) for person_id in person_ids}


def keep_assessor_record(
    uow: UnitOfWork, person_id: str, *, organisation_id: str, record: AssessorRecord
) -> None:
    """Keep what is known of a member of this agency's staff.

    Raises NotFound `person_unknown`, Invalid `name_malformed`, `toa_unnumbered`, `batch_language_unknown`.
    """
    person = identity.person(uow, person_id)
    if person is None or person.organisation_id != organisation_id:
        raise NotFound("person_unknown")
    check_record(record)
    row = uow.db.get(AssessorRecordRow, person_id)
    if row is not None and _record(row) == record:
        return
    if row is None:
        row = AssessorRecordRow(person_id=person_id)
        uow.db.add(row)
    row.toa_certificate, row.toa_sector = record.toa_certificate, record.toa_sector
    row.toa_valid_until = record.toa_valid_until
    row.languages = {code: level.value for code, level in sorted(record.languages.items())}
    row.changed_at = uow.now
    uow.emit(
        events.AssessorRecordChanged(
            organisation_id=organisation_id,
            subject_id=person_id,
            certified=bool(record.toa_certificate),
            languages=sorted(record.languages),
        )
    )


def assessors_of_batch(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> list[BatchAssessor]:
    """Who assesses at the planned sittings of a batch without a declared conflict, whoever was assigned first at the front.

    Raises NotFound `batch_unknown`.
    """
    batch = load_batch(uow, batch_id, organisation_id=organisation_id)
    language = str(batch.particulars.get("primary_language", ""))
    query = (
        select(SittingStaffRow.person_id, SittingRow.opens_at, SittingRow.time_zone)
        .join(SittingRow, SittingRow.id == SittingStaffRow.sitting_id)
        .where(
            SittingRow.batch_id == batch_id,
            SittingRow.state == SittingState.PLANNED,
            SittingStaffRow.duty == Duty.ASSESSOR,
            SittingStaffRow.conflict_declared.is_(False),
        )
        .order_by(SittingStaffRow.assigned_at, SittingStaffRow.person_id)
    )
    last: dict[str, date] = {}
    for person_id, opens_at, time_zone in uow.db.execute(query):
        day = opens_at.astimezone(ZoneInfo(time_zone)).date()
        last[person_id] = max(day, last.get(person_id, day))
    names, records = identity.names(uow, set(last)), assessor_records(uow, last)
    return [
        BatchAssessor(
            person_id=person_id,
            name=names[person_id],
            standing=records[person_id].standing(day),
            proficiency=records[person_id].languages.get(language),
        )
        for person_id, day in last.items()
    ]


def _record(row: AssessorRecordRow) -> AssessorRecord:
    return AssessorRecord(
        toa_certificate=row.toa_certificate,
        toa_sector=row.toa_sector,
        toa_valid_until=row.toa_valid_until,
        languages={code: Proficiency(level) for code, level in row.languages.items()},
    )
