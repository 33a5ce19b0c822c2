# SPDX-License-Identifier: Apache-2.0
"""Reads of notices: what was sent to whom, when, and whether it arrived at its channel. Words are never read here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.notices.model import Channel, Failure, NoticeKind, NoticeState
from core.notices.tables import NoticeRow
from core.outbox import OutboxRow
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as people may see it. ``channel`` None: there was no address, so it is for paper."""

    id: str
    organisation_id: str
    subject_id: str
    kind: NoticeKind
    language: str
    channel: Channel | None
    masked: str
    state: NoticeState
    failure: Failure | None
    tries: int
    queued_at: datetime
    tried_at: datetime | None
    ended_at: datetime | None
    can_be_sent_again: bool


def notices(
    uow: UnitOfWork,
    *,
    organisation_id: str | None,
    states: Iterable[NoticeState] = tuple(NoticeState),
    before: str | None = None,
    limit: int | None = 200,
) -> list[Notice]:
    """The notices of an organisation, newest first; of every organisation for the operator (None).

    ``before`` pages by id; a ``limit`` of None is none.
    """
    query = select(NoticeRow).where(NoticeRow.state.in_(list(states)))
    if organisation_id is not None:
        query = query.where(NoticeRow.organisation_id == organisation_id)
    if before is not None:
        query = query.where(NoticeRow.id < before)
    return [_notice(row) for row in uow.db.scalars(query.order_by(NoticeRow.id.desc()).limit(limit))]


def notices_of(uow: UnitOfWork, subject_ids: Iterable[str], *, organisation_id: str) -> list[Notice]:
    """What was sent to these entries or persons of an organisation, newest first."""
    query = (
        select(NoticeRow)
        .where(NoticeRow.organisation_id == organisation_id, NoticeRow.subject_id.in_(list(subject_ids)))
        .order_by(NoticeRow.id.desc())
    )
    return [_notice(row) for row in uow.db.scalars(query)]


def told_since(
    uow: UnitOfWork, subject_id: str, *, organisation_id: str, event: str, since: datetime
) -> bool:
    """Whether an event of this name made a notice to an entry or a person after an instant."""
    query = (
        select(NoticeRow.id)
        .join(OutboxRow, OutboxRow.id == NoticeRow.cause_id)
        .where(
            NoticeRow.organisation_id == organisation_id,
            NoticeRow.subject_id == subject_id,
            NoticeRow.queued_at > since,
            OutboxRow.name == event,
        )
    )
    return uow.db.scalar(query.limit(1)) is not None


def notice_counts(uow: UnitOfWork, *, organisation_id: str | None) -> dict[NoticeState, int]:
    """How many notices are in each state."""
    query = select(NoticeRow.state, func.count()).group_by(NoticeRow.state)
    if organisation_id is not None:
        query = query.where(NoticeRow.organisation_id == organisation_id)
    found = {row[0]: row[1] for row in uow.db.execute(query)}
    return {state: found.get(state, 0) for state in NoticeState}


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        id=row.id,
        organisation_id=row.organisation_id,
        subject_id=row.subject_id,
        kind=row.kind,
        language=row.language,
        channel=row.channel,
        masked=row.masked,
        state=row.state,
        failure=row.failure,
        tries=row.tries,
        queued_at=row.queued_at,
        tried_at=row.tried_at,
        ended_at=row.ended_at,
        can_be_sent_again=row.state is NoticeState.FAILED and row.sealed is not None,
    )
