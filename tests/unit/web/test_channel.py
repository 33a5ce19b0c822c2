# SPDX-License-Identifier: Apache-2.0
"""A WebSocket without threads of its own: nobody waits for a thin line, and nothing on it changes its order."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from engineio import packet
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, Pong, Request, TextMessage

from web.sockets.channel import MOST_UNSENT, Handler, Outlet

LARGEST = 320 * 1024


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a line that holds little."""
    ours, theirs = socket.socketpair()
    for end, option in ((ours, socket.SO_SNDBUF), (theirs, socket.SO_RCVBUF)):
        end.setsockopt(socket.SOL_SOCKET, option, 4096)
    theirs.settimeout(10)
    with ours, theirs:
        yield ours, theirs


def _read(end: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size and (more := end.recv(65536)):
        found += more
    return found


def test_who_sends_on_a_thin_line_waits_for_nothing_and_all_arrives_in_order(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    outlet = Outlet(ours)
    parts = [bytes((number % 256,)) * 10_000 for number in range(40)]
    for part in parts:
        outlet.send(part)  # nobody reads yet: a caller that waited would wait for ever
    assert _read(theirs, 400_000) == b"".join(parts)
    outlet.send(b"afterwards")
    assert _read(theirs, 10) == b"afterwards"


def test_a_line_that_takes_nothing_is_let_go(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    outlet = Outlet(ours)
    for _ in range(MOST_UNSENT // 50_000):
        outlet.send(bytes(50_000))
    with pytest.raises(OSError, match="does not take"):
        outlet.send(bytes(MOST_UNSENT))
    _read(theirs, MOST_UNSENT)
    assert theirs.recv(1) == b"", "its other end hears of it"


class _Page:
    """The other end: a browser's WebSocket, as a library speaks it."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.line = WSConnection(ConnectionType.CLIENT)

    def ask(self) -> bytes:
        return self.line.send(Request(host="localhost", target="/live/"))

    def send(self, event: Any) -> None:
        self.end.sendall(self.line.send(event))

    def hear(self, kind: type[Any]) -> Any:
        while True:
            for event in self.line.events():
                if isinstance(event, kind):
                    return event
            self.line.receive_data(self.end.recv(65536) or None)


@pytest.fixture
def talk(
    ends: tuple[socket.socket, socket.socket],
) -> Iterator[tuple[_Page, list[Any], threading.Thread]]:
    """A page, what the server took from it, and the thread that serves it: each message is answered with its length."""
    ours, theirs = ends
    page, taken = _Page(theirs), list[Any]()
    head = page.ask().decode().split("\r\n")
    fields = dict(line.split(": ", 1) for line in head[1:] if line)
    environ: dict[str, Any] = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in fields.items()
    }
    environ |= {"gunicorn.socket": ours, "PATH_INFO": "/live/", "QUERY_STRING": "", "HTTP_HOST": "localhost"}

    class Served:
        """What the library keeps of one channel."""

        queue: Any = None
        connected = upgraded = False
        closed = 0

        def poll(self) -> list[packet.Packet]:
            return [packet.Packet(packet.OPEN, {"sid": "one"})]

        def receive(self, one: packet.Packet) -> None:
            taken.append(one.data)
            self.queue.put(packet.Packet(packet.MESSAGE, str(len(one.data))))

        def close(self, **_how: Any) -> None:
            self.closed += 1
            taken.append("closed")

        def handle(self) -> None:
            pass

    server = SimpleNamespace(max_http_buffer_size=LARGEST, reason=SimpleNamespace(TRANSPORT_CLOSE="gone"))

    def serve() -> None:
        with pytest.raises(StopIteration):
            Handler(Served().handle, server)(environ, lambda *_: None)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    page.hear(AcceptConnection)
    yield page, taken, thread
    ours.close()
    thread.join(10)


def test_texts_and_pictures_are_read_and_answered_by_the_thread_that_handles_them(
    talk: tuple[_Page, list[Any], threading.Thread],
) -> None:
    page, taken, thread = talk
    assert page.hear(TextMessage).data.startswith("0"), "what waited before the channel was open"
    before = threading.active_count()
    for size in (5, 100_000):
        page.send(TextMessage(data="4" + "x" * size))
        assert page.hear(TextMessage).data == f"4{size}"
    page.send(BytesMessage(data=b"\xff" * 60_000))
    assert page.hear(TextMessage).data == "460000"
    page.send(Ping(payload=b"there?"))
    assert page.hear(Pong).payload == b"there?"
    assert threading.active_count() <= before, "no thread beside the handler"
    page.send(CloseConnection(code=1000))
    thread.join(10)
    assert not thread.is_alive()
    assert taken[-1] == "closed"
    assert [len(one) for one in taken[:-1]] == [5, 100_000, 60_000]


def test_a_line_that_is_cut_ends_the_handler(talk: tuple[_Page, list[Any], threading.Thread]) -> None:
    page, taken, thread = talk
    page.end.close()
    thread.join(10)
    assert not thread.is_alive()
    assert taken == ["closed"]


def test_a_message_that_is_too_large_ends_the_channel_before_it_is_whole(
    talk: tuple[_Page, list[Any], threading.Thread],
) -> None:
    page, taken, thread = talk
    page.send(BytesMessage(data=bytes(LARGEST + 1)))
    assert page.hear(CloseConnection).code == 1009
    thread.join(10)
    assert taken == ["closed"], "nobody was shown it"


def test_bytes_that_are_no_websocket_end_the_channel(
    talk: tuple[_Page, list[Any], threading.Thread],
) -> None:
    page, taken, thread = talk
    page.end.sendall(b"\xff\xff\xff\xff" * 20)
    thread.join(10)
    assert not thread.is_alive()
    assert taken == ["closed"]
