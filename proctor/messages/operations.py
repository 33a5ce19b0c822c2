# SPDX-License-Identifier: Apache-2.0
"""Commands on messages and raised hands. Whose attempts they are, callers have established."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from core.errors import Conflict, Forbidden
from core.ids import new_id
from core.uow import ActorKind, UnitOfWork
from proctor.messages.events import CallSettled, HandMoved, HintGiven, LearnerMessageSent, MessageSent
from proctor.messages.model import Direction, Hint, may_hint, require_number, require_pace, require_text
from proctor.messages.queries import hints_given
from proctor.messages.tables import CallRow, MessageRow


def send_message(uow: UnitOfWork, attempt_id: str, *, organisation_id: str, text: str) -> str:
    """Write to one learner, which answers what waited; return the message's id.

    Raises Invalid `message_malformed`; Forbidden `person_needed`.
    """
    _require_person(uow)
    sent = _send(uow, attempt_id, organisation_id=organisation_id, text=require_text(text))
    settle_call(uow, attempt_id)
    return sent


def broadcast_message(
    uow: UnitOfWork, attempt_ids: Collection[str], *, organisation_id: str, text: str
) -> int:
    """Write the same to several learners; return how many. Raises as `send_message`."""
    _require_person(uow)
    checked, broadcast_id = require_text(text), new_id()
    for attempt_id in sorted(attempt_ids):
        _send(uow, attempt_id, organisation_id=organisation_id, text=checked, broadcast_id=broadcast_id)
    return len(attempt_ids)


def give_hint(uow: UnitOfWork, attempt_id: str, *, organisation_id: str, hint: Hint, text: str) -> str | None:
    """Tell one learner a ready-made hint (`text`: its words in the learner's language); return the message's id.

    The machine gives the same hint at most once a minute; None says that it was given too lately. Raises Invalid
    `message_malformed`.
    """
    by_machine = uow.actor.kind is ActorKind.SYSTEM
    if by_machine and not may_hint(hint, hints_given(uow, attempt_id), now=uow.now):
        return None
    sent = _send(uow, attempt_id, organisation_id=organisation_id, text=require_text(text), hint=hint)
    uow.emit(
        HintGiven(organisation_id=organisation_id, subject_id=sent, attempt_id=attempt_id, hint=hint.value)
    )
    return sent


def write_to_proctor(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, number: object, text: str
) -> str:
    """A learner's words to the proctors; the same under the same number again changes nothing. Return the message's id.

    Raises Invalid `message_malformed`, `message_number_malformed`; Conflict `message_number_used`,
    `messages_too_fast`, `messages_too_many`.
    """
    checked, own = require_text(text), require_number(number)
    mine = select(MessageRow).where(
        MessageRow.attempt_id == attempt_id, MessageRow.direction == Direction.FROM_LEARNER
    )
    rows = list(uow.db.scalars(mine))
    known = next((row for row in rows if row.number == own), None)
    if known is not None:
        if known.text != checked:
            raise Conflict("message_number_used")
        return known.id
    require_pace([row.sent_at for row in rows], now=uow.now)
    row = _add(uow, attempt_id, organisation_id=organisation_id, text=checked, number=own)
    call = _call_of(uow, attempt_id, organisation_id=organisation_id)
    call.waiting, call.waiting_at = call.waiting + 1, call.waiting_at or uow.now
    uow.db.flush()
    uow.emit(LearnerMessageSent(organisation_id=organisation_id, subject_id=row.id, attempt_id=attempt_id))
    return row.id


def move_hand(uow: UnitOfWork, attempt_id: str, *, organisation_id: str, raised: bool) -> bool:
    """A hand goes up or down; return whether that is new."""
    call = _call_of(uow, attempt_id, organisation_id=organisation_id)
    if (call.hand_at is not None) is raised:
        return False
    call.hand_at = uow.now if raised else None
    uow.db.flush()
    uow.emit(HandMoved(organisation_id=organisation_id, subject_id=attempt_id, raised=raised))
    return True


def settle_call(uow: UnitOfWork, attempt_id: str) -> bool:
    """What a learner wrote is answered, or needs no answer; return whether anything waited.

    Raises Forbidden `person_needed`.
    """
    _require_person(uow)
    call = uow.db.get(CallRow, attempt_id)
    if call is None or call.waiting == 0:
        return False
    call.waiting, call.waiting_at = 0, None
    uow.db.flush()
    uow.emit(CallSettled(organisation_id=call.organisation_id, subject_id=attempt_id))
    return True


def _require_person(uow: UnitOfWork) -> None:
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")


def _call_of(uow: UnitOfWork, attempt_id: str, *, organisation_id: str) -> CallRow:
    row = uow.db.get(CallRow, attempt_id)
    if row is None:
        row = CallRow(attempt_id=attempt_id, organisation_id=organisation_id, waiting=0)
        uow.db.add(row)
    return row


def _send(
    uow: UnitOfWork,
    attempt_id: str,
    *,
    organisation_id: str,
    text: str,
    broadcast_id: str | None = None,
    hint: Hint | None = None,
) -> str:
    row = _add(uow, attempt_id, organisation_id=organisation_id, text=text, number=None)
    row.broadcast_id, row.hint = broadcast_id, hint
    uow.db.flush()
    uow.emit(
        MessageSent(
            organisation_id=organisation_id,
            subject_id=row.id,
            attempt_id=attempt_id,
            broadcast_id=broadcast_id,
        )
    )
    return row.id


def _add(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, text: str, number: int | None
) -> MessageRow:
    row = MessageRow(
        id=new_id(),
        organisation_id=organisation_id,
        attempt_id=attempt_id,
        text=text,
        sent_by=uow.actor.id,
        sent_at=uow.now,
        direction=Direction.TO_LEARNER if number is None else Direction.FROM_LEARNER,
        number=number,
    )
    uow.db.add(row)
    return row
