# SPDX-License-Identifier: Apache-2.0
"""Places with an invigilator, for learners who do not agree to being watched by camera. Moving itself is in `moving`."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from assessor.scheduling import events
from assessor.scheduling.alternative_model import (
    AskedBecause,
    PlaceRequest,
    Settled,
    require_open,
)
from assessor.scheduling.alternative_tables import PlaceRequestRow
from assessor.scheduling.names import require_full_reason, require_name
from assessor.scheduling.queries import Entry, load_entry
from assessor.scheduling.tables import EntryRow
from core.errors import Forbidden
from core.ids import new_id
from core.prepared import Prepared
from core.uow import ActorKind, UnitOfWork

# Built once: every gate of a watched sitting asks it.
_LAST_HERE = Prepared(
    select(PlaceRequestRow.settled)
    .join(EntryRow, EntryRow.id == PlaceRequestRow.entry_id)
    .where(
        PlaceRequestRow.entry_id == bindparam("entry_id"), PlaceRequestRow.sitting_id == EntryRow.sitting_id
    )
    .order_by(PlaceRequestRow.id.desc())
    .limit(1)
)


def ask_for_invigilator(uow: UnitOfWork, entry: Entry, *, because: AskedBecause, running: bool) -> None:
    """The learner asks; once more changes nothing while the wish stands."""
    row = _last(uow, entry.id)
    if row is not None and row.settled is None and row.sitting_id == entry.sitting.id:
        return
    row = PlaceRequestRow(
        id=new_id(),
        organisation_id=entry.agency_id,
        entry_id=entry.id,
        sitting_id=entry.sitting.id,
        because=because,
        running=running,
        asked_at=uow.now,
        invigilator="",
        reason="",
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(events.InvigilatorAsked(organisation_id=entry.agency_id, subject_id=entry.id, running=running))


def take_back_wish(uow: UnitOfWork, entry: Entry) -> None:
    """The learner would rather use the camera; without a standing wish nothing changes."""
    row = _last(uow, entry.id)
    if row is not None and row.settled is None:
        _settle(uow, row, Settled.CHANGED_MIND)


def settle_by_move(uow: UnitOfWork, entry_id: str) -> None:
    """The entry went to another sitting: what was asked for the old one is settled."""
    row = _last(uow, entry_id)
    if row is not None and row.settled is None:
        _settle(uow, row, Settled.MOVED)


def settle_by_invigilator(
    uow: UnitOfWork, entry_id: str, *, organisation_id: str, invigilator: str, reason: str
) -> None:
    """A person with a name watches in the room: from now on no camera is asked for at this sitting.

    Raises NotFound `entry_unknown`; Forbidden `person_needed`; Conflict `invigilation_not_asked`, `invigilation_settled`;
    Invalid `name_malformed`, `reason_malformed`.
    """
    load_entry(uow, entry_id, organisation_id=organisation_id)
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")
    row = _last(uow, entry_id)
    require_open(None if row is None else row.to_model())
    assert row is not None  # noqa: S101 - require_open has refused
    row.invigilator, row.reason = require_name(invigilator), require_full_reason(reason)
    _settle(uow, row, Settled.INVIGILATED)


def place_request(uow: UnitOfWork, entry_id: str) -> PlaceRequest | None:
    """The last wish of an entry, open or settled. Callers have established whose it is."""
    row = _last(uow, entry_id)
    return None if row is None else row.to_model()


def has_invigilator(uow: UnitOfWork, entry_id: str) -> bool:
    """Whether a person watches this learner in the room of the sitting, so that no camera is asked for."""
    uow.db.flush()
    row = _LAST_HERE.one_or_none(uow.db.connection(), {"entry_id": entry_id})
    return row is not None and row.settled is Settled.INVIGILATED


def is_watched(uow: UnitOfWork, entry: Entry) -> bool:
    """Whether a camera is to watch this learner: the sitting is, and nobody watches in the room instead."""
    return entry.sitting.proctored and not has_invigilator(uow, entry.id)


def open_place_requests(uow: UnitOfWork, *, organisation_id: str) -> list[PlaceRequest]:
    """Who waits for somebody to act, the oldest first."""
    query = select(PlaceRequestRow).where(
        PlaceRequestRow.organisation_id == organisation_id, PlaceRequestRow.settled.is_(None)
    )
    return [row.to_model() for row in uow.db.scalars(query.order_by(PlaceRequestRow.id))]


def place_requests_of_sitting(uow: UnitOfWork, sitting_id: str) -> dict[str, PlaceRequest]:
    """The last wish of each entry at a sitting, by entry id. Callers have established whose it is."""
    query = select(PlaceRequestRow).where(PlaceRequestRow.sitting_id == sitting_id)
    return {row.entry_id: row.to_model() for row in uow.db.scalars(query.order_by(PlaceRequestRow.id))}


def _last(uow: UnitOfWork, entry_id: str) -> PlaceRequestRow | None:
    query = select(PlaceRequestRow).where(PlaceRequestRow.entry_id == entry_id)
    return uow.db.scalar(query.order_by(PlaceRequestRow.id.desc()).limit(1))


def _settle(uow: UnitOfWork, row: PlaceRequestRow, how: Settled) -> None:
    row.settled, row.settled_at = how, uow.now
    row.settled_by = uow.actor.id if uow.actor.kind is ActorKind.PERSON else None
    uow.db.flush()
    uow.emit(
        events.InvigilatorSettled(
            organisation_id=row.organisation_id, subject_id=row.entry_id, settled=how.value
        )
    )
