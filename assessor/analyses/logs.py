# SPDX-License-Identifier: Apache-2.0
"""Reads everything about the attempts of a batch, one query for each kind of row however many attempts there are.

Core rows only: a batch has a hundred thousand answers. What they mean is in `gathering`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, select

from assessor.attempts.counts import admitted_copy
from assessor.attempts.lateness import LATE
from assessor.attempts.model import AttemptState
from assessor.attempts.sections import MoveKind
from assessor.attempts.tables import (
    AttemptRow,
    LeaseRow,
    MoveRow,
    OutageRow,
    PauseRow,
    ResponseCopyRow,
    ResponseEventRow,
)
from assessor.marking.model import TaskComponent
from assessor.marking.tables import MarkingTaskRow, MarkRow
from assessor.results.model import ResultState
from assessor.results.tables import ResultRow
from assessor.scheduling.model import EntryState
from assessor.scheduling.names import ERASED_NAME
from assessor.scheduling.tables import CandidateRow, EntryRow, SittingRow
from core.uow import UnitOfWork

AT_ONCE: Final = 10_000
"""So many rows of answers are fetched together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sat:
    """An attempt that was handed in and whose entry stands; instants in UTC."""

    entry_id: str
    candidate_id: str
    attempt_id: str
    form_id: str
    sitting_id: str
    place: str
    language: str
    gender: str
    started_at: datetime
    ended_at: datetime


class Answered(NamedTuple):
    """An answer as it was received: `value` is its JSON text. `counts`: it is in the log, or was admitted although late."""

    attempt_id: str
    item: str
    epoch: int
    seq: int
    value: str
    at: datetime
    late: bool
    counts: bool


class Moved(NamedTuple):
    """A move as it was received; its target is an item version or a section."""

    attempt_id: str
    at: datetime
    kind: MoveKind
    target: str
    epoch: int
    seq: int


class Away(NamedTuple):
    """A time in which an attempt stood still, or its device was not heard of; no end: until the end of the attempt."""

    attempt_id: str
    begin: datetime
    end: datetime | None


class Standing(NamedTuple):
    """The newest result of an entry that was not superseded; `marks` are the lines of its document."""

    entry_id: str
    passed: bool
    marks: list[dict[str, Any]]
    sha256: str


def sat_in(uow: UnitOfWork, batch_id: str) -> list[Sat]:
    """The attempts of a batch that were begun and handed in, in the order of enrolment; not of people who were erased."""
    query = (
        select(
            EntryRow.id,
            EntryRow.candidate_id,
            AttemptRow.id.label("attempt_id"),
            AttemptRow.form_id,
            SittingRow.id.label("sitting_id"),
            SittingRow.place,
            CandidateRow.language,
            CandidateRow.gender,
            AttemptRow.started_at,
            AttemptRow.ended_at,
        )
        .join(AttemptRow, AttemptRow.entry_id == EntryRow.id)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
        .join(CandidateRow, CandidateRow.id == EntryRow.candidate_id)
        .where(*_handed_in(batch_id))
        .order_by(EntryRow.id)
    )
    return [
        Sat(
            entry_id=row.id,
            candidate_id=row.candidate_id,
            attempt_id=row.attempt_id,
            form_id=row.form_id,
            sitting_id=row.sitting_id,
            place=row.place,
            language=row.language.value,
            gender="" if row.gender is None else row.gender.value,
            started_at=row.started_at,
            ended_at=row.ended_at,
        )
        for row in uow.db.execute(query)
    ]


def answers_in(uow: UnitOfWork, batch_id: str) -> Iterator[Answered]:
    """Every answer to a batch's attempts, by attempt and place in the sequence; with the late ones of granted leases."""
    log = select(
        ResponseEventRow.attempt_id,
        ResponseEventRow.item_version_id,
        ResponseEventRow.epoch,
        ResponseEventRow.seq,
        cast(ResponseEventRow.value, Text),
        ResponseEventRow.received_at,
    ).where(ResponseEventRow.attempt_id.in_(_attempts(batch_id)))
    rows = uow.db.connection().execute(
        log.order_by(ResponseEventRow.attempt_id, ResponseEventRow.epoch, ResponseEventRow.seq)
    )
    for some in rows.partitions(AT_ONCE):
        for attempt_id, item, epoch, seq, value, at in some:
            yield Answered(attempt_id, item, epoch, seq, value, at, False, True)  # noqa: FBT003 - the hot loop
    granted = and_(
        LeaseRow.attempt_id == ResponseCopyRow.attempt_id,
        LeaseRow.epoch == ResponseCopyRow.epoch,
        LeaseRow.device == ResponseCopyRow.device,
    )
    in_the_log = exists().where(
        ResponseEventRow.attempt_id == ResponseCopyRow.attempt_id,
        ResponseEventRow.device == ResponseCopyRow.device,
        ResponseEventRow.seq == ResponseCopyRow.seq,
    )
    copies = (
        select(
            ResponseCopyRow.attempt_id,
            ResponseCopyRow.item_version_id,
            ResponseCopyRow.epoch,
            ResponseCopyRow.seq,
            cast(ResponseCopyRow.value, Text),
            ResponseCopyRow.received_at,
            ResponseCopyRow.device,
            admitted_copy().label("admitted"),
        )
        .join(LeaseRow, granted)
        .where(
            ResponseCopyRow.attempt_id.in_(_attempts(batch_id)),
            ResponseCopyRow.reason.in_(LATE),
            ~in_the_log,
        )
        .order_by(
            ResponseCopyRow.attempt_id,
            ResponseCopyRow.epoch,
            ResponseCopyRow.seq,
            admitted_copy().desc(),
            ResponseCopyRow.received_at,
        )
    )
    seen: set[tuple[str, str, int, str]] = set()
    for attempt_id, item, epoch, seq, value, at, device, admitted in uow.db.connection().execute(copies):
        same = (attempt_id, device, seq, item)
        if same not in seen:  # the same again, after the attempt was closed
            seen.add(same)
            yield Answered(attempt_id, item, epoch, seq, value, at, late=True, counts=bool(admitted))


