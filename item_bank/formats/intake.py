# SPDX-License-Identifier: Apache-2.0
"""Texts of other systems made ours: HTML, Moodle's auto-format, Markdown or plain text to allowed markup in each language.

Everything passes here before it becomes part of an item. What is taken away is named; scripts and handlers refuse the item.
What the markup allows is said in ``item_bank.markup``; which text belongs where is for the readers of the formats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote

from item_bank.markup import ALLOWED, clean_markup, escape
from item_bank.text import plain

MAXIMUM_SOURCE: Final = 200_000
MAXIMUM_DEPTH: Final = 60
_UNCLOSED: Final = 50
"""So many beginnings of tags without an end are no text of a person; reading on would take the parser minutes."""

_RENAMED: Final[Mapping[str, str]] = {
    "h1": "h3", "h2": "h3", "strike": "s", "del": "s", "ins": "u", "tt": "code", "center": "div", "section": "div",
    "article": "div", "main": "div", "header": "div", "footer": "div", "aside": "div", "address": "p", "acronym": "abbr",
}  # fmt: skip
_UNWRAPPED: Final = frozenset({
    "font", "big", "nobr", "label", "colgroup", "col", "wbr", "o:p", "html", "body", "head", "title", "picture", "noscript",
})  # fmt: skip
_REFUSED: Final = frozenset({
    "iframe", "frame", "frameset", "object", "embed", "applet", "form", "input", "textarea", "select", "button", "option",
    "svg", "canvas", "marquee", "portal",
})  # fmt: skip
_EMPTIED: Final = frozenset({"style", "meta", "link", "base"})
_VOID: Final = frozenset({
    "br", "hr", "img", "wbr", "col", "input", "meta", "link", "base", "source", "track", "embed",
})  # fmt: skip
_PLAYER: Final = frozenset({"controls", "preload", "autoplay", "loop", "muted"})
_PLAIN_TAGS: Final = frozenset({"p", "br", "div", "span"})
_BLOCKS: Final = frozenset({"p", "div", "br"})
_FORMATTING: Final = frozenset({
    "style", "class", "id", "align", "valign", "border", "cellpadding", "cellspacing", "bgcolor", "color", "face", "size",
    "hspace", "vspace", "summary", "name", "role", "tabindex", "target", "rel", "title", "width", "height", "dir", "lang",
    "xml:lang",
})  # fmt: skip
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TEX = re.compile(r"\$\$.+?\$\$|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
_SPAN_LANGUAGE = re.compile(
    r"<span(?=[^>]*\bclass=\"multilang\")(?=[^>]*\blang=\"([a-zA-Z]{2,3})(?:[-_][a-zA-Z]+)?\")[^>]{0,200}>(.*?)</span>\s*",
    re.DOTALL | re.IGNORECASE,
)
_MLANG = re.compile(r"\{mlang\s+([a-zA-Z]{2,5})(?:[-_][a-zA-Z]+)?\s*\}(.*?)\{mlang\s*\}\s*", re.DOTALL)
_DEVANAGARI = re.compile("[\u0904-\u0939]")

ShowFile = Callable[[str], "str | tuple[str, str]"]
"""From the address of a picture, sound or film in the source to the name of a media file of the item, or (code, reason)."""


class TextForm(StrEnum):
    """How a text of a source is written."""

    HTML = "html"
    AUTO = "moodle"
    PLAIN = "plain"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Taken:
    """A text as an item may hold it: its markup, and its plain text where it needs no markup (else None)."""

    markup: str
    plain: str | None


@dataclass(slots=True)
class Notes:
    """What was found on the way: losses, and (code, reason) of what refuses the item; each once, in order."""

    losses: dict[str, None] = field(default_factory=dict)
    problems: dict[tuple[str, str], None] = field(default_factory=dict)

    def lose(self, what: str) -> None:
        """Name something that is not kept."""
        self.losses[what] = None

    def refuse(self, code: str, reason: str) -> None:
        """Name something because of which the item is not taken."""
        self.problems[code, reason] = None


def no_files(address: str) -> tuple[str, str]:
    """The answer of a source that cannot bring files along."""
    return (
        "address_not_allowed",
        f"the text shows {address[:60]!r}; this kind of file cannot bring pictures along",
    )


def take_text(raw: str, form: TextForm, *, notes: Notes, show: ShowFile = no_files) -> Taken:
    """One text in one language.

    Problems: ``too_long``, ``markup_too_deep``, ``control_character``, ``script_in_text``,
    ``element_not_allowed`` and those of ``show``.
    """
    if len(raw) > MAXIMUM_SOURCE:
        notes.refuse("too_long", f"{len(raw)} characters of source, at most {MAXIMUM_SOURCE} are allowed")
        return Taken("", "")
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", " ").isprintable():
        text = _without_invisible(text, notes)
    if form is TextForm.PLAIN or ("<" not in text and "&" not in text):
        return _plain_taken(text, form, notes)
    if form is TextForm.MARKDOWN:
        text = markdown(text)
    elif form is TextForm.AUTO:
        text = text.strip().replace("\n", "<br>")
    if text[text.rfind(">") + 1 :].count("<") > _UNCLOSED:
        notes.refuse("element_not_allowed", "tags are not closed: many begin with < and none ends with >")
        return Taken("", "")
    reader = _Cleaner(notes, show)
    reader.feed(text)
    reader.close()
    if reader.too_deep:
        notes.refuse("markup_too_deep", f"elements are nested more than {MAXIMUM_DEPTH} deep")
        return Taken("", "")
    _name_formulas(text, notes)
    seen = plain_lines("".join(reader.seen)) if reader.is_plain else None
    return Taken(clean_markup("".join(reader.out)), seen)


def _plain_taken(text: str, form: TextForm, notes: Notes) -> Taken:
    if form is TextForm.HTML:  # white space means nothing there
        text = " ".join(text.split())
    elif form is TextForm.MARKDOWN:
        made = markdown(text)
        if made != escape(text.strip()):
            return Taken(clean_markup(made), None)
    value = plain(text.replace("\u00a0", " "))
    if "\\" in value or "$$" in value:
        _name_formulas(value, notes)
    return Taken(escape(value), value)


def _without_invisible(text: str, notes: Notes) -> str:
    for character in sorted(set(_INVISIBLE.findall(text))):
        notes.lose(f"the invisible character U+{ord(character):04X}")
    if (found := _CONTROL.search(text)) is not None:
        notes.refuse(
            "control_character",
            f"character {found.start() + 1} is the invisible U+{ord(found[0]):04X}; delete it",
        )
    return _CONTROL.sub(" ", _INVISIBLE.sub("", text))


def _name_formulas(text: str, notes: Notes) -> None:
    if _TEX.search(text):
        notes.lose("a formula in TeX is kept as it is written, not typeset")


def plain_lines(text: str) -> str:
    """Text with single spaces and no empty lines at its ends."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return plain(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))


