# SPDX-License-Identifier: Apache-2.0
"""Tables of practice, apart from those of tests. What was answered is not kept, only how good it was; no result reads them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId, enum_column
from item_bank.api import Judged


class FormativeLinkRow(Base):
    """An agency's open invitation to practise for a credential. The token stands in the link alone, here is its hash."""

    __tablename__ = "formative_links"

    id: Mapped[PrimaryId]
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(26))
    closed_at: Mapped[datetime | None]


class FormativeRunRow(Base):
    """The practice of one candidate, or of one browser that came by a link, for a credential at an agency."""

    __tablename__ = "formative_runs"

    id: Mapped[PrimaryId]
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"))
    candidate_id: Mapped[str | None] = mapped_column(ForeignKey("candidates.id"))
    link_id: Mapped[str | None] = mapped_column(ForeignKey("formative_links.id"))
    visitor_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    secret: Mapped[str] = mapped_column(String(64))
    pcs: Mapped[list[str]] = mapped_column(JSON)
    question: Mapped[int]
    version_id: Mapped[str | None] = mapped_column(ForeignKey("item_versions.id"))
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("candidate_id", "credential_version_id"),
        CheckConstraint("(candidate_id IS NULL) <> (link_id IS NULL)", name="one_way_in"),
        CheckConstraint("(link_id IS NULL) = (visitor_hash IS NULL)", name="visitor_by_link"),
        CheckConstraint("question >= 0", name="question"),
    )


class FormativeAnswerRow(Base):
    """How good one answer was; numbered as the questions of its practice."""

    __tablename__ = "formative_answers"

    id: Mapped[PrimaryId]
    run_id: Mapped[str] = mapped_column(ForeignKey("formative_runs.id"))
    number: Mapped[int]
    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"))
    pc: Mapped[str] = mapped_column(String(32))
    judged: Mapped[Judged] = mapped_column(enum_column(Judged))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("run_id", "number"),)
