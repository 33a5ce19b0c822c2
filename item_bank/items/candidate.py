# SPDX-License-Identifier: Apache-2.0
"""What a candidate may see of an item: an allow-list, under names that mean nothing outside one attempt.

Nothing is copied here that is not named in ``CandidateItem``. No key, rationale, letter, author, state or bank id is among it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.errors import Invalid
from item_bank.items.model import ItemVersion
from scoring.api import BaseType, Cardinality

Opaque = Callable[[str, str], str]
"""(item version id, part) -> a name for that part; part is ``""`` for the item itself or an option's letter."""

ItemResponse = tuple[str, ...] | str | None
"""A response in the bank's own terms: option letters, a text, or None for not answered. ``scoring`` reads it as it is."""

MAXIMUM_TEXT: Final = 500
_BYTES: Final = 10
_ITEM: Final = ""
_ORDER: Final = "order:"


@dataclass(frozen=True, slots=True)
class CandidateOption:
    """One choice on the page; ``id`` is what the browser sends back."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class CandidateBody:
    """An item in one language. The options stand in the same order in every language."""

    language: str
    stem: str
    options: tuple[CandidateOption, ...]


@dataclass(frozen=True, slots=True)
class CandidateItem:
    """An item as one attempt's page may hold it."""

    ref: str
    interaction: str
    bodies: tuple[CandidateBody, ...]


def opaque_ids(secret: bytes) -> Opaque:
    """Names under one attempt's secret: 16 lower-case letters and digits (80 bits of HMAC-SHA-256), the same every time.

    ``secret`` has at least 16 bytes; anything shorter raises ValueError.
    """
    if len(secret) < 16:
        raise ValueError("an attempt's secret has at least 16 bytes")

    def opaque(version_id: str, part: str) -> str:
        mac = hmac.digest(secret, f"{version_id}\x1f{part}".encode(), hashlib.sha256)
        return base64.b32encode(mac[:_BYTES]).decode().lower()

    return opaque


def candidate_view(version: ItemVersion, *, opaque: Opaque) -> CandidateItem:
    """Project a version for one attempt; options are in an order of that attempt's own where the item allows it."""
    letters = shown_order(version, opaque=opaque)
    bodies = []
    for body in version.content.bodies:
        texts = {option.letter: option.text for option in body.options}
        options = tuple(CandidateOption(opaque(version.id, letter), texts[letter]) for letter in letters)
        bodies.append(CandidateBody(body.language, body.stem, options))
    return CandidateItem(
        item_ref(version.id, opaque=opaque), version.content.interaction.value, tuple(bodies)
    )


def item_ref(version_id: str, *, opaque: Opaque) -> str:
    """The name of an item within one attempt."""
    return opaque(version_id, _ITEM)


def shown_order(version: ItemVersion, *, opaque: Opaque) -> tuple[str, ...]:
    """The letters of the options in the order in which this attempt sees them."""
    letters = version.content.letters
    if not version.content.shuffle:
        return letters
    return tuple(sorted(letters, key=lambda letter: opaque(version.id, _ORDER + letter)))


def resolve_response(version: ItemVersion, response: object, *, opaque: Opaque) -> ItemResponse:
    """From what the browser sent to letters or text; the order of the letters is the bank's.

    ``response`` is None, a list of option ids, or a text. Raises Invalid: ``response_shape`` (wrong type, an id twice, two
    choices where one is allowed), ``response_too_long``, ``unknown_option`` (an id that this item does not have here).
    """
    if response is None:
        return None
    interaction = version.content.interaction
    if interaction.base_type is BaseType.STRING:
        if not isinstance(response, str):
            raise Invalid("response_shape", expected="text")
        if not response.isascii() and any("\ud800" <= character <= "\udfff" for character in response):
            raise Invalid("response_shape", expected="text in whole Unicode characters")
        if len(response) > MAXIMUM_TEXT:
            raise Invalid("response_too_long", maximum=MAXIMUM_TEXT)
        return response
    if not isinstance(response, list) or len(response) != len({str(part) for part in response}):
        raise Invalid("response_shape", expected="a list of different option ids")
    if interaction.cardinality is Cardinality.SINGLE and len(response) > 1:
        raise Invalid("response_shape", expected="one option id")
    letter_of = {opaque(version.id, letter): letter for letter in version.content.letters}
    if not all(isinstance(part, str) and part in letter_of for part in response):
        raise Invalid("unknown_option")
    return tuple(sorted(letter_of[part] for part in response))
