# SPDX-License-Identifier: Apache-2.0
"""The chain of score records of a batch: one for each result, in the unit of work that prepares it; and its export.

What a record says is decided in `scoring.rescoring`; docs/replay.md describes the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from assessor.results import events
from assessor.results.computing import compute_entry, same_outcome
from assessor.results.correction_tables import ScoreDocumentRow, ScoreRecordRow
from assessor.results.document import Computed
from assessor.results.gathering import Gatherer, code_version
from assessor.results.model import ResultState
from assessor.results.replaying import Replay
from assessor.results.tables import ResultRow
from assessor.scheduling import queries as scheduling
from assessor.scheduling.queries import Entry
from core.ids import secret_token
from core.uow import UnitOfWork
from scoring.rescoring.api import (
    FORMAT,
    VERSION,
    Paper,
    ScoreRecord,
    answers_hash,
    chain_start,
    digest,
    record_hash,
    without_responses,
)
from scoring.rescoring.api import Key as ReplayKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsFile:
    """The records of a batch as the file that anybody can derive again.

    `unrecorded` are standing results from before there were records that no longer come out as they stand; `broken` is the
    sequence number of the first record that is not what was written, None where the chain is whole.
    """

    document: dict[str, Any]
    head: str
    records: int
    unrecorded: tuple[str, ...]
    broken: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRecord:
    """A score record as its learner may read it, without key and marks by question; `passed` only of a declared result."""

    number: int
    recorded_at: datetime
    code: str
    replaces: int | None
    previous: str
    sha256: str
    state: ResultState
    passed: bool | None


def append_record(uow: UnitOfWork, entry: Entry, *, result_id: str, replay: Replay) -> None:
    """Write the record of a new result behind the last one of its batch; the unit of work must be the only one that writes."""
    batch_id = entry.sitting.batch_id
    newest = (
        select(ScoreRecordRow.sequence, ScoreRecordRow.sha256)
        .where(ScoreRecordRow.batch_id == batch_id)
        .order_by(ScoreRecordRow.sequence.desc())
        .limit(1)
    )
    last = uow.db.execute(newest).one_or_none()
    own = select(func.max(ScoreRecordRow.sequence)).where(
        ScoreRecordRow.batch_id == batch_id, ScoreRecordRow.entry_id == entry.id
    )
    key, paper = replay.scorer.key, replay.scorer.paper
    record = ScoreRecord(
        sequence=0 if last is None else last.sequence + 1,
        person=entry.id,
        responses=replay.responses,
        key_sha256=_keep(uow, key),
        paper_sha256=_keep(uow, paper),
        code=code_version(),
        scored=replay.scored,
        supersedes=uow.db.scalar(own),
        previous=chain_start(_named(batch_id)) if last is None else last.sha256,
        salt=secret_token(16),
    ).to_document()
    uow.db.add(
        ScoreRecordRow(
            batch_id=batch_id,
            sequence=record["sequence"],
            entry_id=entry.id,
            result_id=result_id,
            key_sha256=record["key"],
            paper_sha256=record["paper"],
            document=record,
            sha256=record["sha256"],
            recorded_at=uow.now,
        )
    )
    uow.db.flush()


def export_records(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> RecordsFile:
    """The whole chain of a batch; standing results from before there were records are taken in first, so this writes.

    The file holds answers and keys. Raises NotFound `batch_unknown`.
    """
    scheduling.batch(uow, batch_id, organisation_id=organisation_id)
    unrecorded = _take_in(uow, batch_id, organisation_id=organisation_id)
    query = select(ScoreRecordRow).where(ScoreRecordRow.batch_id == batch_id)
    rows = list(uow.db.scalars(query.order_by(ScoreRecordRow.sequence)))
    named = _named(batch_id)
    start = chain_start(named)
    head = rows[-1].sha256 if rows else start
    document = {
        **named,
        "keys": _documents(uow, {row.key_sha256 for row in rows}),
        "papers": _documents(uow, {row.paper_sha256 for row in rows}),
        "records": [row.document for row in rows],
        "head": head,
    }
    uow.emit(
        events.ScoreRecordsExported(
            organisation_id=organisation_id, subject_id=batch_id, records=len(rows), head=head
        )
    )
    return RecordsFile(
        document=document,
        head=head,
        records=len(rows),
        unrecorded=unrecorded,
        broken=first_broken(rows, start=start),
    )


def first_broken(rows: list[ScoreRecordRow], *, start: str) -> int | None:
    """The sequence number of the first record that does not follow the one before or does not make its hash."""
    previous = start
    for sequence, row in enumerate(rows):
        said = (row.document.get("previous"), row.document.get("sha256"), record_hash(row.document))
        if said != (previous, row.sha256, row.sha256) or row.sequence != sequence or not _answers_fit(row):
            return sequence
        previous = row.sha256
    return None


def records_of_entry(uow: UnitOfWork, entry_id: str) -> list[OwnRecord]:
    """An entry's score records, oldest first. Callers have established whose it is."""
    query = (
        select(ScoreRecordRow, ResultRow)
        .join(ResultRow, ResultRow.id == ScoreRecordRow.result_id)
        .where(ScoreRecordRow.entry_id == entry_id)
    )
    return [
        OwnRecord(
            number=row.sequence,
            recorded_at=row.recorded_at,
            code=row.document["code"],
            replaces=row.document["supersedes"],
            previous=row.document["previous"],
            sha256=row.sha256,
            state=result.state,
            passed=result.passed if result.declared_at is not None else None,
        )
        for row, result in uow.db.execute(query.order_by(ScoreRecordRow.sequence))
    ]


