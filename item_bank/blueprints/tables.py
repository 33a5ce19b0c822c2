# SPDX-License-Identifier: Apache-2.0
"""Blueprints as they are stored: written once, with their hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId


class BlueprintRow(Base):
    """A blueprint of an agency for one credential version."""

    __tablename__ = "blueprints"

    id: Mapped[PrimaryId]
    owner_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(71))
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("owner_id", "credential_version_id", "name"),)


class WaiverRow(Base):
    """Why a blueprint is used although the lint of some PCs blocks it; written once, by a named person."""

    __tablename__ = "blueprint_waivers"

    id: Mapped[PrimaryId]
    blueprint_id: Mapped[str] = mapped_column(ForeignKey("blueprints.id"), index=True)
    person_id: Mapped[str] = mapped_column(String(26))
    pcs: Mapped[list[Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime]
