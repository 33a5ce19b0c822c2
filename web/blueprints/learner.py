# SPDX-License-Identifier: Apache-2.0
"""The learner's way to the test and to the result: gate, consent, photo, start, slip, result."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.identity import queries as identity_queries
from core.uow import UnitOfWork
from proctor import api as proctor
from web import i18n, safe_browser
from web.access import actor, attempt_id, entry_id, learner, organisation_id, services
from web.answers import go
from web.consenting import (
    agree,
    is_unopened,
    open_watching,
    ready_to_start,
    require_capture,
    standing_of,
)
from web.errors import wants_json
from web.input_texts import require_object
from web.learner_drawings import draw_gate
from web.presenters.certainty import learner_certainty
from web.presenters.consent import consent_part
from web.presenters.learner import gate_page, gate_step, handed_in_page
from web.presenters.results import result_page
from web.watch_starts import start_watching, tell_pipeline

blueprint = Blueprint("learner", __name__, url_prefix="/learner")
MAXIMUM_PHOTO = 256 * 1024


@blueprint.get("")
@learner
def gate() -> str:
    """Where this learner stands: before the test, in it, or after it."""
    with services().store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        attempt = assessor.state_of_entry(uow, entry.id)
        credential = assessor.document_of(uow, entry)
        agency = _agency(uow)
        standing = standing_of(uow, entry, attempt_id=attempt_id())
        step = gate_step(entry, attempt, standing, now=uow.now)
        if step == "handed_in":
            after = assessor.handed_in(uow, entry)
            seen = proctor.session_of_attempt(uow, attempt_id())
            was_watched = seen is not None and seen.activated_at is not None
            handed = handed_in_page(
                entry, after, credential=credential, agency=agency, was_watched=was_watched
            )
            quit_url = safe_browser.way_out(uow, entry.sitting.id)
            return render_template("learner/handed_in.html", handed={**handed, "quit_url": quit_url})
        door = safe_browser.at_gate(uow)
        facts = assessor.form_facts(uow, entry.form_id)
        page = gate_page(
            step,
            entry,
            standing,
            attempt_id=attempt_id(),
            credential=credential,
            agency=agency,
            questions=facts,
            minutes=facts.limit_seconds // 60,
            now=uow.now,
        )
        page |= consent_part(uow, entry, standing, attempt_id=attempt_id(), step=step)
    if is_unopened(standing):  # the last yes came from somewhere else, as a date of birth that was put right
        with services().store.write(actor()) as uow:
            open_watching(uow, entry, attempt_id=attempt_id())
    safe_browser.keep(door.means)
    if door.template == "gate":
        return draw_gate(page, door.shown)
    return render_template("learner/safe_browser.html", gate=page, browser=door.shown)


@blueprint.post("/consent")
@learner
def consent() -> Response:
    """Record what the learner agreed to; nothing is captured before."""
    said = request.form.get("of_age", "")
    with services().store.write(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        agree(
            uow,
            entry,
            attempt_id=attempt_id(),
            version=request.form.get("notice_version", ""),
            items=set(request.form.getlist("purpose")),
            of_age={"yes": True, "no": False}.get(said),
            language=i18n.language(),
        )
    return go("learner.gate")


@blueprint.post("/photo")
@learner
def photo() -> Response:
    """Check and keep the identity photo: exactly one face, enough light."""
    parts = services()
    with parts.store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        session = require_capture(uow, entry, attempt_id=attempt_id())
    if (request.content_length or 0) > MAXIMUM_PHOTO:
        raise Invalid("frame_too_large", limit=MAXIMUM_PHOTO)
    jpeg = request.get_data(cache=False)
    checked = proctor.check_photo(jpeg, detector=parts.photo_detector, at=parts.clock.now())
    with parts.store.write(actor()) as uow:
        proctor.store_identity_photo(uow, session.id, photo=checked, blobs=parts.blobs)
    return jsonify(ok=True)


@blueprint.post("/start")
@learner
def start() -> Response:
    """Begin, or go back to the running attempt; the watching begins with it. A script gets the key to the locked test."""
    parts = services()
    with parts.store.write(actor()) as uow:
        session, ready = ready_to_start(uow, entry_id(), attempt_id=attempt_id())
        safe_browser.require(uow)
        started = assessor.start_on_device(
            uow,
            entry_id(),
            device=str(require_object().get("device", ""))[:64] if wants_json() else "",
            proctoring_ready=ready,
            grace_seconds=parts.config.grace_seconds,
        )
        watched = None if session is None else start_watching(uow, session, blobs=parts.blobs)
        released = _released(uow, started) if wants_json() else None
    if watched is not None:
        tell_pipeline(parts.pipeline, watched)
    return go("room.room") if released is None else jsonify(released)


@blueprint.get("/result")
@learner
def result() -> str:
    """The declared result, criterion by criterion. Before that there is none to see."""
    with services().store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        way = assessor.result_for_entry(uow, entry.id)
        if way.result is None:
            raise Conflict("result_not_declared")
        credential = assessor.credential_of(uow, entry).document
        page = result_page(
            way.result,
            credential,
            candidate_name=entry.candidate_name,
            agency=_agency(uow),
            awarding_body=credential.awarding_body,
        )
        sure = learner_certainty(assessor.certainty_of(uow, way.result, entry), page)
    return render_template("learner/result.html", result=page, sure=sure)


def _released(uow: UnitOfWork, started: assessor.Started) -> dict[str, object]:
    """What the gate's script needs: the key to the package, the time that is left, where to go; the lease it has already."""
    key = assessor.package_key(uow, attempt_id(), key=services().config.key("package"))
    return {
        "key": base64.b64encode(key).decode(),
        "remaining_ms": started.remaining_ms,
        "epoch": started.epoch,
        "holder": started.holder,
        "next": url_for("room.room"),
    }


def _agency(uow: UnitOfWork) -> str:
    return identity_queries.organisation_name(uow, organisation_id())
