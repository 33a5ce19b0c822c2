# SPDX-License-Identifier: Apache-2.0
"""What an author types and how an item keeps it: paragraphs and lines as typed on one side, allow-listed markup on the other.

An author who needs no markup never meets it. What cannot go both ways without a change is shown as the markup that it is.
"""

from __future__ import annotations

import html
import re
from typing import Final

from item_bank import api as bank

_BLOCK: Final = re.compile(
    r"</?(?:p|br|hr|div|ul|ol|li|dl|table|figure|blockquote|pre|h[3-6])\b", re.IGNORECASE
)
_TAG: Final = re.compile(r"<[a-z!/?]", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:[a-z]{2,31}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_PARAGRAPH: Final = re.compile(r"<p>(.*?)</p>", re.DOTALL)


def has_markup(text: str) -> bool:
    """Whether a text holds a tag, an entity or the place of an interaction."""
    return bool(_TAG.search(text) or _ENTITY.search(text) or bank.PLACE.search(text))


def stored(typed: str) -> str:
    """What was typed as markup: blank lines part paragraphs, line ends are kept, tags are what they are.

    Text with block elements of its own is taken as it stands. Refused markup stays in, so that it can be named.
    """
    text = typed.replace("\r\n", "\n").strip()
    if bank.markup_problems(text) or _BLOCK.search(text):
        return text if bank.markup_problems(text) else bank.clean_markup(text)
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    lines = [bank.clean_markup(part).replace("\n", "<br>") for part in paragraphs]
    if len(lines) <= 1:
        return "".join(lines)
    return "".join(line if _only_a_place(line) else f"<p>{line}</p>" for line in lines)


def typed(markup: str) -> str:
    """Markup as an author edits it: as plain paragraphs if ``stored`` makes the same of them, else unchanged."""
    found = _PARAGRAPH.sub(lambda match: f"\n\n{match[1]}\n\n", markup).replace("<br>", "\n")
    found = re.sub(r"\n{3,}", "\n\n", found).strip()
    for candidate in (html.unescape(found), found):
        if stored(candidate) == markup:
            return candidate
    return markup


def _only_a_place(line: str) -> bool:
    return bank.PLACE.fullmatch(line) is not None


def with_places(flow: str, places: list[str]) -> str:
    """A flow with the interactions that it does not place itself at its end, one below the other."""
    missing = [place for place in places if f"[[{place}]]" not in flow]
    text = flow.rstrip()
    return "\n\n".join([text, *(f"[[{place}]]" for place in missing)]) if missing else text


def without_places(flow: str, places: list[str]) -> str:
    """A typed flow without the interactions at its end, where they go by themselves, in this order."""
    text = flow.rstrip()
    for place in reversed(places):
        if not text.endswith(f"\n\n[[{place}]]"):
            return flow
        text = text.removesuffix(f"[[{place}]]").rstrip()
    return text
