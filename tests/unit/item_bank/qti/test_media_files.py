# SPDX-License-Identifier: Apache-2.0
"""Files that items show: what they are by their bytes, how large they may be, and drawings that do something."""

from __future__ import annotations

import struct

import pytest

from core.errors import Invalid
from item_bank.qti.media_files import check_media, sniff
from tests.unit.item_bank.rich_files import png, svg, vtt, wav

JPEG = (
    b"\xff\xd8\xff\xe0"
    + struct.pack(">H", 16)
    + b"JFIF"
    + b"\0" * 10
    + b"\xff\xc0"
    + struct.pack(">HBHHB", 17, 8, 60, 90, 3)
    + b"\0" * 9
)
GIF = b"GIF89a" + struct.pack("<HH", 30, 20) + b"\0" * 10
WEBP_X = (
    b"RIFF" + b"\0" * 4 + b"WEBPVP8X" + b"\0" * 8 + (99).to_bytes(3, "little") + (49).to_bytes(3, "little")
)
WEBP_L = b"RIFF" + b"\0" * 4 + b"WEBPVP8L" + b"\0" * 4 + b"\x2f" + struct.pack("<I", 9 | 19 << 14)
WEBP = b"RIFF" + b"\0" * 4 + b"WEBPVP8 " + b"\0" * 10 + struct.pack("<HH", 12, 8)


@pytest.mark.parametrize(
    ("media_type", "size", "data"),
    [
        ("image/png", (40, 30), png(40, 30)),
        ("image/jpeg", (90, 60), JPEG),
        ("image/gif", (30, 20), GIF),
        ("image/webp", (100, 50), WEBP_X),
        ("image/webp", (10, 20), WEBP_L),
        ("image/webp", (12, 8), WEBP),
        ("image/svg+xml", (120, 80), svg()),
        ("image/svg+xml", (10, 20), (b'<?xml version="1.0"?><!-- x --><svg '
            b'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20"/>')),
        ("image/svg+xml", (None, None), b'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="5em"/>'),
        ("audio/wav", (None, None), wav()),
        ("audio/mpeg", (None, None), b"ID3\x04" + b"\0" * 20),
        ("audio/mpeg", (None, None), b"\xff\xfb\x90\x00" + b"\0" * 20),
        ("audio/ogg", (None, None), b"OggS" + b"\0" * 20),
        ("audio/mp4", (None, None), b"\0\0\0\x20ftypM4A " + b"\0" * 20),
        ("video/mp4", (None, None), b"\0\0\0\x20ftypisom" + b"\0" * 20),
        ("video/webm", (None, None), b"\x1aE\xdf\xa3\x01webm" + b"\0" * 20),
        ("text/vtt", (None, None), vtt("x")),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_first_bytes(
    media_type: str, size: tuple[int | None, int | None], data: bytes
) -> None:
    known = check_media(data, name="file.bin")
    assert known.file.media_type == media_type
    assert (known.width, known.height) == size


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90",
        b"%PDF-1.7",
        b"<html>",
        b"WEBVTTx",
        b"RIFF\0\0\0\0AVI ",
        b"\x1aE\xdf\xa3matroska",
        b"\xff",
        b"PK\x03\x04",
        b"<!-- x",
    ],
)
def test_any_other_file_is_refused(data: bytes) -> None:
    assert sniff(data) is None
    with pytest.raises(Invalid) as refusal:
        check_media(data, name="file.png")
    assert refusal.value.code == "media_type_unknown"


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("media_empty", b""),
        ("media_too_large", png(4, 4) + b"\0" * 5_000_000),
        ("media_too_large", b"OggS" + b"\0" * 20_000_000),
        ("media_pixels", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 60_000, 60_000) + b"\0" * 9),
        ("media_pixels", GIF[:6] + struct.pack("<HH", 65_535, 65_535)),
        ("media_broken", b"\x89PNG\r\n\x1a\n\0\0"),
        ("media_broken", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 17),
        ("media_broken", b"\xff\xd8\xff\xe0\0\x04\0\0nothing"),
        ("media_broken", b"RIFF\0\0\0\0WEBPVP9 " + b"\0" * 20),
        ("media_broken", b"GIF89a\x01"),
    ],
)  # fmt: skip
def test_what_is_too_large_or_damaged_is_refused(code: str, data: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        check_media(data, name="file.png")
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        '<g onload="x()"/>',
        '<image href="https://example.org/x.png"/>',
        '<image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="x.svg"/>',
        '<image href="data:image/svg+xml;base64,AAAA"/>',
        "<foreignObject><p/></foreignObject>",
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<use href="other.svg#a"/>',
        "<style>@import 'x.css';</style>",
        "<style>rect { fill: url(https://example.org/x) }</style>",
        '<rect fill="url(https://example.org/#a)"/>',
        '<rect style="background:url(//example.org)"/>',
        '<animate attributeName="href" to="x"/>',
        '<set attributeName="onload" to="x"/>',
        '<g xml:base="https://example.org/"/>',
        '<x:script xmlns:x="http://www.w3.org/2000/svg">x</x:script>',
    ],
)
def test_a_drawing_that_does_or_loads_something_is_refused(inner: str) -> None:
    data = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inner}</svg>'.encode()
    with pytest.raises(Invalid) as refusal:
        check_media(data, name="d.svg")
    assert refusal.value.code == "svg_active"


def test_a_style_sheet_instruction_in_a_drawing_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        check_media(
            b'<?xml version="1.0"?><?xml-stylesheet href="x.css"?><svg xmlns="http://www.w3.org/2000/svg"/>',
            name="d.svg",
        )
    assert refusal.value.code in {"svg_active", "media_type_unknown"}
    with pytest.raises(Invalid) as refusal:
        check_media(b'<svg xmlns="http://www.w3.org/2000/svg"/><?xml-stylesheet href="x.css"?>', name="d.svg")
    assert refusal.value.code == "svg_active"


def test_entities_in_a_drawing_are_refused() -> None:
    data = b'<!DOCTYPE svg [<!ENTITY a "x">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
    with pytest.raises(Invalid) as refusal:
        check_media(data, name="d.svg")
    assert refusal.value.code in {"xml_entities_refused", "media_type_unknown"}


def test_a_harmless_drawing_may_refer_to_itself_and_hold_pictures() -> None:
    data = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><defs><linearGradient id="g"/></defs>'
        b'<rect fill="url(#g)" style="stroke:red"/><use href="#g"/><style>rect { fill: red }</style>'
        b'<filter id="f"><feColorMatrix values="1 0 0"/></filter><image href="data:image/png;base64,iVBORw0KGgo="/></svg>'
    )
    assert check_media(data, name="d.svg").file.media_type == "image/svg+xml"
