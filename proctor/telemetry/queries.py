# SPDX-License-Identifier: Apache-2.0
"""Reads of what browsers noted; rows stay inside. Callers have established whose the attempts are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from core.uow import UnitOfWork
from proctor.telemetry.model import CIRCUMSTANCES, Cause, Kind
from proctor.telemetry.tables import TelemetryCountRow, TelemetryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryNote:
    """What a browser noted; `item` is the attempt's own name of a question. `lasted`: until the note that ended it."""

    device: str
    number: int
    kind: Kind
    item: str | None
    lasted: timedelta | None
    amount: int | None
    cause: Cause
    typing: bool
    occurred_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """All that is kept of an attempt, by time; `left_out`: how many notes found no room, here or in the browser."""

    notes: tuple[TelemetryNote, ...]
    left_out: int


def telemetry_of_attempt(uow: UnitOfWork, attempt_id: str) -> Telemetry:
    """What the browsers of an attempt noted, by the time at which it happened."""
    query = select(TelemetryRow).where(TelemetryRow.attempt_id == attempt_id)
    ordered = query.order_by(TelemetryRow.occurred_at, TelemetryRow.device, TelemetryRow.number)
    notes = tuple(_note(row) for row in uow.db.scalars(ordered))
    beyond = uow.db.scalar(
        select(func.coalesce(func.sum(TelemetryCountRow.left_out), 0)).where(
            TelemetryCountRow.attempt_id == attempt_id
        )
    )
    unsent = sum(note.amount or 0 for note in notes if note.kind is Kind.LEFT_OUT)
    return Telemetry(
        notes=tuple(note for note in with_ends(notes) if note.kind is not Kind.LEFT_OUT),
        left_out=int(beyond or 0) + unsent,
    )


def with_ends(notes: Iterable[TelemetryNote]) -> list[TelemetryNote]:
    """The notes with how long each lasted; a note that only ends another becomes a part of it. `notes` are in order."""
    found: list[TelemetryNote] = []
    begun: dict[tuple[str, Kind], int] = {}
    for note in notes:
        places = [begun.pop((note.device, kind)) for kind in note.kind.ends if (note.device, kind) in begun]
        for place in places:
            found[place] = replace(found[place], lasted=note.occurred_at - found[place].occurred_at)
        if not places:
            begun[note.device, note.kind] = len(found)
            found.append(note)
    return found


def telemetry_counts(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, int]:
    """How many things were noted in some attempts that the room did not cause itself; 0 ones are left out."""
    query = (
        select(TelemetryRow.attempt_id, func.count())
        .where(
            TelemetryRow.attempt_id.in_(attempt_ids),
            TelemetryRow.kind.not_in(CIRCUMSTANCES),
            TelemetryRow.cause == Cause.NONE,
        )
        .group_by(TelemetryRow.attempt_id)
    )
    return dict(uow.db.execute(query).all())


def _note(row: TelemetryRow) -> TelemetryNote:
    return TelemetryNote(
        device=row.device,
        number=row.number,
        kind=row.kind,
        item=row.item,
        lasted=None,
        amount=row.amount,
        cause=row.cause,
        typing=row.typing,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
    )
