# SPDX-License-Identifier: Apache-2.0
"""From the body of a QTI item to the markup of the bank, interactions by their places. What they ask is in ``interactions``."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final, Protocol

from item_bank.markup import ALLOWED, PLACE
from item_bank.qti.gathering import Gathering
from item_bank.qti.names import BLOCKS, CLASS, IGNORED, INTERACTIONS, REFUSED, RENAMED, UNWRAPPED
from item_bank.qti.shown_media import attribute_markup, hidden_attributes, shown_markup
from item_bank.qti.xml import attributes_of, is_element, name_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_SPACE = re.compile(r"[ \t\r\n]+")
_BLOCK_MARKUP: Final = frozenset({"table", "ul", "ol", "dl", "div", "p", "pre", "blockquote", "figure", "hr"})


class Interactions(Protocol):
    """Who reads the interactions that stand in a body."""

    def interaction(self, node: _Element, name: str, flow: Flow) -> str:
        """Read one; the markup that stands in its place."""

    def inside(self, node: _Element, name: str, flow: Flow) -> str | None:
        """A gap or hot text: the markup in its place, None where the element is none."""

    def rubric(self, node: _Element, flow: Flow) -> str:
        """A rubric block: the markup in its place."""

    def feedback(self, node: _Element, flow: Flow) -> str:
        """Feedback inside the body: the markup in its place."""

    def prompt(self, part_id: str, markup: str) -> None:
        """The prompt of an interaction that has no element for it."""


class Flow:
    """Renders nodes as markup, in one language where the item alternates between several (``language`` then names it)."""

    def __init__(
        self,
        gathering: Gathering,
        interactions: Interactions,
        *,
        language: str = "",
        others: frozenset[str] = frozenset(),
    ) -> None:
        self.gathering = gathering
        self.language = language
        self._interactions = interactions
        self._others = others
        self._as_written = 0

    def content(self, node: _Element) -> str:
        """What is inside an element, as markup."""
        out = [self._text(node.text or "", before=None, after=_first(node))]
        for child in node:
            if is_element(child):
                out.append(self._element(child))
            out.append(self._text(child.tail or "", before=child, after=child.getnext()))
        return "".join(out)

    def inline(self, node: _Element) -> str:
        """What is inside an element, without white space around it (unless it counts)."""
        text = self.content(node)
        return text if self.gathering.exact else text.strip()

    def without(self, node: _Element, names: tuple[str, ...]) -> str:
        """What is inside an element, its children of these names and the white space around them left out."""
        kept = [child for child in node if not (is_element(child) and name_of(child) in names)]
        exact = self.gathering.exact
        out = [escaped_text(node.text or "")] if exact or len(kept) == len(node) else []
        for child in node if exact else kept:
            if child in kept and is_element(child):
                out.append(self._element(child))
            out.append(self._text(child.tail or "", before=child, after=child.getnext()))
        return "".join(out) if exact else "".join(out).strip()

    def after(self, node: _Element, child: _Element) -> str:
        """What is inside an element after its first child, whose white space counts."""
        out = [self._text(child.tail or "", before=child, after=child.getnext())]
        for following in child.itersiblings():
            if is_element(following):
                out.append(self._element(following))
            out.append(self._text(following.tail or "", before=following, after=following.getnext()))
        return "".join(out)

    def _element(self, node: _Element) -> str:
        name = name_of(node)
        attributes = attributes_of(node)
        if self._others and _language(attributes) in self._others:
            return ""
        if name in REFUSED:
            code, reason = REFUSED[name]
            self.gathering.refuse(node, code, f"<{name}>: {reason}")
            return ""
        if name in INTERACTIONS or name in ("mediaInteraction", "positionObjectStage"):
            return self._interactions.interaction(node, name, self)
        if (inside := self._interactions.inside(node, name, self)) is not None:
            return inside
        if name == "rubricBlock":
            return self._interactions.rubric(node, self)
        if name in ("feedbackInline", "feedbackBlock"):
            return self._interactions.feedback(node, self)
        if name in ("img", "object", "audio", "video", "picture"):
            return self.shown(node)
        vocabulary, _, local = name.rpartition(":")
        if vocabulary == "mathml":
            return self._math(node, local)
        if vocabulary == "ssml":
            self.gathering.lose("how a voice reads the text (SSML)")
            return self.content(node)
        if vocabulary:
            self.gathering.refuse(
                node, "element_unknown", f"<{name[:40]}> is of a vocabulary that is not read"
            )
            return ""
        return self._html(node, name, attributes)

    def _html(self, node: _Element, name: str, attributes: dict[str, str]) -> str:
        classes = attributes.get("class", "").split()
        if (without := self._without_element(node, name, attributes, classes)) is not None:
            return without
        target = self._target(node, RENAMED.get(name, name), classes)
        allowed = ALLOWED.get(target)
        if allowed is None or target in ("img", "audio", "video"):
            reason = f"<{name[:40]}> cannot stand in the text of an item"
            self.gathering.refuse(node, "element_unknown", reason)
            return ""
        kept: list[tuple[str, str]] = []
        for raw, value in attributes.items():
            key = "lang" if raw == "xml:lang" else raw
            if key in allowed and not (key == "lang" and any(one == "lang" for one, _ in kept)):
                kept.append((key, value))
            elif key != "class" or any(not token.startswith(CLASS) for token in classes):
                self.gathering.drop(node, key, value)
        for place, key, value in hidden_attributes(classes) if self.gathering.exact else ():
            kept.insert(place, (key, value))
        start = f"<{target}{''.join(attribute_markup(*pair) for pair in kept)}>"
        if target in ("br", "hr"):
            return start
        self._as_written += target == "pre"
        inner = self.content(node)
        self._as_written -= target == "pre"
        return f"{start}{inner}</{target}>"

    def _without_element(
        self, node: _Element, name: str, attributes: dict[str, str], classes: list[str]
    ) -> str | None:
        """What stands for an element that is not kept itself, None for one that is."""
        if name in IGNORED:
            if name not in ("colgroup", "col", "wbr"):
                self.gathering.lose(f"<{name}>")
            return ""
        if self.gathering.exact and (own := self._own(node, classes)) is not None:
            return own
        if name in UNWRAPPED:
            if name == "a" and attributes.get("href"):
                self.gathering.lose("the address of a link (its text is kept)")
            elif name == "infoControl":
                self.gathering.lose("that a text shows only on request (infoControl); it always shows")
            return self.content(node)
        is_empty = not len(node) and not (node.text or "").strip()
        return "" if is_empty and "data-stimulus-idref" in attributes else None

    def _own(self, node: _Element, classes: list[str]) -> str | None:
        """What our own export wrapped for the sake of QTI's rules, None for any other element."""
        for token in classes:
            if token in (f"{CLASS}run", f"{CLASS}bare"):
                return self.content(node)
            if token.startswith(f"{CLASS}prompt-"):
                self._interactions.prompt(token.removeprefix(f"{CLASS}prompt-"), self.content(node))
                return ""
            if token.startswith(f"{CLASS}choices-"):
                return f"[[{token.removeprefix(f'{CLASS}choices-')}]]"
        return None

    def _target(self, node: _Element, name: str, classes: list[str]) -> str:
        """The element of the bank: a paragraph holds no blocks."""
        if self.gathering.exact:
            own = f"{CLASS}el-"
            return next((token.removeprefix(own) for token in classes if token.startswith(own)), name)
        below = (one for one in node.iterdescendants() if is_element(one))
        return "div" if name == "p" and any(name_of(one) in _BLOCK_MARKUP for one in below) else name

    def _fenced(self, node: _Element) -> str:
        """MathML's old ``mfenced`` as the row that it stands for (MathML 3, 3.3.8.3): fences and separators as operators."""
        inner = [self._element(child) for child in node if is_element(child)]
        marks = "".join(node.get("separators", ",").split())
        row = f"<mo>{html.escape(node.get('open', '('))}</mo>"
        for place, element in enumerate(inner):
            mark = marks[min(place - 1, len(marks) - 1)] if place and marks else ""
            row += (f"<mo>{html.escape(mark)}</mo>" if mark else "") + element
        return f"<mrow>{row}<mo>{html.escape(node.get('close', ')'))}</mo></mrow>"

    def _math(self, node: _Element, local: str) -> str:
        if local == "annotation-xml":
            self.gathering.lose("<annotation-xml> in a formula")
            return ""
        if local == "maction":
            first = next((child for child in node if is_element(child)), None)
            self.gathering.lose("<maction> in a formula")
            return "" if first is None else self._element(first)
        if local == "mfenced":
            return self._fenced(node)
        allowed = ALLOWED.get(local)
        if allowed is None or local not in _MATH_NAMES:
            self.gathering.refuse(node, "element_unknown", f"<{local[:40]}> cannot stand in a formula")
            return ""
        kept = []
        for raw, value in node.attrib.items():
            name = str(raw)
            key = "lang" if name.startswith("{") and name.endswith("}lang") else name
            if key in allowed:
                kept.append((key, str(value)))
            else:
                self.gathering.drop(node, key, str(value))
        return f"<{local}{''.join(attribute_markup(*pair) for pair in kept)}>{self.content(node)}</{local}>"

    def shown(self, node: _Element) -> str:
        """A picture, sound or film."""
        return shown_markup(node, self.gathering)

    def _text(self, text: str, *, before: _Element | None, after: _Element | None) -> str:
        if not self.gathering.exact and not self._as_written:
            text = _SPACE.sub(" ", text)
            if text == " " and (_is_block(before) or before is None) and (_is_block(after) or after is None):
                return ""
        escaped = escaped_text(text)
        if PLACE.search(escaped):
            self.gathering.refuse(
                before, "place_in_text", "the text holds [[…]], which names a place for an answer here"
            )
        return escaped


_MATH_NAMES: Final = frozenset(name for name, allowed in ALLOWED.items() if "mathvariant" in allowed)


def escaped_text(text: str) -> str:
    """Character data as markup; the hard space by its name, as cleaned markup has it."""
    return html.escape(text, quote=False).replace("\u00a0", "&nbsp;")


def _language(attributes: dict[str, str]) -> str:
    stated = attributes.get("xml:lang") or attributes.get("lang") or ""
    return stated.partition("-")[0].lower()


def _first(node: _Element) -> _Element | None:
    return next(iter(node), None)


def _is_block(node: _Element | None) -> bool:
    return node is not None and is_element(node) and name_of(node) in BLOCKS
