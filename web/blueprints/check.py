# SPDX-License-Identifier: Apache-2.0
"""The system check: whether this device and this line will do. What is sent to be measured is thrown away."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request

from assessor import api as assessor
from core.errors import Invalid
from web.access import actor, entry_id, learner, public, services
from web.input_texts import require_object

blueprint = Blueprint("check", __name__, url_prefix="/check")
DOWN_BYTES = 128 * 1024
UP_BYTES = 32 * 1024


@blueprint.get("")
@public
def show() -> str:
    """The page that does the check; a learner's result is remembered for the entry."""
    signed_in = g.user is not None and g.user.entry_id is not None
    last = None
    if signed_in:
        with services().store.read(actor()) as uow:
            last = assessor.system_check(uow, entry_id())
    return render_template("public/check.html", signed_in=signed_in, last=last, up_bytes=UP_BYTES)


@blueprint.get("/bytes")
@public
def download() -> Response:
    """A fixed number of bytes that no line can squeeze, never from a cache."""
    return Response(_noise(), mimetype="application/octet-stream")


@blueprint.post("/bytes")
@public
def upload() -> Response:
    """Count what came and forget it; more than the page sends is refused unread."""
    if not 0 < (request.content_length or 0) <= UP_BYTES:
        raise Invalid("check_size", limit=UP_BYTES)
    return jsonify(received=len(request.get_data(cache=False)))


@blueprint.get("/time")
@public
def time() -> Response:
    """The server's clock in milliseconds since 1970."""
    return jsonify(now_ms=round(services().clock.now().timestamp() * 1000))


@blueprint.post("/result")
@learner
def keep() -> Response:
    """Remember for the entry what was found, in one word for each part."""
    found: dict[str, Any] = require_object()
    with services().store.write(actor()) as uow:
        kept = assessor.record_system_check(uow, entry_id(), found=found)
    return jsonify(checked_at=kept.checked_at.isoformat())


@lru_cache
def _noise() -> bytes:
    """The same for everybody, so nothing has to be made for it."""
    return b"".join(hashlib.sha256(f"check {count}".encode()).digest() for count in range(DOWN_BYTES // 32))
