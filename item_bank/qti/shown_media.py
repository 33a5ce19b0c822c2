# SPDX-License-Identifier: Apache-2.0
"""The pictures, sounds and films of a QTI body as markup. Whether a file may be shown is decided in ``gathering``."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from item_bank.markup import ALLOWED
from item_bank.qti.gathering import Gathering
from item_bank.qti.names import CLASS
from item_bank.qti.xml import attributes_of, is_element, name_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_SOURCES: Final = ("image/", "audio/", "video/")
_PIXELS = re.compile(r"[0-9]{1,5}(?:px)?")
_LAST: Final = 99


def shown_markup(node: _Element, gathering: Gathering) -> str:
    """A picture, sound or film as markup; what cannot be shown is a problem."""
    name, attributes = name_of(node), attributes_of(node)
    if name == "picture":
        inner = next((child for child in node if is_element(child) and name_of(child) == "img"), None)
        if inner is None:
            gathering.refuse(node, "media_not_in_file", "a picture without a file")
            return ""
        gathering.lose("other sizes of a picture (<picture>)")
        return shown_markup(inner, gathering)
    kinds = {"img": ("image/",), "audio": ("audio/", "video/"), "video": ("video/", "audio/")}.get(
        name, _SOURCES
    )
    href, tracks = _address(node, attributes, gathering)
    if not href:
        gathering.refuse(node, "media_not_in_file", f"<{name}> names no file")
        return ""
    shown = gathering.show(node, href, kinds=kinds)
    if shown is None:
        return ""
    for language, track in tracks:
        if (caption := gathering.show(node, track, kinds=("text/vtt",))) is not None:
            pairs = gathering.captions.setdefault(shown, [])
            if (language, caption) not in pairs:
                pairs.append((language, caption))
    media_type = gathering.media[shown].file.media_type
    tag = {"image": "img", "audio": "audio"}.get(media_type.partition("/")[0], "video")
    return _tag(node, tag, shown, gathering)


def _tag(node: _Element, tag: str, shown: str, gathering: Gathering) -> str:
    attributes = attributes_of(node)
    tokens = attributes.get("class", "").split() if gathering.exact else []
    kept: list[tuple[str, str]] = []
    for raw, value in attributes.items():
        key = "lang" if raw == "xml:lang" else "title" if raw == "aria-label" and tag != "img" else raw
        if key in ("src", "data"):
            kept.append(("src", f"media:{shown}"))
        elif key == "alt" and f"{CLASS}no-alt" in tokens:
            continue
        elif key in ("width", "height") and not gathering.exact and not _PIXELS.fullmatch(value.strip()):
            gathering.drop(node, key, value)
        elif key in ("alt", "title", "width", "height", "lang", "dir") and key in ALLOWED[tag]:
            if not any(one == key for one, _ in kept):
                kept.append((key, value if gathering.exact else value.strip().removesuffix("px")))
        elif key not in ("type", "class", "controls", "codebase"):
            gathering.drop(node, key, value)
    if not any(key == "src" for key, _ in kept):
        kept.insert(0, ("src", f"media:{shown}"))
    for place, key, value in sorted((*hidden_attributes(tokens), *_words(node, tag, tokens))):
        if not any(one == key for one, _ in kept):
            kept.insert(place, (key, value))
    inner = "" if tag == "img" else f"</{tag}>"
    return f"<{tag}{''.join(attribute_markup(*pair) for pair in kept)}>{inner}"


def _words(node: _Element, tag: str, tokens: list[str]) -> list[tuple[int, str, str]]:
    """The text of an object as the attribute that says it: place, name, value."""
    if name_of(node) != "object":
        return []
    key = "alt" if tag == "img" else "title"
    words = "".join(str(text) for text in node.itertext())
    own = next((token for token in tokens if token.startswith(f"{CLASS}words-")), "")
    if own:
        place = own.removeprefix(f"{CLASS}words-")
        return [(int(place) if place.isdigit() else 0, key, words)]
    return [(_LAST, key, " ".join(words.split()))] if words.strip() else []


def _address(
    node: _Element, attributes: dict[str, str], gathering: Gathering
) -> tuple[str, list[tuple[str, str]]]:
    """The file that a media element names, and its captions as (language, file)."""
    href = attributes.get("src") or attributes.get("data") or ""
    tracks = []
    for child in node:
        if not is_element(child):
            continue
        inner, name = attributes_of(child), name_of(child)
        if name == "source" and inner.get("src"):
            if href:
                gathering.lose("further forms of a sound or film (<source>)")
            href = href or inner["src"]
        elif name == "track" and inner.get("src"):
            if inner.get("kind", "subtitles") in ("captions", "subtitles"):
                tracks.append(((inner.get("srclang") or "en").partition("-")[0].lower(), inner["src"]))
            else:
                gathering.lose(f"a track of kind {inner.get('kind')} of a sound or film")
        elif name == "param":
            gathering.lose("<param> of an object")
    return href, tracks


def hidden_attributes(classes: list[str]) -> list[tuple[int, str, str]]:
    """The attributes that our own export keeps in class names: place, name, value, by place."""
    found = []
    for token in classes:
        parts = token.removeprefix(f"{CLASS}attr-").split("-", 2) if token.startswith(f"{CLASS}attr-") else []
        if len(parts) == 3 and parts[0].isdigit():
            found.append((int(parts[0]), parts[1], unquote(parts[2])))
    return sorted(found)


def attribute_markup(name: str, value: str) -> str:
    """An attribute as it stands in markup, with the space before it."""
    return f' {name}="{html.escape(value, quote=True)}"'
