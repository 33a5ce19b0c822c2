# SPDX-License-Identifier: Apache-2.0
"""Commands of an author at work: a new item, a saved draft, a copy. What was submitted to review is never rewritten.

The author of a draft may rewrite it in place until it is submitted: nobody else has seen such a draft, and nothing pins it.
Any other change (of a version in review, live or withdrawn, of a draft that was sent back or imported, or that somebody else
wrote) makes a version with the next number, and an open predecessor is withdrawn in its favour.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from core.errors import Conflict, Invalid
from core.uow import UnitOfWork
from item_bank.document import Problem
from item_bank.items.documents import media_document, part_document, part_key_document
from item_bank.items.events import ItemDraftSaved
from item_bank.items.listing import refresh_listing
from item_bank.items.media import missing_media
from item_bank.items.model import ItemContent, ItemDocument, ItemState, ItemVersion
from item_bank.items.operations import Newest, StoragePlan, store_plan, stored_bodies
from item_bank.items.parts import Media
from item_bank.items.queries import content_of, item_document, item_version
from item_bank.items.self_test import reaches_maximum
from item_bank.items.tables import ItemKeyRow, ItemRow, ItemSourceRow, ItemTranslationRow, ItemVersionRow
from item_bank.items.translations import Marks, carry_marks, stale_segments
from item_bank.markup import media_names
from item_bank.standards.model import CredentialDocument, CredentialState
from item_bank.standards.queries import credential_version, engagement_between
from item_bank.tenancy import require_owner


@dataclass(frozen=True, slots=True)
class Draft:
    """A version as an author takes it up: its whole document, its revision, and which translated segments are stale."""

    version: ItemVersion
    document: ItemDocument
    revision: int
    stale: frozenset[tuple[str, str]]


def draft(uow: UnitOfWork, version_id: str) -> Draft:
    """Reads keys: a version of any state, to be edited by the staff of its owner; NotFound(``item_unknown``)."""
    version = item_version(uow, version_id)
    row = uow.db.get_one(ItemVersionRow, version_id)
    stale = stale_segments(version.content, _marks(uow, version_id))
    return Draft(version, item_document(uow, version_id), row.revision, stale)


@dataclass(frozen=True, slots=True)
class Stimulus:
    """A text that items of a bank share: its name, what it says in each language (markup), the files it shows."""

    name: str
    texts: tuple[tuple[str, str], ...]
    media: tuple[Media, ...]


def stimuli(uow: UnitOfWork, *, owner_id: str, credential_version_id: str) -> list[Stimulus]:
    """The stimuli of a bank by name, each as its newest version that is in use says it."""
    require_owner(uow, owner_id, code="organisation_unknown")
    query = (
        select(ItemVersionRow)
        .join(ItemRow, ItemRow.id == ItemVersionRow.item_id)
        .where(
            ItemRow.owner_id == owner_id,
            ItemRow.credential_version_id == credential_version_id,
            ItemVersionRow.stimulus_id.is_not(None),
            ItemVersionRow.state != ItemState.WITHDRAWN,
        )
        .order_by(ItemVersionRow.stimulus_id, ItemVersionRow.created_at, ItemVersionRow.id)
    )
    newest = {content.stimulus_id: content for content in map(content_of, uow.db.scalars(query))}
    return [_stimulus(name, content) for name, content in newest.items()]


def _stimulus(name: str, content: ItemContent) -> Stimulus:
    texts = tuple((body.language, body.stimulus) for body in content.bodies if body.stimulus)
    shown = {one for _, text in texts for one in media_names(text)}
    return Stimulus(name, texts, tuple(media for media in content.media if media.name in shown))


def create_item(
    uow: UnitOfWork, document: ItemDocument, *, owner_id: str, credential_version_id: str
) -> ItemVersion:
    """A new item with its first draft.

    NotFound(``organisation_unknown``), Conflict(``credential_state`` | ``no_engagement`` | ``item_exists``),
    Invalid(``item_malformed``).
    """
    require_owner(uow, owner_id, code="organisation_unknown")
    _require_writable(uow, document, owner_id=owner_id, credential_version_id=credential_version_id)
    here = (ItemRow.owner_id == owner_id, ItemRow.credential_version_id == credential_version_id)
    name = ItemRow.external_id == document.external_id
    if uow.db.scalar(select(ItemRow.id).where(*here, name)) is not None:
        raise Conflict("item_exists", item=document.external_id)
    plan = StoragePlan(new=(document,), changed=(), unchanged=())
    store_plan(uow, plan, owner_id=owner_id, credential_version_id=credential_version_id)
    item_id = uow.db.scalars(select(ItemRow.id).where(*here, name)).one()
    return _saved(uow, _newest_row(uow, item_id), owner_id=owner_id, rewritten=False)


def save_draft(
    uow: UnitOfWork,
    version_id: str,
    document: ItemDocument,
    *,
    expected_revision: int,
    confirmed: Collection[str] = (),
) -> ItemVersion:
    """Keep what an author made of a version; ``confirmed`` names the languages whose translations were checked again.

    The version itself comes back where only its own content could have changed, else the new version. NotFound
    (``item_unknown``), Conflict (``draft_stale`` with the newest version's id: somebody saved in the meantime;
    ``credential_state``, ``no_engagement``), Invalid (``item_malformed``).
    """
    before = draft(uow, version_id)
    version = before.version
    newest = _newest_row(uow, version.item_id)
    if newest.id != version_id or newest.revision != expected_revision:
        raise Conflict("draft_stale", item=version.external_id, newest=newest.id)
    if document.external_id != version.external_id:
        problem = Problem(
            ("id",), "renamed", f"the item is called {version.external_id!r}; copy it to use another name"
        )
        raise Invalid("item_malformed", problems=[problem.as_fact()])
    _require_writable(
        uow, document, owner_id=version.owner_id, credential_version_id=version.credential_version_id
    )
    marks = carry_marks(
        before.document.content, _marks(uow, version_id), document.content, confirmed=confirmed
    )
    if document.content_hash == version.content_hash:
        _keep_marks(uow, version_id, marks)
        return version
    rewritten = _may_rewrite(uow, newest)
    if rewritten:
        _rewrite(uow, newest, document)
    else:
        changed = Newest(newest.item_id, newest.id, newest.number, newest.state, newest.content_hash)
        store_plan(
            uow,
            StoragePlan(new=(), changed=((document, changed),), unchanged=()),
            owner_id=version.owner_id,
            credential_version_id=version.credential_version_id,
        )
        uow.db.expire_all()  # the bulk statements went past the objects
    row = _newest_row(uow, version.item_id)
    _keep_marks(uow, row.id, marks)
    return _saved(uow, row, owner_id=version.owner_id, rewritten=rewritten)


def copy_item(uow: UnitOfWork, version_id: str, *, external_id: str) -> ItemVersion:
    """The same item under another name, as a draft of the actor. Raises what ``create_item`` raises."""
    source = draft(uow, version_id)
    made = create_item(
        uow,
        source.document.renamed(external_id),
        owner_id=source.version.owner_id,
        credential_version_id=source.version.credential_version_id,
    )
    _keep_marks(uow, made.id, dict(_marks(uow, version_id)))
    return made


def draft_problems(document: ItemDocument, credential: CredentialDocument) -> list[Problem]:
    """What keeps a well-formed item from standing in the bank of a credential, as a draft."""
    found = []
    content = document.content
    if credential.pc(content.pc) is None:
        known = ", ".join(pc.id for pc in credential.pcs)
        found.append(
            Problem(("pc",), "unknown_pc", f"the credential has no PC {content.pc!r}; it has {known}")
        )
    if not reaches_maximum(document):
        found.append(Problem(("key",), "self_test", "the declared correct answer does not score the maximum"))
    return found


def _require_writable(
    uow: UnitOfWork, document: ItemDocument, *, owner_id: str, credential_version_id: str
) -> None:
    credential = credential_version(uow, credential_version_id)
    if credential.state is not CredentialState.LIVE:
        raise Conflict("credential_state", state=credential.state.value, command="write")
    if engagement_between(uow, agency_id=owner_id, credential_version_id=credential_version_id) is None:
        raise Conflict("no_engagement")
    problems = draft_problems(document, credential.document)
    absent = missing_media(uow, [media.sha256 for media in document.content.media], owner_id=owner_id)
    problems += [
        Problem(("media",), "media_missing", f"the file {media.name!r} is not in the bank")
        for media in document.content.media
        if media.sha256 in absent
    ]
    if problems:
        raise Invalid("item_malformed", problems=[problem.as_fact() for problem in problems])


def _may_rewrite(uow: UnitOfWork, row: ItemVersionRow) -> bool:
    """Whether nobody but its author, who is here, has anything to do with this version yet."""
    untouched = row.state is ItemState.DRAFT and row.submitted_by is None and row.author_id == uow.actor.id
    return untouched and uow.db.get(ItemSourceRow, row.id) is None


def _rewrite(uow: UnitOfWork, row: ItemVersionRow, document: ItemDocument) -> None:
    content, key = document.content, document.key
    row.interaction = content.interaction
    row.pc = content.pc
    row.difficulty = content.difficulty
    row.seconds = content.seconds
    row.shuffle = content.shuffle
    row.bodies = stored_bodies(content)
    row.languages = " ".join(content.languages)
    row.marks = str(content.marks)
    row.parts = [part_document(part) for part in content.parts] or None
    row.media = [media_document(media) for media in content.media] or None
    row.stimulus_id = content.stimulus_id or None
    row.tags = list(content.tags) or None
    row.content_hash = document.content_hash
    kept = uow.db.get_one(ItemKeyRow, row.id)
    kept.correct = list(key.correct)
    kept.normalise = [step.value for step in key.normalise]
    kept.rationale = [list(pair) for pair in key.rationale.by_language] if key.rationale else []
    kept.parts = [part_key_document(part) for part in key.parts] or None
    kept.program = dict(key.program) if key.program is not None else None
    uow.db.flush()
    refresh_listing(uow, [row.item_id])
    refresh_listing(uow, [row.item_id])


def _saved(uow: UnitOfWork, row: ItemVersionRow, *, owner_id: str, rewritten: bool) -> ItemVersion:
    uow.emit(
        ItemDraftSaved(
            organisation_id=owner_id,
            subject_id=row.id,
            item_id=row.item_id,
            number=row.number,
            content_hash=row.content_hash,
            rewritten=rewritten,
        )
    )
    return item_version(uow, row.id)


def _newest_row(uow: UnitOfWork, item_id: str) -> ItemVersionRow:
    query = select(ItemVersionRow).where(ItemVersionRow.item_id == item_id)
    return uow.db.scalars(query.order_by(ItemVersionRow.number.desc()).limit(1)).one()


def _marks(uow: UnitOfWork, version_id: str) -> Marks:
    rows = uow.db.scalars(select(ItemTranslationRow).where(ItemTranslationRow.version_id == version_id))
    return {(row.language, row.segment): row.source_sha256 for row in rows}


def _keep_marks(uow: UnitOfWork, version_id: str, marks: Marks) -> None:
    uow.db.execute(delete(ItemTranslationRow).where(ItemTranslationRow.version_id == version_id))
    if marks:
        uow.db.execute(
            insert(ItemTranslationRow),
            [
                {"version_id": version_id, "language": language, "segment": segment, "source_sha256": mark}
                for (language, segment), mark in sorted(marks.items())
            ],
        )
