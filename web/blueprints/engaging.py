# SPDX-License-Identifier: Apache-2.0
"""Pages of awarding bodies about engagements: which agency may assess which credential, where, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request

from core.errors import Conflict, Invalid
from core.identity.model import Role
from item_bank import api as bank
from web.access import actor, services, staff
from web.answers import go
from web.forms.engagements import AT_ONCE, read_end, read_engagement
from web.forms.reading import sentence
from web.presenters.common import csv_response
from web.presenters.engagements import COLUMNS, engagement_choices, engagement_list, one_engagement
from web.presenters.scheduling import region_options
from web.words import _

blueprint = Blueprint("engaging", __name__, url_prefix="/awarding/engagements")
_FIELD_OF = {
    "engagement_dates": "last_day",
    "engagement_exists": "region",
    "territory_outside": "region",
    "engagement_note": "note",
    "credential_state": "credential_version_id",
}
_END_FIELD_OF = {"engagement_reason": "reason"}


@blueprint.get("")
@staff(Role.AWARDING_BODY)
def index() -> Response | str:
    """Every engagement of this body, newest first."""
    with services().store.read(actor()) as uow:
        rows = engagement_list(uow)
    if request.args.get("format") == "csv":
        return csv_response("engagements.csv", COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    return render_template("awarding/engagements.html", engagements=rows)


@blueprint.get("/new")
@staff(Role.AWARDING_BODY)
def new() -> str:
    """The form for an engagement."""
    return _form({}, {})


@blueprint.post("/new")
@staff(Role.AWARDING_BODY)
def create() -> Response | tuple[str, int]:
    """Engage an agency; what is wrong is said beside its field, and nothing typed is lost."""
    asked = read_engagement(request.form)
    plan = asked.plan
    if plan is None:
        return _form(request.form, asked.errors), 422
    try:
        with services().store.write(actor()) as uow:
            made = bank.add_engagement(
                uow,
                credential_version_id=plan.credential_version_id,
                agency_id=plan.agency_id,
                territory=plan.territory,
                valid_from=plan.valid_from,
                valid_until=plan.valid_until,
                note=plan.note,
            )
    except (Conflict, Invalid) as refusal:
        return _form(request.form, {_FIELD_OF.get(refusal.code, "agency_id"): sentence(refusal)}), 409
    return go("engaging.one", message=_("The agency is engaged."), engagement_id=made.id)


@blueprint.get("/<engagement_id>")
@staff(Role.AWARDING_BODY)
def one(engagement_id: str) -> str:
    """One engagement, and the form to end it."""
    return _page(engagement_id, {}, {})


@blueprint.post("/<engagement_id>/end")
@staff(Role.AWARDING_BODY)
def end(engagement_id: str) -> Response | tuple[str, int]:
    """End an engagement from a day on; what was begun under it goes on."""
    ends_from = read_end(request.form.get("ends_from", ""), now=services().clock.now())
    if ends_from is None:
        return _page(engagement_id, request.form, {"ends_from": _("Enter a date.")}), 422
    try:
        with services().store.write(actor()) as uow:
            bank.end_engagement(
                uow,
                engagement_id,
                ends_from=uow.now if ends_from == AT_ONCE else ends_from,
                reason=request.form.get("reason", ""),
            )
    except (Conflict, Invalid) as refusal:
        errors = {_END_FIELD_OF.get(refusal.code, "ends_from"): sentence(refusal)}
        return _page(engagement_id, request.form, errors), 409
    return go("engaging.one", message=_("The end is noted."), engagement_id=engagement_id)


def _form(values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    with services().store.read(actor()) as uow:
        choices = engagement_choices(uow)
    return render_template(
        "awarding/new_engagement.html",
        choices=choices,
        regions=region_options(),
        values=values,
        errors=errors,
    )


def _page(engagement_id: str, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    with services().store.read(actor()) as uow:
        row = one_engagement(uow, engagement_id)
    return render_template("awarding/engagement.html", engagement=row, values=values, errors=errors)
