# SPDX-License-Identifier: Apache-2.0
"""Pages of managers about one sitting: another one, another time, calling it off, its staff, its candidates line by line."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.identity.model import Role
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.batch_pages import batch_answer
from web.enrolling import enrol_lines, news_of, watch_anew
from web.forms.batches import read_candidates
from web.forms.reading import sentence
from web.forms.sittings import read_sitting, sitting_values
from web.presenters.scheduling import refused_words
from web.words import _

blueprint = Blueprint("sittings", __name__, url_prefix="/manager")


@blueprint.get("/batches/<batch_id>/sittings/new")
@staff(Role.MANAGER)
def new(batch_id: str) -> str:
    """The form for one more sitting."""
    with services().store.read(actor()) as uow:
        batch = assessor.batch(uow, batch_id, organisation_id=organisation_id())
    return _form(batch, None, {"training_partner": batch.particulars.training_partner}, {})


@blueprint.post("/batches/<batch_id>/sittings/new")
@staff(Role.MANAGER)
def create(batch_id: str) -> Response | tuple[str, int]:
    """Add a sitting to a batch."""
    asked = read_sitting(request.form)
    if asked.plan is None:
        with services().store.read(actor()) as uow:
            batch = assessor.batch(uow, batch_id, organisation_id=organisation_id())
        return _form(batch, None, request.form, asked.errors), 422
    with services().store.write(actor()) as uow:
        made = assessor.schedule_sitting(uow, batch_id, organisation_id=organisation_id(), plan=asked.plan)
        watch_anew(uow, made)
    return go("manager.batch_sittings", message=_("The sitting is added."), batch_id=batch_id)


@blueprint.get("/sittings/<sitting_id>")
@staff(Role.MANAGER)
def edit(sitting_id: str) -> str:
    """One sitting, to change its time or place, or to call it off."""
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        batch = assessor.batch(uow, sitting.batch_id, organisation_id=organisation_id())
    return _form(batch, sitting, sitting_values(sitting), {})


@blueprint.post("/sittings/<sitting_id>")
@staff(Role.MANAGER)
def save(sitting_id: str) -> Response | tuple[str, int]:
    """Change a sitting and tell its candidates."""
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        batch = assessor.batch(uow, sitting.batch_id, organisation_id=organisation_id())
    asked = read_sitting(request.form, retention_days=sitting.retention_days)
    if asked.plan is None:
        return _form(batch, sitting, request.form, asked.errors), 422
    try:
        with services().store.write(actor()) as uow:
            assessor.reschedule_sitting(
                uow, sitting_id, organisation_id=organisation_id(), plan=asked.plan, news=news_of(uow, batch)
            )
    except Conflict as refusal:
        return _form(batch, sitting, request.form, {"opens_at": sentence(refusal)}), 409
    return go("manager.batch_sittings", message=_("The sitting is changed."), batch_id=batch.id)


@blueprint.post("/sittings/<sitting_id>/cancel")
@staff(Role.MANAGER)
def cancel(sitting_id: str) -> Response:
    """Call a sitting off before anybody has begun; its candidates are told."""
    with services().store.write(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        batch = assessor.batch(uow, sitting.batch_id, organisation_id=organisation_id())
        assessor.cancel_sitting(
            uow,
            sitting_id,
            organisation_id=organisation_id(),
            reason=request.form.get("reason", ""),
            news=news_of(uow, batch),
        )
    return go("manager.batch_sittings", message=_("The sitting is cancelled."), batch_id=sitting.batch_id)


@blueprint.post("/sittings/<sitting_id>/candidates")
@staff(Role.MANAGER)
def add_candidates(sitting_id: str) -> str | tuple[str, int]:
    """Enrol more candidates; their codes are shown on this one answer. A wrong line is named, and nothing typed is lost."""
    typed = request.form.get("candidates", "")[:100_000]
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
    wrong = {"sitting_id": sitting_id, "typed": typed}
    try:
        lines = read_candidates(typed, confirmed=request.form.get("confirmed") == "yes")
    except Invalid as refusal:
        problem = f"{refusal.facts['problem']} {sentence(refusal)}"
        return batch_answer(sitting.batch_id, "sittings", wrong={**wrong, "problem": problem}), 422
    try:
        with services().store.write(actor()) as uow:
            codes = enrol_lines(uow, sitting_id, lines)
    except (Conflict, Invalid) as refusal:
        problem, status = refused_words(refusal), 422 if isinstance(refusal, Invalid) else 409
        return batch_answer(sitting.batch_id, "sittings", wrong={**wrong, "problem": problem}), status
    return batch_answer(sitting.batch_id, "candidates", codes=codes)


@blueprint.post("/sittings/<sitting_id>/staff")
@staff(Role.MANAGER)
def assign(sitting_id: str) -> Response:
    """Give a person a duty; trainers, kin and employers of a learner are refused."""
    try:
        duty = assessor.Duty(request.form.get("duty", ""))
    except ValueError as error:
        raise Invalid("request_malformed") from error
    with services().store.write(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        assessor.assign_staff(
            uow,
            sitting_id,
            organisation_id=organisation_id(),
            person_id=request.form.get("person_id", "")[:40],
            duty=duty,
            conflict_declared=request.form.get("conflict_declared") == "yes",
        )
    return go("manager.batch_sittings", message=_("The person is assigned."), batch_id=sitting.batch_id)


def _form(
    batch: assessor.Batch,
    sitting: assessor.Sitting | None,
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> str:
    return render_template("manager/sitting.html", batch=batch, sitting=sitting, values=values, errors=errors)
