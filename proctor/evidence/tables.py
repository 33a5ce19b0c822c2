# SPDX-License-Identifier: Apache-2.0
"""The table of kept pictures; the bytes lie encrypted in the blob store, under the attempt's key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId, enum_column
from proctor.evidence.model import EvidenceKind


class EvidenceRow(Base):
    """One kept picture; rows are added, never changed."""

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

    __table_args__ = (
        Index(None, "session_id"),
        Index(None, "incident_id"),
        CheckConstraint(
            "(kind = 'identity_photo' AND incident_id IS NULL)"
            " OR (kind <> 'identity_photo' AND incident_id IS NOT NULL)",
            name="photo_or_incident",
        ),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("seq >= 0", name="seq_counts_from_zero"),
        CheckConstraint("length(address) = 64 AND length(sha256) = 64", name="hashes"),
    )
