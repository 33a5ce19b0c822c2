# SPDX-License-Identifier: Apache-2.0
"""Time that was lost, stood still or was given back: the arithmetic, and the reads. What is granted: `operations`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from assessor.attempts.tables import AttemptRow, CreditRow, OutageRow, PauseRow
from core.uow import UnitOfWork

LOST_AFTER = timedelta(seconds=15)
"""A device that is not heard of for longer counts as lost; a page asks at least every 4.5 seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time: [start, end)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which nothing was heard of the device on which the learner worked."""

    device: str
    lost_at: datetime
    back_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseSpan:
    """A pause, and who began and ended it; an open one has no end."""

    paused_at: datetime
    paused_by: str
    resumed_at: datetime | None
    resumed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Time that was given back, by whom and why; `beyond` says why it was more than had been measured."""

    id: str
    seconds: int
    suggested_seconds: int
    reason: str
    beyond: str
    granted_by: str
    granted_at: datetime


def is_lost(*, seen_at: datetime, back_at: datetime) -> bool:
    """Whether the time between two signs of life is an outage."""
    return back_at - seen_at > LOST_AFTER


def suggested_credit(
    outages: Iterable[Outage], *, started_at: datetime, ended_at: datetime | None, pauses: Iterable[Span]
) -> int:
    """The whole seconds that outages took from an attempt, rounded up.

    What lies before the start, after the end or in a pause took nothing; what two outages share is counted once.
    """
    lost = merged(
        Span(
            start=max(outage.lost_at, started_at),
            end=outage.back_at if ended_at is None else min(outage.back_at, ended_at),
        )
        for outage in outages
    )
    still = merged(pauses)
    total = sum((one.end - one.start for one in lost), timedelta(0))
    for one in lost:
        for pause in still:
            total -= max(timedelta(0), min(one.end, pause.end) - max(one.start, pause.start))
    return -(-total // timedelta(seconds=1))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same stretches in order, without overlaps and without empty ones."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if span.end <= span.start:
            continue
        if whole and span.start <= whole[-1].end:
            whole[-1] = Span(start=whole[-1].start, end=max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return whole


# ------------------------------------------------------------------------------------------ reads


def outages_of(uow: UnitOfWork, attempt_id: str) -> list[Outage]:
    """The outages of an attempt, oldest first. Callers have established whose it is."""
    query = select(OutageRow).where(OutageRow.attempt_id == attempt_id).order_by(OutageRow.lost_at)
    return [
        Outage(device=row.device, lost_at=row.lost_at, back_at=row.back_at) for row in uow.db.scalars(query)
    ]


def pauses_of(uow: UnitOfWork, attempt_id: str) -> list[PauseSpan]:
    """The pauses of an attempt, oldest first. Callers have established whose it is."""
    query = (
        select(PauseRow).where(PauseRow.attempt_id == attempt_id).order_by(PauseRow.paused_at, PauseRow.id)
    )
    return [
        PauseSpan(
            paused_at=row.paused_at,
            paused_by=row.paused_by,
            resumed_at=row.resumed_at,
            resumed_by=row.resumed_by,
        )
        for row in uow.db.scalars(query)
    ]


def credits_of(uow: UnitOfWork, attempt_id: str) -> list[Credit]:
    """What was given back to an attempt, oldest first. Callers have established whose it is."""
    query = (
        select(CreditRow)
        .where(CreditRow.attempt_id == attempt_id)
        .order_by(CreditRow.granted_at, CreditRow.id)
    )
    return [
        Credit(
            id=row.id,
            seconds=row.seconds,
            suggested_seconds=row.suggested_seconds,
            reason=row.reason,
            beyond=row.beyond,
            granted_by=row.granted_by,
            granted_at=row.granted_at,
        )
        for row in uow.db.scalars(query)
    ]


def still_to_give_back(uow: UnitOfWork, row: AttemptRow) -> int:
    """The seconds that outages took from an attempt and that nobody has given back yet."""
    if row.started_at is None:
        return 0
    pauses = [
        Span(start=pause.paused_at, end=pause.resumed_at or uow.now) for pause in pauses_of(uow, row.id)
    ]
    measured = suggested_credit(
        outages_of(uow, row.id), started_at=row.started_at, ended_at=row.ended_at, pauses=pauses
    )
    return max(0, measured - row.credit_seconds)
