# SPDX-License-Identifier: Apache-2.0
"""The table of the practice pool. What learners answered there is no part of the bank."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class FormativeItemRow(Base):
    """An item that its owner gave away for practice.

    Once it was shown to a learner with its explanation it never goes back: `removed_at` ends the practice, and the item
    still stays out of every form.
    """

    __tablename__ = "formative_items"

    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(26))
    shown_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("removed_at IS NULL OR shown_at IS NOT NULL", name="removed_was_shown"),
    )
