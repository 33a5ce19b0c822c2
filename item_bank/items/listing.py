# SPDX-License-Identifier: Apache-2.0
"""The bank as authors browse it: one row for each item, with what filters and full-text search need.

It repeats what the versions say and decides nothing; whatever changes a version refreshes its row in the same unit of work.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    DDL,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    delete,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, enum_column
from core.uow import UnitOfWork
from item_bank.formative.tables import FormativeItemRow
from item_bank.items.model import Difficulty, ItemContent, ItemState, ItemVersion
from item_bank.items.queries import content_of, item_versions
from item_bank.items.tables import ItemRow, ItemVersionRow
from item_bank.markup import plain_text
from item_bank.tenancy import require_owner
from item_bank.text import comparable
from scoring.api import Interaction

PAGE = 50
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0900-\u0963\u0966-\u097f\u200c\u200d])*")


class ItemListingRow(Base):
    """The newest version of an item in short, and whether any version of it is live."""

    __tablename__ = "item_listing"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("items.id"), unique=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    credential_version_id: Mapped[str] = mapped_column(ForeignKey("credential_versions.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    version_id: Mapped[str] = mapped_column(ForeignKey("item_versions.id"))
    live: Mapped[bool]
    state: Mapped[ItemState] = mapped_column(enum_column(ItemState))
    interaction: Mapped[Interaction] = mapped_column(enum_column(Interaction))
    pc: Mapped[str] = mapped_column(String(32))
    difficulty: Mapped[Difficulty] = mapped_column(enum_column(Difficulty))
    languages: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        # Everything that a filter or the order asks for, so that a page is found without reading the words.
        Index(
            "ix_item_listing_browse",
            "owner_id",
            "pc",
            "external_id",
            "state",
            "live",
            "difficulty",
            "interaction",
            "languages",
            "credential_version_id",
            "version_id",
        ),
    )


# The word index of SQLite. Marks belong to words, or Devanagari would fall apart at every vowel sign.
CREATE_SEARCH = (
    "CREATE VIRTUAL TABLE item_search USING fts5(words, content='', contentless_delete=1, "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\")"
)
_CREATE = DDL(CREATE_SEARCH.replace("%", "%%"))  # type: ignore[no-untyped-call]
_DROP = DDL("DROP TABLE IF EXISTS item_search")  # type: ignore[no-untyped-call]
event.listen(ItemListingRow.__table__, "after_create", _CREATE.execute_if(dialect="sqlite"))
event.listen(ItemListingRow.__table__, "before_drop", _DROP.execute_if(dialect="sqlite"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFilter:
    """What the bank is narrowed to; what is None or empty narrows nothing. ``pcs`` are those of one NOS, or one alone.

    ``words`` must all occur, each as the beginning of a word. ``state`` is that of the newest version, but ``live`` finds
    every item of which some version is live. ``practice`` narrows to the items of the practice pool, or to all others.
    """

    credential_version_id: str | None = None
    pcs: Collection[str] = ()
    state: ItemState | None = None
    interaction: Interaction | None = None
    difficulty: Difficulty | None = None
    language: str = ""
    words: str = ""
    practice: bool | None = None


@dataclass(frozen=True, slots=True)
class BankPage:
    """A page of the bank, by PC and name, and how many items there are in all."""

    versions: tuple[ItemVersion, ...]
    total: int


@dataclass(frozen=True, slots=True)
class BankCount:
    """How many items of a PC are live, or have their newest version in another state."""

    pc: str
    state: ItemState
    items: int


def find_items(
    uow: UnitOfWork, wanted: BankFilter, *, owner_id: str, offset: int = 0, limit: int | None = PAGE
) -> BankPage:
    """The items of an agency that a filter admits. NotFound(``organisation_unknown``) for another's staff."""
    require_owner(uow, owner_id, code="organisation_unknown")
    admitted = _admitted(uow, wanted, owner_id=owner_id)
    total = uow.db.scalar(select(func.count()).select_from(admitted.subquery())) or 0
    ordered = admitted.order_by(ItemListingRow.pc, ItemListingRow.external_id).offset(offset).limit(limit)
    version_ids = [row.version_id for row in uow.db.execute(ordered)]
    versions = item_versions(uow, version_ids)
    return BankPage(tuple(versions[version_id] for version_id in version_ids), total)


def bank_counts(
    uow: UnitOfWork, *, owner_id: str, credential_version_id: str | None = None
) -> list[BankCount]:
    """What the bank of an agency holds; PCs and states without items are left out.

    An item with a live version and a newer draft counts as both.
    """
    require_owner(uow, owner_id, code="organisation_unknown")
    row = ItemListingRow
    mine = [row.owner_id == owner_id]
    if credential_version_id is not None:
        mine.append(row.credential_version_id == credential_version_id)
    live = select(row.pc, func.count()).where(*mine, row.live).group_by(row.pc)
    newest = (
        select(row.pc, row.state, func.count())
        .where(*mine, row.state != ItemState.LIVE)
        .group_by(row.pc, row.state)
    )
    counts = [BankCount(pc, ItemState.LIVE, items) for pc, items in uow.db.execute(live)]
    counts += [BankCount(*counted) for counted in uow.db.execute(newest)]
    return sorted(counts, key=lambda count: (count.pc, count.state))


def bank_languages(uow: UnitOfWork, *, owner_id: str) -> tuple[str, ...]:
    """Every language that some item of the bank has."""
    found = uow.db.scalars(
        select(ItemListingRow.languages).where(ItemListingRow.owner_id == owner_id).distinct()
    )
    return tuple(sorted({language for languages in found for language in languages.split()}))


