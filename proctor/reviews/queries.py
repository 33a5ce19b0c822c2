# SPDX-License-Identifier: Apache-2.0
"""Reads of samples: what waits for whom, and what the answers say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, case, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core.audit import AuditRow
from core.errors import Conflict, NotFound
from core.uow import UnitOfWork
from proctor.evidence.events import ReviewRead
from proctor.evidence.model import EvidenceKind
from proctor.evidence.tables import EvidenceRow, LookRow
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
class BlindLook:
    """What one person said of an attempt without a mark of a machine; `moment_at` and `reason` where something was marked."""

    at: datetime
    answer: Answer
    moment_at: datetime | None
    reason: str
    incident_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingToDraw:
    """A watched sitting without a sample; `running` are still watched, of `without_pictures` nothing can be looked at."""

    sitting_id: str
    watched: int
    running: int
    without_pictures: int


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
            func.sum(case((has_samples(SessionRow.attempt_id), 0), else_=1)),
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
        SittingToDraw(
            sitting_id=sitting_id, watched=watched, running=int(running), without_pictures=int(without)
        )
        for sitting_id, watched, running, without, _ in uow.db.execute(query)
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


def has_samples(attempt_id: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a picture of one a minute is kept of an attempt: without any there is nothing to look at."""
    return exists().where(EvidenceRow.attempt_id == attempt_id, EvidenceRow.kind == EvidenceKind.SAMPLE)


def tasks_for(uow: UnitOfWork, reviewer_id: str, *, organisation_id: str) -> tuple[ReviewTask, ...]:
    """The drawn attempts that wait for this person, in drawn order.

    Not looked at enough, not known to the person already, and with pictures that can be looked at.
    """
    mine = select(ReviewAnswerRow.task_id).where(ReviewAnswerRow.reviewer_id == reviewer_id)
    query = (
        select(ReviewTaskRow)
        .where(
            ReviewTaskRow.organisation_id == organisation_id,
            looks_given() < ReviewTaskRow.readers,
            ReviewTaskRow.id.not_in(mine),
            ~_known_to(reviewer_id),
            has_samples(ReviewTaskRow.attempt_id),
        )
        .order_by(ReviewTaskRow.sample_id, ReviewTaskRow.place)
        .limit(200)
    )
    return tuple(task_of(row) for row in uow.db.scalars(query))


