# SPDX-License-Identifier: Apache-2.0
"""The proctor's channel: "this tile changed". The tile itself is fetched over HTTP, where the view is checked and logged."""

from __future__ import annotations

import threading
from typing import Any

from flask_socketio import join_room

from assessor import api as assessor
from core.errors import Conflict, NotFound
from core.identity.model import Role
from core.uow import Actor
from proctor import api as proctor
from web.login import CurrentUser
from web.presenters.wall_line import left_out
from web.sockets.guard import GuardedNamespace, require_mapping, services, sid
from web.wiring import Services

# A new picture of each learner every two seconds is what an eye on fifty tiles can use.
PICTURE_SECONDS = 2.0
# So many attempts' sittings are remembered; then they are asked for anew.
MOST_SITTINGS = 4096
# A wall says once a minute that it is there, and once more when its line comes back.
WATCHES_PER_SECOND = 0.2
WATCHES_AT_ONCE = 10.0


class Wall(GuardedNamespace):
    """``watch`` ({sitting_id}), again once a minute; the server emits ``changed`` and ``picture`` ({attempt_id, version}).

    The answer carries ``left_out`` (per cent of all pictures) while the server has too much to do.
    """

    EVENTS = {"watch": "watch"}  # noqa: RUF012 - a table per class

    def __init__(self, namespace: str) -> None:
        super().__init__(namespace)
        self._paces: dict[str, proctor.TokenBucket] = {}

    def admit(self, parts: Services, user: CurrentUser) -> None:
        """Proctors only."""
        if user.entry_id is not None or Role.PROCTOR not in user.actor.roles:
            raise NotFound("page_unknown")
        self._paces[sid()] = proctor.TokenBucket(per_second=WATCHES_PER_SECOND, burst=WATCHES_AT_ONCE)

    def leave(self, parts: Services, user: CurrentUser) -> None:
        """The wall is closed, or its line is lost: the log stops at the last sign of it."""
        self._paces.pop(sid(), None)

    def watch(self, user: CurrentUser, wanted: Any) -> dict[str, Any]:
        """Follow a sitting to which this proctor is assigned; remembered in the log of who watched when."""
        parts, organisation_id = services(), user.actor.organisation_id or ""
        sitting_id = str(require_mapping(wanted, "sitting_id")["sitting_id"])[:40]
        if not self._paces[sid()].take(parts.clock.now()):
            raise Conflict("watch_too_fast")
        with parts.store.write(user.actor) as uow:
            assessor.sitting_of_proctor(
                uow, sitting_id, person_id=user.actor.id, organisation_id=organisation_id
            )
            proctor.note_watching(uow, sitting_id, organisation_id=organisation_id, proctor_id=user.actor.id)
        join_room(wall_room(sitting_id))
        busy = left_out(parts.pipeline.load().looked_share)
        return {"ok": True, "left_out": busy} if busy else {"ok": True}


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
        self._hint("changed", attempt_id)

    def _hint(self, event: str, attempt_id: str) -> None:
        sitting_id = self._sitting_of(attempt_id)
        if sitting_id is not None:
            hint = {"attempt_id": attempt_id, "version": tile_version(self._parts)}
            self._emit(event, hint, namespace="/wall", to=wall_room(sitting_id))

    def seen(self, session_id: str, view: proctor.LiveView | None) -> None:
        """A frame was looked at, or the line changed.

        Of pictures alone a wall hears at most once in two seconds for each learner, and needs no new tile for them; of a
        changed line, camera or alert it hears at once.
        """
        if view is None:  # the watching is over
            with self._lock:
                self._pictured.pop(session_id, None)
                self._states.pop(session_id, None)
            return
        now = self._parts.clock.monotonic()
        state = (view.link, view.camera, len(view.open_alerts), view.last_frame_at is None)
        with self._lock:
            same = self._states.get(session_id) == state
            if same and now - self._pictured.get(session_id, -PICTURE_SECONDS) < PICTURE_SECONDS:
                return
            self._pictured[session_id], self._states[session_id] = now, state
        self._hint("picture" if same else "changed", view.attempt_id)

    def _sitting_of(self, attempt_id: str) -> str | None:
        with self._lock:
            if attempt_id in self._sittings:
                return self._sittings[attempt_id]
        with self._parts.store.read(Actor.system()) as uow:
            sitting_id = assessor.sitting_of_attempt(uow, attempt_id)
        with self._lock:
            if len(self._sittings) >= MOST_SITTINGS:
                self._sittings.clear()
            if sitting_id is not None:
                self._sittings[attempt_id] = sitting_id
        return sitting_id


def tile_version(parts: Services) -> int:
    """A number that grows: the page fetches a tile anew when it hears a higher one than it shows."""
    return int(parts.clock.now().timestamp() * 1000)


def wall_room(sitting_id: str) -> str:
    """The room of everybody who watches a sitting."""
    return f"sitting:{sitting_id}"
