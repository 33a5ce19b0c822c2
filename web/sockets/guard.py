# SPDX-License-Identifier: Apache-2.0
"""What every namespace shares: who connects is checked, unknown events are refused, nothing escapes as a traceback.

Socket events do not pass the application's ``before_request``; the login is read at connect and again, from the database,
at most ten seconds before each event, so that a closed account or a withdrawn entry falls silent.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from flask import current_app, request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import Namespace

from core.errors import Forbidden, Invalid, KasautiError
from core.uow import Actor
from web import login
from web.login import CurrentUser
from web.wiring import Services

log = structlog.get_logger(__name__)

RECHECK_SECONDS = 10.0
_SID: ContextVar[str | None] = ContextVar("sid", default=None)


@dataclass(slots=True)
class Connection:
    """One open channel, the user behind it, and the login that it came with."""

    user: CurrentUser
    checked_at: float
    login: str | None


class GuardedNamespace(Namespace):  # type: ignore[misc]
    """Subclasses name their events in ``EVENTS`` (event -> method taking the user and the payload) and override the hooks.

    Events in ``FREQUENT`` are handled without a request of Flask's, whose login and session would be read anew for each.
    """

    EVENTS: dict[str, str] = {}  # noqa: RUF012 - a table per class
    FREQUENT: frozenset[str] = frozenset()

    def __init__(self, namespace: str) -> None:
        super().__init__(namespace)
        self._connections: dict[str, Connection] = {}
        self.refused = 0

    def trigger_event(self, event: Any, *args: Any) -> Any:
        """Dispatch; an event that is not in the table is refused and counted."""
        if event in ("connect", "disconnect") and self._from_the_server(event, args[0]):
            return super().trigger_event(event, *args)
        if not isinstance(event, str) or event not in self.EVENTS:
            self.refused += 1
            token = _SID.set(args[0])
            self.malformed("")
            _SID.reset(token)
            return {"ok": False, "code": "event_unknown"}
        if event in self.FREQUENT:
            return self._handle_frequent(event, *args)
        return self.socketio._handle_event(  # noqa: SLF001 - how the base class dispatches
            lambda *payload: self._handle(event, payload), event, self.namespace, *args
        )

    def on_connect(self, _auth: Any = None) -> None:
        """Refuse whoever may not be here."""
        parts = services()
        try:
            held = request.cookies.get(login.cookie_name(parts.config))
            user = self._find_user(parts, held)
            self.admit(parts, user)
        except KasautiError as error:
            self.refused += 1
            log.warning("channel_refused", channel=self.namespace, code=error.code, refused=self.refused)
            raise Refused(error.code) from error
        self._connections[sid()] = Connection(user, parts.clock.monotonic(), held)

    def on_disconnect(self, _reason: Any = None) -> None:
        """Forget the connection."""
        connection = self._connections.pop(sid(), None)
        if connection is not None:
            self.leave(services(), connection.user)

    def admit(self, parts: Services, user: CurrentUser) -> None:
        """Hook: raise a KasautiError to refuse."""

    def leave(self, parts: Services, user: CurrentUser) -> None:
        """Hook: the channel is closed."""

    def limit(self, event: str) -> None:
        """Hook: raise a KasautiError when this connection says too much."""

    def malformed(self, event: str) -> None:
        """Hook: an event is unknown, or could not be understood."""

    def _from_the_server(self, event: str, sid: str) -> bool:
        """Whether these two are what they say; a page may send events of the same names."""
        if event == "connect":
            return sid not in self._connections
        return not self.server.manager.is_connected(sid, self.namespace)

    def _handle_frequent(self, event: str, connection: str, *payload: Any) -> Any:
        environ = self.server.get_environ(connection, namespace=self.namespace)
        if not environ:  # it has just gone
            return "", 400
        token = _SID.set(connection)
        try:
            with environ["flask.app"].app_context():
                return self._handle(event, payload)
        finally:
            _SID.reset(token)

    def _handle(self, event: str, payload: tuple[Any, ...]) -> dict[str, Any]:
        try:
            user = self._current_user()
            self.limit(event)
            answer: dict[str, Any] = getattr(self, self.EVENTS[event])(user, *payload)
        except KasautiError as error:
            self.refused += 1
            if error.code == "event_malformed":
                self.malformed(event)
            return {"ok": False, "code": error.code}
        except TypeError:  # wrong number of arguments: a malformed event
            self.refused += 1
            self.malformed(event)
            log.info("event_malformed", socket_event=event)
            return {"ok": False, "code": "event_malformed"}
        except Exception:
            log.exception("event_crashed", socket_event=event)
            return {"ok": False, "code": "crash"}
        return answer

    def _current_user(self) -> CurrentUser:
        connection = self._connections.get(sid())
        if connection is None:
            raise Forbidden("sign_in_needed")
        parts = services()
        now = parts.clock.monotonic()
        if now - connection.checked_at >= RECHECK_SECONDS:
            connection.user = self._find_user(parts, connection.login)
            connection.checked_at = now
        return connection.user

    @staticmethod
    def _find_user(parts: Services, held: str | None) -> CurrentUser:
        with parts.store.read(Actor.system()) as uow:
            user = login.find_user(uow, held)
        if user is None:
            raise Forbidden("sign_in_needed")
        return user


def services() -> Services:
    """The wired parts of the application that this event belongs to."""
    parts: Services = current_app.extensions["kasauti"]
    return parts


def sid() -> str:
    """The id of this connection."""
    known = _SID.get()
    return str(request.sid) if known is None else known  # type: ignore[attr-defined]


def require_mapping(value: Any, *names: str) -> dict[str, Any]:
    """The payload when it is an object with exactly these members. Invalid(``event_malformed``)."""
    if not isinstance(value, dict) or set(value) != set(names):
        raise Invalid("event_malformed")
    return value
