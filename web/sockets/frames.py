# SPDX-License-Identifier: Apache-2.0
"""The learner's channel: frames up, "your attempt changed" down. An answer never travels here."""

from __future__ import annotations

from typing import Any

from flask_socketio import join_room

from core.errors import Invalid, NotFound
from core.uow import Actor
from proctor import api as proctor
from web.login import CurrentUser
from web.sockets.guard import GuardedNamespace, require_mapping, services, sid
from web.wiring import Services

MAXIMUM_NUMBER = 2**31 - 1


class Frames(GuardedNamespace):
    """``frame`` ({seq, at_ms}, jpeg) and ``camera`` ({state}); both are acknowledged."""

    EVENTS = {"frame": "frame", "camera": "camera"}  # noqa: RUF012 - a table per class

    def __init__(self, namespace: str) -> None:
        super().__init__(namespace)
        self._watched: dict[str, tuple[str, int]] = {}

    def admit(self, parts: Services, user: CurrentUser) -> None:
        """Only a learner whose session is being watched; the session is the login's own, never named by the page."""
        if user.attempt_id is None:
            raise NotFound("session_unknown")
        with parts.store.read(Actor.system()) as uow:
            session = proctor.session_of_attempt(uow, user.attempt_id)
        if session is None or session.state is not proctor.SessionState.ACTIVE:
            raise NotFound("session_not_active")
        connection = parts.pipeline.connected(session.id, at=parts.clock.now())
        self._watched[sid()] = (session.id, connection)
        join_room(user.attempt_id)

    def leave(self, parts: Services, user: CurrentUser) -> None:
        """The line is gone; that accuses nobody."""
        watched = self._watched.pop(sid(), None)
        if watched is not None:
            parts.pipeline.disconnected(watched[0], connection=watched[1])

    def frame(self, _user: CurrentUser, meta: Any, jpeg: Any) -> dict[str, Any]:
        """Take one picture in; the answer says whether, and how many were dropped for newer ones."""
        seq = _number(require_mapping(meta, "seq", "at_ms")["seq"])
        if not isinstance(jpeg, bytes):
            raise Invalid("event_malformed")
        parts, (session_id, connection) = services(), self._watched[sid()]
        ack = parts.pipeline.offer(session_id, seq, jpeg, parts.clock.now(), connection=connection)
        answer: dict[str, Any] = {"ok": ack.ok, "seq": ack.seq, "dropped": ack.dropped}
        return answer if ack.code is None else {**answer, "code": ack.code}

    def camera(self, _user: CurrentUser, report: Any) -> dict[str, Any]:
        """The browser's own report of its camera; also its sign of life."""
        try:
            state = proctor.CameraState(require_mapping(report, "state")["state"])
        except ValueError as error:
            raise Invalid("event_malformed") from error
        parts = services()
        parts.pipeline.camera(self._watched[sid()][0], state, at=parts.clock.now())
        return {"ok": True}


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAXIMUM_NUMBER:
        raise Invalid("event_malformed")
    return value
