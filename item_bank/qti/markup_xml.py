# SPDX-License-Identifier: Apache-2.0
"""The bank's markup as XML: places become what the caller makes of them, what QTI lacks is kept in class names.

Reading it back is in ``flow``; the two agree on ``kasauti-el-NAME``, ``kasauti-attr-PLACE-NAME-VALUE`` and ``kasauti-run``.
"""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Final
from urllib.parse import quote

from item_bank.markup import PLACE
from item_bank.qti.names import BLOCK_INTERACTIONS, CLASS, EXTERNAL_PLACES
from item_bank.qti.tags import Node, Tag, Version, World, html, joined

_VOID: Final = frozenset({"br", "hr", "img"})
_NEW: Final = frozenset({"ruby", "rt", "rp", "figure", "figcaption", "bdi", "audio", "video"})
_NOWHERE: Final = frozenset({"u", "s"})
_BLOCK: Final = frozenset(
    [
        "p",
        "div",
        "hr",
        "ul",
        "ol",
        "dl",
        "table",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "figure",
        "figcaption",
        "rubricBlock",
        "positionObjectStage",
    ]
) | frozenset(BLOCK_INTERACTIONS)
_INNER_BLOCK: Final = frozenset({"figure", "figcaption"})
_NATIVE: Final = {
    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}, "img": {"alt", "width", "height"},
    "video": {"width", "height"},
}  # fmt: skip
_PLAIN_PARENTS: Final = EXTERNAL_PLACES | {
    "ul",
    "ol",
    "dl",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "figure",
    "blockquote",
}

Place = Callable[[str, str], Node]
"""From a part and a choice (or ``""``) to what stands in its place."""


class Writer:
    """Turns markup into nodes for one version. ``href`` gives the address of a file by its name, ``media_type`` its type.

    ``captions`` gives the captions of a film as (language, name).
    """

    def __init__(
        self,
        version: Version,
        *,
        href: Callable[[str], str],
        media_type: Callable[[str], str],
        captions: Callable[[str], list[tuple[str, str]]],
    ) -> None:
        self.version = version
        self.href = href
        self.media_type = media_type
        self.captions = captions

    def blocks(self, markup: str, place: Place) -> list[Node]:
        """Markup as nodes, text of the first level still bare; ``run`` wraps it."""
        return [self._fitting(node) for node in self._nodes(markup, place)]

    def inline(self, markup: str) -> list[Node]:
        """Markup as nodes for a choice or prompt, which hold no places."""
        return [self._fitting(node) for node in self._nodes(markup, _bare)]

    def _nodes(self, markup: str, place: Place) -> list[Node]:
        builder = _Builder()
        builder.feed(markup)
        builder.close()
        return self._placed(builder.root.children, place)

    def _placed(self, nodes: list[Node], place: Place) -> list[Node]:
        result: list[Node] = []
        for node in nodes:
            if isinstance(node, Tag):
                node.children = self._placed(node.children, place)
                result.append(node)
                continue
            start = 0
            for found in PLACE.finditer(node):
                result += [node[start : found.start()], place(found[1], found[2] or "")]
                start = found.end()
            result.append(node[start:])
        return joined(result)

    def _fitting(self, node: Node) -> Node:
        """A node in the elements and attributes that the version has."""
        if isinstance(node, str) or node.world in (World.QTI, World.FITTED):
            return node
        node.children = [self._fitting(child) for child in node.children]
        if node.world is World.MATH:
            node.attributes = {_lang(key): value for key, value in node.attributes.items()}
            return node
        if node.name in ("audio", "video", "img"):
            return self.shown(node.name, node.attributes)
        classes = []
        attributes: dict[str, str] = {}
        for place, (key, value) in enumerate(node.attributes.items()):
            if (
                key == "lang"
                or (key == "dir" and self.version is Version.QTI_3_0)
                or key in _NATIVE.get(node.name, ())
            ):
                attributes[_lang(key)] = value
            else:
                classes.append(hidden(place, key, value))
        name = node.name
        blocks = name not in _PLAIN_PARENTS and any(
            _is_block(child) for child in node.children if isinstance(child, Tag)
        )
        if blocks or name in _NOWHERE or (name in _NEW and self.version is Version.QTI_2_1):
            classes.insert(0, f"{CLASS}el-{name}")
            name = "div" if blocks or name in _INNER_BLOCK else "span"
        if classes:
            attributes["class"] = " ".join(classes)
        return html(name, attributes, *node.children)

    def shown(self, name: str, attributes: dict[str, str], *, classes: tuple[str, ...] = ()) -> Tag:
        """A picture, sound or film, in HTML or as an object of QTI 2.1."""
        shown = attributes.get("src", "").removeprefix("media:")
        tokens = list(classes)
        words: list[Node] = []
        written: dict[str, str] = {}
        as_object = name != "img" and self.version is Version.QTI_2_1
        for place, (key, value) in enumerate(attributes.items()):
            if key == "src":
                written["data" if as_object else "src"] = self.href(shown)
            elif key == "title" and as_object:
                tokens.append(f"{CLASS}words-{place}")
                words = [value] if value else []
            elif key == "title" and name != "img":
                written["aria-label"] = value
            elif (
                key == "lang"
                or (key == "dir" and self.version is Version.QTI_3_0)
                or key in _NATIVE.get(name, ())
            ):
                written[_lang(key)] = value
            else:
                tokens.append(hidden(place, key, value))
        if as_object:
            written["type"] = self.media_type(shown)
        elif name != "img":
            written["controls"] = "controls"
            words = [
                html("track", {"kind": "captions", "srclang": language, "src": self.href(caption)})
                for language, caption in self.captions(shown)
            ]
        elif "alt" not in written:
            written["alt"] = ""
            tokens.append(f"{CLASS}no-alt")
        if tokens:
            written["class"] = " ".join(tokens)
        return html("object" if as_object else name, written, *words)


def _bare(part: str, choice: str) -> str:
    """A place where none belongs stays the text that it is."""
    return f"[[{part}.{choice}]]" if choice else f"[[{part}]]"


def run(nodes: list[Node]) -> list[Node]:
    """Nodes where only blocks may stand: inline ones are wrapped, white space between blocks stays."""
    result: list[Node] = []
    waiting: list[Node] = []

    def flush() -> None:
        if any(not isinstance(node, str) or node.strip() for node in waiting):
            result.append(html("div", {"class": f"{CLASS}run"}, *waiting))
        else:
            result.extend(waiting)
        waiting.clear()

    for node in nodes:
        if isinstance(node, Tag) and _is_block(node):
            flush()
            result.append(node)
        else:
            waiting.append(node)
    flush()
    return result


def hidden(place: int, key: str, value: str) -> str:
    """An attribute as a class name."""
    return f"{CLASS}attr-{place}-{key}-{quote(value, safe='')}"


def _lang(key: str) -> str:
    return "xml:lang" if key == "lang" else key


def _is_block(node: Tag) -> bool:
    return node.name in _BLOCK and node.world is not World.MATH


class _Builder(HTMLParser):
    """Cleaned markup is well-formed: every element that is not empty is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Tag("", world=World.HTML)
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside_math = self._open[-1].world is World.MATH
        world = World.MATH if tag == "math" or inside_math else World.HTML
        made = Tag(tag, {name: value or "" for name, value in attrs}, world=world)
        self._open[-1].children.append(made)
        if tag not in _VOID or world is World.MATH:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1].name == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        children = self._open[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += data
        else:
            children.append(data)
