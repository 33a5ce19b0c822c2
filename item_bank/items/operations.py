# SPDX-License-Identifier: Apache-2.0
"""Commands on item content: storing documents as versions.

Nothing here changes the content of one; ``drafts`` may, before review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, insert, select, update

from core.ids import new_id
from core.uow import UnitOfWork
from item_bank.formative.operations import PRACTICE_TAG, give_to_practice
from item_bank.items.documents import media_document, part_document, part_key_document
from item_bank.items.listing import list_contents, refresh_listing
from item_bank.items.media import store_sources
from item_bank.items.model import ItemCommand, ItemContent, ItemDocument, ItemState, decide
from item_bank.items.parts import ItemSource
from item_bank.items.queries import item_versions, translation_marks
from item_bank.items.tables import ItemKeyRow, ItemRow, ItemTranslationRow, ItemVersionRow
from item_bank.items.translations import carry_marks, stale_segments


@dataclass(frozen=True, slots=True)
class StoragePlan:
    """What storing a set of documents comes to: brand-new items, new versions of items that are there, and no change."""

    new: tuple[ItemDocument, ...]
    changed: tuple[tuple[ItemDocument, Newest], ...]
    unchanged: tuple[ItemDocument, ...]

    @property
    def writes(self) -> int:
        """How many versions will be written."""
        return len(self.new) + len(self.changed)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of an item that is there already."""

    item_id: str
    version_id: str
    number: int
    state: ItemState
    content_hash: str


def plan_storage(
    uow: UnitOfWork, documents: Sequence[ItemDocument], *, owner_id: str, credential_version_id: str
) -> StoragePlan:
    """Compare documents with the bank by id and content hash; reads only."""
    present = _newest(uow, owner_id=owner_id, credential_version_id=credential_version_id)
    new, changed, unchanged = [], [], []
    for document in documents:
        newest = present.get(document.external_id)
        if newest is None:
            new.append(document)
        elif newest.content_hash == document.content_hash:
            unchanged.append(document)
        else:
            changed.append((document, newest))
    return StoragePlan(tuple(new), tuple(changed), tuple(unchanged))


def store_plan(
    uow: UnitOfWork,
    plan: StoragePlan,
    *,
    owner_id: str,
    credential_version_id: str,
    sources: Mapping[str, ItemSource] | None = None,
) -> None:
    """Write the new versions of a plan that has some, as drafts of the actor; ``sources`` by external id are kept beside them.

    A version that was still in draft or review is withdrawn in favour of its successor; a live one stays live until the
    successor is approved.
    """
    superseded = [newest for _, newest in plan.changed if newest.state.is_open]
    for newest in superseded:
        _withdraw_open(uow, newest)
    items, versions, keys = [], [], []
    for document in plan.new:
        item_id = new_id()
        items.append(
            {
                "id": item_id,
                "owner_id": owner_id,
                "credential_version_id": credential_version_id,
                "external_id": document.external_id,
                "created_at": uow.now,
            }
        )
        versions.append(_version(uow, document, item_id=item_id, number=1))
        keys.append(_key(document, versions[-1]))
    for document, newest in plan.changed:
        versions.append(_version(uow, document, item_id=newest.item_id, number=newest.number + 1))
        keys.append(_key(document, versions[-1]))
    if items:
        uow.db.execute(insert(ItemRow), items)
    # Into the tables themselves: the ORM would write every row alone where some have parts and others none.
    uow.db.execute(insert(cast(Table, ItemVersionRow.__table__)), versions)
    uow.db.execute(insert(cast(Table, ItemKeyRow.__table__)), keys)
    list_contents(
        uow,
        [
            (str(version["item_id"]), str(version["id"]), document.external_id, document.content)
            for document, version in zip(plan.new, versions, strict=False)
        ],
        owner_id=owner_id,
        credential_version_id=credential_version_id,
    )
    marked = [
        str(item["id"]) for item, one in zip(items, plan.new, strict=True) if PRACTICE_TAG in one.content.tags
    ]
    if marked:
        give_to_practice(uow, marked, owner_id=owner_id)
    refresh_listing(uow, [newest.item_id for _, newest in plan.changed])
    _carry_translations(
        uow,
        [
            (document, newest, str(version["id"]))
            for (document, newest), version in zip(plan.changed, versions[len(plan.new) :], strict=True)
        ],
    )
    written = [*plan.new, *(document for document, _ in plan.changed)]
    store_sources(
        uow,
        {
            str(version["id"]): sources[document.external_id]
            for document, version in zip(written, versions, strict=True)
            if sources and document.external_id in sources
        },
    )


