# SPDX-License-Identifier: Apache-2.0
"""The test room: one page, and the answers' way to the server. Nothing here ever holds a key."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from assessor import api as assessor
from core.errors import Invalid
from core.uow import UnitOfWork
from proctor import api as proctor
from web.access import actor, attempt_id, entry_id, learner, services, user
from web.answers import go
from web.file_answers import shown_file
from web.input_texts import require_object
from web.presenters.common import bilingual
from web.presenters.room import room_page, slip_lines, state_document
from web.wiring import stop_watching

blueprint = Blueprint("room", __name__, url_prefix="/room")
_MEDIA = "/room/media/"
_SAVE_MEMBERS = {"device", "epoch", "item", "value", "client_time"}


@blueprint.get("")
@learner
def room() -> Response | str:
    """The whole paper on one page; nobody without a running attempt gets in."""
    with services().store.read(actor()) as uow:
        state = assessor.attempt_state(uow, attempt_id(), device="")
        if state.state is not assessor.AttemptState.RUNNING:
            return go("learner.gate")
        paper = assessor.candidate_paper(uow, attempt_id(), media_base=_MEDIA)
        title = bilingual(assessor.credential_of_entry(uow, entry_id()).document.title)
        watched = proctor.session_of_attempt(uow, attempt_id()) is not None
    page = room_page(paper, state, title=title, proctored=watched, language=user().language)
    return render_template("learner/room.html", room=page)


@blueprint.get("/state")
@learner
def state() -> Response:
    """Where the attempt stands: the heartbeat of the page."""
    device = request.args.get("device", "")[:64]
    with services().store.read(actor()) as uow:
        snapshot = assessor.attempt_state(uow, attempt_id(), device=device)
        watched = proctor.session_of_attempt(uow, attempt_id()) is not None
    return jsonify(state_document(snapshot, proctored=watched))


@blueprint.put("/responses/<int:seq>")
@learner
def save_response(seq: int) -> Response:
    """Store one answer; the receipt goes out after the commit is durable."""
    parts = services()
    save = assessor.SaveResponse(attempt_id=attempt_id(), seq=seq, **_body(_SAVE_MEMBERS))

    def act(uow: UnitOfWork) -> assessor.Receipt | assessor.Refusal:
        return assessor.save_response(
            uow, save, key=parts.receipt_key, grace_seconds=parts.config.grace_seconds
        )

    kept = parts.writer.submit(actor(), act)
    if isinstance(kept, assessor.Refusal):
        raise kept.error()
    return jsonify(
        seq=kept.seq,
        item=kept.item,
        revision=kept.revision,
        received_at=kept.received_at.isoformat(),
        receipt=kept.mac,
        remaining_ms=kept.remaining_ms,
    )


@blueprint.get("/media/<ref>")
@learner
def media(ref: str) -> Response:
    """A picture, sound or film of the running test, by this attempt's own name for it."""
    with services().store.read(actor()) as uow:
        file = assessor.paper_media(uow, attempt_id(), ref)
    return shown_file(file.data, media_type=file.media_type, sha256=file.sha256)


@blueprint.post("/upload")
@learner
def upload() -> Response:
    """Keep a file as an answer; the answer that counts then refers to it."""
    file, parts = request.files.get("file"), services()
    if file is None or set(request.form) != {"device", "item", "part"}:
        raise Invalid("request_malformed", members=["device", "file", "item", "part"])
    with closing(file):
        data = file.stream.read(assessor.MAXIMUM_FILE + 1)
    with parts.store.write(actor()) as uow:
        kept = assessor.store_response_file(
            uow,
            attempt_id(),
            **request.form,
            name=file.filename or "",
            data=data,
            blobs=parts.blobs,
            grace_seconds=parts.config.grace_seconds,
        )
    return jsonify(upload=kept.id, name=kept.name)


@blueprint.post("/lease")
@learner
def take_lease() -> Response:
    """Make this device the one that may answer; another becomes read-only at once."""
    device = _body({"device"})["device"]
    with services().store.write(actor()) as uow:
        assessor.take_lease(uow, attempt_id(), device=device)
        snapshot = assessor.attempt_state(uow, attempt_id(), device=device)
        watched = proctor.session_of_attempt(uow, attempt_id()) is not None
    return jsonify(state_document(snapshot, proctored=watched))


@blueprint.post("/submit")
@learner
def submit() -> Response:
    """Hand in; the slip lists what the server holds. Only the device that has the lease may."""
    body = _body({"device", "epoch"})
    parts = services()
    with parts.store.write(actor()) as uow:
        summary = assessor.hand_in(
            uow,
            attempt_id(),
            device=body["device"],
            grace_seconds=parts.config.grace_seconds,
        )
        watched = stop_watching(uow, attempt_id())
    if watched is not None:
        parts.pipeline.finish(watched)
    return jsonify(slip=slip_lines(summary), next=url_for("learner.gate"))


def _body(members: set[str]) -> dict[str, Any]:
    """The JSON object of this request, with exactly these members. Invalid(``request_malformed``)."""
    body = require_object()
    if set(body) != members or not isinstance(body.get("client_time", ""), str):
        raise Invalid("request_malformed", members=sorted(members))
    return body
