# SPDX-License-Identifier: Apache-2.0
"""A practice test: the rules of a real attempt over a value that its own browser keeps. Nothing is stored and nothing counts.

What it decides it asks of the very functions that rule an attempt; no database, no clock.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from assessor.attempts.inputs import require_device, require_number
from assessor.attempts.model import (
    Attempt,
    AttemptState,
    EndedBy,
    Lease,
    Numbered,
    Submit,
    Verdict,
    closed,
    deadline_now,
    decide,
    judge_save,
    time_left_ms,
)
from assessor.attempts.moves import MoveReceipt, RecordMove
from assessor.attempts.papers import CandidatePaper, paper_section
from assessor.attempts.queries import AttemptSnapshot, HeldAnswer, SlipLine
from assessor.attempts.refs import Refs, StoredValue, loaded
from assessor.attempts.saving import Answer, Receipt, SaveResponse, receipt_mac
from assessor.attempts.sections import Move, MoveKind, Run, clock_of, course, fold, gate, judge_move
from assessor.attempts.timing import Allowance
from assessor.formative.sample import sample_content, sample_items, sample_refs
from core.canonical import canonical_json
from core.errors import Conflict, Invalid, NotFound
from item_bank.api import Feedback, feedback, project

MAXIMUM_TEXT = 500
"""Characters of a typed answer: everything has to fit into a cookie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The last answer to an item, in true identifiers."""

    value: StoredValue
    revision: int
    seq: int
    epoch: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One practice test. `id` names it and is the secret of its names; `answers` are by item name."""

    id: str
    started_at: datetime
    device: str = ""
    epoch: int = 0
    last_seq: int = 0
    answers: Mapping[str, Held] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None

    @property
    def attempt(self) -> Attempt:
        """What the rules need to know."""
        return Attempt(
            state=AttemptState.RUNNING if self.ended_at is None else AttemptState.SUBMITTED,
            allowance=Allowance(limit_seconds=sample_content().limit_seconds),
            started_at=self.started_at,
            ended_at=self.ended_at,
            ended_by=self.ended_by,
        )

    @property
    def refs(self) -> Refs:
        """The names that its browser knows."""
        return sample_refs(self.id)

    @property
    def version(self) -> int:
        """Grows with everything but saved answers."""
        return 1 + sum(move.seq for move in self.moves) + self.epoch + (self.ended_at is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOutcome:
    """An item of a finished practice test: what was answered, in the names of its browser, and what is to be said of it."""

    item: str
    value: StoredValue
    feedback: Feedback


def begin_trial(trial_id: str, *, now: datetime) -> Trial:
    """A practice test that begins now, under a name that nobody can guess (at least 16 characters)."""
    return Trial(id=trial_id, started_at=whole_ms(now))


def whole_ms(at: datetime) -> datetime:
    """An instant as exactly as a trial's text keeps it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def settled(trial: Trial, *, now: datetime, grace_seconds: int) -> Trial:
    """The trial as it stands now: closed by its deadline where that is over."""
    if trial.ended_at is not None:
        return trial
    ends_at, at = deadline_now(trial.attempt, now=now, grace_seconds=grace_seconds)
    return trial if at.takes_answers else replace(trial, ended_at=ends_at, ended_by=EndedBy.DEADLINE)


def take_trial_lease(trial: Trial, *, device: object) -> Trial:
    """Make a device the one that may answer. Raises Invalid `device_malformed`; Conflict `attempt_closed`."""
    wanted = require_device(device)
    if trial.ended_at is not None:
        raise closed(trial.attempt)
    if trial.epoch and trial.device == wanted:
        return trial
    return replace(trial, device=wanted, epoch=trial.epoch + 1, last_seq=0)


def save_in_trial(
    trial: Trial, save: SaveResponse, *, now: datetime, key: bytes, grace_seconds: int
) -> tuple[Trial, Receipt]:
    """Hold one answer and acknowledge it as a test would.

    Raises NotFound `item_unknown`; Invalid as `parse_value` and `parse_parts`, `answer_too_long`, `number_out_of_range`,
    `device_malformed`; Conflict with the verdict's code.
    """
    refs, now = trial.refs, whole_ms(now)
    item = refs.item(save.item)
    value = refs.parse(item, save.value)
    length = len(canonical_json(value).decode()) - 2  # without the quotes around a text
    if length > MAXIMUM_TEXT:
        raise Invalid("answer_too_long", length=length, limit=MAXIMUM_TEXT)
    device, seq = require_device(save.device), require_number(save.seq, name="seq")
    epoch = require_number(save.epoch, name="epoch")
    held = trial.answers.get(item.version_id)
    numbered = _numbered(trial, item.version_id, value, device=device, seq=seq, epoch=epoch)
    lease = Lease(epoch=epoch, granted=(epoch, device) == (trial.epoch, trial.device), newest_epoch_on_item=0)
    verdict = judge_save(trial.attempt, now=now, grace_seconds=grace_seconds, numbered=numbered, lease=lease)
    if verdict is Verdict.STORED:
        clock = clock_of(trial.attempt, now=now, grace_seconds=grace_seconds)
        verdict = gate(_runs(trial), item.version_id, order=(epoch, seq), clock=clock)
    _require(verdict, seq=seq, item=save.item)
    if verdict is Verdict.STORED or held is None:
        held = Held(
            value=value, revision=held.revision + 1 if held else 1, seq=seq, epoch=epoch, received_at=now
        )
        answers = {**trial.answers, item.version_id: held}
        trial = replace(trial, answers=answers, last_seq=max(seq, trial.last_seq))
    return trial, _receipt(trial, save, held, item=item.version_id, now=now, key=key)


def move_in_trial(
    trial: Trial, asked: RecordMove, *, now: datetime, key: bytes, grace_seconds: int
) -> tuple[Trial, MoveReceipt]:
    """Hold one move through the sections.

    Raises NotFound `section_unknown`, `item_unknown`; Invalid `move_malformed`, `number_out_of_range`, `device_malformed`;
    Conflict with the verdict's code.
    """
    now = whole_ms(now)
    move = _parsed(trial, asked, now=now)
    granted = (move.epoch, move.device) == (trial.epoch, trial.device)
    lease = Lease(epoch=move.epoch, granted=granted, newest_epoch_on_item=0)
    known = any((one.epoch, one.seq, one.target) == (*move.order, move.target) for one in trial.moves)
    numbered = Numbered.SAME if known else Numbered.UNUSED
    verdict = judge_save(trial.attempt, now=now, grace_seconds=grace_seconds, numbered=numbered, lease=lease)
    clock = clock_of(trial.attempt, now=now, grace_seconds=grace_seconds)
    if verdict is Verdict.STORED:
        verdict = judge_move(_runs(trial), move, clock=clock, given={})
    _require(verdict, seq=move.seq, kind=move.kind.value)
    if verdict is Verdict.STORED:
        # The last visit of an item says all that an earlier one says, and a cookie is small.
        rest = [one for one in trial.moves if (one.kind, one.target) != (move.kind, move.target)]
        trial = replace(trial, moves=(*rest, move), last_seq=max(move.seq, trial.last_seq))
    standing = course(_runs(trial), trial.attempt, now=now)
    proof = [trial.id, move.device, move.seq, move.kind.value, str(asked.target), now.isoformat()]
    return trial, MoveReceipt(
        seq=move.seq,
        kind=move.kind.value,
        target=str(asked.target),
        received_at=now,
        mac=hmac.new(key, canonical_json(proof), hashlib.sha256).hexdigest(),
        remaining_ms=time_left_ms(trial.attempt, now=now),
        section_remaining_ms=next(
            (one.remaining_ms for one in standing.sections if one.id == standing.current), None
        ),
    )


def hand_in_trial(trial: Trial, *, device: object, now: datetime, grace_seconds: int) -> Trial:
    """End it; doing so again changes nothing. Raises Conflict `lease_lost`; Invalid `device_malformed`."""
    if trial.ended_at is not None:
        return trial
    if require_device(device) != trial.device:
        raise Conflict("lease_lost", epoch=trial.epoch)
    after = decide(trial.attempt, Submit(ended_by=EndedBy.LEARNER), now=now, grace_seconds=grace_seconds)
    return replace(trial, ended_at=after.ended_at, ended_by=after.ended_by)


def trial_paper(trial: Trial, *, now: datetime) -> CandidatePaper:
    """The paper under this trial's own names, without keys."""
    content, refs = sample_content(), trial.refs
    return CandidatePaper(
        attempt_id=trial.id,
        remaining_ms=time_left_ms(trial.attempt, now=now),
        items=tuple(
            project(item.content, version_id=name, opaque=refs.opaque, media_base="media:")
            for name, item in sample_items().items()
        ),
        sections=tuple(
            paper_section(section, tuple(map(refs.of_item, section.items))) for section in content.sections
        ),
    )


def trial_state(trial: Trial, *, device: str, now: datetime) -> AttemptSnapshot:
    """What the test room needs to go on."""
    refs = trial.refs
    attempt = trial.attempt
    standing = course(_runs(trial), attempt, now=now)
    return AttemptSnapshot(
        attempt_id=trial.id,
        state=attempt.state,
        remaining_ms=time_left_ms(attempt, now=now),
        epoch=trial.epoch,
        holder=bool(device) and device == trial.device,
        last_seq=trial.last_seq if device == trial.device else 0,
        answers={
            refs.of_item(name): HeldAnswer(value=refs.shown(name, held.value), revision=held.revision)
            for name, held in trial.answers.items()
        },
        ended_at=trial.ended_at,
        ended_by=trial.ended_by,
        ended_reason="",
        paused=False,
        version=trial.version,
        other_device=None,
        course=replace(
            standing,
            position=None if standing.position is None else refs.of_item(standing.position),
            confirmed=tuple((refs.of_item(name), count) for name, count in standing.confirmed),
        ),
    )


def trial_slip(trial: Trial) -> tuple[SlipLine, ...]:
    """The hand-in slip, in the order of the paper."""
    refs = trial.refs
    return tuple(
        SlipLine(item=refs.of_item(name), revision=held.revision, received_at=held.received_at)
        for name in sample_items()
        if (held := trial.answers.get(name)) is not None and held.value is not None
    )


def trial_outcomes(trial: Trial) -> tuple[TrialOutcome, ...]:
    """What was right, with the explanations, once it has ended. Raises Conflict `time_not_over` before."""
    if trial.ended_at is None:
        raise Conflict("time_not_over", ends_at=str(trial.attempt.ends_at))
    refs = trial.refs
    values = {name: trial.answers[name].value if name in trial.answers else None for name in sample_items()}
    return tuple(
        TrialOutcome(
            item=refs.of_item(name),
            value=None if values[name] is None else refs.shown(name, values[name]),
            feedback=feedback(document, loaded(values[name])),
        )
        for name, document in sample_items().items()
    )


def _runs(trial: Trial) -> tuple[Run, ...]:
    return fold(sample_content().sections, trial.moves, allowance=trial.attempt.allowance)


def _numbered(trial: Trial, item: str, value: StoredValue, *, device: str, seq: int, epoch: int) -> Numbered:
    """What is held under the number; of earlier answers to an item nothing is known, and nothing new comes of them."""
    if (epoch, device) != (trial.epoch, trial.device) or seq > trial.last_seq:
        return Numbered.UNUSED
    taken = [(name, held.value) for name, held in trial.answers.items() if held.seq == seq]
    if taken:
        return Numbered.SAME if taken == [(item, value)] else Numbered.OTHER
    return Numbered.SAME if item in trial.answers else Numbered.UNUSED


def _receipt(
    trial: Trial, save: SaveResponse, held: Held, *, item: str, now: datetime, key: bytes
) -> Receipt:
    answer = Answer(
        attempt_id=trial.id,
        device=save.device,
        seq=save.seq,
        epoch=save.epoch,
        item_version_id=item,
        value=held.value,
        client_time="",
        received_at=held.received_at,
    )
    return Receipt(
        seq=save.seq,
        item=save.item,
        revision=held.revision,
        received_at=held.received_at,
        mac=receipt_mac(key, answer, ref=save.item, revision=held.revision, received_at=held.received_at),
        remaining_ms=time_left_ms(trial.attempt, now=now),
    )


def _parsed(trial: Trial, asked: RecordMove, *, now: datetime) -> Move:
    if asked.kind not in list(MoveKind) or not isinstance(asked.target, str):
        raise Invalid("move_malformed", kinds=[kind.value for kind in MoveKind])
    kind = MoveKind(str(asked.kind))
    if kind.of_section and asked.target not in [section.id for section in sample_content().sections]:
        raise NotFound("section_unknown")
    return Move(
        device=require_device(asked.device),
        epoch=require_number(asked.epoch, name="epoch"),
        seq=require_number(asked.seq, name="seq"),
        kind=kind,
        target=asked.target if kind.of_section else trial.refs.item(asked.target).version_id,
        received_at=now,
    )


def _require(verdict: Verdict, **facts: object) -> None:
    if not verdict.acknowledged:
        raise Conflict(verdict.value, **facts)
