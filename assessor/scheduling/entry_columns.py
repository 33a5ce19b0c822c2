# SPDX-License-Identifier: Apache-2.0
"""One entry with its sitting as the columns that make it: four mapped rows would cost several times as much.

The statement alone; what becomes of a row is in `queries`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from assessor.scheduling.tables import BatchRow, CandidateRow, EntryRow, SittingRow

COLUMNS = (
    select(
        EntryRow.id,
        EntryRow.agency_id,
        EntryRow.candidate_id,
        CandidateRow.name.label("candidate_name"),
        CandidateRow.language,
        CandidateRow.date_of_birth,
        BatchRow.assessment_id,
        BatchRow.awarding_body_id,
        EntryRow.form_id,
        EntryRow.extra_minutes,
        EntryRow.state,
        EntryRow.code_issued_at,
        EntryRow.agency_number,
        EntryRow.try_number,
        EntryRow.previous_entry_id,
        EntryRow.pathway,
        EntryRow.accommodations,
        SittingRow.id.label("sitting_id"),
        SittingRow.batch_id,
        BatchRow.name.label("batch_name"),
        BatchRow.agency_id.label("batch_agency_id"),
        SittingRow.place,
        SittingRow.time_zone,
        SittingRow.opens_at,
        SittingRow.closes_at,
        SittingRow.proctored,
        SittingRow.retention_days,
        SittingRow.training_partner,
        SittingRow.state.label("sitting_state"),
        SittingRow.cancelled_reason,
    )
    .join(CandidateRow, CandidateRow.id == EntryRow.candidate_id)
    .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
    .join(BatchRow, BatchRow.id == SittingRow.batch_id)
)

SAME: Final = (
    "id",
    "agency_id",
    "candidate_id",
    "candidate_name",
    "language",
    "date_of_birth",
    "assessment_id",
    "awarding_body_id",
    "form_id",
    "extra_minutes",
    "state",
    "code_issued_at",
    "try_number",
    "previous_entry_id",
    "pathway",
)
"""The columns that are members of an `Entry` as they stand."""

SAME_OF_SITTING: Final = (
    "batch_id",
    "batch_name",
    "place",
    "time_zone",
    "opens_at",
    "closes_at",
    "proctored",
    "retention_days",
    "training_partner",
    "cancelled_reason",
)
"""The columns that are members of its `Sitting` as they stand."""
