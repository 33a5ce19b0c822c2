# SPDX-License-Identifier: Apache-2.0
"""Reads of attempts. What a learner's browser gets passes through `refs`: no true identifier leaves here for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, cast, func, select

from assessor.attempts.model import Answer, AttemptState, EndedBy, last_answers, time_left_ms
from assessor.attempts.refs import Refs, StoredValue, loaded, refs, stored
from assessor.attempts.tables import AttemptRow, ResponseCopyRow, ResponseEventRow
from assessor.forms import queries as forms
from assessor.scheduling import queries as scheduling
from assessor.scheduling.model import EntryState, codes_expire_at
from assessor.scheduling.tables import CandidateRow, EntryRow, SittingRow
from core.errors import NotFound
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipLine:
    """One item on the hand-in slip: which revision the server holds, and since when."""

    item: str
    revision: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSummary:
    """An attempt with its hand-in slip: one line for every item of which the server holds an answer, in form order."""

    id: str
    entry_id: str
    agency_id: str
    state: AttemptState
    started_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    ended_by: EndedBy | None
    slip: tuple[SlipLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAnswer:
    """The value that counts for an item, as the browser knows it."""

    value: StoredValue
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSnapshot:
    """What a device needs to go on: whether it holds the lease, what the server holds, how much time is left.

    `last_seq` is the highest number that the server has seen from this device; it goes on from there.
    """

    attempt_id: str
    state: AttemptState
    remaining_ms: int
    epoch: int
    holder: bool
    last_seq: int
    answers: Mapping[str, HeldAnswer]
    ended_at: datetime | None
    ended_by: EndedBy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryIdentity:
    """Who is behind a learner's login."""

    entry_id: str
    attempt_id: str
    organisation_id: str
    name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOverview:
    """An attempt in a list: no answer, no item. `answered` counts items whose answer is not cleared."""

    id: str
    entry_id: str
    state: AttemptState
    started_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    ended_by: EndedBy | None
    remaining_ms: int
    items: int
    answered: int
    kept_copies: int


def attempt_state(uow: UnitOfWork, attempt_id: str, *, device: str) -> AttemptSnapshot:
    """Where an attempt stands, seen from one device; raises NotFound `attempt_unknown`."""
    row = load_attempt(uow, attempt_id)
    names = refs_of(uow, row)
    attempt = row.to_model()
    seen = select(func.max(ResponseEventRow.seq)).where(
        ResponseEventRow.attempt_id == row.id, ResponseEventRow.device == device
    )
    kept = select(func.max(ResponseCopyRow.seq)).where(
        ResponseCopyRow.attempt_id == row.id, ResponseCopyRow.device == device
    )
    return AttemptSnapshot(
        attempt_id=row.id,
        state=row.state,
        remaining_ms=time_left_ms(attempt, now=uow.now),
        epoch=row.lease_epoch,
        holder=row.lease_device is not None and row.lease_device == device,
        last_seq=max(uow.db.scalar(seen) or 0, uow.db.scalar(kept) or 0),
        answers={
            names.of_item(version_id): HeldAnswer(
                value=names.shown(version_id, stored(answer.value)), revision=answer.revision
            )
            for version_id, answer in last_answers(answers(uow, row.id)).items()
        },
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )


def attempt_summary(uow: UnitOfWork, attempt_id: str) -> AttemptSummary:
    """An attempt with its slip; raises NotFound `attempt_unknown`."""
    return summary_of(uow, load_attempt(uow, attempt_id))


def answers(uow: UnitOfWork, attempt_id: str) -> list[Answer]:
    """Every answer of the log that counts or counted, in no order that matters."""
    query = select(
        ResponseEventRow.item_version_id,
        ResponseEventRow.epoch,
        ResponseEventRow.seq,
        ResponseEventRow.value,
        ResponseEventRow.revision,
        ResponseEventRow.received_at,
    ).where(ResponseEventRow.attempt_id == attempt_id)
    return [
        Answer(
            item_version_id=row.item_version_id,
            epoch=row.epoch,
            seq=row.seq,
            value=loaded(row.value),
            revision=row.revision,
            received_at=row.received_at,
        )
        for row in uow.db.execute(query)
    ]


def entry_by_code(uow: UnitOfWork, code: str, *, pepper: bytes) -> EntryIdentity:
    """Who comes in by an access code; the gate says what can be done then (wait, start, resume, read the result).

    Raises NotFound `code_unknown`; Conflict `entry_withdrawn`, `code_expired`.
    """
    identity = entry_identity(uow, scheduling.entry_by_code(uow, code, pepper=pepper).id)
    if identity is None:
        raise NotFound("code_unknown")
    return identity


