# SPDX-License-Identifier: Apache-2.0
"""Small reads of Moodle's XML that its readers share. Nothing about questions lives here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element


def text_of(node: _Element | None) -> str:
    """What stands in ``<text>`` of a node, or in the node itself."""
    if node is None:
        return ""
    inner = node.find("text")
    found = inner if inner is not None else node
    return found.text or ""


def child_text(node: _Element, name: str) -> str:
    """The text of a child, ``""`` where there is none."""
    found = node.find(name)
    return "" if found is None else text_of(found)


def children(node: _Element, name: str) -> Iterator[_Element]:
    """The children of a name."""
    yield from node.iterfind(name)


def is_set(node: _Element, name: str, *, default: bool = False) -> bool:
    """Whether a switch is on: ``true``, ``1``, or there and empty."""
    found = node.find(name)
    if found is None:
        return default
    return (found.text or "1").strip().lower() in ("true", "1")
