# SPDX-License-Identifier: Apache-2.0
"""What a candidate may see of an item: an allow-list, under names that mean nothing outside one attempt.

Nothing is copied here that is not named in ``CandidateItem``. No key, rationale, letter, author, state or bank id is among it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from itertools import product
from typing import Final

from core.errors import Invalid
from item_bank.items.candidate_parts import (
    MEDIA_ADDRESS,
    CandidateFlow,
    CandidatePart,
    Opaque,
    block_parts,
    candidate_flows,
    candidate_parts,
    media_ref,
    part_ref,
)
from item_bank.items.model import ItemContent, ItemVersion
from scoring.api import BaseType, Cardinality

ItemResponse = tuple[str, ...] | str | None
"""A response in the bank's own terms: option letters, a text, or None for not answered. ``scoring`` reads it as it is."""

MAXIMUM_TEXT: Final = 500
_BYTES: Final = 10
_ITEM: Final = ""
_ORDER: Final = "order:"
_PAIRS: Final = tuple(map("".join, product("abcdefghijklmnopqrstuvwxyz234567", repeat=2)))
_PREVIEW: Final = b"preview of an author"


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
    """An item as one attempt's page may hold it.

    A simple one has ``bodies``. A rich one has ``parts``, in each language a flow, and ``blocks``: the refs of the parts that
    stand between the chunks of the flows.
    """

    ref: str
    interaction: str
    bodies: tuple[CandidateBody, ...]
    parts: tuple[CandidatePart, ...] = ()
    flows: tuple[CandidateFlow, ...] = ()
    blocks: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which it can be shown."""
        return tuple(one.language for one in self.flows or self.bodies)

    def part(self, ref: str) -> CandidatePart:
        """One interaction; the flows name no other."""
        return next(part for part in self.parts if part.ref == ref)


def opaque_ids(secret: bytes) -> Opaque:
    """Names under one attempt's secret: 16 lower-case letters and digits (80 bits of HMAC-SHA-256), the same every time.

    ``secret`` has at least 16 bytes; anything shorter raises ValueError.
    """
    if len(secret) < 16:
        raise ValueError("an attempt's secret has at least 16 bytes")

    def opaque(version_id: str, part: str) -> str:
        mac = hmac.digest(secret, f"{version_id}\x1f{part}".encode(), hashlib.sha256)
        return _name_of(int.from_bytes(mac[:_BYTES]))

    return opaque


def _name_of(n: int) -> str:
    """80 bits in base 32 (RFC 4648, lower case). A test has two hundred names: the library's way takes three times as long."""
    pair = _PAIRS
    return (
        f"{pair[n >> 70]}{pair[n >> 60 & 1023]}{pair[n >> 50 & 1023]}{pair[n >> 40 & 1023]}"
        f"{pair[n >> 30 & 1023]}{pair[n >> 20 & 1023]}{pair[n >> 10 & 1023]}{pair[n & 1023]}"
    )


def candidate_view(version: ItemVersion, *, opaque: Opaque, media_base: str = MEDIA_ADDRESS) -> CandidateItem:
    """Project a version for one attempt; options are in an order of that attempt's own where the item allows it.

    ``media_base`` is what the address of a picture, sound or film begins with; its opaque name follows.
    """
    return project(version.content, version_id=version.id, opaque=opaque, media_base=media_base)


def preview_item(
    content: ItemContent, *, name: str = "preview", media_base: str = MEDIA_ADDRESS
) -> CandidateItem:
    """What a candidate would see of a draft, for its author: the same projection under a secret that belongs to no attempt."""
    return project(content, version_id=name, opaque=opaque_ids(_PREVIEW), media_base=media_base)


def preview_media(content: ItemContent, *, name: str = "preview") -> dict[str, str]:
    """The opaque names of a preview's media, each with the name within the item."""
    opaque = opaque_ids(_PREVIEW)
    return {media_ref(name, media.name, opaque=opaque): media.name for media in content.media}


def project(content: ItemContent, *, version_id: str, opaque: Opaque, media_base: str) -> CandidateItem:
    """The candidate's view of a content under the names that ``opaque`` gives to ``version_id``."""
    ref = item_ref(version_id, opaque=opaque)
    if content.is_rich:
        return CandidateItem(
            ref,
            content.interaction.value,
            (),
            parts=candidate_parts(content, version_id=version_id, opaque=opaque, media_base=media_base),
            flows=candidate_flows(content, version_id=version_id, opaque=opaque, media_base=media_base),
            blocks=tuple(part_ref(version_id, part.id, opaque=opaque) for part in block_parts(content)),
        )
    names = {letter: opaque(version_id, letter) for letter in _shown_letters(content, version_id, opaque)}
    bodies = []
    for body in content.bodies:
        texts = {option.letter: option.text for option in body.options}
        options = tuple(CandidateOption(name, texts[letter]) for letter, name in names.items())
        bodies.append(CandidateBody(body.language, body.stem, options))
    return CandidateItem(ref, content.interaction.value, tuple(bodies))


def item_ref(version_id: str, *, opaque: Opaque) -> str:
    """The name of an item within one attempt."""
    return opaque(version_id, _ITEM)


def shown_order(version: ItemVersion, *, opaque: Opaque) -> tuple[str, ...]:
    """The letters of the options in the order in which this attempt sees them."""
    return _shown_letters(version.content, version.id, opaque)


def _shown_letters(content: ItemContent, version_id: str, opaque: Opaque) -> tuple[str, ...]:
    if not content.shuffle:
        return content.letters
    return tuple(sorted(content.letters, key=lambda letter: opaque(version_id, _ORDER + letter)))


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
