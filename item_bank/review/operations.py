# SPDX-License-Identifier: Apache-2.0
"""Commands of review. They move states; the content of a version is never touched."""

from __future__ import annotations

from typing import assert_never

from sqlalchemy import select

from core.errors import Conflict
from core.events import Event
from core.ids import new_id
from core.uow import ActorKind, UnitOfWork
from item_bank.items.listing import refresh_listing
from item_bank.items.model import UNASSIGNED, ItemCommand, ItemState, ItemVersion, decide
from item_bank.items.queries import item_version
from item_bank.items.tables import ItemVersionRow
from item_bank.review import events
from item_bank.review.model import STEP_OF, ReviewStep, decide_review, read_comment
from item_bank.review.tables import ItemReviewRow


def submit_for_review(uow: UnitOfWork, version_id: str) -> ItemVersion:
    """Ask for a second pair of eyes.

    Conflict(``item_state``) unless the version is a draft, Conflict(``pc_unassigned``) while it has no criterion.
    """
    if item_version(uow, version_id).content.pc == UNASSIGNED:
        raise Conflict("pc_unassigned")
    return _move(uow, version_id, ItemCommand.SUBMIT, comment="")


def approve_item(uow: UnitOfWork, version_id: str, *, comment: str = "") -> ItemVersion:
    """Make a version live; the live version before it is withdrawn.

    Conflict(``item_state``), Forbidden(``own_item`` | ``person_needed``).
    """
    return _move(uow, version_id, ItemCommand.APPROVE, comment=read_comment(comment, required=False))


def reject_item(uow: UnitOfWork, version_id: str, *, comment: str) -> ItemVersion:
    """Send a version back to its author with a comment. Conflict(``item_state``), Invalid(``comment_missing``)."""
    return _move(uow, version_id, ItemCommand.REJECT, comment=read_comment(comment, required=True))


def withdraw_item(uow: UnitOfWork, version_id: str, *, comment: str = "") -> ItemVersion:
    """Take a version out of use for good; forms that pinned it keep it. Conflict(``item_state``)."""
    return _move(uow, version_id, ItemCommand.WITHDRAW, comment=read_comment(comment, required=False))


def comment_item(uow: UnitOfWork, version_id: str, *, comment: str) -> None:
    """Say something about a version, in any state. Invalid(``comment_missing`` | ``comment_malformed``)."""
    version = item_version(uow, version_id)
    said = read_comment(comment, required=True)
    _note(uow, version_id, ReviewStep.COMMENTED, said)
    uow.emit(
        events.ItemCommented(
            organisation_id=version.owner_id, subject_id=version.id, content_hash=version.content_hash
        )
    )


def _move(uow: UnitOfWork, version_id: str, command: ItemCommand, *, comment: str) -> ItemVersion:
    version = item_version(uow, version_id)
    is_person = uow.actor.kind is ActorKind.PERSON
    after = decide_review(version, command, actor_id=uow.actor.id, is_person=is_person)
    row = uow.db.get_one(ItemVersionRow, version_id)
    if after is ItemState.LIVE:
        _withdraw_predecessor(uow, row, owner_id=version.owner_id)
        row.live_at = uow.now
    if after is ItemState.WITHDRAWN:
        row.withdrawn_at = uow.now
    if command is ItemCommand.SUBMIT:
        row.submitted_by = uow.actor.id
    row.state = after
    _note(uow, version_id, STEP_OF[command], comment)
    refresh_listing(uow, [version.item_id])
    uow.emit(_event(command, version))
    return item_version(uow, version_id)


def _note(uow: UnitOfWork, version_id: str, step: ReviewStep, comment: str) -> None:
    uow.db.add(
        ItemReviewRow(
            id=new_id(), version_id=version_id, actor_id=uow.actor.id, step=step, comment=comment, at=uow.now
        )
    )
    uow.db.flush()


def _withdraw_predecessor(uow: UnitOfWork, row: ItemVersionRow, *, owner_id: str) -> None:
    live = uow.db.scalar(
        select(ItemVersionRow).where(
            ItemVersionRow.item_id == row.item_id, ItemVersionRow.state == ItemState.LIVE
        )
    )
    if live is None:
        return
    live.state = decide(live.state, ItemCommand.WITHDRAW)
    live.withdrawn_at = uow.now
    uow.db.flush()  # at no time are two versions live: the database holds that too
    uow.emit(
        events.ItemWithdrawn(
            organisation_id=owner_id, subject_id=live.id, content_hash=live.content_hash, superseded_by=row.id
        )
    )


def _event(command: ItemCommand, version: ItemVersion) -> Event:
    shared = {
        "organisation_id": version.owner_id,
        "subject_id": version.id,
        "content_hash": version.content_hash,
    }
    match command:
        case ItemCommand.SUBMIT:
            return events.ItemSubmitted(**shared)
        case ItemCommand.APPROVE:
            return events.ItemApproved(**shared)
        case ItemCommand.REJECT:
            return events.ItemRejected(**shared)
        case ItemCommand.WITHDRAW:
            return events.ItemWithdrawn(**shared)
        case _:
            assert_never(command)
