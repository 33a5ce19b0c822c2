# SPDX-License-Identifier: Apache-2.0
"""What the learner sees of the watching afterwards: what the reviewers see, and what can be said to it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from assessor import api as assessor
from core.errors import Conflict, Invalid, NotFound
from proctor import api as proctor
from web.access import actor, attempt_id, entry_id, learner, organisation_id, services
from web.answers import go_to
from web.presenters.learner_review import explanations, review_page
from web.privacy.own_pictures import cases_of, own_picture
from web.reviewing_attempts import read_review

blueprint = Blueprint("learner_review", __name__, url_prefix="/learner/review")


@blueprint.get("")
@learner
def review() -> str:
    """All that was noted of the learner's own test, once it is over."""
    with services().store.read(actor()) as uow:
        _require_over(assessor.state_of_entry(uow, entry_id()))
        found = read_review(uow, attempt_id(), organisation_id=organisation_id(), picture_url=picture_url)
        page = review_page(found, now=uow.now, picture_url=picture_url)
    return render_template("learner/review.html", review=page, reasons=explanations())


@blueprint.get("/pictures/<evidence_id>.jpg")
@learner
def picture(evidence_id: str) -> Response:
    """A kept picture of the learner's own test, without anybody else; this view is written to the audit log."""
    parts = services()
    with parts.store.write(actor()) as uow:
        _require_over(assessor.state_of_entry(uow, entry_id()))
        kept = proctor.evidence(uow, evidence_id, organisation_id=organisation_id())
        if kept.attempt_id != attempt_id():
            raise NotFound("evidence_unknown")
        file = proctor.view_evidence(uow, evidence_id, organisation_id=organisation_id(), blobs=parts.blobs)
        cases = cases_of(uow, kept.attempt_id)
    data, _hidden = own_picture(parts, file.data, kept, cases=cases)
    return Response(data, mimetype=file.media_type)


@blueprint.post("/explain")
@learner
def explain() -> Response:
    """Say what happened, by one tap or in words."""
    form = request.form
    try:
        reason = proctor.Explanation(form.get("reason", ""))
    except ValueError as error:
        raise Invalid("explanation_missing") from error
    with services().store.write(actor()) as uow:
        _require_over(assessor.state_of_entry(uow, entry_id()))
        proctor.explain(
            uow,
            attempt_id(),
            organisation_id=organisation_id(),
            reason=reason,
            text=form.get("text", "").replace("\r\n", "\n"),
            incident_id=form.get("incident") or None,
            alert_id=form.get("note") or None,
        )
    return _back(form.get("incident") or form.get("note", ""))


@blueprint.post("/appeal")
@learner
def appeal() -> Response:
    """Appeal against what people have upheld; another person decides."""
    incident_id = request.form.get("incident", "")
    with services().store.write(actor()) as uow:
        proctor.ask_appeal(
            uow,
            attempt_id(),
            organisation_id=organisation_id(),
            incident_id=incident_id,
            text=request.form.get("text", "").replace("\r\n", "\n"),
        )
    return _back(incident_id)


def picture_url(evidence_id: str) -> str:
    """Where a learner sees a picture of the own test."""
    return url_for("learner_review.picture", evidence_id=evidence_id)


def _require_over(state: assessor.AttemptState) -> None:
    if state is not assessor.AttemptState.SUBMITTED:
        raise Conflict("review_too_early")


def _back(event: str) -> Response:
    return go_to(url_for("learner_review.review", _anchor=f"event-{event}" if event else None))