def entry_identity(uow: UnitOfWork, entry_id: str) -> EntryIdentity | None:
    """Who is behind an entry, or None when it is gone, was withdrawn, or its codes have expired."""
    query = (
        select(
            AttemptRow.id,
            EntryRow.agency_id,
            CandidateRow.name,
            CandidateRow.language,
            SittingRow.closes_at,
            SittingRow.retention_days,
        )
        .join(EntryRow, EntryRow.id == AttemptRow.entry_id)
        .join(CandidateRow, CandidateRow.id == EntryRow.candidate_id)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
        .where(EntryRow.id == entry_id, EntryRow.state == EntryState.ENROLLED)
    )
    row = uow.db.execute(query).one_or_none()
    if row is None or uow.now >= codes_expire_at(closes_at=row.closes_at, retention_days=row.retention_days):
        return None
    return EntryIdentity(
        entry_id=entry_id,
        attempt_id=row.id,
        organisation_id=row.agency_id,
        name=row.name,
        language=row.language.value,
    )


def overviews(uow: UnitOfWork, entry_ids: Collection[str]) -> dict[str, AttemptOverview]:
    """The attempts of some entries, by entry id. Callers have established whose they are."""
    rows = list(uow.db.scalars(select(AttemptRow).where(AttemptRow.entry_id.in_(entry_ids))))
    ids = [row.id for row in rows]
    answered = _answered(uow, ids)
    copies = _copies(uow, ids)
    lengths = forms.lengths(uow, {row.form_id for row in rows})
    return {
        row.entry_id: AttemptOverview(
            id=row.id,
            entry_id=row.entry_id,
            state=row.state,
            started_at=row.started_at,
            ends_at=row.ends_at,
            ended_at=row.ended_at,
            ended_by=row.ended_by,
            remaining_ms=time_left_ms(row.to_model(), now=uow.now),
            items=lengths[row.form_id],
            answered=answered.get(row.id, 0),
            kept_copies=copies.get(row.id, 0),
        )
        for row in rows
    }


def has_overdue(uow: UnitOfWork, *, grace_seconds: int) -> bool:
    """Whether any attempt waits for `close_overdue`."""
    late = select(AttemptRow.id).where(*overdue_before(uow.now - timedelta(seconds=grace_seconds))).limit(1)
    return uow.db.scalar(late) is not None


# ------------------------------------------------------------------------------------------ rows to values


def overdue_before(instant: datetime) -> tuple[ColumnElement[bool], ...]:
    """The condition of a sweep: running, and the deadline at or before `instant`."""
    return AttemptRow.state == AttemptState.RUNNING, AttemptRow.ends_at <= instant


def load_attempt(uow: UnitOfWork, attempt_id: str, *, organisation_id: str | None = None) -> AttemptRow:
    """The row of an attempt, locked where rows can be; raises NotFound `attempt_unknown`."""
    query = select(AttemptRow).where(AttemptRow.id == attempt_id)
    if organisation_id is not None:
        query = query.where(AttemptRow.agency_id == organisation_id)
    return _one(uow, query)


def load_attempt_of_entry(uow: UnitOfWork, entry_id: str) -> AttemptRow:
    """The row of an entry's attempt, locked where rows can be; raises NotFound `attempt_unknown`."""
    return _one(uow, select(AttemptRow).where(AttemptRow.entry_id == entry_id))


def summary_of(uow: UnitOfWork, row: AttemptRow) -> AttemptSummary:
    """An attempt with its hand-in slip."""
    names = refs_of(uow, row)
    held = last_answers(answers(uow, row.id))
    return AttemptSummary(
        id=row.id,
        entry_id=row.entry_id,
        agency_id=row.agency_id,
        state=row.state,
        started_at=row.started_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        slip=tuple(
            SlipLine(
                item=names.of_item(item.version_id),
                revision=held[item.version_id].revision,
                received_at=held[item.version_id].received_at,
            )
            for item in names.content.items
            if item.version_id in held
        ),
    )


def refs_of(uow: UnitOfWork, row: AttemptRow) -> Refs:
    """The names that an attempt's browser knows."""
    return refs(forms.form(uow, row.form_id).content, secret=row.secret)


def _one(uow: UnitOfWork, query: Select[AttemptRow]) -> AttemptRow:
    row = uow.db.scalar(query.with_for_update() if uow.writable else query)
    if row is None:
        raise NotFound("attempt_unknown")
    return row


def _answered(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, int]:
    """How many items of each attempt have an answer that is not cleared: `last_answers`, counted by the database."""
    place = func.row_number().over(
        partition_by=(ResponseEventRow.attempt_id, ResponseEventRow.item_version_id),
        order_by=(ResponseEventRow.epoch.desc(), ResponseEventRow.seq.desc()),
    )
    log = (
        select(
            ResponseEventRow.attempt_id,
            cast(ResponseEventRow.value, String).label("value"),
            place.label("place"),
        )
        .where(ResponseEventRow.attempt_id.in_(attempt_ids))
        .subquery()
    )
    query = (
        select(log.c.attempt_id, func.count())
        .where(log.c.place == 1, log.c.value != "null")
        .group_by(log.c.attempt_id)
    )
    return dict(uow.db.execute(query).all())


def _copies(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, int]:
    query = (
        select(ResponseCopyRow.attempt_id, func.count())
        .where(ResponseCopyRow.attempt_id.in_(attempt_ids))
        .group_by(ResponseCopyRow.attempt_id)
    )
    return dict(uow.db.execute(query).all())