def erase_responses(uow: UnitOfWork, entry_id: str) -> tuple[str, ...]:
    """Delete a person's answers from the records; marks, verdict and hash stay, so a chain stays whole. Names the records."""
    rows = uow.db.scalars(select(ScoreRecordRow).where(ScoreRecordRow.entry_id == entry_id)).all()
    for row in rows:
        row.document = without_responses(row.document)
    uow.db.flush()
    return tuple(f"{row.batch_id}/{row.sequence}" for row in rows)


def _answers_fit(row: ScoreRecordRow) -> bool:
    responses, salt = row.document.get("responses"), row.document.get("salt")
    return responses is None or row.document.get("answers") == answers_hash(responses, salt=str(salt))


def _take_in(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> tuple[str, ...]:
    entries = {
        one.id: one for one in scheduling.entries_of_batch(uow, batch_id, organisation_id=organisation_id)
    }
    recorded = select(ScoreRecordRow.result_id).where(ScoreRecordRow.batch_id == batch_id)
    query = select(ResultRow).where(
        ResultRow.entry_id.in_(entries),
        ResultRow.state != ResultState.SUPERSEDED,
        ResultRow.id.not_in(recorded),
    )
    left = []
    gatherer = Gatherer(uow)
    for row in uow.db.scalars(query.order_by(ResultRow.created_at, ResultRow.id)).all():
        computed = compute_entry(uow, entries[row.entry_id], gatherer)
        if isinstance(computed, Computed) and same_outcome(row.document, computed.document):
            append_record(uow, entries[row.entry_id], result_id=row.id, replay=computed.replay)
        else:
            left.append(row.id)
    return tuple(left)


def _named(batch_id: str) -> dict[str, object]:
    return {"format": FORMAT, "version": VERSION, "chain": batch_id}


def _keep(uow: UnitOfWork, one: ReplayKey | Paper) -> str:
    document = one.to_document()
    sha256 = digest(document)
    if uow.db.get(ScoreDocumentRow, sha256) is None:
        uow.db.add(ScoreDocumentRow(sha256=sha256, document=document))
        uow.db.flush()
    return sha256


def _documents(uow: UnitOfWork, hashes: set[str]) -> dict[str, Any]:
    query = select(ScoreDocumentRow).where(ScoreDocumentRow.sha256.in_(hashes))
    return {row.sha256: row.document for row in uow.db.scalars(query.order_by(ScoreDocumentRow.sha256))}
