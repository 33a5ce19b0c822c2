# SPDX-License-Identifier: Apache-2.0
"""Safe Exam Browser: the settings of a sitting, their Config Key, and the hashes that the browser proves itself with.

Pure. After the developer pages of safeexambrowser.org ("Config Key", "Browser Exam Key", settings keys). No storage here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import plistlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from core.errors import Invalid
from core.ids import derived_code, normalise_code

KEY_LENGTH = 64
"""Characters of a key or a hash: SHA-256 in base 16, lower case."""
MOST_EXAM_KEYS = 20
_START_AN_EXAM = 0
_FULL_SCREEN = 1
_NO_NEW_WINDOWS = 0
_MODERN_ENGINE = 3
_ALLOW = 1


class Means(StrEnum):
    """By what a browser showed that it is the right one."""

    CONFIG_KEY = "config_key"
    EXAM_KEY = "exam_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a browser sent: two hashes over the address of a page, each "" where it sent none."""

    config_hash: str = ""
    exam_hash: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.config_hash or self.exam_hash)


def quit_password(secret: bytes, sitting_id: str) -> str:
    """The password that closes the browser at a sitting (10 letters and digits, in groups); staff read it off their page."""
    return derived_code(secret, f"safe-browser {sitting_id}")


def settings(*, base_url: str, sitting_id: str, camera: bool, password: str) -> dict[str, Any]:
    """The settings of one sitting, as a property list; `camera`: whether pictures are taken.

    Only our own host can be reached. Cookies go at the start, so that every login in it was made in it; the browser's store
    stays, because answers that are not sent yet lie there.
    """
    return {
        "startURL": f"{base_url}/safe-browser/{sitting_id}",
        "quitURL": quit_url(base_url, sitting_id),
        "quitURLConfirm": False,
        "allowQuit": True,
        "hashedQuitPassword": _hash(normalise_code(password)),
        "sebConfigPurpose": _START_AN_EXAM,
        "sendBrowserExamKey": True,
        "browserWindowWebView": _MODERN_ENGINE,
        "browserViewMode": _FULL_SCREEN,
        "allowVideoCapture": camera,
        "allowAudioCapture": False,
        "URLFilterEnable": True,
        "URLFilterEnableContentFilter": False,
        "URLFilterRules": [
            {"action": _ALLOW, "active": True, "expression": urlsplit(base_url).netloc, "regex": False}
        ],
        "newBrowserWindowByLinkPolicy": _NO_NEW_WINDOWS,
        "newBrowserWindowByScriptPolicy": _NO_NEW_WINDOWS,
        "allowBrowsingBackForward": False,
        "browserWindowAllowReload": True,
        "showReloadButton": True,
        "showReloadWarning": False,
        "examSessionClearCookiesOnStart": True,
        "examSessionClearCookiesOnEnd": True,
        "examSessionReconfigureAllow": False,
        "removeBrowserProfile": False,
        "removeLocalStorage": False,
        "downloadAndOpenSebConfig": False,
        "allowDownUploads": True,
        "openDownloads": False,
        "allowPreferencesWindow": False,
        "allowSwitchToApplications": False,
        "allowDisplayMirroring": False,
        "allowedDisplaysMaxNumber": 1,
        "allowScreenSharing": False,
        "allowSpellCheck": False,
        "allowWlan": True,
        "enablePrintScreen": False,
        "enableRightMouse": False,
        "enableZoomPage": True,
        "enableZoomText": True,
        "showTaskBar": True,
        "showTime": True,
    }


def quit_url(base_url: str, sitting_id: str) -> str:
    """The address at which the browser closes by itself."""
    return f"{base_url}/safe-browser/{sitting_id}/quit"


def to_file(of: Mapping[str, Any]) -> bytes:
    """The `.seb` file: an XML property list, not encrypted."""
    return plistlib.dumps({"originatorVersion": "Kasauti", **of}, fmt=plistlib.FMT_XML, sort_keys=True)


def seb_json(of: Mapping[str, Any]) -> str:
    """The text that a Config Key is taken of: keys in order without regard to case, no spaces, nothing escaped.

    `originatorVersion` and empty dictionaries are left out, bytes are base 64, instants ISO 8601.
    """
    return _text({name: value for name, value in of.items() if name != "originatorVersion"})


def config_key(of: Mapping[str, Any]) -> str:
    """SHA-256 of `seb_json` in UTF-8, base 16, lower case."""
    return _hash(seb_json(of))


def request_hash(url: str, key: str) -> str:
    """What the browser sends for a page: SHA-256 of its absolute address without fragment, followed by the key."""
    return _hash(url.partition("#")[0] + key)


def proven(proof: Proof, urls: Iterable[str], *, config: str, exam_keys: Iterable[str]) -> Means | None:
    """By what a proof over one of these addresses holds, or None. Takes the same time whichever part is wrong.

    Where staff named Browser Exam Keys, one of them must be right (it stands for settings and program together); else the
    Config Key.
    """
    pages, keys = list(urls), list(exam_keys)
    sent, means, wanted = (
        (proof.exam_hash, Means.EXAM_KEY, keys) if keys else (proof.config_hash, Means.CONFIG_KEY, [config])
    )
    matches = [_same(sent, request_hash(url, key)) for url in pages for key in wanted]
    return means if any(matches) else None


def read_exam_keys(typed: str) -> tuple[str, ...]:
    """The Browser Exam Keys that staff pasted, apart by space or line; each once.

    Raises Invalid `exam_key_malformed` (facts number: which one, highest: how many may be given).
    """
    words = tuple(dict.fromkeys(word.lower() for word in typed.split()))
    for number, word in enumerate(words, 1):
        if len(word) != KEY_LENGTH or set(word) - set("0123456789abcdef") or number > MOST_EXAM_KEYS:
            raise Invalid("exam_key_malformed", number=number, highest=MOST_EXAM_KEYS)
    return words


def _same(sent: str, right: str) -> bool:
    return hmac.compare_digest(sent.strip().lower().encode(), right.encode())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Any) -> str:
    match value:
        case Mapping():
            kept = [(name, one) for name, one in value.items() if not (isinstance(one, Mapping) and not one)]
            inner = sorted(kept, key=lambda pair: pair[0].lower())
            return "{" + ",".join(f'"{name}":{_text(one)}' for name, one in inner) + "}"
        case list() | tuple():
            return "[" + ",".join(_text(one) for one in value) + "]"
        case bool():
            return "true" if value else "false"
        case bytes():
            return f'"{base64.b64encode(value).decode()}"'
        case datetime():
            return f'"{value.isoformat()}"'
        case str():
            return f'"{value}"'
        case _:
            return str(value)