def list_contents(
    uow: UnitOfWork,
    contents: Iterable[tuple[str, str, str, ItemContent]],
    *,
    owner_id: str,
    credential_version_id: str,
) -> None:
    """Put new items, which are drafts, into the listing: (item id, version id, external id, content)."""
    rows = [
        _row(item_id, version_id, credential_version_id, external_id, content, owner_id=owner_id, live=False)
        for item_id, version_id, external_id, content in contents
    ]
    _write(uow, rows)


def refresh_listing(uow: UnitOfWork, item_ids: Collection[str]) -> None:
    """Make the rows of items say what their versions say now."""
    wanted = sorted(set(item_ids))
    for start in range(0, len(wanted), 500):
        _refresh(uow, wanted[start : start + 500])


def search_expression(words: str) -> str:
    """What a person typed as an FTS5 query: every word, each as a beginning; ``""`` when there is no word in it."""
    return " ".join(f'"{word}"*' for word in _WORD.findall(comparable(words)))


def _refresh(uow: UnitOfWork, item_ids: Sequence[str]) -> None:
    old = list(uow.db.scalars(select(ItemListingRow.id).where(ItemListingRow.item_id.in_(item_ids))))
    if old:
        if uow.db.get_bind().dialect.name == "sqlite":
            uow.db.execute(text("DELETE FROM item_search WHERE rowid = :id"), [{"id": one} for one in old])
        uow.db.execute(delete(ItemListingRow).where(ItemListingRow.id.in_(old)))
    versions = uow.db.execute(
        select(ItemVersionRow, ItemRow)
        .join(ItemRow, ItemRow.id == ItemVersionRow.item_id)
        .where(ItemVersionRow.item_id.in_(item_ids))
        .order_by(ItemVersionRow.item_id, ItemVersionRow.number)
    ).all()
    live = {version.item_id for version, _ in versions if version.state is ItemState.LIVE}
    newest = {version.item_id: (version, item) for version, item in versions}
    _write(
        uow,
        [
            {
                **_row(
                    item.id,
                    version.id,
                    item.credential_version_id,
                    item.external_id,
                    content_of(version),
                    owner_id=item.owner_id,
                    live=item.id in live,
                ),
                "state": version.state,
            }
            for version, item in newest.values()
        ],
    )


def _write(uow: UnitOfWork, rows: Sequence[dict[str, object]]) -> None:
    if not rows:
        return
    first = (uow.db.scalar(select(func.max(ItemListingRow.id))) or 0) + 1
    numbered = [{"id": number, **row} for number, row in enumerate(rows, first)]
    uow.db.execute(insert(ItemListingRow), numbered)
    if uow.db.get_bind().dialect.name == "sqlite":
        uow.db.execute(
            text("INSERT INTO item_search (rowid, words) VALUES (:id, :words)"),
            [{"id": row["id"], "words": row["words"]} for row in numbered],
        )


def _row(
    item_id: str,
    version_id: str,
    credential_version_id: str,
    external_id: str,
    content: ItemContent,
    *,
    owner_id: str,
    live: bool,
) -> dict[str, object]:
    read = plain_text if content.is_rich else str
    said = [read(segment) for body in content.bodies for _, segment in body.segments]
    return {
        "item_id": item_id,
        "owner_id": owner_id,
        "credential_version_id": credential_version_id,
        "external_id": external_id,
        "version_id": version_id,
        "live": live,
        "state": ItemState.DRAFT,
        "interaction": content.interaction,
        "pc": content.pc,
        "difficulty": content.difficulty,
        "languages": " ".join(content.languages),
        "words": comparable(" ".join((external_id, *content.tags, *said))),
    }


def _admitted(uow: UnitOfWork, wanted: BankFilter, *, owner_id: str) -> Select[str, str, str]:
    row = ItemListingRow
    query = select(row.version_id, row.pc, row.external_id).where(row.owner_id == owner_id)
    if wanted.credential_version_id is not None:
        query = query.where(row.credential_version_id == wanted.credential_version_id)
    if wanted.pcs:
        query = query.where(row.pc.in_(sorted(wanted.pcs)))
    if wanted.state is ItemState.LIVE:
        query = query.where(row.live)
    elif wanted.state is not None:
        query = query.where(row.state == wanted.state)
    if wanted.interaction is not None:
        query = query.where(row.interaction == wanted.interaction)
    if wanted.difficulty is not None:
        query = query.where(row.difficulty == wanted.difficulty)
    if wanted.language:
        query = query.where((" " + row.languages + " ").contains(f" {wanted.language} ", autoescape=True))
    if wanted.practice is not None:
        pool = select(FormativeItemRow.item_id).where(FormativeItemRow.removed_at.is_(None))
        query = query.where(row.item_id.in_(pool) if wanted.practice else row.item_id.not_in(pool))
    if not wanted.words.strip():
        return query
    if uow.db.get_bind().dialect.name == "sqlite":
        expression = search_expression(wanted.words)
        found = text("SELECT rowid FROM item_search WHERE item_search MATCH :expression").bindparams(
            expression=expression
        )
        return (
            query.where(row.id.in_(found.columns(row.id).scalar_subquery()))
            if expression
            else query.where(row.id < 0)
        )
    for word in comparable(wanted.words).split():
        query = query.where(row.words.contains(word, autoescape=True))
    return query
