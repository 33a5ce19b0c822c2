# SPDX-License-Identifier: Apache-2.0
"""Keeping what browsers note. Whose the attempt is, and that it has begun, callers have established."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, insert, select

from core.ids import new_id
from core.uow import UnitOfWork
from proctor.telemetry.model import MOST_OF_AN_ATTEMPT, Note, kept_of
from proctor.telemetry.tables import TelemetryCountRow, TelemetryRow


@dataclass(frozen=True, slots=True)
class KeptNotes:
    """The highest number that has come of a device, and those notes that had not come before."""

    highest: int
    fresh: tuple[Note, ...]


def store_telemetry(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, device: str, notes: tuple[Note, ...]
) -> int:
    """Keep a device's notes; what came before counts once. Return the highest number that has come."""
    return keep_telemetry(
        uow, attempt_id, organisation_id=organisation_id, device=device, notes=notes
    ).highest


def keep_telemetry(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, device: str, notes: tuple[Note, ...]
) -> KeptNotes:
    """Keep a device's notes; what came before counts once, and is not told again.

    No event: a note is a fact of its own row, and alerts are made of them elsewhere.
    """
    count = uow.db.get(TelemetryCountRow, (attempt_id, device))
    if count is None:
        count = TelemetryCountRow(attempt_id=attempt_id, device=device, kept=0, left_out=0, highest=0)
        uow.db.add(count)
    stored = uow.db.scalar(
        select(func.coalesce(func.sum(TelemetryCountRow.kept), 0)).where(
            TelemetryCountRow.attempt_id == attempt_id
        )
    )
    lower = {note.number for note in notes if note.number <= count.highest}
    known = lower if (stored or 0) >= MOST_OF_AN_ATTEMPT else _known(uow, attempt_id, device, lower)
    fresh = [note for note in notes if note.number not in known]
    kept, left_out = kept_of(fresh, stored=stored or 0)
    if kept:
        uow.db.execute(
            insert(TelemetryRow), [_row(uow, attempt_id, organisation_id, device, note) for note in kept]
        )
    count.kept += len(kept)
    count.left_out += left_out
    count.highest = max([count.highest, *(note.number for note in fresh)])
    uow.db.flush()
    return KeptNotes(count.highest, tuple(kept))


def _known(uow: UnitOfWork, attempt_id: str, device: str, numbers: set[int]) -> set[int]:
    """Those that are kept. A lower number may be new all the same: the device's clock was set back."""
    if not numbers:
        return set()
    query = select(TelemetryRow.number).where(
        TelemetryRow.attempt_id == attempt_id,
        TelemetryRow.device == device,
        TelemetryRow.number.in_(numbers),
    )
    return set(uow.db.scalars(query))


def _row(
    uow: UnitOfWork, attempt_id: str, organisation_id: str, device: str, note: Note
) -> dict[str, object]:
    return {
        "id": new_id(),
        "organisation_id": organisation_id,
        "attempt_id": attempt_id,
        "device": device,
        "number": note.number,
        "kind": note.kind,
        "item": note.item,
        "amount": note.amount,
        "cause": note.cause,
        "typing": note.typing,
        "occurred_at": note.occurred_at(uow.now),
        "received_at": uow.now,
    }