def _carry_translations(uow: UnitOfWork, changed: Sequence[tuple[ItemDocument, Newest, str]]) -> None:
    """Mark the translations that stayed as they were while their source changed; fresh ones need no mark."""
    several = [one for one in changed if len(one[0].content.languages) > 1]
    earlier = [newest.version_id for _, newest, _ in several]
    contents, marks = item_versions(uow, earlier), translation_marks(uow, earlier)
    rows = []
    for document, newest, version_id in several:
        before = contents[newest.version_id].content
        carried = carry_marks(before, marks.get(newest.version_id, {}), document.content)
        rows += [
            {
                "version_id": version_id,
                "language": language,
                "segment": segment,
                "source_sha256": carried[language, segment],
            }
            for language, segment in sorted(stale_segments(document.content, carried))
        ]
    if rows:
        uow.db.execute(insert(ItemTranslationRow), rows)


def _withdraw_open(uow: UnitOfWork, newest: Newest) -> None:
    after = decide(newest.state, ItemCommand.WITHDRAW)
    uow.db.execute(
        update(ItemVersionRow)
        .where(ItemVersionRow.id == newest.version_id)
        .values(state=after, withdrawn_at=uow.now, revision=ItemVersionRow.revision + 1)
    )


def _newest(uow: UnitOfWork, *, owner_id: str, credential_version_id: str) -> dict[str, Newest]:
    query = (
        select(
            ItemRow.external_id,
            ItemRow.id,
            ItemVersionRow.id,
            ItemVersionRow.number,
            ItemVersionRow.state,
            ItemVersionRow.content_hash,
        )
        .join(ItemVersionRow, ItemVersionRow.item_id == ItemRow.id)
        .where(ItemRow.owner_id == owner_id, ItemRow.credential_version_id == credential_version_id)
        .order_by(ItemVersionRow.number)
    )
    # In order of number, so that the newest is the one that stays.
    return {row[0]: Newest(*row[1:]) for row in uow.db.execute(query)}


def _version(uow: UnitOfWork, document: ItemDocument, *, item_id: str, number: int) -> dict[str, object]:
    content = document.content
    return {
        "id": new_id(),
        "item_id": item_id,
        "number": number,
        "state": ItemState.DRAFT,
        "interaction": content.interaction,
        "pc": content.pc,
        "difficulty": content.difficulty,
        "seconds": content.seconds,
        "shuffle": content.shuffle,
        "bodies": stored_bodies(content),
        "languages": " ".join(content.languages),
        "marks": str(content.marks),
        "parts": [part_document(part) for part in content.parts] or None,
        "media": [media_document(media) for media in content.media] or None,
        "stimulus_id": content.stimulus_id or None,
        "tags": list(content.tags) or None,
        "content_hash": document.content_hash,
        "author_id": uow.actor.id,
        "created_at": uow.now,
        "revision": 1,
    }


def stored_bodies(content: ItemContent) -> list[dict[str, object]]:
    """The bodies as they are stored: a list, because the order of languages and options means something."""
    return [
        {
            "language": body.language,
            "stem": body.stem,
            "options": [[option.letter, option.text] for option in body.options],
            **({"texts": [list(pair) for pair in body.texts]} if body.texts else {}),
            **({"stimulus": body.stimulus} if body.stimulus else {}),
        }
        for body in content.bodies
    ]


def _key(document: ItemDocument, version: dict[str, object]) -> dict[str, object]:
    key = document.key
    return {
        "version_id": version["id"],
        "correct": list(key.correct),
        "normalise": [step.value for step in key.normalise],
        "rationale": [list(pair) for pair in key.rationale.by_language] if key.rationale else [],
        "parts": [part_key_document(part) for part in key.parts] or None,
        "program": dict(key.program) if key.program is not None else None,
    }
