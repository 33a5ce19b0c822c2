# SPDX-License-Identifier: Apache-2.0
"""Drawing a sample, answering, and naming the incident that was made of a mark. Holds are the caller's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from core import ids
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.uow import ActorKind, UnitOfWork
from proctor.evidence.model import EvidenceKind
from proctor.evidence.queries import evidence
from proctor.incidents.model import require_reason
from proctor.incidents.tables import IncidentRow
from proctor.monitoring.model import SessionState
from proctor.monitoring.tables import SessionRow
from proctor.reviews.events import BlindReviewAnswered, ReviewSampleDrawn, ReviewShareSet
from proctor.reviews.model import Answer, draw
from proctor.reviews.queries import (
    Mark,
    has_samples,
    load_task,
    open_to,
    require_pictures,
    review_percent,
    tasks_for,
)
from proctor.reviews.tables import ReviewAnswerRow, ReviewSampleRow, ReviewShareRow, ReviewTaskRow


def set_review_percent(uow: UnitOfWork, *, organisation_id: str, percent: int) -> None:
    """Choose which share of clean attempts is drawn from now on (1 to 100 per cent)."""
    row = uow.db.get(ReviewShareRow, organisation_id)
    if row is None:
        row = ReviewShareRow(organisation_id=organisation_id)
        uow.db.add(row)
    row.percent, row.set_by, row.set_at = percent, uow.actor.id, uow.now
    uow.db.flush()
    uow.emit(ReviewShareSet(organisation_id=organisation_id, subject_id=organisation_id, percent=percent))


def draw_sample(uow: UnitOfWork, sitting_id: str, *, organisation_id: str) -> int:
    """Draw from a sitting that is over, by a fresh seed that is kept; return how many attempts were drawn.

    Attempts without a kept picture are left out and counted in the event: nobody could see anything in them.
    Raises Conflict(`sample_drawn` | `sample_too_early` | `sample_without_pictures`), NotFound(`sample_empty`),
    Forbidden(`person_needed`).
    """
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")
    drawn_before = select(ReviewSampleRow.id).where(
        ReviewSampleRow.sitting_id == sitting_id, ReviewSampleRow.organisation_id == organisation_id
    )
    if uow.db.scalar(drawn_before) is not None:
        raise Conflict("sample_drawn")
    watched = select(SessionRow.attempt_id, SessionRow.state).where(
        SessionRow.sitting_id == sitting_id,
        SessionRow.organisation_id == organisation_id,
        SessionRow.activated_at.is_not(None),
    )
    states = dict(uow.db.execute(watched).all())
    if not states:
        raise NotFound("sample_empty")
    if any(state is not SessionState.ENDED for state in states.values()):
        raise Conflict("sample_too_early")
    shown = set(
        uow.db.scalars(
            watched.with_only_columns(SessionRow.attempt_id).where(has_samples(SessionRow.attempt_id))
        )
    )
    if not shown:
        raise Conflict("sample_without_pictures")
    query = select(IncidentRow.attempt_id).where(IncidentRow.attempt_id.in_(list(shown))).distinct()
    flagged = set(uow.db.scalars(query))
    clean = shown - flagged
    seed, percent = ids.seed(), review_percent(uow, organisation_id=organisation_id)
    drawn = draw(clean, flagged, percent=percent, generator=ids.seeded(seed))
    sample = ReviewSampleRow(
        id=ids.new_id(),
        organisation_id=organisation_id,
        sitting_id=sitting_id,
        seed=seed,
        percent=percent,
        clean=len(clean),
        flagged=len(flagged),
        drawn_by=uow.actor.id,
        drawn_at=uow.now,
    )
    uow.db.add(sample)
    uow.db.flush()
    for place, one in enumerate(drawn, start=1):
        uow.db.add(
            ReviewTaskRow(
                id=ids.new_id(),
                organisation_id=organisation_id,
                sample_id=sample.id,
                sitting_id=sitting_id,
                attempt_id=one.attempt_id,
                place=place,
                clean=one.clean,
                readers=one.readers,
            )
        )
    uow.db.flush()
    uow.emit(
        ReviewSampleDrawn(
            organisation_id=organisation_id,
            subject_id=sample.id,
            sitting_id=sitting_id,
            seed=seed,
            percent=percent,
            clean=len(clean),
            flagged=len(flagged),
            without_pictures=len(states) - len(shown),
        )
    )
    return len(drawn)


def answer_review(
    uow: UnitOfWork,
    task_id: str,
    *,
    organisation_id: str,
    answer: Answer,
    moment_id: str | None = None,
    reason: str = "",
) -> None:
    """Say what was seen in a drawn attempt, as the person who acts; `moment_id` is the picture that shows it.

    Raises NotFound(`review_task_unknown` | `evidence_unknown`, for a picture that is not one a minute of this attempt),
    Conflict(`review_answered` | `review_without_pictures`), Forbidden(`review_not_blind` | `person_needed`),
    Invalid(`moment_missing` | `reason_required` | `reason_too_long`).
    """
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")
    row = load_task(uow, task_id, organisation_id=organisation_id)
    given = select(func.count()).select_from(ReviewAnswerRow).where(ReviewAnswerRow.task_id == task_id)
    own = uow.db.get(ReviewAnswerRow, (task_id, uow.actor.id))
    if own is not None or (uow.db.scalar(given) or 0) >= row.readers:
        raise Conflict("review_answered")
    require_pictures(uow, row)
    waiting = tasks_for(uow, uow.actor.id, organisation_id=organisation_id)
    if task_id not in {one.id for one in waiting}:
        raise Forbidden("review_not_blind")
    text, moment_at = "", None
    if answer is Answer.MARKED:
        if moment_id is None:
            raise Invalid("moment_missing")
        moment_at = _moment(uow, row, moment_id)
        text = require_reason(reason)
    uow.db.add(
        ReviewAnswerRow(
            task_id=task_id,
            reviewer_id=uow.actor.id,
            answer=answer,
            moment_at=moment_at,
            reason=text,
            at=uow.now,
        )
    )
    uow.db.flush()
    uow.emit(
        BlindReviewAnswered(
            organisation_id=organisation_id,
            subject_id=task_id,
            attempt_id=row.attempt_id,
            answer=answer.value,
        )
    )


def load_mark(uow: UnitOfWork, task_id: str, reviewer_id: str, *, organisation_id: str) -> Mark:
    """A marked moment of which no incident was made yet, and that whoever acts may read (`open_to`).

    Raises NotFound(`review_task_unknown`), Conflict(`moment_raised`).
    """
    task = load_task(uow, task_id, organisation_id=organisation_id)
    row = uow.db.scalar(
        select(ReviewAnswerRow)
        .join(ReviewTaskRow, ReviewTaskRow.id == ReviewAnswerRow.task_id)
        .where(
            ReviewAnswerRow.task_id == task_id,
            ReviewAnswerRow.reviewer_id == reviewer_id,
            open_to(uow.actor.id),
        )
    )
    if row is None or row.moment_at is None or row.incident_id is not None:
        raise Conflict("moment_raised")
    return Mark(
        task_id=task_id,
        attempt_id=task.attempt_id,
        reviewer_id=reviewer_id,
        moment_at=row.moment_at,
        reason=row.reason,
        incident_id=None,
    )


def _moment(uow: UnitOfWork, task: ReviewTaskRow, moment_id: str) -> datetime:
    """When the marked picture was taken: it is one of those that were shown, so the moment lies within its attempt."""
    shown = evidence(uow, moment_id, organisation_id=task.organisation_id)
    if shown.attempt_id != task.attempt_id or shown.kind is not EvidenceKind.SAMPLE:
        raise NotFound("evidence_unknown")
    return shown.captured_at


def note_raised(uow: UnitOfWork, mark: Mark, *, incident_id: str) -> None:
    """Write which incident was made of a mark."""
    row = uow.db.get(ReviewAnswerRow, (mark.task_id, mark.reviewer_id))
    if row is not None:
        row.incident_id = incident_id
        uow.db.flush()