def markdown(text: str) -> str:
    """The little of Markdown that questions use: emphasis, code, lists, paragraphs."""
    blocks = []
    for block in re.split(r"\n\s*\n", escape_keeping_tags(text).strip()):
        lines = block.split("\n")
        if all(re.match(r"\s*[-*+]\s+", line) for line in lines):
            items = "".join(f"<li>{_spans(_after_bullet(line))}</li>" for line in lines)
            blocks.append(f"<ul>{items}</ul>")
        else:
            blocks.append(_spans("<br>".join(line.strip() for line in lines)))
    return blocks[0] if len(blocks) == 1 else "".join(f"<p>{block}</p>" for block in blocks)


def _after_bullet(line: str) -> str:
    return re.sub(r"^\s*[-*+]\s+", "", line)


def escape_keeping_tags(text: str) -> str:
    """Ampersands that begin no entity are text; tags stay, as Markdown has them."""
    return re.sub(r"&(?!#?\w{1,31};)", "&amp;", text)


def _spans(text: str) -> str:
    text = re.sub(r"`([^`\n]{1,500})`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*\n]{1,2000})\*\*|__([^_\n]{1,2000})__", _strong, text)
    return re.sub(r"(?<![\w*])\*([^*\s][^*\n]{0,2000})\*(?!\w)", r"<em>\1</em>", text)


def _strong(found: re.Match[str]) -> str:
    return f"<strong>{found[1] or found[2]}</strong>"


def split_languages(raw: str) -> dict[str, str]:
    """A text by language where it holds several (Moodle's ``multilang`` spans, ``{mlang xx}``), else under ``""``."""
    if "multilang" not in raw and "{mlang" not in raw:
        return {"": raw}
    if raw.count("multilang") > 200 or raw.count("{mlang") > 200 or len(raw) > MAXIMUM_SOURCE:
        return {"": raw}
    pattern = _MLANG if "{mlang" in raw else _SPAN_LANGUAGE
    languages = list(dict.fromkeys(found[1].lower() for found in pattern.finditer(raw)))
    named = [language for language in languages if language != "other"]
    if not named:
        return {"": raw}
    return {language: _only(raw, pattern, language) for language in named}


def _only(raw: str, pattern: re.Pattern[str], language: str) -> str:
    """The text with only one language's parts in it; ``other`` stands in where that one has none."""
    parts: list[str] = []
    group: dict[str, str] = {}
    end = 0

    def close() -> None:
        if group:
            parts.append(group.get(language, group.get("other", "")))
            group.clear()

    for found in pattern.finditer(raw):
        between = raw[end : found.start()]
        if between.strip() or found[1].lower() in group:
            close()
        parts.append(between)
        group[found[1].lower()] = found[2]
        end = found.end()
    close()
    return "".join(parts) + raw[end:]


def script_language(text: str) -> str:
    """``hi`` for a text with at least as many Devanagari letters as Latin ones, else ``en``."""
    if text.isascii():
        return "en"
    devanagari = len(_DEVANAGARI.findall(text))
    latin = sum(character.isascii() and character.isalpha() for character in text)
    return "hi" if devanagari and devanagari * 2 >= latin else "en"


