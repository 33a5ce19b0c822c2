# SPDX-License-Identifier: Apache-2.0
"""A WebSocket that is read by the thread which handles it, and written to by whoever has something to say.

The libraries keep a thread for reading and one for writing beside each handler, so every picture wakes three, and every
acknowledgement two. Frames of the protocol are theirs; what events mean is `web.sockets.guard`'s.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import simple_websocket
import structlog
from engineio.exceptions import SocketIsClosedError, UnknownPacketError
from engineio.packet import Packet
from simple_websocket import ConnectionClosed

log = structlog.get_logger(__name__)

RECEIVED_BYTES = 64 * 1024
MOST_UNSENT = 1024 * 1024
"""Bytes that wait for a thin line; whoever takes longer is let go and comes back."""


class Outlet:
    """The sending side of a connection: in order, and no caller ever waits for the line.

    What it does not take at once is sent by a thread that lives as long as something waits.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._lock = threading.Lock()
        self._waiting: deque[bytes] = deque()
        self._unsent = 0
        self._draining = False

    def send(self, data: bytes) -> None:
        """Send, or keep for later. Raises OSError when the line is gone or has fallen too far behind."""
        with self._lock:
            if not self._draining:
                try:
                    sent = self._line.send(data, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    sent = 0
                if sent == len(data):
                    return
                data = data[sent:]
            self._unsent += len(data)
            if self._unsent > MOST_UNSENT:
                self.close()
                raise OSError("the line does not take what is sent")
            self._waiting.append(data)
            if not self._draining:
                self._draining = True
                threading.Thread(target=self._drain, name="kasauti-outlet", daemon=True).start()

    def recv(self, size: int) -> bytes:
        """What came; nothing at the end of the line."""
        return self._line.recv(size)

    def close(self) -> None:
        """End the line, which wakes its reader."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def _drain(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._draining = False
                    return
                data = self._waiting.popleft()
            try:
                self._line.sendall(data)
            except OSError:
                self.close()
                return  # still "draining": what else is sent is kept and soon too much
            with self._lock:
                self._unsent -= len(data)


class Channel(simple_websocket.Server):  # type: ignore[misc]
    """The WebSocket of one request, without threads of its own."""

    sock: Any
    connected: bool

    def __init__(self, environ: dict[str, Any], *, largest: int) -> None:
        self._writing = threading.RLock()
        super().__init__(
            environ, receive_bytes=RECEIVED_BYTES, max_message_size=largest, thread_class=_NoThread
        )
        self.sock = Outlet(self.sock)

    def receive(self, timeout: float | None = None) -> Any:
        """The next message, text or bytes. Raises ConnectionClosed."""
        while not self.input_buffer:
            if not self.connected:
                raise ConnectionClosed(self.close_reason, self.close_message)
            try:
                data = self.sock.recv(self.receive_bytes)
            except OSError:
                data = b""
            if not data:
                self.connected = False
                continue
            with self._writing:
                self.ws.receive_data(data)
                self.connected = self._handle_events() and self.connected
        return self.input_buffer.pop(0)

    def send(self, data: str | bytes) -> None:
        """Send a message. Raises ConnectionClosed or OSError."""
        with self._writing:  # a message is packed in the order in which it leaves
            super().send(data)

    def end(self) -> None:
        """Say goodbye as far as the line takes it, and wake the reader."""
        with suppress(ConnectionClosed, OSError):
            self.close()
        self.sock.close()


class _NoThread:
    """What the library takes for the thread that would read."""

    name = ""

    def __init__(self, target: Callable[[], None]) -> None:
        pass

    def start(self) -> None:
        """Nothing: the handler reads."""


class _Straight:
    """Stands where the library keeps a queue for a thread that would write."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def put(self, packet: Packet | None) -> None:
        """Send it now; None ends the channel."""
        if packet is None:
            self._channel.end()
            return
        with suppress(ConnectionClosed, OSError):  # who is gone is found out by the reader
            self._channel.send(packet.encode())

    def join(self) -> None:
        """All is sent already."""


class Handler:
    """Serves one WebSocket, in the place of the library's own (`engineio.async_drivers`)."""

    def __init__(self, handle: Callable[..., Any], server: Any) -> None:
        self._socket: Any = handle.__self__  # type: ignore[attr-defined]
        self._server = server

    def __call__(self, environ: dict[str, Any], _start: Callable[..., Any]) -> Any:
        """Read until the end; raises what tells the web server that the connection is no longer its own."""
        channel = Channel(environ, largest=self._server.max_http_buffer_size)
        one = self._socket
        waiting = one.poll()
        one.queue = _Straight(channel)
        one.connected = one.upgraded = True
        for packet in waiting:
            one.queue.put(packet)
        while self._take(channel):
            pass
        channel.end()
        one.close(wait=False, abort=True, reason=self._server.reason.TRANSPORT_CLOSE)
        raise StopIteration if channel.mode == "gunicorn" else ConnectionError

    def _take(self, channel: Channel) -> bool:
        """One message; whether there may be more."""
        try:
            self._socket.receive(Packet(encoded_packet=channel.receive()))
        except UnknownPacketError:
            return True
        except (ConnectionClosed, SocketIsClosedError):
            return False
        except Exception:  # noqa: BLE001 - whatever a page sends ends its own channel at most
            log.info("channel_broken")
            return False
        return True


def read_in_handlers(server: Any) -> None:
    """Let this Engine.IO server serve its WebSockets so."""
    server._async = {**server._async, "websocket": Handler}  # noqa: SLF001 - where the library looks it up
