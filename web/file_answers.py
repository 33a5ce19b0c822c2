# SPDX-License-Identifier: Apache-2.0
"""Answers that carry a file which somebody else made: shown or saved, but never run, whatever is in it."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request

_CAGE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A drawing opened on its own may neither run nor fetch anything; shown as a picture it never could."""


def shown_file(data: bytes, *, media_type: str, sha256: str) -> Response:
    """A picture, sound or film for one person's page: kept by that browser alone, and in ranges where it asks for them."""
    response = Response(data, mimetype=media_type)
    response.headers["Content-Security-Policy"] = _CAGE
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.set_etag(sha256[:32])
    response.make_conditional(request, accept_ranges=True, complete_length=len(data))
    return response


def saved_file(data: bytes, *, name: str) -> Response:
    """A file to be saved: no browser opens it as a page."""
    response = Response(data, mimetype="application/octet-stream")
    plain = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "._- ") else "_" for letter in name
    )
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["Content-Security-Policy"] = _CAGE
    return response
