# SPDX-License-Identifier: Apache-2.0
"""What changed between two versions of an item: texts word by word, everything else as before and after. Nothing is judged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from item_bank.items.model import ItemDocument, ItemVersion

_WORDS: Final = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that is in both versions, or only in the later, or only in the earlier."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One member that differs: its name (``en stem``, ``hi RESPONSE.A``, ``key``, ``seconds``), and its two values as text.

    ``pieces`` are there where it is a text: all of them in order give both versions.
    """

    name: str
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()


def differences(before: ItemDocument, after: ItemDocument) -> tuple[Difference, ...]:
    """Everything in which two versions of an item differ, in the order of the document. Both hold the key."""
    return tuple(_differences(before, after))


def _differences(before: ItemDocument, after: ItemDocument) -> Iterator[Difference]:
    old, new = _facts(before), _facts(after)
    for name in dict.fromkeys((*new, *old)):
        if old.get(name) != new.get(name):
            yield Difference(name, _shown(old.get(name)), _shown(new.get(name)))
    old_texts, new_texts = _texts(before), _texts(after)
    for name in dict.fromkeys((*new_texts, *old_texts)):
        was, now = old_texts.get(name, ""), new_texts.get(name, "")
        if was != now:
            yield Difference(name, was, now, word_changes(was, now))


def word_changes(before: str, after: str) -> tuple[Piece, ...]:
    """The way from one text to another, word by word; a change is what was removed, then what was added."""
    was, now = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(Change.SAME, "".join(was[start:end])))
            continue
        if start < end:
            pieces.append(Piece(Change.REMOVED, "".join(was[start:end])))
        if new_start < new_end:
            pieces.append(Piece(Change.ADDED, "".join(now[new_start:new_end])))
    return tuple(pieces)


def _facts(item: ItemDocument) -> Mapping[str, object]:
    """Everything of an item that is no text in a language; the name of an item never changes."""
    languages = item.content.languages
    document = {name: value for name, value in item.to_document().items() if name not in (*languages, "id")}
    return {**document, "languages": list(languages)}


def _texts(item: ItemDocument) -> Mapping[str, str]:
    texts = {f"{body.language} {name}": text for body in item.content.bodies for name, text in body.segments}
    rationale: Sequence[tuple[str, str]] = item.key.rationale.by_language if item.key.rationale else ()
    return {**texts, **{f"{language} rationale": text for language, text in rationale}}


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def earlier_version(
    versions: Sequence[ItemVersion], version: ItemVersion, *, wanted: str = ""
) -> ItemVersion | None:
    """The version to compare with: the one that is wanted, if it is of this item, else the one before; None for the first."""
    others = [other for other in versions if other.id != version.id]
    chosen = next((other for other in others if other.id == wanted), None)
    before = [other for other in others if other.number < version.number]
    return chosen or max(before, key=lambda other: other.number, default=None)
