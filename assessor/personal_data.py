# SPDX-License-Identifier: Apache-2.0
"""What periods and erasures need to know of tests, and the erasure of what this package keeps of a person.

Results stay: they are the awarding body's record and hold ids, never names. Who may ask, and when, is decided elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from assessor.attempts.answer_log import answers
from assessor.attempts.model import AttemptState, last_answers
from assessor.attempts.queries import load_attempt, refs_of
from assessor.attempts.refs import stored
from assessor.attempts.tables import (
    AttemptRow,
    CreditRow,
    LateDecisionRow,
    LeaseRow,
    MoveCopyRow,
    MoveRow,
    OutageRow,
    PresenceRow,
    ResponseCopyRow,
    ResponseEventRow,
    ResponseFileRow,
)
from assessor.attempts.uploads import ResponseFile, response_files
from assessor.formative.tables import FormativeAnswerRow, FormativeRunRow
from assessor.marking.tables import MarkingTaskRow, MarkRow
from assessor.results.model import HoldState, ResultState
from assessor.results.records import erase_responses
from assessor.results.tables import DeliveryRow, HoldRow, ResultRow
from assessor.scheduling.alternative_tables import PlaceRequestRow
from assessor.scheduling.browser_tables import BrowserCheckRow, BrowserReleaseRow
from assessor.scheduling.model import EntryState
from assessor.scheduling.names import ERASED_NAME
from assessor.scheduling.tables import CandidateRow, EntryRow, SittingRow, SystemCheckRow
from core.blobs import BlobStore
from core.errors import NotFound
from core.ids import secret_token
from core.privacy.model import DataClass, Facts, Hold
from core.privacy.operations import Deleted
from core.uow import UnitOfWork

CLASSES = (DataClass.ANSWERS, DataClass.PRACTICE, DataClass.SYSTEM_CHECKS, DataClass.PARTICULARS)
"""What an erasure takes from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFacts:
    """One entry's test as periods see it. `taken`: the awarding body has the declared result, or there is none."""

    entry_id: str
    attempt_id: str
    candidate_id: str
    agency_id: str
    facts: Facts
    taken: bool

    @property
    def holds(self) -> frozenset[Hold]:
        """Why it may not be erased yet, so far as this package knows."""
        return self.facts.holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure took, by class and entry, and what identified the person: for the proof, never to be stored."""

    deleted: Mapping[tuple[DataClass, str], Deleted]
    particulars: tuple[str, ...]


def subjects_of(
    uow: UnitOfWork, *, attempt_ids: Collection[str] = (), candidate_id: str | None = None
) -> list[SubjectFacts]:
    """The tests behind some attempts, or all tests of a candidate; unknown ids are left out."""
    query = (
        select(AttemptRow.id, AttemptRow.state, EntryRow, SittingRow)
        .join(EntryRow, EntryRow.id == AttemptRow.entry_id)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
    )
    query = (
        query.where(AttemptRow.id.in_(attempt_ids))
        if candidate_id is None
        else query.where(EntryRow.candidate_id == candidate_id)
    )
    rows = uow.db.execute(query.order_by(EntryRow.id)).all()
    declared = _declared(uow, [entry.id for _id, _state, entry, _sitting in rows])
    held = _held(uow, [attempt_id for attempt_id, *_rest in rows])
    return [
        _facts(
            attempt_id, state, entry, sitting, declared.get(entry.id), held=attempt_id in held, now=uow.now
        )
        for attempt_id, state, entry, sitting in rows
    ]


def candidate_of(uow: UnitOfWork, entry_id: str, *, organisation_id: str) -> str:
    """The candidate behind an entry; NotFound `entry_unknown` for another agency's too."""
    row = uow.db.get(EntryRow, entry_id)
    if row is None or row.agency_id != organisation_id:
        raise NotFound("entry_unknown")
    return row.candidate_id


def attempts_with_checks(uow: UnitOfWork, *, after: str = "", limit: int = 500) -> list[str]:
    """Attempts of which the last check of device and line is kept, by id, from the one after `after` on."""
    query = (
        select(AttemptRow.id)
        .join(SystemCheckRow, SystemCheckRow.entry_id == AttemptRow.entry_id)
        .where(AttemptRow.id > after)
        .order_by(AttemptRow.id)
    )
    return list(uow.db.scalars(query.limit(limit)))


def kept_system_checks(uow: UnitOfWork, attempt_ids: Collection[str]) -> list[str]:
    """Those of some attempts of which the check is kept."""
    query = (
        select(AttemptRow.id)
        .join(SystemCheckRow, SystemCheckRow.entry_id == AttemptRow.entry_id)
        .where(AttemptRow.id.in_(attempt_ids))
    )
    return list(uow.db.scalars(query))


def delete_system_check(uow: UnitOfWork, entry_id: str) -> Deleted:
    """Delete what the last check of device and line found."""
    return _delete(uow, SystemCheckRow, SystemCheckRow.entry_id == entry_id, [entry_id])


