# SPDX-License-Identifier: Apache-2.0
"""The markup of a rich item as a candidate's page may hold it: own addresses for media, cut where interactions stand.

It works on markup that has been cleaned when the item was read; nothing is cleaned here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from item_bank.markup import PLACE

_VOID: Final = frozenset({"br", "hr", "img"})
_PLAYERS: Final = frozenset({"audio", "video"})
_TAG: Final = re.compile(r"<[^>]*>")
_VISIBLE: Final = re.compile(r"<(?:img|audio|video|hr)\b")


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as the page names it: its address, and the captions of a film or sound as (language, address)."""

    address: str
    captions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FlowPiece:
    """A stretch of markup, or (with ``part``) the place of an inline interaction, gap or hot text."""

    markup: str = ""
    part: str = ""
    choice: str = ""


Chunk = tuple[FlowPiece, ...]


def shown_markup(markup: str, media: Mapping[str, Shown]) -> str:
    """Markup without places, with the addresses of its media as the page names them."""
    return "".join(piece.markup for chunk in flow_chunks(markup, media, blocks=()) for piece in chunk)


def flow_chunks(
    markup: str,
    media: Mapping[str, Shown],
    *,
    blocks: Iterable[str],
    name: Callable[[str, str], tuple[str, str]] = lambda part, choice: (part, choice),
) -> tuple[Chunk, ...]:
    """A flow cut at the places of ``blocks`` (part ids): one chunk before each, one after the last.

    Elements that are open at such a cut are closed before it and opened again after it, so every chunk is whole.
    Other places become pieces named by ``name`` (part id, choice id or ``""``).
    """
    cutter = _Cutter(media, frozenset(blocks), name)
    cutter.feed(markup)
    cutter.close()
    return cutter.chunks()


class _Cutter(HTMLParser):
    def __init__(
        self,
        media: Mapping[str, Shown],
        blocks: frozenset[str],
        name: Callable[[str, str], tuple[str, str]],
    ) -> None:
        super().__init__(convert_charrefs=True)
        self._media = media
        self._blocks = blocks
        self._name = name
        self._open: list[tuple[str, str]] = []
        self._done: list[Chunk] = []
        self._pieces: list[FlowPiece] = []
        self._written: list[str] = []

    def chunks(self) -> tuple[Chunk, ...]:
        """What was read, cut."""
        self._cut()
        return tuple(self._done)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        source = given.get("src", "")
        if source:
            found = self._media.get(source.removeprefix("media:"))
            if found is None:
                return  # a file that the item does not have is not shown
            given["src"] = found.address
            if tag in _PLAYERS:
                self._write(_player(tag, given, found))
                return
        written = f"<{tag}{_attributes(given)}>"
        self._write(written)
        if tag not in _VOID:
            self._open.append((tag, written))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag in _PLAYERS or tag not in {name for name, _ in self._open}:
            return
        while self._open:
            name, _ = self._open.pop()
            self._write(f"</{name}>")
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        start = 0
        for place in PLACE.finditer(data):
            self._write(html.escape(data[start : place.start()], quote=False))
            self._place(place[1], place[2] or "")
            start = place.end()
        self._write(html.escape(data[start:], quote=False))

    def _place(self, part: str, choice: str) -> None:
        if part in self._blocks and not choice:
            self._cut()
            return
        self._flush()
        named, chosen = self._name(part, choice)
        self._pieces.append(FlowPiece(part=named, choice=chosen))

    def _write(self, text: str) -> None:
        if text:
            self._written.append(text)

    def _flush(self) -> None:
        if self._written:
            self._pieces.append(FlowPiece("".join(self._written)))
        self._written = []

    def _cut(self) -> None:
        self._write("".join(f"</{name}>" for name, _ in reversed(self._open)))
        self._flush()
        chunk = tuple(self._pieces)
        self._done.append(chunk if any(_shows(piece) for piece in chunk) else ())
        self._pieces = []
        self._written = [written for _, written in self._open]


def _shows(piece: FlowPiece) -> bool:
    """Whether there is anything to see."""
    return bool(piece.part or _VISIBLE.search(piece.markup) or _TAG.sub("", piece.markup).strip())


def _player(tag: str, given: Mapping[str, str], found: Shown) -> str:
    """A film or sound with the browser's own controls, and its captions."""
    tracks = "".join(
        f'<track kind="captions"{_attributes({"srclang": language, "label": language, "src": address})}>'
        for language, address in found.captions
    )
    return f'<{tag} controls preload="none"{_attributes(given)}>{tracks}</{tag}>'


def _attributes(given: Mapping[str, str]) -> str:
    return "".join(f' {name}="{html.escape(value)}"' for name, value in given.items())