def moves_in(uow: UnitOfWork, batch_id: str) -> Iterator[Moved]:
    """Every move that counts, by attempt, in the order in which they were received."""
    query = (
        select(
            MoveRow.attempt_id, MoveRow.received_at, MoveRow.kind, MoveRow.target, MoveRow.epoch, MoveRow.seq
        )
        .where(MoveRow.attempt_id.in_(_attempts(batch_id)))
        .order_by(MoveRow.attempt_id, MoveRow.received_at, MoveRow.epoch, MoveRow.seq)
    )
    return (Moved(*row) for row in uow.db.connection().execute(query))


def pauses_in(uow: UnitOfWork, batch_id: str) -> Iterator[Away]:
    """When attempts stood still, by attempt and time."""
    query = (
        select(PauseRow.attempt_id, PauseRow.paused_at, PauseRow.resumed_at)
        .where(PauseRow.attempt_id.in_(_attempts(batch_id)))
        .order_by(PauseRow.attempt_id, PauseRow.paused_at)
    )
    return (Away(*row) for row in uow.db.connection().execute(query))


def outages_in(uow: UnitOfWork, batch_id: str) -> Iterator[Away]:
    """When nothing was heard of devices, by attempt and time."""
    query = (
        select(OutageRow.attempt_id, OutageRow.lost_at, OutageRow.back_at)
        .where(OutageRow.attempt_id.in_(_attempts(batch_id)))
        .order_by(OutageRow.attempt_id, OutageRow.lost_at)
    )
    return (Away(*row) for row in uow.db.connection().execute(query))


def hand_marks_in(uow: UnitOfWork, batch_id: str) -> dict[str, dict[str, str]]:
    """What persons gave to parts of theory papers: the last mark by criterion, by entry."""
    query = (
        select(MarkingTaskRow.entry_id, MarkRow.criterion_id, MarkRow.marks)
        .join(MarkRow, MarkRow.task_id == MarkingTaskRow.id)
        .join(EntryRow, EntryRow.id == MarkingTaskRow.entry_id)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
        .where(SittingRow.batch_id == batch_id, MarkingTaskRow.component == TaskComponent.THEORY)
        .order_by(MarkingTaskRow.entry_id, MarkRow.number)
    )
    found: dict[str, dict[str, str]] = {}
    for entry_id, criterion, marks in uow.db.connection().execute(query):
        found.setdefault(entry_id, {})[criterion] = marks
    return found


def results_in(uow: UnitOfWork, batch_id: str) -> dict[str, Standing]:
    """The newest standing result of each entry that has one, by entry."""
    query = (
        # the marks alone: a whole document has 30 times as much
        select(ResultRow.entry_id, ResultRow.passed, ResultRow.document["marks"], ResultRow.sha256)
        .join(EntryRow, EntryRow.id == ResultRow.entry_id)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
        .where(SittingRow.batch_id == batch_id, ResultRow.state != ResultState.SUPERSEDED)
        .order_by(ResultRow.id)
    )
    return {row[0]: Standing(*row) for row in uow.db.connection().execute(query)}


def _handed_in(batch_id: str) -> Iterable[ColumnElement[bool]]:
    return (
        SittingRow.batch_id == batch_id,
        CandidateRow.name != ERASED_NAME,  # whose answers are gone
        EntryRow.state == EntryState.ENROLLED,
        AttemptRow.state == AttemptState.SUBMITTED,
        AttemptRow.started_at.is_not(None),
    )


def _attempts(batch_id: str) -> Select[str]:
    return (
        select(AttemptRow.id)
        .join(EntryRow, EntryRow.id == AttemptRow.entry_id)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
        .join(CandidateRow, CandidateRow.id == EntryRow.candidate_id)
        .where(*_handed_in(batch_id))
    )
