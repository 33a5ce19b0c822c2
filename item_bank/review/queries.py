# SPDX-License-Identifier: Apache-2.0
"""Reads for reviewers."""

from __future__ import annotations

from sqlalchemy import select

from core.uow import UnitOfWork
from item_bank.items.model import ItemState, ItemVersion
from item_bank.items.queries import item_version, newest_versions
from item_bank.review.model import ReviewEntry
from item_bank.review.tables import ItemReviewRow


def review_queue(uow: UnitOfWork, *, owner_id: str) -> list[ItemVersion]:
    """What waits for a reviewer of this agency, by PC and name; one's own items are in it, to be shown as such."""
    return newest_versions(uow, owner_id=owner_id, state=ItemState.IN_REVIEW)


def review_history(uow: UnitOfWork, version_id: str) -> list[ReviewEntry]:
    """What was done to a version, oldest first, for the staff of its owner."""
    item_version(uow, version_id)
    query = select(ItemReviewRow).where(ItemReviewRow.version_id == version_id).order_by(ItemReviewRow.id)
    return [
        ReviewEntry(row.id, row.version_id, row.actor_id, row.step, row.comment, row.at)
        for row in uow.db.scalars(query)
    ]
