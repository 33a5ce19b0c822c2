# SPDX-License-Identifier: Apache-2.0
"""Tells the pipeline of pauses: who may pause, and what a pause means for the rules, is decided elsewhere."""

from __future__ import annotations

from assessor import api as assessor
from core.uow import Actor, UnitOfWork
from proctor import api as proctor
from web.wiring import Services


def tell_pauses(parts: Services, attempt_id: str) -> None:
    """A pause began or ended: all pauses of the attempt as they stand, so that late or repeated news does no harm."""
    with parts.store.read(Actor.system()) as uow:
        session = proctor.session_of_attempt(uow, attempt_id)
        if session is None:
            return
        pauses = _pauses(uow, attempt_id)
    parts.pipeline.rest(session.id, pauses)


def take_up_pauses(parts: Services) -> None:
    """After a start of this process: the pauses of everybody who is being watched."""
    with parts.store.read(Actor.system()) as uow:
        found = {one.id: _pauses(uow, one.attempt_id) for one in proctor.active_sessions(uow)}
    for session_id, pauses in found.items():
        parts.pipeline.rest(session_id, pauses)


def _pauses(uow: UnitOfWork, attempt_id: str) -> proctor.Pauses:
    return tuple((one.paused_at, one.resumed_at) for one in assessor.pauses_of(uow, attempt_id))
