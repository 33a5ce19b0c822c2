# SPDX-License-Identifier: Apache-2.0
"""Pages of integrity reviewers: incidents without names, evidence whose every view is logged, the decision."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for

from assessor import api as assessor
from core.errors import Invalid
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import UnitOfWork
from proctor import api as proctor
from web.access import actor, organisation_id, recent_proof, services, staff
from web.answers import go
from web.error_texts import text_of
from web.i18n import DEFAULT_ZONE
from web.presenters.common import csv_response
from web.presenters.proctor import (
    counts_of,
    evidence_sheet,
    incident_page,
    incident_rows,
    incident_timeline,
    learner_label,
    noted_rows,
)
from web.presenters.telemetry import noted_of
from web.privacy.reading_log import note_reading
from web.wiring import decide_incident
from web.words import _

blueprint = Blueprint("integrity", __name__, url_prefix="/integrity")


@blueprint.get("/incidents")
@staff(Role.INTEGRITY_REVIEWER)
def incidents() -> Response | str:
    """The incidents of one state: those that wait oldest first, the decided ones newest first."""
    try:
        state = proctor.IncidentState(request.args.get("state", "open"))
    except ValueError as error:
        raise Invalid("request_malformed") from error
    with services().store.read(actor()) as uow:
        found = _in_state(uow, state)
        attempts = {incident.attempt_id for incident in found}
        lines = assessor.attempt_lines(uow, attempts, organisation_id=organisation_id())
        pictures = proctor.evidence_counts(uow, [incident.id for incident in found])
        noted = proctor.alert_evidence_counts(uow, [one.alert_id for one in found if one.alert_id])
        pictures |= {one.id: noted.get(one.alert_id, 0) for one in found if one.alert_id}
        appeals = proctor.open_appeals(uow, organisation_id=organisation_id())
        counts = _counts(uow)
    rows = incident_rows(found, lines, pictures)
    if request.args.get("format") == "csv":
        columns = ("id", "rule", "state", "started_at", "ended_at", "seconds", "learner_label", "batch_name")
        return csv_response("incidents.csv", columns, [[row[name] for name in columns] for row in rows])
    return render_template(
        "integrity/incidents.html",
        incidents=rows,
        state=proctor.IncidentState.OPEN.value if state.undecided else state.value,
        counts=counts,
        appeals=[{"attempt_id": one.attempt_id, "label": learner_label(one.attempt_id)} for one in appeals],
    )


@blueprint.get("/notes")
@staff(Role.INTEGRITY_REVIEWER)
def notes() -> Response | str:
    """The attempts of which only notes are kept: nothing else leads a person to them."""
    with services().store.read(actor()) as uow:
        found = proctor.noted_attempts(uow, organisation_id=organisation_id())
        attempts = {one.attempt_id for one in found}
        lines = assessor.attempt_lines(uow, attempts, organisation_id=organisation_id())
        counts = _counts(uow)
    rows = noted_rows(found, lines)
    if request.args.get("format") == "csv":
        columns = ("attempt_id", "learner_label", "batch_name", "rules", "newest_at", "seen_at")
        return csv_response("notes.csv", columns, [[row[name] for name in columns] for row in rows])
    return render_template("integrity/notes.html", attempts=rows, counts=counts)


@blueprint.get("/incidents/<incident_id>")
@staff(Role.INTEGRITY_REVIEWER)
def incident(incident_id: str) -> str:
    """One incident with its evidence; who opens it is logged."""
    with services().store.read(actor()) as uow:
        detail = proctor.incident(uow, incident_id, organisation_id=organisation_id())
        attempt_id = detail.summary.attempt_id
        line = assessor.attempt_lines(uow, [attempt_id], organisation_id=organisation_id()).get(attempt_id)
        session = proctor.session_of_attempt(uow, attempt_id)
        names = identity.names(uow, {finding.reviewer_id for finding in detail.findings})
        after = proctor.next_incident_to_review(
            uow, organisation_id=organisation_id(), reviewer_id=actor().id, but=incident_id
        )
        noted = noted_of(uow, attempt_id, line.entry) if line else None
        said = proctor.explanations_of_attempt(uow, attempt_id)
        appeal = proctor.appeals_of_attempt(uow, attempt_id).get(incident_id)
    note_reading(services(), actor(), attempt_id, organisation_id=organisation_id())
    photo = session.photo_id if session is not None else None
    return render_template(
        "integrity/incident.html",
        incident=incident_page(
            detail,
            batch_name=line.entry.sitting.batch_name if line else "–",
            names=names,
            why_not=_why_not(detail),
            said=said,
            appeal=appeal,
            over=line is None or line.attempt.state is assessor.AttemptState.SUBMITTED,
        ),
        evidence=evidence_sheet(detail),
        identity_url=url_for("integrity.picture", evidence_id=photo) if photo else None,
        timeline=incident_timeline(detail, line.attempt if line else None),
        noted=noted,
        zone=line.entry.sitting.time_zone if line else DEFAULT_ZONE,
        next_id=after,
    )


@blueprint.post("/incidents/<incident_id>")
@staff(Role.INTEGRITY_REVIEWER)
@recent_proof
def decide(incident_id: str) -> Response:
    """Dismiss or uphold, with a reason; the hold on the result follows in the same transaction."""
    try:
        verdict = proctor.Verdict(request.form.get("verdict", ""))
    except ValueError as error:
        raise Invalid("verdict_missing") from error
    with services().store.write(actor()) as uow:
        decided = decide_incident(
            uow,
            incident_id,
            organisation_id=organisation_id(),
            verdict=verdict,
            reason=request.form.get("reason", ""),
        )
    flash(_done(decided.state), "success")
    return go("integrity.incidents")


@blueprint.get("/evidence/<evidence_id>.jpg")
@staff(Role.INTEGRITY_REVIEWER)
def picture(evidence_id: str) -> Response:
    """A kept picture; this view is written to the audit log."""
    parts = services()
    with parts.store.write(actor()) as uow:
        file = proctor.view_evidence(uow, evidence_id, organisation_id=organisation_id(), blobs=parts.blobs)
    return Response(file.data, mimetype=file.media_type)


def _in_state(uow: UnitOfWork, state: proctor.IncidentState) -> tuple[proctor.IncidentSummary, ...]:
    if state.undecided:
        return proctor.undecided_incidents(uow, organisation_id=organisation_id())
    return proctor.incidents(uow, organisation_id=organisation_id(), state=state)


def _counts(uow: UnitOfWork) -> dict[str, int]:
    """How many stand on each tab, however many of them are shown."""
    states = proctor.incident_counts(uow, organisation_id=organisation_id())
    notes = proctor.noted_attempts_count(uow, organisation_id=organisation_id())
    return counts_of(states, notes=notes)


def _done(state: proctor.IncidentState) -> str:
    if state is proctor.IncidentState.DISMISSED:
        return _("The incident is dismissed; it no longer holds the result.")
    if state is proctor.IncidentState.PROPOSED:
        return _("Your decision is recorded. A second person must agree; until then the result is held.")
    return _("The incident is upheld; the result stays held.")


def _why_not(detail: proctor.IncidentDetail) -> str | None:
    no = proctor.why_not_decide(detail.case, actor().id, watchers=detail.watchers)
    if no is None:
        return None
    text = text_of(no.code, no.facts)
    return f"{text.title} {text.advice}"
