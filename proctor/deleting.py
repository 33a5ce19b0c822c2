# SPDX-License-Identifier: Apache-2.0
"""Deleting what watching left of a learner, class by class. When that is due, and its receipt, are decided elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from core.blobs import BlobStore
from core.privacy.model import DataClass, Hold
from core.privacy.operations import Deleted
from core.uow import UnitOfWork
from proctor.appeals.model import TERMS
from proctor.appeals.tables import AppealRow, ExplanationRow
from proctor.checkin.queries import learned_scope
from proctor.checkin.tables import CheckInRow
from proctor.evidence.model import EvidenceKind, PictureClass, scope_of
from proctor.evidence.tables import EvidenceRow
from proctor.incidents.model import IncidentState
from proctor.incidents.tables import FindingRow, IncidentRow
from proctor.messages.tables import CallRow, MessageRow
from proctor.monitoring.tables import SessionRow
from proctor.plans.tables import WatchExemptionRow
from proctor.reviews.model import LOOK_DAYS, Answer
from proctor.reviews.queries import looks_given
from proctor.reviews.tables import ReviewAnswerRow, ReviewSampleRow, ReviewTaskRow
from proctor.shifts.tables import HandOverRow
from proctor.telemetry.tables import TelemetryCountRow, TelemetryRow

ERASED_WORDS = "[erased]"
"""Stands where a person's words or a sentence about them stood."""

_PICTURES: Mapping[DataClass, PictureClass] = {
    DataClass.SAMPLES: PictureClass.SAMPLE,
    DataClass.IDENTITY: PictureClass.IDENTITY,
    DataClass.INCIDENTS: PictureClass.INCIDENT,
    DataClass.NOTES: PictureClass.NOTE,
}
_OF_ALERTS = tuple(kind for kind in EvidenceKind if kind.of_an_alert)
_ROWS: Mapping[DataClass, type[MessageRow | TelemetryRow]] = {
    DataClass.MESSAGES: MessageRow,
    DataClass.DEVICE_NOTES: TelemetryRow,
}
CLASSES = (*_PICTURES, *_ROWS, DataClass.BASELINE)
"""What lies in this package."""


def attempts_with_data(uow: UnitOfWork, *, after: str = "", limit: int = 500) -> list[str]:
    """Attempts of which anything is left here, by id, from the one after `after` on."""
    columns: tuple[InstrumentedAttribute[str], ...] = (
        EvidenceRow.attempt_id,
        MessageRow.attempt_id,
        TelemetryRow.attempt_id,
        CheckInRow.attempt_id,
    )
    found = set[str]()
    for column in columns:
        query = select(column).where(column > after).distinct().order_by(column).limit(limit)
        found.update(uow.db.scalars(query))
    return sorted(found)[:limit]


def kept_data(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, dict[DataClass, int]]:
    """How many things of each class are kept of some attempts; what there is none of is left out."""
    found: dict[str, dict[DataClass, int]] = {}
    columns = {data_class: table.attempt_id for data_class, table in _ROWS.items()}
    columns[DataClass.BASELINE] = CheckInRow.attempt_id
    for data_class, column in columns.items():
        query = select(column, func.count()).where(column.in_(attempt_ids)).group_by(column)
        for attempt_id, number in uow.db.execute(query):
            found.setdefault(attempt_id, {})[data_class] = number
    for data_class, picture_class in _PICTURES.items():
        pictures = (
            select(EvidenceRow.attempt_id, func.count())
            .where(EvidenceRow.attempt_id.in_(attempt_ids), _is(picture_class))
            .group_by(EvidenceRow.attempt_id)
        )
        for attempt_id, number in uow.db.execute(pictures):
            found.setdefault(attempt_id, {})[data_class] = number
    return found


