# SPDX-License-Identifier: Apache-2.0
"""Commands on results, holds and deliveries."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from assessor.attempts.queries import load_attempt, load_attempt_of_entry
from assessor.results import events
from assessor.results.computing import compute_entry, same_outcome
from assessor.results.document import Computed
from assessor.results.model import (
    DeliveryAnswer,
    DeliveryState,
    HoldState,
    ResultState,
    answer_delivery,
    declare,
    lift,
    require_reason,
    settle_hold,
)
from assessor.results.preparing import prepare, replace_result
from assessor.results.queries import (
    Delivery,
    FeedPage,
    ResultSummary,
    delivery_of,
    feed_rows,
    holds_of_attempt,
    load_result,
    require_unaltered,
    result_of_body,
    result_of_entry,
    summary_of,
)
from assessor.results.tables import DeliveryRow, FeedCounterRow, HoldRow, ResultRow
from assessor.scheduling import queries as scheduling
from assessor.scheduling.model import require_enrolled
from core.errors import Conflict, NotFound
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """The newest result of an entry, or what stands in the way of one.

    `missing` has component ids that are not complete, or one code: `entry_withdrawn`, `form_altered`,
    `result_not_computable`, `result_incomplete`.
    """

    result: ResultSummary | None
    missing: tuple[str, ...] = ()


def refresh_result(uow: UnitOfWork, entry_id: str) -> Refreshed:
    """Prepare an entry's result as soon as every component is complete; a changed outcome replaces the one before.

    It never refuses what stands in the way, because it runs in the unit of work of a hand-in. Raises NotFound
    `entry_unknown`.
    """
    entry = scheduling.learner_entry(uow, entry_id)
    computed = compute_entry(uow, entry)
    if not isinstance(computed, Computed):
        return Refreshed(result=None, missing=computed)
    for state in (ResultState.PROVISIONAL, ResultState.DECLARED):
        standing = result_of_entry(uow, entry_id, state=state)
        if standing is not None and same_outcome(standing.document, computed.document):
            return Refreshed(result=summary_of(standing))
    return Refreshed(result=summary_of(prepare(uow, entry, computed)))


def declare_result(uow: UnitOfWork, result_id: str, *, organisation_id: str) -> ResultSummary:
    """Declare a result: it enters the awarding body's feed under the next number. Repeating it changes nothing.

    Raises NotFound `result_unknown`; Conflict `hold_open`, `hold_confirmed`, `result_superseded`, `entry_withdrawn`,
    `result_altered`.
    """
    row = load_result(uow, result_id, organisation_id=organisation_id)
    attempt = load_attempt_of_entry(uow, row.entry_id)
    after = declare(row.state, holds=holds_of_attempt(uow, attempt.id))
    if row.state is after:
        return summary_of(row)
    require_enrolled(scheduling.entry(uow, row.entry_id, organisation_id=organisation_id).state)
    require_unaltered(row)
    replaced = result_of_entry(uow, row.entry_id, state=ResultState.DECLARED)
    if replaced is not None:
        replace_result(uow, replaced)
    number = _next_number(uow, row.awarding_body_id)  # first: a declared row without its number is refused
    row.state = after
    row.declared_at = uow.now
    row.declared_by = uow.actor.id
    row.feed_number = number
    uow.db.flush()
    uow.emit(
        events.ResultDeclared(
            organisation_id=row.agency_id,
            subject_id=row.id,
            entry_id=row.entry_id,
            awarding_body_id=row.awarding_body_id,
            feed_number=row.feed_number,
            sha256=row.sha256,
        )
    )
    return summary_of(row)


def place_hold(uow: UnitOfWork, attempt_id: str, *, cause_id: str) -> None:
    """Keep the result of an attempt's entry from being declared; repeating it changes nothing.

    Raises NotFound `attempt_unknown`; Conflict `hold_elsewhere` when the cause holds another attempt.
    """
    attempt = load_attempt(uow, attempt_id)
    row = uow.db.get(HoldRow, cause_id)
    if row is not None:
        if row.attempt_id != attempt_id:
            raise Conflict("hold_elsewhere")
        return
    uow.db.add(HoldRow(cause_id=cause_id, attempt_id=attempt.id, state=HoldState.INTERIM, placed_at=uow.now))
    uow.db.flush()
    uow.emit(events.HoldPlaced(organisation_id=attempt.agency_id, subject_id=attempt.id, cause_id=cause_id))


def release_hold(uow: UnitOfWork, *, cause_id: str) -> None:
    """Lift a hold; other holds of the entry stay. Raises NotFound `hold_unknown`; Conflict `hold_settled`."""
    attempt_id, agency_id = _settle(uow, cause_id, HoldState.RELEASED)
    if agency_id is not None:
        uow.emit(events.HoldReleased(organisation_id=agency_id, subject_id=attempt_id, cause_id=cause_id))


def confirm_hold(uow: UnitOfWork, *, cause_id: str) -> None:
    """Make a hold lasting. Raises NotFound `hold_unknown`; Conflict `hold_settled`."""
    attempt_id, agency_id = _settle(uow, cause_id, HoldState.CONFIRMED)
    if agency_id is not None:
        uow.emit(events.HoldConfirmed(organisation_id=agency_id, subject_id=attempt_id, cause_id=cause_id))


def lift_hold(uow: UnitOfWork, *, cause_id: str) -> None:
    """Lift a lasting hold because its cause was overturned; repeating it changes nothing.

    Raises NotFound `hold_unknown`; Conflict `hold_open` while its cause is not even decided.
    """
    row = uow.db.get(HoldRow, cause_id)
    if row is None:
        raise NotFound("hold_unknown")
    after = lift(row.state)
    if row.state is after:
        return
    row.state, row.settled_at = after, uow.now
    uow.db.flush()
    attempt = load_attempt(uow, row.attempt_id)
    uow.emit(events.HoldReleased(organisation_id=attempt.agency_id, subject_id=attempt.id, cause_id=cause_id))


def feed_page(uow: UnitOfWork, awarding_body_id: str, *, after: int, limit: int) -> FeedPage:
    """The declared results of an awarding body after a feed number, in order, without gaps.

    The first pull of a result delivers it, so this needs a writable unit of work. A superseded result stays in its
    place. Raises Invalid `number_out_of_range`.
    """
    page = feed_rows(uow, awarding_body_id, after=after, limit=limit)
    fresh = [one for one in page.results if one.delivery is None]
    for one in fresh:
        uow.db.add(
            DeliveryRow(
                result_id=one.result.summary.id,
                awarding_body_id=awarding_body_id,
                state=DeliveryState.DELIVERED,
                delivered_at=uow.now,
                reason="",
            )
        )
        uow.emit(
            events.ResultDelivered(
                organisation_id=awarding_body_id,
                subject_id=one.result.summary.id,
                feed_number=one.number,
            )
        )
    uow.db.flush()
    return feed_rows(uow, awarding_body_id, after=after, limit=limit) if fresh else page


def deliver_result(uow: UnitOfWork, awarding_body_id: str, result_id: str) -> None:
    """A result that its awarding body answers on screen counts as delivered. Raises NotFound `result_unknown`."""
    found = result_of_body(uow, awarding_body_id, result_id)
    if found.delivery is None:
        feed_page(uow, awarding_body_id, after=found.number - 1, limit=1)


def acknowledge(
    uow: UnitOfWork, awarding_body_id: str, result_id: str, *, decision: DeliveryAnswer, reason: str = ""
) -> Delivery:
    """Take an awarding body's answer to a delivered result; the same answer again is harmless.

    Raises NotFound `result_unknown` (also for another body's); Conflict `result_not_delivered`, `delivery_answered`;
    Invalid `reason_missing`, `reason_too_long`.
    """
    result = uow.db.get(ResultRow, result_id)
    if result is None or result.awarding_body_id != awarding_body_id or result.feed_number is None:
        raise NotFound("result_unknown")
    row = uow.db.get(DeliveryRow, result_id)
    if row is None:
        raise Conflict("result_not_delivered")
    text = require_reason(decision, reason)
    after = answer_delivery(row.state, decision)
    if after is row.state:
        return delivery_of(row)
    row.state = after
    row.answered_at = uow.now
    row.reason = text
    uow.db.flush()
    uow.emit(
        events.ResultAnswered(organisation_id=awarding_body_id, subject_id=result_id, decision=decision.value)
    )
    return delivery_of(row)


def _next_number(uow: UnitOfWork, awarding_body_id: str) -> int:
    """The next feed number; the counter is locked until the commit, so numbers become visible in their order."""
    query = select(FeedCounterRow).where(FeedCounterRow.awarding_body_id == awarding_body_id)
    row = uow.db.scalar(query.with_for_update())
    if row is None:
        row = FeedCounterRow(awarding_body_id=awarding_body_id, last=0)
        uow.db.add(row)
    row.last += 1
    uow.db.flush()
    return row.last


def _settle(uow: UnitOfWork, cause_id: str, after: HoldState) -> tuple[str, str | None]:
    """The held attempt, and its agency where something changed."""
    row = uow.db.get(HoldRow, cause_id)
    if row is None:
        raise NotFound("hold_unknown")
    if row.state is settle_hold(row.state, after):
        return row.attempt_id, None
    row.state = after
    row.settled_at = uow.now
    uow.db.flush()
    return row.attempt_id, load_attempt(uow, row.attempt_id).agency_id
