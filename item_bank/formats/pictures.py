# SPDX-License-Identifier: Apache-2.0
"""Files that come inside other files: what their bytes are, and whether an item may show them. Nothing is decoded here."""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass, field
from typing import Final

from item_bank.items.parts import MediaFile

MAXIMUM_FILE: Final = 8_000_000
_ENDINGS: Final = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg",
    "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/mp4": "m4a", "audio/wav": "wav", "video/mp4": "mp4", "video/webm": "webm",
    "text/vtt": "vtt",
}  # fmt: skip
_SVG_ACTIVE = re.compile(
    r"<\s*(?:[\w-]+:)?(script|foreignObject|iframe|handler|set|animate\w*)\b"
    r"|\s(on[a-z]{3,})\s*=\s*[\x22']|(javascript:|data:text/html)|<!(ENTITY)",
    re.IGNORECASE,
)
_SVG_OUTSIDE = re.compile(
    r"""(?:href|src)\s*=\s*["']\s*(?!#|data:image/(?:png|jpeg|gif|webp))([^"']{1,60})|url\(\s*["']?(?!#)([^)"']{1,60})""",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Files:
    """The files of one item: added by their bytes, named so that every name is different and fits an item."""

    documents: dict[str, dict[str, object]] = field(default_factory=dict)
    stored: dict[str, MediaFile] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> str | tuple[str, str]:
        """The name of the file within the item, or why it cannot be shown, as (code, reason).

        Codes: ``media_empty``, ``media_too_large``, ``media_type``, ``svg_active``, ``svg_outside``.
        """
        if not data:
            return "media_empty", f"the file {name[:60]!r} is empty"
        if len(data) > MAXIMUM_FILE:
            return (
                "media_too_large",
                f"the file {name[:60]!r} has {len(data)} bytes, at most {MAXIMUM_FILE} are allowed",
            )
        kind = media_type(data)
        if kind is None:
            return "media_type", f"the file {name[:60]!r} is no picture, sound or film that can be shown"
        if kind == "image/svg+xml" and (found := svg_problem(data)) is not None:
            return found[0], f"the drawing {name[:60]!r} {found[1]}"
        sha256 = hashlib.sha256(data).hexdigest()
        for known, document in self.documents.items():
            if document["sha256"] == sha256:
                return known
        chosen = self._free_name(name, kind)
        size = picture_size(data)
        self.documents[chosen] = {
            "name": chosen,
            "media_type": kind,
            "sha256": sha256,
            "size": len(data),
            **({"width": size[0], "height": size[1]} if size else {}),
        }
        self.stored[sha256] = MediaFile(kind, sha256, data)
        return chosen

    def _free_name(self, name: str, kind: str) -> str:
        stem, _, ending = re.sub(r"[^A-Za-z0-9._-]+", "-", name.rpartition("/")[2]).rpartition(".")
        stem = (stem or ending).strip("-._")[:80] or "file"
        chosen, number = f"{stem}.{_ENDINGS[kind]}", 1
        while chosen in self.documents:
            number += 1
            chosen = f"{stem}-{number}.{_ENDINGS[kind]}"
        return chosen


def media_type(data: bytes) -> str | None:
    """What a file is by its first bytes, None for what an item cannot show."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if data[8:12] == b"WEBP" else "audio/wav"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm"
    if data[4:8] == b"ftyp":
        return "audio/mp4" if data[8:12] in (b"M4A ", b"M4B ") else "video/mp4"
    if data.startswith(b"ID3") or data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"WEBVTT"):
        return "text/vtt"
    if start.startswith((b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE svg")) and b"<svg" in data[:4000]:
        return "image/svg+xml"
    return None


def svg_problem(data: bytes) -> tuple[str, str] | None:
    """Why a drawing may not be shown: it acts (``svg_active``) or reaches outside itself (``svg_outside``)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "svg_active", "is not written in UTF-8"
    if (found := _SVG_ACTIVE.search(text)) is not None:
        return "svg_active", f"holds {next(part for part in found.groups() if part)!r}"
    if (found := _SVG_OUTSIDE.search(text)) is not None:
        return "svg_outside", f"shows {next(part for part in found.groups() if part)!r} from outside"
    return None


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF, JPEG or WebP where its head says so, 1 to 20,000 each."""
    try:
        size = _size(data)
    except (struct.error, IndexError, ValueError, OverflowError):
        return None
    return size if size and all(1 <= side <= 20_000 for side in size) else None


def _size(data: bytes) -> tuple[int, int] | None:
    kind = media_type(data)
    if kind == "image/png":
        return _two(">II", data, 16)
    if kind == "image/gif":
        return _two("<HH", data, 6)
    if kind == "image/webp" and data[12:16] == b"VP8X":
        return (int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1)
    if kind == "image/webp" and data[12:16] == b"VP8 ":
        width, height = _two("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == "image/jpeg":
        return _jpeg_size(data)
    if kind == "image/svg+xml":
        return _svg_size(data)
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 < len(data) and data[place] == 0xFF:
        mark = data[place + 1]
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = _two(">HH", data, place + 5)
            return width, height
        place += 2 + _two(">HH", data, place + 2)[0]
    return None


def _svg_size(data: bytes) -> tuple[int, int] | None:
    head = data[:4000].decode("utf-8", "replace")
    found = re.search(r'viewBox="[\d.+-]+[\s,]+[\d.+-]+[\s,]+([\d.]+)[\s,]+([\d.]+)"', head)
    if found is None:
        return None
    return round(float(found[1])), round(float(found[2]))


def _two(pattern: str, data: bytes, place: int) -> tuple[int, int]:
    first, second = struct.unpack_from(pattern, data, place)
    return int(first), int(second)
