# SPDX-License-Identifier: Apache-2.0
"""The table of learners who asked for a place with an invigilator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from assessor.scheduling.alternative_model import AskedBecause, PlaceRequest, Settled
from assessor.scheduling.names import LONGEST_REASON, MAXIMUM_NAME
from core.db import Base, Id, PrimaryId, enum_column


class PlaceRequestRow(Base):
    """One wish for a place with an invigilator, and how it was settled; the last one of an entry counts."""

    __tablename__ = "invigilated_places"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"))
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.id"))
    because: Mapped[AskedBecause] = mapped_column(enum_column(AskedBecause))
    running: Mapped[bool]
    asked_at: Mapped[datetime]
    settled: Mapped[Settled | None] = mapped_column(enum_column(Settled))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[Id | None]
    invigilator: Mapped[str] = mapped_column(String(MAXIMUM_NAME))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))

    __table_args__ = (
        Index(None, "entry_id"),
        Index(None, "organisation_id", "settled"),
        CheckConstraint("(settled IS NULL) = (settled_at IS NULL)", name="settled_whole"),
        CheckConstraint(
            "settled IS NULL OR settled <> 'invigilated' OR (settled_by IS NOT NULL AND invigilator <> '')",
            name="invigilator_named",
        ),
    )

    def to_model(self) -> PlaceRequest:
        """The row as a value."""
        return PlaceRequest(
            id=self.id,
            entry_id=self.entry_id,
            sitting_id=self.sitting_id,
            because=self.because,
            running=self.running,
            asked_at=self.asked_at,
            settled=self.settled,
            settled_at=self.settled_at,
            settled_by=self.settled_by,
            invigilator=self.invigilator,
            reason=self.reason,
        )