class _Cleaner(HTMLParser):
    """Goes once over HTML, writes what may stay and names what may not."""

    def __init__(self, notes: Notes, show: ShowFile) -> None:
        super().__init__(convert_charrefs=True)
        self.notes = notes
        self.show = show
        self.out: list[str] = []
        self.seen: list[str] = []
        self.is_plain = True
        self.too_deep = False
        self._depth = 0
        self._muted = ""
        self._films: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._muted or self.too_deep:
            return
        given = {name: value or "" for name, value in attrs}
        self._refuse_handlers(tag, given)
        if tag == "script":
            self.notes.refuse("script_in_text", "the text holds a script")
            self._muted = tag
        elif tag in _REFUSED:
            self.notes.refuse("element_not_allowed", f"<{tag}> cannot be shown in an item")
            self._muted = "" if tag in _VOID else tag
        elif tag in _EMPTIED:
            self.notes.lose(f"<{tag}>")
            self._muted = tag if tag == "style" else ""
        elif tag in ("source", "track"):
            self._source(tag, given)
        else:
            self._open(tag, given)

    def _refuse_handlers(self, tag: str, given: Mapping[str, str]) -> None:
        for name, value in given.items():
            address = re.sub(r"[\s\x00-\x1f]+", "", value).lower()
            if name.startswith("on") or address.startswith(("javascript:", "vbscript:", "data:text/html")):
                self.notes.refuse(
                    "script_in_text", f"the attribute {name[:30]!r} of <{tag[:30]}> is a script"
                )

    def _open(self, tag: str, given: Mapping[str, str]) -> None:
        name = _RENAMED.get(tag, tag)
        if name not in ALLOWED:
            self._unwrap(tag)
            return
        if name not in _PLAIN_TAGS:
            self.is_plain = False
        if name in _BLOCKS:
            self.seen.append("\n")
        kept = self._kept(name, given)
        if kept is None:
            return
        if kept and name in _PLAIN_TAGS:
            self.is_plain = False
        written = "".join(
            f' {key}="{escape(value).replace(chr(34), "&quot;")}"' for key, value in kept.items()
        )
        self.out.append(f"<{name}{written}>")
        if name not in _VOID:
            self._depth += 1
            self.too_deep = self._depth > MAXIMUM_DEPTH

    def _unwrap(self, tag: str) -> None:
        if tag == "a":
            self.notes.lose("a link (its text is kept)")
        elif tag not in _UNWRAPPED:
            self.notes.lose(f"<{tag[:30]}> (its text is kept)")

    def _kept(self, name: str, given: Mapping[str, str]) -> dict[str, str] | None:
        """The attributes that stay; None where the element itself cannot."""
        allowed = ALLOWED[name]
        kept = {key: value for key, value in given.items() if key in allowed}
        lost = [key for key in given if key not in allowed and not key.startswith("on")]
        if any(key in _FORMATTING or key.startswith(("data-", "aria-")) for key in lost):
            self.notes.lose("formatting (styles, classes, colours, sizes)")
        for key in lost:
            known = key in _FORMATTING or key.startswith(("data-", "aria-"))
            if not known and not (name in ("audio", "video") and key in _PLAYER):
                self.notes.lose(f"the attribute {key[:30]!r} of <{name}>")
        for key in ("width", "height"):
            if key in kept and not re.fullmatch(r"[0-9]{1,4}", kept[key]):
                del kept[key]
        if name == "img" or (name in ("audio", "video") and given.get("src")):
            shown = self.show(unquote(given.get("src", "")))
            if not isinstance(shown, str):
                self.notes.refuse(*shown)
                return None
            kept["src"] = f"media:{shown}"
        elif name in ("audio", "video"):
            self._films.append(name)
            self.out.append("")  # the address comes with the first <source>
            return None
        return kept

    def _source(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "track":
            self.notes.lose("the captions of a sound or film; add them to the media of the item")
            return
        if not self._films:
            return
        name = self._films.pop()
        shown = self.show(unquote(given.get("src", "")))
        if isinstance(shown, str):
            self.out.append(f'<{name} src="media:{shown}"></{name}>')
        else:
            self.notes.refuse(*shown)

    def handle_endtag(self, tag: str) -> None:
        if self._muted:
            if tag == self._muted:
                self._muted = ""
            return
        name = _RENAMED.get(tag, tag)
        if name in _BLOCKS:
            self.seen.append("\n")
        if name in ALLOWED and name not in _VOID:
            if name in ("audio", "video") and not self._depth:
                return
            self.out.append(f"</{name}>")
            self._depth = max(0, self._depth - 1)

    def handle_data(self, data: str) -> None:
        if not self._muted and not self.too_deep:
            self.out.append(data.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
            self.seen.append(data.replace("\n", " "))

    def handle_comment(self, data: str) -> None:
        self.notes.lose("a comment")

    def handle_pi(self, data: str) -> None:
        self.notes.lose("a processing instruction")

    def handle_decl(self, decl: str) -> None:
        self.notes.lose("a document type")

    def unknown_decl(self, data: str) -> None:
        self.notes.lose("a marked section")
