# SPDX-License-Identifier: Apache-2.0
"""Reads of attempts. What a learner's browser gets passes through `refs`: no true identifier leaves here for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from assessor.attempts.answer_log import answers
from assessor.attempts.counts import answered_items, kept_copies
from assessor.attempts.loading import THIS_ATTEMPT
from assessor.attempts.model import AttemptState, EndedBy, last_answers, time_left_ms
from assessor.attempts.move_log import course_of, last_move
from assessor.attempts.names import names_under
from assessor.attempts.refs import Refs, StoredValue, stored
from assessor.attempts.sections import NO_SECTIONS, Course
from assessor.attempts.tables import (
    AttemptRow,
    LeaseRow,
    PresenceRow,
    ResponseCopyRow,
    ResponseEventRow,
)
from assessor.forms import queries as forms
from assessor.scheduling import queries as scheduling
from assessor.scheduling.model import EntryState, codes_expire_at
from assessor.scheduling.tables import CandidateRow, EntryRow, SittingRow
from core.errors import NotFound
from core.prepared import Prepared
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
    ended_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAnswer:
    """The value that counts for an item, as the browser knows it."""

    value: StoredValue
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDevice:
    """The device that held the lease before this one: when it was last heard of, and what it still had to send then."""

    device: str
    seen_at: datetime
    pending: int
    lost_at: datetime
    """When the lease went to another."""

    @property
    def settled(self) -> bool:
        """Whether it has said since it lost the lease that nothing waits there."""
        return self.pending == 0 and self.seen_at > self.lost_at


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
    ended_reason: str
    paused: bool
    version: int
    other_device: OtherDevice | None
    course: Course = NO_SECTIONS


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
    paused: bool
    ended_reason: str


# Built once: to build a statement costs as much as to run it.
_IDENTITY = Prepared(
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
    .where(EntryRow.id == bindparam("entry_id"), EntryRow.state == EntryState.ENROLLED)
)
_STATE = Prepared(select(AttemptRow.state).where(AttemptRow.entry_id == bindparam("entry_id")))
_FOUND = select(AttemptRow).where(AttemptRow.id == THIS_ATTEMPT)
_OF_ENTRY = select(AttemptRow).where(AttemptRow.entry_id == bindparam("entry_id"))
_BY_ID = _FOUND, _FOUND.with_for_update()
_BY_ENTRY = _OF_ENTRY, _OF_ENTRY.with_for_update()
"""To read, and to write."""
_SENT = (
    select(func.max(ResponseEventRow.seq)).where(
        ResponseEventRow.attempt_id == THIS_ATTEMPT, ResponseEventRow.device == bindparam("device")
    ),
    select(func.max(ResponseCopyRow.seq)).where(
        ResponseCopyRow.attempt_id == THIS_ATTEMPT, ResponseCopyRow.device == bindparam("device")
    ),
)


def attempt_state(uow: UnitOfWork, attempt_id: str, *, device: str) -> AttemptSnapshot:
    """Where an attempt stands, seen from one device; raises NotFound `attempt_unknown`."""
    row = load_attempt(uow, attempt_id)
    names = refs_of(uow, row)
    attempt = row.to_model()
    keys = {"attempt_id": row.id, "device": device}
    sent = max(uow.db.scalar(query, keys) or 0 for query in _SENT)
    moved = last_move(uow.db.connection(), row.id, device=device) if names.content.sections else 0
    return AttemptSnapshot(
        attempt_id=row.id,
        state=row.state,
        remaining_ms=time_left_ms(attempt, now=uow.now),
        epoch=row.lease_epoch,
        holder=row.lease_device is not None and row.lease_device == device,
        last_seq=max(sent, moved),
        answers={
            names.of_item(version_id): HeldAnswer(
                value=names.shown(version_id, stored(answer.value)), revision=answer.revision
            )
            for version_id, answer in last_answers(answers(uow, row.id)).items()
        },
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        ended_reason=row.ended_reason,
        paused=attempt.paused,
        version=row.version,
        other_device=_other_device(uow, row, device=device),
        course=course_of(uow, row.id, attempt, names=names),
    )


def attempt_summary(uow: UnitOfWork, attempt_id: str) -> AttemptSummary:
    """An attempt with its slip; raises NotFound `attempt_unknown`."""
    return summary_of(uow, load_attempt(uow, attempt_id))


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
    uow.db.flush()
    row = _IDENTITY.one_or_none(uow.db.connection(), {"entry_id": entry_id})
    if row is None or uow.now >= codes_expire_at(closes_at=row.closes_at, retention_days=row.retention_days):
        return None
    return EntryIdentity(
        entry_id=entry_id,
        attempt_id=row.id,
        organisation_id=row.agency_id,
        name=row.name,
        language=row.language.value,
    )


def state_of_entry(uow: UnitOfWork, entry_id: str) -> AttemptState:
    """The state of an entry's attempt; raises NotFound `attempt_unknown`. Callers have established whose it is."""
    uow.db.flush()
    row = _STATE.one_or_none(uow.db.connection(), {"entry_id": entry_id})
    if row is None:
        raise NotFound("attempt_unknown")
    state: AttemptState = row.state
    return state


