# SPDX-License-Identifier: Apache-2.0
"""What rubric blocks and feedback hold, as plain text and as elements. Who it is for is decided in ``interactions``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from item_bank.qti.names import INTERACTIONS
from item_bank.qti.xml import is_element, name_of

if TYPE_CHECKING:
    from lxml.etree import _Element


def block_text(node: _Element, *, exact: bool) -> str:
    """The plain text of an element, a line for each block of it."""
    lines: list[str] = []
    for text, is_break in _runs(node, exact=exact):
        if is_break or not lines:
            lines.append("")
        lines[-1] += text
    if exact:
        return "\n".join(lines)
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _runs(node: _Element, *, exact: bool) -> Iterator[tuple[str, bool]]:
    """Pieces of text, each with whether it begins a new line."""
    yield node.text or "", False
    for child in node:
        if is_element(child):
            broken = name_of(child) in ("br", "p", "div", "li", "tr", "pre", "ul", "ol", "table")
            if broken and not exact:
                yield "", True
            if broken and exact and name_of(child) == "br":
                yield "", True
            yield from _runs(child, exact=exact)
            if broken and not exact:
                yield "", True
        yield child.tail or "", False


def content_body(node: _Element) -> _Element:
    """The element that holds the content: QTI 3 wraps the content of rubrics and feedback."""
    inner = [child for child in node if is_element(child)]
    return inner[0] if len(inner) == 1 and name_of(inner[0]) in ("contentBody", "feedbackBody") else node


def holds_interaction(node: _Element) -> bool:
    """Whether anything is asked inside an element."""
    return any(name_of(one) in INTERACTIONS for one in node.iterdescendants() if is_element(one))
