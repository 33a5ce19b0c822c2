# SPDX-License-Identifier: Apache-2.0
"""Tables of panels. Judgements are append-only: the newest of a judge on an object counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId, enum_column
from item_bank.panels.model import JudgeState, ObjectKind, PanelMethod, PanelState


class PanelRow(Base):
    """A panel. From its end on nothing of it changes; ``minutes`` are what ``sha256`` is of."""

    __tablename__ = "standard_panels"

    id: Mapped[PrimaryId]
    owner_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    method: Mapped[PanelMethod] = mapped_column(enum_column(PanelMethod))
    portrait: Mapped[str] = mapped_column(Text)
    state: Mapped[PanelState] = mapped_column(enum_column(PanelState))
    chair_id: Mapped[str] = mapped_column(String(26))
    show_facts: Mapped[bool]
    impact: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    minutes: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(71))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - the base declares it so
    __table_args__ = (
        CheckConstraint(
            "(state IN ('concluded', 'cancelled')) = (ended_at IS NOT NULL)", name="ended_at_its_time"
        ),
        CheckConstraint("(state = 'concluded') = (length(sha256) > 0)", name="concluded_with_minutes"),
    )


class PanelObjectRow(Base):
    """One thing to judge."""

    __tablename__ = "panel_objects"

    panel_id: Mapped[str] = mapped_column(ForeignKey("standard_panels.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[ObjectKind] = mapped_column(enum_column(ObjectKind))
    reference: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(120))
    pc: Mapped[str] = mapped_column(String(60))
    component: Mapped[str] = mapped_column(String(60))
    maximum: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (
        UniqueConstraint("panel_id", "kind", "reference", "component"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
    )


class PanelJudgeRow(Base):
    """Somebody's seat on a panel."""

    __tablename__ = "panel_judges"

    id: Mapped[PrimaryId]
    panel_id: Mapped[str] = mapped_column(ForeignKey("standard_panels.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    number: Mapped[int]
    state: Mapped[JudgeState] = mapped_column(enum_column(JudgeState))
    expertise: Mapped[str] = mapped_column(Text)
    interest: Mapped[str] = mapped_column(Text)
    invited_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("panel_id", "person_id"),
        UniqueConstraint("panel_id", "number"),
        CheckConstraint("state <> 'accepted' OR length(expertise) > 0", name="accepted_with_expertise"),
    )


class PanelRoundRow(Base):
    """A round; ``counted`` are the ids of the judges who had handed in when it closed."""

    __tablename__ = "panel_rounds"

    panel_id: Mapped[str] = mapped_column(ForeignKey("standard_panels.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    counted: Mapped[list[str]] = mapped_column(JSON)
    notes: Mapped[str] = mapped_column(Text)


class PanelHandInRow(Base):
    """That a judge handed a round in; open again where it was given back."""

    __tablename__ = "panel_hand_ins"

    id: Mapped[PrimaryId]
    panel_id: Mapped[str] = mapped_column(ForeignKey("standard_panels.id"))
    round: Mapped[int]
    judge_id: Mapped[str] = mapped_column(ForeignKey("panel_judges.id"))
    at: Mapped[datetime]
    given_back_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "panel_id", "round", "judge_id"),)


class PanelJudgementRow(Base):
    """One judgement. Never changed: a judge who thinks again adds another."""

    __tablename__ = "panel_judgements"

    id: Mapped[PrimaryId]
    panel_id: Mapped[str] = mapped_column(ForeignKey("standard_panels.id"))
    round: Mapped[int]
    judge_id: Mapped[str] = mapped_column(ForeignKey("panel_judges.id"))
    number: Mapped[int]
    value: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]

    __table_args__ = (Index(None, "panel_id", "round", "judge_id"),)


class PanelAdoptionRow(Base):
    """A person wrote the recommendation into a draft: what each threshold was before and is now."""

    __tablename__ = "panel_adoptions"

    id: Mapped[PrimaryId]
    panel_id: Mapped[str] = mapped_column(ForeignKey("standard_panels.id"), index=True)
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"), index=True)
    adopted_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    sha256_before: Mapped[str] = mapped_column(String(71))
    sha256: Mapped[str] = mapped_column(String(71))
    at: Mapped[datetime]
