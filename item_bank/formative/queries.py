# SPDX-License-Identifier: Apache-2.0
"""Reads of the practice pool. A learner's page gets an item without its key, and its explanation only with a judgement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Row, select

from core.errors import NotFound
from core.uow import UnitOfWork
from item_bank.formative.model import Feedback, can_practise, feedback
from item_bank.formative.tables import FormativeItemRow
from item_bank.items.model import ItemDocument, ItemState, ItemVersion
from item_bank.items.queries import content_of, key_of, version_of
from item_bank.items.tables import ItemKeyRow, ItemRow, ItemVersionRow
from item_bank.tenancy import require_owner


@dataclass(frozen=True, slots=True)
class PoolItem:
    """An item that can be practised: its live version and its criterion."""

    item_id: str
    version_id: str
    pc: str


def practice_pool(uow: UnitOfWork, *, owner_id: str, credential_version_id: str) -> list[PoolItem]:
    """What learners of an agency may practise for a credential now, in a fixed order: live, in the pool, judged by machine."""
    query = (
        select(ItemVersionRow, ItemRow, ItemKeyRow)
        .join(ItemRow, ItemRow.id == ItemVersionRow.item_id)
        .join(ItemKeyRow, ItemKeyRow.version_id == ItemVersionRow.id)
        .join(FormativeItemRow, FormativeItemRow.item_id == ItemRow.id)
        .where(
            ItemRow.owner_id == owner_id,
            ItemRow.credential_version_id == credential_version_id,
            ItemVersionRow.state == ItemState.LIVE,
            FormativeItemRow.removed_at.is_(None),
        )
        .order_by(ItemVersionRow.pc, ItemRow.external_id, ItemVersionRow.id)
    )
    return [
        PoolItem(item.id, version.id, version.pc)
        for version, item, key in uow.db.execute(query)
        if can_practise(ItemDocument(item.external_id, content_of(version), key_of(key)))
    ]


def practice_item(uow: UnitOfWork, version_id: str) -> ItemVersion:
    """A version that was in the pool, without its key. NotFound(``item_unknown``) for any other."""
    return version_of(_row(uow, version_id)[0])


def practice_feedback(uow: UnitOfWork, version_id: str, value: object) -> Feedback:
    """Reads the key of an item of the pool, and of no other: the judgement of an answer with its explanation.

    NotFound(``item_unknown``); ScoringError.
    """
    joined, key = _row(uow, version_id)
    version = version_of(joined)
    return feedback(ItemDocument(version.external_id, version.content, key_of(key)), value)


def practice_standing(uow: UnitOfWork, item_ids: Collection[str], *, owner_id: str) -> dict[str, bool]:
    """Of these items those in the practice pool: True while they are practised, False where they only were."""
    require_owner(uow, owner_id, code="organisation_unknown")
    wanted = sorted(set(item_ids))
    found: dict[str, bool] = {}
    for start in range(0, len(wanted), 500):
        query = select(FormativeItemRow.item_id, FormativeItemRow.removed_at).where(
            FormativeItemRow.item_id.in_(wanted[start : start + 500]), FormativeItemRow.owner_id == owner_id
        )
        found.update((item_id, removed_at is None) for item_id, removed_at in uow.db.execute(query))
    return found


def practised_versions(uow: UnitOfWork, version_ids: Collection[str]) -> set[str]:
    """Of these versions those whose item is or was in a practice pool, and so may stand in no new form."""
    wanted = sorted(set(version_ids))
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        query = (
            select(ItemVersionRow.id)
            .join(FormativeItemRow, FormativeItemRow.item_id == ItemVersionRow.item_id)
            .where(ItemVersionRow.id.in_(wanted[start : start + 500]))
        )
        found.update(uow.db.scalars(query))
    return found


def _row(uow: UnitOfWork, version_id: str) -> tuple[Row[ItemVersionRow, ItemRow], ItemKeyRow]:
    query = (
        select(ItemVersionRow, ItemRow)
        .join(ItemRow, ItemRow.id == ItemVersionRow.item_id)
        .join(FormativeItemRow, FormativeItemRow.item_id == ItemRow.id)
        .where(ItemVersionRow.id == version_id)
    )
    joined = uow.db.execute(query).one_or_none()
    key = uow.db.get(ItemKeyRow, version_id)
    if joined is None or key is None:
        raise NotFound("item_unknown")
    return joined, key
