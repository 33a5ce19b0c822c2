# SPDX-License-Identifier: Apache-2.0
"""Reads of results, holds and deliveries; rows stay inside."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from assessor.attempts.inputs import MAXIMUM_NUMBER
from assessor.attempts.lateness import LateAnswer, late_of
from assessor.attempts.model import AttemptState
from assessor.attempts.move_log import course_of
from assessor.attempts.queries import AttemptSummary, load_attempt_of_entry, refs_of
from assessor.attempts.queries import summary_of as summary_of_attempt
from assessor.attempts.tables import AttemptRow
from assessor.marking.model import TaskState
from assessor.marking.queries import standings
from assessor.results.model import DeliveryState, HoldState, ResultState, Step, steps
from assessor.results.tables import DeliveryRow, HoldRow, ResultRow
from assessor.scheduling import queries as scheduling
from assessor.scheduling.queries import Entry
from core.canonical import digest
from core.errors import Conflict, Invalid, NotFound
from core.uow import UnitOfWork

MAXIMUM_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSummary:
    """A result without its document."""

    id: str
    entry_id: str
    state: ResultState
    passed: bool
    sha256: str
    created_at: datetime
    declared_at: datetime | None
    feed_number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A result with its document, whose numbers are exact strings."""

    summary: ResultSummary
    document: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerResult:
    """What a learner sees: the steps of the way, and the result once it is declared.

    `corrected`: one that was declared no longer counts, because a key was wrong.
    """

    steps: tuple[Step, ...]
    result: Result | None
    corrected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """An attempt after the hand-in; `questions`: the items of the paper by the attempt's own names, in order.

    `not_asked`: how many of them an adaptive section left out.
    """

    summary: AttemptSummary
    questions: tuple[str, ...]
    late: tuple[LateAnswer, ...]
    way: LearnerResult
    not_asked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A block on declaring."""

    cause_id: str
    attempt_id: str
    state: HoldState
    placed_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What the awarding body did with a result."""

    result_id: str
    state: DeliveryState
    delivered_at: datetime
    answered_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedResult:
    """A declared result as its awarding body gets it, with the person whom it is about."""

    result: Result
    number: int
    entry: Entry
    delivery: Delivery | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """A page of a feed; `next` is what to ask after, the same as before when there is nothing new."""

    results: tuple[FeedResult, ...]
    next: int
    more: bool


@dataclass(frozen=True, slots=True)
class FeedCounts:
    """How many results an awarding body has, and how many of them wait for its answer."""

    results: int
    waiting: int


# Built once: every look of a learner after the hand-in asks them.
_STANDING = select(ResultRow).where(
    ResultRow.entry_id == bindparam("entry_id"),
    or_(ResultRow.state != ResultState.SUPERSEDED, ResultRow.corrected_by_id.is_not(None)),
)
_HOLDS = select(HoldRow.state).where(HoldRow.attempt_id == bindparam("attempt_id"))


def result(uow: UnitOfWork, result_id: str, *, organisation_id: str) -> Result:
    """One result of an agency; raises NotFound `result_unknown`."""
    return result_of(load_result(uow, result_id, organisation_id=organisation_id))


def result_for_entry(uow: UnitOfWork, entry_id: str) -> LearnerResult:
    """What the learner of an entry sees; before the declaration only the steps. Raises NotFound `entry_unknown`."""
    scheduling.learner_entry(uow, entry_id)
    return _way(uow, load_attempt_of_entry(uow, entry_id))


def handed_in(uow: UnitOfWork, entry: Entry) -> HandedIn:
    """What the learner of an entry that is at hand sees after the hand-in; raises NotFound `attempt_unknown`."""
    attempt = load_attempt_of_entry(uow, entry.id)
    names = refs_of(uow, attempt)
    return HandedIn(
        summary=summary_of_attempt(uow, attempt),
        questions=tuple(names.of_item(item.version_id) for item in names.content.items),
        late=tuple(late_of(uow, attempt)),
        way=_way(uow, attempt),
        not_asked=len(course_of(uow, attempt.id, attempt.to_model(), names=names).withheld),
    )


def _way(uow: UnitOfWork, attempt: AttemptRow) -> LearnerResult:
    entry_id = attempt.entry_id
    rows = uow.db.scalars(_STANDING, {"entry_id": entry_id}).all()
    standing = {row.state: row for row in rows}  # one of each that stands
    declared = standing.get(ResultState.DECLARED)
    prepared = declared or standing.get(ResultState.PROVISIONAL)
    tasks = standings(uow, [entry_id]).get(entry_id, ())
    return LearnerResult(
        steps=steps(
            handed_in=attempt.state is AttemptState.SUBMITTED,
            marked={task.component.value: task.state is TaskState.DONE for task in tasks},
            holds=holds_of_attempt(uow, attempt.id),
            result=None if prepared is None else prepared.state,
        ),
        result=None if declared is None else result_of(declared),
        corrected=declared is None and any(row.declared_at is not None for row in rows),
    )


def newest_results(uow: UnitOfWork, entry_ids: Collection[str]) -> dict[str, ResultSummary]:
    """The newest standing result of some entries, by entry id. Callers have established whose they are."""
    query = select(ResultRow).where(
        ResultRow.entry_id.in_(entry_ids), ResultRow.state != ResultState.SUPERSEDED
    )
    return {row.entry_id: summary_of(row) for row in uow.db.scalars(query.order_by(ResultRow.id))}


