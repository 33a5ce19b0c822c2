# SPDX-License-Identifier: Apache-2.0
"""Reads of items; rows stay inside. Only the functions that say so read keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Row, Select, bindparam, func, select

from core.errors import Conflict, NotFound
from core.kept import Kept
from core.uow import UnitOfWork
from item_bank.document import LocalText, Part
from item_bank.formative.tables import FormativeItemRow
from item_bank.items.model import (
    BankItem,
    Body,
    ItemContent,
    ItemDocument,
    ItemKey,
    ItemState,
    ItemVersion,
    Option,
)
from item_bank.items.part_parsing import read_media, read_part, read_part_key
from item_bank.items.scoring import HandPart, hand_parts, scoring_of
from item_bank.items.tables import ItemKeyRow, ItemRow, ItemTranslationRow, ItemVersionRow
from item_bank.items.translations import Segment, stale_segments
from item_bank.tenancy import require_owner
from scoring.api import Normalisation, Scoring, ScoringError

_CHUNK = 500
# Built once: every fetch of a test and every start asks it.
_HASHES = select(ItemVersionRow.id, ItemVersionRow.content_hash).where(
    ItemVersionRow.id.in_(bindparam("version_ids", expanding=True))
)
_genuine: Kept[tuple[str, str], Genuine] = Kept(5_000)
"""By version and hash: what makes that hash never changes, so it is read and reckoned once."""
_UNREADABLE = (ScoringError, KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What a row raises whose JSON is not an item any more."""


class Genuine(NamedTuple):
    """What a version says and what its responses are scored by; together they make its hash."""

    content: ItemContent
    key: ItemKey
    scoring: Scoring


def item_versions(uow: UnitOfWork, version_ids: Collection[str]) -> dict[str, ItemVersion]:
    """Versions by id, for a form that has pinned them; the content has no key. NotFound(``item_unknown``) if one is missing."""
    found: dict[str, ItemVersion] = {}
    for chunk in _chunks(sorted(set(version_ids))):
        for row in uow.db.execute(_versions().where(ItemVersionRow.id.in_(chunk))):
            version = version_of(row)
            found[version.id] = version
    if len(found) != len(set(version_ids)):
        raise NotFound("item_unknown")
    return found


def content_hashes(uow: UnitOfWork, version_ids: Collection[str]) -> dict[str, str]:
    """Reads keys: the hash that each version's content and key make; "" where that is not what the row claims.

    A row that was changed behind the platform's back keeps its claim, so the claim alone proves nothing. A version that
    is gone is missing. What this process has already seen to be genuine is not read again.
    """
    found: dict[str, str] = {}
    uow.db.flush()
    for chunk in _chunks(sorted(set(version_ids))):
        rows = uow.db.connection().execute(_HASHES, {"version_ids": chunk})
        found |= {row.id: row.content_hash for row in rows}
    unseen = [
        version_id for version_id, claimed in found.items() if _genuine.get((version_id, claimed)) is None
    ]
    made = _made_hashes(uow, unseen)
    return {
        version_id: claimed if made.get(version_id, claimed) == claimed else ""
        for version_id, claimed in found.items()
    }


def pinned_contents(uow: UnitOfWork, hashes: Mapping[str, str]) -> dict[str, ItemContent]:
    """What versions say, under the hashes that a form pins; no key is in it.

    Raises NotFound ``item_unknown`` if one is missing; Conflict ``item_altered`` if one does not make its hash.
    """
    return {version_id: one.content for version_id, one in _pinned(uow, hashes).items()}


def scoring_view(uow: UnitOfWork, hashes: Mapping[str, str]) -> dict[str, Scoring]:
    """Reads keys: what responses to versions are scored by, under the hashes that a form pins; raises as `pinned_contents`."""
    return {version_id: one.scoring for version_id, one in _pinned(uow, hashes).items()}


def hand_view(uow: UnitOfWork, hashes: Mapping[str, str]) -> dict[str, tuple[HandPart, ...]]:
    """Reads keys: the parts that a person marks, with their guides, for the assessor; raises as `pinned_contents`."""
    return {version_id: hand_parts(one.content, one.key) for version_id, one in _pinned(uow, hashes).items()}


def item_version(uow: UnitOfWork, version_id: str) -> ItemVersion:
    """One version for the staff of its owner, else NotFound(``item_unknown``)."""
    row = uow.db.execute(_versions().where(ItemVersionRow.id == version_id)).one_or_none()
    if row is None:
        raise NotFound("item_unknown")
    version = version_of(row)
    require_owner(uow, version.owner_id, code="item_unknown")
    return version


def item_document(uow: UnitOfWork, version_id: str) -> ItemDocument:
    """Reads keys: the whole item, for the preview of an author or a reviewer of its owner."""
    version = item_version(uow, version_id)
    return ItemDocument(version.external_id, version.content, _keys(uow, [version_id])[version_id])


