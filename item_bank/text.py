# SPDX-License-Identifier: Apache-2.0
"""What counts as plain text in a bank: one Unicode form, nothing invisible, no markup."""

from __future__ import annotations

import re
import unicodedata

# A tag, a comment, or an entity. Text is shown as it stands, so markup in it would reach the learner as litter.
_MARKUP = re.compile(r"</?[a-z][^<>]*>|<!|&(?:[a-z]{2,31}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)

# Devanagari needs the joiners U+200C and U+200D; every other invisible or direction-changing mark is refused, because it makes
# two texts that look the same differ, or a text read differently from how it is stored.
_JOINERS = "\u200c\u200d"
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def plain(value: str) -> str:
    """``value`` in NFC, with line feeds for line ends and no white space around it."""
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def text_problem(value: str) -> tuple[str, str] | None:
    """Why ``value`` (already ``plain``) may not be stored, as (code, reason), or None."""
    if (invisible := invisible_problem(value)) is not None:
        return invisible
    if (found := _MARKUP.search(value)) is not None:
        return "html_in_text", f"{found.group()[:40]!r} looks like HTML; write plain text"
    return None


def invisible_problem(value: str) -> tuple[str, str] | None:
    """The first character of ``value`` that nobody sees and that changes what it is, as (code, reason), or None."""
    if not value.replace("\n", " ").isprintable():  # quick, and true of nearly every text
        for position, character in enumerate(value, start=1):
            if unicodedata.category(character) in _REFUSED_CATEGORIES and character not in _JOINERS + "\n":
                return (
                    "control_character",
                    f"character {position} is the invisible U+{ord(character):04X}; delete it",
                )
    return None


def is_blank(value: str) -> bool:
    """Whether nothing of ``value`` can be seen."""
    return not value.strip().strip(_JOINERS)


def comparable(value: str) -> str:
    """A form in which two texts that a reader cannot tell apart are equal."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())