def erase_candidate(uow: UnitOfWork, candidate_id: str, *, blobs: BlobStore) -> Erased:
    """Erase a person: answers, files, practice and device checks go, particulars are replaced, texts about them too.

    What people decided, the marks and the results stay, with ids. Raises NotFound `candidate_unknown`.
    """
    person = uow.db.get(CandidateRow, candidate_id)
    if person is None:
        raise NotFound("candidate_unknown")
    entries = uow.db.scalars(select(EntryRow).where(EntryRow.candidate_id == candidate_id)).all()
    found: dict[tuple[DataClass, str], Deleted] = {}
    for entry in entries:
        attempt = uow.db.scalars(select(AttemptRow).where(AttemptRow.entry_id == entry.id)).one()
        found[DataClass.ANSWERS, entry.id] = _erase_answers(uow, attempt, blobs)
        found[DataClass.SYSTEM_CHECKS, entry.id] = delete_system_check(uow, entry.id)
        _erase_entry(uow, entry)
    found[DataClass.PRACTICE, candidate_id] = _erase_practice(uow, candidate_id)
    particulars = _particulars(person)
    _erase_person(person)
    uow.db.flush()
    uow.db.expire_all()
    found[DataClass.PARTICULARS, candidate_id] = Deleted((hashlib.sha256(candidate_id.encode()).hexdigest(),))
    return Erased(deleted=found, particulars=particulars)


def _facts(
    attempt_id: str,
    state: AttemptState,
    entry: EntryRow,
    sitting: SittingRow,
    declared: tuple[datetime, bool] | None,
    *,
    held: bool,
    now: datetime,
) -> SubjectFacts:
    counts = entry.state is EntryState.ENROLLED and state is not AttemptState.CREATED
    holds = set[Hold]()
    if (now < sitting.closes_at and entry.state is EntryState.ENROLLED and state is AttemptState.CREATED) or (
        state is AttemptState.RUNNING
    ):
        holds.add(Hold.TEST_NOT_OVER)
    if held:
        holds.add(Hold.INCIDENT_OPEN)
    if counts and declared is None:
        holds.add(Hold.RESULT_NOT_DECLARED)
    return SubjectFacts(
        entry_id=entry.id,
        attempt_id=attempt_id,
        candidate_id=entry.candidate_id,
        agency_id=entry.agency_id,
        facts=Facts(
            closed_at=sitting.closes_at,
            declared_at=declared[0] if declared else None,
            promised_days=sitting.retention_days,
            holds=frozenset(holds),
        ),
        taken=declared is None or declared[1],
    )


def _declared(uow: UnitOfWork, entry_ids: Collection[str]) -> dict[str, tuple[datetime, bool]]:
    """When each entry's standing result was declared, and whether the awarding body has pulled it."""
    query = (
        select(ResultRow.entry_id, ResultRow.declared_at, DeliveryRow.result_id)
        .outerjoin(DeliveryRow, DeliveryRow.result_id == ResultRow.id)
        .where(ResultRow.entry_id.in_(entry_ids), ResultRow.state == ResultState.DECLARED)
    )
    found = uow.db.execute(query)
    return {entry_id: (at, pulled is not None) for entry_id, at, pulled in found if at is not None}


def _held(uow: UnitOfWork, attempt_ids: Collection[str]) -> set[str]:
    query = select(HoldRow.attempt_id).where(
        HoldRow.attempt_id.in_(attempt_ids), HoldRow.state == HoldState.INTERIM
    )
    return set(uow.db.scalars(query))


def _erase_answers(uow: UnitOfWork, attempt: AttemptRow, blobs: BlobStore) -> Deleted:
    """Answers, files, moves and devices; the attempt's own key ends with them."""
    gone = Deleted()
    values = uow.db.execute(
        select(ResponseEventRow.device, ResponseEventRow.seq).where(ResponseEventRow.attempt_id == attempt.id)
    )
    gone += Deleted(_hashes(f"{attempt.id}/{device}/{seq}" for device, seq in values))
    files = uow.db.scalars(select(ResponseFileRow).where(ResponseFileRow.attempt_id == attempt.id)).all()
    gone += Deleted(tuple(file.sha256 for file in files), addresses=tuple(file.address for file in files))
    gone += Deleted(_hashes(erase_responses(uow, attempt.entry_id)))
    for table in (
        ResponseEventRow,
        ResponseCopyRow,
        ResponseFileRow,
        MoveRow,
        MoveCopyRow,
        LeaseRow,
        PresenceRow,
        OutageRow,
    ):
        uow.db.execute(delete(table).where(table.attempt_id == attempt.id))
    for texts in (LateDecisionRow, CreditRow):
        uow.db.execute(update(texts).where(texts.attempt_id == attempt.id).values(reason=ERASED_NAME))
    uow.db.execute(
        update(CreditRow)
        .where(CreditRow.attempt_id == attempt.id, CreditRow.beyond != "")
        .values(beyond=ERASED_NAME)
    )
    attempt.secret = secret_token(32)
    if attempt.ended_reason:
        attempt.ended_reason = ERASED_NAME
    if attempt.lease_device is not None:
        attempt.lease_device = ERASED_NAME
    if blobs.forget(attempt.id, uow):
        gone += Deleted(keys=(attempt.id,))
    return gone


