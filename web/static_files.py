# SPDX-License-Identifier: Apache-2.0
"""Our own files under a path that names their version (cached for ever), third-party browser modules beside them.

Text is sent gzipped from memory, our scripts and style sheets without their comments and white space, and the names that are
local to a script shortened: a phone on a thin line pays for every byte, and the embedded server has no proxy in front. What a
module exports, and every property, keeps its name. No page and no rule belongs here.
"""

from __future__ import annotations

import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

import rcssmin
import structlog
import zopfli.gzip
from flask import Flask, Response, request
from werkzeug.security import safe_join

from core.config import Config, Mode
from core.errors import NotFound
from web.access import public

OWN = Path(__file__).parent / "static"
log = structlog.get_logger(__name__)

_TEXT = (".css", ".js", ".svg", ".json")
_MODULE_MARK = "export {};"
_FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".css": "text/css"}


def install(app: Flask, config: Config) -> None:
    """Register the endpoints ``static`` (ours, versioned) and ``vendor`` (browser modules from set-up)."""
    current = version()

    @public
    def static(version: str, filename: str) -> Response:
        return _send(OWN, filename, forever=version == current, strict=config.mode is not Mode.PRODUCTION)

    @public
    def vendor(filename: str) -> Response:
        return _send(config.browser, filename, forever=False)

    app.add_url_rule("/static/vendor/<path:filename>", endpoint="vendor", view_func=vendor)
    app.add_url_rule("/static/<version>/<path:filename>", endpoint="static", view_func=static)

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, object]) -> None:
        if endpoint == "static":
            values.setdefault("version", current)


@lru_cache
def version() -> str:
    """A short hash over all of our static files."""
    total = hashlib.sha256()
    for file in sorted(OWN.rglob("*")):
        if file.is_file():
            total.update(file.relative_to(OWN).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:12]


def served(file: Path, *, strict: bool = True) -> bytes:
    """The bytes of one of our own files as a browser gets them, before gzip.

    A script that the minifier refuses raises ValueError, or is sent as it stands and named in the log when not `strict`.
    """
    if file.suffix == ".js":
        return _script(file, strict=strict).encode()
    if file.suffix == ".css":
        return str(rcssmin.cssmin(file.read_text(encoding="utf-8"))).encode()
    return file.read_bytes()


def _script(file: Path, *, strict: bool) -> str:
    import minify  # brings threads of its own, so it is loaded after any fork

    text = file.read_text(encoding="utf-8")
    meant = text.replace(
        _MODULE_MARK, ""
    )  # of no use to a browser, and the minifier makes a broken line of it
    try:
        return str(minify.string("application/javascript", meant))
    except minify.MinifyError as error:
        if strict:
            raise ValueError(f"{file.name}: {error}") from error
        log.error("script_not_minified", file=file.name, reason=str(error))
        return text


def gzipped(plain: bytes) -> bytes:
    """The smallest gzip form that is known; it costs some tens of milliseconds, once for each file and process."""
    return bytes(zopfli.gzip.compress(plain))


def _send(root: Path, filename: str, *, forever: bool, strict: bool = True) -> Response:
    joined = safe_join(str(root), filename)
    file = Path(joined) if joined else None
    if file is None or not file.is_file():
        raise NotFound("page_unknown")
    plain, packed, tag = _read(file, file.stat().st_mtime_ns, ours=root == OWN, strict=strict)
    small = packed is not None and request.accept_encodings["gzip"] > 0
    response = Response(packed if small and packed is not None else plain)
    response.content_type = (
        _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    )
    if small:
        response.content_encoding = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _FOREVER if forever else "public, max-age=3600"
    response.set_etag(tag)
    response.make_conditional(request)
    return response


@lru_cache(maxsize=256)
def _read(file: Path, _changed_ns: int, *, ours: bool, strict: bool) -> tuple[bytes, bytes | None, str]:
    plain = served(file, strict=strict) if ours else file.read_bytes()
    packed = gzipped(plain) if file.suffix in _TEXT else None
    return plain, packed, hashlib.sha256(plain).hexdigest()[:16]
