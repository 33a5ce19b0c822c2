# SPDX-License-Identifier: Apache-2.0
"""The hot path: one answer saved. Core statements only, and never more of them than the judgement needs.

It runs inside the group-committing writer, where a raised error undoes the command. So a refusal that keeps a copy is
returned, not raised: `Refusal.error()` is for the caller to raise after the commit.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, select

from assessor.attempts.model import (
    Attempt,
    AttemptState,
    EndedBy,
    Lease,
    Numbered,
    Verdict,
    judge_save,
    require_device,
    require_number,
    tidy_client_time,
    time_left_ms,
)
from assessor.attempts.refs import StoredValue, loaded, refs_of_item
from assessor.attempts.shapes import upload_ids
from assessor.attempts.tables import AttemptRow, LeaseRow, ResponseCopyRow, ResponseEventRow
from assessor.attempts.timing import Allowance
from assessor.attempts.uploads import require_own_files
from assessor.forms.tables import FormRow
from core.canonical import canonical_json, digest
from core.errors import Conflict, NotFound
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
    """An answer that does not count; it was kept as a copy. `ends_at`: when the attempt ended or its time was up."""

    verdict: Verdict
    seq: int
    item: str
    epoch: int
    ends_at: datetime | None
    ended_by: EndedBy | None

    def error(self) -> Conflict:
        """The Conflict to raise once the copy is durable; its code is the verdict's value.

        `ended_at` is in the facts of what came too late, `epoch` (the one that holds) in those of a lost lease.
        """
        facts: dict[str, object] = {"seq": self.seq, "item": self.item}
        if self.verdict is Verdict.LEASE_LOST:
            facts["epoch"] = self.epoch
        if self.verdict in (Verdict.LATE_ANSWER, Verdict.ATTEMPT_CLOSED):
            facts["ended_at"] = None if self.ends_at is None else self.ends_at.isoformat()
            facts["ended_by"] = self.ended_by
        return Conflict(self.verdict.value, **facts)


class _Loaded(NamedTuple):
    """What a save must know of its attempt and form, in one read."""

    form_id: str
    document: dict[str, Any]
    secret: str
    state: AttemptState
    started_at: datetime | None
    ended_at: datetime | None
    ended_by: EndedBy | None
    limit_seconds: int
    accommodation_seconds: int
    credit_seconds: int
    lease_epoch: int
    lease_device: str | None


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
_THIS_ATTEMPT: BindParameter[str] = bindparam("attempt_id")
_LOAD = (
    select(
        AttemptRow.form_id,
        FormRow.document,
        AttemptRow.secret,
        AttemptRow.state,
        AttemptRow.started_at,
        AttemptRow.ended_at,
        AttemptRow.ended_by,
        AttemptRow.limit_seconds,
        AttemptRow.accommodation_seconds,
        AttemptRow.credit_seconds,
        AttemptRow.lease_epoch,
        AttemptRow.lease_device,
    )
    .join_from(AttemptRow, FormRow)
    .where(AttemptRow.id == _THIS_ATTEMPT)
    .with_for_update(of=AttemptRow)  # where rows can be locked, saves of one attempt queue up
)
_HELD = select(
    ResponseEventRow.item_version_id,
    ResponseEventRow.value,
    ResponseEventRow.revision,
    ResponseEventRow.received_at,
).where(
    ResponseEventRow.attempt_id == _THIS_ATTEMPT,
    ResponseEventRow.device == bindparam("device"),
    ResponseEventRow.seq == bindparam("seq"),
)
_ON_ITEM = select(func.count(), func.max(ResponseEventRow.epoch)).where(
    ResponseEventRow.attempt_id == _THIS_ATTEMPT,
    ResponseEventRow.item_version_id == bindparam("item_version_id"),
)
_GRANTED = select(LeaseRow.epoch).where(
    LeaseRow.attempt_id == _THIS_ATTEMPT,
    LeaseRow.epoch == bindparam("epoch"),
    LeaseRow.device == bindparam("device"),
)
_KEPT = select(ResponseCopyRow.seq).where(
    ResponseCopyRow.attempt_id == _THIS_ATTEMPT,
    ResponseCopyRow.device == bindparam("device"),
    ResponseCopyRow.seq == bindparam("seq"),
    ResponseCopyRow.reason == bindparam("reason"),
    ResponseCopyRow.value_sha256 == bindparam("value_sha256"),
)
_STORE = insert(ResponseEventRow)
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
    row = _load(db, save.attempt_id)
    attempt = _attempt(row)
    answer = _parse(uow, save, row)
    held = _held(db, answer)
    count, newest_epoch = _on_item(db, answer)
    verdict = judge_save(
        attempt,
        now=uow.now,
        grace_seconds=grace_seconds,
        numbered=_numbered(held, answer),
        lease=Lease(epoch=answer.epoch, granted=_granted(db, answer, row), newest_epoch_on_item=newest_epoch),
    )
    if not verdict.acknowledged:
        _keep(db, answer, verdict=verdict)
        return Refusal(
            verdict=verdict,
            seq=answer.seq,
            item=save.item,
            epoch=row.lease_epoch,
            ends_at=attempt.ended_at or attempt.ends_at,
            ended_by=attempt.ended_by,
        )
    if held is None:
        held = _Stored(answer.item_version_id, answer.value, count + 1, uow.now)
        db.execute(_STORE, {**answer.columns(), "revision": held.revision})
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


def _load(db: Connection, attempt_id: str) -> _Loaded:
    row = db.execute(_LOAD, {"attempt_id": attempt_id}).one_or_none()
    if row is None:
        raise NotFound("attempt_unknown")
    return _Loaded(*row)


def _attempt(row: _Loaded) -> Attempt:
    return Attempt(
        state=row.state,
        allowance=Allowance(
            limit_seconds=row.limit_seconds,
            accommodation_seconds=row.accommodation_seconds,
            credit_seconds=row.credit_seconds,
        ),
        started_at=row.started_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )


def _parse(uow: UnitOfWork, save: SaveResponse, row: _Loaded) -> Answer:
    names, item = refs_of_item(row.document, form_id=row.form_id, secret=row.secret, ref=save.item)
    value = names.parse(item, save.value)
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


def _held(db: Connection, answer: Answer) -> _Stored | None:
    row = db.execute(_HELD, answer.columns()).one_or_none()
    return None if row is None else _Stored(*row)


def _numbered(held: _Stored | None, answer: Answer) -> Numbered:
    if held is None:
        return Numbered.UNUSED
    same = (held.item_version_id, held.value) == (answer.item_version_id, answer.value)
    return Numbered.SAME if same else Numbered.OTHER


def _on_item(db: Connection, answer: Answer) -> tuple[int, int]:
    """How many answers the item has, and the newest epoch among them (0 for none)."""
    count, newest = db.execute(_ON_ITEM, answer.columns()).one()
    return count, newest or 0


def _granted(db: Connection, answer: Answer, row: _Loaded) -> bool:
    if (answer.epoch, answer.device) == (row.lease_epoch, row.lease_device):
        return True
    return db.execute(_GRANTED, answer.columns()).one_or_none() is not None


def _keep(db: Connection, answer: Answer, *, verdict: Verdict) -> None:
    """Keep a refused answer once, however often it is sent."""
    sha256 = digest([answer.item_version_id, answer.value])
    row = {**answer.columns(), "reason": verdict, "value_sha256": sha256}
    if db.execute(_KEPT, row).one_or_none() is None:
        db.execute(_KEEP, row)
