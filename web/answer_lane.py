# SPDX-License-Identifier: Apache-2.0
"""The short way of a saved answer: the one request that every learner's page makes again and again.

The framework around a view costs more than the answer itself. So a save goes past it, if the whole application has let pass a
write of this learner before (the start, the lease, an answer) with the same cookies and the same form token, byte for byte, or
gave this token out to the holder of these cookies; that the login still stands is asked again in the transaction that stores
the answer. Whatever is not simply stored (a refusal, a fault, a stranger) takes the long way through the application: that does
it once more and explains, for a save is idempotent. Nothing is decided here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from flask import Flask, Response, g, request, session

from assessor import api as assessor
from core.identity.secrets import hash_key
from core.kept import Kept
from core.uow import UnitOfWork
from web import login
from web.login import CurrentUser
from web.presenters.room import receipt_document
from web.security import HEADERS
from web.wiring import Services

PATH = "/room/responses/"
WRITES = frozenset({"learner.start", "room.take_lease", "room.save_response", "room.save_move"})
"""Guarded as a save is: the same audience, the same check of the form token."""
TOKENS = frozenset({"room.state", "room.take_lease"})
"""Answered to the same audience; they give out a new form token."""
REMEMBERED = 20_000
"""Browsers; one that is forgotten takes the long way once."""
MEMBERS = frozenset({"device", "epoch", "item", "value", "client_time"})
LONGEST = 64 * 1024
"""Bytes of a body that is looked at here."""

Environment = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environment, Start], Iterable[bytes]]


class AnswerLane:
    """WSGI around the application."""

    def __init__(self, app: Flask, parts: Services) -> None:
        self._inner: Application = app.wsgi_app
        self._parts = parts
        self._known: Kept[tuple[str, str], tuple[CurrentUser, str]] = Kept(REMEMBERED)
        secure = [("Strict-Transport-Security", "max-age=31536000; includeSubDomains")]
        self._headers = [
            *HEADERS.items(),
            *(secure if parts.config.secure else []),
            ("Cache-Control", "no-store"),
            ("Vary", "Cookie"),
            ("Content-Type", "application/json"),
        ]

    def __call__(self, environ: Environment, start: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PUT" and environ.get("PATH_INFO", "").startswith(PATH):
            kept = self._save(environ)
            if kept is not None:
                body = (
                    json.dumps(receipt_document(kept), sort_keys=True, separators=(",", ":")).encode() + b"\n"
                )
                start("200 OK", [*self._headers, ("Content-Length", str(len(body)))])
                return [body]
        return self._inner(environ, start)

    def remember(self, response: Response) -> Response:
        """After what the application let pass: a save with these cookies and a token that was good may go the short way."""
        if response.status_code == 200 and request.endpoint in WRITES | TOKENS:
            cookies = request.headers.get("Cookie", "")
            token_hash = hash_key(request.cookies.get(login.cookie_name(self._parts.config), ""))
            if request.endpoint in WRITES:
                self._known.put((cookies, request.headers.get("X-CSRFToken", "")), (g.user, token_hash))
            given = g.get("csrf_token") if request.endpoint in TOKENS and not session.modified else None
            if given is not None:
                self._known.put((cookies, given), (g.user, token_hash))
        return response

    def _save(self, environ: Environment) -> assessor.Receipt | None:
        """The receipt, or None where the application has to answer; it then reads the same body again."""
        known = self._known.get((environ.get("HTTP_COOKIE", ""), environ.get("HTTP_X_CSRFTOKEN", "")))
        number = _number(environ["PATH_INFO"][len(PATH) :])
        length = _number(environ.get("CONTENT_LENGTH", ""))
        if known is None or number is None or length is None or length > LONGEST:
            return None
        if environ.get("CONTENT_TYPE") != "application/json":
            return None
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = BytesIO(body)
        return self._submit(known, number, body)

    def _submit(self, known: tuple[CurrentUser, str], seq: int, body: bytes) -> assessor.Receipt | None:
        (user, token_hash), parts = known, self._parts
        if b"\\u" in body or user.attempt_id is None:
            return None  # an escape may be a NUL or a lone surrogate: the application looks
        try:
            fields = json.loads(body.decode())
            if (
                not isinstance(fields, dict)
                or fields.keys() != MEMBERS
                or not isinstance(fields["client_time"], str)
            ):
                return None
            save = assessor.SaveResponse(attempt_id=user.attempt_id, seq=seq, **fields)

            def act(uow: UnitOfWork) -> assessor.Receipt | assessor.Refusal:
                login.require_open(uow, token_hash)
                return assessor.save_response(
                    uow, save, key=parts.receipt_key, grace_seconds=parts.config.grace_seconds
                )

            kept = parts.writer.submit(user.actor, act)
        except Exception:  # noqa: BLE001 - a refusal or a fault: the application does it again, and says what it is
            return None
        return kept if isinstance(kept, assessor.Receipt) else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def install(app: Flask, parts: Services) -> None:
    """Put the lane around the application; nothing but the turns may be put around it after that."""
    lane = AnswerLane(app, parts)
    app.after_request(lane.remember)
    app.wsgi_app = lane  # type: ignore[assignment]