def marks(uow: UnitOfWork, *, organisation_id: str, reader_id: str) -> tuple[Mark, ...]:
    """The moments that were marked, newest first, as far as this person may read them (see `open_to`)."""
    query = (
        select(ReviewAnswerRow, ReviewTaskRow.attempt_id)
        .join(ReviewTaskRow, ReviewTaskRow.id == ReviewAnswerRow.task_id)
        .where(
            ReviewTaskRow.organisation_id == organisation_id,
            ReviewAnswerRow.answer == Answer.MARKED,
            open_to(reader_id),
        )
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


def blind_looks_of_attempt(uow: UnitOfWork, attempt_id: str) -> tuple[BlindLook, ...]:
    """All that was said of an attempt, oldest first, without names. For the learner: callers have established whose it is."""
    query = (
        select(ReviewAnswerRow)
        .join(ReviewTaskRow, ReviewTaskRow.id == ReviewAnswerRow.task_id)
        .where(ReviewTaskRow.attempt_id == attempt_id)
        .order_by(ReviewAnswerRow.at, ReviewAnswerRow.reviewer_id)
    )
    return tuple(
        BlindLook(
            at=row.at,
            answer=row.answer,
            moment_at=row.moment_at,
            reason=row.reason,
            incident_id=row.incident_id,
        )
        for row in uow.db.scalars(query)
    )


def open_to(reader_id: str) -> ColumnElement[bool]:
    """Which answers this person may read, beside its task: the own ones, and all once nobody is left to look blind.

    Who looks second is not to be led by what the first one saw.
    """
    return or_(
        ReviewAnswerRow.reviewer_id == reader_id,
        looks_given() >= ReviewTaskRow.readers,
        ~has_samples(ReviewTaskRow.attempt_id),
    )


def looks_given() -> ScalarSelect[int]:
    """How many people have looked at the attempt of a task."""
    given = aliased(ReviewAnswerRow)
    return select(func.count()).select_from(given).where(given.task_id == ReviewTaskRow.id).scalar_subquery()


def review_estimate(uow: UnitOfWork, *, organisation_id: str, reader_id: str) -> Estimate:
    """What the answers of an organisation say that this person may read: a figure must not lead a second look either."""
    query = (
        select(ReviewAnswerRow, ReviewTaskRow, IncidentRow.state)
        .join(ReviewTaskRow, ReviewTaskRow.id == ReviewAnswerRow.task_id)
        .outerjoin(IncidentRow, IncidentRow.id == ReviewAnswerRow.incident_id)
        .where(ReviewTaskRow.organisation_id == organisation_id, open_to(reader_id))
    )
    rows = uow.db.execute(query).all()
    truth = _states(uow, {task.attempt_id for _, task, _ in rows})
    drawn_from = select(ReviewSampleRow.id, ReviewSampleRow.clean).where(
        ReviewSampleRow.organisation_id == organisation_id
    )
    return estimate(
        (
            Reading(
                task_id=task.id,
                sample_id=task.sample_id,
                clean=task.clean,
                answer=answer.answer,
                reviewer_id=answer.reviewer_id,
                at=answer.at,
                raised=raised,
                truth=truth.get(task.attempt_id, frozenset()),
            )
            for answer, task, raised in rows
        ),
        clean=dict(uow.db.execute(drawn_from).all()),
    )


def load_task(uow: UnitOfWork, task_id: str, *, organisation_id: str) -> ReviewTaskRow:
    """The row, for this package's operations; NotFound(`review_task_unknown`) for another tenant's too."""
    row = uow.db.get(ReviewTaskRow, task_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("review_task_unknown")
    return row


def review_task(uow: UnitOfWork, task_id: str, *, reviewer_id: str, organisation_id: str) -> ReviewTask:
    """A task that waits for this person; NotFound(`review_task_unknown`) for any other, Conflict(`review_without_pictures`)."""
    row = load_task(uow, task_id, organisation_id=organisation_id)
    require_pictures(uow, row)
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


def require_pictures(uow: UnitOfWork, task: ReviewTaskRow) -> None:
    """Refuse to have an attempt looked at of which nothing can be seen: Conflict(`review_without_pictures`)."""
    if not uow.db.scalar(select(has_samples(literal(task.attempt_id)))):
        raise Conflict("review_without_pictures")


def _known_to(reviewer_id: str) -> ColumnElement[bool]:
    """Whether this person has seen more of a task's attempt than a blind look shows.

    Watched its sitting, decided about it, opened its review, or saw other pictures of it.
    """
    decided = (
        select(IncidentRow.attempt_id)
        .join(FindingRow, FindingRow.incident_id == IncidentRow.id)
        .where(FindingRow.reviewer_id == reviewer_id)
    )
    return or_(
        ReviewTaskRow.sitting_id.in_(select(WatchRow.sitting_id).where(WatchRow.proctor_id == reviewer_id)),
        ReviewTaskRow.attempt_id.in_(decided),
        exists().where(
            AuditRow.subject_id == ReviewTaskRow.attempt_id,
            AuditRow.name == ReviewRead.name,
            AuditRow.actor_id == reviewer_id,
        ),
        exists().where(
            LookRow.attempt_id == ReviewTaskRow.attempt_id,
            LookRow.actor_id == reviewer_id,
            LookRow.kind != EvidenceKind.SAMPLE,
        ),
    )


def _states(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, frozenset[IncidentState]]:
    query = select(IncidentRow.attempt_id, IncidentRow.state).where(IncidentRow.attempt_id.in_(attempt_ids))
    found: dict[str, set[IncidentState]] = {}
    for attempt_id, state in uow.db.execute(query):
        found.setdefault(attempt_id, set()).add(state)
    return {attempt_id: frozenset(states) for attempt_id, states in found.items()}
