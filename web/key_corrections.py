# SPDX-License-Identifier: Apache-2.0
"""Carries approved corrections out: one entry, one unit of work. The outbox keeps what is due, so a restart loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from assessor import api as assessor
from core.errors import Conflict
from core.outbox import Handler, OutboxMessage
from core.uow import Actor
from web.wiring import Services


def handlers(parts: Services) -> Mapping[str, Handler]:
    """The effect of an approval, and its continuation."""
    go_on = partial(_advance, parts)
    return {"key_correction_approved": go_on, "key_correction_advanced": go_on}


def _advance(parts: Services, message: OutboxMessage) -> None:
    """Correct some entries, then let other effects have their turn. Repeating it is harmless: each entry is done once.

    Raises Conflict `correction_altered` where the signature does not fit any more.
    """
    _require_signed(parts, message)
    for _number in range(assessor.ADVANCE):
        with parts.store.write(Actor.system()) as uow:
            if not assessor.correct_next(uow, message.subject_id):
                return
    with parts.store.write(Actor.system()) as uow:
        assessor.advance_later(uow, message.subject_id, done=assessor.ADVANCE)


def _require_signed(parts: Services, message: OutboxMessage) -> None:
    with parts.store.read(Actor.system()) as uow:
        found = assessor.correction(uow, message.subject_id, organisation_id=message.organisation_id or "")
    if not assessor.signature_holds(found, key=parts.config.key("key-corrections")):
        raise Conflict("correction_altered")
