# SPDX-License-Identifier: Apache-2.0
"""Tables of corrected keys and of score records. What they say is never written again; an erasure takes responses out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from assessor.results.correction_model import (
    AppliedCorrection,
    CorrectionState,
    NewKey,
    NewKeyKind,
    correction_hash,
)
from assessor.scheduling.names import LONGEST_REASON
from core.db import Base, Id, PrimaryId, enum_column
from scoring.rescoring.api import Policy


class KeyCorrectionRow(Base):
    """That the key of one item version was wrong, what counts instead, who says so and who agreed."""

    __tablename__ = "key_corrections"

    id: Mapped[PrimaryId]
    agency_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    item_version_id: Mapped[str] = mapped_column(ForeignKey("item_versions.id"), index=True)
    kind: Mapped[NewKeyKind] = mapped_column(enum_column(NewKeyKind))
    accepted: Mapped[list[list[str]]] = mapped_column(JSON)
    as_version_id: Mapped[str | None] = mapped_column(ForeignKey("item_versions.id"))
    policy: Mapped[Policy] = mapped_column(enum_column(Policy))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    sha256: Mapped[str] = mapped_column(String(71))
    state: Mapped[CorrectionState] = mapped_column(enum_column(CorrectionState))
    asked_by: Mapped[Id]
    asked_at: Mapped[datetime]
    decided_by: Mapped[Id | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(LONGEST_REASON))
    difference: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    difference_sha256: Mapped[str | None] = mapped_column(String(71))
    signature: Mapped[str | None] = mapped_column(String(64))
    applied_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __table_args__ = (
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint(
            "state NOT IN ('approved', 'applied') OR (decided_by <> asked_by AND signature IS NOT NULL "
            "AND difference_sha256 IS NOT NULL)",
            name="approved_by_another_person",
        ),
        CheckConstraint("(state = 'applied') = (applied_at IS NOT NULL)", name="applied_at"),
        CheckConstraint("(kind = 'version') = (as_version_id IS NOT NULL)", name="as_version"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        Index(
            "uq_key_corrections_one_open",
            "item_version_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'approved')"),
            postgresql_where=text("state IN ('asked', 'approved')"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def new_key(self) -> NewKey:
        """What counts instead."""
        return NewKey(
            kind=self.kind,
            accepted=tuple(tuple(response) for response in self.accepted),
            as_version_id=self.as_version_id,
        )

    def to_applied(self) -> AppliedCorrection:
        """The correction as scoring needs it."""
        return AppliedCorrection(
            id=self.id,
            version_id=self.item_version_id,
            new_key=self.new_key,
            policy=self.policy,
            sha256=self.sha256,
        )

    @property
    def genuine(self) -> bool:
        """Whether the row still says what was asked for."""
        return self.sha256 == correction_hash(
            self.to_applied(),
            agency_id=self.agency_id,
            reason=self.reason,
            asked_by=self.asked_by,
            asked_at=self.asked_at,
        )


class CorrectedEntryRow(Base):
    """An entry whose marks an approved correction changes, and how far its new result is; `cause` says why there is none."""

    __tablename__ = "corrected_entries"

    correction_id: Mapped[str] = mapped_column(ForeignKey("key_corrections.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"), primary_key=True, index=True)
    before_id: Mapped[str] = mapped_column(ForeignKey("results.id"))
    after_id: Mapped[str | None] = mapped_column(ForeignKey("results.id"))
    done_at: Mapped[datetime | None]
    cause: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("after_id IS NULL OR done_at IS NOT NULL", name="done_with_result"),
        CheckConstraint("cause = '' OR (done_at IS NOT NULL AND after_id IS NULL)", name="cause_of_none"),
    )


class ScoreDocumentRow(Base):
    """A key or a paper that score records name, by its hash. Keys are key material."""

    __tablename__ = "score_documents"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class ScoreRecordRow(Base):
    """One link of a batch's chain: what a result is a function of, and what it came to. Written once."""

    __tablename__ = "score_records"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id"), index=True)
    result_id: Mapped[str] = mapped_column(ForeignKey("results.id"))
    key_sha256: Mapped[str] = mapped_column(ForeignKey("score_documents.sha256"))
    paper_sha256: Mapped[str] = mapped_column(ForeignKey("score_documents.sha256"))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("result_id"),
        UniqueConstraint("batch_id", "sha256"),
        CheckConstraint("sequence >= 0", name="sequence_from_zero"),
        CheckConstraint("length(sha256) = 64", name="hash"),
    )
