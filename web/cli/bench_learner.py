# SPDX-License-Identifier: Apache-2.0
"""A learner of the delivery bench: HTTP/1.1 over asyncio, with cookies and one kept connection. Measures; judges nothing.

The bench must cost less than what it measures, so this is no general client: it speaks only to our own server on loopback.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import random
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from web.cli.bench_accounts import Acknowledged

_TOKEN = re.compile(rb'(?:name="csrf_token" value|data-csrf)="([^"]+)"')
_NOTICE = re.compile(rb'name="notice_version" value="([^"]+)"')
_ITEM = re.compile(rb'<item-interaction data-item="([a-z0-9]+)" data-type="([a-z_]+)"')
_OPTION = re.compile(rb'type="(?:radio|checkbox)" name="([a-z0-9]+)" value="([a-z0-9]+)"')
_ATTEMPT = re.compile(rb'data-attempt="([^"]+)"')
_WAIT_SECONDS = 60.0


class Failed(Exception):
    """An answer that the way of a learner does not expect."""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Learner:
    """One learner's way from the access code to the slip; ``spent`` has the milliseconds of each request by kind."""

    port: int
    code: str
    number: int
    spent: dict[str, list[float]]
    acknowledged: list[Acknowledged] = field(default_factory=list)
    attempt: str = ""
    _cookies: dict[str, str] = field(default_factory=dict)
    _token: str = ""
    _package: bytes = b""
    _epoch: int = 0
    _seq: int = 0
    _items: list[tuple[str, str]] = field(default_factory=list)
    _options: dict[str, list[str]] = field(default_factory=dict)
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def come_in(self) -> None:
        """Access code and consent, up to the button that starts; the locked test is fetched on the way, as the gate does."""
        self._read(await self._ask("page", "GET", "/"))
        self._moved(await self._form("sign_in", "/enter", code=self.code))
        gate = self._read(await self._ask("page", "GET", "/learner"))
        notice = _found(_NOTICE, gate.body)
        self._moved(await self._form("consent", "/learner/consent", notice_version=notice, purpose="answers"))
        self._read(await self._ask("page", "GET", "/learner"))
        self._package = self._read(await self._ask("package", "GET", "/learner/package")).body

    async def start(self) -> None:
        """From the button to a room that can be answered in: the key opens what is already there."""
        released = json.loads(
            (await self._send("start", "POST", "/learner/start", {"device": self.device})).body
        )
        self._epoch = released["epoch"]
        page = _unlocked(self._package, base64.b64decode(released["key"]))
        self.attempt = _found(_ATTEMPT, page)
        self._items = [(item.decode(), kind.decode()) for item, kind in _ITEM.findall(page)]
        for item, option in _OPTION.findall(page):
            self._options.setdefault(item.decode(), []).append(option.decode())

    @property
    def cookies(self) -> dict[str, str]:
        """What the server made this browser remember."""
        return dict(self._cookies)

    @property
    def device(self) -> str:
        """The name of this learner's browser."""
        return f"bench-{self.number}"

    async def save(self) -> None:
        """One answer, to the next item of the paper."""
        self._seq += 1
        item, _ = self._items[(self._seq - 1) % len(self._items)]
        options = self._options.get(item, [])
        value: object = [options[self._seq % len(options)]] if options else f"answer {self._seq}"
        body = {
            "device": self.device,
            "epoch": self._epoch,
            "item": item,
            "value": value,
            "client_time": "2026-11-20T12:00:00Z",
        }
        reply = await self._send("save", "PUT", f"/room/responses/{self._seq}", body)
        told = json.loads(reply.body)
        if (told["seq"], told["item"]) != (self._seq, item):
            raise Failed("the receipt is for another answer")
        self.acknowledged.append(
            Acknowledged(
                attempt=self.attempt,
                device=self.device,
                seq=self._seq,
                item=item,
                value=value,
                revision=told["revision"],
                received_at=told["received_at"],
                receipt=told["receipt"],
            )
        )

    async def save_each(self, seconds: float, *, period: float, seed: int) -> None:
        """Answers at a steady pace for some time, beginning at a moment of one's own."""
        await asyncio.sleep(random.Random(seed).uniform(0, period))  # noqa: S311 - spreads a load, guards nothing
        until = time.monotonic() + seconds - period
        while True:
            await self.save()
            if time.monotonic() >= until:
                return
            await asyncio.sleep(period)

    async def hand_in(self) -> None:
        """Submit, and look at the page after it."""
        await self._send("submit", "POST", "/room/submit", {"device": self.device, "epoch": self._epoch})
        self._read(await self._ask("result", "GET", "/learner"))
        self.close()

    async def fetch(self, path: str, kind: str) -> None:
        """One page for comparison."""
        self._read(await self._ask(kind, "GET", path))

    def close(self) -> None:
        """Let the connection go."""
        if self._line is not None:
            self._line[1].close()
            self._line = None

    # ------------------------------------------------------------------------------------------------ HTTP

    async def _form(self, kind: str, path: str, **fields: str) -> Answer:
        body = urlencode({"csrf_token": self._token, **fields}).encode()
        return await self._ask(kind, "POST", path, body, "application/x-www-form-urlencoded")

    async def _send(self, kind: str, method: str, path: str, document: object) -> Answer:
        answer = await self._ask(kind, method, path, json.dumps(document).encode(), "application/json")
        if answer.status != 200:
            raise Failed(f"{method} {path}: {answer.status} {answer.body[:200]!r}")
        return answer

    async def _ask(self, kind: str, method: str, path: str, body: bytes = b"", media: str = "") -> Answer:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Accept: text/html,application/json",
            "Accept-Encoding: identity",
        ]
        if self._cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self._cookies.items()))
        if media:
            lines += [f"Content-Type: {media}", f"Content-Length: {len(body)}", f"X-CSRFToken: {self._token}"]
        request = "\r\n".join([*lines, "", ""]).encode() + body
        began = time.perf_counter()
        answer = await asyncio.wait_for(self._exchange(request), _WAIT_SECONDS)
        self.spent.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
        return answer

    async def _exchange(self, request: bytes) -> Answer:
        kept = self._line is not None
        try:
            return await self._try(request)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            if not kept:
                raise
            return await self._try(request)  # the server had let a quiet connection go, as it may

    async def _try(self, request: bytes) -> Answer:
        if self._line is None:
            self._line = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._line
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in filter(None, head[1:]):
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                cookie, _, content = value.strip().partition(";")[0].partition("=")
                self._cookies[cookie] = content
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(head[0].split()[1]), headers, body)

    def _read(self, answer: Answer) -> Answer:
        if answer.status != 200:
            raise Failed(f"a page answered {answer.status}: {answer.body[:200]!r}")
        token = _TOKEN.search(answer.body)
        if token is not None:
            self._token = token.group(1).decode()
        return answer

    def _moved(self, answer: Answer) -> None:
        if answer.status not in (302, 303):
            raise Failed(f"a form answered {answer.status}: {answer.body[:200]!r}")


def _unlocked(package: bytes, key: bytes) -> bytes:
    """The room's page out of a package: after its first line a nonce of 12 bytes, then ciphertext and tag."""
    sealed = package.partition(b"\n")[2]
    return gzip.decompress(AESGCM(key).decrypt(sealed[:12], sealed[12:], b"page"))


def _found(pattern: re.Pattern[bytes], body: bytes) -> str:
    match = pattern.search(body)
    if match is None:
        raise Failed(f"a page lacks {pattern.pattern!r}")
    return match.group(1).decode()
