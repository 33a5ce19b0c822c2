# SPDX-License-Identifier: Apache-2.0
"""Reads of samples: what waits for whom, and what the answers say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select

from core.errors import NotFound
from core.uow import UnitOfWork
from proctor.incidents.model import IncidentState
from proctor.incidents.tables import FindingRow, IncidentRow, WatchRow
from proctor.monitoring.model import SessionState
from proctor.monitoring.tables import SessionRow
from proctor.reviews.model import DEFAULT_PERCENT, Answer, Estimate, Reading, estimate
from proctor.reviews.tables import ReviewAnswerRow, ReviewSampleRow, ReviewShareRow, ReviewTaskRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTask:
    """A drawn attempt as those see it who look: whether it is clean is not among it."""

    id: str
    organisation_id: str
    attempt_id: str
    sitting_id: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A draw of one sitting and how far it is looked at."""

    id: str
    sitting_id: str
    seed: int
    percent: int
    clean: int
    flagged: int
    drawn_at: datetime
    looks: int
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment that somebody marked; `incident_id` once a person made an incident of it."""

    task_id: str
    attempt_id: str
    reviewer_id: str
    moment_at: datetime
    reason: str
    incident_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingToDraw:
    """A watched sitting without a sample; `running` are those who are still watched."""

    sitting_id: str
    watched: int
    running: int


def review_percent(uow: UnitOfWork, *, organisation_id: str) -> int:
    """The share of clean attempts that this organisation draws."""
    row = uow.db.get(ReviewShareRow, organisation_id)
    return DEFAULT_PERCENT if row is None else row.percent


def sittings_to_draw(uow: UnitOfWork, *, organisation_id: str) -> tuple[SittingToDraw, ...]:
    """The watched sittings of which no sample was drawn yet, newest first."""
    query = (
        select(
            SessionRow.sitting_id,
            func.count(),
            func.sum(case((SessionRow.state != SessionState.ENDED, 1), else_=0)),
            func.max(SessionRow.id),
        )
        .where(
            SessionRow.organisation_id == organisation_id,
            SessionRow.activated_at.is_not(None),
            SessionRow.sitting_id.not_in(select(ReviewSampleRow.sitting_id)),
        )
        .group_by(SessionRow.sitting_id)
        .order_by(func.max(SessionRow.id).desc())
        .limit(100)
    )
    return tuple(
        SittingToDraw(sitting_id=sitting_id, watched=watched, running=int(running))
        for sitting_id, watched, running, _ in uow.db.execute(query)
    )


def samples(uow: UnitOfWork, *, organisation_id: str) -> tuple[Sample, ...]:
    """What was drawn, newest first."""
    looks = (
        select(ReviewTaskRow.sample_id, func.sum(ReviewTaskRow.readers))
        .where(ReviewTaskRow.organisation_id == organisation_id)
        .group_by(ReviewTaskRow.sample_id)
    )
    done = (
        select(ReviewTaskRow.sample_id, func.count())
        .join(ReviewAnswerRow, ReviewAnswerRow.task_id == ReviewTaskRow.id)
        .where(ReviewTaskRow.organisation_id == organisation_id)
        .group_by(ReviewTaskRow.sample_id)
    )
    wanted, had = dict(uow.db.execute(looks).all()), dict(uow.db.execute(done).all())
    query = select(ReviewSampleRow).where(ReviewSampleRow.organisation_id == organisation_id)
    return tuple(
        Sample(
            id=row.id,
            sitting_id=row.sitting_id,
            seed=row.seed,
            percent=row.percent,
            clean=row.clean,
            flagged=row.flagged,
            drawn_at=row.drawn_at,
            looks=int(wanted.get(row.id, 0)),
            done=int(had.get(row.id, 0)),
        )
        for row in uow.db.scalars(query.order_by(ReviewSampleRow.id.desc()).limit(200))
    )


def tasks_for(uow: UnitOfWork, reviewer_id: str, *, organisation_id: str) -> tuple[ReviewTask, ...]:
    """The drawn attempts that wait for this person: not looked at enough, not known to the person already; in drawn order."""
    answered = select(func.count()).where(ReviewAnswerRow.task_id == ReviewTaskRow.id).scalar_subquery()
    mine = select(ReviewAnswerRow.task_id).where(ReviewAnswerRow.reviewer_id == reviewer_id)
    query = (
        select(ReviewTaskRow)
        .where(
            ReviewTaskRow.organisation_id == organisation_id,
            answered < ReviewTaskRow.readers,
            ReviewTaskRow.id.not_in(mine),
            ReviewTaskRow.sitting_id.not_in(
                select(WatchRow.sitting_id).where(WatchRow.proctor_id == reviewer_id)
            ),
            ReviewTaskRow.attempt_id.not_in(_decided_by(reviewer_id)),
        )
        .order_by(ReviewTaskRow.sample_id, ReviewTaskRow.place)
        .limit(200)
    )
    return tuple(task_of(row) for row in uow.db.scalars(query))


def marks(uow: UnitOfWork, *, organisation_id: str) -> tuple[Mark, ...]:
    """The moments that were marked, newest first."""
    query = (
        select(ReviewAnswerRow, ReviewTaskRow.attempt_id)
        .join(ReviewTaskRow, ReviewTaskRow.id == ReviewAnswerRow.task_id)
        .where(ReviewTaskRow.organisation_id == organisation_id, ReviewAnswerRow.answer == Answer.MARKED)
        .order_by(ReviewAnswerRow.at.desc())
        .limit(200)
    )
    return tuple(
        Mark(
            task_id=row.task_id,
            attempt_id=attempt_id,
            reviewer_id=row.reviewer_id,
            moment_at=row.moment_at,
            reason=row.reason,
            incident_id=row.incident_id,
        )
        for row, attempt_id in uow.db.execute(query)
        if row.moment_at is not None
    )


def review_estimate(uow: UnitOfWork, *, organisation_id: str) -> Estimate:
    """What all answers of an organisation say."""
    query = (
        select(ReviewAnswerRow, ReviewTaskRow)
        .join(ReviewTaskRow, ReviewTaskRow.id == ReviewAnswerRow.task_id)
        .where(ReviewTaskRow.organisation_id == organisation_id)
    )
    rows = uow.db.execute(query).all()
    truth = _states(uow, {task.attempt_id for _, task in rows})
    return estimate(
        Reading(
            task_id=task.id,
            clean=task.clean,
            answer=answer.answer,
            reviewer_id=answer.reviewer_id,
            at=answer.at,
            truth=truth.get(task.attempt_id, frozenset()),
        )
        for answer, task in rows
    )


def load_task(uow: UnitOfWork, task_id: str, *, organisation_id: str) -> ReviewTaskRow:
    """The row, for this package's operations; NotFound(`review_task_unknown`) for another tenant's too."""
    row = uow.db.get(ReviewTaskRow, task_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("review_task_unknown")
    return row


def review_task(uow: UnitOfWork, task_id: str, *, reviewer_id: str, organisation_id: str) -> ReviewTask:
    """A task that waits for this person; NotFound(`review_task_unknown`) for any other."""
    found = {one.id: one for one in tasks_for(uow, reviewer_id, organisation_id=organisation_id)}
    if task_id not in found:
        raise NotFound("review_task_unknown")
    return found[task_id]


def task_of(row: ReviewTaskRow) -> ReviewTask:
    """The row as a value."""
    return ReviewTask(
        id=row.id,
        organisation_id=row.organisation_id,
        attempt_id=row.attempt_id,
        sitting_id=row.sitting_id,
        place=row.place,
    )


def _decided_by(reviewer_id: str) -> Select[str]:
    return (
        select(IncidentRow.attempt_id)
        .join(FindingRow, FindingRow.incident_id == IncidentRow.id)
        .where(FindingRow.reviewer_id == reviewer_id)
    )


def _states(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, frozenset[IncidentState]]:
    query = select(IncidentRow.attempt_id, IncidentRow.state).where(IncidentRow.attempt_id.in_(attempt_ids))
    found: dict[str, set[IncidentState]] = {}
    for attempt_id, state in uow.db.execute(query):
        found.setdefault(attempt_id, set()).add(state)
    return {attempt_id: frozenset(states) for attempt_id, states in found.items()}
