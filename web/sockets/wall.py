# SPDX-License-Identifier: Apache-2.0
"""The proctor's channel: "this tile changed". The tile itself is fetched over HTTP, where the view is checked and logged."""

from __future__ import annotations

import threading
from typing import Any

from flask_socketio import join_room

from assessor import api as assessor
from core.errors import NotFound
from core.identity.model import Role
from core.uow import Actor
from web.login import CurrentUser
from web.sockets.guard import GuardedNamespace, require_mapping, services
from web.wiring import Services

# A new picture of each learner every two seconds is what an eye on fifty tiles can use.
PICTURE_SECONDS = 2.0


class Wall(GuardedNamespace):
    """``watch`` ({sitting_id}); the server emits ``changed`` ({attempt_id, version})."""

    EVENTS = {"watch": "watch"}  # noqa: RUF012 - a table per class

    def admit(self, parts: Services, user: CurrentUser) -> None:
        """Proctors only."""
        if user.entry_id is not None or Role.PROCTOR not in user.actor.roles:
            raise NotFound("page_unknown")

    def watch(self, user: CurrentUser, wanted: Any) -> dict[str, Any]:
        """Follow a sitting to which this proctor is assigned."""
        sitting_id = str(require_mapping(wanted, "sitting_id")["sitting_id"])[:40]
        with services().store.read(user.actor) as uow:
            assessor.proctor_roster(
                uow, sitting_id, person_id=user.actor.id, organisation_id=user.actor.organisation_id or ""
            )
        join_room(wall_room(sitting_id))
        return {"ok": True}


class WallNews:
    """Tells walls about changes; remembers which sitting an attempt belongs to."""

    def __init__(self, parts: Services, emit: Any) -> None:
        self._parts = parts
        self._emit = emit
        self._lock = threading.Lock()
        self._sittings: dict[str, str | None] = {}
        self._pictured: dict[str, float] = {}
        self._states: dict[str, tuple[object, ...]] = {}

    def changed(self, attempt_id: str) -> None:
        """Something that the tile shows is different now."""
        sitting_id = self._sitting_of(attempt_id)
        if sitting_id is not None:
            hint = {"attempt_id": attempt_id, "version": tile_version(self._parts)}
            self._emit("changed", hint, namespace="/wall", to=wall_room(sitting_id))

    def seen(self, session_id: str) -> None:
        """A frame was looked at, or the line changed.

        Of pictures alone a wall hears at most once in two seconds for each learner; of a changed line, camera or alert at once.
        """
        view = self._parts.pipeline.view(session_id)
        if view is None:  # the watching is over
            with self._lock:
                self._pictured.pop(session_id, None)
                self._states.pop(session_id, None)
            return
        now, state = self._parts.clock.monotonic(), (view.link, view.camera, len(view.open_alerts))
        with self._lock:
            recent = now - self._pictured.get(session_id, -PICTURE_SECONDS) < PICTURE_SECONDS
            if recent and self._states.get(session_id) == state:
                return
            self._pictured[session_id], self._states[session_id] = now, state
        self.changed(view.attempt_id)

    def _sitting_of(self, attempt_id: str) -> str | None:
        with self._lock:
            if attempt_id in self._sittings:
                return self._sittings[attempt_id]
        with self._parts.store.read(Actor.system()) as uow:
            sitting_id = assessor.sitting_of_attempt(uow, attempt_id)
        with self._lock:
            if sitting_id is not None:
                self._sittings[attempt_id] = sitting_id
        return sitting_id


def tile_version(parts: Services) -> int:
    """A number that grows: the page fetches a tile anew when it hears a higher one than it shows."""
    return int(parts.clock.now().timestamp() * 1000)


def wall_room(sitting_id: str) -> str:
    """The room of everybody who watches a sitting."""
    return f"sitting:{sitting_id}"
