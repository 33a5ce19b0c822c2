# SPDX-License-Identifier: Apache-2.0
"""The hot path of moves: entering and leaving a section, visiting and confirming an item. Core statements only, as in `saving`.

What is refused is kept as a copy and returned, not raised, because a raised error would undo the copy. Whether a move is
allowed is decided in `sections`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from assessor.attempts.answer_log import answers
from assessor.attempts.inputs import require_device, require_number, tidy_client_time
from assessor.attempts.loading import THIS_ATTEMPT, Loaded, load
from assessor.attempts.model import (
    Answer,
    Attempt,
    EndedBy,
    Lease,
    Numbered,
    Verdict,
    judge_save,
    last_answers,
    time_left_ms,
)
from assessor.attempts.move_log import moves_of
from assessor.attempts.names import Names, names_of
from assessor.attempts.sections import (
    Clock,
    Given,
    Move,
    MoveKind,
    Order,
    Run,
    asks_for_answers,
    clock_of,
    fold,
    judge_move,
    section_of,
)
from assessor.attempts.settled import spared_by, withheld_items
from assessor.attempts.tables import AttemptRow, MoveCopyRow, MoveRow, ResponseEventRow
from assessor.attempts.timing import paused_for, remaining_ms
from assessor.forms.model import FormContent, FormItem
from assessor.forms.queries import form
from core.canonical import canonical_json
from core.errors import Conflict, Invalid, NotFound
from core.uow import UnitOfWork

MAXIMUM_MOVES = 2_000
"""More than anybody makes in one test; every save of an attempt in sections reads them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMove:
    """A move as the browser sends it: `kind` and `target` are raw, `seq` is of the same sequence as the answers'."""

    attempt_id: str
    device: str
    epoch: int
    seq: int
    kind: object
    target: object
    client_time: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveReceipt:
    """Proof that a move is held: `mac` is HMAC-SHA256 (hex) over what was stored; the milliseconds are not part of it.

    `section_remaining_ms` is that of the open section, None where none is open or it has no limit of its own.
    `withheld` are the items of adaptive sections that were not asked or need not be asked any more.
    """

    seq: int
    kind: str
    target: str
    received_at: datetime
    mac: str
    remaining_ms: int
    section_remaining_ms: int | None
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRefusal:
    """A move that does not count; it was kept as a copy. `ends_at`: when the attempt ended or its time was up."""

    verdict: Verdict
    seq: int
    kind: str
    target: str
    epoch: int
    ends_at: datetime | None
    ended_by: EndedBy | None

    def error(self) -> Conflict:
        """The Conflict to raise once the copy is durable; its code is the verdict's value."""
        facts: dict[str, object] = {"seq": self.seq, "kind": self.kind, "target": self.target}
        if self.verdict is Verdict.LEASE_LOST:
            facts["epoch"] = self.epoch
        if self.verdict in (Verdict.LATE_ANSWER, Verdict.ATTEMPT_CLOSED):
            facts["ended_at"] = None if self.ends_at is None else self.ends_at.isoformat()
            facts["ended_by"] = self.ended_by
        return Conflict(self.verdict.value, **facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A move in true identifiers, with what the browser called its target."""

    move: Move
    ref: str
    client_time: str

    def columns(self, attempt_id: str) -> dict[str, Any]:
        """The columns that both tables share."""
        return {
            "attempt_id": attempt_id,
            "device": self.move.device,
            "seq": self.move.seq,
            "epoch": self.move.epoch,
            "kind": self.move.kind,
            "target": self.move.target,
            "client_time": self.client_time,
            "received_at": self.move.received_at,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What is known when a move is judged."""

    attempt_id: str
    attempt: Attempt
    content: FormContent
    wanted: _Asked
    held: list[Move]
    clock: Clock

    @property
    def same(self) -> Move | None:
        """The move that is held under the number."""
        number = self.wanted.move.device, self.wanted.move.seq
        return next((one for one in self.held if (one.device, one.seq) == number), None)

    def runs(self, *more: Move, before: Order | None = None) -> tuple[Run, ...]:
        """The sections by the moves that are held, up to a place in the sequence, and more."""
        moves = [one for one in self.held if before is None or one.order < before]
        return fold(self.content.sections, [*moves, *more], allowance=self.attempt.allowance)


_NUMBER_OF_ANSWER = select(ResponseEventRow.seq).where(
    ResponseEventRow.attempt_id == THIS_ATTEMPT,
    ResponseEventRow.device == bindparam("device"),
    ResponseEventRow.seq == bindparam("seq"),
)
_KEPT = select(MoveCopyRow.seq).where(
    MoveCopyRow.attempt_id == THIS_ATTEMPT,
    MoveCopyRow.device == bindparam("device"),
    MoveCopyRow.seq == bindparam("seq"),
    MoveCopyRow.reason == bindparam("reason", type_=MoveCopyRow.reason.type),
    MoveCopyRow.kind == bindparam("kind", type_=MoveCopyRow.kind.type),
    MoveCopyRow.target == bindparam("target"),
)
_STORE = insert(MoveRow)
_KEEP = insert(MoveCopyRow)
_SECTION_ENDS = (
    update(AttemptRow)
    .where(AttemptRow.id == bindparam("this_attempt"))
    .values(
        section_ends_at=bindparam("ends", type_=AttemptRow.section_ends_at.type),
        version=AttemptRow.version + 1,
    )
)


def record_move(
    uow: UnitOfWork, asked: RecordMove, *, key: bytes, grace_seconds: int
) -> MoveReceipt | MoveRefusal:
    """Store one move, or keep it as a copy and say why it does not count. Sending it again is harmless.

    Raises NotFound `attempt_unknown`, `section_unknown`, `item_unknown`; Conflict `attempt_not_started`, `form_altered`,
    `too_many_moves`; Invalid `number_out_of_range`, `device_malformed`, `move_malformed`. Then nothing is kept.
    """
    db = uow.db.connection()
    row = load(db, asked.attempt_id)
    names = names_of(db, asked.attempt_id)
    wanted = _parse(uow, asked, row, names)
    attempt = row.attempt()
    case = _Case(
        attempt_id=asked.attempt_id,
        attempt=attempt,
        content=names.refs.content,
        wanted=wanted,
        held=moves_of(db, asked.attempt_id),
        clock=clock_of(attempt, now=uow.now, grace_seconds=grace_seconds),
    )
    verdict = judge_save(
        attempt,
        now=uow.now,
        grace_seconds=grace_seconds,
        numbered=_numbered(db, case),
        lease=_lease(wanted.move, row),
    )
    if verdict is Verdict.STORED:
        verdict = _judge(uow, case)
    if not verdict.acknowledged:
        _keep(db, wanted, attempt_id=asked.attempt_id, verdict=verdict)
        return MoveRefusal(
            verdict=verdict,
            seq=wanted.move.seq,
            kind=wanted.move.kind.value,
            target=wanted.ref,
            epoch=row.lease_epoch,
            ends_at=attempt.ended_at or attempt.ends_at,
            ended_by=attempt.ended_by,
        )
    runs = _stored(db, case)
    received_at = (case.same or wanted.move).received_at
    return MoveReceipt(
        seq=wanted.move.seq,
        kind=wanted.move.kind.value,
        target=wanted.ref,
        received_at=received_at,
        mac=_mac(key, wanted, attempt_id=asked.attempt_id, received_at=received_at),
        remaining_ms=time_left_ms(attempt, now=uow.now),
        section_remaining_ms=_remaining(runs, case.clock),
        withheld=withheld_items(uow, case.attempt_id, names.refs, runs),
    )


def refresh_section(uow: UnitOfWork, row: AttemptRow) -> None:
    """Compute the end of the open section anew, after the accommodation of a running attempt was changed."""
    if row.section_ends_at is not None:
        sections = form(uow, row.form_id).content.sections
        attempt = row.to_model()
        held = moves_of(uow.db.connection(), row.id)
        runs = fold(sections, held, allowance=attempt.allowance)
        row.section_ends_at = _last_end(runs, clock_of(attempt, now=uow.now))
        uow.db.flush()


def _parse(uow: UnitOfWork, asked: RecordMove, row: Loaded, names: Names) -> _Asked:
    if asked.kind not in list(MoveKind) or not isinstance(asked.target, str):
        raise Invalid("move_malformed", kinds=[kind.value for kind in MoveKind])
    kind = MoveKind(str(asked.kind))
    target = asked.target
    sections = names.refs.content.sections
    if not sections or (kind.of_section and target not in [section.id for section in sections]):
        raise NotFound("section_unknown")
    paused = 0 if row.paused_at is None else paused_for(uow.now, paused_at=row.paused_at)
    return _Asked(
        move=Move(
            device=require_device(asked.device),
            epoch=require_number(asked.epoch, name="epoch"),
            seq=require_number(asked.seq, name="seq"),
            kind=kind,
            target=target if kind.of_section else names.item(target).version_id,
            received_at=uow.now,
            credit_seconds=row.credit_seconds,
            paused_seconds=row.paused_seconds + paused,
        ),
        ref=target,
        client_time=tidy_client_time(asked.client_time),
    )


def _numbered(db: Connection, case: _Case) -> Numbered:
    """What is held under the number: moves and answers share one sequence."""
    wanted, same = case.wanted.move, case.same
    if same is not None:
        alike = (same.kind, same.target) == (wanted.kind, wanted.target)
        return Numbered.SAME if alike else Numbered.OTHER
    answer = db.execute(_NUMBER_OF_ANSWER, case.wanted.columns(case.attempt_id)).one_or_none()
    return Numbered.UNUSED if answer is None else Numbered.OTHER


def _judge(uow: UnitOfWork, case: _Case) -> Verdict:
    """What becomes of a move that the attempt and its lease take. Raises Conflict `too_many_moves`."""
    move = case.wanted.move
    if len(case.held) >= MAXIMUM_MOVES:
        raise Conflict("too_many_moves", limit=MAXIMUM_MOVES)
    section = section_of(case.content.sections, move)
    given: dict[str, Given] = {}
    if asks_for_answers(section):
        last = _last(uow, case.attempt_id, before=move.order)
        given = {item.version_id: _given_to(item, last.get(item.version_id)) for item in case.content.items}
        given |= spared_by(uow, case.content, section, move, last=last)
    return judge_move(case.runs(before=move.order), move, clock=case.clock, given=given)


def _stored(db: Connection, case: _Case) -> tuple[Run, ...]:
    """The sections after the move, which is stored unless it was before."""
    if case.same is not None:
        return case.runs()
    move = case.wanted.move
    account = {"credit_seconds": move.credit_seconds, "paused_seconds": move.paused_seconds}
    db.execute(_STORE, {**case.wanted.columns(case.attempt_id), **account})
    runs = case.runs(move)
    if move.kind.of_section:
        ends = {"this_attempt": case.attempt_id, "ends": _last_end(runs, case.clock)}
        db.execute(_SECTION_ENDS, ends)
    return runs


def _lease(move: Move, row: Loaded) -> Lease:
    """Moves count under the lease that holds now: what a device did that was taken over would move the other one's page."""
    holds = (move.epoch, move.device) == (row.lease_epoch, row.lease_device)
    return Lease(epoch=move.epoch, granted=holds, newest_epoch_on_item=0)


def _last(uow: UnitOfWork, attempt_id: str, *, before: Order) -> Mapping[str, Answer]:
    """The last answer to each item before a place in the sequence."""
    return last_answers(one for one in answers(uow, attempt_id) if (one.epoch, one.seq) < before)


def _given_to(item: FormItem, answer: Answer | None) -> Given:
    if answer is None or answer.value is None:
        return Given.NOTHING
    whole = not isinstance(answer.value, dict) or len(answer.value) == len(item.parts)
    return Given.WHOLE if whole else Given.PART


def _keep(db: Connection, wanted: _Asked, *, attempt_id: str, verdict: Verdict) -> None:
    """Keep a refused move once, however often it is sent."""
    row = {**wanted.columns(attempt_id), "reason": verdict}
    if db.execute(_KEPT, row).one_or_none() is None:
        db.execute(_KEEP, row)


def _mac(key: bytes, wanted: _Asked, *, attempt_id: str, received_at: datetime) -> str:
    move = wanted.move
    proof = [attempt_id, move.device, move.seq, move.kind.value, wanted.ref, received_at.isoformat()]
    return hmac.new(key, canonical_json(proof), hashlib.sha256).hexdigest()


def _last_entered(runs: tuple[Run, ...]) -> Run | None:
    """The section that was entered last and not left."""
    return next((run for run in reversed(runs) if run.entered and not run.left), None)


def _last_end(runs: tuple[Run, ...], clock: Clock) -> datetime | None:
    """The end of the section that was entered last, not cut at the attempt's end; None without a limit of its own."""
    run = _last_entered(runs)
    return None if run is None else run.own_end(clock)


def _remaining(runs: tuple[Run, ...], clock: Clock) -> int | None:
    run = _last_entered(runs)
    if run is None or run.section.seconds is None:
        return None
    return remaining_ms(clock.shown, ends_at=run.ends_at(clock))
