# SPDX-License-Identifier: Apache-2.0
"""The channel of a learner whom no camera watches: "your attempt changed" down, and nothing up."""

from __future__ import annotations

from flask_socketio import join_room

from assessor import api as assessor
from core.errors import Conflict, NotFound
from core.uow import Actor
from web.login import CurrentUser
from web.sockets.guard import GuardedNamespace
from web.wiring import Services


class Rooms(GuardedNamespace):
    """The server emits ``changed``; a page has nothing to say here, answers and heartbeats travel over HTTP."""

    def admit(self, parts: Services, user: CurrentUser) -> None:
        """Only a learner whose test runs; the attempt is the login's own, never named by the page."""
        if user.attempt_id is None:
            raise NotFound("attempt_unknown")
        with parts.store.read(Actor.system()) as uow:
            beat = assessor.heartbeat(uow, user.attempt_id, device="")
        if beat.state is not assessor.AttemptState.RUNNING:
            raise Conflict("attempt_not_running")
        join_room(user.attempt_id)
