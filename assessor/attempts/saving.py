# SPDX-License-Identifier: Apache-2.0
"""The hot path: one answer saved. Core statements only, and never more of them than the judgement needs.

It runs inside the group-committing writer, where a raised error undoes the command. So a refusal that keeps a copy is
returned, not raised: `Refusal.error()` is for the caller to raise after the commit.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, insert, select
from sqlalchemy.orm import aliased

from assessor.attempts.inputs import (
    require_device,
    require_number,
    tidy_client_time,
)
from assessor.attempts.loading import COLUMNS, THIS_ATTEMPT, Loaded, lock, raise_version
from assessor.attempts.model import (
    EndedBy,
    Lease,
    Numbered,
    Verdict,
    judge_save,
    time_left_ms,
)
from assessor.attempts.move_log import moves_of
from assessor.attempts.names import Names, names_of
from assessor.attempts.refs import StoredValue, loaded
from assessor.attempts.sections import Move, clock_of, fold, gate
from assessor.attempts.shapes import upload_ids
from assessor.attempts.tables import AttemptRow, LeaseRow, ResponseCopyRow, ResponseEventRow
from assessor.attempts.uploads import require_own_files
from core.canonical import canonical_json, digest
from core.errors import Conflict, NotFound
from core.prepared import Prepared
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveResponse:
    """An answer as the browser sends it: `item` is the attempt's own reference, `value` is raw JSON.

    `seq` counts the saves of one device, `epoch` is the lease it held. `client_time` is kept as evidence and believed
    by nothing.
    """

    attempt_id: str
    device: str
    epoch: int
    seq: int
    item: str
    value: object
    client_time: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that a value is held: `mac` is HMAC-SHA256 (hex) over everything that was stored.

    `revision` counts the answers to this item; `remaining_ms` is not part of the proof.
    """

    seq: int
    item: str
    revision: int
    received_at: datetime
    mac: str
    remaining_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that does not count; it was kept as a copy. `ends_at`: when the attempt ended or its time was up.

    `mac` proves that a copy is held that came too late, since `received_at`; None for other copies.
    """

    verdict: Verdict
    seq: int
    item: str
    epoch: int
    ends_at: datetime | None
    ended_by: EndedBy | None
    received_at: datetime
    mac: str | None

    def error(self) -> Conflict:
        """The Conflict to raise once the copy is durable; its code is the verdict's value.

        In the facts of what came too late are `ended_at`, `late` and the receipt of the copy, in those of a lost lease
        `epoch` (the one that holds).
        """
        facts: dict[str, object] = {"seq": self.seq, "item": self.item}
        if self.verdict is Verdict.LEASE_LOST:
            facts["epoch"] = self.epoch
        if self.verdict in (Verdict.LATE_ANSWER, Verdict.ATTEMPT_CLOSED):
            facts["ended_at"] = None if self.ends_at is None else self.ends_at.isoformat()
            facts["ended_by"] = self.ended_by
        if self.mac is not None:
            facts |= {"late": True, "receipt": self.mac, "received_at": self.received_at.isoformat()}
        return Conflict(self.verdict.value, **facts)


class _Stored(NamedTuple):
    """What the log holds under one (device, number)."""

    item_version_id: str
    value: StoredValue
    revision: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A save in true identifiers, ready for either table of answers."""

    attempt_id: str
    device: str
    seq: int
    epoch: int
    item_version_id: str
    value: StoredValue
    client_time: str
    received_at: datetime

    def columns(self) -> dict[str, Any]:
        """The columns that both tables share."""
        return {
            "attempt_id": self.attempt_id,
            "device": self.device,
            "seq": self.seq,
            "epoch": self.epoch,
            "item_version_id": self.item_version_id,
            "value": self.value,
            "client_time": self.client_time,
            "received_at": self.received_at,
        }


# Statements are built once: building them costs several times as much as running them.
_Held = aliased(ResponseEventRow)
_OnItem = aliased(ResponseEventRow)
_ON_ITEM = _OnItem.attempt_id == THIS_ATTEMPT, _OnItem.item_version_id == bindparam("item_version_id")
_READ = Prepared(
    select(
        *COLUMNS,
        _Held.item_version_id,
        _Held.value,
        _Held.revision,
        _Held.received_at,
        select(func.count()).select_from(_OnItem).where(*_ON_ITEM).scalar_subquery(),
        select(func.max(_OnItem.epoch)).where(*_ON_ITEM).scalar_subquery(),
    )
    .select_from(AttemptRow)
    .outerjoin(
        _Held,
        and_(
            _Held.attempt_id == AttemptRow.id,
            _Held.device == bindparam("device"),
            _Held.seq == bindparam("seq"),
        ),
    )
    .where(AttemptRow.id == THIS_ATTEMPT)
)
_GRANTED = select(LeaseRow.epoch).where(
    LeaseRow.attempt_id == THIS_ATTEMPT,
    LeaseRow.epoch == bindparam("epoch"),
    LeaseRow.device == bindparam("device"),
)
_KEPT = select(ResponseCopyRow.received_at).where(
    ResponseCopyRow.attempt_id == THIS_ATTEMPT,
    ResponseCopyRow.device == bindparam("device"),
    ResponseCopyRow.seq == bindparam("seq"),
    ResponseCopyRow.reason == bindparam("reason"),
    ResponseCopyRow.value_sha256 == bindparam("value_sha256"),
)
_STORE = Prepared(insert(ResponseEventRow))
_KEEP = insert(ResponseCopyRow)


