# SPDX-License-Identifier: Apache-2.0
"""Tables of marking. Marks are append-only; the last one of a criterion counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assessor.marking.model import TaskComponent, TaskState
from core.db import Base, PrimaryId, enum_column


class MarkingTaskRow(Base):
    """One component of one entry, to be marked by a person."""

    __tablename__ = "marking_tasks"

    id: Mapped[PrimaryId]
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"))
    component: Mapped[TaskComponent] = mapped_column(enum_column(TaskComponent))
    state: Mapped[TaskState] = mapped_column(enum_column(TaskState))
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __table_args__ = (
        UniqueConstraint("entry_id", "component"),
        CheckConstraint("(state = 'done') = (completed_at IS NOT NULL)", name="done_has_an_instant"),
        CheckConstraint("(completed_at IS NULL) = (completed_by IS NULL)", name="completed_by_somebody"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class


class MarkRow(Base):
    """One judgement of one criterion; `marks` is an exact string."""

    __tablename__ = "marks"

    task_id: Mapped[str] = mapped_column(ForeignKey("marking_tasks.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    criterion_id: Mapped[str] = mapped_column(String(32))
    marks: Mapped[str] = mapped_column(String(32))
    assessor_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(2000))

    __table_args__ = (CheckConstraint("number >= 1", name="number_from_one"),)
