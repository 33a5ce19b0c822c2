# SPDX-License-Identifier: Apache-2.0
"""Answers that came too late: the list, and what a named person decides about each. Scores are refreshed by `assessor.api`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, select

from assessor.attempts import events
from assessor.attempts.loading import THIS_ATTEMPT
from assessor.attempts.model import AttemptState, EndedBy, LateDecision, LateState, Verdict
from assessor.attempts.operations import require_person, touch
from assessor.attempts.queries import load_attempt, refs_of
from assessor.attempts.refs import StoredValue
from assessor.attempts.tables import AttemptRow, LateDecisionRow, LeaseRow, ResponseCopyRow, ResponseEventRow
from assessor.scheduling.names import require_full_reason
from core.errors import Conflict, Forbidden, NotFound
from core.identity.model import Role
from core.uow import UnitOfWork

LATE = tuple(verdict for verdict in Verdict if verdict.late)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAnswer:
    """An answer that came too late. `item` is the name that the learner's browser knows, `number` its place in the paper."""

    device: str
    epoch: int
    seq: int
    item: str
    number: int
    item_version_id: str
    cause: Verdict
    received_at: datetime
    value: StoredValue
    value_sha256: str
    state: LateState
    reason: str
    decided_by: str | None
    decided_at: datetime | None


def late_answers(uow: UnitOfWork, attempt_id: str, *, organisation_id: str | None = None) -> list[LateAnswer]:
    """The late answers of an attempt in the order in which they came.

    One that later counted after all is not among them, and none under a lease that the device never held: those are
    conflict copies. Raises NotFound `attempt_unknown`.
    """
    return late_of(uow, load_attempt(uow, attempt_id, organisation_id=organisation_id))


def late_of(uow: UnitOfWork, row: AttemptRow) -> list[LateAnswer]:
    """`late_answers` of a loaded attempt."""
    rows = uow.db.execute(_LATE, {"attempt_id": row.id}).all()
    if not rows:
        return []
    names = refs_of(uow, row)
    places = {item.version_id: number for number, item in enumerate(names.content.items, 1)}
    found: dict[tuple[str, int, str], LateAnswer] = {}
    for copy, decision in rows:
        key = (copy.device, copy.seq, copy.item_version_id)
        if key in found:
            continue  # the same again, after the attempt was closed
        found[key] = LateAnswer(
            device=copy.device,
            epoch=copy.epoch,
            seq=copy.seq,
            item=names.of_item(copy.item_version_id),
            number=places[copy.item_version_id],
            item_version_id=copy.item_version_id,
            cause=copy.reason,
            received_at=copy.received_at,
            value=copy.value,
            value_sha256=copy.value_sha256,
            state=LateState.WAITING if decision is None else LateState(decision.decision.value),
            reason="" if decision is None else decision.reason,
            decided_by=None if decision is None else decision.decided_by,
            decided_at=None if decision is None else decision.decided_at,
        )
    return list(found.values())


def decide_late(
    uow: UnitOfWork,
    attempt_id: str,
    *,
    device: str,
    seq: int,
    item: str,
    organisation_id: str,
    decision: LateDecision,
    reason: str,
) -> None:
    """Let a late answer to an item version count, or not; a manager does, once, and says why.

    Raises NotFound `attempt_unknown`, `late_answer_unknown`; Forbidden `person_needed`, `manager_needed`; Invalid
    `reason_malformed`; Conflict `attempt_still_runs`, `entry_withdrawn`, `late_answer_decided`.
    """
    require_person(uow)
    if Role.MANAGER not in uow.actor.roles:
        raise Forbidden("manager_needed")
    reason = require_full_reason(reason)
    row = load_attempt(uow, attempt_id, organisation_id=organisation_id)
    if row.state is not AttemptState.SUBMITTED:
        raise Conflict("attempt_still_runs")
    if row.ended_by is EndedBy.WITHDRAWN:
        raise Conflict("entry_withdrawn")
    found = find_late(uow, row, device=device, seq=seq, item=item)
    if found.decided_at is not None:
        raise Conflict("late_answer_decided", decided_at=found.decided_at.isoformat())
    uow.db.add(
        LateDecisionRow(
            attempt_id=row.id,
            device=device,
            seq=seq,
            item_version_id=item,
            cause=found.cause,
            value_sha256=found.value_sha256,
            decision=decision,
            reason=reason,
            decided_by=uow.actor.id,
            decided_at=uow.now,
        )
    )
    touch(uow, row)
    uow.emit(
        events.LateAnswerDecided(
            organisation_id=row.agency_id,
            subject_id=row.id,
            device=device,
            seq=seq,
            item_version_id=item,
            decision=decision.value,
        )
    )


def find_late(uow: UnitOfWork, row: AttemptRow, *, device: str, seq: int, item: str) -> LateAnswer:
    """One late answer of a loaded attempt; raises NotFound `late_answer_unknown`."""
    for answer in late_of(uow, row):
        if (answer.device, answer.seq, answer.item_version_id) == (device, seq, item):
            return answer
    raise NotFound("late_answer_unknown")


def _query() -> Select[ResponseCopyRow, LateDecisionRow]:
    counted = exists().where(
        ResponseEventRow.attempt_id == ResponseCopyRow.attempt_id,
        ResponseEventRow.device == ResponseCopyRow.device,
        ResponseEventRow.seq == ResponseCopyRow.seq,
    )
    granted = and_(
        LeaseRow.attempt_id == ResponseCopyRow.attempt_id,
        LeaseRow.epoch == ResponseCopyRow.epoch,
        LeaseRow.device == ResponseCopyRow.device,
    )
    decided = and_(
        LateDecisionRow.attempt_id == ResponseCopyRow.attempt_id,
        LateDecisionRow.device == ResponseCopyRow.device,
        LateDecisionRow.seq == ResponseCopyRow.seq,
        LateDecisionRow.item_version_id == ResponseCopyRow.item_version_id,
    )
    return (
        select(ResponseCopyRow, LateDecisionRow)
        .join(LeaseRow, granted)
        .outerjoin(LateDecisionRow, decided)
        .where(ResponseCopyRow.attempt_id == THIS_ATTEMPT, ResponseCopyRow.reason.in_(LATE), ~counted)
        .order_by(
            ResponseCopyRow.received_at,
            ResponseCopyRow.device,
            ResponseCopyRow.seq,
            ResponseCopyRow.reason,
            ResponseCopyRow.value_sha256,
        )
    )


_LATE = _query()
