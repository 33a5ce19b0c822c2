# SPDX-License-Identifier: Apache-2.0
"""Tables of watch plans and exemptions. Sittings and attempts are opaque identifiers, so they have no foreign key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, PrimaryId, enum_column
from proctor.monitoring.watching import Mode
from proctor.plans.exemption_model import LONGEST_REASON, Exemption, ProofSeen
from proctor.plans.model import WatchPlan


class WatchPlanRow(Base):
    """How one sitting is watched, where somebody said so."""

    __tablename__ = "watch_plans"

    sitting_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    id_card: Mapped[bool]
    calibration: Mapped[bool]
    liveness: Mapped[bool]
    rechecks: Mapped[bool]
    objects: Mapped[bool]
    voice: Mapped[bool]
    prefilter: Mapped[bool]
    mode: Mapped[Mode] = mapped_column(enum_column(Mode))
    set_by: Mapped[Id | None]
    set_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class
    __table_args__ = (
        CheckConstraint("NOT liveness OR calibration", name="liveness_needs_calibration"),
        CheckConstraint("NOT rechecks OR liveness", name="rechecks_need_liveness"),
    )

    def to_model(self) -> WatchPlan:
        """The row as a value."""
        return WatchPlan(
            id_card=self.id_card,
            calibration=self.calibration,
            liveness=self.liveness,
            rechecks=self.rechecks,
            objects=self.objects,
            voice=self.voice,
            prefilter=self.prefilter,
            mode=self.mode,
        )

    def apply(self, plan: WatchPlan) -> None:
        """Write the plan."""
        for name, value in plan.to_json().items():
            setattr(self, name, value)
        self.mode = plan.mode


class WatchExemptionRow(Base):
    """A profile that a person granted to one learner's try; taken back, it stays as a record."""

    __tablename__ = "watch_exemptions"

    id: Mapped[PrimaryId]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    attempt_id: Mapped[str] = mapped_column(String(26))
    profile: Mapped[str] = mapped_column(String(40))
    proof: Mapped[ProofSeen] = mapped_column(enum_column(ProofSeen))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    granted_by: Mapped[Id]
    granted_at: Mapped[datetime]
    ended_by: Mapped[Id | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "attempt_id"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_whole"),
    )

    def to_model(self) -> Exemption:
        """The row as a value."""
        return Exemption(
            id=self.id,
            profile=self.profile,
            proof=self.proof,
            reason=self.reason,
            granted_by=self.granted_by,
            granted_at=self.granted_at,
            ended_at=self.ended_at,
        )
