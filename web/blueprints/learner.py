# SPDX-License-Identifier: Apache-2.0
"""The learner's way to the test and to the result: gate, consent, photo, start, slip, result."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.identity import operations as identity
from core.identity import queries as identity_queries
from core.identity.model import Consent
from core.uow import UnitOfWork
from proctor import api as proctor
from web import i18n, safe_browser
from web.access import actor, attempt_id, entry_id, learner, organisation_id, services
from web.answers import go
from web.errors import wants_json
from web.input_texts import require_object
from web.learner_drawings import draw_gate
from web.presenters.learner import (
    NOTICE_VERSION,
    gate_page,
    gate_step,
    handed_in_page,
    purposes_of,
)
from web.presenters.results import result_page

blueprint = Blueprint("learner", __name__, url_prefix="/learner")
MAXIMUM_PHOTO = 256 * 1024


@blueprint.get("")
@learner
def gate() -> str:
    """Where this learner stands: before the test, in it, or after it."""
    with services().store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        attempt = assessor.state_of_entry(uow, entry.id)
        watched = proctor.session_of_attempt(uow, attempt_id()) if entry.sitting.proctored else None
        credential = assessor.document_of(uow, entry)
        agency = _agency(uow)
        step = gate_step(entry, attempt, consent=_consent(uow), session=watched, now=uow.now)
        if step == "handed_in":
            after = assessor.handed_in(uow, entry)
            handed = handed_in_page(entry, after, credential=credential, agency=agency)
            quit_url = safe_browser.way_out(uow, entry.sitting.id)
            return render_template("learner/handed_in.html", handed={**handed, "quit_url": quit_url})
        door = safe_browser.at_gate(uow)
        facts = assessor.form_facts(uow, entry.form_id)
        page = gate_page(
            step,
            entry,
            attempt_id=attempt_id(),
            credential=credential,
            agency=agency,
            questions=facts.questions,
            minutes=facts.limit_seconds // 60,
            now=uow.now,
        )
    safe_browser.keep(door.means)
    if door.template == "gate":
        return draw_gate(page, door.shown)
    return render_template("learner/safe_browser.html", gate=page, browser=door.shown)


@blueprint.post("/consent")
@learner
def consent() -> Response:
    """Record what the learner agreed to; nothing is captured before."""
    with services().store.write(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        given = set(request.form.getlist("purpose"))
        if not set(purposes_of(entry)) <= given or request.form.get("notice_version") != NOTICE_VERSION:
            raise Invalid("consent_incomplete")
        if _consent(uow) is None:
            agreed = identity.record_consent(
                uow,
                entry.id,
                organisation_id=entry.agency_id,
                notice_version=NOTICE_VERSION,
                purposes=purposes_of(entry),
                language=i18n.language(),
            )
            _open_watching(uow, entry, agreed)
    return go("learner.gate")


@blueprint.post("/photo")
@learner
def photo() -> Response:
    """Check and keep the identity photo: exactly one face, enough light."""
    parts = services()
    with parts.store.read(actor()) as uow:
        session = proctor.session_of_attempt(uow, attempt_id())
    if session is None:
        raise Conflict("consent_missing")
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
        session = proctor.session_of_attempt(uow, attempt_id())
        if _consent(uow) is None:
            raise Conflict("consent_missing")
        safe_browser.require(uow)
        started = assessor.start_on_device(
            uow,
            entry_id(),
            device=str(require_object().get("device", ""))[:64] if wants_json() else "",
            proctoring_ready=session is not None and session.photo_id is not None,
            grace_seconds=parts.config.grace_seconds,
        )
        if session is not None:
            session = proctor.activate_session(uow, session.id)
        released = _released(uow, started) if wants_json() else None
    if session is not None:
        parts.pipeline.begin(session)
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
    return render_template("learner/result.html", result=page)


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


def _consent(uow: UnitOfWork) -> Consent | None:
    return identity_queries.consent_of(uow, entry_id(), notice_version=NOTICE_VERSION)


def _agency(uow: UnitOfWork) -> str:
    return identity_queries.organisation_name(uow, organisation_id())


def _open_watching(uow: UnitOfWork, entry: assessor.Entry, consent: Consent) -> None:
    if not entry.sitting.proctored:
        return
    session = proctor.open_session(
        uow, attempt_id(), organisation_id=entry.agency_id, sitting_id=entry.sitting.id
    )
    proctor.record_consent_reference(uow, session.id, consent_id=consent.id)
