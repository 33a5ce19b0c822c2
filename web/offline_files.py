# SPDX-License-Identifier: Apache-2.0
"""The files that a test room without a line lives on: the worker, and the addresses of everything that it keeps.

The list is read off the templates and modules themselves, so it cannot forget one. No route belongs here.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path

from web import static_files

_TEMPLATES = Path(__file__).parent / "templates"
_PAGES = ("base.html", "learner/room.html", "learner/gate.html")
_WORKER = static_files.OWN / "js" / "offline-worker.js"
_NAMED = re.compile(r"filename=['\"]((?:js|css)/[\w-]+\.\w+)")
_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""")
_OTHER_PAGES = re.compile(r"{% block pages_style %}.*?{% endblock %}")
_ALWAYS = ("icons.svg", "mark.svg")
_VENDOR = "/static/vendor/"


@lru_cache
def kept_files() -> tuple[str, ...]:
    """The addresses of every style, script and drawing that the gate and the room can load, in order."""
    found: set[str] = set(_ALWAYS)
    waiting = [name for page in _PAGES for name in _NAMED.findall(_template(page))]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name.endswith(".js") and not name.startswith(_VENDOR):
            source = (static_files.OWN / name).read_text("utf-8")
            waiting += [_address(target, name) for target in _IMPORT.findall(source)]
    prefix = f"/static/{static_files.version()}/"
    return tuple(sorted(name if name.startswith("/") else prefix + name for name in found))


@lru_cache
def worker() -> tuple[bytes, str]:
    """The worker's script with its version and its list in front, and the tag of both."""
    facts = {"VERSION": static_files.version(), "FILES": list(kept_files())}
    script = f"self.KEPT={json.dumps(facts)};\n".encode() + static_files.served(_WORKER)
    return script, tag_of(script)


def tag_of(data: bytes) -> str:
    """What names a version of these bytes: 16 hex digits of their SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def _template(name: str) -> str:
    """A template without the style of other pages, which the gate and the room leave out."""
    return _OTHER_PAGES.sub("", (_TEMPLATES / name).read_text("utf-8"))


def _address(target: str, importer: str) -> str:
    if target.startswith("/"):
        return target
    return (Path(importer).parent / target).as_posix().removeprefix("./")