def save_response(
    uow: UnitOfWork, save: SaveResponse, *, key: bytes, grace_seconds: int
) -> Receipt | Refusal:
    """Store one answer, or keep it as a copy and say why it does not count. Sending it again is harmless.

    Raises NotFound `attempt_unknown`, `item_unknown`; Conflict `attempt_not_started`; Invalid
    `number_out_of_range`, `device_malformed`, `answer_file_unknown`, and as `parse_value` and `parse_parts`. Then nothing is
    kept.
    """
    db = uow.db.connection()
    names = names_of(db, save.attempt_id)
    answer = _parse(uow, save, names)
    row, held, count, newest_epoch = _read(db, answer)
    attempt, sections = row.attempt(), names.refs.content.sections
    moves = moves_of(db, save.attempt_id) if sections else []
    verdict = judge_save(
        attempt,
        now=uow.now,
        grace_seconds=grace_seconds,
        numbered=_numbered(held, answer, moves),
        lease=Lease(epoch=answer.epoch, granted=_granted(db, answer, row), newest_epoch_on_item=newest_epoch),
    )
    if verdict is Verdict.STORED and sections:
        runs = fold(sections, moves, allowance=attempt.allowance)
        clock = clock_of(attempt, now=uow.now, grace_seconds=grace_seconds)
        verdict = gate(runs, answer.item_version_id, order=(answer.epoch, answer.seq), clock=clock)
    if not verdict.acknowledged:
        received_at = _keep(db, answer, verdict=verdict)
        return Refusal(
            verdict=verdict,
            seq=answer.seq,
            item=save.item,
            epoch=row.lease_epoch,
            ends_at=attempt.ended_at or attempt.ends_at,
            ended_by=attempt.ended_by,
            received_at=received_at,
            mac=late_mac(key, answer, ref=save.item, received_at=received_at) if verdict.late else None,
        )
    if held is None:
        held = _Stored(answer.item_version_id, answer.value, count + 1, uow.now)
        _STORE.run(db, {**answer.columns(), "revision": held.revision})
        if answer.device != row.lease_device:
            raise_version(
                db, answer.attempt_id
            )  # what an older device had still to send is shown by the newer one
    return Receipt(
        seq=answer.seq,
        item=save.item,
        revision=held.revision,
        received_at=held.received_at,
        mac=receipt_mac(key, answer, ref=save.item, revision=held.revision, received_at=held.received_at),
        remaining_ms=time_left_ms(attempt, now=uow.now),
    )


def receipt_mac(key: bytes, answer: Answer, *, ref: str, revision: int, received_at: datetime) -> str:
    """The proof that a value is held: HMAC-SHA256 (hex) over the canonical JSON of what was stored."""
    proof = [
        answer.attempt_id,
        answer.device,
        answer.seq,
        ref,
        answer.value,
        revision,
        received_at.isoformat(),
    ]
    return hmac.new(key, canonical_json(proof), hashlib.sha256).hexdigest()


def late_mac(key: bytes, answer: Answer, *, ref: str, received_at: datetime) -> str:
    """The proof that a late answer is held as a copy: as `receipt_mac`, with the word `late` for a revision."""
    proof = [answer.attempt_id, answer.device, answer.seq, ref, answer.value, "late", received_at.isoformat()]
    return hmac.new(key, canonical_json(proof), hashlib.sha256).hexdigest()


def _parse(uow: UnitOfWork, save: SaveResponse, names: Names) -> Answer:
    item = names.item(save.item)
    value = names.refs.parse(item, save.value)
    files = upload_ids(loaded(value), item.parts)
    if files:
        require_own_files(uow, files, attempt_id=save.attempt_id, item_version_id=item.version_id)
    return Answer(
        attempt_id=save.attempt_id,
        device=require_device(save.device),
        seq=require_number(save.seq, name="seq"),
        epoch=require_number(save.epoch, name="epoch"),
        item_version_id=item.version_id,
        value=value,
        client_time=tidy_client_time(save.client_time),
        received_at=uow.now,
    )


def _read(db: Connection, answer: Answer) -> tuple[Loaded, _Stored | None, int, int]:
    """The attempt, what is held under the number, how many answers the item has, and the newest epoch among them or 0."""
    lock(db, answer.attempt_id)
    keys = {
        "attempt_id": answer.attempt_id,
        "device": answer.device,
        "seq": answer.seq,
        "item_version_id": answer.item_version_id,
    }
    row = _READ.one_or_none(db, keys)
    if row is None:
        raise NotFound("attempt_unknown")
    columns: tuple[Any, ...] = tuple(row)
    version_id, value, revision, received_at, count, newest_epoch = columns[len(COLUMNS) :]
    held = None if version_id is None else _Stored(version_id, value, revision, received_at)
    return Loaded(*columns[: len(COLUMNS)]), held, count, newest_epoch or 0


def _numbered(held: _Stored | None, answer: Answer, moves: Sequence[Move]) -> Numbered:
    if held is None:
        taken = any((move.device, move.seq) == (answer.device, answer.seq) for move in moves)
        return Numbered.OTHER if taken else Numbered.UNUSED
    same = (held.item_version_id, held.value) == (answer.item_version_id, answer.value)
    return Numbered.SAME if same else Numbered.OTHER


def _granted(db: Connection, answer: Answer, row: Loaded) -> bool:
    if (answer.epoch, answer.device) == (row.lease_epoch, row.lease_device):
        return True
    return db.execute(_GRANTED, answer.columns()).one_or_none() is not None


def _keep(db: Connection, answer: Answer, *, verdict: Verdict) -> datetime:
    """Keep a refused answer once, however often it is sent; return when it first came."""
    sha256 = digest([answer.item_version_id, answer.value])
    row = {**answer.columns(), "reason": verdict, "value_sha256": sha256}
    kept = db.execute(_KEPT, row).one_or_none()
    if kept is not None:
        first: datetime = kept.received_at
        return first
    db.execute(_KEEP, row)
    return answer.received_at
