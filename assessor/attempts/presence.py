# SPDX-License-Identifier: Apache-2.0
"""Signs of life: the cheap answer to "did anything change?", and what is remembered of each device.

The beats themselves are counted in memory by the process that hears them; they come here in bundles.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from assessor.attempts.inputs import MAXIMUM_NUMBER
from assessor.attempts.model import AttemptState
from assessor.attempts.outages import Outage
from assessor.attempts.tables import AttemptRow, OutageRow, PresenceRow
from assessor.attempts.timing import moment, remaining_ms
from core import ids
from core.errors import NotFound
from core.uow import UnitOfWork

MAXIMUM_PENDING = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """What one look at an attempt gives. `working`: it runs, and this device holds the lease.

    `section_remaining_ms` is of the section that was entered last, None where that has no limit of its own.
    """

    version: int
    state: AttemptState
    remaining_ms: int
    section_remaining_ms: int | None
    working: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """When a device was last heard of, and how many answers it still had to send."""

    attempt_id: str
    device: str
    seen_at: datetime
    pending: int


_THIS = bindparam("this_attempt", type_=AttemptRow.id.type)
_BEAT = select(
    AttemptRow.version,
    AttemptRow.state,
    AttemptRow.ends_at,
    AttemptRow.paused_at,
    AttemptRow.section_ends_at,
    AttemptRow.lease_device,
).where(AttemptRow.id == _THIS)
_SEEN = (
    update(PresenceRow)
    .where(PresenceRow.attempt_id == _THIS, PresenceRow.device == bindparam("this_device"))
    .values(seen_at=bindparam("at", type_=PresenceRow.seen_at.type), pending=bindparam("left"))
)


def heartbeat(uow: UnitOfWork, attempt_id: str, *, device: str) -> Heartbeat:
    """The version of all that the learner's page shows, and the time left: one statement. NotFound `attempt_unknown`."""
    row = uow.db.connection().execute(_BEAT, {"this_attempt": attempt_id}).one_or_none()
    if row is None:
        raise NotFound("attempt_unknown")
    running, left, section = row.state is AttemptState.RUNNING, 0, None
    if running:
        shown = moment(uow.now, paused_at=row.paused_at)
        left = remaining_ms(shown, ends_at=row.ends_at)
        if row.section_ends_at is not None:
            section = remaining_ms(shown, ends_at=min(row.section_ends_at, row.ends_at))
    return Heartbeat(
        version=row.version,
        state=row.state,
        remaining_ms=left,
        section_remaining_ms=section,
        working=running and device != "" and row.lease_device == device,
    )


def read_pending(text: str) -> int:
    """The number of answers that a page says it still has to send; nonsense counts as 0."""
    return min(int(text), MAXIMUM_PENDING) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def read_since(text: str) -> int:
    """The version that a page says it holds; nonsense counts as none."""
    return min(int(text), MAXIMUM_NUMBER) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def presences(uow: UnitOfWork) -> list[Presence]:
    """What is remembered of the devices of running attempts: for a process that begins."""
    query = (
        select(PresenceRow)
        .join(AttemptRow, AttemptRow.id == PresenceRow.attempt_id)
        .where(AttemptRow.state == AttemptState.RUNNING)
    )
    return [_presence(row) for row in uow.db.scalars(query)]


def presences_of(uow: UnitOfWork, attempt_id: str) -> list[Presence]:
    """What is remembered of an attempt's devices, the last heard of first."""
    query = select(PresenceRow).where(PresenceRow.attempt_id == attempt_id)
    return [_presence(row) for row in uow.db.scalars(query.order_by(PresenceRow.seen_at.desc()))]


def store_presences(uow: UnitOfWork, seen: Sequence[Presence], *, known: Collection[tuple[str, str]]) -> None:
    """Remember when devices were heard of; `known` are the (attempt, device) that have a row."""
    fresh = [one for one in seen if (one.attempt_id, one.device) not in known]
    for one in fresh:
        row = {
            "attempt_id": one.attempt_id,
            "device": one.device,
            "seen_at": one.seen_at,
            "pending": one.pending,
        }
        try:
            with uow.db.begin_nested():
                uow.db.execute(insert(PresenceRow), row)
        except IntegrityError:  # another process heard of it first
            _update(uow, [one])
    old = [one for one in seen if (one.attempt_id, one.device) in known]
    if old:
        _update(uow, old)


def store_outages(uow: UnitOfWork, lost: Sequence[tuple[str, Outage]]) -> None:
    """Write down outages that are over, each with its attempt."""
    if lost:
        rows = [
            {
                "id": ids.new_id(),
                "attempt_id": attempt_id,
                "device": outage.device,
                "lost_at": outage.lost_at,
                "back_at": outage.back_at,
            }
            for attempt_id, outage in lost
        ]
        uow.db.execute(insert(OutageRow), rows)


def _update(uow: UnitOfWork, seen: Sequence[Presence]) -> None:
    uow.db.connection().execute(
        _SEEN,
        [
            {
                "this_attempt": one.attempt_id,
                "this_device": one.device,
                "at": one.seen_at,
                "left": one.pending,
            }
            for one in seen
        ],
    )


def _presence(row: PresenceRow) -> Presence:
    return Presence(attempt_id=row.attempt_id, device=row.device, seen_at=row.seen_at, pending=row.pending)
