# SPDX-License-Identifier: Apache-2.0
"""Which requests take a turn at the interpreter, and that none waits for the line with it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest

from core.turns import TURNS
from web.server import _look
from web.turn_taking import SMALL, TurnTaking

SAVE = b"PUT /room/responses/7 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"


class Line(BytesIO):
    """A body that notes whether it was read within a turn."""

    held: bool | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        self.held = TURNS.held
        return super().read(size)


def asked(path: str, body: bytes = b"", **more: Any) -> tuple[bool, bool | None, bytes]:
    """Whether the application had a turn, whether the line was read within one, and what the application read."""
    seen: list[bool] = []
    line = Line(body)

    def application(environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        seen.append(TURNS.held)
        return [environ["wsgi.input"].read()]

    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "wsgi.input": line}
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    (read,) = TurnTaking(application)({**environ, **more}, lambda *_: None)
    assert not TURNS.held
    return seen[0], line.held, read


def test_a_request_takes_a_turn_after_its_body_was_read() -> None:
    assert asked("/enter", b"code=1") == (True, False, b"code=1")
    assert asked("/learner")[0] is True


def test_a_large_body_and_one_of_unknown_length_are_read_without_a_turn() -> None:
    assert asked("/room/upload", b"x" * (SMALL + 1))[:2] == (False, False)
    assert asked("/enter", b"x" * SMALL)[:2] == (True, False)
    assert asked("/enter", HTTP_TRANSFER_ENCODING="chunked")[0] is False
    assert asked("/enter", CONTENT_LENGTH="-1")[0] is False


def test_an_open_channel_holds_no_turn() -> None:
    assert asked("/live/?transport=websocket")[0] is False


@pytest.mark.parametrize(
    ("sent", "is_here"),
    [
        (SAVE, True),
        (SAVE + b"GET /", True),
        (SAVE[:-1], False),
        (SAVE[:40], False),
        (b"", False),
        (SAVE.replace(b"Content-Length: 4", b"Transfer-Encoding: chunked"), False),
        (SAVE.replace(b"Content-Length: 4", b"content-length:4"), True),
        (SAVE.replace(b"Host: x", b"Transfer-Encoding: chunked"), False),
        (SAVE.replace(b"Host: x", b"Content-Length: 4"), False),
        (SAVE.replace(b"Length: 4", b"Length: 4 4"), False),
        (b"GET /room/state?device=a HTTP/1.1\r\nHost: x\r\n\r\n", True),
        (b"GET /live/?transport=websocket HTTP/1.1\r\nHost: x\r\n\r\n", False),
    ],
)
def test_only_a_whole_request_takes_its_turn_before_it_is_read(sent: bytes, is_here: bool) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(sent)
        buffered = SimpleNamespace(unreader=SimpleNamespace(buf=BytesIO()))
        line = SimpleNamespace(initialized=True, is_http2=False, parser=buffered, sock=ours)
        assert _look(line)[0] is is_here
        line.initialized = False
        assert _look(line) == (False, False)
        if sent:
            assert ours.recv(100) == sent[:100], "it only looked"


def test_what_a_page_does_again_and_again_is_urgent_and_nothing_else() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        buffered = SimpleNamespace(unreader=SimpleNamespace(buf=BytesIO()))
        line = SimpleNamespace(initialized=True, is_http2=False, parser=buffered, sock=ours)
        for sent, urgent in (
            (SAVE, True),
            (SAVE.replace(b"PUT", b"POST"), False),
            (b"GET / HTTP/1.1\r\n\r\n", False),
        ):
            theirs.sendall(sent)
            assert _look(line) == (True, urgent)
            assert ours.recv(1000) == sent


def test_a_long_answer_waits_for_the_line_without_a_turn() -> None:
    def application(_environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        assert TURNS.held
        return []

    for method, path, kept in (("GET", "/learner", False), ("PUT", "/room/responses/1", True)):
        with TURNS.taken():
            TurnTaking(application)({"REQUEST_METHOD": method, "PATH_INFO": path}, lambda *_: None)
            assert TURNS.held is kept