def item_documents(
    uow: UnitOfWork, version_ids: Collection[str], *, owner_id: str
) -> dict[str, ItemDocument]:
    """Reads keys: whole items of an owner by the id of the version; what belongs to another is left out."""
    require_owner(uow, owner_id, code="organisation_unknown")
    found = {key: one for key, one in item_versions(uow, version_ids).items() if one.owner_id == owner_id}
    keys = _keys(uow, list(found))
    return {key: ItemDocument(one.external_id, one.content, keys[key]) for key, one in found.items()}


def versions_of_item(uow: UnitOfWork, item_id: str) -> list[ItemVersion]:
    """Every version of an item, newest first, for the staff of its owner."""
    query = _versions().where(ItemVersionRow.item_id == item_id).order_by(ItemVersionRow.number.desc())
    versions = [version_of(row) for row in uow.db.execute(query)]
    if not versions:
        raise NotFound("item_unknown")
    require_owner(uow, versions[0].owner_id, code="item_unknown")
    return versions


def newest_versions(
    uow: UnitOfWork,
    *,
    owner_id: str,
    credential_version_id: str | None = None,
    pc: str | None = None,
    state: ItemState | None = None,
) -> list[ItemVersion]:
    """The bank as a list: the newest version of each item, or with ``state`` every version in that state, by PC and name."""
    require_owner(uow, owner_id, code="organisation_unknown")
    query = _versions().where(ItemRow.owner_id == owner_id)
    if credential_version_id is not None:
        query = query.where(ItemRow.credential_version_id == credential_version_id)
    if pc is not None:
        query = query.where(ItemVersionRow.pc == pc)
    if state is None:
        query = query.where(ItemVersionRow.number == _newest_number())
    else:
        query = query.where(ItemVersionRow.state == state)
    query = query.order_by(ItemVersionRow.pc, ItemRow.external_id, ItemVersionRow.number)
    return [version_of(row) for row in uow.db.execute(query)]


def live_bank(uow: UnitOfWork, *, owner_id: str, credential_version_id: str) -> list[BankItem]:
    """What a paper can be drawn from, in a fixed order, so that a seeded draw replays; what is or was practised never can."""
    require_owner(uow, owner_id, code="organisation_unknown")
    query = (
        select(
            ItemVersionRow.id,
            ItemVersionRow.pc,
            ItemVersionRow.seconds,
            ItemVersionRow.difficulty,
            ItemVersionRow.marks,
            ItemVersionRow.languages,
            ItemVersionRow.interaction,
            ItemVersionRow.tags,
            ItemRow.id,
        )
        .join(ItemRow, ItemRow.id == ItemVersionRow.item_id)
        .where(
            ItemRow.owner_id == owner_id,
            ItemRow.credential_version_id == credential_version_id,
            ItemVersionRow.state == ItemState.LIVE,
            ItemRow.id.not_in(select(FormativeItemRow.item_id)),
        )
        .order_by(ItemVersionRow.pc, ItemRow.external_id, ItemVersionRow.id)
    )
    return [
        BankItem(
            version_id,
            pc,
            seconds,
            difficulty,
            Fraction(marks),
            tuple(languages.split()),
            kind,
            tuple(tags or ()),
            item_id,
        )
        for version_id, pc, seconds, difficulty, marks, languages, kind, tags, item_id in uow.db.execute(
            query
        )
    ]


def bank_documents(
    uow: UnitOfWork, *, owner_id: str, credential_version_id: str | None = None
) -> list[tuple[ItemDocument, frozenset[Segment]]]:
    """Reads keys: the newest version of each item that is not withdrawn, by PC and name, for the staff of its owner.

    With each, the translated segments whose source has changed since they were confirmed.
    """
    versions = [
        version
        for version in newest_versions(uow, owner_id=owner_id, credential_version_id=credential_version_id)
        if version.state is not ItemState.WITHDRAWN
    ]
    keys = _keys(uow, [version.id for version in versions])
    marks = translation_marks(uow, [version.id for version in versions])
    return [
        (
            ItemDocument(version.external_id, version.content, keys[version.id]),
            stale_segments(version.content, marks.get(version.id, {})),
        )
        for version in versions
    ]


def translation_marks(uow: UnitOfWork, version_ids: Collection[str]) -> dict[str, dict[Segment, str]]:
    """What the translated segments of versions were confirmed against; versions without any mark are left out."""
    found: dict[str, dict[Segment, str]] = {}
    for chunk in _chunks(sorted(version_ids)):
        for row in uow.db.scalars(select(ItemTranslationRow).where(ItemTranslationRow.version_id.in_(chunk))):
            found.setdefault(row.version_id, {})[row.language, row.segment] = row.source_sha256
    return found


