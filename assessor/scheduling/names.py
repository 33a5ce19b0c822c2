# SPDX-License-Identifier: Apache-2.0
"""What may stand as a name of a person, a batch or a place, or as the reason that a person gives. Pure."""

from __future__ import annotations

import unicodedata

from core.errors import Invalid

MAXIMUM_NAME = 200
SHORTEST_REASON = 3
LONGEST_REASON = 500
ERASED_NAME = "[erased]"
"""Stands where the name of an erased person stood."""


def require_name(text: str) -> str:
    """`text` without surrounding space, 1 to 200 visible characters; raises Invalid `name_malformed`."""
    name = text.strip()
    if not 1 <= len(name) <= MAXIMUM_NAME or not all(map(_writable, name)):
        raise Invalid("name_malformed", longest=MAXIMUM_NAME)
    return name


def optional_text(text: str, *, longest: int = MAXIMUM_NAME) -> str:
    """`text` without surrounding space, possibly empty; raises Invalid `name_malformed`."""
    words = text.strip()
    if len(words) > longest or not all(map(_writable, words)):
        raise Invalid("name_malformed", longest=longest)
    return words


def require_full_reason(text: str) -> str:
    """A reason that a person gives, 3 to 500 characters without spaces around; raises Invalid `reason_malformed`."""
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise Invalid("reason_malformed", lowest=SHORTEST_REASON, highest=LONGEST_REASON)
    return reason


def comparable(text: str) -> str:
    """A form in which two names that a reader cannot tell apart are equal."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _writable(character: str) -> bool:
    return character.isprintable() or character in "\u200c\u200d"  # the joiners that Devanagari needs
