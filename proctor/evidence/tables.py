# SPDX-License-Identifier: Apache-2.0
"""The table of kept pictures; the bytes lie encrypted in the blob store, under keys of the attempt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId, enum_column
from proctor.evidence.model import EvidenceKind, Redaction


class LookRow(Base):
    """Somebody saw a kept picture; append-only, and it stays when the picture is gone."""

    __tablename__ = "evidence_looks"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    attempt_id: Mapped[str] = mapped_column(String(26))
    evidence_id: Mapped[Id]
    kind: Mapped[EvidenceKind] = mapped_column(enum_column(EvidenceKind))
    captured_at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]

    __table_args__ = (Index(None, "attempt_id", "id"), Index(None, "organisation_id", "id"))


class EvidenceRow(Base):
    """One kept picture; rows are added and, when their time is over, deleted. Changed only when its note becomes an incident.

    `scope` names its key (None: the attempt's own, of before); `stored_sha256` is None where the copy is what was received.
    """

    __tablename__ = "evidence"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("proctoring_sessions.id"))
    attempt_id: Mapped[str] = mapped_column(String(26))
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incidents.id"))
    kind: Mapped[EvidenceKind] = mapped_column(enum_column(EvidenceKind))
    seq: Mapped[int]
    captured_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    alert_id: Mapped[Id | None]
    stored_sha256: Mapped[str | None] = mapped_column(String(64))
    redaction: Mapped[Redaction] = mapped_column(enum_column(Redaction), server_default="none")
    scope: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index(None, "session_id"),
        Index(None, "incident_id"),
        Index(None, "attempt_id"),
        Index(None, "alert_id"),
        CheckConstraint(
            "(kind IN ('identity_photo', 'id_card', 'sample') AND incident_id IS NULL AND alert_id IS NULL)"
            " OR (kind = 'check_in' AND incident_id IS NULL)"
            " OR (kind IN ('before', 'onset', 'raised', 'after') AND (incident_id IS NOT NULL OR alert_id IS NOT NULL))",
            name="photo_or_incident",
        ),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("seq >= 0", name="seq_counts_from_zero"),
        CheckConstraint("length(address) = 64 AND length(sha256) = 64", name="hashes"),
        CheckConstraint("length(stored_sha256) = 64", name="stored_hash"),
    )
