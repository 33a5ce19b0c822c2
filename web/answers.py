# SPDX-License-Identifier: Apache-2.0
"""Small answers that many views give."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, flash, redirect, url_for


def go(endpoint: str, *, message: str = "", **values: Any) -> Response:
    """Send the browser on to a page of ours, with a message of success to show there."""
    if message:
        flash(message, "success")
    return go_to(url_for(endpoint, **values))


def go_to(path: str) -> Response:
    """Send the browser on to a path that was checked to be ours."""
    return cast(Response, redirect(path))
