# SPDX-License-Identifier: Apache-2.0
"""Tables of what browsers noted. An attempt and a question are opaque identifiers, so they have no foreign key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId, enum_column
from proctor.telemetry.model import LONGEST_NAME, Cause, Kind


class TelemetryRow(Base):
    """One thing that a browser noted; append-only."""

    __tablename__ = "telemetry_notes"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    attempt_id: Mapped[Id]
    device: Mapped[str] = mapped_column(String(LONGEST_NAME))
    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    item: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    amount: Mapped[int | None]
    cause: Mapped[Cause] = mapped_column(enum_column(Cause))
    typing: Mapped[bool]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("attempt_id", "device", "number"),
        Index(None, "attempt_id", "occurred_at"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("amount >= 0", name="amount"),
    )


class TelemetryCountRow(Base):
    """How much of a device's notes came, and how many found no room any more."""

    __tablename__ = "telemetry_counts"

    attempt_id: Mapped[Id] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    kept: Mapped[int]
    left_out: Mapped[int]
    highest: Mapped[int] = mapped_column(BigInteger)
