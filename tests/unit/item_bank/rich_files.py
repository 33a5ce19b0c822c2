# SPDX-License-Identifier: Apache-2.0
"""Small files of every kind that an item may show, and how an item names them."""

from __future__ import annotations

import hashlib
import io
import struct
import wave
import zlib
from collections.abc import Mapping
from typing import Any

from item_bank.items.parts import MediaFile

WIDTH, HEIGHT = 320, 200


def png(width: int = WIDTH, height: int = HEIGHT, *, shade: int = 200) -> bytes:
    """A grey picture with a darker frame and cross, drawn here."""

    def pixel(x: int, y: int) -> int:
        edge = x < 4 or y < 4 or x >= width - 4 or y >= height - 4
        return 60 if edge or abs(x - width // 2) < 2 or abs(y - height // 2) < 2 else shade

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(pixel(x, y) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def svg() -> bytes:
    """A drawing."""
    return (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80" viewBox="0 0 120 80">'
        b'<rect width="120" height="80" fill="#eee"/><circle cx="60" cy="40" r="30" fill="#8a6100"/></svg>'
    )


def wav() -> bytes:
    """A fifth of a second of silence."""
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 1600)
    return target.getvalue()


def vtt(text: str) -> bytes:
    """Captions of one line."""
    return f"WEBVTT\n\n00:00.000 --> 00:00.200\n{text}\n".encode()


FILES: Mapping[str, tuple[str, bytes]] = {
    "panel.png": ("image/png", png()),
    "mark.svg": ("image/svg+xml", svg()),
    "beep.wav": ("audio/wav", wav()),
    "film.webm": ("video/webm", b"\x1aE\xdf\xa3" + bytes(range(256)) * 8),
    "film-en.vtt": ("text/vtt", vtt("A beep is heard.")),
    "film-hi.vtt": ("text/vtt", vtt("बीप की ध्वनि।")),
}
"""The files that the items show: type and bytes by name."""


def media(name: str, **more: Any) -> dict[str, Any]:
    """The member of ``media`` for one of the files."""
    media_type, data = FILES[name]
    sizes = {"panel.png": {"width": WIDTH, "height": HEIGHT}, "mark.svg": {"width": 120, "height": 80}}
    return {
        "name": name,
        "media_type": media_type,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        **sizes.get(name, {}),
        **more,
    }


def media_files() -> list[MediaFile]:
    """The files as the bank stores them."""
    return [MediaFile(kind, hashlib.sha256(data).hexdigest(), data) for kind, data in FILES.values()]


PANEL = [media("panel.png")]
