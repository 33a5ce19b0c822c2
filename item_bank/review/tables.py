# SPDX-License-Identifier: Apache-2.0
"""The history of review, append-only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId, enum_column
from item_bank.review.model import ReviewStep


class ItemReviewRow(Base):
    """One step of one person."""

    __tablename__ = "item_reviews"

    id: Mapped[PrimaryId]
    version_id: Mapped[str] = mapped_column(ForeignKey("item_versions.id"), index=True)
    actor_id: Mapped[str] = mapped_column(String(26))
    step: Mapped[ReviewStep] = mapped_column(enum_column(ReviewStep))
    comment: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("step <> 'rejected' OR length(comment) > 0", name="rejected_with_a_comment"),
        CheckConstraint("step <> 'commented' OR length(comment) > 0", name="commented_with_a_comment"),
    )
