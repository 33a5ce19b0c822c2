# SPDX-License-Identifier: Apache-2.0
"""Reads of practice: how far a learner is, the question at hand, and what an agency may know, which is counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from assessor.attempts.model import AttemptState
from assessor.attempts.refs import Refs
from assessor.attempts.tables import AttemptRow
from assessor.formative.model import PcProgress, Practised, progress
from assessor.formative.tables import FormativeAnswerRow, FormativeLinkRow, FormativeRunRow
from assessor.forms.items import form_item
from assessor.forms.model import FormContent
from assessor.scheduling.queries import credential_of_entry, learner_entry
from assessor.scheduling.tables import EntryRow
from core.errors import NotFound
from core.identity.secrets import hash_key
from core.uow import UnitOfWork
from item_bank.api import (
    CandidateItem,
    ItemVersion,
    Judged,
    MediaFile,
    PoolItem,
    candidate_view,
    media_file,
    opaque_ids,
    practice_item,
    practice_pool,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Practiser:
    """Somebody who may practise: the candidate of an entry, or a browser that came by an agency's link."""

    agency_id: str
    credential_version_id: str
    candidate_id: str | None = None
    link_id: str | None = None
    visitor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeQuestion:
    """The question at hand, without its key; `number` counts the questions of this practice."""

    number: int
    pc: str
    item: CandidateItem


@dataclass(frozen=True, slots=True, kw_only=True)
class PcUse:
    """What an agency knows of the practice of a criterion: no name, only how much and how well."""

    pc: str
    items: int
    answers: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeLink:
    """An open link of an agency."""

    id: str
    credential_version_id: str
    opened_at: datetime
    visitors: int


def practiser_of_entry(uow: UnitOfWork, entry_id: str) -> Practiser:
    """The candidate of an entry, in whatever state that is. Raises NotFound `entry_unknown`."""
    entry = learner_entry(uow, entry_id)
    return Practiser(
        agency_id=entry.agency_id,
        credential_version_id=credential_of_entry(uow, entry_id).id,
        candidate_id=entry.candidate_id,
    )


def practiser_of_visitor(uow: UnitOfWork, visitor: str) -> Practiser:
    """The browser that got this secret through a link which is still open. Raises NotFound `practice_link_unknown`."""
    row = uow.db.scalar(
        select(FormativeRunRow)
        .join(FormativeLinkRow, FormativeLinkRow.id == FormativeRunRow.link_id)
        .where(FormativeRunRow.visitor_hash == hash_key(visitor), FormativeLinkRow.closed_at.is_(None))
    )
    if row is None:
        raise NotFound("practice_link_unknown")
    return Practiser(
        agency_id=row.agency_id,
        credential_version_id=row.credential_version_id,
        link_id=row.link_id,
        visitor=visitor,
    )


def open_link(uow: UnitOfWork, token: str) -> FormativeLinkRow:
    """The link behind a token, for this slice; raises NotFound `practice_link_unknown`."""
    row = uow.db.scalar(select(FormativeLinkRow).where(FormativeLinkRow.token_hash == hash_key(token)))
    if row is None or row.closed_at is not None:
        raise NotFound("practice_link_unknown")
    return row


def credential_of_link(uow: UnitOfWork, token: str) -> str:
    """The credential version that a link invites to; raises NotFound `practice_link_unknown`."""
    return open_link(uow, token).credential_version_id


def practice_progress(uow: UnitOfWork, who: Practiser) -> tuple[PcProgress, ...]:
    """How far somebody is in each criterion that has items."""
    row = run_of(uow, who)
    return progress(pool_of(uow, who), history_of(uow, row) if row else [])


def chosen_pcs(uow: UnitOfWork, who: Practiser) -> tuple[str, ...]:
    """The criteria that somebody chose last; empty for all."""
    row = run_of(uow, who)
    return tuple(row.pcs) if row else ()


def practice_question(uow: UnitOfWork, who: Practiser, *, media_base: str) -> PracticeQuestion | None:
    """The question that waits for an answer; None where there is none."""
    row = run_of(uow, who)
    if row is None or row.version_id is None or _answered(uow, row):
        return None
    return question_of(uow, row, media_base=media_base)


def practice_media(uow: UnitOfWork, who: Practiser, ref: str) -> MediaFile:
    """A file of the question at hand, by its own name for it. Raises NotFound `media_unknown`."""
    row = run_of(uow, who)
    if row is None or row.version_id is None:
        raise NotFound("media_unknown")
    media = names_of(row, practice_item(uow, row.version_id)).media(ref)
    return media_file(uow, media.sha256, owner_id=row.agency_id)


