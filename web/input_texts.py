# SPDX-License-Identifier: Apache-2.0
"""What strangers send, read so that no text comes in which no database can hold: NUL and lone surrogates."""

from __future__ import annotations

import json
import re
from itertools import chain
from typing import Any

from apiflask import APIFlask
from flask import request
from flask.json.provider import DefaultJSONProvider

from core.errors import Invalid, NotFound

MOST_MINUTES = 1440
_NUL = "\0"
_WRITTEN_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # and not a backslash that was typed


class JsonInput(DefaultJSONProvider):
    """The framework's own, where everything that is wrong with a text is one kind of fault (ValueError)."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        text = s if isinstance(s, str) else s.decode("utf-8-sig")  # the library would take more, and guess
        try:
            value = super().loads(text, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if "\\u" in text:  # only an escape can bring one of these in
            written = json.dumps(value, ensure_ascii=False)
            written.encode()  # a lone surrogate: UnicodeEncodeError, which is a ValueError
            if _WRITTEN_NUL.search(written):
                raise ValueError("NUL in a text")
        return value


def install(app: APIFlask) -> None:
    """Read JSON so, and refuse addresses and forms with NUL in them; bytes that are no UTF-8 come in as U+FFFD."""
    app.json = JsonInput(app)

    @app.before_request
    def refuse() -> None:
        if _NUL in request.path:
            raise NotFound("page_unknown")
        if any(_NUL in text for text in chain(_texts(request.args), _texts(request.form))):
            raise Invalid("request_malformed")


def require_object() -> dict[str, Any]:
    """The JSON object in this request's body. Invalid(``request_malformed``)."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid("request_malformed")
    return body


def require_minutes(text: str) -> int:
    """Whole minutes that a person typed, 1 to a day of them. Invalid(``minutes_malformed``)."""
    typed = text.strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 4 and 1 <= int(typed) <= MOST_MINUTES):
        raise Invalid("minutes_malformed", lowest=1, highest=MOST_MINUTES)
    return int(typed)


def _texts(values: Any) -> Any:
    return (text for _name, text in values.items(multi=True))
