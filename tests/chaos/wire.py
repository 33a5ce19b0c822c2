# SPDX-License-Identifier: Apache-2.0
"""A bad line on the loopback: a proxy that delays, repeats, swallows, cuts and forgets, by a seed."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from tests.live_server import free_port

REPLY_SECONDS = 30.0
HALF_OPEN_SECONDS = 1.0


class Fate(StrEnum):
    """What happens to a request."""

    FAIR = "fair"
    DELAYED = "delayed"
    """It arrives late, after younger ones of other connections."""
    REPEATED = "repeated"
    """It arrives twice, the second time later than the answer to the first."""
    UNANSWERED = "unanswered"
    """It arrives and is carried out; its answer is lost with the connection (RST)."""
    CUT = "cut"
    """Its first half arrives, then the connection is reset."""
    HALF_OPEN = "half_open"
    """It never arrives, and nobody says so for a while."""


_WEIGHTS = {
    Fate.FAIR: 6, Fate.DELAYED: 4, Fate.REPEATED: 4, Fate.UNANSWERED: 3, Fate.CUT: 2, Fate.HALF_OPEN: 1,
}  # fmt: skip
_TRIED = (b"PUT /room/responses/", b"POST /room/lease", b"POST /room/submit")
"""What a bad line may do anything to; the rest passes, since forms of pages are not repeated by anybody."""


@dataclass
class BadLine:
    """Stands between learners and a server. Every request has a connection of its own to the server."""

    upstream: int
    seed: int
    port: int = field(default_factory=free_port)
    fates: Counter[Fate] = field(default_factory=Counter)

    def __enter__(self) -> Self:
        self._random = random.Random(self.seed)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="bad-line")
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(timeout=20)
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=2**22)
        self._ready.set()
        await self._end.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._carry(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        request = b"\r\n".join([lines[0], b"Connection: close", *lines[1:]]) + await reader.readexactly(
            length
        )
        fate = Fate.FAIR
        if head.startswith(_TRIED):
            fate = self._random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
            self.fates[fate] += 1
        if fate is Fate.DELAYED:
            await asyncio.sleep(self._random.uniform(0.05, 0.6))
        if fate is Fate.HALF_OPEN:
            await asyncio.sleep(HALF_OPEN_SECONDS)
            _reset(writer)
            return
        if fate is Fate.CUT:
            await self._cut(request)
            _reset(writer)
            return
        answer = await self._ask(request)
        if fate is Fate.REPEATED:
            self._later(request)
        if fate is Fate.UNANSWERED:
            _reset(writer)
            return
        writer.write(answer)
        await writer.drain()

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            writer.write(request)
            await writer.drain()
            return await asyncio.wait_for(reader.read(-1), REPLY_SECONDS)
        finally:
            writer.close()

    async def _cut(self, request: bytes) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        writer.write(request[: len(request) - 20])
        await writer.drain()
        _reset(writer)

    def _later(self, request: bytes) -> None:
        async def again() -> None:
            await asyncio.sleep(self._random.uniform(0.1, 1.0))
            with suppress(OSError, TimeoutError):
                await self._ask(request)

        task = asyncio.create_task(again())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
