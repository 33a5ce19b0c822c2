# SPDX-License-Identifier: Apache-2.0
"""The markup that a rich item may hold: an allow-list of HTML and MathML, and the places of its interactions.

``[[PART]]`` stands where an interaction is shown, ``[[PART.CHOICE]]`` where a gap or hot text is. A picture, sound or film is
named by ``media:NAME``. Cleaning is nh3's work; what it would take away is refused or reported by name first. No storage here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from item_bank.text import invisible_problem, plain

if TYPE_CHECKING:
    from nh3 import Cleaner

PLACE: Final = re.compile(r"\[\[([A-Za-z_][A-Za-z0-9_-]{0,31})(?:\.([A-Za-z_0-9][A-Za-z0-9_-]{0,31}))?\]\]")
"""The place of a part, or of one of its choices."""

_COMMON = frozenset({"lang", "dir"})
_MATH = frozenset(
    [
        "math",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "ms",
        "mrow",
        "mfrac",
        "msqrt",
        "mroot",
        "mstyle",
        "merror",
        "mpadded",
        "mphantom",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mmultiscripts",
        "mprescripts",
        "none",
        "mtable",
        "mtr",
        "mtd",
        "mlabeledtr",
        "menclose",
        "semantics",
        "annotation",
    ]
)
_MATH_ATTRIBUTES = frozenset(
    [
        "display",
        "displaystyle",
        "mathvariant",
        "scriptlevel",
        "stretchy",
        "fence",
        "separator",
        "lspace",
        "rspace",
        "accent",
        "accentunder",
        "columnalign",
        "rowalign",
        "columnspan",
        "rowspan",
        "linethickness",
        "open",
        "close",
        "notation",
        "width",
        "height",
        "depth",
        "form",
        "largeop",
        "movablelimits",
        "symmetric",
    ]
)
ALLOWED: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(
        [
            "p",
            "br",
            "hr",
            "strong",
            "b",
            "em",
            "i",
            "u",
            "s",
            "sub",
            "sup",
            "small",
            "span",
            "div",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "table",
            "caption",
            "thead",
            "tbody",
            "tfoot",
            "tr",
            "h3",
            "h4",
            "h5",
            "h6",
            "pre",
            "code",
            "kbd",
            "samp",
            "var",
            "q",
            "cite",
            "abbr",
            "dfn",
            "ruby",
            "rt",
            "rp",
            "figure",
            "figcaption",
            "bdi",
        ],
        _COMMON,
    ),
    "blockquote": _COMMON,
    "ol": _COMMON | {"start", "type", "reversed"},
    "td": _COMMON | {"colspan", "rowspan"},
    "th": _COMMON | {"colspan", "rowspan", "scope"},
    "img": _COMMON | {"src", "alt", "width", "height"},
    "audio": _COMMON | {"src", "title"},
    "video": _COMMON | {"src", "title", "width", "height"},
    **dict.fromkeys(_MATH, _MATH_ATTRIBUTES | _COMMON),
}
"""The elements, and the attributes of each. ``img``, ``audio`` and ``video`` take only ``media:`` addresses."""

_VOID = frozenset({"br", "hr", "img"})
_MEDIA = frozenset({"img", "audio", "video"})
_MEDIA_ADDRESS = re.compile(r"media:[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def markup_problems(text: str) -> list[tuple[str, str]]:
    """What in ``text`` may not stand in an item, as (code, reason), each once.

    Codes: ``element_not_allowed``, ``attribute_not_allowed``, ``address_not_allowed``, ``control_character``.
    """
    invisible = invisible_problem(text.replace("\t", " ").replace("\r", " "))
    found = [] if invisible is None else [invisible]
    if "<" not in text:
        return found
    if len(text) > 200_000 or text[text.rfind(">") + 1 :].count("<") > 50:  # the parser would take minutes
        return [("element_not_allowed", "the text is far too long, or its tags are not closed")]
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return list(dict.fromkeys([*found, *reader.problems]))


def clean_markup(text: str) -> str:
    """``text`` in NFC with nothing in it but what is allowed; doing it again changes nothing."""
    value = plain(text)
    if not ("<" in value or "&" in value or ">" in value or "\u00a0" in value):
        return value
    return str(_cleaner().clean(value)).strip()


@cache
def _cleaner() -> Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=set(ALLOWED),
        attributes={name: set(attributes) for name, attributes in ALLOWED.items()},
        clean_content_tags={"script", "style", "template", "iframe", "object", "embed", "svg", "form"},
        url_schemes={"media"},
        link_rel=None,
        strip_comments=True,
        generic_attribute_prefixes=set(),
    )


def escape(text: str) -> str:
    """Plain text as markup."""
    return html.escape(text, quote=False).replace("\n", "<br>")


@lru_cache(maxsize=4096)
def plain_text(text: str) -> str:
    """What a reader sees of markup, pictures by their alternative text, places of interactions left out."""
    if "<" not in text and "&" not in text:
        return " ".join(PLACE.sub(" ", text).split())
    reader = _Reader()
    reader.feed(PLACE.sub(" ", text))
    reader.close()
    return " ".join("".join(reader.seen).split())


def places(text: str) -> Iterator[tuple[str, str]]:
    """The places in a flow, in order: (part, choice or ``""``)."""
    for match in PLACE.finditer(text):
        yield match[1], match[2] or ""


def media_names(text: str) -> frozenset[str]:
    """The names of the media that markup shows."""
    if "media:" not in text:
        return frozenset()
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return frozenset(reader.media)


def pictures_without_text(text: str) -> int:
    """How many pictures have no alternative text at all; ``alt=""`` says that a picture only decorates."""
    if "<img" not in text.lower():
        return 0
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.silent_pictures


class _Reader(HTMLParser):
    """Goes once over markup and notes what is seen and what is wrong."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[tuple[str, str]] = []
        self.seen: list[str] = []
        self.media: list[str] = []
        self.silent_pictures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = ALLOWED.get(tag)
        if allowed is None:
            self.problems.append(
                ("element_not_allowed", f"<{tag[:30]}> is not allowed here; see the list in docs/formats.md")
            )
            return
        given = {name: value or "" for name, value in attrs}
        for name in given:
            if name not in allowed:
                self.problems.append(
                    ("attribute_not_allowed", f"{name[:30]!r} of <{tag}> is not allowed here")
                )
        if tag in _MEDIA:
            self._show(tag, given)
        if tag not in _VOID or tag == "br":
            self.seen.append(" ")

    def _show(self, tag: str, given: dict[str, str]) -> None:
        address = given.get("src", "")
        if _MEDIA_ADDRESS.fullmatch(address):
            self.media.append(address.removeprefix("media:"))
        else:
            self.problems.append(
                (
                    "address_not_allowed",
                    f"<{tag}> shows {address[:60]!r}; only files of the item (media:NAME) are shown",
                )
            )
        if tag == "img" and "alt" not in given:
            self.silent_pictures += 1
        self.seen.append(f" {given.get('alt') or given.get('title') or ''} ")

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(" " if tag not in {"b", "i", "em", "strong", "u", "s", "sub", "sup", "span"} else "")

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    def handle_pi(self, data: str) -> None:
        self.problems.append(("element_not_allowed", f"<?{data[:30]} is not allowed here"))

    def handle_decl(self, decl: str) -> None:
        self.problems.append(("element_not_allowed", f"<!{decl[:30]} is not allowed here"))
