# SPDX-License-Identifier: Apache-2.0
"""What a browser must bring back from another party's sign-in: a sealed cookie, so that a way back has its browser."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request

from core.config import Config
from core.errors import Unavailable
from core.sealing import Sealer
from web.wiring import Services

LASTS_SECONDS = 600


def keep(
    response: Response, parts: Services, kind: str, content: dict[str, Any], *, embedded: bool = False
) -> None:
    """Give the browser what it must bring back within ten minutes. ``embedded``: it comes back by another site's form."""
    config = parts.config
    plain = json.dumps({**content, "at": parts.clock.now().timestamp()}).encode()
    response.set_cookie(
        _name(config, kind),
        Sealer(config.key("flows")).seal(plain, scope=kind).hex(),
        max_age=LASTS_SECONDS,
        httponly=True,
        secure=config.secure,
        # A form of another site brings only such a cookie along, and browsers take it over HTTPS only.
        samesite="None" if embedded and config.secure else "Lax",
        path="/",
    )


def brought(parts: Services, kind: str) -> dict[str, Any] | None:
    """What this browser was given, or None when it was given nothing, it was altered, or its time is over."""
    value = request.cookies.get(_name(parts.config, kind), "")
    try:
        content = json.loads(Sealer(parts.config.key("flows")).open(bytes.fromhex(value), scope=kind))
    except (Unavailable, ValueError):
        return None
    age = parts.clock.now().timestamp() - content["at"]
    return content if 0 <= age < LASTS_SECONDS else None


def forget(response: Response, parts: Services, kind: str) -> None:
    """Take it out of the browser: it serves once."""
    response.delete_cookie(_name(parts.config, kind), httponly=True, secure=parts.config.secure, path="/")


def _name(config: Config, kind: str) -> str:
    return f"__Host-kasauti-{kind}" if config.secure else f"kasauti-{kind}"