def altered_versions(uow: UnitOfWork, *, owner_id: str) -> list[str]:
    """Reads keys: the versions whose stored content or key no longer makes their hash, which no operation can bring about."""
    require_owner(uow, owner_id, code="organisation_unknown")
    versions = [version_of(row) for row in uow.db.execute(_versions().where(ItemRow.owner_id == owner_id))]
    keys = _keys(uow, [version.id for version in versions])
    return [
        version.id
        for version in versions
        if version.id not in keys
        or ItemDocument(version.external_id, version.content, keys[version.id]).content_hash
        != version.content_hash
    ]


def _pinned(uow: UnitOfWork, hashes: Mapping[str, str]) -> dict[str, Genuine]:
    found = {pin[0]: one for pin in hashes.items() if (one := _genuine.get(pin)) is not None}
    made = _made_hashes(uow, hashes.keys() - found.keys())
    for version_id, content_hash in made.items():
        one = _genuine.get((version_id, hashes[version_id]))
        if one is None or content_hash != hashes[version_id]:
            raise Conflict("item_altered")
        found[version_id] = one
    if len(found) != len(hashes):
        raise NotFound("item_unknown")
    return found


def _made_hashes(uow: UnitOfWork, version_ids: Collection[str]) -> dict[str, str]:
    """The hashes that versions make; what makes one is kept under it. Versions that are not there are missing."""
    made: dict[str, str] = {}
    for chunk in _chunks(sorted(version_ids)):
        keys = {row.version_id: row for row in uow.db.scalars(_these_keys(chunk))}
        for row in uow.db.execute(_versions().where(ItemVersionRow.id.in_(chunk))):
            try:
                version, key = version_of(row), key_of(keys[row[0].id])
                made[version.id] = ItemDocument(version.external_id, version.content, key).content_hash
                one = Genuine(version.content, key, scoring_of(version.content, key))
            except _UNREADABLE:
                made[row[0].id] = ""
            else:
                _genuine.put((version.id, made[version.id]), one)
    return made


def _versions() -> Select[ItemVersionRow, ItemRow]:
    return select(ItemVersionRow, ItemRow).join(ItemRow, ItemRow.id == ItemVersionRow.item_id)


def _newest_number() -> object:
    other = ItemVersionRow.__table__.alias()
    return select(func.max(other.c.number)).where(other.c.item_id == ItemVersionRow.item_id).scalar_subquery()


def _keys(uow: UnitOfWork, version_ids: Collection[str]) -> dict[str, ItemKey]:
    found: dict[str, ItemKey] = {}
    for chunk in _chunks(sorted(version_ids)):
        for row in uow.db.scalars(_these_keys(chunk)):
            found[row.version_id] = key_of(row)
    return found


def _these_keys(version_ids: Sequence[str]) -> Select[ItemKeyRow]:
    return select(ItemKeyRow).where(ItemKeyRow.version_id.in_(version_ids))


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def content_of(row: ItemVersionRow) -> ItemContent:
    """The candidate-safe content of a row."""
    return ItemContent(
        interaction=row.interaction,
        pc=row.pc,
        difficulty=row.difficulty,
        seconds=row.seconds,
        shuffle=row.shuffle,
        bodies=tuple(
            Body(
                body["language"],
                body["stem"],
                tuple(Option(letter, option) for letter, option in body["options"]),
                texts=tuple((name, text) for name, text in body.get("texts", ())),
                stimulus=body.get("stimulus", ""),
            )
            for body in row.bodies
        ),
        parts=tuple(read_part(Part(part)) for part in row.parts or ()),
        media=tuple(read_media(Part(media)) for media in row.media or ()),
        marks=Fraction(row.marks),
        stimulus_id=row.stimulus_id or "",
        tags=tuple(row.tags or ()),
    )


def key_of(row: ItemKeyRow) -> ItemKey:
    """The key material of a row."""
    rationale = (
        LocalText(tuple((language, text) for language, text in row.rationale)) if row.rationale else None
    )
    return ItemKey(
        tuple(row.correct),
        tuple(Normalisation(step) for step in row.normalise),
        rationale,
        parts=tuple(read_part_key(Part(part)) for part in row.parts or ()),
        program=row.program,
    )


def version_of(joined: Row[ItemVersionRow, ItemRow]) -> ItemVersion:
    """A version with its item as a value."""
    row, item = joined
    return ItemVersion(
        id=row.id,
        item_id=item.id,
        owner_id=item.owner_id,
        credential_version_id=item.credential_version_id,
        external_id=item.external_id,
        number=row.number,
        state=row.state,
        content=content_of(row),
        content_hash=row.content_hash,
        author_id=row.author_id,
        submitted_by=row.submitted_by,
        created_at=row.created_at,
    )
