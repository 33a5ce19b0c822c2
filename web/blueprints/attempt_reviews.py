# SPDX-License-Identifier: Apache-2.0
"""The review of one attempt on one page: time axis, events, contact sheet, decisions. Learners have no names here."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for

from assessor import api as assessor
from core.errors import Invalid, KasautiError
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from proctor import api as proctor
from web import wiring
from web.access import actor, organisation_id, recent_proof, services, staff
from web.answers import go, go_to
from web.error_texts import text_of
from web.presenters.proctor import learner_label
from web.presenters.review import sheet_of, with_decisions
from web.privacy.reading_log import note_reading
from web.reviewing_attempts import Review, read_review
from web.words import _, ngettext

blueprint = Blueprint("attempt_reviews", __name__, url_prefix="/integrity/attempts")
_VERDICT, _REASON = "verdict-", "reason-"


@blueprint.get("/<attempt_id>")
@staff(Role.INTEGRITY_REVIEWER)
def review(attempt_id: str) -> str:
    """Everything that was noted of one attempt, with its pictures, to be decided by keys alone; who opens it is logged."""
    with services().store.read(actor()) as uow:
        found = read_review(uow, attempt_id, organisation_id=organisation_id(), picture_url=picture_url)
        page = _page(uow, found)
        after = proctor.next_attempt_to_review(
            uow, organisation_id=organisation_id(), reviewer_id=actor().id, but=attempt_id
        )
    note_reading(services(), actor(), attempt_id, organisation_id=organisation_id())
    return render_template("integrity/attempt.html", review=page, next_attempt_id=after)


@blueprint.post("/<attempt_id>")
@staff(Role.INTEGRITY_REVIEWER)
@recent_proof
def decide(attempt_id: str) -> Response:
    """Record the decisions that were made on the page, all of them or none; holds follow in the same transaction."""
    form = request.form
    wanted = {name.removeprefix(_VERDICT): form[name] for name in form if name.startswith(_VERDICT)}
    if not wanted:
        raise Invalid("verdict_missing")
    with services().store.write(actor()) as uow:
        for incident_id, verdict in wanted.items():
            wiring.decide_incident_of(
                uow,
                attempt_id,
                incident_id,
                organisation_id=organisation_id(),
                verdict=_verdict(verdict),
                reason=form.get(f"{_REASON}{incident_id}", ""),
            )
    flash(
        ngettext("%(num)s decision is recorded.", "%(num)s decisions are recorded.", len(wanted)), "success"
    )
    return go("attempt_reviews.review", attempt_id=attempt_id)


@blueprint.post("/<attempt_id>/alerts/<alert_id>/raise")
@staff(Role.INTEGRITY_REVIEWER)
@recent_proof
def raise_note(attempt_id: str, alert_id: str) -> Response:
    """Make an incident of what was only noted, with a reason; the result is held from now on."""
    with services().store.write(actor()) as uow:
        incident = wiring.raise_note(
            uow,
            attempt_id,
            alert_id,
            organisation_id=organisation_id(),
            reason=request.form.get("reason", ""),
            blobs=services().blobs,
        )
    flash(_("It is an incident now and holds the result. Somebody else decides it."), "success")
    return go_to(
        url_for("attempt_reviews.review", attempt_id=incident.attempt_id, _anchor=f"event-{incident.id}")
    )


@blueprint.post("/<attempt_id>/appeals/<appeal_id>")
@staff(Role.INTEGRITY_REVIEWER)
@recent_proof
def appeal(attempt_id: str, appeal_id: str) -> Response:
    """Grant or refuse a learner's appeal, with a reason."""
    try:
        outcome = proctor.AppealOutcome(request.form.get("outcome", ""))
    except ValueError as error:
        raise Invalid("verdict_missing") from error
    with services().store.write(actor()) as uow:
        wiring.decide_appeal(
            uow,
            attempt_id,
            appeal_id,
            organisation_id=organisation_id(),
            outcome=outcome,
            reason=request.form.get("reason", ""),
        )
    return go("attempt_reviews.review", attempt_id=attempt_id, message=_("The appeal is decided."))


def picture_url(evidence_id: str) -> str:
    """Where a reviewer sees a kept picture; every view is logged."""
    return url_for("integrity.picture", evidence_id=evidence_id)


def refusal_text(error: KasautiError) -> str:
    """A refusal in words, before it happens."""
    text = text_of(error.code, error.facts)
    return f"{text.title} {text.advice}"


def _verdict(value: str) -> proctor.Verdict:
    try:
        return proctor.Verdict(value)
    except ValueError as error:
        raise Invalid("verdict_missing") from error


def _page(uow: UnitOfWork, found: Review) -> dict[str, object]:
    reviewers = {finding.reviewer_id for one in found.found.incidents for finding in one.findings}
    events = with_decisions(
        found.events,
        found.found,
        reviewer_id=actor().id,
        names=identity.names(uow, reviewers),
        refusal_text=refusal_text,
        over=found.record.line.attempt.state is assessor.AttemptState.SUBMITTED,
    )
    sitting = found.record.line.entry.sitting
    return {
        "attempt_id": found.found.session.attempt_id,
        "learner_label": learner_label(found.found.session.attempt_id),
        "batch_name": sitting.batch_name,
        "zone": sitting.time_zone,
        "started_at": found.record.started_at,
        "ended_at": found.record.line.attempt.ended_at,
        "events": events,
        "lanes": found.lanes,
        "ticks": found.ticks,
        "sheet": sheet_of(found.found, picture_url=picture_url),
        "check_in": found.check_in,
        "how": found.how,
        "declared_at": found.declared_at,
        "notes_alone": bool(found.found.alerts) and not found.found.incidents,
        "to_decide": sum(bool(event.get("may_decide")) for event in events),
    }
