# SPDX-License-Identifier: Apache-2.0
"""What a browser needs to go on without a line: the worker, and the locked test. Only the start gives out the key to it."""

from __future__ import annotations

import gzip
import json

from flask import Blueprint, Response, request, url_for

from assessor import api as assessor
from web import offline_files
from web.access import actor, entry_id, learner, organisation_id, public, services, user
from web.device_files import allow_microphone_later
from web.learner_drawings import draw_room
from web.presenters.common import bilingual
from web.presenters.room import packaged_page, room_rules

blueprint = Blueprint("offline", __name__)
_BYTES = "application/octet-stream"
_LEVEL = 4
"""Of gzip: half the work of 6 for 5 % more bytes, which come long before they are needed."""


@blueprint.get("/sw.js")
@public
def worker() -> Response:
    """The worker of the learner's pages. It is asked for at every visit, so it is as good as never sent twice."""
    script, tag = offline_files.worker()
    return _tagged(Response(script, mimetype="text/javascript"), tag)


@blueprint.get("/learner/package")
@learner
def package() -> Response:
    """The whole room, locked: a line of JSON (`media`: type and sealed bytes of each file by name), then the sealed page."""
    with services().store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        base = url_for("room.media", ref="-")[:-1]
        made = assessor.package_paper(uow, entry, media_base=base, key=_key())
        title = bilingual(assessor.document_of(uow, entry).title)
        asked = room_rules(uow, entry)
        watched = assessor.is_watched(uow, entry)
        heard = allow_microphone_later(uow, entry.sitting.id) if watched else b""
    page = packaged_page(
        made.paper,
        seconds=made.limit_seconds + entry.extra_minutes * 60,
        title=title,
        proctored=watched,
        language=user().language,
    )
    sealed = made.sealer.seal("page", gzip.compress(draw_room({**page, **asked}).encode(), _LEVEL, mtime=0))
    files = {name: {"type": kind, "bytes": size} for name, (kind, size) in made.media.items()}
    body = json.dumps({"media": files}, sort_keys=True).encode() + b"\n" + sealed
    return _tagged(Response(body, mimetype=_BYTES), offline_files.tag_of(body + heard))


@blueprint.get("/learner/package/<ref>")
@learner
def media(ref: str) -> Response:
    """A file of the paper, locked."""
    with services().store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        file, sealer = assessor.package_media(uow, entry, ref, key=_key())
    return Response(sealer.seal(ref, file.data), mimetype=_BYTES)


def _key() -> bytes:
    return services().config.key("package")


def _tagged(response: Response, tag: str) -> Response:
    response.headers["Cache-Control"] = "no-cache, private"
    response.set_etag(tag)
    response.make_conditional(request)
    return response
