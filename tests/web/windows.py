# SPDX-License-Identifier: Apache-2.0
"""Sittings of the sample at another time than the one that they were made for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from assessor.scheduling.tables import SittingRow
from core.uow import Actor
from web.wiring import Services


def move_windows(parts: Services, *, opens_at: datetime, closes_at: datetime | None = None) -> None:
    """Let every sitting open then, as if it had been scheduled so."""
    moved = {"opens_at": opens_at} | ({} if closes_at is None else {"closes_at": closes_at})
    with parts.store.write(Actor.system()) as uow:
        uow.db.execute(update(SittingRow).values(**moved))
