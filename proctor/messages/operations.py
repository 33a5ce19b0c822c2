# SPDX-License-Identifier: Apache-2.0
"""Commands on messages. Whose attempts they are, callers have established."""

from __future__ import annotations

from collections.abc import Collection

from core.errors import Forbidden
from core.ids import new_id
from core.uow import ActorKind, UnitOfWork
from proctor.messages.events import MessageSent
from proctor.messages.model import require_text
from proctor.messages.tables import MessageRow


def send_message(uow: UnitOfWork, attempt_id: str, *, organisation_id: str, text: str) -> str:
    """Write to one learner; return the message's id. Raises Invalid `message_malformed`; Forbidden `person_needed`."""
    return _send(uow, attempt_id, organisation_id=organisation_id, text=require_text(text), broadcast_id=None)


def broadcast_message(
    uow: UnitOfWork, attempt_ids: Collection[str], *, organisation_id: str, text: str
) -> int:
    """Write the same to several learners; return how many. Raises as `send_message`."""
    checked, broadcast_id = require_text(text), new_id()
    for attempt_id in sorted(attempt_ids):
        _send(uow, attempt_id, organisation_id=organisation_id, text=checked, broadcast_id=broadcast_id)
    return len(attempt_ids)


def _send(
    uow: UnitOfWork, attempt_id: str, *, organisation_id: str, text: str, broadcast_id: str | None
) -> str:
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")
    row = MessageRow(
        id=new_id(),
        organisation_id=organisation_id,
        attempt_id=attempt_id,
        text=text,
        sent_by=uow.actor.id,
        sent_at=uow.now,
        broadcast_id=broadcast_id,
    )
    uow.db.add(row)
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
