# SPDX-License-Identifier: Apache-2.0
"""A practice test as its browser keeps it: one signed cookie, and nothing on the server. What is in it counts for nothing."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Response, request

from assessor import api as assessor
from core.config import Config
from core.errors import Conflict, Invalid
from web.access import services

LANGUAGES = ("en", "hi", "both")
MAXIMUM_COOKIE = 3_900
"""Bytes of its value; a browser drops a cookie of more than 4,096 with its name."""
_PATH = "/practice"
_HOURS = 24
_MAC = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeTest:
    """A trial with what its learner chose at the start: the language to begin with, and whether to see the own camera."""

    trial: assessor.Trial
    show: str = "en"
    camera: bool = False


def current() -> PracticeTest | None:
    """The practice test of this browser as it stands now, or None."""
    parts = services()
    test = _opened(request.cookies.get(_name(parts.config), ""), key=_key(parts.config))
    if test is None:
        return None
    now, grace = parts.clock.now(), parts.config.grace_seconds
    return replace(test, trial=assessor.settled(test.trial, now=now, grace_seconds=grace))


def require_current() -> PracticeTest:
    """The practice test of this browser; Conflict ``attempt_closed`` where there is none."""
    test = current()
    if test is None:
        raise Conflict("attempt_closed", ended_at=None, ended_by=None)
    return test


def keep(response: Response, test: PracticeTest) -> Response:
    """Give the browser the practice test as it is now; Invalid ``answer_too_long`` where no cookie can hold it."""
    config = services().config
    value = _sealed(test, key=_key(config))
    if len(value) > MAXIMUM_COOKIE:
        raise Invalid("answer_too_long", length=len(value), limit=MAXIMUM_COOKIE)
    response.set_cookie(
        _name(config),
        value,
        max_age=_HOURS * 3600,
        path=_PATH,
        secure=config.secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def change(test: PracticeTest, act: Callable[[assessor.Trial], assessor.Trial]) -> PracticeTest:
    """The practice test after one step."""
    return replace(test, trial=act(test.trial))


def receipt_key(config: Config) -> bytes:
    """The key of the receipts of practice tests; no test knows it."""
    return config.key("practice receipts")


def _name(config: Config) -> str:
    return "__Secure-kasauti-practice" if config.secure else "kasauti-practice"


def _key(config: Config) -> bytes:
    return config.key("practice")


def _sealed(test: PracticeTest, *, key: bytes) -> str:
    flags = bytes([LANGUAGES.index(test.show) * 2 + test.camera])
    body = flags + assessor.dump_trial(test.trial)
    return base64.urlsafe_b64encode(_mac(key, body) + body).decode()


def _opened(value: str, *, key: bytes) -> PracticeTest | None:
    try:
        data = base64.urlsafe_b64decode(value.encode())
        mac, body = data[:_MAC], data[_MAC:]
        if len(body) < 2 or not hmac.compare_digest(mac, _mac(key, body)):
            return None
        show, camera = divmod(body[0], 2)
        return PracticeTest(trial=assessor.load_trial(body[1:]), show=LANGUAGES[show], camera=bool(camera))
    except (ValueError, IndexError, binascii.Error):
        return None


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()[:_MAC]