def _erase_entry(uow: UnitOfWork, entry: EntryRow) -> None:
    """What an entry says of the person; its code opens nothing any more."""
    tasks = select(MarkingTaskRow.id).where(MarkingTaskRow.entry_id == entry.id).scalar_subquery()
    uow.db.execute(
        update(MarkRow).where(MarkRow.task_id.in_(tasks), MarkRow.note != "").values(note=ERASED_NAME)
    )
    uow.db.execute(delete(BrowserCheckRow).where(BrowserCheckRow.entry_id == entry.id))
    uow.db.execute(
        update(BrowserReleaseRow).where(BrowserReleaseRow.entry_id == entry.id).values(reason=ERASED_NAME)
    )
    asked = PlaceRequestRow.entry_id == entry.id
    uow.db.execute(
        update(PlaceRequestRow).where(asked, PlaceRequestRow.reason != "").values(reason=ERASED_NAME)
    )
    entry.code_key = hashlib.sha256(secret_token(32).encode()).hexdigest()
    entry.agency_number = None
    entry.accommodations = []
    entry.enrolment = {name: value for name, value in entry.enrolment.items() if name != "reasons"}
    entry.training_minutes = None


def _erase_practice(uow: UnitOfWork, candidate_id: str) -> Deleted:
    runs = list(
        uow.db.scalars(select(FormativeRunRow.id).where(FormativeRunRow.candidate_id == candidate_id))
    )
    answered = list(uow.db.scalars(select(FormativeAnswerRow.id).where(FormativeAnswerRow.run_id.in_(runs))))
    uow.db.execute(delete(FormativeAnswerRow).where(FormativeAnswerRow.run_id.in_(runs)))
    uow.db.execute(delete(FormativeRunRow).where(FormativeRunRow.id.in_(runs)))
    return Deleted(_hashes([*runs, *answered]))


def _erase_person(person: CandidateRow) -> None:
    person.name = ERASED_NAME
    person.date_of_birth = person.gender = person.disabled = None
    person.disabilities, person.qualification = [], {}
    person.email = person.phone = person.guardian_name = person.guardian_contact = ""
    person.apaar_sealed = person.apaar_key = None


def _particulars(person: CandidateRow) -> tuple[str, ...]:
    born = person.date_of_birth.isoformat() if person.date_of_birth else ""
    return (person.name, born, person.email, person.phone)


def _delete(
    uow: UnitOfWork, table: type[SystemCheckRow], where: ColumnElement[bool], ids: Iterable[str]
) -> Deleted:
    there = uow.db.scalar(select(table.entry_id).where(where).limit(1))
    uow.db.execute(delete(table).where(where))
    return Deleted(_hashes(ids)) if there is not None else Deleted()


def _hashes(ids: Iterable[str]) -> tuple[str, ...]:
    """Of rows by their ids: a hash of a short answer would give it away."""
    return tuple(hashlib.sha256(one.encode()).hexdigest() for one in ids)


def attempt_of_entry(uow: UnitOfWork, entry_id: str) -> str:
    """The attempt of an entry; NotFound `attempt_unknown`. Callers have established whose it is."""
    found = uow.db.scalar(select(AttemptRow.id).where(AttemptRow.entry_id == entry_id))
    if found is None:
        raise NotFound("attempt_unknown")
    return found


def own_answers(uow: UnitOfWork, attempt_id: str) -> dict[str, Any]:
    """A learner's own answers by the place of their question, under the attempt's own names; no question and no key."""
    row = load_attempt(uow, attempt_id)
    names = refs_of(uow, row)
    held = last_answers(answers(uow, attempt_id))
    return {
        "questions": len(names.content.items),
        "answers": [
            {
                "question": number,
                "answer": names.shown(item.version_id, stored(held[item.version_id].value)),
                "changes": held[item.version_id].revision,
                "received_at": held[item.version_id].received_at,
            }
            for number, item in enumerate(names.content.items, start=1)
            if item.version_id in held
        ],
    }


def own_files(uow: UnitOfWork, attempt_id: str, *, blobs: BlobStore) -> Iterator[tuple[ResponseFile, bytes]]:
    """The files that a learner uploaded, with their bytes; raises what the blob store raises."""
    query = select(ResponseFileRow.id, ResponseFileRow.address).where(
        ResponseFileRow.attempt_id == attempt_id
    )
    rows = uow.db.execute(query.order_by(ResponseFileRow.stored_at, ResponseFileRow.id)).all()
    files = response_files(uow, [row.id for row in rows])
    for row in rows:
        yield files[row.id], blobs.get(attempt_id, row.address, uow)
