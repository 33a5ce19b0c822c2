# SPDX-License-Identifier: Apache-2.0
"""The files that items show, and what items were imported from. Whether a file may be shown is checked before it comes here."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from sqlalchemy import insert, select

from core.errors import Conflict, NotFound
from core.uow import UnitOfWork
from item_bank.items.parts import ItemSource, MediaFile
from item_bank.items.tables import ItemMediaRow, ItemSourceRow
from item_bank.tenancy import require_owner


def store_media(uow: UnitOfWork, files: Collection[MediaFile], *, owner_id: str) -> int:
    """Keep the files that the owner does not have yet; how many there were."""
    new = {file.sha256: file for file in files}
    present = set(
        uow.db.scalars(
            select(ItemMediaRow.sha256).where(
                ItemMediaRow.owner_id == owner_id, ItemMediaRow.sha256.in_(sorted(new))
            )
        )
    )
    rows = [
        {
            "owner_id": owner_id,
            "sha256": sha256,
            "media_type": file.media_type,
            "data": file.data,
            "created_at": uow.now,
        }
        for sha256, file in sorted(new.items())
        if sha256 not in present
    ]
    if rows:
        uow.db.execute(insert(ItemMediaRow), rows)
    return len(rows)


def missing_media(uow: UnitOfWork, hashes: Collection[str], *, owner_id: str) -> frozenset[str]:
    """Which of these files the owner does not have."""
    wanted = sorted(set(hashes))
    found = uow.db.scalars(
        select(ItemMediaRow.sha256).where(ItemMediaRow.owner_id == owner_id, ItemMediaRow.sha256.in_(wanted))
    )
    return frozenset(wanted) - frozenset(found)


def media_file(uow: UnitOfWork, sha256: str, *, owner_id: str) -> MediaFile:
    """One file of an owner, for whoever may ask, which the caller knows.

    Raises NotFound ``media_unknown``; Conflict ``media_altered`` for bytes that no longer make their hash.
    """
    row = uow.db.get(ItemMediaRow, (owner_id, sha256))
    if row is None:
        raise NotFound("media_unknown")
    if hashlib.sha256(row.data).hexdigest() != sha256:
        raise Conflict("media_altered")
    return MediaFile(row.media_type, row.sha256, row.data)


def store_sources(uow: UnitOfWork, sources: Mapping[str, ItemSource]) -> None:
    """Keep what versions (by id) were imported from."""
    if sources:
        uow.db.execute(
            insert(ItemSourceRow),
            [
                {
                    "version_id": version_id,
                    "media_type": source.media_type,
                    "name": source.name[-200:],
                    "data": source.data,
                }
                for version_id, source in sources.items()
            ],
        )


def item_source(uow: UnitOfWork, version_id: str, *, owner_id: str) -> ItemSource | None:
    """Reads keys: what a version was imported from, for the staff of its owner; None where it was written here."""
    require_owner(uow, owner_id, code="item_unknown")
    row = uow.db.get(ItemSourceRow, version_id)
    return None if row is None else ItemSource(row.media_type, row.name, row.data)
