# SPDX-License-Identifier: Apache-2.0
"""Reads the answers of an attempt that count or counted. Which of them is the last is `model.last_answers`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import literal, select, true, union_all

from assessor.attempts.counts import admitted_copy
from assessor.attempts.inputs import ResponseValue
from assessor.attempts.loading import THIS_ATTEMPT
from assessor.attempts.model import Answer
from assessor.attempts.refs import loaded
from assessor.attempts.tables import ResponseCopyRow, ResponseEventRow
from core.uow import UnitOfWork

# Built once, as in `saving`.
_LOG = select(
    ResponseEventRow.item_version_id,
    ResponseEventRow.epoch,
    ResponseEventRow.seq,
    ResponseEventRow.value,
    ResponseEventRow.revision,
    ResponseEventRow.received_at,
).where(ResponseEventRow.attempt_id == THIS_ATTEMPT)
_ADMITTED = select(
    ResponseCopyRow.item_version_id,
    ResponseCopyRow.epoch,
    ResponseCopyRow.seq,
    ResponseCopyRow.value,
    literal(0),
    ResponseCopyRow.received_at,
).where(ResponseCopyRow.attempt_id == THIS_ATTEMPT, admitted_copy())
_ALL = union_all(_LOG, _ADMITTED)


def last_answers_to(
    uow: UnitOfWork, attempt_ids: Collection[str], item_version_id: str
) -> dict[str, ResponseValue]:
    """The answer to one item that counts in each of some attempts; who never answered is left out."""
    found: dict[str, tuple[int, int, ResponseValue]] = {}
    for table, condition in ((ResponseEventRow, true()), (ResponseCopyRow, admitted_copy())):
        query = select(table.attempt_id, table.epoch, table.seq, table.value).where(
            table.attempt_id.in_(attempt_ids), table.item_version_id == item_version_id, condition
        )
        for attempt_id, epoch, seq, value in uow.db.execute(query):
            held = found.get(attempt_id)
            if held is None or held[:2] < (epoch, seq):
                found[attempt_id] = (epoch, seq, loaded(value))
    return {attempt_id: value for attempt_id, (_epoch, _seq, value) in found.items()}


def answers(uow: UnitOfWork, attempt_id: str) -> list[Answer]:
    """Every answer that counts or counted, in no order that matters: the log, and what was admitted although it was late."""
    uow.db.flush()
    rows = uow.db.connection().execute(_ALL, {"attempt_id": attempt_id}).all()
    counted = Counter(row.item_version_id for row in rows if row.revision)
    return [
        Answer(
            item_version_id=row.item_version_id,
            epoch=row.epoch,
            seq=row.seq,
            value=loaded(row.value),
            revision=row.revision or counted[row.item_version_id] + 1,
            received_at=row.received_at,
        )
        for row in rows
    ]
