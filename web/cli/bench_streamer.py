# SPDX-License-Identifier: Apache-2.0
"""A learner of the proctoring bench: pictures over a WebSocket, as the room sends them. Measures; judges nothing.

It must cost less than what it measures: it speaks Socket.IO only as far as our own server asks, on loopback, and masks with
zeros.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from web.cli.bench_learner import Failed, Learner

_TEXT, _BINARY = 1, 2
_NAMESPACE = "/frames"
_PATIENCE = 5.0
_LONGEST = 90.0
"""Seconds: how far a part may lag, and what no part of a run reaches."""


@dataclass
class Streamer:
    """Sends one picture a second of its own clip; ``claims`` lets it claim one face first and send what is wanted.

    ``dropped`` is how many the server says that it let go for newer ones; ``broken`` says why the line is no more.
    """

    learner: Learner
    clip: list[bytes]
    claims: bool = False
    faces: int = 1
    sent: int = 0
    since: int = 0
    dropped: int = 0
    broken: str | None = None
    refused: dict[str, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    _link: bytes = b""
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def segment(self) -> str:
        """The name of this page."""
        return f"bench-page-{self.learner.number:05}"

    async def connect(self) -> None:
        """Upgrade, and join the namespace of pictures; who cannot is `broken`."""
        await self._guarded(self._connect())

    async def _connect(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.learner.port)
        self._line = reader, writer
        self._link = hashlib.sha256(self.segment.encode()).digest()
        cookies = "; ".join(f"{name}={value}" for name, value in self.learner.cookies.items())
        writer.write(
            (
                "GET /live/?EIO=4&transport=websocket HTTP/1.1\r\n"
                f"Host: 127.0.0.1:{self.learner.port}\r\nOrigin: http://127.0.0.1:{self.learner.port}\r\n"
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}\r\nCookie: {cookies}\r\n\r\n"
            ).encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise Failed(f"no channel: {head[:200]!r}")
        await self._text()  # how often the server will ask whether we are there
        self._send(_TEXT, f"40{_NAMESPACE},".encode())
        joined = await self._text()
        if not joined.startswith("40"):
            raise Failed(f"not admitted: {joined[:200]}")

    async def stream(self, seconds: float, *, period: float = 1.0) -> None:
        """Pictures at one a second for so long, beginning at a moment of one's own; a slow server cannot draw it out.

        Another `period` is for who wants to be a burden; at zero the next picture follows each answer.
        """
        if self.broken is None:
            await self._guarded(self._stream(seconds, period))

    async def _stream(self, seconds: float, period: float) -> None:
        began = time.monotonic() + period * (self.learner.number % 100 / 100)
        ends = began + seconds + (_PATIENCE if period else 0.0)
        while (due := (self.sent - self.since) * period) < seconds and time.monotonic() < ends:
            await asyncio.sleep(max(0.0, began + due - time.monotonic()))
            await self.send_one(self.clip[(self.sent + 7 * self.learner.number) % len(self.clip)])

    def begin_again(self) -> None:
        """Count the pictures of a new part."""
        self.since = self.sent

    async def _guarded(self, act: Coroutine[Any, Any, None]) -> None:
        """Do it; a line that breaks is counted, and the others go on."""
        try:
            await asyncio.wait_for(act, _LONGEST)
        except (Failed, OSError, EOFError, TimeoutError) as error:
            self.broken = f"{type(error).__name__}: {error}"
            self.close()

    async def send_one(self, jpeg: bytes) -> None:
        """One picture with its place in the chain, and the answer to it."""
        self.sent += 1
        at_ms = self.sent * 1000
        digest = hashlib.sha256(jpeg).digest()
        self._link = hashlib.sha256(self._link + self.sent.to_bytes(4) + at_ms.to_bytes(4) + digest).digest()
        fields: dict[str, object] = {
            "seq": self.sent,
            "at_ms": at_ms,
            "segment": self.segment,
            "link": base64.b64encode(self._link).decode(),
            "since": [],
        }
        if self.claims:
            claim = {**fields, "digest": base64.b64encode(digest).decode(), "faces": self.faces}
            answer = await self._call("claim", claim, None)
            if not answer.get("wanted"):
                return
        began = time.perf_counter()
        await self._call("frame", fields, jpeg)
        self.seconds.append(time.perf_counter() - began)

    def close(self) -> None:
        """Let the line go."""
        if self._line is not None:
            self._line[1].close()

    async def _call(self, event: str, fields: dict[str, object], jpeg: bytes | None) -> dict[str, Any]:
        payload: list[object] = [event, fields]
        kind = "2"
        if jpeg is not None:
            payload.append({"_placeholder": True, "num": 0})
            kind = "51-"
        self._send(_TEXT, f"4{kind}{_NAMESPACE},{self.sent}{json.dumps(payload)}".encode())
        if jpeg is not None:
            self._send(_BINARY, jpeg)
        while not (told := await self._text()).startswith(f"43{_NAMESPACE},"):
            pass  # a demand for a picture, or a hint that something changed
        answer: dict[str, Any] = json.loads(told[told.index("[") :])[0]
        self.dropped = answer.get("dropped", self.dropped)
        if not answer["ok"]:
            code = str(answer.get("code"))
            self.refused[code] = self.refused.get(code, 0) + 1
        return answer

    def _send(self, kind: int, data: bytes) -> None:
        if self._line is None:
            raise Failed("not connected")
        size = len(data)
        head = bytes([0x80 | kind])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 1 << 16:
            head += bytes([0x80 | 126]) + size.to_bytes(2)
        else:
            head += bytes([0x80 | 127]) + size.to_bytes(8)
        self._line[1].write(head + bytes(4) + data)

    async def _text(self) -> str:
        """The next text for us; pings of both protocols are answered."""
        if self._line is None:
            raise Failed("not connected")
        reader = self._line[0]
        while True:
            first, size = await reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await reader.readexactly(2))
            elif size == 127:
                size = int.from_bytes(await reader.readexactly(8))
            data = await reader.readexactly(size)
            match first & 0x0F, data:
                case (1, b"2"):
                    self._send(_TEXT, b"3")
                case (1, text):
                    return text.decode()
                case (8, _):
                    raise Failed("the server closed the channel")
                case (9, ping):
                    self._send(10, ping)
                case _:
                    pass
