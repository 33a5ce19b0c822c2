# SPDX-License-Identifier: Apache-2.0
"""gettext with types: words of the interface in the language of the request."""

from __future__ import annotations

import flask_babel


def _(text: str, **facts: object) -> str:
    """``text`` in the reader's language, with ``%(name)s`` filled in."""
    return str(flask_babel.gettext(text, **facts))


def ngettext(singular: str, plural: str, num: int, **facts: object) -> str:
    """The form for ``num`` things, in the reader's language."""
    return str(flask_babel.ngettext(singular, plural, num, **facts))
