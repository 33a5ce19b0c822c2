# SPDX-License-Identifier: Apache-2.0
"""The icons of our pages as markup: a page has a hundred of them, so each is written once and kept.

Which one stands where is the templates' matter.
"""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, request
from markupsafe import Markup

from web import static_files


def install(app: Flask) -> None:
    """Give templates ``icon_svg``, which ``macros/ui.html`` hands on as ``icon``."""
    app.jinja_env.globals["icon_svg"] = icon


def icon(name: str, label: str = "", *, large: bool = False, **more: str) -> Markup:
    """An icon of static/icons.svg: decorative unless it has a ``label``; ``class`` adds to its classes."""
    return _icon(
        f"{request.script_root}/static/{static_files.version()}/icons.svg",
        name,
        label,
        large,
        more.get("class", ""),
    )


@lru_cache(maxsize=512)
def _icon(file: str, name: str, label: str, large: bool, extra: str) -> Markup:  # noqa: FBT001 - kept by its arguments
    classes = " ".join(filter(None, ("icon", f"icon--{name}", "icon--large" if large else "", extra)))
    told = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="{}" {} focusable="false"><use href="{}#{}"></use></svg>').format(
        classes, told, file, name
    )
