# SPDX-License-Identifier: Apache-2.0
"""The check-in before a watched test: the card, and the calm seconds with the challenges. The face photo is `learner.photo`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.uow import UnitOfWork
from proctor import api as proctor
from web.access import actor, attempt_id, entry_id, learner, organisation_id, services
from web.blueprints.learner import MAXIMUM_PHOTO
from web.consenting import require_capture, standing_of
from web.presenters.checkin import check_in_page, view_json

blueprint = Blueprint("checkin", __name__, url_prefix="/learner/check-in")
Where = tuple[proctor.SessionSummary, proctor.CheckInStep]


@blueprint.get("")
@learner
def show() -> str | Any:
    """The one page of the check-in, at the step that is due; whoever has none to take is sent to the gate."""
    parts = services()
    with parts.store.read(actor()) as uow:
        entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
        standing = standing_of(uow, entry, attempt_id=attempt_id())
        session = standing.session
        if session is None or not session.plan.checks_in or not standing.may_capture:
            return redirect(url_for("learner.gate"))
        step = proctor.check_in_step(uow, session)
        if step is proctor.CheckInStep.DONE or session.state is proctor.SessionState.ACTIVE:
            return redirect(url_for("learner.gate"))
    page = check_in_page(session.plan, step=step, seconds=parts.config.check_in_seconds)
    return render_template("learner/check_in.html", check_in=page)


@blueprint.post("/card")
@learner
def card() -> Response:
    """Keep the picture of the learner's card; whether a face was found on it is said, and refuses nothing."""
    parts, at = services(), services().clock.now()
    with parts.store.read(actor()) as uow:
        session, _ = _where(uow, proctor.CheckInStep.ID_CARD)
    jpeg = _picture(MAXIMUM_PHOTO)
    face = parts.check_ins.find_card_face(_run_of(session), jpeg, plan=session.plan, at=at)
    with parts.store.write(actor()) as uow:
        session, _ = _where(uow, proctor.CheckInStep.ID_CARD)
        proctor.store_id_card(
            uow, session, picture=proctor.CapturedFrame(0, at, jpeg), face=face, blobs=parts.blobs
        )
    return jsonify(face_found=face is not None)


@blueprint.post("/frame")
@learner
def frame() -> Response:
    """Look at one frame and say what is seen and what comes next; with the last one the result is kept."""
    parts = services()
    with parts.store.read(actor()) as uow:
        session, _ = _where(uow, proctor.CheckInStep.CALIBRATION)
    view = parts.check_ins.take(
        _run_of(session),
        _picture(proctor.MAXIMUM_CHECK_IN_FRAME),
        plan=session.plan,
        exemptions=session.exemptions,
        at=parts.clock.now(),
    )
    return _answer(view)


@blueprint.post("/skip")
@learner
def skip() -> Response:
    """Go on without what the camera could not see; people are told, and nothing is refused."""
    parts = services()
    with parts.store.read(actor()) as uow:
        session, _ = _where(uow, proctor.CheckInStep.CALIBRATION)
    return _answer(parts.check_ins.skip(_run_of(session), at=parts.clock.now()))


def _where(uow: UnitOfWork, wanted: proctor.CheckInStep) -> Where:
    """The learner's session and the step that is due; refuses whoever may not take `wanted` now."""
    entry = assessor.entry(uow, entry_id(), organisation_id=organisation_id())
    session = require_capture(uow, entry, attempt_id=attempt_id())
    proctor.require_open_check_in(session)
    due = proctor.check_in_step(uow, session)
    proctor.require_check_in_step(session.plan, due, wanted)
    return session, due


def _run_of(session: proctor.SessionSummary) -> str:
    """The name of a run: what was seen under another consent is no part of it."""
    return f"{session.id}:{session.consent_id}"


def _picture(limit: int) -> bytes:
    """The body, read only when it is no larger than a picture may be."""
    if (request.content_length or 0) > limit:
        raise Invalid("frame_too_large", limit=limit)
    return request.get_data(cache=False)


def _answer(view: proctor.CheckInView) -> Response:
    """What the page is told; a run that is over is kept first."""
    if view.phase is proctor.CheckInPhase.DONE:
        parts = services()
        with parts.store.write(actor()) as uow:
            session, _ = _where(uow, proctor.CheckInStep.CALIBRATION)
            outcome = parts.check_ins.outcome(_run_of(session))
            if outcome is None:
                raise Conflict("check_in_not_begun")
            proctor.complete_check_in(uow, session, outcome=outcome, blobs=parts.blobs)
        parts.check_ins.forget(_run_of(session))
    return jsonify(view_json(view))
