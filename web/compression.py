# SPDX-License-Identifier: Apache-2.0
"""The test room's page goes over a thin line as a tenth of its bytes.

Only that page: it repeats nothing of what somebody else could have put into its address, so its length tells nothing of the
form's token (the BREACH attack). Other pages are small.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

ENDPOINTS = frozenset({"room.room"})
LEVEL = 6


def install(app: Flask) -> None:
    """Gzip the answers of the listed endpoints for browsers that take it."""

    @app.after_request
    def compress(response: Response) -> Response:
        wanted = request.endpoint in ENDPOINTS and request.accept_encodings["gzip"] > 0
        if wanted and response.status_code == 200 and not response.content_encoding:
            response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
            response.content_encoding = "gzip"
            response.vary.add("Accept-Encoding")
        return response
