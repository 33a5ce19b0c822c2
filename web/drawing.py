# SPDX-License-Identifier: Apache-2.0
"""Pages that look alike for many: a template is drawn once for what they share, then what is each one's own is put in.

A drawing is kept by its key, so it may show only what the key says: the caller puts marks (`mark`) in the place of all that is
one person's own, and the form's token is marked here. No page and no rule belongs here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import Flask, g, render_template, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from core.ids import secret_token
from core.kept import Kept
from web import i18n

_SIGN = secret_token()
_MARK = re.compile(re.escape(_SIGN) + r"\.(-?\d+)\.")
_TOKEN = -1
_NAME = re.compile(r"[\w.-]{16,}", re.ASCII)


class _Drawing(NamedTuple):
    """The pieces of a page with a gap between each two; `gaps` says which value belongs into each."""

    pieces: list[str]
    gaps: list[int]


_drawings: Kept[str, _Drawing] = Kept(200)
"""By everything that they show; of 10 to 80 KB each."""


def install(app: Flask) -> None:
    """Let the templates' `csrf_token` be a mark while a drawing is made."""
    app.jinja_env.globals["csrf_token"] = lambda: g.get("drawn_token") or generate_csrf()


def mark(number: int) -> Markup:
    """What stands in a drawing where value `number` belongs, from 0; it passes HTML, attributes and JSON unchanged."""
    return Markup(f"{_SIGN}.{number}.")  # noqa: S704 - letters, digits, dots


def drawn(
    template: str, key: str, context: Callable[[], dict[str, Any]], values: Sequence[object], *, token: str
) -> str:
    """The page of a template with `values` in the places of their marks; texts are escaped, markup is not.

    ``key`` says everything that ``context`` gives, which must not depend on anything else; the interface's language and the
    request's path are added here. ``token`` is the form's, "" for a page that sends no form. A page with a message of success
    on it, or asked for with a query, is drawn for itself.
    """
    key = f"{template} {i18n.language()} {request.script_root} {request.path} {key}"
    alike = "_flashes" not in session and not request.query_string
    drawing = _drawings.get(key) if alike else None
    if drawing is None:
        drawing = _draw(template, context())
        if alike and not _tells(drawing, [*values, token]):
            _drawings.put(key, drawing)
    own = [escape(value) for value in (*values, token)]
    page = drawing.pieces.copy()
    page[1::2] = [own[gap] for gap in drawing.gaps]
    return "".join(page)


def _draw(template: str, context: dict[str, Any]) -> _Drawing:
    token = g.drawn_token = mark(_TOKEN)  # for macros, which do not see the context
    try:
        pieces = _MARK.split(render_template(template, **context, csrf_token=lambda: token))
    finally:
        del g.drawn_token
    gaps = [int(number) for number in pieces[1::2]]
    return _Drawing(pieces, gaps)


def _tells(drawing: _Drawing, values: Sequence[object]) -> bool:
    """Whether a name of this one page came into the drawing beside its mark; then nobody else may get it."""
    names = [value for value in values if isinstance(value, str) and _NAME.fullmatch(value)]
    return any(name in piece for piece in drawing.pieces[::2] for name in names)
