# SPDX-License-Identifier: Apache-2.0
"""Tables of the import: the column mappings that an organisation has saved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, PrimaryId


class ImportMappingRow(Base):
    """What the columns of a kind of sheet mean to an organisation. Saving under the same name replaces it."""

    __tablename__ = "import_mappings"

    id: Mapped[PrimaryId]
    owner_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(80))
    columns: Mapped[dict[str, str]] = mapped_column(JSON)
    saved_by: Mapped[str] = mapped_column(String(26))
    saved_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("owner_id", "name"),)
