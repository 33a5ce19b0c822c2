# SPDX-License-Identifier: Apache-2.0
"""The blind look at a random sample: drawing it, looking at pictures without any mark of a machine, and what it says."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from assessor import api as assessor
from core.errors import Invalid
from core.identity.model import Role
from proctor import api as proctor
from web import wiring
from web.access import actor, organisation_id, recent_proof, services, staff
from web.answers import go, go_to
from web.presenters.blind_reviews import blind_page, reviews_page
from web.words import _, ngettext

blueprint = Blueprint("blind_reviews", __name__, url_prefix="/integrity/reviews")


@blueprint.get("")
@staff(Role.INTEGRITY_REVIEWER, Role.MANAGER)
def index() -> str:
    """What the samples say of misses and agreement, and what waits to be looked at."""
    owner = organisation_id()
    with services().store.read(actor()) as uow:
        batches = [one.batch.id for one in assessor.batch_overviews(uow, organisation_id=owner)]
        page = reviews_page(
            sittings={one.id: one for one in assessor.sittings_of_batches(uow, batches)},
            percent=proctor.review_percent(uow, organisation_id=owner),
            estimate=proctor.review_estimate(uow, organisation_id=owner, reader_id=actor().id),
            samples=proctor.samples(uow, organisation_id=owner),
            to_draw=proctor.sittings_to_draw(uow, organisation_id=owner),
            tasks=proctor.tasks_for(uow, actor().id, organisation_id=owner),
            marks=proctor.marks(uow, organisation_id=owner, reader_id=actor().id),
            honest=proctor.honest_hours(uow, organisation_id=owner),
        )
    reviewer = Role.INTEGRITY_REVIEWER in actor().roles
    return render_template("integrity/reviews.html", page=page, reviewer=reviewer)


@blueprint.post("/share")
@staff(Role.INTEGRITY_REVIEWER, Role.MANAGER)
def share() -> Response:
    """Choose the share of clean attempts that is drawn from now on."""
    percent = proctor.require_percent(request.form.get("percent", "").strip())
    with services().store.write(actor()) as uow:
        proctor.set_review_percent(uow, organisation_id=organisation_id(), percent=percent)
    return go("blind_reviews.index", message=_("The share is saved; it counts from the next draw."))


@blueprint.post("/sittings/<sitting_id>/draw")
@staff(Role.INTEGRITY_REVIEWER, Role.MANAGER)
def draw(sitting_id: str) -> Response:
    """Draw the sample of a sitting that is over."""
    with services().store.write(actor()) as uow:
        drawn = proctor.draw_sample(uow, sitting_id, organisation_id=organisation_id())
    message = ngettext("%(num)s attempt is drawn.", "%(num)s attempts are drawn.", drawn)
    return go("blind_reviews.index", message=message)


@blueprint.get("/<task_id>")
@staff(Role.INTEGRITY_REVIEWER)
def look(task_id: str) -> str:
    """One drawn attempt: its pictures of one a minute, and nothing that a machine said."""
    with services().store.read(actor()) as uow:
        task = proctor.review_task(uow, task_id, reviewer_id=actor().id, organisation_id=organisation_id())
        pictures = proctor.evidence_of_attempt(uow, task.attempt_id)
        line = assessor.attempt_lines(uow, [task.attempt_id], organisation_id=organisation_id())
    zone = line[task.attempt_id].entry.sitting.time_zone
    return render_template("integrity/blind.html", page=blind_page(task, pictures, zone=zone))


@blueprint.post("/<task_id>")
@staff(Role.INTEGRITY_REVIEWER)
def answer(task_id: str) -> Response:
    """Nothing was seen, or one moment with a reason; then the next attempt."""
    form, owner = request.form, organisation_id()
    try:
        said = proctor.BlindAnswer(form.get("answer", ""))
    except ValueError as error:
        raise Invalid("verdict_missing") from error
    with services().store.write(actor()) as uow:
        proctor.answer_review(
            uow,
            task_id,
            organisation_id=owner,
            answer=said,
            moment_id=form.get("moment") or None,
            reason=form.get("reason", ""),
        )
        waiting = proctor.tasks_for(uow, actor().id, organisation_id=owner)
    if waiting:
        return go("blind_reviews.look", task_id=waiting[0].id, message=_("Recorded. Here is the next one."))
    return go("blind_reviews.index", message=_("Recorded. Nothing else waits for you."))


@blueprint.post("/<task_id>/marks/<reviewer_id>/raise")
@staff(Role.INTEGRITY_REVIEWER)
@recent_proof
def raise_mark(task_id: str, reviewer_id: str) -> Response:
    """Make an incident of a marked moment; others decide it, and the result is held until then."""
    parts = services()
    with parts.store.write(actor()) as uow:
        incident = wiring.raise_mark(
            uow, task_id, reviewer_id, organisation_id=organisation_id(), blobs=parts.blobs
        )
    return go_to(
        url_for("attempt_reviews.review", attempt_id=incident.attempt_id, _anchor=f"event-{incident.id}")
    )
