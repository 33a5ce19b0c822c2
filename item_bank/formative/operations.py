# SPDX-License-Identifier: Apache-2.0
"""Commands on the practice pool. Whether an item stands in a form is asked before, where forms are known (``assessor``)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update

from core.errors import NotFound
from core.uow import UnitOfWork
from item_bank.formative.events import PracticeItemGiven, PracticeItemTaken
from item_bank.formative.tables import FormativeItemRow
from item_bank.items.tables import ItemRow
from item_bank.tenancy import require_owner

PRACTICE_TAG = "practice"
"""A new item that an import brings in with this tag goes to the practice pool; a tag never moves an item that is there."""


def give_to_practice(uow: UnitOfWork, item_ids: Collection[str], *, owner_id: str) -> int:
    """Put items of an agency into its practice pool; how many were not in it. NotFound(``item_unknown``)."""
    items = _own(uow, item_ids, owner_id=owner_id)
    added = 0
    for item_id in sorted(items):
        row = uow.db.get(FormativeItemRow, item_id)
        if row is None:
            uow.db.add(
                FormativeItemRow(
                    item_id=item_id, owner_id=owner_id, added_at=uow.now, added_by=uow.actor.id or "system"
                )
            )
        elif row.removed_at is None:
            continue
        else:
            row.removed_at = None
        added += 1
        uow.emit(PracticeItemGiven(organisation_id=owner_id, subject_id=item_id))
    uow.db.flush()
    return added


def take_from_practice(uow: UnitOfWork, item_ids: Collection[str], *, owner_id: str) -> int:
    """End the practice with items; how many were in the pool. NotFound(``item_unknown``).

    An item that no learner has seen is as it was before; any other stays out of forms.
    """
    items = _own(uow, item_ids, owner_id=owner_id)
    taken = 0
    for item_id in sorted(items):
        row = uow.db.get(FormativeItemRow, item_id)
        if row is None or row.removed_at is not None:
            continue
        was_shown = row.shown_at is not None
        if was_shown:
            row.removed_at = uow.now
        else:
            uow.db.delete(row)
        taken += 1
        uow.emit(PracticeItemTaken(organisation_id=owner_id, subject_id=item_id, was_shown=was_shown))
    uow.db.flush()
    return taken


def note_shown(uow: UnitOfWork, item_id: str) -> None:
    """A learner gets to see the item, and soon its explanation."""
    uow.db.execute(
        update(FormativeItemRow)
        .where(FormativeItemRow.item_id == item_id, FormativeItemRow.shown_at.is_(None))
        .values(shown_at=uow.now)
    )


def _own(uow: UnitOfWork, item_ids: Collection[str], *, owner_id: str) -> set[str]:
    require_owner(uow, owner_id, code="item_unknown")
    wanted = set(item_ids)
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        some = sorted(wanted)[start : start + 500]
        query = select(ItemRow.id).where(ItemRow.id.in_(some), ItemRow.owner_id == owner_id)
        found.update(uow.db.scalars(query))
    if found != wanted:
        raise NotFound("item_unknown")
    return found
