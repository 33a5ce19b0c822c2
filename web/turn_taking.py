# SPDX-License-Identifier: Apache-2.0
"""A request takes a turn at the interpreter (`core.turns`) once its body is there, so that no turn waits for a slow line.

Sockets stay open and large bodies come slowly: they go without. What a learner's page does again and again goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, Final

from core.turns import TURNS

SMALL: Final = 64 * 1024
"""Bytes of a body that is read before the turn."""
SOCKETS: Final = "/live"
URGENT: Final = (("PUT", "/room/responses/"), ("PUT", "/room/moves/"), ("GET", "/room/state"))
"""What is asked again and again, is short, and is answered in few words."""

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]


class TurnTaking:
    """WSGI around everything else."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    def __call__(self, environ: Environment, start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(SOCKETS) or not _is_here(environ):
            return self._inner(environ, start)
        urgent = any(
            environ["REQUEST_METHOD"] == method and path.startswith(begin) for method, begin in URGENT
        )
        with TURNS.taken(urgent=urgent):
            answer = self._inner(environ, start)
            if not urgent:
                TURNS.leave()  # a long answer may wait for the line
            return answer


def _is_here(environ: Environment) -> bool:
    """Whether the whole body is there; a small one is read for that."""
    stated = environ.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in environ or not (stated.isascii() and stated.isdigit()):
        return False
    length = int(stated)
    if length > SMALL:
        return False
    if length:
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
    return True
