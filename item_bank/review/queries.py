# SPDX-License-Identifier: Apache-2.0
"""Reads for reviewers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from core.uow import UnitOfWork
from item_bank.items.model import ItemState, ItemVersion
from item_bank.items.queries import item_version, item_versions
from item_bank.items.tables import ItemRow, ItemVersionRow
from item_bank.review.model import ReviewEntry, ReviewStep
from item_bank.review.tables import ItemReviewRow
from item_bank.tenancy import require_owner


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that waits for a reviewer, since when, and whether an earlier version of it is live."""

    version: ItemVersion
    submitted_at: datetime
    replaces: str | None


def review_queue(uow: UnitOfWork, *, owner_id: str, limit: int = 200) -> list[Waiting]:
    """What waits for a reviewer of this agency, longest first; one's own items are in it, to be shown as such."""
    require_owner(uow, owner_id, code="organisation_unknown")
    submitted = (
        select(func.max(ItemReviewRow.at))
        .where(ItemReviewRow.version_id == ItemVersionRow.id, ItemReviewRow.step == ReviewStep.SUBMITTED)
        .scalar_subquery()
    )
    live = aliased(ItemVersionRow)
    query = (
        select(ItemVersionRow.id, submitted, live.id)
        .join(ItemRow, ItemRow.id == ItemVersionRow.item_id)
        .outerjoin(live, (live.item_id == ItemVersionRow.item_id) & (live.state == ItemState.LIVE))
        .where(ItemRow.owner_id == owner_id, ItemVersionRow.state == ItemState.IN_REVIEW)
        .order_by(submitted, ItemRow.external_id)
        .limit(limit)
    )
    rows = uow.db.execute(query).all()
    versions = item_versions(uow, [row[0] for row in rows])
    return [Waiting(versions[version_id], at, replaced) for version_id, at, replaced in rows]


def review_history(uow: UnitOfWork, version_id: str) -> list[ReviewEntry]:
    """What was done to a version, oldest first, for the staff of its owner."""
    item_version(uow, version_id)
    query = select(ItemReviewRow).where(ItemReviewRow.version_id == version_id).order_by(ItemReviewRow.id)
    return [
        ReviewEntry(row.id, row.version_id, row.actor_id, row.step, row.comment, row.at)
        for row in uow.db.scalars(query)
    ]
