# SPDX-License-Identifier: Apache-2.0
"""What every refusal must be: calm. A status, a code, what to do next, and nothing of the inside."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from web.error_texts import TEXTS

_INSIDE = (
    "Traceback",
    'File "',
    "sqlalchemy",
    "sqlite",
    "werkzeug",
    "jinja",
    "/site-packages/",
    "NoneType",
)
_CODE = re.compile(r"<code>([a-z0-9_]+)</code>")


def calm(answer: TestResponse, status: int, code: str | None = None) -> TestResponse:
    """Check a refusal in JSON or on a page, and hand it on."""
    where = f"{answer.request.method} {answer.request.path[:80]!r} -> {answer.status}"
    assert answer.status_code == status, f"{where}: {_gist(answer.text)}"
    inside = [word for word in _INSIDE if word in answer.text]
    assert not inside, f"{where} shows {inside}"
    assert "Content-Security-Policy" in answer.headers, where
    assert answer.headers["Cache-Control"] == "no-store", where
    found = _problem(answer) if answer.mimetype == "application/problem+json" else _page(answer)
    assert code in (None, found), f"{where}: {found}, not {code}"
    return answer


def _problem(answer: TestResponse) -> str:
    problem = answer.json
    assert problem is not None
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["what_next"]
    assert problem["code"] in TEXTS
    return str(problem["code"])


def _page(answer: TestResponse) -> str | None:
    assert answer.mimetype == "text/html", answer.mimetype
    shown = _CODE.search(answer.text)
    return shown.group(1) if shown else None


def _gist(page: str) -> str:
    main = page.partition("<main")[2] or page
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())[:400]
