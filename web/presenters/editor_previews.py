# SPDX-License-Identifier: Apache-2.0
"""What a candidate would see of an item that is being written: the server's own projection, one language at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from flask import url_for
from markupsafe import Markup

from item_bank import api as bank
from web.presenters.editor_words import language_name

_BASE: Final = "preview-media:"


def bank_media(sha256: str) -> str:
    """Where authors and reviewers see a file of their bank."""
    return url_for("editor.media", sha256=sha256)


def previews(
    content: bank.ItemContent | None,
    languages: Sequence[str],
    *,
    name: str = "preview",
    media_url: Callable[[str], str] = bank_media,
) -> list[dict[str, Any]]:
    """A question in each language, as ``learner/item.html`` takes it; empty while there is nothing to show.

    ``name`` keeps several questions of one page apart; ``media_url`` is where the reader may see a file, by its hash.
    """
    if content is None:
        return []
    return [
        _preview(content, language, f"{name}-{language}", media_url)
        for language in languages
        if language in content.languages
    ]


def _preview(
    content: bank.ItemContent, language: str, name: str, media_url: Callable[[str], str]
) -> dict[str, Any]:
    # In the author's own order, so that the languages can be compared line by line.
    parts = tuple(replace(part, shuffle=False) for part in content.parts)
    alone = replace(content, bodies=(content.body(language),), parts=parts, shuffle=False)
    # names of its own, so that two previews can stand in one page
    item = bank.preview_item(alone, name=name, media_base=_BASE)
    question: dict[str, Any] = {
        "ref": item.ref,
        "type": item.interaction,
        "number": 1,
        "rich": None,
        "bodies": {},
    }
    if item.parts:
        question |= {"rich": item, "bodies": {language: None}}
    else:
        question["bodies"] = {
            body.language: {"stem": body.stem, "options": [(one.id, one.text) for one in body.options]}
            for body in item.bodies
        }
    return {
        "language": language,
        "name": language_name(language),
        "question": question,
        "addressed": _addressed(alone, name, media_url),
    }


def _addressed(content: bank.ItemContent, name: str, media_url: Callable[[str], str]) -> Any:
    """Writes the addresses of the bank's files in the place of the opaque ones of the projection."""
    pins = {media.name: media.sha256 for media in content.media}
    known = {
        f"{_BASE}{opaque}": media_url(pins[media])
        for opaque, media in bank.preview_media(content, name=name).items()
    }

    def addressed(html: Markup) -> Markup:
        text = str(html)
        for opaque, address in known.items():
            text = text.replace(opaque, address)
        return Markup(text)  # noqa: S704 - the text is the template's own output

    return addressed
