# SPDX-License-Identifier: Apache-2.0
"""QTI 2's names as QTI 3 spells them, written apart from the reader that undoes it."""

from __future__ import annotations

import re

#: XHTML keeps its names in QTI 3.
HTML = frozenset(
    {
        *(
            "p",
            "div",
            "span",
            "img",
            "strong",
            "em",
            "b",
            "i",
            "sub",
            "sup",
            "br",
            "ul",
            "ol",
            "li",
            "object",
        ),
        *(
            "table",
            "thead",
            "tbody",
            "tr",
            "td",
            "th",
            "h1",
            "h2",
            "h3",
            "h4",
            "blockquote",
            "pre",
            "caption",
        ),
    }
)
_TAG = re.compile(r"<(/?)([A-Za-z][\w.:]*)([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(r'\b([A-Za-z][\w:]*)="')


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z]+)", lambda found: "-" + found[1], name).lower()


def spelled_as_qti_3(text: str) -> str:
    """The same XML with `qti-` names: `<baseValue baseType="…">` becomes `<qti-base-value base-type="…">`."""

    def tag(found: re.Match[str]) -> str:
        closing, name, attributes, empty = found.groups()
        if name in HTML:
            return found[0]
        kebab = _ATTRIBUTE.sub(lambda one: f'{_kebab(one[1])}="', attributes)
        return f"<{closing}qti-{_kebab(name)}{kebab}{empty}>"

    return _TAG.sub(tag, text)
