# SPDX-License-Identifier: Apache-2.0
"""The table of check-ins; what was learned of a face lies encrypted in the blob store, under a key of the attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id


class CheckInRow(Base):
    """One session's check-in, for the consent under which it was made.

    `challenges` lists {challenge, tries, passed}, `measures` what was only measured. `card_address` and `learned_address` name
    blobs: the vector of the face on the card; baseline and vectors of the learner.
    """

    __tablename__ = "check_ins"

    session_id: Mapped[str] = mapped_column(ForeignKey("proctoring_sessions.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    attempt_id: Mapped[str] = mapped_column(String(26))
    consent_id: Mapped[Id]
    began_at: Mapped[datetime]
    card_evidence_id: Mapped[Id | None]
    card_address: Mapped[str | None] = mapped_column(String(64))
    card_similarity: Mapped[float | None]
    completed_at: Mapped[datetime | None]
    calibrated: Mapped[bool]
    enrolled_looks: Mapped[int]
    wall_faces: Mapped[int]
    learned_address: Mapped[str | None] = mapped_column(String(64))
    challenges: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    measures: Mapped[dict[str, Any]] = mapped_column(JSON)
    model_sha256: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        Index(None, "attempt_id"),
        CheckConstraint("enrolled_looks BETWEEN 0 AND 5", name="enrolled_looks"),
        CheckConstraint("wall_faces >= 0", name="wall_faces"),
        CheckConstraint("card_similarity IS NULL OR card_similarity BETWEEN -1 AND 1", name="similarity"),
        CheckConstraint("card_address IS NULL OR card_evidence_id IS NOT NULL", name="card_whole"),
        CheckConstraint("completed_at IS NOT NULL OR learned_address IS NULL", name="learned_when_completed"),
    )
