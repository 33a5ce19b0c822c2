# SPDX-License-Identifier: Apache-2.0
"""Tables of scheduling. An access code is stored as its keyed hash only, an APAAR id encrypted with one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assessor.scheduling.allocation_model import AllocationState
from assessor.scheduling.candidates import Gender, Language, Pathway
from assessor.scheduling.model import Duty, EntryState, SittingState
from core.db import Base, PrimaryId, enum_column


class AllocationRow(Base):
    """A batch that an awarding body hands to an agency under an engagement, and the agency's answer."""

    __tablename__ = "allocations"

    id: Mapped[PrimaryId]
    awarding_body_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    engagement_id: Mapped[str] = mapped_column(ForeignKey("engagements.id"))
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"))
    name: Mapped[str] = mapped_column(String(200))
    candidates: Mapped[int]
    place: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(6))
    wanted_from: Mapped[date]
    wanted_until: Mapped[date]
    particulars: Mapped[dict[str, Any]] = mapped_column(JSON)
    warning_reasons: Mapped[dict[str, str]] = mapped_column(JSON)
    state: Mapped[AllocationState] = mapped_column(enum_column(AllocationState))
    reason: Mapped[str] = mapped_column(String(500))
    allocated_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        UniqueConstraint("awarding_body_id", "name"),
        CheckConstraint("candidates BETWEEN 1 AND 100000", name="candidates"),
        CheckConstraint("wanted_from <= wanted_until", name="window"),
        CheckConstraint("awarding_body_id <> agency_id", name="two_parties"),
        CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name="answered_at_its_time"),
        CheckConstraint("state NOT IN ('refused', 'withdrawn') OR reason <> ''", name="reason"),
    )


class AssessmentPolicyRow(Base):
    """What an awarding body rules for its assessments where it differs from the defaults."""

    __tablename__ = "assessment_policies"

    awarding_body_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    ask_within_days: Mapped[int]
    hold_within_months: Mapped[int]
    updated_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("ask_within_days BETWEEN 1 AND 365", name="ask_within_days"),
        CheckConstraint("hold_within_months BETWEEN 1 AND 24", name="hold_within_months"),
    )


class BatchRow(Base):
    """Candidates who are assessed together for one awarding body."""

    __tablename__ = "batches"

    id: Mapped[PrimaryId]
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    awarding_body_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    engagement_id: Mapped[str] = mapped_column(ForeignKey("engagements.id"))
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessments.id"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    allocation_id: Mapped[str | None] = mapped_column(ForeignKey("allocations.id"))
    region: Mapped[str] = mapped_column(String(6), server_default="")
    particulars: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")
    warning_reasons: Mapped[dict[str, str]] = mapped_column(JSON, server_default="{}")

    __table_args__ = (UniqueConstraint("agency_id", "name"), UniqueConstraint("allocation_id"))


class BatchFormRow(Base):
    """A form that the candidates of a batch may draw; a form serves one batch."""

    __tablename__ = "batch_forms"

    form_id: Mapped[str] = mapped_column(ForeignKey("forms.id"), primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), index=True)


class SittingRow(Base):
    """When and where a batch, or a part of it, is assessed."""

    __tablename__ = "sittings"

    id: Mapped[PrimaryId]
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), index=True)
    place: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    proctored: Mapped[bool]
    retention_days: Mapped[int]
    training_partner: Mapped[str] = mapped_column(String(200), server_default="")
    state: Mapped[SittingState] = mapped_column(enum_column(SittingState), server_default="planned")
    cancelled_reason: Mapped[str] = mapped_column(String(500), server_default="")

    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="window"),
        CheckConstraint("retention_days BETWEEN 1 AND 3650", name="retention_days"),
    )


class CandidateRow(Base):
    """A person who is assessed."""

    __tablename__ = "candidates"

    id: Mapped[PrimaryId]
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[Language] = mapped_column(enum_column(Language))
    date_of_birth: Mapped[date | None]
    created_at: Mapped[datetime]
    gender: Mapped[Gender | None] = mapped_column(enum_column(Gender))
    disabled: Mapped[bool | None]
    disabilities: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    email: Mapped[str] = mapped_column(String(200), server_default="")
    phone: Mapped[str] = mapped_column(String(20), server_default="")
    apaar_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    apaar_key: Mapped[str | None] = mapped_column(String(64))
    qualification: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")
    guardian_name: Mapped[str] = mapped_column(String(200), server_default="")
    guardian_contact: Mapped[str] = mapped_column(String(200), server_default="")

    __table_args__ = (
        UniqueConstraint("agency_id", "apaar_key"),
        CheckConstraint("(apaar_sealed IS NULL) = (apaar_key IS NULL)", name="apaar"),
    )


class EntryRow(Base):
    """One candidate's one try, with the form drawn for it."""

    __tablename__ = "entries"

    id: Mapped[PrimaryId]
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.id"), index=True)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"))
    form_id: Mapped[str] = mapped_column(ForeignKey("forms.id"))
    draw: Mapped[dict[str, Any]] = mapped_column(JSON)
    extra_minutes: Mapped[int]
    state: Mapped[EntryState] = mapped_column(enum_column(EntryState))
    code_key: Mapped[str] = mapped_column(String(64), unique=True)
    code_issued_at: Mapped[datetime]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"), index=True)
    agency_number: Mapped[str | None] = mapped_column(String(40))
    try_number: Mapped[int] = mapped_column(server_default="1")
    previous_entry_id: Mapped[str | None] = mapped_column(ForeignKey("entries.id"), unique=True)
    pathway: Mapped[Pathway] = mapped_column(enum_column(Pathway), server_default="trained")
    training_minutes: Mapped[int | None]
    accommodations: Mapped[list[dict[str, str]]] = mapped_column(JSON, server_default="[]")
    enrolment: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")

    __table_args__ = (
        UniqueConstraint("sitting_id", "candidate_id"),
        UniqueConstraint("batch_id", "agency_number", "try_number"),
        CheckConstraint("extra_minutes BETWEEN 0 AND 1440", name="extra_minutes"),
        CheckConstraint("try_number >= 1", name="try_number"),
        CheckConstraint("(try_number = 1) = (previous_entry_id IS NULL)", name="tries"),
        CheckConstraint("training_minutes BETWEEN 0 AND 120000", name="training_minutes"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class SittingStaffRow(Base):
    """A person assigned to a sitting, with the conflict of interest that was declared since."""

    __tablename__ = "sitting_staff"

    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    duty: Mapped[Duty] = mapped_column(enum_column(Duty), primary_key=True)
    conflict_declared: Mapped[bool]
    assigned_at: Mapped[datetime]


class AssessorRecordRow(Base):
    """What the return asks of an assessor: the certificate of training, and how well they know which language."""

    __tablename__ = "assessor_records"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    toa_certificate: Mapped[str] = mapped_column(String(100))
    toa_sector: Mapped[str] = mapped_column(String(100))
    toa_valid_until: Mapped[date | None]
    languages: Mapped[dict[str, str]] = mapped_column(JSON)
    changed_at: Mapped[datetime]


class SystemCheckRow(Base):
    """What a learner's last check of device and line found, in one word for each part."""

    __tablename__ = "system_checks"

    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    checked_at: Mapped[datetime]
    found: Mapped[dict[str, Any]] = mapped_column(JSON)
