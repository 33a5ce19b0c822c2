# SPDX-License-Identifier: Apache-2.0
"""Pages of awarding bodies: allocating batches to agencies, and the periods for re-assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.identity.model import Role
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.forms.allocations import read_allocation
from web.forms.reading import reasons, sentence, whole
from web.presenters.allocations import COLUMNS, allocation_list, engagement_options, one_allocation
from web.presenters.common import csv_response
from web.presenters.scheduling import choice_options, finding_rows, particular_labels, region_options
from web.words import _

blueprint = Blueprint("allocating", __name__, url_prefix="/awarding/allocations")
_FIELD_OF = {
    "allocation_exists": "name",
    "allocation_window": "wanted_until",
    "no_engagement": "engagement_id",
}


@blueprint.get("")
@staff(Role.AWARDING_BODY)
def index() -> Response | str:
    """What this body allocated, newest first."""
    with services().store.read(actor()) as uow:
        rows = allocation_list(uow, organisation_id())
        policy = assessor.assessment_policy(uow, organisation_id())
    if request.args.get("format") == "csv":
        return csv_response("allocations.csv", COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    return render_template("awarding/allocations.html", allocations=rows, policy=policy)


@blueprint.get("/new")
@staff(Role.AWARDING_BODY)
def new() -> str:
    """The form for an allocation."""
    return _form({}, {})


@blueprint.post("/new")
@staff(Role.AWARDING_BODY)
def create() -> Response | tuple[str, int]:
    """Hand a batch out; what the rules find is shown beside the form, and nothing typed is lost."""
    asked = read_allocation(request.form)
    if asked.plan is None:
        return _form(request.form, asked.errors), 422
    try:
        with services().store.write(actor()) as uow:
            made = assessor.allocate_batch(
                uow,
                organisation_id=organisation_id(),
                engagement_id=asked.engagement_id,
                plan=asked.plan,
                reasons=reasons(request.form),
            )
    except (Conflict, Invalid) as refusal:
        found = refusal.facts.get("findings")
        if isinstance(found, list):
            return _form(request.form, {}, found), 409
        return _form(request.form, {_FIELD_OF.get(refusal.code, "name"): sentence(refusal)}), 409
    return go("allocating.one", message=_("The batch is allocated."), allocation_id=made.id)


@blueprint.get("/<allocation_id>")
@staff(Role.AWARDING_BODY)
def one(allocation_id: str) -> str:
    """One allocation with the agency's answer."""
    with services().store.read(actor()) as uow:
        row = one_allocation(uow, organisation_id(), allocation_id)
    return render_template("awarding/allocation.html", allocation=row)


@blueprint.post("/<allocation_id>/withdraw")
@staff(Role.AWARDING_BODY)
def withdraw(allocation_id: str) -> Response:
    """Take the offer back before it is answered."""
    reason = request.form.get("reason", "")
    with services().store.write(actor()) as uow:
        assessor.withdraw_allocation(uow, allocation_id, organisation_id=organisation_id(), reason=reason)
    return go("allocating.one", message=_("The allocation is withdrawn."), allocation_id=allocation_id)


@blueprint.post("/policy")
@staff(Role.AWARDING_BODY)
def set_policy() -> Response:
    """Set the periods for re-assessment."""
    days = whole(request.form.get("ask_within_days", ""), low=0, high=9_999)
    months = whole(request.form.get("hold_within_months", ""), low=0, high=9_999)
    policy = assessor.AssessmentPolicy(ask_within_days=days or 0, hold_within_months=months or 0)
    with services().store.write(actor()) as uow:
        assessor.set_assessment_policy(uow, organisation_id=organisation_id(), policy=policy)
    return go("allocating.index", message=_("The periods are saved."))


def _form(
    values: Mapping[str, str], errors: Mapping[str, str], found: Sequence[Mapping[str, str]] = ()
) -> str:
    with services().store.read(actor()) as uow:
        engagements = engagement_options(uow, organisation_id())
    return render_template(
        "awarding/new_allocation.html",
        engagements=engagements,
        values=values,
        errors=errors,
        findings=finding_rows(found),
        choices={**choice_options(), "region": region_options()},
        labels=particular_labels(),
    )
