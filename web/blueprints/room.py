# SPDX-License-Identifier: Apache-2.0
"""The test room: one page, and the answers' way to the server. Nothing here ever holds a key."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from assessor import api as assessor
from core.errors import Invalid
from core.uow import UnitOfWork
from proctor import api as proctor
from web import safe_browser
from web.access import actor, attempt_id, entry_id, learner, services, user
from web.answers import go
from web.device_files import allow_microphone
from web.file_answers import shown_file
from web.input_texts import require_object
from web.presenters.common import bilingual
from web.presenters.room import (
    move_receipt,
    receipt_document,
    room_page,
    room_rules,
    slip_lines,
    state_document,
    unchanged_document,
    with_presence,
)
from web.wiring import stop_watching

blueprint = Blueprint("room", __name__, url_prefix="/room")
_MEDIA = "/room/media/"
_SAVE_MEMBERS = {"device", "epoch", "item", "value", "client_time"}
_MOVE_MEMBERS = {"device", "epoch", "kind", "target", "client_time"}


@blueprint.get("")
@learner
def room() -> Response | str:
    """The whole paper on one page; nobody without a running attempt gets in."""
    with services().store.read(actor()) as uow:
        state = assessor.attempt_state(uow, attempt_id(), device="")
        if state.state is not assessor.AttemptState.RUNNING:
            return go("learner.gate")
        answer, means = safe_browser.admission(uow)
        if answer is not safe_browser.Admission.OPEN:
            return go("learner.gate")  # it says what is missing
        paper = assessor.candidate_paper(uow, attempt_id(), media_base=_MEDIA)
        entry = assessor.learner_entry(uow, entry_id())
        title = bilingual(assessor.document_of(uow, entry).title)
        session = proctor.session_of_attempt(uow, attempt_id())
        asked = room_rules(uow, entry)
    allow_microphone(session)
    safe_browser.keep(means)
    watched = proctor.is_active(session)
    page = room_page(paper, state, title=title, proctored=watched, language=user().language)
    return render_template("learner/room.html", room={**page, **asked})


@blueprint.get("/state")
@learner
def state() -> Response:
    """Where the attempt stands: the heartbeat of the page, and little more where nothing changed since its last one."""
    device, since = request.args.get("device", "")[:64], assessor.read_since(request.args.get("since", ""))
    pending = assessor.read_pending(request.args.get("pending", ""))
    with services().store.read(actor()) as uow:
        beat = assessor.heartbeat(uow, attempt_id(), device=device)
        document = unchanged_document(beat) if beat.version == since else _whole_state(uow, device)
        now = uow.now
    running = beat.state is assessor.AttemptState.RUNNING
    if running and services().presence.note(
        attempt_id(), device=device, at=now, pending=pending, working=beat.working
    ):
        with services().store.write(actor()) as uow:
            assessor.tell_holder(uow, attempt_id())
    return jsonify(document)


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
    return jsonify(receipt_document(kept))


@blueprint.put("/moves/<int:seq>")
@learner
def save_move(seq: int) -> Response:
    """Store one move through the sections; the receipt goes out after the commit is durable."""
    parts = services()
    move = assessor.RecordMove(attempt_id=attempt_id(), seq=seq, **_body(_MOVE_MEMBERS))

    def act(uow: UnitOfWork) -> assessor.MoveReceipt | assessor.MoveRefusal:
        return assessor.record_move(
            uow, move, key=parts.receipt_key, grace_seconds=parts.config.grace_seconds
        )

    kept = parts.writer.submit(actor(), act)
    if isinstance(kept, assessor.MoveRefusal):
        raise kept.error()
    return jsonify(move_receipt(kept))


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
        safe_browser.require(uow)
        assessor.take_lease(uow, attempt_id(), device=device)
        document = _whole_state(uow, device)
    services().presence.holds(attempt_id(), device)
    return jsonify(document)


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


def _whole_state(uow: UnitOfWork, device: str) -> dict[str, Any]:
    state = assessor.attempt_state(uow, attempt_id(), device=device)
    if state.other_device is not None:
        heard = services().presence.last_of(attempt_id(), state.other_device.device)
        state = with_presence(state, heard)
    document = state_document(
        state,
        proctored=proctor.is_active(proctor.session_of_attempt(uow, attempt_id())),
        messages=proctor.messages_of_attempt(uow, attempt_id()),
        hand=proctor.calls(uow, [attempt_id()]).get(attempt_id(), proctor.Call()).hand_at is not None,
        late=assessor.late_answers(uow, attempt_id()),
        now=uow.now,
    )
    return {**document, "csrf": generate_csrf()}


def _body(members: set[str]) -> dict[str, Any]:
    """The JSON object of this request, with exactly these members. Invalid(``request_malformed``)."""
    body = require_object()
    if set(body) != members or not isinstance(body.get("client_time", ""), str):
        raise Invalid("request_malformed", members=sorted(members))
    return body
