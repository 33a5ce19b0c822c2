# SPDX-License-Identifier: Apache-2.0
"""An attempt as those read it who answer for it: time, devices, what was kept, the log. No content of an answer leaves here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from assessor.attempts.lateness import LateAnswer, late_of
from assessor.attempts.model import AttemptState, Verdict
from assessor.attempts.outages import (
    Credit,
    Outage,
    PauseSpan,
    credits_of,
    is_lost,
    outages_of,
    pauses_of,
    still_to_give_back,
)
from assessor.attempts.presence import presences_of
from assessor.attempts.queries import load_attempt, refs_of
from assessor.attempts.rosters import RosterLine, attempt_lines
from assessor.attempts.tables import (
    AttemptRow,
    LateDecisionRow,
    LeaseRow,
    MoveRow,
    ResponseCopyRow,
    ResponseEventRow,
)
from assessor.attempts.timing import Allowance
from core.canonical import digest
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """A device that held the attempt from an epoch on; `seen_at` and `pending` are of the device, up to ten seconds old."""

    epoch: int
    device: str
    taken_at: datetime
    seen_at: datetime | None
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCopy:
    """An answer that was refused and yet kept, and that nobody can admit; `number` is its item's place in the paper."""

    device: str
    epoch: int
    seq: int
    number: int
    cause: Verdict
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """What happened to an attempt. `silent_since`: the learner is working, and nothing was heard for too long."""

    line: RosterLine
    allowance: Allowance
    started_at: datetime | None
    ends_at: datetime | None
    paused_at: datetime | None
    pauses: tuple[PauseSpan, ...]
    credits: tuple[Credit, ...]
    outages: tuple[Outage, ...]
    suggested_seconds: int
    silent_since: datetime | None
    devices: tuple[DeviceLine, ...]
    late: tuple[LateAnswer, ...]
    copies: tuple[KeptCopy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of an attempt's log. `value_sha256` stands for the content, which is not shown."""

    at: datetime
    event: str
    device: str = ""
    epoch: int | None = None
    seq: int | None = None
    question: int | None = None
    revision: int | None = None
    detail: str = ""
    value_sha256: str = ""
    client_time: str = ""


def attempt_record(uow: UnitOfWork, attempt_id: str, *, organisation_id: str) -> AttemptRecord:
    """Everything about an attempt but its answers; raises NotFound `attempt_unknown`."""
    row = load_attempt(uow, attempt_id, organisation_id=organisation_id)
    line = attempt_lines(uow, [attempt_id], organisation_id=organisation_id)[attempt_id]
    late = late_of(uow, row)
    devices = _devices(uow, row)
    return AttemptRecord(
        line=line,
        allowance=row.to_model().allowance,
        started_at=row.started_at,
        ends_at=row.ends_at,
        paused_at=row.paused_at,
        pauses=tuple(pauses_of(uow, row.id)),
        credits=tuple(credits_of(uow, row.id)),
        outages=tuple(outages_of(uow, row.id)),
        suggested_seconds=still_to_give_back(uow, row),
        silent_since=_silent_since(uow, row, devices),
        devices=devices,
        late=tuple(late),
        copies=tuple(_copies(uow, row, {(one.device, one.seq, one.item_version_id) for one in late})),
    )


def attempt_log(uow: UnitOfWork, attempt_id: str, *, organisation_id: str) -> list[LogLine]:
    """What happened to an attempt, in the order in which the server heard of it; raises NotFound `attempt_unknown`."""
    row = load_attempt(uow, attempt_id, organisation_id=organisation_id)
    lines = [*_log_of_answers(uow, row), *_log_of_time(uow, row), *_log_of_decisions(uow, row)]
    return sorted(lines, key=lambda line: (line.at, line.device, line.seq or 0, line.event))


def _devices(uow: UnitOfWork, row: AttemptRow) -> tuple[DeviceLine, ...]:
    seen = {one.device: one for one in presences_of(uow, row.id)}
    query = select(LeaseRow).where(LeaseRow.attempt_id == row.id).order_by(LeaseRow.epoch)
    return tuple(
        DeviceLine(
            epoch=lease.epoch,
            device=lease.device,
            taken_at=lease.taken_at,
            seen_at=seen[lease.device].seen_at if lease.device in seen else None,
            pending=seen[lease.device].pending if lease.device in seen else 0,
        )
        for lease in uow.db.scalars(query)
    )


def _silent_since(uow: UnitOfWork, row: AttemptRow, devices: tuple[DeviceLine, ...]) -> datetime | None:
    if row.state is not AttemptState.RUNNING or not devices or devices[-1].seen_at is None:
        return None
    seen_at = devices[-1].seen_at
    return seen_at if is_lost(seen_at=seen_at, back_at=uow.now) else None


def _copies(uow: UnitOfWork, row: AttemptRow, late: set[tuple[str, int, str]]) -> Iterator[KeptCopy]:
    places = _places(uow, row)
    query = select(ResponseCopyRow).where(ResponseCopyRow.attempt_id == row.id)
    for copy in uow.db.scalars(query.order_by(ResponseCopyRow.received_at, ResponseCopyRow.seq)):
        if copy.reason.late and (copy.device, copy.seq, copy.item_version_id) in late:
            continue
        yield KeptCopy(
            device=copy.device,
            epoch=copy.epoch,
            seq=copy.seq,
            number=places[copy.item_version_id],
            cause=copy.reason,
            received_at=copy.received_at,
        )


def _places(uow: UnitOfWork, row: AttemptRow) -> dict[str, int]:
    return {item.version_id: number for number, item in enumerate(refs_of(uow, row).content.items, 1)}


def _log_of_answers(uow: UnitOfWork, row: AttemptRow) -> Iterator[LogLine]:
    places = _places(uow, row)
    for stored in uow.db.scalars(select(ResponseEventRow).where(ResponseEventRow.attempt_id == row.id)):
        yield LogLine(
            at=stored.received_at,
            event="answer_saved",
            device=stored.device,
            epoch=stored.epoch,
            seq=stored.seq,
            question=places[stored.item_version_id],
            revision=stored.revision,
            value_sha256=digest([stored.item_version_id, stored.value]),
            client_time=stored.client_time,
        )
    for copy in uow.db.scalars(select(ResponseCopyRow).where(ResponseCopyRow.attempt_id == row.id)):
        yield LogLine(
            at=copy.received_at,
            event="copy_kept",
            device=copy.device,
            epoch=copy.epoch,
            seq=copy.seq,
            question=places[copy.item_version_id],
            detail=copy.reason.value,
            value_sha256=copy.value_sha256,
            client_time=copy.client_time,
        )
    for move in uow.db.scalars(select(MoveRow).where(MoveRow.attempt_id == row.id)):
        yield LogLine(
            at=move.received_at,
            event=move.kind.value,
            device=move.device,
            epoch=move.epoch,
            seq=move.seq,
            question=places.get(move.target),
            detail="" if move.target in places else move.target,
            client_time=move.client_time,
        )


def _log_of_time(uow: UnitOfWork, row: AttemptRow) -> Iterator[LogLine]:
    if row.started_at is not None:
        yield LogLine(at=row.started_at, event="started")
    for pause in pauses_of(uow, row.id):
        yield LogLine(at=pause.paused_at, event="paused", detail=pause.paused_by)
        if pause.resumed_at is not None:
            yield LogLine(at=pause.resumed_at, event="resumed", detail=pause.resumed_by or "")
    for credit in credits_of(uow, row.id):
        yield LogLine(at=credit.granted_at, event="time_given_back", detail=f"{credit.seconds} s")
    for outage in outages_of(uow, row.id):
        yield LogLine(at=outage.lost_at, event="contact_lost", device=outage.device)
        yield LogLine(at=outage.back_at, event="contact_back", device=outage.device)
    if row.ended_at is not None and row.ended_by is not None:
        yield LogLine(at=row.ended_at, event="ended", detail=row.ended_by.value)


def _log_of_decisions(uow: UnitOfWork, row: AttemptRow) -> Iterator[LogLine]:
    places = _places(uow, row)
    for lease in uow.db.scalars(select(LeaseRow).where(LeaseRow.attempt_id == row.id)):
        yield LogLine(at=lease.taken_at, event="device_took_over", device=lease.device, epoch=lease.epoch)
    for made in uow.db.scalars(select(LateDecisionRow).where(LateDecisionRow.attempt_id == row.id)):
        yield LogLine(
            at=made.decided_at,
            event="late_answer_decided",
            device=made.device,
            seq=made.seq,
            question=places[made.item_version_id],
            detail=f"{made.decision.value} {made.decided_by}: {made.reason}",
            value_sha256=made.value_sha256,
        )
