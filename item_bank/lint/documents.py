# SPDX-License-Identifier: Apache-2.0
"""From an item document, or from looser JSON, to what the rules look at. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from item_bank.document import type_name
from item_bank.items.model import Body, ItemDocument
from item_bank.items.parts import Choice, Part
from item_bank.lint.model import LintBody, LintItem, LintOption
from item_bank.markup import pictures_without_text, plain_text
from scoring.api import Interaction

_CHOOSES: Final = (Interaction.CHOICE_SINGLE, Interaction.CHOICE_MULTIPLE, Interaction.INLINE_CHOICE)
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def lint_item(document: ItemDocument, *, stale: tuple[tuple[str, str], ...] = ()) -> LintItem:
    """A whole item. Options are those of its choice, where it has exactly one."""
    content = document.content
    choosing = [part for part in content.structure if part.kind in _CHOOSES]
    part = choosing[0] if len(choosing) == 1 else None
    return LintItem(
        name=document.external_id,
        bodies=tuple(_body(body, part, rich=content.is_rich) for body in content.bodies),
        key=_key(document, part),
        single=part is not None and part.kind is not Interaction.CHOICE_MULTIPLE,
        shuffle=part is not None and part.shuffle,
        stale=stale,
    )


def _body(body: Body, part: Part | None, *, rich: bool) -> LintBody:
    offered: dict[str, Choice] = {f"{part.id}.{choice.id}": choice for choice in part.choices} if part else {}
    read = plain_text if rich else str
    texts = [(name, text) for name, text in body.segments if text]
    return LintBody(
        body.language,
        segments=tuple((name, read(text)) for name, text in texts if name not in offered),
        options=tuple(
            LintOption(offered[name].id, read(text), offered[name].fixed)
            for name, text in texts
            if name in offered
        ),
        silent_pictures=sum(pictures_without_text(text) for _, text in texts) if rich else 0,
    )


def _key(document: ItemDocument, part: Part | None) -> tuple[str, ...]:
    if part is None:
        return ()
    if not document.content.is_rich:
        return document.key.correct
    found = document.key.part(part.id)
    return found.correct if found else ()


def loose_item(value: object, *, name: str) -> LintItem | str:
    """An item of ``{"en": {...}, "hi": {...}, "key": ...}``, or why it cannot be read as one.

    A language has ``stem`` and ``options`` (a list, or an object by letter); ``key`` is a letter, a number from 1, the text
    of an option, or a list of these. ``shuffle`` is true unless said otherwise.
    """
    if not isinstance(value, dict):
        return f"an item is an object, not {type_name(value)}"
    languages = [
        (key, body)
        for key, body in value.items()
        if isinstance(body, dict) and key.isalpha() and 2 <= len(key) <= 3 and key != "key"
    ]
    if not languages:
        return "the item has no text in any language"
    bodies = tuple(_loose_body(language, body) for language, body in languages)
    key = tuple(_loose_key(value.get("key", value.get("answer")), bodies[0])) if bodies[0].options else ()
    return LintItem(
        name=str(value.get("id") or name),
        bodies=bodies,
        key=key,
        single=len(key) == 1 and value.get("type") != Interaction.CHOICE_MULTIPLE,
        shuffle=value.get("shuffle", True) is not False,
    )


def _loose_body(language: str, body: Mapping[str, object]) -> LintBody:
    given = body.get("options", body.get("choices", ()))
    pairs: Iterator[tuple[str, object]] | list[tuple[str, object]] = []
    if isinstance(given, dict):
        pairs = [(str(letter), text) for letter, text in given.items()]
    elif isinstance(given, list):
        pairs = list(zip(_LETTERS, given, strict=False))
    texts = [
        (name, text)
        for name, text in body.items()
        if isinstance(text, str) and text.strip() and name != "rationale"
    ]
    return LintBody(
        language,
        segments=tuple((name, plain_text(text) if "<" in text else text) for name, text in texts),
        options=tuple(LintOption(letter, _loose_text(text)) for letter, text in pairs),
        silent_pictures=sum(pictures_without_text(text) for _, text in texts),
    )


def _loose_text(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("text", "")
    text = value if isinstance(value, str) else str(value)
    return plain_text(text) if "<" in text else text


def _loose_key(key: object, body: LintBody) -> Iterator[str]:
    known = {option.id for option in body.options}
    by_text = {option.text: option.id for option in body.options}
    for value in key if isinstance(key, list) else [] if key is None else [key]:
        if isinstance(value, int) and not isinstance(value, bool):
            yield _LETTERS[value - 1] if 1 <= value <= len(body.options) else str(value)
        elif str(value) in known:
            yield str(value)
        else:
            yield by_text.get(str(value), str(value))
