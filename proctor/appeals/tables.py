# SPDX-License-Identifier: Apache-2.0
"""Tables of what learners say. Rows are added; of an appeal, the decision is written once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId, enum_column
from proctor.appeals.model import MAXIMUM_TEXT, AppealOutcome, Explanation
from proctor.incidents.model import MAXIMUM_REASON


class ExplanationRow(Base):
    """What a learner said about one incident or one noted alert."""

    __tablename__ = "explanations"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    attempt_id: Mapped[str] = mapped_column(String(26))
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incidents.id"))
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alerts.id"))
    reason: Mapped[Explanation] = mapped_column(enum_column(Explanation))
    text: Mapped[str] = mapped_column(String(MAXIMUM_TEXT))
    at: Mapped[datetime]

    __table_args__ = (
        Index(None, "attempt_id"),
        CheckConstraint("(incident_id IS NULL) <> (alert_id IS NULL)", name="of_one_thing"),
        CheckConstraint("reason <> 'other' OR length(trim(text)) > 0", name="says_something"),
    )


class AppealRow(Base):
    """The one appeal against an upheld incident; decided by none of those who upheld it."""

    __tablename__ = "appeals"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    attempt_id: Mapped[str] = mapped_column(String(26))
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), unique=True)
    text: Mapped[str] = mapped_column(String(MAXIMUM_TEXT))
    asked_at: Mapped[datetime]
    first_reviewer_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    second_reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[AppealOutcome | None] = mapped_column(enum_column(AppealOutcome))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(String(MAXIMUM_REASON))
    reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        Index(None, "attempt_id"),
        Index(None, "organisation_id", "outcome"),
        CheckConstraint("length(trim(text)) > 0", name="says_something"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (reviewer_id IS NULL)"
            " AND (outcome IS NULL) = (length(trim(decision_reason)) = 0)",
            name="decided_whole",
        ),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id <> first_reviewer_id", name="another_than_first"),
        CheckConstraint(
            "reviewer_id IS NULL OR second_reviewer_id IS NULL OR reviewer_id <> second_reviewer_id",
            name="another_than_second",
        ),
    )
