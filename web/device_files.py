# SPDX-License-Identifier: Apache-2.0
"""Networks that a learner's own device may run, and what runs them: files of the model lock, under a path with their hash.

Only files that the lock marks as for devices leave, only with the bytes that it pins, and only the room of a sitting whose
plan asks for it names them. Machine code needs one more word in the Content Security Policy; it stands in the worker's own
policy alone, so that no page may run any. What a plan says and what a device is told is `web.sockets`' business.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, g, request, url_for

from core.config import Config
from core.errors import NotFound
from core.uow import UnitOfWork
from proctor import api as proctor
from web.access import public
from web.security import HEADERS

WORKER = "js/device-networks.js"
WORKER_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'"
)
RUNTIME = {
    "runtime": "onnxruntime-web",
    "glue": "onnxruntime-web-glue",
    "code": "onnxruntime-web-code",
}
FACES, VOICE = "rfb-320", "silero-vad"
_TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm"}
_FOREVER = "public, max-age=31536000, immutable"


def install(app: Flask, config: Config) -> None:
    """Register the endpoint ``device_file``."""

    @public
    def device_file(sha: str, filename: str) -> Response:
        spec = next((one for one in _specs() if (one.sha256[:16], one.file) == (sha, filename)), None)
        file = None if spec is None else config.models / spec.file
        if spec is None or file is None or not file.is_file():
            raise NotFound("page_unknown")
        packed = _packed(file, file.stat().st_mtime_ns, spec.sha256)
        small = request.accept_encodings["gzip"] > 0
        response = Response(packed if small else file.read_bytes())
        response.content_type = _TYPES.get(file.suffix, "application/octet-stream")
        if small:
            response.content_encoding = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = _FOREVER
        response.set_etag(spec.sha256[:16])
        response.make_conditional(request)
        return response

    app.add_url_rule("/static/networks/<sha>/<filename>", endpoint="device_file", view_func=device_file)

    @app.after_request
    def allow(response: Response) -> Response:
        """Machine code in the worker, whose policy is its own; the microphone on a page that may listen."""
        if request.endpoint == "static" and (request.view_args or {}).get("filename") == WORKER:
            response.headers["Content-Security-Policy"] = WORKER_POLICY
        if g.get("microphone"):
            own = HEADERS["Permissions-Policy"].replace("microphone=()", "microphone=(self)")
            response.headers["Permissions-Policy"] = own
        return response


def help_of(session: proctor.SessionSummary) -> dict[str, str]:
    """Where a page finds what its device may do under this session's plan and consent; empty when nothing is asked of it."""
    plan = session.plan
    asked = {}
    if plan.prefilter:
        asked["faces"] = FACES
    if hears(session):
        asked["voice"] = VOICE
    if not asked:
        return {}
    ours = {"module": "js/device-help.js", "worker": WORKER, "worklet": "js/sound-worklet.js"}
    known = {one.name: one for one in _specs()}
    return {name: url_for("static", filename=file) for name, file in ours.items()} | {
        name: url_for("device_file", sha=known[model].sha256[:16], filename=known[model].file)
        for name, model in (RUNTIME | asked).items()
    }


def allow_microphone(session: proctor.SessionSummary | None) -> None:
    """Let the page that is being made ask for the microphone, where speech may be noted."""
    g.microphone = session is not None and hears(session)


def allow_microphone_later(uow: UnitOfWork, sitting_id: str) -> bytes:
    """The same for a page that is packed before its learner agrees, who may then not be asked; a mark of that for its tag."""
    g.microphone = proctor.plan_of(uow, sitting_id).voice
    return b"microphone" if g.microphone else b""


def hears(session: proctor.SessionSummary) -> bool:
    """Whether speech may be noted: the plan asks for it, and the learner agreed to that item."""
    return session.plan.voice and "voice" in session.agreed


@lru_cache(maxsize=1)
def _specs() -> tuple[proctor.ModelSpec, ...]:
    return tuple(spec for spec in proctor.locked_models() if spec.on_devices)


@lru_cache(maxsize=8)
def _packed(file: Path, _changed_ns: int, sha256: str) -> bytes:
    """The gzipped bytes: about a second of one core for the machine code, once for each process."""
    plain = file.read_bytes()
    if hashlib.sha256(plain).hexdigest() != sha256:
        raise NotFound("page_unknown")
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(plain) + packer.flush()
