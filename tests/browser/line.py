# SPDX-License-Identifier: Apache-2.0
"""A line between a browser and the server that can be cut and mended, and that remembers every byte which came down it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_PACKED = re.compile(rb"(?i)accept-encoding: [^\r\n]*")
_EXTENDED = re.compile(rb"(?i)sec-websocket-extensions: [^\r\n]*\r\n")


@dataclass
class Line:
    """Forwards a port of its own to the server. What comes down is kept in ``received``, one entry for each connection."""

    target: int
    received: list[bytearray] = field(default_factory=list)
    _listener: socket.socket = field(default_factory=socket.socket)
    _open: set[socket.socket] = field(default_factory=set)
    _cut: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _refused: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """From now on nothing comes through; what was on its way is lost."""
        with self._lock:
            self._cut = True
            for one in list(self._open):
                _end(one)

    def mend(self) -> None:
        """New connections come through again."""
        with self._lock:
            self._cut = False

    def quiet(self, seconds: float) -> None:
        """Wait until nobody has tried the cut line for so long."""
        with self._refused:
            while self._refused.wait(seconds):
                pass

    def close(self) -> None:
        """End the line for good."""
        self.cut()
        _end(self._listener)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._cut:
                    _end(near)
                    with self._refused:
                        self._refused.notify_all()
                    continue
                self._open.add(near)
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=20)
            far.settimeout(None)
        except OSError:
            _end(near)
            return
        kept = bytearray()
        with self._lock:
            self._open.add(far)
            self.received.append(kept)
            cut = self._cut
        if cut:
            _end(near)
        threading.Thread(target=_pump, args=(near, far, None), daemon=True).start()
        _pump(far, near, kept)
        with self._lock:
            self._open -= {near, far}


def _pump(source: socket.socket, sink: socket.socket, kept: bytearray | None) -> None:
    """Carry bytes one way. Requests and sockets ask for nothing packed, so that what comes down can be read."""
    framed = False
    with suppress(OSError):
        while data := source.recv(65536):
            if kept is not None:
                kept += data
            elif not framed:
                data = _PACKED.sub(b"Accept-Encoding: identity", data)
                framed = b"upgrade: websocket" in data.lower()
                data = _EXTENDED.sub(b"", data)
            sink.sendall(data)
    _end(source)
    _end(sink)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def laid(target: int) -> Iterator[Line]:
    """A line for as long as it is needed."""
    line = Line(target)
    try:
        yield line
    finally:
        line.close()