def open_cases(uow: UnitOfWork, attempt_ids: Collection[str]) -> dict[str, frozenset[Hold]]:
    """Which attempts have an undecided incident or appeal, or an upheld incident against which one can still appeal."""
    waiting = select(IncidentRow.attempt_id).where(
        IncidentRow.attempt_id.in_(attempt_ids),
        IncidentRow.state.not_in([IncidentState.UPHELD, IncidentState.DISMISSED]),
    )
    appealed = select(AppealRow.attempt_id).where(
        AppealRow.attempt_id.in_(attempt_ids), AppealRow.outcome.is_(None)
    )
    may_appeal = select(IncidentRow.attempt_id).where(
        IncidentRow.attempt_id.in_(attempt_ids),
        IncidentRow.state == IncidentState.UPHELD,
        IncidentRow.decided_at >= uow.now - timedelta(days=TERMS.appeal_days),
        IncidentRow.id.not_in(select(AppealRow.incident_id)),
    )
    found = {
        hold: set(uow.db.scalars(query))
        for hold, query in (
            (Hold.INCIDENT_OPEN, waiting),
            (Hold.APPEAL_OPEN, appealed),
            (Hold.APPEAL_POSSIBLE, may_appeal),
        )
    }
    return {
        one: frozenset(hold for hold, those in found.items() if one in those)
        for one in set().union(*found.values())
    }


def open_looks(uow: UnitOfWork, attempt_ids: Collection[str]) -> frozenset[str]:
    """Which attempts somebody still has to look at blind, or has a marked moment that nobody made an incident of yet.

    Each for at most `LOOK_DAYS` from the draw or the mark. It stands against no erasure that a person asks for.
    """
    since = uow.now - timedelta(days=LOOK_DAYS)
    to_look = (
        select(ReviewTaskRow.attempt_id)
        .join(ReviewSampleRow, ReviewSampleRow.id == ReviewTaskRow.sample_id)
        .where(
            ReviewTaskRow.attempt_id.in_(attempt_ids),
            ReviewSampleRow.drawn_at >= since,
            looks_given() < ReviewTaskRow.readers,
        )
    )
    marked = (
        select(ReviewTaskRow.attempt_id)
        .join(ReviewAnswerRow, ReviewAnswerRow.task_id == ReviewTaskRow.id)
        .where(
            ReviewTaskRow.attempt_id.in_(attempt_ids),
            ReviewAnswerRow.answer == Answer.MARKED,
            ReviewAnswerRow.incident_id.is_(None),
            ReviewAnswerRow.at >= since,
        )
    )
    return frozenset(uow.db.scalars(to_look)) | frozenset(uow.db.scalars(marked))


def delete_data(uow: UnitOfWork, attempt_id: str, data_class: DataClass, *, blobs: BlobStore) -> Deleted:
    """Delete one class of an attempt and destroy its key; the ciphertexts are removed by who commits."""
    if data_class in _PICTURES:
        return _delete_pictures(uow, attempt_id, _PICTURES[data_class], blobs)
    if data_class is DataClass.BASELINE:
        return _delete_baseline(uow, attempt_id, blobs)
    table = _ROWS[data_class]
    gone = Deleted(_hashes(uow.db.scalars(select(table.id).where(table.attempt_id == attempt_id))))
    uow.db.execute(delete(table).where(table.attempt_id == attempt_id))
    if data_class is DataClass.DEVICE_NOTES:
        uow.db.execute(delete(TelemetryCountRow).where(TelemetryCountRow.attempt_id == attempt_id))
    else:
        uow.db.execute(delete(CallRow).where(CallRow.attempt_id == attempt_id))
    return gone


