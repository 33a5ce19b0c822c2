# SPDX-License-Identifier: Apache-2.0
"""Counts of answers for lists of attempts, made by the database. What an answer says is in `queries`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    select,
    true,
    union_all,
)

from assessor.attempts.model import LateDecision
from assessor.attempts.tables import LateDecisionRow, ResponseCopyRow, ResponseEventRow
from core.uow import UnitOfWork


def admitted_copy() -> ColumnElement[bool]:
    """The condition that a copy was admitted by a named person."""
    return (
        exists()
        .where(
            LateDecisionRow.attempt_id == ResponseCopyRow.attempt_id,
            LateDecisionRow.device == ResponseCopyRow.device,
            LateDecisionRow.seq == ResponseCopyRow.seq,
            LateDecisionRow.item_version_id == ResponseCopyRow.item_version_id,
            LateDecisionRow.cause == ResponseCopyRow.reason,
            LateDecisionRow.value_sha256 == ResponseCopyRow.value_sha256,
            LateDecisionRow.decision == LateDecision.ADMITTED,
        )
        .correlate(ResponseCopyRow)
    )


def _answered() -> Select[str, int]:
    sources: list[Select[str, str, str, int, int]] = [
        select(
            table.attempt_id,
            table.item_version_id,
            cast(table.value, String).label("value"),
            table.epoch,
            table.seq,
        ).where(table.attempt_id.in_(_THESE), condition)
        for table, condition in ((ResponseEventRow, true()), (ResponseCopyRow, admitted_copy()))
    ]
    log = union_all(*sources).subquery()
    place = func.row_number().over(
        partition_by=(log.c.attempt_id, log.c.item_version_id),
        order_by=(log.c.epoch.desc(), log.c.seq.desc()),
    )
    placed = select(log.c.attempt_id, log.c.value, place.label("place")).subquery()
    return (
        select(placed.c.attempt_id, func.count())
        .where(placed.c.place == 1, placed.c.value != "null")
        .group_by(placed.c.attempt_id)
    )


# Built once: to build a statement costs as much as to run it.
_THESE: BindParameter[Collection[str]] = bindparam("attempt_ids", expanding=True)
_ANSWERED = _answered()
_COPIES = (
    select(ResponseCopyRow.attempt_id, func.count())
    .where(ResponseCopyRow.attempt_id.in_(_THESE))
    .group_by(ResponseCopyRow.attempt_id)
)


def answered_items(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, int]:
    """How many items of each attempt have an answer that is not cleared: `last_answers`, counted by the database."""
    return _counted(uow, _ANSWERED, attempt_ids)


def kept_copies(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, int]:
    """How many copies of each attempt were kept, late or not."""
    return _counted(uow, _COPIES, attempt_ids)


def _counted(uow: UnitOfWork, query: Select[str, int], attempt_ids: Collection[str]) -> dict[str, int]:
    return dict(uow.db.execute(query, {"attempt_ids": list(attempt_ids)}).all()) if attempt_ids else {}