def overviews(uow: UnitOfWork, entry_ids: Collection[str]) -> dict[str, AttemptOverview]:
    """The attempts of some entries, by entry id. Callers have established whose they are."""
    rows = list(uow.db.scalars(select(AttemptRow).where(AttemptRow.entry_id.in_(entry_ids))))
    ids = [row.id for row in rows if row.state is not AttemptState.CREATED]  # the others hold nothing yet
    answered = answered_items(uow, ids)
    copies = kept_copies(uow, ids)
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
            paused=row.paused_at is not None,
            ended_reason=row.ended_reason,
        )
        for row in rows
    }


def has_overdue(uow: UnitOfWork, *, grace_seconds: int) -> bool:
    """Whether any attempt waits for `close_overdue`."""
    late = select(AttemptRow.id).where(*overdue_before(uow.now - timedelta(seconds=grace_seconds))).limit(1)
    return uow.db.scalar(late) is not None


def anybody_runs(uow: UnitOfWork, *, paused_too: bool) -> bool:
    """Whether an attempt has begun and is not handed in."""
    query = select(AttemptRow.id).where(AttemptRow.state == AttemptState.RUNNING)
    if not paused_too:
        query = query.where(AttemptRow.paused_at.is_(None))
    return uow.db.scalar(query.limit(1)) is not None


# ------------------------------------------------------------------------------------------ rows to values


def overdue_before(instant: datetime) -> tuple[ColumnElement[bool], ...]:
    """The condition of a sweep: running and not paused, and the deadline at or before `instant`."""
    return (
        AttemptRow.state == AttemptState.RUNNING,
        AttemptRow.ends_at <= instant,
        AttemptRow.paused_at.is_(None),
    )


def load_attempt(uow: UnitOfWork, attempt_id: str, *, organisation_id: str | None = None) -> AttemptRow:
    """The row of an attempt, locked where rows can be; raises NotFound `attempt_unknown`."""
    row = _one(uow, _BY_ID, {"attempt_id": attempt_id})
    if organisation_id is not None and row.agency_id != organisation_id:
        raise NotFound("attempt_unknown")
    return row


def load_attempt_of_entry(uow: UnitOfWork, entry_id: str) -> AttemptRow:
    """The row of an entry's attempt, locked where rows can be; raises NotFound `attempt_unknown`."""
    return _one(uow, _BY_ENTRY, {"entry_id": entry_id})


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
        ended_reason=row.ended_reason,
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
    return names_under(uow.db.connection(), row.id, form_id=row.form_id, secret=row.secret).refs


def _other_device(uow: UnitOfWork, row: AttemptRow, *, device: str) -> OtherDevice | None:
    """The holder before `device`, where that took over."""
    if row.lease_device != device or row.lease_epoch <= 1:
        return None
    ours = aliased(LeaseRow)
    query = (
        select(
            LeaseRow.device,
            func.coalesce(PresenceRow.seen_at, LeaseRow.taken_at).label("seen_at"),
            func.coalesce(PresenceRow.pending, 0).label("pending"),
            ours.taken_at.label("lost_at"),
        )
        .join(ours, and_(ours.attempt_id == LeaseRow.attempt_id, ours.epoch == LeaseRow.epoch + 1))
        .outerjoin(
            PresenceRow,
            and_(PresenceRow.attempt_id == LeaseRow.attempt_id, PresenceRow.device == LeaseRow.device),
        )
        .where(LeaseRow.attempt_id == row.id, LeaseRow.epoch == row.lease_epoch - 1)
    )
    return OtherDevice(**uow.db.execute(query).mappings().one())


def _one(
    uow: UnitOfWork, query: tuple[Select[AttemptRow], Select[AttemptRow]], keys: dict[str, str]
) -> AttemptRow:
    row = uow.db.scalar(query[uow.writable], keys)
    if row is None:
        raise NotFound("attempt_unknown")
    return row