def holds_of_entries(uow: UnitOfWork, entry_ids: Collection[str]) -> dict[str, tuple[Hold, ...]]:
    """The holds of some entries, by entry id, oldest first. Callers have established whose they are."""
    query = (
        select(AttemptRow.entry_id, HoldRow)
        .join(HoldRow, HoldRow.attempt_id == AttemptRow.id)
        .where(AttemptRow.entry_id.in_(entry_ids))
        .order_by(HoldRow.placed_at, HoldRow.cause_id)
    )
    found: dict[str, tuple[Hold, ...]] = {}
    for entry_id, row in uow.db.execute(query):
        hold = Hold(
            cause_id=row.cause_id,
            attempt_id=row.attempt_id,
            state=row.state,
            placed_at=row.placed_at,
            settled_at=row.settled_at,
        )
        found[entry_id] = (*found.get(entry_id, ()), hold)
    return found


def holds_of_attempt(uow: UnitOfWork, attempt_id: str) -> list[HoldState]:
    """Where the holds of an attempt stand."""
    uow.db.flush()
    return list(uow.db.connection().execute(_HOLDS, {"attempt_id": attempt_id}).scalars())


def results_of_body(
    uow: UnitOfWork, awarding_body_id: str, *, offset: int = 0, limit: int | None = None
) -> list[FeedResult]:
    """The declared results of an awarding body, newest first, all or a page of them; reading them delivers nothing."""
    query = select(ResultRow).where(
        ResultRow.awarding_body_id == awarding_body_id, ResultRow.feed_number.is_not(None)
    )
    query = query.order_by(ResultRow.feed_number.desc()).offset(offset).limit(limit)
    return _feed_results(uow, uow.db.scalars(query))


def feed_counts(uow: UnitOfWork, awarding_body_id: str) -> FeedCounts:
    """How many declared results an awarding body has, and how many of them it has not answered."""
    query = (
        select(func.count(), func.count().filter(DeliveryRow.answered_at.is_(None)))
        .select_from(ResultRow)
        .outerjoin(DeliveryRow, DeliveryRow.result_id == ResultRow.id)
        .where(ResultRow.awarding_body_id == awarding_body_id, ResultRow.feed_number.is_not(None))
    )
    return FeedCounts(*uow.db.execute(query).one())


def result_of_body(uow: UnitOfWork, awarding_body_id: str, result_id: str) -> FeedResult:
    """One declared result of an awarding body; raises NotFound `result_unknown`."""
    query = select(ResultRow).where(
        ResultRow.id == result_id,
        ResultRow.awarding_body_id == awarding_body_id,
        ResultRow.feed_number.is_not(None),
    )
    found = _feed_results(uow, uow.db.scalars(query))
    if not found:
        raise NotFound("result_unknown")
    return found[0]


def feed_rows(uow: UnitOfWork, awarding_body_id: str, *, after: int, limit: int) -> FeedPage:
    """A page of the feed as it stands; raises Invalid `number_out_of_range`."""
    if not 0 <= after <= MAXIMUM_NUMBER:
        raise Invalid("number_out_of_range", name="cursor", lowest=0, highest=MAXIMUM_NUMBER)
    if not 1 <= limit <= MAXIMUM_PAGE:
        raise Invalid("number_out_of_range", name="limit", lowest=1, highest=MAXIMUM_PAGE)
    query = (
        select(ResultRow)
        .where(ResultRow.awarding_body_id == awarding_body_id, ResultRow.feed_number > after)
        .order_by(ResultRow.feed_number)
        .limit(limit + 1)
    )
    rows = list(uow.db.scalars(query))
    found = _feed_results(uow, rows[:limit])
    return FeedPage(results=tuple(found), next=found[-1].number if found else after, more=len(rows) > limit)


# ------------------------------------------------------------------------------------------ rows to values


def load_result(uow: UnitOfWork, result_id: str, *, organisation_id: str) -> ResultRow:
    """The row of an agency's result, for this slice; raises NotFound `result_unknown`."""
    row = uow.db.get(ResultRow, result_id)
    if row is None or row.agency_id != organisation_id:
        raise NotFound("result_unknown")
    return row


def result_of_entry(uow: UnitOfWork, entry_id: str, *, state: ResultState) -> ResultRow | None:
    """The row of an entry's provisional or declared result, for this slice."""
    return uow.db.scalar(select(ResultRow).where(ResultRow.entry_id == entry_id, ResultRow.state == state))


def require_unaltered(row: ResultRow) -> None:
    """Refuse a document that does not make its hash; raises Conflict `result_altered`."""
    if digest(row.document) != row.sha256:
        raise Conflict("result_altered")


def result_of(row: ResultRow) -> Result:
    """The result that a row holds."""
    return Result(summary=summary_of(row), document=row.document)


def summary_of(row: ResultRow) -> ResultSummary:
    """The result that a row holds, without its document."""
    return ResultSummary(
        id=row.id,
        entry_id=row.entry_id,
        state=row.state,
        passed=row.passed,
        sha256=row.sha256,
        created_at=row.created_at,
        declared_at=row.declared_at,
        feed_number=row.feed_number,
    )


def delivery_of(row: DeliveryRow) -> Delivery:
    """The delivery that a row holds."""
    return Delivery(
        result_id=row.result_id,
        state=row.state,
        delivered_at=row.delivered_at,
        answered_at=row.answered_at,
        reason=row.reason,
    )


def _feed_results(uow: UnitOfWork, results: Iterable[ResultRow]) -> list[FeedResult]:
    rows = list(results)
    entries = scheduling.entries_by_id(uow, [row.entry_id for row in rows])
    query = select(DeliveryRow).where(DeliveryRow.result_id.in_([row.id for row in rows]))
    deliveries = {row.result_id: delivery_of(row) for row in uow.db.scalars(query)}
    return [
        FeedResult(
            result=result_of(row),
            number=row.feed_number or 0,
            entry=entries[row.entry_id],
            delivery=deliveries.get(row.id),
        )
        for row in rows
    ]
