# SPDX-License-Identifier: Apache-2.0
"""XML to be written: a small tree in the names of QTI 2, and its text in the names of either version. Everything is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from core.errors import Invalid
from scoring.api import Element


class Version(StrEnum):
    """The versions that are written."""

    QTI_2_1 = "2.1"
    QTI_3_0 = "3.0"


class World(StrEnum):
    """Whose vocabulary an element is from."""

    QTI = "qti"
    HTML = "html"
    MATH = "math"
    FITTED = "fitted"  # HTML as the version has it
    RAW = "raw"  # as it is written, namespaces and all


@dataclass(slots=True)
class Tag:
    """One element; ``children`` are elements and texts."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Tag | str] = field(default_factory=list)
    world: World = World.QTI

    def descend(self) -> Iterator[Tag]:
        """This element and all below it."""
        yield self
        for child in self.children:
            if isinstance(child, Tag):
                yield from child.descend()


Node = Tag | str

MATHML: Final = "http://www.w3.org/1998/Math/MathML"
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z]+)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_AS_THEY_ARE: Final = ("xml:", "xmlns", "xsi:", "data-", "aria-")


def tag(name: str, attributes: Mapping[str, str] | None = None, *children: Node) -> Tag:
    """An element of QTI."""
    return Tag(name, dict(attributes or {}), list(children))


def html(name: str, attributes: Mapping[str, str] | None = None, *children: Node) -> Tag:
    """An element of HTML."""
    return Tag(name, dict(attributes or {}), list(children), World.HTML)


def fitted(name: str, attributes: Mapping[str, str] | None = None, *children: Node) -> Tag:
    """An element of HTML that needs no more fitting to its version."""
    return Tag(name, dict(attributes or {}), list(children), World.FITTED)


def raw(name: str, attributes: Mapping[str, str] | None = None, *children: Node) -> Tag:
    """An element of any other vocabulary."""
    return Tag(name, dict(attributes or {}), list(children), World.RAW)


def of_element(element: Element) -> Tag:
    """A declaration or rule."""
    children: list[Node] = [element.text] if element.text else []
    return Tag(element.name, dict(element.attributes), [*children, *map(of_element, element.children)])


def xml_bytes(root: Tag, version: Version, *, item: str = "") -> bytes:
    """The document in UTF-8. Invalid(``qti_cannot_express``, item, reason) for characters that XML cannot hold."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(root, version, out)
    text = "".join(out) + "\n"
    if _NOT_XML.search(text) is not None:
        raise Invalid("qti_cannot_express", item=item, reason="a character that XML cannot hold")
    return text.encode("utf-8")


def _write(element: Tag, version: Version, out: list[str]) -> None:
    ours = element.world is World.QTI and version is Version.QTI_3_0
    name = f"qti-{kebab(element.name)}" if ours else element.name
    out.append(f"<{name}")
    if element.world is World.MATH and element.name == "math":
        out.append(f' xmlns="{MATHML}"')
    for key, value in element.attributes.items():
        written = kebab(key) if ours and not key.startswith(_AS_THEY_ARE) else key
        out.append(f' {written}="{_attribute(value)}"')
    if not element.children:
        out.append("/>")
        return
    out.append(">")
    for child in element.children:
        if isinstance(child, Tag):
            _write(child, version, out)
        else:
            out.append(_text(child))
    out.append(f"</{name}>")


def kebab(name: str) -> str:
    """QTI 2's ``responseIdentifier`` as QTI 3's ``response-identifier``."""
    return _HUMP.sub(lambda hump: f"-{hump[1]}", name).lower()


def _text(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\r", "&#13;")


def _attribute(text: str) -> str:
    escaped = _text(text).replace('"', "&quot;")
    return escaped.replace("\n", "&#10;").replace("\t", "&#9;")


def joined(nodes: Iterable[Node]) -> list[Node]:
    """The nodes with neighbouring texts made one."""
    result: list[Node] = []
    for node in nodes:
        if isinstance(node, str) and result and isinstance(result[-1], str):
            result[-1] += node
        elif node != "":
            result.append(node)
    return result