def practice_use(uow: UnitOfWork, *, organisation_id: str, credential_version_id: str) -> list[PcUse]:
    """How much and how well the criteria of a credential are practised with an agency's items."""
    who = Practiser(agency_id=organisation_id, credential_version_id=credential_version_id)
    items = [item.pc for item in pool_of(uow, who)]
    row = FormativeAnswerRow
    query = (
        select(row.pc, row.judged, func.count())
        .join(FormativeRunRow, FormativeRunRow.id == row.run_id)
        .where(
            FormativeRunRow.agency_id == organisation_id,
            FormativeRunRow.credential_version_id == credential_version_id,
        )
        .group_by(row.pc, row.judged)
    )
    counts = {(pc, judged): count for pc, judged, count in uow.db.execute(query)}
    pcs = dict.fromkeys([*items, *sorted({pc for pc, _ in counts})])
    return [
        PcUse(
            pc=pc,
            items=items.count(pc),
            answers=sum(counts.get((pc, judged), 0) for judged in Judged),
            right=counts.get((pc, Judged.RIGHT), 0),
        )
        for pc in pcs
    ]


def practice_links(uow: UnitOfWork, *, organisation_id: str) -> list[PracticeLink]:
    """The open links of an agency, newest first."""
    visitors = (
        select(func.count())
        .select_from(FormativeRunRow)
        .where(FormativeRunRow.link_id == FormativeLinkRow.id)
        .scalar_subquery()
    )
    query = (
        select(FormativeLinkRow, visitors)
        .where(FormativeLinkRow.agency_id == organisation_id, FormativeLinkRow.closed_at.is_(None))
        .order_by(FormativeLinkRow.id.desc())
    )
    return [
        PracticeLink(
            id=row.id,
            credential_version_id=row.credential_version_id,
            opened_at=row.opened_at,
            visitors=count,
        )
        for row, count in uow.db.execute(query)
    ]


def sits_test(uow: UnitOfWork, who: Practiser) -> bool:
    """Whether an attempt of the candidate runs, whatever it is for; nobody knows that of a visitor."""
    if who.candidate_id is None:
        return False
    query = (
        select(AttemptRow.id)
        .join(EntryRow, EntryRow.id == AttemptRow.entry_id)
        .where(EntryRow.candidate_id == who.candidate_id, AttemptRow.state == AttemptState.RUNNING)
    )
    return uow.db.scalar(query.limit(1)) is not None


def run_of(uow: UnitOfWork, who: Practiser) -> FormativeRunRow | None:
    """The practice of somebody, for this slice."""
    query = select(FormativeRunRow).where(FormativeRunRow.credential_version_id == who.credential_version_id)
    if who.visitor is not None:
        query = query.where(FormativeRunRow.visitor_hash == hash_key(who.visitor))
    else:
        query = query.where(FormativeRunRow.candidate_id == who.candidate_id)
    return uow.db.scalar(query)


def pool_of(uow: UnitOfWork, who: Practiser) -> list[PoolItem]:
    """What can be practised."""
    return practice_pool(uow, owner_id=who.agency_id, credential_version_id=who.credential_version_id)


def history_of(uow: UnitOfWork, row: FormativeRunRow) -> Sequence[Practised]:
    """The judged answers of a practice, in order."""
    query = select(FormativeAnswerRow).where(FormativeAnswerRow.run_id == row.id)
    return [
        Practised(number=one.number, item_id=one.item_id, pc=one.pc, right=one.judged is Judged.RIGHT)
        for one in uow.db.scalars(query.order_by(FormativeAnswerRow.number))
    ]


def question_of(uow: UnitOfWork, row: FormativeRunRow, *, media_base: str) -> PracticeQuestion:
    """The question that a practice stands at, answered or not. Raises NotFound `practice_unknown`."""
    if row.version_id is None:
        raise NotFound("practice_unknown")
    version = practice_item(uow, row.version_id)
    opaque = opaque_ids(_secret(row).encode())
    return PracticeQuestion(
        number=row.question,
        pc=version.content.pc,
        item=candidate_view(version, opaque=opaque, media_base=media_base),
    )


def names_of(row: FormativeRunRow, version: ItemVersion) -> Refs:
    """The names of the question at hand, which are other ones each time."""
    content = FormContent(assessment_id="", seed=0, limit_seconds=0, items=(form_item(version),))
    return Refs(content, opaque_ids(_secret(row).encode()))


def _secret(row: FormativeRunRow) -> str:
    return f"{row.secret}/{row.question}"


def _answered(uow: UnitOfWork, row: FormativeRunRow) -> bool:
    query = select(FormativeAnswerRow.id).where(
        FormativeAnswerRow.run_id == row.id, FormativeAnswerRow.number == row.question
    )
    return uow.db.scalar(query) is not None
