# SPDX-License-Identifier: Apache-2.0
"""What a batch's report on certainty says of its verdicts, to stand beside a single result. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from assessor.analyses.model import ReportKind, ReportState, document_digest
from assessor.analyses.tables import ReportRow
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodReliability:
    """One method's accuracy and consistency of pass and fail, 0 to 1; None each with codes in `reasons`."""

    method: str
    accuracy: float | None
    consistency: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReliability:
    """How far the verdicts of a batch can be relied on, by its newest done report.

    Without `methods` there is a `reason` {code, facts…}: `no_report`, `report_altered`, or why the report has no number.
    """

    report_id: str | None
    made_at: datetime | None
    methods: tuple[MethodReliability, ...] = ()
    reason: Mapping[str, Any] | None = None


def batch_reliability(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> BatchReliability:
    """Of a batch of this agency, or of one that was assessed for this awarding body; of any other there is no report."""
    row = uow.db.scalars(
        select(ReportRow)
        .where(
            ReportRow.batch_id == batch_id,
            ReportRow.kind == ReportKind.CERTAINTY,
            ReportRow.state == ReportState.DONE,
            or_(ReportRow.agency_id == organisation_id, ReportRow.awarding_body_id == organisation_id),
        )
        .order_by(ReportRow.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.document is None:
        return BatchReliability(report_id=None, made_at=None, reason={"code": "no_report"})
    if document_digest(row.document) != row.sha256:
        return BatchReliability(report_id=row.id, made_at=row.ended_at, reason={"code": "report_altered"})
    section = next(one for one in row.document["sections"] if one["id"] == "decisions")
    return BatchReliability(
        report_id=row.id,
        made_at=row.ended_at,
        methods=() if section["table"] is None else _methods(section["table"]),
        reason=section["unavailable"],
    )


def _methods(table: Mapping[str, Any]) -> tuple[MethodReliability, ...]:
    place = {column["code"]: number for number, column in enumerate(table["columns"])}
    return tuple(
        MethodReliability(
            method=row[place["method"]],
            accuracy=row[place["accuracy"]],
            consistency=row[place["consistency"]],
            reasons=tuple(row[place["reasons"]]),
        )
        for row in table["rows"]
    )
