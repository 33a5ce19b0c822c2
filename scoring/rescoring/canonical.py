# SPDX-License-Identifier: Apache-2.0
"""Documents as bytes that are the same everywhere, and their hashes. What a document says does not live here.

The form is that of RFC 8785 for documents without floats: members sorted by their UTF-16 code units, no blanks, UTF-8. Marks
are exact strings, so a float in a document is a fault and is refused.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

from scoring.errors import StatisticsError

LARGEST: Final = 2**53 - 1  # a whole number that every reader of JSON holds exactly


def canonical_bytes(document: object) -> bytes:
    """The document in its canonical form; StatisticsError(`replay_not_canonical`) names what has none by its JSON path."""
    text = json.dumps(_ordered(document, "$"), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def digest(document: object) -> str:
    """SHA-256 of the canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def _ordered(value: object, where: str) -> object:
    match value:
        case None | bool():
            return value
        case str() if _is_text(value):
            return value
        case int() if abs(value) <= LARGEST:
            return value
        case dict() if all(isinstance(name, str) and _is_text(name) for name in value):
            names = sorted(value, key=lambda name: name.encode("utf-16-be"))
            return {name: _ordered(value[name], f"{where}.{name}") for name in names}
        case list() | tuple():
            return [_ordered(part, f"{where}[{place}]") for place, part in enumerate(value)]
        case _:
            raise StatisticsError("replay_not_canonical", where=where)


def _is_text(text: str) -> bool:
    """Whether it is Unicode: half of a surrogate pair is not."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
