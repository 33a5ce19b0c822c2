# SPDX-License-Identifier: Apache-2.0
"""The one place where errors become answers: RFC 9457 JSON for programs, a page that says what to do next for people."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from core.errors import Conflict, Forbidden, Invalid, KasautiError, NotFound, Unavailable
from core.ids import new_id
from web.error_texts import text_of

log = structlog.get_logger(__name__)

STATUS: dict[type[KasautiError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    Unavailable: 503,
}
_UNAUTHORISED = ("sign_in_needed", "api_key_needed")
_HTTP_CODES = {
    400: "request_malformed",
    401: "sign_in_needed",
    403: "sign_in_needed",
    404: "page_unknown",
    405: "method_unknown",
    413: "too_large",
    415: "media_type",
    422: "request_malformed",
    429: "too_many_tries",
}


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(KasautiError, _refusal)
    app.register_error_handler(CSRFError, lambda _error: answer("form_expired", 400))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _crash)


def status_of(error: KasautiError) -> int:
    """The HTTP status of an error class; not signed in and without a key is 401."""
    if error.code in _UNAUTHORISED:
        return 401
    if error.code == "too_many_tries":
        return 429
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def answer(code: str, status: int, facts: dict[str, Any] | None = None) -> Response:
    """A refusal in the form that the asker understands."""
    facts = facts or {}
    text = text_of(code, facts)
    if wants_json():
        body = {
            "type": f"urn:kasauti:problem:{code}",
            "title": text.title,
            "status": status,
            "detail": f"{text.title} {text.advice}",
            "code": code,
            "what_next": text.advice,
            "facts": facts,
        }
        response = jsonify(body)
        response.content_type = "application/problem+json"
    else:
        response = Response(
            render_template(
                "public/error.html", title=text.title, advice=text.advice, code=code, status=status
            )
        )
    response.status_code = status
    if status in (429, 503):
        response.headers["Retry-After"] = "5"
    if code == "api_key_needed":
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def wants_json() -> bool:
    """Programs and the scripts of our pages get JSON."""
    if request.path.startswith("/api/") or request.is_json:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return (
        best == "application/json" and request.accept_mimetypes[best] > request.accept_mimetypes["text/html"]
    )


def _refusal(error: KasautiError) -> Response:
    status = status_of(error)
    log.info("refused", code=error.code, status=status, endpoint=request.endpoint)
    return answer(error.code, status, error.facts)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(error.get_body(), status, error.get_headers())
    response = answer(_HTTP_CODES.get(status, "request_malformed" if status < 500 else "crash"), status)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _crash(error: Exception) -> Response:
    # The reference lets an operator find the log line; the page itself says nothing of the inside.
    reference = new_id()
    log.error(
        "crash", reference=reference, endpoint=request.endpoint, error=type(error).__name__, exc_info=error
    )
    g.pop("user", None)
    return answer("crash", 500, {"reference": reference})