def erase_words(uow: UnitOfWork, attempt_id: str) -> None:
    """Replace what the learner wrote and what people wrote about them; facts, numbers and decisions stay.

    An exemption tells of an illness or a faith, so it goes altogether.
    """
    cases = select(IncidentRow.id).where(IncidentRow.attempt_id == attempt_id).scalar_subquery()
    tasks = select(ReviewTaskRow.id).where(ReviewTaskRow.attempt_id == attempt_id).scalar_subquery()
    for table in (ExplanationRow, WatchExemptionRow):
        uow.db.execute(delete(table).where(table.attempt_id == attempt_id))
    _replace(uow, FindingRow.reason, FindingRow.incident_id.in_(cases))
    _replace(uow, AppealRow.text, AppealRow.attempt_id == attempt_id)
    _replace(uow, AppealRow.decision_reason, AppealRow.attempt_id == attempt_id)
    _replace(uow, IncidentRow.raised_reason, IncidentRow.attempt_id == attempt_id)
    _replace(uow, ReviewAnswerRow.reason, ReviewAnswerRow.task_id.in_(tasks))
    _erase_hand_overs(uow, attempt_id)
    uow.db.expire_all()


def _replace(uow: UnitOfWork, column: InstrumentedAttribute[str], where: ColumnElement[bool]) -> None:
    """What is empty stays so: that nothing was written says nothing of anybody."""
    table = column.class_
    uow.db.execute(
        update(table).where(where, column != "").values({column.key: ERASED_WORDS}),
        execution_options={"synchronize_session": False},
    )


def _erase_hand_overs(uow: UnitOfWork, attempt_id: str) -> None:
    """What proctors told each other at the change of a shift in which this learner was handed over."""
    sitting = select(SessionRow.sitting_id).where(SessionRow.attempt_id == attempt_id).scalar_subquery()
    for row in uow.db.scalars(select(HandOverRow).where(HandOverRow.sitting_id == sitting)):
        if attempt_id in row.attempt_ids and row.note:
            row.note = ERASED_WORDS
    uow.db.flush()


def _delete_pictures(
    uow: UnitOfWork, attempt_id: str, picture_class: PictureClass, blobs: BlobStore
) -> Deleted:
    mine = (EvidenceRow.attempt_id == attempt_id) & _is(picture_class)
    rows = uow.db.execute(select(EvidenceRow.sha256, EvidenceRow.address).where(mine)).all()
    uow.db.execute(delete(EvidenceRow).where(mine))
    scope = scope_of(attempt_id, picture_class)
    keys = (scope,) if blobs.forget(scope, uow) else ()
    return Deleted(tuple(row.sha256 for row in rows), keys, tuple(row.address for row in rows))


def _delete_baseline(uow: UnitOfWork, attempt_id: str, blobs: BlobStore) -> Deleted:
    rows = uow.db.scalars(select(CheckInRow).where(CheckInRow.attempt_id == attempt_id)).all()
    addresses = [address for row in rows for address in (row.learned_address, row.card_address) if address]
    hashes = _hashes(row.session_id for row in rows)
    uow.db.execute(delete(CheckInRow).where(CheckInRow.attempt_id == attempt_id))
    scope = learned_scope(attempt_id)
    keys = (scope,) if blobs.forget(scope, uow) else ()
    return Deleted(hashes, keys, tuple(addresses))


def _is(picture_class: PictureClass) -> ColumnElement[bool]:
    match picture_class:
        case PictureClass.SAMPLE:
            return EvidenceRow.kind == EvidenceKind.SAMPLE
        case PictureClass.INCIDENT:
            return EvidenceRow.kind.in_(_OF_ALERTS) & EvidenceRow.incident_id.is_not(None)
        case PictureClass.NOTE:
            return EvidenceRow.kind.in_(_OF_ALERTS) & EvidenceRow.incident_id.is_(None)
        case PictureClass.IDENTITY:
            return EvidenceRow.kind.not_in((*_OF_ALERTS, EvidenceKind.SAMPLE))


def _hashes(ids: Iterable[str]) -> tuple[str, ...]:
    """Of rows that have no hash of their own: of their ids, since of short texts a hash would give the words away."""
    return tuple(hashlib.sha256(one.encode()).hexdigest() for one in ids)
