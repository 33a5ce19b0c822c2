# SPDX-License-Identifier: Apache-2.0
"""What a file that an item shows really is: its type by its first bytes, its size in pixels, whether it is safe to show.

A file's name and what a package says of it are not believed. Nothing is stored here, and no picture is decoded.
"""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import Invalid
from item_bank.items.parts import MediaFile
from item_bank.qti.xml import is_element, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

MAXIMUM_PICTURE: Final = 5_000_000
MAXIMUM_FILM: Final = 20_000_000
MAXIMUM_PIXELS: Final = 25_000_000
MAXIMUM_SIDE: Final = 20_000
_SVG_START = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*|<!DOCTYPE[^>\[]*>\s*)*<(?:\w+:)?svg[\s>/]",
    re.DOTALL,
)
_SVG_REFUSED: Final = frozenset(
    [
        "script",
        "foreignobject",
        "iframe",
        "embed",
        "object",
        "audio",
        "video",
        "handler",
        "listener",
        "set",
        "animate",
        "animatemotion",
        "animatetransform",
        "animatecolor",
        "discard",
    ]
)
_REFERENCES: Final = frozenset({"href", "src"})
_LOCAL_URL = re.compile(r"url\(\s*['\"]?\s*(?!#)", re.IGNORECASE)
_IMPORT = re.compile(r"@import|expression\s*\(|javascript:|data:|-moz-binding", re.IGNORECASE)
_INLINE_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+\Z")
_LENGTH = re.compile(r"\s*([0-9]{1,6})(?:\.[0-9]+)?(?:px)?\s*\Z")


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that may be shown, with its size in pixels where it is a picture."""

    file: MediaFile
    width: int | None = None
    height: int | None = None


def check_media(data: bytes, *, name: str) -> KnownFile:
    """Say what a file is, or refuse it.

    Invalid: ``media_empty``, ``media_type_unknown``, ``media_too_large`` (maximum), ``media_pixels`` (maximum),
    ``media_broken``, ``svg_active`` (what); each with ``name``.
    """
    if not data:
        raise Invalid("media_empty", name=name[:100])
    media_type = sniff(data)
    if media_type is None:
        raise Invalid("media_type_unknown", name=name[:100])
    film = media_type.startswith(("audio/", "video/"))
    if len(data) > (MAXIMUM_FILM if film else MAXIMUM_PICTURE):
        raise Invalid("media_too_large", name=name[:100], maximum="20 MB" if film else "5 MB")
    width, height = (None, None)
    if media_type == "image/svg+xml":
        width, height = check_svg(data, name=name)
    elif media_type.startswith("image/"):
        size = picture_size(data, media_type)
        if size is None or not all(size):
            raise Invalid("media_broken", name=name[:100])
        width, height = size
        if width * height > MAXIMUM_PIXELS or max(size) > MAXIMUM_SIDE:
            raise Invalid("media_pixels", name=name[:100], maximum="25 million")
    return KnownFile(MediaFile(media_type, hashlib.sha256(data).hexdigest(), data), width, height)


def sniff(data: bytes) -> str | None:
    """The media type by the first bytes; None for what may not be shown."""
    head = data[:4096]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return None if b"matroska" in head[:64] else "video/webm"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:11] == b"M4A" else "video/mp4"
    if head.startswith(b"ID3") or (head[0] == 0xFF and len(head) > 1 and head[1] & 0xE6 in (0xE2, 0xE4)):
        return "audio/mpeg"
    if re.match(rb"\A(?:\xef\xbb\xbf)?WEBVTT(?:[ \t\r\n]|\Z)", head):
        return "text/vtt"
    return "image/svg+xml" if _SVG_START.match(head) else None


def picture_size(data: bytes, media_type: str) -> tuple[int, int] | None:
    """Width and height in pixels as the header of a png, jpeg, gif or webp states them; None where it is broken."""
    try:
        match media_type:
            case "image/png":
                return struct.unpack(">II", data[16:24]) if data[12:16] == b"IHDR" else None
            case "image/gif":
                return struct.unpack("<HH", data[6:10])
            case "image/webp":
                return _webp_size(data)
            case "image/jpeg":
                return _jpeg_size(data)
            case _:
                return None
    except (struct.error, IndexError):
        return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    match data[12:16]:
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case b"VP8L":
            (bits,) = struct.unpack("<I", data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case _:
            return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(data):
        if data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            place += 2
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        place += 2 + max(length, 2)
    return None


def check_svg(data: bytes, *, name: str) -> tuple[int | None, int | None]:
    """Refuse a drawing that does or loads anything; its size in pixels where it states one.

    Invalid: those of ``parse_xml`` and ``svg_active`` (name, what).
    """
    root = parse_xml(data)
    if b"<?xml-stylesheet" in data:
        raise Invalid("svg_active", name=name[:100], what="<?xml-stylesheet?>")
    for node in root.iter():
        if not is_element(node):
            continue
        local = str(node.tag).rpartition("}")[2].lower()
        if local in _SVG_REFUSED:
            raise Invalid("svg_active", name=name[:100], what=f"<{local}>")
        if local == "style" and (_IMPORT.search(_all_text(node)) or _LOCAL_URL.search(_all_text(node))):
            raise Invalid("svg_active", name=name[:100], what="a style that loads something")
        for raw, value in node.attrib.items():
            if (what := _active(str(raw), str(value), local)) is not None:
                raise Invalid("svg_active", name=name[:100], what=what)
    return _svg_length(root, "width", 2), _svg_length(root, "height", 3)


def _active(raw: str, value: str, element: str) -> str | None:
    attribute = raw.rpartition("}")[2].lower()
    if attribute.startswith("on"):
        return f"the handler {attribute[:40]}"
    if attribute in _REFERENCES and not value.strip().startswith("#"):
        if element in ("image", "feimage") and _INLINE_PICTURE.match(value.strip()):
            return None
        return f"the reference {value.strip()[:60]!r}"
    if attribute == "base" or _LOCAL_URL.search(value) or (attribute == "style" and _IMPORT.search(value)):
        return f"the attribute {attribute[:40]}"
    return None


def _all_text(node: _Element) -> str:
    return "".join(str(text) for text in node.itertext())


def _svg_length(root: _Element, name: str, place: int) -> int | None:
    found = _LENGTH.match(root.get(name) or "")
    if found is None:
        box = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
        found = _LENGTH.match(box[place]) if len(box) == 4 else None
    number = int(found[1]) if found else 0
    return number if 1 <= number <= MAXIMUM_SIDE else None
