# SPDX-License-Identifier: Apache-2.0
"""Tables of incidents and of what people found about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId, enum_column
from proctor.incidents.model import MAXIMUM_REASON, DecidedUnder, IncidentState, Origin, Verdict
from proctor.rules.alerts import AlertEnd, RuleName
from proctor.rules.catalogue import INCIDENT_RULES

_BY_MACHINE = ", ".join(f"'{rule.value}'" for rule in INCIDENT_RULES)


class IncidentRow(Base):
    """One alert or observation that people must decide about.

    What the machine said of it is written once at each end of the alert. Upheld means that two different people said
    so, but for what was decided under one reviewer, before that was asked for.
    """

    __tablename__ = "incidents"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("proctoring_sessions.id"))
    sitting_id: Mapped[str] = mapped_column(String(26))
    attempt_id: Mapped[str] = mapped_column(String(26))
    rule: Mapped[RuleName | None] = mapped_column(enum_column(RuleName))
    number: Mapped[int]
    state: Mapped[IncidentState] = mapped_column(enum_column(IncidentState))
    cause: Mapped[str | None] = mapped_column(String(20))
    onset_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[AlertEnd | None] = mapped_column(enum_column(AlertEnd))
    raised_numbers: Mapped[dict[str, float]] = mapped_column(JSON)
    final_numbers: Mapped[dict[str, float] | None] = mapped_column(JSON(none_as_null=True))
    thresholds: Mapped[dict[str, float]] = mapped_column(JSON)
    rule_version: Mapped[str] = mapped_column(String(20))
    model_sha256: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    origin: Mapped[Origin] = mapped_column(enum_column(Origin), server_default=Origin.RULE.value)
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alerts.id"), unique=True)
    validated: Mapped[bool] = mapped_column(server_default=true())
    raised_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    raised_reason: Mapped[str] = mapped_column(String(MAXIMUM_REASON), server_default="")
    first_reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    second_reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    decided_under: Mapped[DecidedUnder] = mapped_column(
        enum_column(DecidedUnder), server_default=DecidedUnder.ONE_REVIEWER.value
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        UniqueConstraint("session_id", "rule", "number"),
        Index(None, "organisation_id", "state", "id"),
        Index(None, "attempt_id"),
        Index(None, "sitting_id"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        CheckConstraint("raised_at >= onset_at", name="raised_after_onset"),
        CheckConstraint("ended_at IS NULL OR ended_at >= onset_at", name="ended_after_onset"),
        CheckConstraint(
            "(ended_at IS NULL AND ended_because IS NULL AND final_numbers IS NULL)"
            " OR (ended_at IS NOT NULL AND ended_because IS NOT NULL AND final_numbers IS NOT NULL)",
            name="ended_whole",
        ),
        CheckConstraint(
            "(state IN ('open', 'proposed')) = (decided_at IS NULL)",
            name="decided_once_closed",
        ),
        CheckConstraint("(origin = 'person') = (rule IS NULL)", name="rule_or_person"),
        CheckConstraint("(origin = 'note') = (alert_id IS NOT NULL)", name="noted_before"),
        CheckConstraint(f"origin <> 'rule' OR rule IN ({_BY_MACHINE})", name="no_note_by_machine"),
        CheckConstraint(
            "(origin = 'rule') = (raised_by IS NULL) AND (origin = 'rule') = (length(trim(raised_reason)) = 0)",
            name="raised_with_reason",
        ),
        CheckConstraint(
            "decided_under = 'two_reviewers' OR state IN ('dismissed', 'upheld')", name="one_reviewer_once"
        ),
        CheckConstraint(
            "decided_under = 'one_reviewer' OR (state = 'open') = (first_reviewer_id IS NULL)",
            name="first_reviewer",
        ),
        CheckConstraint(
            "second_reviewer_id IS NULL OR (first_reviewer_id IS NOT NULL AND second_reviewer_id <> first_reviewer_id)",
            name="different_reviewers",
        ),
        CheckConstraint(
            "state <> 'upheld' OR decided_under = 'one_reviewer' OR second_reviewer_id IS NOT NULL",
            name="upheld_by_two",
        ),
        CheckConstraint("state <> 'proposed' OR second_reviewer_id IS NULL", name="proposed_by_one"),
    )


class FindingRow(Base):
    """What a person found; rows are added, never changed."""

    __tablename__ = "findings"

    id: Mapped[PrimaryId]
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"))
    number: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict))
    reason: Mapped[str] = mapped_column(String(MAXIMUM_REASON))
    reviewer_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("incident_id", "number"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
    )


class WatchRow(Base):
    """Who watched a sitting live; such a person may not decide its incidents."""

    __tablename__ = "watches"

    sitting_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    proctor_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    started_at: Mapped[datetime]
